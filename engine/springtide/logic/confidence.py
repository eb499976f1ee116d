"""How far a result can be trusted. It stands beside the level and never inside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .facts import Facts
from .judge import truth_of
from .model import Reducer, RulePack
from .truth import Truth

BANDS = ("high", "medium", "low")


@dataclass(frozen=True)
class Confidence:
    """High, medium or low, with the reducers that were met."""

    band: str
    reasons: tuple[Reducer, ...]


def confidence_of(facts: Facts) -> Confidence:
    """What lowers confidence in one team's result. A reducer that can't be told does not count."""
    met = tuple(r for r in facts.pack.reducers.values() if truth_of(r.when, facts) is Truth.MET)
    return Confidence(band_of(facts.pack, facts.thresholds, met), met)


def band_of(pack: RulePack, thresholds: Mapping[str, float], met: Sequence[Reducer]) -> str:
    """The band that some reducers come to."""
    counts = {weight: sum(reducer.weight == weight for reducer in met) for weight in ("major", "minor")}

    def reached(band: dict[str, str]) -> bool:
        return any(counts[weight] >= thresholds[threshold] for weight, threshold in band.items())

    if reached(pack.levels.confidence_low):
        return "low"
    return "medium" if reached(pack.levels.confidence_medium) else "high"
