"""One team's result, from the level down to the cells it rests on, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from ..assessment import Assessment, TeamAssessment
from ..logic import explain as x
from ..logic.truth import Truth
from . import decided
from .score_table import score_words
from .wording import indented, level_text, paras

Seen = set[tuple[str, str, str, Truth]]  # what was spelled out already of this team: kind, id, label and truth
_NAMED = ("rule", "notice", "pressure", "county pressure", "supervision")
_MARKS = {Truth.MET: "[met]", Truth.NOT_MET: "[not met]", Truth.CANNOT_TELL: "[cannot tell]"}


def render(assessment: Assessment, team: TeamAssessment, *, full: bool = False) -> RenderableType:
    """Level, reasons, what is unknown, notices, confidence and what to do."""
    facts, pack = team.facts, assessment.pack
    seen: Seen = set()
    parts: list[RenderableType] = [*_head(assessment, team), Text(), *decided.render(team)]
    proved = x.why(facts, team.level, full=full)
    if proved:
        parts += [_forest(f"Why {pack.levels.by_id(team.level).title}", proved, seen), Text()]
    if team.could_be != team.level:
        possible = x.why_could_be(facts, team.level, team.could_be)
        parts += [_forest(f"Why it could be {pack.levels.by_id(team.could_be).title}", possible, seen), Text(), *_missing(team), Text()]
    met = x.notices(facts, team.notices)
    if met:
        parts += [_forest("Notices (they decide no level)", met, seen), Text()]
    parts += [*_confidence(team), Text(), *_advice(assessment, team)]
    return Group(*parts)


def render_why_not(assessment: Assessment, team: TeamAssessment, level: str) -> RenderableType:
    """For each rule of a level, what holds and what stopped it."""
    title = assessment.pack.levels.by_id(level).title
    return Group(*_head(assessment, team), Text(), _forest(f"Rules for {title}, and what stopped each", x.why_not(team.facts, level), set()))


def as_dict(assessment: Assessment, team: TeamAssessment, level: str | None, full: bool) -> dict[str, Any]:
    """The same explanation as plain data."""
    facts = team.facts
    document = assessment.to_dict()
    document["teams"] = [entry for entry in document["teams"] if entry["team_id"] == team.team.id]
    document["explanation"] = {
        "decided_by": decided.as_dict(team),
        "why": [_plain(node) for node in x.why(facts, team.level, full=full)],
        "could_be": [_plain(node) for node in x.why_could_be(facts, team.level, team.could_be)],
        "notices": [_plain(node) for node in x.notices(facts, team.notices)],
        "advice": [asdict(advice) for advice in x.advice(facts, team.level, team.notices)],
    }
    if level:
        document["explanation"]["why_not"] = {"level": level, "rules": [_plain(node) for node in x.why_not(facts, level)]}
    return document


def _plain(node: x.Node) -> dict[str, Any]:
    shown = {
        "kind": node.kind, "id": node.id, "label": node.label, "truth": str(node.truth), "value": node.value,
        "threshold": node.threshold, "margin": node.margin, "rests_on": node.rests_on,
        "cites": [f"para {number}" for number in node.cites], "cells": list(node.cells), "because": node.because,
    }  # fmt: skip
    return {key: value for key, value in shown.items() if value or key in ("kind", "label")} | {"parts": [_plain(p) for p in node.parts]}


def _head(assessment: Assessment, team: TeamAssessment) -> Iterator[Text]:
    pack = assessment.pack
    place = ", ".join(dict.fromkeys(part for part in (team.team.district, team.team.county) if part))
    yield Text(f"{team.team.name} ({team.team.id}), {place}, {assessment.quarter}", style="bold")
    line = Text("Level: ")
    line.append_text(level_text(pack, team.level))
    if team.could_be != team.level:
        line.append(f"; could be {pack.levels.by_id(team.could_be).title}")
    line.append(f". Score {score_words(team)}. Confidence {team.confidence.band}.")
    yield line
    yield Text(pack.levels.by_id(team.level).words)


def _forest(title: str, nodes: tuple[x.Node, ...], seen: Seen) -> Tree:
    tree = Tree(Text(title, style="bold"), guide_style="dim")
    for node in nodes:
        _grow(tree, node, seen)
    return tree


def _grow(tree: Tree, node: x.Node, seen: Seen) -> None:
    """Add a node and its parts; what was spelled out once is named again without its parts."""
    key = (node.kind, node.id, node.label, node.truth)
    if node.kind in _NAMED and key in seen:
        tree.add(Text.assemble((f"{_MARKS[node.truth]} ", "dim"), _head_of(node), (", as above", "dim")))
        return
    seen.add(key)
    branch = tree.add(_line(node))
    for part in node.parts:
        _grow(branch, part, set() if node.kind == "receiving team" else seen)


def _head_of(node: x.Node) -> str:
    return f"{node.id}: {node.label}" if node.kind in ("rule", "notice") else node.label


def _line(node: x.Node) -> Text:
    text = Text(f"{_MARKS[node.truth]} ", style="dim")
    text.append(_head_of(node), style="bold not dim" if node.kind in _NAMED else "not dim")
    said = []
    if node.value:
        said.append(node.value)
    if node.threshold:
        said.append(node.threshold)
    if node.margin:
        said.append(f"margin {node.margin}")
    if said:
        text.append(": " + "; ".join(said), style="not dim")
    if node.cites:
        text.append(f" ({paras(node.cites)})")
    if node.rests_on:
        text.append(f"\nrests on {node.rests_on}", style="dim")
    if node.cells:
        text.append(f"\nfrom {'; '.join(node.cells)}", style="dim")
    return text


def _missing(team: TeamAssessment) -> Iterator[RenderableType]:
    yield Text("Missing, and what waits for it", style="bold")
    for missing in team.missing:
        yield indented(f"{missing.title}: {missing.why} ({', '.join(name.replace('_', ' ') for name in missing.bears_on)})")


def _confidence(team: TeamAssessment) -> Iterator[RenderableType]:
    yield Text(f"Confidence: {team.confidence.band} (beside the level; it never lowers it)", style="bold")
    for reducer in team.confidence.reasons:
        yield indented(f"{reducer.title} ({reducer.weight}; {paras(reducer.cites)})")
    if not team.confidence.reasons:
        yield indented("Nothing lowers it.")


def _advice(assessment: Assessment, team: TeamAssessment) -> Iterator[RenderableType]:
    yield Text("What to do", style="bold")
    levels = assessment.pack.levels
    if levels.flagged(team.could_be) and not levels.flagged(team.level):
        yield indented(f"First ask for what is missing: until it is known, the team could be {levels.by_id(team.could_be).title}.")
    told = x.advice(team.facts, team.level, team.notices)
    for advice in (one for one in told if one.same_day):
        yield indented(f"The same day. {advice.title}: {advice.says}")
    if team.level != team.could_be and levels.rank(team.level) == 0 and team.level != levels.insufficient.id:
        yield indented("What is known calls for no other action.")
    else:
        yield indented(levels.by_id(team.level).response)
    for advice in (one for one in told if not one.same_day):
        yield indented(f"{advice.title}: {advice.says}")
