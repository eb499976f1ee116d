"""Where a score's points come from: every finding that adds to it, or could, each with its points."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from .facts import Facts
from .missing import Missing
from .truth import Truth


@dataclass(frozen=True)
class Scored:
    """One finding with its points: `low` for what is proved, `high` for the worst that it could be.

    `missing` is what it waits for, where the two differ and something of this finding's own is missing.
    """

    kind: Literal["pressure", "supervision", "rule"]
    id: str
    title: str
    state: str
    low: int
    high: int
    missing: tuple[Missing, ...] = ()


@dataclass(frozen=True)
class Share:
    """What one thing adds to the score: a rule, supervision, or a family of pressures, which counts once, at its worst."""

    low: int
    high: int
    findings: tuple[Scored, ...]


def points(facts: Facts, missing: Sequence[Missing] = ()) -> tuple[Share, ...]:
    """The parts of a team's score; their `low` add up to the score's and their `high` to its highest.

    Args:
        facts: with every stratum worked out.
        missing: everything missing that the team's result could turn on.
    """
    return tuple(share for share in _shares(facts, missing) if share.high)


def _shares(facts: Facts, missing: Sequence[Missing]) -> Iterator[Share]:
    pack = facts.pack
    for members in pack.families.values():
        grades = {member.id: facts.pressures[member.id] for member in members}
        scored = tuple(
            _scored("pressure", one.id, one.title, str(grades[one.id]), one.points.get(str(grades[one.id]), 0),
                    one.points.get(grades[one.id].could_be, 0), missing)
            for one in members
        )  # fmt: skip
        yield Share(max(one.low for one in scored), max(one.high for one in scored), tuple(one for one in scored if one.high))
    assert facts.supervision is not None
    strained = facts.supervision.strained
    yield _alone("supervision", pack.supervision.id, pack.supervision.title, str(facts.supervision), strained,
                 pack.supervision.points.get("evidenced strained", 0), missing)  # fmt: skip
    for rule in pack.risk.values():
        yield _alone("rule", rule.id, rule.title, str(facts.rules[rule.id]), facts.rules[rule.id], rule.points, missing)


def _alone(
    kind: Literal["supervision", "rule"], name: str, title: str, state: str, truth: Truth, worth: int, missing: Sequence[Missing]
) -> Share:
    low, high = worth if truth is Truth.MET else 0, worth if truth.could else 0
    return Share(low, high, (_scored(kind, name, title, state, low, high, missing),))


def _scored(
    kind: Literal["pressure", "supervision", "rule"], name: str, title: str, state: str, low: int, high: int, missing: Sequence[Missing]
) -> Scored:
    waits_for = tuple(one for one in missing if name in one.bears_on) if low != high else ()
    return Scored(kind, name, title, state, low, high, waits_for)
