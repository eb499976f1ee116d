"""The evidence as it would be: rows and responses with the changes in them, and nothing else touched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ..evidence.places import Where
from ..evidence.records import EvidenceSet, Response, Row
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .coupling import TeamChange
from .problems import WhatIfError

_HERE = Where("what if")


def applied(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, changes: Mapping[str, TeamChange]) -> EvidenceSet:
    """The evidence with the figures and answers of some teams changed in one quarter.

    Raises:
        WhatIfError: an answer is to change of a team that sent no return.
    """
    for change in changes.values():
        if change.answers and not evidence.responses_of(change.team, quarter):
            raise WhatIfError(f"{change.team} sent no return for {quarter}, so no answer of it can change")
    rows = [_row(row, changes[row.team]) if row.quarter == quarter and row.team in changes else row for row in evidence.rows]
    there = {(row.table, row.team) for row in evidence.rows if row.quarter == quarter}
    for change in changes.values():
        for table, figures in _by_table(pack, change.figures).items():
            if (table, change.team) not in there:
                rows.append(Row(change.team, quarter, figures, {}, table, _HERE))
    for place, row in enumerate(rows):
        if row.quarter == quarter and row.team in changes and row.at is not _HERE:
            rows[place] = _with_new(pack, row, changes[row.team], evidence)
    responses = tuple(_response(one, changes[one.team]) if one.quarter == quarter and one.team in changes else one for one in evidence.responses)
    return replace(evidence, rows=tuple(rows), responses=responses)


def _by_table(pack: RulePack, figures: Mapping[str, float]) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for name, value in figures.items():
        table = pack.figures[name].table if name in pack.figures else "workforce"
        found.setdefault(table, {})[name] = value
    return found


def _row(row: Row, change: TeamChange) -> Row:
    """A row with the changed figures that it has already."""
    new = {name: value for name, value in change.figures.items() if name in row.figures}
    return replace(row, figures=row.figures | new) if new else row


def _with_new(pack: RulePack, row: Row, change: TeamChange, evidence: EvidenceSet) -> Row:
    """A row with those changed figures that no row of the team has yet, in the table that they belong to."""
    held = evidence.figures_of(row.team, row.quarter)
    new = {name: value for name, value in _by_table(pack, change.figures).get(row.table, {}).items() if name not in held}
    first = next(one for one in evidence.rows if (one.table, one.team, one.quarter) == (row.table, row.team, row.quarter))
    if not new or first.at != row.at:
        return row
    return replace(row, figures=row.figures | new, marks={name: mark for name, mark in row.marks.items() if name not in new})


def _response(response: Response, change: TeamChange) -> Response:
    return replace(response, answers=response.answers | dict(change.answers)) if change.answers else response
