"""A what-if answered: the quarter as it is, and as it would be after each step, by the same rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

from ..assessment import Assessment, assess
from ..evidence.records import EvidenceSet, Remark
from ..evidence.sense import sense_remarks
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.sense_checks import Kind
from .changes import Scenario
from .differences import CountyDifference, Difference, county_differences, differences
from .planning import Planned, plan


@dataclass(frozen=True)
class StepTaken:
    """A step with what the quarter would come to after it, beside what it comes to now.

    `remarks` are what the checks that evidence is read with say of the changed figures, and did not say of them before.
    """

    planned: Planned
    after: Assessment
    teams: tuple[Difference, ...]
    county: tuple[CountyDifference, ...]
    remarks: tuple[Remark, ...] = ()

    @property
    def moved(self) -> tuple[Difference, ...]:
        return tuple(team for team in self.teams if team.moved)

    @cached_property
    def changed(self) -> frozenset[str]:
        """The teams in which something was changed."""
        return frozenset(one.team for one in self.planned.teams if one.derived or one.answers)


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
        steps.append(StepTaken(planned, after, differences(before, after), county_differences(before, after), _remarks(pack, evidence, quarter, planned)))
    return WhatIf(scenario, before, tuple(steps))


_WITHIN_A_ROW: frozenset[Kind] = frozenset({"total", "count in a share"})  # of other rows a what-if says nothing


def _remarks(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, planned: Planned) -> tuple[Remark, ...]:
    """What does not fit together in the changed figures, and did before."""
    changed = {one.team for one in planned.teams if one.derived}
    was, now = (
        sense_remarks(pack, replace(held, rows=tuple(row for row in held.rows if row.quarter == quarter and row.team in changed)), _WITHIN_A_ROW) if changed else ()
        for held in (evidence, planned.evidence)
    )
    known = {(one.code, one.team, one.column) for one in was}
    return tuple(one for one in now if (one.code, one.team, one.column) not in known)
