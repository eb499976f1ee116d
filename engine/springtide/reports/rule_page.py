"""One thing of a rule pack as people read it: its facts line by line, its conditions as a tree, its examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from ..logic import conditions as c
from ..logic import model as m
from ..logic.documents import SCHEMA_VERSION
from ..logic.units import UNITS
from .wording import Indented, capital


def head(pack: m.RulePack) -> dict[str, Any]:
    """What every document about a pack begins with."""
    return {"schema_version": SCHEMA_VERSION, "pack": {"id": pack.id, "version": pack.version, "hash": pack.hash}}


@dataclass(frozen=True)
class Branch:
    """A condition in words, and those inside it."""

    words: str
    parts: tuple[Branch, ...] = ()


@dataclass(frozen=True)
class Condition:
    """A condition of a rule: the key under which it stands, a tree to read, and the whole on one line."""

    key: str
    tree: Branch
    spelled_out: str


@dataclass(frozen=True)
class Example:
    """An example of a rule: as a person reads it, and as data."""

    words: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Page:
    """One thing of a pack: what it is, its facts line by line, its conditions and its examples."""

    id: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    conditions: tuple[Condition, ...] = ()
    examples: tuple[Example, ...] = ()

    def render(self) -> RenderableType:
        parts: list[RenderableType] = [Text(f"{self.id}: {self.title}", style="bold"), Text(self.kind, style="dim")]
        parts += [Indented(Text.assemble((f"{name}: ", "bold"), value), 0, 2) for name, value in self.facts if value]
        for condition in self.conditions:
            tree = Tree(Text(capital(condition.key.replace("_", " ")), style="bold"), guide_style="dim")
            _grow(tree, condition.tree)
            parts.append(tree)
        if self.examples:
            parts.append(Text("Examples", style="bold"))
            parts += [Indented(Text(example.words), 2, 2) for example in self.examples]
        return Group(*parts)

    def as_dict(self, pack: m.RulePack) -> dict[str, Any]:
        return head(pack) | {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            **{name.replace(" ", "_"): value for name, value in self.facts if value},
            "conditions": {condition.key: condition.spelled_out for condition in self.conditions},
            "examples": [example.data for example in self.examples],
        }


def _grow(tree: Tree, branch: Branch) -> None:
    grown = tree.add(Text(branch.words))
    for part in branch.parts:
        _grow(grown, part)


def decides(rule: m.Declared, pack: m.RulePack) -> str:
    match rule:
        case m.RiskRule(level=level):
            return f"level {pack.levels.by_id(level).title}"
        case m.Notice(channel=channel):
            return channel
        case m.Reducer(weight=weight):
            return f"{weight} reason"
        case m.TeamPressure(family=family):
            return f"family {family}"
    return ""


def conditions_of(pack: m.RulePack, rule: m.Declared) -> tuple[Condition, ...]:
    """The conditions of a rule that judges a quarter, with the numbers in force."""
    return tuple(Condition(key, _branch(pack, condition), c.spelled_out(condition)) for key, condition in rule.conditions.items())


def _branch(pack: m.RulePack, condition: c.Condition) -> Branch:
    return Branch(_words(pack, condition), tuple(_branch(pack, part) for part in c.parts_of(condition)))


def _words(pack: m.RulePack, condition: c.Condition) -> str:
    match condition:
        case c.AllOf():
            return "all of"
        case c.AnyOf():
            return "any of"
        case c.Not():
            return "not"
        case c.ReceivingTeam():
            return "of the team that work transfers to"
        case c.AtLeastOf(n):
            return f"at least {n} ({value_now(pack, n)}) of"
        case c.MeasureTest(threshold=threshold):
            return f"{c.in_words(condition)} ({value_now(pack, threshold)})"
        case c.AnswerTest(question):
            return f"{c.in_words(condition)}: {pack.questions[question].statement}"
        case c.PeriodTest(period):
            return f"{c.in_words(condition)} ({quarters(pack.periods[period])})"
    return c.in_words(condition)


def examples_of(examples: tuple[m.Example, ...]) -> tuple[Example, ...]:
    """The examples of a rule that judges a quarter."""
    return tuple(Example(f"{e.name}: {_given(e.given)} → {e.expect}", {"name": e.name, "given": e.given, "expect": e.expect}) for e in examples)


def value_now(pack: m.RulePack, name: str) -> str:
    threshold = pack.thresholds[name]
    latest = max(threshold.values, key=lambda v: str(v.start or ''))
    return UNITS[threshold.unit].say(latest.value)


def quarters(period: m.Period) -> str:
    return ", ".join(str(quarter) for quarter in period.quarters) or "none in this pack"


def _given(given: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in given.items()) or "nothing given"
