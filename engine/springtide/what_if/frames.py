"""Answers to what-if questions as pandas frames, a row for each thing that a notebook would look at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, get_args

from ..batch.robustness import Robustness
from .assumptions import Assumption
from .before_after import WhatIf
from .clearing import Cleared
from .sweeps import Grid, Sweep
from .tipping import TeamTips

if TYPE_CHECKING:
    from pandas import DataFrame

Part = Literal["teams", "changes", "county", "tallies"]
_PARTS = get_args(Part)


_COLUMNS = {
    "teams": ("step", "quarter", "team_id", "team_name", "district", "changed", "level_before", "level", "could_be_before", "could_be", "points_before", "points"),
    "changes": ("step", "team_id", "figure", "before", "after", "how", "formula"),
    "county": ("step", "area", "pressure", "before", "after", "affected_before", "affected", "teams"),
    "tallies": ("step", "team_id", "tally", "stage", "unit", "before", "after", "how", "formula", "arithmetic"),
    "ways": ("way", "cost", "lever", "units", "level", "could_be"),
    "tips": ("team_id", "level_now", "way", "lever", "units", "level", "could_be", "share_of_what_there_is", "exactly_at"),
    "robustness": ("team_id", "level", "flagged", "share_flagged", "share_flagged_at_best", "share_flagged_at_worst", "error", "exact", "settings_tried", "settings", "decided_by"),
    "assumptions": ("kind", "name", "shift", "newly_flagged", "cleared", "moved", "drives"),
}  # fmt: skip


def frame(answer: WhatIf | Sweep | Grid | Cleared | Sequence[TeamTips] | Sequence[Robustness] | Sequence[Assumption], part: Part = "teams") -> DataFrame:
    """An answer as a frame.

    Of a what-if: `teams`, a row for each step and team, with level, could-be and points before and after; `changes`, a row
    for each figure that is another, in the figure's own unit; `county`, a row for each step and county pressure; `tallies`, a row
    for each sum of a team that changes, as of the hours of supervision that it needs, empty where that is not known. Of a
    sweep: a row for each team and step. Of a grid, each team and pair of steps. Of tipping points, each tip, in whole
    units; of robustness, each team, its share from 0 to 1, with the settings tried and all there are; of assumptions, each
    shift, with how many teams it flags, clears and moves. Of ways to clear a team, each lever of each way; where there is
    none, `attrs["outcome"]` tells "not flagged" from "nothing clears it" (else it is "cleared"), and `attrs` has the
    lowest level and the rules that still hold.

    Raises:
        ValueError: there is no such part.
    """
    from pandas import DataFrame

    if part not in _PARTS:
        raise ValueError(f"there is no part '{part}' of an answer; there are {', '.join(_PARTS)}")
    if not isinstance(answer, WhatIf) and part != "teams":
        raise ValueError(f"only a what-if has parts, and of {type(answer).__name__} there is no '{part}'; leave it out")
    made = DataFrame(list(_rows(answer, part)), columns=_columns(answer, part))
    if isinstance(answer, Cleared):
        outcome = "cleared" if answer.ways else "nothing clears it" if answer.flagged else "not flagged"
        made.attrs |= {"team_id": answer.team, "outcome": outcome, "level": answer.level, "lowest": answer.lowest, "still_met": list(answer.still)}
    return made


def _columns(answer: Any, part: Part) -> list[str] | None:
    """The columns, whether or not there is a row; of ranges they are named after what was taken through them."""
    kinds = {TeamTips: "tips", Robustness: "robustness", Assumption: "assumptions"}
    key: str = part if isinstance(answer, WhatIf) else "ways" if isinstance(answer, Cleared) else ""
    if not key and not isinstance(answer, Sweep | Grid) and answer:
        key = kinds[type(answer[0])]
    return list(_COLUMNS[key]) if key else None


def _rows(answer: Any, part: Part) -> Iterable[dict[str, Any]]:
    if isinstance(answer, WhatIf):
        return {"teams": _teams, "changes": _changes, "county": _county, "tallies": _tallies}[part](answer)
    if isinstance(answer, Sweep):
        return _swept(answer)
    if isinstance(answer, Grid):
        return _grid(answer)
    if isinstance(answer, Cleared):
        return _cleared(answer)
    return (row for one in answer for row in _one(one))


def _one(one: TeamTips | Robustness | Assumption) -> Iterable[dict[str, Any]]:
    if isinstance(one, TeamTips):
        for tip in (*one.up, *one.down, *one.told):
            yield {"team_id": one.team, "level_now": one.level, "way": tip.way, "lever": tip.lever.id, "units": tip.units, "level": tip.level, "could_be": tip.could_be,
                   "share_of_what_there_is": tip.share, "exactly_at": tip.exactly}  # fmt: skip
    elif isinstance(one, Robustness):
        yield {"team_id": one.team, "level": one.level, "flagged": one.flagged, "share_flagged": one.share, "share_flagged_at_best": one.at_best,
               "share_flagged_at_worst": one.at_worst, "error": one.error, "exact": one.exact, "settings_tried": one.settings, "settings": one.of, "decided_by": "; ".join(f"{dimension.name}: {says}" for dimension, says in one.decides)}  # fmt: skip
    else:
        for shift in one.shifts:
            yield {"kind": one.kind, "name": one.name, "shift": shift.says, "newly_flagged": len(shift.flagged), "cleared": len(shift.cleared), "moved": len(shift.moved), "drives": one.drives}


def _teams(answer: WhatIf) -> Iterable[dict[str, Any]]:
    for number, step in enumerate(answer.steps, 1):
        for team in step.teams:
            before, after = team.before, team.after
            yield {
                "step": number, "quarter": str(step.planned.step.quarter or answer.before.quarter), "team_id": before.team.id, "team_name": before.team.name,
                "district": before.team.district, "changed": before.team.id in step.changed, "level_before": before.level, "level": after.level,
                "could_be_before": before.could_be, "could_be": after.could_be, "points_before": before.score.points, "points": after.score.points,
            }  # fmt: skip


def _changes(answer: WhatIf) -> Iterable[dict[str, Any]]:
    for number, step in enumerate(answer.steps, 1):
        for change in step.planned.teams:
            for one in change.derived:
                yield {"step": number, "team_id": change.team, "figure": one.name, "before": one.before, "after": one.after, "how": one.how, "formula": one.formula}
            for question, answered in change.answers.items():
                yield {"step": number, "team_id": change.team, "figure": question, "before": None, "after": answered, "how": "asked", "formula": ""}


def _tallies(answer: WhatIf) -> Iterable[dict[str, Any]]:
    for number, step in enumerate(answer.steps, 1):
        for change in step.planned.teams:
            for one in change.tallies:
                yield {"step": number, "team_id": change.team, "tally": one.tally.id, "stage": one.stage, "unit": one.tally.unit, "before": one.before, "after": one.after, "how": one.how,
                       "formula": one.formula, "arithmetic": one.arithmetic(one.parts)}  # fmt: skip


def _county(answer: WhatIf) -> Iterable[dict[str, Any]]:
    for number, step in enumerate(answer.steps, 1):
        for one in step.county:
            yield {"step": number, "area": one.before.area, "pressure": one.before.pressure, "before": str(one.before), "after": str(one.after),
                   "affected_before": one.before.affected, "affected": one.after.affected, "teams": one.after.teams}  # fmt: skip


def _swept(answer: Sweep) -> Iterable[dict[str, Any]]:
    for team, held in answer.teams.items():
        for place, value in enumerate(answer.values):
            yield {"team_id": team, answer.over.what: value, "level": held.levels[place], "could_be": held.could_be[place], "points": held.points[place], "most_points": held.most_points[place]}


def _grid(answer: Grid) -> Iterable[dict[str, Any]]:
    for team, outcome in answer.teams.items():
        place = 0
        for down in answer.down.values:
            for across in answer.across.values:
                yield {"team_id": team, answer.down.what: float(down), answer.across.what: float(across), "level": answer.levels[outcome.level[place]], "could_be": answer.levels[outcome.could_be[place]]}
                place += 1


def _cleared(answer: Cleared) -> Iterable[dict[str, Any]]:
    for number, way in enumerate(answer.ways, 1):
        for lever, units in way.units:
            yield {"way": number, "cost": way.cost, "lever": lever.id, "units": units, "level": way.level, "could_be": way.could_be}
        for question in way.answers:
            yield {"way": number, "cost": way.cost, "lever": question, "units": 1, "level": way.level, "could_be": way.could_be}
