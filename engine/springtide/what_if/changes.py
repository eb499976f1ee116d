"""What is asked to change, of which teams, by how much, with whom and from when."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

import numpy as np

from ..batch.arithmetic import Numbers
from ..logic.facts import Team
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.units import UNITS, Unit
from .problems import Place, WhatIfError

Kind = Literal["by", "to", "share"]


@dataclass(frozen=True)
class Amount:
    """By so much more or less, to so much, or by a share of what there is."""

    kind: Kind
    number: float

    def __str__(self) -> str:
        if self.kind == "to":
            return f"={self.number:g}"
        return f"{self.number * 100:+g}%" if self.kind == "share" else f"{self.number:+g}"


@dataclass(frozen=True)
class Target:
    """The teams that change: one team, those of a district, of a type or of a county; where nothing is said, all."""

    team: str = ""
    district: str = ""
    team_type: str = ""
    county: str = ""

    def __str__(self) -> str:
        said = [f"{name.replace('_', ' ')} {value}" for name, value in vars(self).items() if value]
        return ", ".join(said) or "every team"

    def of(self, teams: Iterable[Team]) -> tuple[Team, ...]:
        """The teams meant. Raises WhatIfError where there is none, or a team's name is that of several."""
        listed = list(teams)
        found = tuple(team for team in listed if self._means(team))
        if not found:
            raise WhatIfError(f"there is no team to change: {self}; {_known(self, listed)}")
        if self.team and len(found) > 1:
            raise WhatIfError(f"{len(found)} teams are called '{self.team}': {', '.join(team.id for team in found)}; give the id")
        return found

    def _means(self, team: Team) -> bool:
        return (
            (not self.team or _same(self.team, team.id) or _same(self.team, team.name))
            and (not self.district or _same(self.district, team.district))
            and (not self.team_type or _same(self.team_type, team.kind))
            and (not self.county or _same(self.county, team.county))
        )

    @property
    def is_one_team(self) -> bool:
        return bool(self.team)


EVERY_TEAM = Target()


def comes_to(what: str, kind: Kind, number: Numbers, now: float, pack: RulePack) -> Numbers:
    """What a figure comes to when it is set, and when it is taken through a range: of whole things, the nearest whole number."""
    target = number if kind == "to" else now + number if kind == "by" else now * (1 + number)
    held: Numbers = np.rint(target) if unit_of(what, pack).whole else target
    return held


def check_whole(what: str, numbers: Iterable[float], pack: RulePack) -> None:
    """Raises WhatIfError for a part of something that comes whole."""
    part = next((number for number in numbers if number != round(number)), None)
    if part is not None and unit_of(what, pack).whole:
        raise WhatIfError(f"{what} counts what comes whole, and {abs(part):g} is no whole number; write one, or a share of what there is, as in {what}=+10%")


def unit_of(what: str, pack: RulePack) -> Unit:
    """The unit of a figure, measure or tally."""
    return UNITS[(pack.figures.get(what) or pack.measures.get(what) or pack.tallies[what]).unit]


@dataclass(frozen=True)
class Change:
    """One thing that changes in each team of a target: a figure, a measure supplied as it is, or an answer.

    Args:
        with_whom: who comes or leaves, where that makes a difference.
        assumed: this takes the place of what would follow from other changes, and nothing follows from it.
        at: where it stands, if in a file.
    """

    what: str
    amount: Amount | str
    target: Target = EVERY_TEAM
    with_whom: str = ""
    assumed: bool = False
    at: Place | None = field(default=None, compare=False)

    def __str__(self) -> str:
        said = f"{self.what} {self.amount}" + (f", {self.with_whom.replace('_', ' ')}" if self.with_whom else "")
        return f"{self.target}: {said}" + (" (assumed)" if self.assumed else "")


@dataclass(frozen=True)
class Move:
    """Workers who go from one team to another; both change."""

    number: float
    with_whom: str
    source: Target
    to: Target
    at: Place | None = field(default=None, compare=False)

    def __str__(self) -> str:
        return f"{self.number:g} {self.with_whom.replace('_', ' ')} from {self.source} to {self.to}"


@dataclass(frozen=True)
class Step:
    """Changes that take effect together, in a quarter; None: as if they were so in the quarter that is scored."""

    changes: tuple[Change | Move, ...]
    quarter: Quarter | None = None
    why: str = ""
    at: Place | None = field(default=None, compare=False)


@dataclass(frozen=True)
class Scenario:
    """A what-if with its name, why it is asked, and its steps in the order of their quarters."""

    steps: tuple[Step, ...]
    name: str = ""
    why: str = ""


_NUMBER = r"(?P<number>\d+(?:\.\d+)?|\.\d+)"
_AMOUNT = re.compile(rf"^(?P<sign>[+-]?)\s*{_NUMBER}\s*(?P<share>%?)$")
_HOW = "write +2, -1, =3 (exactly 3) or -50% (half of what there is)"


