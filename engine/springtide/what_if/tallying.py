"""What a team's figures add up to before and after: the hours of supervision that it needs, what agency staff cover."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..logic.levers import Lever, room
from ..logic.model import RulePack
from ..logic.tallies import Tally
from ..logic.units import UNITS
from .changes import Change, comes_to
from .problems import WhatIfError

_NONE = 1e-9
Standing = MutableMapping[tuple[str, str, str], float]  # by team, tally and stage, what an assumption made of it


@dataclass(frozen=True)
class Tallied:
    """A tally of one team at one stage, None where a part is not known; with its parts before and after.

    `instead` are levers that would not have come to it, each with how many units of it
    would not have been more than there was room for.
    """

    tally: Tally
    stage: str
    before: float | None
    after: float | None
    how: Literal["worked out", "assumed"]
    parts_before: Mapping[str, float | None]
    parts: Mapping[str, float | None]
    instead: tuple[tuple[Lever, float], ...] = ()

    @property
    def name(self) -> str:
        """By what a program finds it: "supervision_hours.first_six_weeks"."""
        return f"{self.tally.id}.{self.stage}" if self.stage else self.tally.id

    @property
    def formula(self) -> str:
        """ "experienced_permanent_fte × 1.5 + agency_fte × 1.5"."""
        return _sum((name, number) for name, number in self.tally.at_stage(self.stage).items())

    def arithmetic(self, parts: Mapping[str, float | None]) -> str:
        """The formula with numbers in it; nothing where a part is not known."""
        if None in parts.values():
            return ""
        return _sum((f"{parts[name]:g}", number) for name, number in self.tally.at_stage(self.stage).items())

    @property
    def is_above_nought(self) -> bool:
        """Whether there is something to know of it, because it is more than nought."""
        return bool(self.tally.above_nought) and self.after is not None and self.after > _NONE

    @property
    def lacking(self) -> tuple[str, ...]:
        """The parts that are not known afterwards."""
        return tuple(name for name, value in self.parts.items() if value is None)


def _sum(terms: Iterable[tuple[str, float]]) -> str:
    said = ""
    for name, number in terms:
        sign = "-" if number < 0 else "+"
        said += (f" {sign} " if said else "-" if number < 0 else "") + (name if abs(number) == 1 else f"{name} × {abs(number):g}")
    return said


def tallied(pack: RulePack, team: str, before: Mapping[str, float], after: Mapping[str, float], assumed: Sequence[Change], standing: Standing) -> tuple[Tallied, ...]:
    """Every tally of a team of which a part changed, or that was assumed to be another.

    Args:
        standing: what was assumed in the steps before; it moves on by as much as its parts do.

    Raises:
        WhatIfError: a tally is assumed to be what it can't be.
    """
    found = []
    for tally in pack.tallies.values():
        said = next((change for change in reversed(assumed) if change.what == tally.id), None)
        changed = any(before.get(name) != after.get(name) for name in tally.each)
        if said is None and not changed:
            continue
        for stage in tally.stages:
            key = team, tally.id, stage
            was = standing.get(key, tally.comes_to(before, stage))
            now = _moved_on(tally, stage, standing[key], before, after) if key in standing else tally.comes_to(after, stage)
            if said is not None:
                now = _assumed(pack, team, tally, said, was)
                standing[key] = now
            elif key in standing and now is not None:
                standing[key] = now
            else:
                standing.pop(key, None)
            parts = [{name: figures.get(name) for name in tally.each} for figures in (before, after)]
            found.append(Tallied(tally, stage, was, now, "assumed" if said else "worked out", parts[0], parts[1], _instead(pack, tally, now, before)))
    return tuple(found)


def _moved_on(tally: Tally, stage: str, was: float, before: Mapping[str, float], after: Mapping[str, float]) -> float | None:
    """What was assumed, moved by as much as its parts; what is not known before or after moves nothing that can be told."""
    moved = [name for name in tally.each if before.get(name) != after.get(name)]
    if not all(name in before and name in after for name in moved):
        return tally.comes_to(after, stage)
    return was + sum(tally.each[name][stage] * (after[name] - before[name]) for name in moved)


def _assumed(pack: RulePack, team: str, tally: Tally, said: Change, was: float | None) -> float:
    assert not isinstance(said.amount, str)
    if was is None and said.amount.kind != "to":
        raise WhatIfError(f"{team}: {tally.id} is not known, so there is nothing to change by {said.amount}; give it as {tally.id}=N")
    now = float(comes_to(tally.id, said.amount.kind, said.amount.number, was or 0.0, pack))
    unit = UNITS[tally.unit]
    if now < unit.least:
        raise WhatIfError(f"{team}: {tally.id} can't come to {now:g}; it must be {unit.range_in_words}")
    return now


def _instead(pack: RulePack, tally: Tally, now: float | None, before: Mapping[str, float]) -> tuple[tuple[Lever, float], ...]:
    if not tally.above_nought or now is None or now <= _NONE:
        return ()
    levers = [(pack.levers[name], room(pack.levers[name], before, pack.figures)) for name in tally.instead if set(pack.levers[name].stands_for) <= before.keys()]
    return tuple((lever, min(most, now)) for lever, most in levers if most > _NONE)
