"""The evidence as sense checks look at it: values by team and quarter, supplied or worked out, and where each stands."""

from __future__ import annotations

import math
from functools import cached_property

from ...logic.facts import Team
from ...logic.formula import Formula, compute, names_in
from ...logic.model import RulePack
from ...logic.quarter import Quarter
from ...logic.sense_checks import SenseCheck
from ...logic.units import UNITS
from ..places import Where
from ..records import EvidenceSet, Remark, Response, Row

# A comparison allows a billionth, as the rules' do (decision 0014).
CLOSE = 1e-9


class Seen:
    """What the checks ask of the evidence. A value that is missing, or has no end, is None."""

    def __init__(self, pack: RulePack, evidence: EvidenceSet):
        self.pack, self.evidence = pack, evidence
        self.changes = evidence.changes
        # By team and quarter, so that a look-up is one: what was supplied, and what was asked for so far.
        self._values: dict[tuple[str, Quarter], dict[str, float | None]] = {}

    # -- what there is ---------------------------------------------------------------------------

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows in the order of their places, whatever the order in which they were read."""
        return tuple(sorted(self.evidence.rows, key=lambda row: (row.table, _order(row.at), row.team, row.quarter)))

    @cached_property
    def responses(self) -> tuple[Response, ...]:
        return tuple(sorted(self.evidence.responses, key=lambda response: (_order(response.at), response.id)))

    @cached_property
    def rows_of(self) -> dict[tuple[str, Quarter], list[Row]]:
        """The rows of each team and quarter that has any, teams and quarters in their order."""
        found: dict[tuple[str, Quarter], list[Row]] = {}
        for row in self.rows:
            found.setdefault((row.team, row.quarter), []).append(row)
        return dict(sorted(found.items()))

    @cached_property
    def responses_of(self) -> dict[tuple[str, Quarter], list[Response]]:
        found: dict[tuple[str, Quarter], list[Response]] = {}
        for response in self.responses:
            found.setdefault((response.team, response.quarter), []).append(response)
        return dict(sorted(found.items()))

    @cached_property
    def _listed(self) -> dict[str, list[Team]]:
        found: dict[str, list[Team]] = {}
        for team in self.changes.teams:
            found.setdefault(team.id, []).append(team)
        return found

    def kind_of(self, team: str, quarter: Quarter) -> str:
        """The team_type of a team in a quarter; nothing where the list does not say."""
        rows = self._listed.get(team, [])
        return rows[0].kind if len(rows) == 1 else next((row.kind for row in rows if row.in_force(quarter)), "")

    # -- values ----------------------------------------------------------------------------------

    @cached_property
    def _supplied(self) -> dict[tuple[str, Quarter], dict[str, float]]:
        return {key: {name: value for row in rows[::-1] for name, value in row.figures.items()} for key, rows in self.rows_of.items()}

    def supplied(self, team: str, quarter: Quarter, name: str) -> float | None:
        """A value that stands in a cell."""
        return self._supplied.get((team, quarter), {}).get(name)

    def value(self, team: str, quarter: Quarter, name: str) -> float | None:
        """A figure or measure, supplied or worked out."""
        known = self._values.setdefault((team, quarter), {})
        if name not in known:
            given = self.supplied(team, quarter, name)
            measure = self.pack.measures.get(name)
            if given is None and measure is not None and measure.formula is not None:
                given = self.result(team, quarter, measure.formula)
            known[name] = given
        return known[name]

    def result(self, team: str, quarter: Quarter, formula: Formula) -> float | None:
        """What a formula comes to; None where it lacks a part, or divides by nothing."""

        def last(name: str) -> float | None:
            return self.last(team, quarter, name)

        found = compute(formula, lambda name: self.value(team, quarter, name), last)
        return found if found is not None and math.isfinite(found) else None

    def last(self, team: str, quarter: Quarter, name: str) -> float | None:
        """The same team's value of the quarter before; None across a break in the team list."""
        return None if self.changes.breaks(team, quarter) else self.value(team, quarter.previous, name)

    def excused(self, check: SenseCheck, team: str, quarter: Quarter) -> bool:
        """Whether the return itself says that a change is to be expected."""
        return any(self.supplied(team, quarter, name) == 1 for name in check.excused_by)

    # -- places and words ------------------------------------------------------------------------

    def place(self, team: str, quarter: Quarter, name: str) -> tuple[Where, str] | None:
        """Where a value stands, and in which column; of one that is worked out, its first part that stands anywhere."""
        for row in self.rows_of.get((team, quarter), []):
            if name in row.figures:
                return row.at, name
        measure = self.pack.measures.get(name)
        parts = names_in(measure.formula) if measure is not None and measure.formula is not None else ()
        return next((found for part, last in parts if not last and (found := self.place(team, quarter, part)) is not None), None)

    def unit(self, name: str) -> str:
        held = self.pack.figures.get(name) or self.pack.measures[name]
        return held.unit

    def say(self, name: str, value: float) -> str:
        """A value in its unit."""
        return UNITS[self.unit(name)].say(value)

    def heading(self, name: str) -> str:
        """A figure's or measure's title."""
        held = self.pack.figures.get(name) or self.pack.measures[name]
        return held.title

    def given(self, name: str, value: float) -> str:
        """ "12 FTE as 'Staff in post'"."""
        return f"{self.say(name, value)} as '{self.heading(name)}'"

    def of_cell(self, check: SenseCheck, team: str, quarter: Quarter, name: str, says: str) -> Remark:
        """A remark on one value."""
        found = self.place(team, quarter, name)
        assert found is not None
        return remark(check, *found, team, quarter, says)


def remark(check: SenseCheck, at: Where, column: str, team: str, quarter: Quarter, says: str) -> Remark:
    """What was seen, the rule of thumb, and what to do, as one sentence."""
    said = "; ".join([says, uncapital(check.rule_of_thumb).rstrip("."), uncapital(check.what_to_do).rstrip(".")])
    return Remark(check.code, at.file, at.row, column, team, said, quarter, at.sheet, at.cell(column))


def uncapital(text: str) -> str:
    return text[:1].lower() + text[1:]


def _order(at: Where) -> tuple[str, str, int]:
    return at.file, at.sheet, at.row
