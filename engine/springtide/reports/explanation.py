"""One team's result, from the level down to the cells it rests on, and what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text
from rich.tree import Tree

from ..assessment import Assessment, TeamAssessment, missing_as_dict
from ..logic import explain as x
from ..logic.missing import NO_HISTORY, Missing, missing_of_notices
from ..logic.points import Scored, Share, points
from ..logic.truth import Truth
from . import decided
from .score_table import score_words
from .sharing import SAYS, Shared
from .wording import counted, indented, level_text, paras

Seen = set[tuple[str, str, str, Truth]]  # what was spelled out already of this team: kind, id, label and truth
_NAMED = ("rule", "notice", "pressure", "county pressure", "supervision")
_MOST_MISSING = 6  # of what one finding waits for; JSON has all of it
_MARKS = {Truth.MET: "[met]", Truth.NOT_MET: "[not met]", Truth.CANNOT_TELL: "[cannot tell]"}


def render(assessment: Assessment, team: TeamAssessment, *, full: bool = False, for_sharing: bool = False) -> RenderableType:
    """Level, reasons, what is unknown, supervision, points, notices, confidence and what to do.

    `for_sharing`: without small counts and what would give them away, as it may leave the district.
    """
    facts, pack = team.facts, assessment.pack
    shared, shown = _shared(team, for_sharing)
    seen: Seen = set()
    parts: list[RenderableType] = [*_head(assessment, team, for_sharing), Text(), *decided.render(team, shared)]
    proved = shown(x.why(facts, team.level, full=full))
    if proved:
        parts += [_forest(f"Why {pack.levels.by_id(team.level).title}", proved, seen), Text()]
    if team.could_be != team.level:
        possible = shown(x.why_could_be(facts, team.level, team.could_be))
        parts += [_forest(f"Why it could be {pack.levels.by_id(team.could_be).title}", possible, seen), Text(), *_missing(team), Text()]
    parts += [_supervision(team, shown(x.supervision(facts, full=full)), seen), Text(), *_points(team), Text()]
    met = shown(x.notices(facts, team.notices))
    if met:
        parts += [_forest("Notices (they decide no level)", met, seen), Text()]
    untold = missing_of_notices(facts, {})
    if untold:
        parts += [*_untold(team, untold), Text()]
    parts += [*_confidence(team), Text(), *_advice(assessment, team)]
    return Group(*parts)


def render_why_not(assessment: Assessment, team: TeamAssessment, level: str, *, for_sharing: bool = False) -> RenderableType:
    """For each rule of a level, what holds and what stopped it; of a level reached already, why it has been reached."""
    title = assessment.pack.levels.by_id(level).title
    parts: list[RenderableType] = [*_head(assessment, team, for_sharing), Text()]
    _, shown = _shared(team, for_sharing)
    if x.reached(team.facts, team.level, level):
        nodes = shown(x.why_reached(team.facts, level))
        parts += [Text(_already(assessment, team, level)), Text()]
        parts.append(_forest(f"Rules that prove {title}{_or_more(assessment, level)}", nodes, set()) if nodes else Text(f"No rule proves {title}: {_where_no_rule_holds(team)}."))
        return Group(*parts)
    nodes = shown(x.why_not(team.facts, level))
    if nodes:
        parts.append(_forest(f"Rules for {title}, and what stopped each", nodes, set()))
    else:
        parts += [Text(f"No rule proves {title}: {_where_no_rule_holds(team)}."), Text(), *_missing(team)]
    return Group(*parts)


def _already(assessment: Assessment, team: TeamAssessment, level: str) -> str:
    levels = assessment.pack.levels
    title = levels.by_id(level).title
    if team.level == level:
        return f"{team.team.name} has reached {title}: that is its level."
    return f"{team.team.name} has reached {title} and passed it: its level is {levels.by_id(team.level).title}."


def _or_more(assessment: Assessment, level: str) -> str:
    return "" if level == assessment.pack.levels.levels[-1].id else ", or more"


def _where_no_rule_holds(team: TeamAssessment) -> str:
    """What the lowest level takes, in words, with how much is known of this team."""
    facts = team.facts
    told, needed = sum(grade.present.known for grade in team.pressures.values()), facts.thresholds[facts.pack.levels.insufficient_below]
    return f"it is what is left where none holds and at least {needed:g} of {len(team.pressures)} pressures are known, and {told} are known here"


def as_dict(assessment: Assessment, team: TeamAssessment, level: str | None, full: bool, for_sharing: bool = False) -> dict[str, Any]:
    """The same explanation as plain data."""
    document = assessment.to_dict()
    document["teams"] = [entry for entry in document["teams"] if entry["team_id"] == team.team.id]
    document["explanation"] = plain(team, full=full, for_sharing=for_sharing)
    if level:
        facts = team.facts
        _, shown = _shared(team, for_sharing)
        reached = x.reached(facts, team.level, level)
        document["explanation"]["why_not"] = {
            "level": level, "reached": reached, "rules": [_plain(node) for node in shown((x.why_reached if reached else x.why_not)(facts, level))],
        }  # fmt: skip
    if for_sharing:
        # Remarks and problems quote cells, of other teams too.
        document |= {"remarks": [], "left_out": [], "for_sharing": SAYS}
    return document


def plain(team: TeamAssessment, *, full: bool = False, for_sharing: bool = False) -> dict[str, Any]:
    """What is said of one team, as plain data: what decided its level, why, supervision, points, notices and advice."""
    facts = team.facts
    shared, shown = _shared(team, for_sharing)
    return {
        "decided_by": decided.as_dict(team, shared),
        "why": [_plain(node) for node in shown(x.why(facts, team.level, full=full))],
        "could_be": [_plain(node) for node in shown(x.why_could_be(facts, team.level, team.could_be))],
        "supervision": {
            "state": str(team.supervision), "could_be": team.supervision.could_be,
            "reasons": [_plain(node) for node in shown(x.supervision(facts, full=full))],
        },
        "points": {
            "low": team.score.low, "high": team.score.high, "of": team.score.of,
            "from": [_plain_share(share) for share in points(facts, team.missing)],
        },
        "notices": [_plain(node) for node in shown(x.notices(facts, team.notices))],
        "notices_in_doubt": [missing_as_dict(missing) for missing in missing_of_notices(facts, {})],
        "advice": [asdict(advice) for advice in x.advice(facts, team.level, team.notices)],
    }  # fmt: skip


def _shared(team: TeamAssessment, for_sharing: bool) -> tuple[Shared | None, Callable[[Iterable[x.Node]], tuple[x.Node, ...]]]:
    """What of a team may be shown, where it is to leave the district, and how its lines are then shown."""
    shared = Shared(team.facts) if for_sharing else None
    return shared, shared.nodes if shared else tuple


def _plain(node: x.Node) -> dict[str, Any]:
    shown = {
        "kind": node.kind, "id": node.id, "label": node.label, "truth": str(node.truth), "value": node.value,
        "threshold": node.threshold, "margin": node.margin, "rests_on": node.rests_on,
        "cites": [f"para {number}" for number in node.cites], "cells": list(node.cells), "because": node.because,
    }  # fmt: skip
    return {key: value for key, value in shown.items() if value or key in ("kind", "label")} | {"parts": [_plain(p) for p in node.parts]}


def _plain_share(share: Share) -> dict[str, Any]:
    findings = [{**vars(one), "missing": [missing.id for missing in one.missing]} for one in share.findings]
    return {"low": share.low, "high": share.high, "findings": findings}


def _head(assessment: Assessment, team: TeamAssessment, for_sharing: bool = False) -> Iterator[Text]:
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
    if for_sharing:
        yield Text(SAYS)


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
    if node.value and not node.label.endswith((f": {node.value}", f"({node.value})")):
        said.append(node.value)
    if node.threshold:
        said.append(node.threshold)
    if node.margin:
        said.append(node.margin if node.margin.startswith("no margin") else f"margin {node.margin}")
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


def _untold(team: TeamAssessment, untold: Sequence[Missing]) -> Iterator[RenderableType]:
    """A line for each notice that looks back at earlier quarters and can't be told, with why."""
    yield Text("Notices that can't be told", style="bold")
    notices = team.facts.pack.notices
    for name in (name for name in notices if any(name in missing.bears_on for missing in untold)):
        titles: dict[str, list[str]] = {}
        for missing in untold:
            if name in missing.bears_on:
                titles.setdefault(missing.why, []).append(missing.title)
        yield indented(f"{name}: {notices[name].title}: {'; '.join(_why(why, held) for why, held in titles.items())}")


