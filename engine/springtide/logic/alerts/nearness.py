"""What a quarter would come to with every comparison stricter, or more lenient, by a band: who hovers about a threshold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..conditions import MeasureTest
from ..facts import Evidence, Facts, Team
from ..model import RulePack
from ..quarter import Quarter
from ..scoring import facts_of, verdict_of, work_out
from ..truth import Truth


class _Moved(Facts):
    """A team judged more strictly by a share of each threshold, whichever way a comparison looks; more leniently by a negative one."""

    band = 0.0

    def limit(self, test: MeasureTest) -> float:
        held = self.thresholds[test.threshold]
        return held + (self.band if test.comparison in ("at_most", "less_than") else -self.band) * abs(held)


@dataclass(frozen=True)
class Moved:
    """A quarter judged otherwise: the rank that is proved of each team, the highest it could be, and each area's county pressures."""

    proved: Mapping[str, int]
    could_be: Mapping[str, int]
    county: Mapping[tuple[str, str], Truth]


def moved(
    pack: RulePack, thresholds: Mapping[str, float], teams: Iterable[Team], evidence: Mapping[str, Evidence], quarter: Quarter, band: float
) -> Moved:
    """A quarter with every comparison, and the share of teams that is most, stricter by a band; more lenient by a negative one.

    Args:
        evidence: by team id, of that quarter.
        band: a share of each threshold, as 0.05.
    """
    listed = list(teams)
    shares = {pressure.most for pressure in pack.county_pressures.values()}
    eased = {name: value * (1 - band) if name in shares else value for name, value in thresholds.items()}
    facts = facts_of(pack, eased, listed, evidence, quarter, {}, made_by=type("_MovedBy", (_Moved,), {"band": band}))
    counted = work_out(pack, eased, listed, facts)
    found = {name: verdict_of(held) for name, held in facts.items()}
    return Moved(
        {name: pack.levels.rank(verdict.level) for name, verdict in found.items()},
        {name: pack.levels.rank(verdict.could_be) for name, verdict in found.items()},
        {(majority.area, majority.pressure): majority.on for majority in counted},
    )
