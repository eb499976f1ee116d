"""A rule for alerts, and the few words that its condition is made of."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

About = Literal["team", "team rule", "district", "county pressure", "team pressure"]
Post = Literal["team_manager", "district_manager", "head_of_service"]
State = Literal["new", "raised", "persisting", "cannot tell", "lowered", "cleared", "quiet"]

ABOUT: tuple[About, ...] = ("team", "team rule", "district", "county pressure", "team pressure")
POSTS: tuple[Post, ...] = ("team_manager", "district_manager", "head_of_service")
STATES: tuple[State, ...] = ("new", "raised", "persisting", "cannot tell", "lowered", "cleared")


@dataclass(frozen=True)
class Every:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Some:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class No:
    part: Condition


@dataclass(frozen=True)
class LastQuarter:
    """The same of the quarter before; not known where that was not filed."""

    part: Condition


@dataclass(frozen=True)
class StateIs:
    """What became of a team's level, or of a county pressure, in a quarter."""

    states: tuple[State, ...]


@dataclass(frozen=True)
class LevelIs:
    """The level at which a team is followed: once raised, it stands until it is shown to be past."""

    level: str
    or_above: bool


@dataclass(frozen=True)
class Firmly:
    """The level that a team has even with every comparison more lenient by the band: it does not hover about it."""

    level: str


@dataclass(frozen=True)
class Was:
    """The level at which a team was followed before this quarter."""

    level: str


@dataclass(frozen=True)
class OnlyTheCounty:
    """A county pressure came on, and nothing of the team's own got worse."""


@dataclass(frozen=True)
class OnlySameDay:
    """Nothing but what can't wait brings the team to its level: without it, it would be at a lower one."""


@dataclass(frozen=True)
class Immediate:
    """A rule that can't wait for the next working day (`same_day`), or a notice of the channel `compliance`."""

    kind: Literal["same_day", "compliance"]


@dataclass(frozen=True)
class TeamsAtLeast:
    """So many teams of a district, by a named threshold, of which something holds."""

    number: str
    part: Condition


@dataclass(frozen=True)
class SomeDistrict:
    """A district in which more teams than a named share have a pressure, and had not (`reached`); or the reverse (`left`)."""

    did: Literal["left", "reached"]
    share: str


Leaf = StateIs | LevelIs | Firmly | Was | OnlyTheCounty | OnlySameDay | Immediate | TeamsAtLeast | SomeDistrict
Condition = Every | Some | No | LastQuarter | Leaf

@dataclass(frozen=True)
class AlertExample:
    """Quarters in a row as they may be filed, and in which of them the rule raises an alert."""

    name: str
    quarters: tuple[object, ...]
    expect: tuple[bool, ...]
    at: str = field(default="", compare=False)


@dataclass(frozen=True)
class AlertRule:
    """What raises an alert, who gets it, and by when it needs an answer.

    It raises one when its condition comes to hold, and again only after it was shown not to hold, or in each quarter in
    which it holds where `each_quarter` says so. `right_of_reply` (hours), `answer_within` and `then_after` (working days)
    name thresholds; empty where there is none. `seen_first_by` sees it that long before those in `to`. One answer is
    enough; where there is none, those in `answered_by` are reminded, and `then_to` is told so long after.
    """

    id: str
    title: str
    cites: tuple[int, ...]
    because: str
    about: About
    when: Condition
    to: tuple[Post, ...]
    asks: str
    together: bool = False
    each_quarter: bool = False
    seen_first_by: Post | None = None
    right_of_reply: str = ""
    answer_within: str = ""
    answered_by: tuple[Post, ...] = ()
    then_to: tuple[Post, ...] = ()
    then_after: str = ""
    examples: tuple[AlertExample, ...] = ()
    at: str = field(default="", compare=False)

    def __hash__(self) -> int:
        return hash(self.id)


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    match condition:
        case Every(parts) | Some(parts):
            return parts
        case No(part) | LastQuarter(part) | TeamsAtLeast(_, part):
            return (part,)
    return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """A condition and everything inside it."""
    yield condition
    for part in parts_of(condition):
        yield from walk(part)


def thresholds_of(rule: AlertRule) -> Iterator[str]:
    """Every threshold that a rule names."""
    yield from filter(None, (rule.right_of_reply, rule.answer_within, rule.then_after))
    for part in walk(rule.when):
        if isinstance(part, TeamsAtLeast):
            yield part.number
        if isinstance(part, SomeDistrict):
            yield part.share


def in_words(condition: Condition) -> str:
    """A condition on one line, the same for equal ones and for no others."""
    match condition:
        case Every(parts):
            return f"all of ({'; '.join(map(in_words, parts))})"
        case Some(parts):
            return f"any of ({'; '.join(map(in_words, parts))})"
        case No(part):
            return f"not ({in_words(part)})"
        case LastQuarter(part):
            return f"last quarter ({in_words(part)})"
        case StateIs(states):
            return f"it is {' or '.join(states)}"
        case LevelIs(level, or_above):
            return f"it is followed at {level}{' or above' if or_above else ''}"
        case Firmly(level):
            return f"it is firmly at {level} or above"
        case Was(level):
            return f"it was followed at {level} or above"
        case OnlyTheCounty():
            return "only a county pressure came on"
        case OnlySameDay():
            return "only what can't wait brings it to its level"
        case Immediate(kind):
            return {"same_day": "it can't wait for the next working day", "compliance": "it is a matter of compliance"}[kind]
        case TeamsAtLeast(number, part):
            return f"as many teams as {number} ({in_words(part)})"
        case SomeDistrict(did, share):
            return f"a district that it {did}, by {share}"
