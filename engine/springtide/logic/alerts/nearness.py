"""What a quarter would come to with every comparison stricter by a band: who is not clear of a threshold by that much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ..conditions import MeasureTest
from ..facts import Evidence, Facts, Team
from ..model import RulePack
from ..quarter import Quarter
from ..scoring import facts_of, verdict_of, work_out
from ..truth import Truth


class _Stricter(Facts):
    """A team judged more strictly by a share of each threshold, whichever way a comparison looks."""

    band = 0.0

    def limit(self, test: MeasureTest) -> float:
        held = self.thresholds[test.threshold]
        return held + (self.band if test.comparison in ("at_most", "less_than") else -self.band) * abs(held)


def near(
    pack: RulePack, thresholds: Mapping[str, float], teams: Iterable[Team], evidence: Mapping[str, Evidence], quarter: Quarter, band: float
) -> tuple[dict[str, int], dict[tuple[str, str], Truth]]:
    """The highest rank that each team could be, and each area's county pressures, all comparisons and shares of teams stricter.

    Args:
        evidence: by team id, of that quarter.
        band: a share of each threshold, as 0.05.
    """
    listed = list(teams)
    shares = {pressure.most for pressure in pack.county_pressures.values()}
    eased = {name: value * (1 - band) if name in shares else value for name, value in thresholds.items()}
    facts = facts_of(pack, eased, listed, evidence, quarter, {}, made_by=_stricter_by(band))
    counted = work_out(pack, eased, listed, facts)
    ranks = {name: pack.levels.rank(verdict_of(held).could_be) for name, held in facts.items()}
    return ranks, {(majority.area, majority.pressure): majority.on for majority in counted}


def _stricter_by(band: float) -> type[Facts]:
    return type("_StricterBy", (_Stricter,), {"band": band})