def _why(why: str, titles: Sequence[str]) -> str:
    """A reason with what it is given for, unless it says so itself."""
    return why if why.startswith(NO_HISTORY) else f"{', '.join(titles)}: {why}"


def _confidence(team: TeamAssessment) -> Iterator[RenderableType]:
    yield Text(f"Confidence: {team.confidence.band} (beside the level; it never lowers it)", style="bold")
    for reducer in team.confidence.reasons:
        yield indented(f"{reducer.title} ({reducer.weight}; {paras(reducer.cites)})")
    if not team.confidence.reasons:
        yield indented("Nothing lowers it.")


def _supervision(team: TeamAssessment, nodes: tuple[x.Node, ...], seen: Seen) -> RenderableType:
    """The state of supervision with what makes it, or with what would have to be known to tell."""
    told = str(team.supervision)
    if all(node.truth is Truth.NOT_MET for node in nodes):
        told += ", for nothing shows it strained and not everything shows it adequate"
    return _forest(f"Supervision: {told}", nodes, seen)


def _points(team: TeamAssessment) -> Iterator[RenderableType]:
    """A line for each finding that adds to the score; a family of pressures counts once, with the worst of them."""
    yield Text(f"Where the points come from: {score_words(team)}", style="bold")
    shares = points(team.facts, team.missing)
    if not shares:
        yield indented("No finding of this team carries points.")
    for share in shares:
        if len(share.findings) == 1:
            yield indented(_scored(share.findings[0]))
            continue
        yield indented(f"These {len(share.findings)} count once, as one kind of pressure: {_range(share.low, share.high)}")
        for finding in share.findings:
            yield indented(_scored(finding), 4)