def parse_change(text: str, pack: RulePack, target: Target = EVERY_TEAM, with_whom: str = "", *, assumed: bool = False) -> Change:
    """Read `vacant_posts=+2`, `vacant_posts=3`, `vacant_posts=-50%` or `q44=usually`.

    Raises:
        WhatIfError: it can't be read, or names nothing that a team's evidence may hold.
    """
    name, equals, written = (part.strip() for part in text.partition("="))
    if not equals:
        raise WhatIfError(f"'{text}' changes nothing; write it as vacant_posts=+2, vacant_posts=3 or vacant_posts=-50%")
    if not (assumed and name in pack.tallies and not pack.tallies[name].shown):
        known_as(name, pack)
    if name in pack.questions:
        return Change(name, _answer(name, written, pack), target, with_whom, assumed)
    amount = parse_amount(written.removeprefix("="), unit_of(name, pack).name)
    check_whole(name, [amount.number] if amount.kind != "share" else [], pack)
    return Change(name, amount, target, with_whom, assumed)


def who_for(name: str, names: Iterable[str], with_whom: str, pack: RulePack) -> str:
    """Who is said, for one of several figures that change together: it need not make a difference to all of them.

    Where it makes none to any of them it stays said, and so is refused with what may be.
    """

    def bears_on(one: str) -> bool:
        return any(lever.who == with_whom and one in lever.stands_for for lever in pack.levers.values())

    return with_whom if bears_on(name) or not any(map(bears_on, names)) else ""


def known_as(name: str, pack: RulePack) -> None:
    """Raises WhatIfError for what no team's evidence can hold."""
    figure, measure = pack.figures.get(name), pack.measures.get(name)
    if figure is not None and figure.table == "responses":
        raise WhatIfError(f"'{name}' is counted from the responses and can't be set; change the answers instead, as in q44=usually")
    if measure is not None and not measure.may_be_supplied:
        raise WhatIfError(f"'{name}' is worked out ({measure.formula_text}) and can't be set; change what it is made of")
    if name in pack.tallies:
        parts = ", ".join(pack.tallies[name].each)
        how = f"change one of {parts}" if pack.tallies[name].shown else f"--assume {name}=N puts a number in its place, and it follows from {parts}"
        raise WhatIfError(f"'{name}' is added up and bears on no level; {how}")
    if figure is None and measure is None and name not in pack.questions:
        near = get_close_matches(name, can_be_set(pack), 1, 0.6)
        raise WhatIfError(f"there is no figure, measure or question '{name}'" + (f"; did you mean '{near[0]}'?" if near else "; see springtide template"))


def can_be_set(pack: RulePack) -> list[str]:
    """What a change may name."""
    figures = [name for name, figure in pack.figures.items() if figure.table != "responses"]
    measures = [name for name, measure in pack.measures.items() if measure.may_be_supplied]
    return [*figures, *measures, *(name for name, question in pack.questions.items() if question.favourable_when != "unknown")]


def parse_amount(text: str, unit: str = "") -> Amount:
    """Read how much: `+2`, `-1`, `3`, `-50%`; of a share, `30%` without a sign is 0.3 exactly. Raises WhatIfError."""
    match = _AMOUNT.match(text.replace("−", "-").strip())
    if match is None:
        raise WhatIfError(f"'{text}' is no amount; {_HOW}")
    number = float(match["number"])
    if math.isinf(number) or number > 1e9:
        raise WhatIfError(f"{text} is more than any team can have")
    if not match["sign"]:
        if match["share"] and not (unit in UNITS and UNITS[unit].scale == 100):
            raise WhatIfError(f"'{text}' could be read in two ways; write +{text} or -{text} for so much more or less, or a number without %")
        return Amount("to", number / 100 if match["share"] else number)
    signed = number if match["sign"] == "+" else -number
    if match["share"]:
        if signed < -100:
            raise WhatIfError(f"'{text}' takes away more than there is")
        return Amount("share", signed / 100)
    return Amount("by", signed)


def _answer(question: str, written: str, pack: RulePack) -> str:
    scale = pack.questionnaire.scale
    known = (*scale.answers, scale.not_counted, scale.missing)
    answer = next((one for one in known if _same(one, written)), None)
    if answer is None:
        raise WhatIfError(f"'{written}' is no answer to {question}; answers are {', '.join(known)}")
    if pack.questions[question].favourable_when == "unknown":
        raise WhatIfError(f"the report does not say which answer to {question} is the favourable one, so no answer to it can count")
    return answer


def _same(one: str, other: str) -> bool:
    return " ".join(one.split()).lower() == " ".join(other.split()).lower()


def _known(target: Target, teams: list[Team]) -> str:
    if target.team:
        near = get_close_matches(target.team, [name for team in teams for name in (team.id, team.name)], 1, 0.6)
        return f"did you mean '{near[0]}'?" if near else "see springtide score for the teams"
    held = {"district": {t.district for t in teams}, "team_type": {t.kind for t in teams}, "county": {t.county for t in teams}}
    key = next((key for key in held if getattr(target, key)), "district")
    return f"there are {key.replace('_', ' ')}s {', '.join(sorted(filter(None, held[key])))}" if any(held[key]) else "the team list says none"
