"""A what-if answered: the quarter as it is, and as it would be after each step, by the same rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from ..assessment import Assessment, assess
from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .changes import Scenario
from .differences import CountyDifference, Difference, county_differences, differences
from .planning import Planned, plan


@dataclass(frozen=True)
class StepTaken:
    """A step with what the quarter would come to after it, beside what it comes to now."""

    planned: Planned
    after: Assessment
    teams: tuple[Difference, ...]
    county: tuple[CountyDifference, ...]

    @property
    def moved(self) -> tuple[Difference, ...]:
        return tuple(team for team in self.teams if team.moved)

    @cached_property
    def changed(self) -> frozenset[str]:
        """The teams in which something was changed."""
        return frozenset(one.team for one in self.planned.teams if one.derived or one.answers or one.tallies)


@dataclass(frozen=True)
class WhatIf:
    """A scenario with the quarter as it is, and after each step. Nothing of it is evidence."""

    scenario: Scenario
    before: Assessment
    steps: tuple[StepTaken, ...]

    @property
    def pack(self) -> RulePack:
        return self.before.pack

    @property
    def last(self) -> StepTaken:
        return self.steps[-1]


def what_if(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, scenario: Scenario, *, engine: str = "both") -> WhatIf:
    """Score a quarter as it is and as it would be after each step of a scenario.

    Every step is the same quarter, by its own thresholds, with the changes so far; nothing is written anywhere.

    Raises:
        WhatIfError: a change can't be made.
        and what `assess` raises.
    """
    before = assess(pack, evidence, quarter, engine=engine)
    # Last quarter is as it was, so it is scored once.
    last = {team.team.id: team.last_level for team in before.teams if team.last_level is not None} if quarter.previous in evidence.quarters else None
    steps = []
    for planned in plan(pack, evidence, quarter, scenario):
        after = assess(pack, replace(planned.evidence, remarks=()), quarter, engine=engine, last_levels=last)
        steps.append(StepTaken(planned, after, differences(before, after), county_differences(before, after)))
    return WhatIf(scenario, before, tuple(steps))