def _scored(finding: Scored) -> str:
    name = f"{finding.id}: {finding.title}" if finding.kind == "rule" else f"{finding.title}: {finding.state}"
    return f"{name}, {_range(finding.low, finding.high)}" + (f" ({_titles(finding.missing)})" if finding.missing else "")


def _range(low: int, high: int) -> str:
    return counted(low, "point") if low == high else f"{counted(low, 'point')}, up to {counted(high, 'point')} with what is missing"


def _titles(missing: tuple[Missing, ...]) -> str:
    more = len(missing) - _MOST_MISSING
    return ", ".join([*(one.title for one in missing[:_MOST_MISSING]), *([f"{more} more"] if more > 0 else [])])


def _advice(assessment: Assessment, team: TeamAssessment) -> Iterator[RenderableType]:
    """First what can't wait, then what the level and what stands beside it ask for, so that no part takes back another.

    A flagged level's answer comes before what lies behind it. One that asks for little closes the
    list, so that its "no other action" is true of all that stands above it.
    """
    yield Text("What to do (numbers in brackets are paragraphs of the review)", style="bold")
    levels = assessment.pack.levels
    title, flagged = levels.by_id(team.level).title, levels.flagged(team.level)
    if levels.flagged(team.could_be) and not flagged:
        yield indented(f"First ask for what is missing: until it is known, the team could be {levels.by_id(team.could_be).title}.")
    told = x.advice(team.facts, team.level, team.notices)
    later = [one for one in told if not one.same_day]
    of_level = [f"{one.title}: {one.says}" for one in later if one.about == "level"]
    yield from _part("The same day", [f"{one.title}: {one.says}" for one in told if one.same_day])
    yield from _part(f"For the level, {title}", [levels.by_id(team.level).response, *of_level] if flagged else of_level)
    yield from _part("Besides, whatever the level", [f"{one.title}: {one.says}" for one in later if one.about == "beside the level"])
    if not flagged:
        yield from _part(f"And for the level itself, {title}" if told else f"For the level, {title}", [_response(assessment, team, bool(told))])


def _part(title: str, lines: list[str]) -> Iterator[RenderableType]:
    if lines:
        yield indented(title)
        yield from (indented(line, 4) for line in lines)


def _response(assessment: Assessment, team: TeamAssessment, more: bool) -> str:
    """What the level asks for; of the lowest, only as much as is true where something else is asked for, or missing."""
    levels = assessment.pack.levels
    lowest = levels.rank(team.level) == 0 and team.level != levels.insufficient.id
    if lowest and (more or team.level != team.could_be):
        return "What is known calls for no other action."
    return levels.by_id(team.level).response
