"""The few facts that make a level by themselves, as people read them and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ..assessment import TeamAssessment
from ..logic import explain as x
from ..logic.decisive import Decisive, Fact, Read, decisive
from ..logic.facts import Facts
from ..logic.truth import Truth
from ..logic.units import UNITS
from .sharing import Shared
from .wording import counted, indented, paras


def render(team: TeamAssessment, shared: Shared | None = None) -> Iterator[RenderableType]:
    """A short list to take in at once; nothing where no rule proves the level. `shared` where it is to leave the district."""
    facts, found = team.facts, decisive(team.facts, team.level)
    if not found.facts:
        return
    title = facts.pack.levels.by_id(team.level).title
    many = f"These {counted(len(found.facts), 'fact')} alone make it" if len(found.facts) > 1 else "This alone makes it"
    yield Text(f"{many} {title}; without {'any one of them' if len(found.facts) > 1 else 'it'} the level would be lower", style="bold")
    for fact in found.facts:
        yield indented(_said(facts, fact, shared))
    if found.counts:
        titles = facts.pack.thresholds
        counts = "; ".join(f"{titles[read.threshold].title}: {_value(facts, read)}" for read in found.counts)
        yield indented(f"Also read, to count: {counts}")
    yield Text()


def as_dict(team: TeamAssessment, shared: Shared | None = None) -> dict[str, Any]:
    facts, found = team.facts, decisive(team.facts, team.level)
    return {
        "facts": [
            {
                "kind": fact.kind, "id": fact.name, "label": _label(facts, fact), "value": _now(facts, fact, shared),
                "cites": [f"para {number}" for number in _cites(facts, fact)], "cells": list(_cells(facts, fact, shared)),
                "compared": [_read(facts, read) for read in fact.reads],
            }
            for fact in found.facts
        ],
        "counts": [_read(facts, read) for read in found.counts],
    }  # fmt: skip


def thresholds_named(found: Decisive) -> set[str]:
    """Every threshold that the list names."""
    return {read.threshold for fact in found.facts for read in fact.reads} | {read.threshold for read in found.counts}


def _said(facts: Facts, fact: Fact, shared: Shared | None) -> str:
    compared = [f"{read.comparison.replace('_', ' ')} {_value(facts, read)} ({'met' if read.held else 'not met'})" for read in fact.reads]
    cites = _cites(facts, fact)
    return "; ".join([f"{_label(facts, fact)}: {_now(facts, fact, shared)}", *compared]) + (f" ({paras(cites)})" if cites else "")


def _value(facts: Facts, read: Read) -> str:
    return UNITS[facts.pack.thresholds[read.threshold].unit].say(read.value)


def _label(facts: Facts, fact: Fact) -> str:
    pack = facts.pack
    if fact.kind == "county pressure":
        return f"{pack.county_pressures[fact.name].title} ({pack.words.county}-wide)"
    if fact.kind == "answer":
        return f"Q{pack.questions[fact.name].number}, {pack.questions[fact.name].statement.rstrip('.')}"
    return (pack.measures.get(fact.name) or pack.figures[fact.name]).title


def _now(facts: Facts, fact: Fact, shared: Shared | None) -> str:
    if fact.kind == "county pressure":
        majority = facts.majorities.get(fact.name)
        state = "on" if facts.county[fact.name] is Truth.MET else "off"
        return f"{state}, {x.in_words(majority, facts.pack)}" if majority else state
    if fact.kind == "answer":
        return shared.answer(fact.name) if shared else str(facts.evidence.answer(fact.name))
    return shared.number(fact.name) if shared else x.number_said(facts, fact.name)


def _cites(facts: Facts, fact: Fact) -> tuple[int, ...]:
    pack = facts.pack
    if fact.kind == "county pressure":
        return pack.county_pressures[fact.name].cites
    if fact.kind == "answer":
        return pack.questions[fact.name].cites
    return pack.measures[fact.name].cites if fact.name in pack.measures else ()


def _cells(facts: Facts, fact: Fact, shared: Shared | None) -> Iterator[str]:
    if fact.kind == "number":
        yield from shared.cells(fact.name) if shared else x.cells_of(fact.name, facts)
    elif fact.kind == "answer" and fact.name in facts.evidence.cells:
        yield from shared.answer_cells(fact.name) if shared else (f"{facts.evidence.cells[fact.name]}, {fact.name}",)


def _read(facts: Facts, read: Read) -> dict[str, Any]:
    shown = {"threshold": read.threshold, "title": facts.pack.thresholds[read.threshold].title, "value": _value(facts, read),
             "comparison": read.comparison.replace("_", " "), "rests_on": x.rests_on(facts, read.threshold)}  # fmt: skip
    return {key: value for key, value in shown.items() if value} | ({} if read.held is None else {"held": read.held})
