"""Returns that were sent before: last quarter's, or another team's."""

from __future__ import annotations

from collections.abc import Iterator

from ...logic.sense_checks import SenseCheck
from ..cells import short
from ..records import Remark, Response, Row
from .answers import answered
from .seen import Seen, remark


def copy_of_last_quarter(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Rows and responses that are wholly as the same team's were a quarter before, even across a break in the list.

    Made anew, a team has no past to be compared with; that it should have one to the decimal is the odder.
    """
    least = check.number("figures") or 0
    for row in seen.rows:
        before = {
            name: value
            for other in seen.rows_of.get((row.team, row.quarter.previous), [])
            if other.table == row.table
            for name, value in other.figures.items()
        }
        figures = _counted(seen, row)
        if _not_nought(figures) >= least and all(before.get(name) == value for name, value in figures.items()):
            says = f"all {len(figures)} figures of {row.team}'s {row.table} row are those of {row.quarter.previous}"
            yield remark(check, row.at, "", row.team, row.quarter, says)
    for response in seen.responses:
        answers = answered(response)
        if len(answers) < (check.number("answers") or 0):
            continue
        earlier = seen.responses_of.get((response.team, response.quarter.previous), [])
        same = next((other for other in earlier if answered(other) == answers), None)
        if same is not None:
            says = (f"all {len(answers)} answers of {response.team}'s response {short(response.id)} are those of "
                    f"{short(same.id)} for {same.quarter}")  # fmt: skip
            yield remark(check, response.at, "", response.team, response.quarter, says)


def copy_of_another_team(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Rows and responses of one quarter that are wholly the same for two teams; the later one is named."""
    least = check.number("figures") or 0
    first_rows: dict[object, Row] = {}
    for row in seen.rows:
        figures = _counted(seen, row)
        if _not_nought(figures) < least:
            continue
        first = first_rows.setdefault((row.table, row.quarter, *sorted(figures.items())), row)
        if first.team != row.team:
            says = f"all {len(figures)} figures of {row.team}'s {row.table} row are those of {first.team} ({first.at})"
            yield remark(check, row.at, "", row.team, row.quarter, says)
    first_responses: dict[object, Response] = {}
    for response in seen.responses:
        answers = answered(response)
        if len(answers) < (check.number("answers") or 0):
            continue
        one = first_responses.setdefault((response.quarter, *sorted(answers.items())), response)
        if one.team != response.team:
            says = (f"all {len(answers)} answers of {response.team}'s response {short(response.id)} are those of "
                    f"{one.team}'s {short(one.id)} ({one.at})")  # fmt: skip
            yield remark(check, response.at, "", response.team, response.quarter, says)


def _counted(seen: Seen, row: Row) -> dict[str, float]:
    """A row's figures without those that say yes or no."""
    return {name: value for name, value in row.figures.items() if seen.unit(name) != "yes or no"}


def _not_nought(figures: dict[str, float]) -> int:
    return sum(value != 0 for value in figures.values())
