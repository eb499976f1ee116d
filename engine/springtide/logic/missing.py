"""What is missing from a team's evidence that its result could turn on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from . import conditions as c
from .facts import Facts
from .formula import names_in
from .judge import truth_of
from .truth import Truth


@dataclass(frozen=True)
class Missing:
    """A figure or answer that was not supplied, why, and the pressures or rules that wait for it.

    Also a county pressure that can't be told, because other teams are silent.
    """

    id: str
    title: str
    why: str
    bears_on: tuple[str, ...]


def missing_in(facts: Facts, marks: Mapping[str, str]) -> tuple[Missing, ...]:
    """Everything missing that leaves a pressure, supervision or a rule in doubt, in the rules' order.

    `marks` says in words why a cell held no number, where a symbol stood in it.
    """
    found: dict[str, dict[str, None]] = {}
    for name, condition in _in_doubt(facts):
        for missing in _unknown_leaves(condition, facts):
            found.setdefault(missing, {})[name] = None
    return tuple(Missing(name, _title(facts, name), marks.get(name, _why(facts, name)), tuple(on)) for name, on in found.items())


def _in_doubt(facts: Facts) -> Iterator[tuple[str, c.Condition]]:
    pack = facts.pack
    for pressure in pack.team_pressures.values():
        yield pressure.id, pressure.present
        yield pressure.id, pressure.severe
    for county in pack.county_pressures.values():
        yield county.id, county.affected
    yield pack.supervision.id, pack.supervision.evidenced_strained
    for rule in pack.risk.values():
        yield rule.id, rule.when


def _unknown_leaves(condition: c.Condition, facts: Facts) -> Iterator[str]:
    """The raw figures and answers that keep a condition from being decided."""
    if truth_of(condition, facts) is not Truth.CANNOT_TELL:
        return
    match condition:
        case c.MeasureTest(measure):
            yield from _missing_figures(measure, facts)
        case c.AnswerTest(question):
            yield question
        case c.CountyTest(pressure, "on"):
            yield pressure
        case c.AllOf() | c.AnyOf() | c.AtLeastOf() | c.Not():
            for part in c.parts_of(condition):
                yield from _unknown_leaves(part, facts)


def _missing_figures(name: str, facts: Facts) -> Iterator[str]:
    """The figures that a measure lacks; the measure itself where it can only be supplied whole."""
    measure = facts.pack.measures.get(name)
    if name in facts.evidence.figures:
        return
    if measure is None or measure.formula is None:
        yield name
        return
    names = list(dict.fromkeys(part for part, last in names_in(measure.formula) if not last))
    if measure.may_be_supplied and not any(facts.value(part) is not None for part in names):
        yield name
        return
    lacking = [part for part in names if facts.value(part) is None]
    for part in lacking:
        yield from _missing_figures(part, facts)
    if not lacking:
        yield name


def _title(facts: Facts, name: str) -> str:
    pack = facts.pack
    if name in pack.questions:
        return f"Question {pack.questions[name].number}"
    if name in pack.county_pressures:
        return f"{name.replace('_', ' ').capitalize()} ({pack.words.county}-wide)"
    return (pack.figures.get(name) or pack.measures[name]).title


def _why(facts: Facts, name: str) -> str:
    if name in facts.majorities:
        majority = facts.majorities[name]
        return f"not known of {majority.silent} of {majority.teams} {facts.pack.words.teams}"
    if name not in facts.pack.questions:
        return "not supplied"
    answer = facts.evidence.answer(name)
    return "don't know, or left blank" if answer.unknown else "no return"
