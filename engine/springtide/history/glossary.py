"""The words of a rule pack that reports of filed quarters need: filed beside them, so that no rules have to be read for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..logic.model import RulePack


@dataclass(frozen=True)
class Glossary:
    """Titles by id, in the rules' own order. `levels` are lowest first, without `insufficient`."""

    words: Mapping[str, str]
    levels: Mapping[str, str]
    insufficient: tuple[str, str]
    flagged_from: str
    followed_from: str
    pressures: Mapping[str, str]
    county_pressures: Mapping[str, str]
    measures: Mapping[str, Mapping[str, str]]

    def title(self, level: str) -> str:
        """A level for people; one of other rules as it is."""
        return self.insufficient[1] if level == self.insufficient[0] else self.levels.get(level, level)

    def rank(self, level: str) -> int:
        """0 for the lowest, for insufficient evidence, and for a level of other rules."""
        return [*self.levels].index(level) if level in self.levels else 0

    def follows(self, level: str) -> bool:
        return self.rank(level) >= self.rank(self.followed_from)

    def flags(self, level: str) -> bool:
        return self.rank(level) >= self.rank(self.flagged_from)

    def as_data(self) -> dict[str, Any]:
        # Pairs, for the order tells the ranks, and keys are filed in the alphabet's.
        pairs = {name: [[key, value] for key, value in getattr(self, name).items()] for name in _IN_ORDER}
        return vars(self) | {"insufficient": list(self.insufficient)} | pairs

    @staticmethod
    def from_data(data: Mapping[str, Any]) -> Glossary:
        return Glossary(**{**data, "insufficient": tuple(data["insufficient"])} | {name: dict(data[name]) for name in _IN_ORDER})

    @staticmethod
    def of(pack: RulePack) -> Glossary:
        levels = pack.levels
        return Glossary(
            words=vars(pack.words),
            levels={level.id: level.title for level in levels.levels},
            insufficient=(levels.insufficient.id, levels.insufficient.title),
            flagged_from=levels.flagged_from,
            followed_from=levels.followed_from,
            pressures={pressure.id: pressure.title for pressure in pack.team_pressures.values()},
            county_pressures={pressure.id: pressure.title for pressure in pack.county_pressures.values()},
            measures={name: {"title": measure.title, "unit": measure.unit, "worse_when": measure.worse_when} for name, measure in pack.measures.items()},
        )


_IN_ORDER = ("levels", "pressures", "county_pressures", "measures")
