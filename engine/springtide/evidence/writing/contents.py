"""What a workbook of evidence holds: a team list, places for answers, and rows for figures, filled in or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...logic.facts import Team
from ...logic.model import RulePack
from ...logic.quarter import Quarter
from ..cells import MISSING_MARKS
from ..records import EvidenceSet, Response

Value = float | str
_MARKS = {meaning: mark for mark, meaning in reversed(MISSING_MARKS.items()) if mark}


@dataclass(frozen=True)
class Figures:
    """A team's row in a table of figures: a number, or the mark that stands for a missing one."""

    team: str
    quarter: Quarter
    cells: dict[str, Value]


@dataclass(frozen=True)
class Contents:
    """All that goes into one workbook. `teams` is the whole list; the rest may be of some of them.

    A response without answers is a place kept free for one.
    """

    teams: tuple[Team, ...]
    responses: tuple[Response, ...]
    workforce: tuple[Figures, ...]
    audits: tuple[Figures, ...]


def to_fill_in(teams: Iterable[Team], quarter: Quarter, of: Iterable[str], responses: int, evidence: EvidenceSet | None = None) -> Contents:
    """A quarter's workbook for some teams, with room for so many responses of each, and what the evidence has already."""
    held = _contents_of_quarter(evidence, quarter) if evidence else Contents((), (), (), ())
    wanted = list(of)
    answers: list[Response] = []
    for team in wanted:
        there = [response for response in held.responses if response.team == team]
        taken = {response.id for response in there}
        free = (f"{team}-{_short(quarter)}-{number}" for number in range(1, responses + len(taken) + 1))
        room = [Response(key, team, quarter, None, "", {}) for key in free if key not in taken]
        answers += [*there, *room[:max(responses - len(there), 0)]]
    return Contents(
        tuple(teams),
        tuple(answers),
        tuple(_row(held.workforce, team, quarter) for team in wanted),
        tuple(_row(held.audits, team, quarter) for team in wanted),
    )


def contents_of(evidence: EvidenceSet) -> Contents:
    """Everything in some evidence, as it was read. Rows of several files for one team and quarter are put together."""
    tables: dict[str, dict[tuple[str, Quarter], dict[str, Value]]] = {"workforce": {}, "audits": {}}
    for row in evidence.rows:
        cells = tables[row.table].setdefault((row.team, row.quarter), {})
        cells |= {name: _MARKS[meaning] for name, meaning in row.marks.items() if name not in cells}
        cells |= row.figures
    workforce, audits = ([Figures(*key, cells) for key, cells in tables[table].items()] for table in ("workforce", "audits"))
    return Contents(evidence.whole_list or evidence.teams, evidence.responses, tuple(workforce), tuple(audits))


def columns_used(pack: RulePack, table: str, rows: Iterable[Figures]) -> list[str]:
    """The figures of a table in the order of who knows them, and then the rates that may stand for their parts."""
    figures = [figure for figure in pack.figures.values() if figure.table == table]
    sources = list(dict.fromkeys(figure.comes_from for figure in figures))
    used = {name for row in rows for name in row.cells}
    rates = [measure.id for measure in pack.measures.values() if measure.may_be_supplied] if table == "workforce" else []
    ordered = [figure.id for source in sources for figure in figures if figure.comes_from == source]
    return [*ordered, *(rate for rate in rates if rate in used)]


def _contents_of_quarter(evidence: EvidenceSet, quarter: Quarter) -> Contents:
    whole = contents_of(evidence)
    return Contents(
        whole.teams,
        tuple(response for response in whole.responses if response.quarter == quarter),
        tuple(row for row in whole.workforce if row.quarter == quarter),
        tuple(row for row in whole.audits if row.quarter == quarter),
    )


def _row(rows: Iterable[Figures], team: str, quarter: Quarter) -> Figures:
    return next((row for row in rows if row.team == team), Figures(team, quarter, {}))


def _short(quarter: Quarter) -> str:
    """A quarter as part of an id: 0910Q1."""
    return f"{quarter.year % 100:02d}{(quarter.year + 1) % 100:02d}Q{quarter.number}"
