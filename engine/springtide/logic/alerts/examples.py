"""The examples that rules for alerts carry: quarters in a row, and in which of them an alert is raised.

A quarter is `not filed`, or what is seen of the rule's subject in it:

- of a team: a level, `missing` (no return: it could be anything), or a mapping with `level`, and any of `could_be`, `near`, `firm`,
  `rules` (ranks that changed rules alone moved it), `own` (`worse` or `the same`), `county` (`on`), `reorganised`;
- of a team's rule that can't wait: `met`, `not met` or `cannot tell`;
- of a district: a list of its teams, each as above;
- of a county pressure: `on`, `off`, `cannot tell`, or `almost` (off, and within the band of being on);
- of a team pressure: a mapping of districts to `has it`, `has it not` or `cannot tell`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..quarter import Quarter
from ..truth import Truth
from .following import Seen, SeenCounty, SeenTeam, follow
from .judging import Story, raised
from .rules import AlertExample, AlertRule, Immediate, walk

NOT_FILED, MISSING = "not filed", "missing"
_FIRST = Quarter(2008, 4)
_TEAM, _DISTRICT, _AREA, _NAME = "T1", "North", "county", "pressure"
_TRUTHS = {"met": Truth.MET, "not met": Truth.NOT_MET, "cannot tell": Truth.CANNOT_TELL}
_COUNTY = {
    "on": SeenCounty(Truth.MET, Truth.MET), "off": SeenCounty(Truth.NOT_MET, Truth.NOT_MET),
    "cannot tell": SeenCounty(Truth.CANNOT_TELL, Truth.CANNOT_TELL), "almost": SeenCounty(Truth.NOT_MET, Truth.MET),
}  # fmt: skip
_HAS = {"has it": 1, "has it not": 0, "cannot tell": None}


class ExampleError(ValueError):
    """A quarter of an example that says nothing; the message says what may stand there."""


def outcome(rule: AlertRule, example: AlertExample, ranks: Mapping[str, int], thresholds: Mapping[str, float], notable: int) -> tuple[bool, ...]:
    """In which quarters of an example the rule raises an alert. Raises ExampleError."""
    seen = quarters_of(rule, example, ranks)
    there = [one for one in seen if one is not None]
    story = Story(follow(there, notable=notable), ranks, thresholds)
    fires = {story.states[place].quarter for place in range(len(there)) if raised({rule.id: rule}, story, place)}
    quarter, found = _FIRST, []
    for _ in seen:
        found.append(quarter in fires)
        quarter = quarter.next
    return tuple(found)


def quarters_of(rule: AlertRule, example: AlertExample, ranks: Mapping[str, int]) -> list[Seen | None]:
    """What is seen in each quarter of an example, None where it is not filed. Raises ExampleError."""
    quarter, found = _FIRST, list[Seen | None]()
    for given in example.quarters:
        found.append(seen_in(rule, given, ranks, quarter))
        quarter = quarter.next
    return found


def seen_in(rule: AlertRule, given: object, ranks: Mapping[str, int], quarter: Quarter = _FIRST) -> Seen | None:
    """What one quarter of an example shows, None where it is not filed. Raises ExampleError."""
    return None if given == NOT_FILED else _SEEN[rule.about](rule, given, ranks, quarter)


def _of_team(rule: AlertRule, given: object, ranks: Mapping[str, int], quarter: Quarter) -> Seen:
    county = {}
    if isinstance(given, Mapping):
        county = {(_AREA, _NAME): _COUNTY["on" if given.get("county") == "on" else "off"]}
    return Seen(quarter, {_TEAM: _team(given, ranks)}, county)


_SAYS = {"rules": ("up", "down"), "own": ("worse", "the same"), "county": ("on", "off"), "reorganised": ("yes", "no")}
_KEYS = ("level", "could_be", "near", "firm", *_SAYS)


def _team(given: object, ranks: Mapping[str, int]) -> SeenTeam:
    highest = max(ranks.values())
    own = {"pressure": 1}
    if given == MISSING:
        return SeenTeam("", _DISTRICT, _AREA, 0, highest, highest, 0, own={"pressure": None})
    data: Mapping[str, Any] = given if isinstance(given, Mapping) else {"level": given}
    if unknown := [key for key in data if key not in _KEYS]:
        raise ExampleError(f"'{unknown[0]}' says nothing of a team; it may say {', '.join(_KEYS)}")
    for key, words in _SAYS.items():
        if key in data and data[key] not in words:
            raise ExampleError(f"'{key}' can't be '{data[key]}'; write {' or '.join(words)}")
    level = _rank(data.get("level"), ranks)
    could_be = max(level, _rank(data.get("could_be", data.get("level")), ranks))
    near = max(could_be, _rank(data.get("near", data.get("level")), ranks))
    firm = min(level, _rank(data.get("firm", data.get("level")), ranks))
    if data.get("own") == "worse":
        own = {"pressure": 2}
    by_rules = {"up": 1, "down": -1}.get(data.get("rules", ""), 0)
    return SeenTeam("", _DISTRICT, _AREA, level, could_be, near, firm, by_rules=by_rules, apart=data.get("reorganised") == "yes", own=own)


def _rank(level: object, ranks: Mapping[str, int]) -> int:
    if not isinstance(level, str) or level not in ranks:
        raise ExampleError(f"there is no level '{level}'; write {', '.join(ranks)}, {MISSING} or {NOT_FILED}")
    return ranks[level]


def _of_rule(rule: AlertRule, given: object, ranks: Mapping[str, int], quarter: Quarter) -> Seen:
    truth = _word(given, _TRUTHS)
    kinds = {part.kind for part in walk(rule.when) if isinstance(part, Immediate)}
    team = SeenTeam("", _DISTRICT, _AREA, 0, 0, 0, 0, immediate={kind: {_NAME: truth} for kind in kinds})
    return Seen(quarter, {_TEAM: team})


def _of_district(rule: AlertRule, given: object, ranks: Mapping[str, int], quarter: Quarter) -> Seen:
    if not isinstance(given, Sequence) or isinstance(given, str):
        raise ExampleError("a quarter of a district is a list of its teams, as [elevated, watch]")
    return Seen(quarter, {f"T{place}": _team(one, ranks) for place, one in enumerate(given, 1)})


def _of_county(rule: AlertRule, given: object, ranks: Mapping[str, int], quarter: Quarter) -> Seen:
    return Seen(quarter, {}, {(_AREA, _NAME): _word(given, _COUNTY)})


def _of_pressure(rule: AlertRule, given: object, ranks: Mapping[str, int], quarter: Quarter) -> Seen:
    if not isinstance(given, Mapping):
        raise ExampleError("a quarter of a pressure is a mapping of districts, as {North: has it, South: has it not}")
    teams = {name: SeenTeam("", name, _AREA, 0, 0, 0, 0, own={_NAME: _word(says, _HAS)}) for name, says in given.items()}
    return Seen(quarter, teams)


def _word(given: object, words: Mapping[str, Any]) -> Any:
    if not isinstance(given, str) or given not in words:
        raise ExampleError(f"'{given}' says nothing here; write {', '.join(words)} or {NOT_FILED}")
    return words[given]


_SEEN: Mapping[str, Callable[[AlertRule, object, Mapping[str, int], Quarter], Seen]] = {
    "team": _of_team, "team rule": _of_rule, "district": _of_district, "county pressure": _of_county, "team pressure": _of_pressure,
}  # fmt: skip
