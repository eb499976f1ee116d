"""Two engines, one answer: where they differ, nothing is published."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .result import EngineResult


@dataclass(frozen=True)
class Disagreement:
    """One thing on which two engines differ."""

    where: str
    finding: str
    first: str
    second: str

    def __str__(self) -> str:
        return f"{self.where}: {self.finding}: {self.first} against {self.second}"


class EnginesDisagree(RuntimeError):
    """The engines came to different results, so there is no result."""

    def __init__(self, engines: tuple[str, str], differences: tuple[Disagreement, ...]):
        self.engines = engines
        self.differences = differences
        shown = "\n".join(f"  {difference}" for difference in differences[:20])
        more = f"\n  and {len(differences) - 20} more" if len(differences) > 20 else ""
        super().__init__(f"{engines[0]} and {engines[1]} disagree on {len(differences)} findings; nothing is published\n{shown}{more}")


def require_agreement(first: EngineResult, second: EngineResult) -> None:
    """Raises EnginesDisagree with every difference, by team, stratum and rule."""
    differences = tuple(compare(first, second))
    if differences:
        raise EnginesDisagree((first.engine, second.engine), differences)


def compare(first: EngineResult, second: EngineResult) -> Iterator[Disagreement]:
    counties = {(m.area, m.pressure): m for m in second.county}
    for majority in first.county:
        other = counties.pop((majority.area, majority.pressure), None)
        if other != majority:
            yield Disagreement(majority.area, f"{majority.pressure} (county)", repr(majority), repr(other))
    for area, pressure in counties:
        yield Disagreement(area, f"{pressure} (county)", "nothing", "a county pressure")
    for team in sorted(first.teams.keys() | second.teams.keys()):
        one, two = first.teams.get(team), second.teams.get(team)
        if one is None or two is None:
            yield Disagreement(team, "the whole team", "scored" if one else "not scored", "scored" if two else "not scored")
            continue
        for finding in sorted(one.findings.keys() | two.findings.keys()):
            a, b = one.findings.get(finding), two.findings.get(finding)
            if a is not b:
                yield Disagreement(team, finding, str(a), str(b))
        if one.verdict != two.verdict:
            yield Disagreement(team, "level and score", repr(one.verdict), repr(two.verdict))
