"""A scenario answered: what changes and what follows from it, and the quarter before and after, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ...assessment import TeamAssessment
from ...logic.explain import in_words
from ...logic.facts import Facts
from ...logic.formula import names_in
from ...logic.levers import Lever
from ...logic.model import RulePack
from ...logic.truth import Truth
from ...logic.units import UNITS
from ...what_if.before_after import StepTaken, WhatIf
from ...what_if.changes import Change, Move, Target
from ...what_if.coupling import Derived, TeamChange, covering
from ...what_if.differences import Difference, Flip, flips
from ...what_if.files import scenario_as_data
from .. import decided
from ..score_table import score_words
from ..wording import ByWidth, capital, counted_teams, indented, level_text
from .heading import closing, grouped, head_as_data, heading, says, target_words, title_of

_FEW = 3  # teams of which every figure is shown; of more, only with --full


def render(answer: WhatIf, *, full: bool = False) -> RenderableType:
    scenario = answer.scenario
    parts: list[RenderableType] = [*heading(answer.pack, answer.before.quarter, scenario.name or "what would come of these changes")]
    if scenario.why:
        parts += [indented(scenario.why, 0), Text()]
    for number, step in enumerate(answer.steps, 1):
        parts += _step(answer, step, number, full)
    parts += closing()
    return Group(*parts)


def _step(answer: WhatIf, step: StepTaken, number: int, full: bool) -> Iterator[RenderableType]:
    yield Text(_when(answer, step, number), style="bold underline")
    for change in step.planned.step.changes:
        yield indented(f"Asked: {_asked(answer, step, change)}")
    yield Text()
    changed = [one for one in step.planned.teams if one.team in step.changed]
    if not changed:
        yield Text("Nothing is other than it was.")
        yield Text()
    elif full or len(changed) <= _FEW:
        for one in changed:
            yield from _figures(answer, step, one, full)
    else:
        yield from _summed(answer.pack, changed)
    yield from _notes(step.planned.teams)
    if step.remarks:
        yield Text("Does not fit together", style="bold")
        for remark in step.remarks:
            yield indented(f"{remark.says[:1].upper()}{remark.says[1:]}")
        yield Text()
    levers = [lever for one in step.planned.teams for lever, units in one.pulls if units]
    if levers:
        yield Text("To know", style="bold")
        yield from says(levers)
        yield from _supervision(answer, step)
        yield Text()
    yield from _results(answer, step, full)
    yield Text()


def _asked(answer: WhatIf, step: StepTaken, change: Change | Move) -> str:
    """A change in words, with the names of teams."""
    names = {team.team.id: f"{team.team.name} ({team.team.id})" for team in answer.before.teams}

    def where(target: Target) -> str:
        if not target.team:
            return target_words(answer.pack, target)
        (team,) = target.of(team.team for team in answer.before.teams)
        return names[team.id]

    if isinstance(change, Move):
        return f"{change.number:g} {change.with_whom.replace('_', ' ')} from {where(change.source)} to {where(change.to)}"
    who = f", {change.with_whom.replace('_', ' ')}" if change.with_whom else ""
    how = (" (assumed, in place of what would follow)" if _would_follow(step, change) else " (assumed)") if change.assumed else ""
    covered = covering(answer.pack, change)
    what = title_of(answer.pack, change.what)
    means = f": {covered.title[0].lower()}{covered.title[1:]}; {what.lower()} stay as they are" if covered is not None else ""
    return f"{what} {change.amount}{who} in {where(change.target)}{how}{means}"


def _would_follow(step: StepTaken, change: Change) -> bool:
    """Whether anything else that was asked would have moved what was assumed."""
    return any(change.what in lever.moves for one in step.planned.teams for lever, units in one.pulls if units)


def _when(answer: WhatIf, step: StepTaken, number: int) -> str:
    planned = step.planned.step
    when = f"From {planned.quarter} on" if planned.quarter else f"As if it were so in {answer.before.quarter}"
    begins = f"Step {number} · " if len(answer.steps) > 1 else ""
    return f"{begins}{when}" + (f": {planned.why}" if planned.why else "")


def _figures(answer: WhatIf, step: StepTaken, change: TeamChange, full: bool) -> Iterator[RenderableType]:
    """Every figure of a team that is another, and every measure, each with how it comes about."""
    pack = answer.pack
    team = step.after.team(change.team)
    rows = [(title_of(pack, one.name), _said(pack, one.name, one.before), _said(pack, one.name, one.after), _how(one)) for one in change.derived]
    rows += [(f"Q{pack.questions[name].number}, every response", "", answered, "asked") for name, answered in change.answers.items()]
    facts, earlier = team.facts, _before(answer, step, change.team).facts
    rows += [(pack.measures[name].title, _said(pack, name, was), _said(pack, name, now), f"worked out: {pack.measures[name].formula_text}") for name, was, now in measures_moved(earlier, facts, with_changes=full)]
    yield Text(f"{team.team.name} ({change.team})", style="bold")
    yield ByWidth(_wide(rows, *_either_side(answer, step, "Before", "After")), Group(*(indented(f"{title}: {was or 'as answered'} → {now} ({how})", 2) for title, was, now, how in rows)))
    yield Text()


def _either_side(answer: WhatIf, step: StepTaken, before: str, after: str) -> tuple[str, str]:
    """What a step stands between: where there are several, each names the step that it is after."""
    number = answer.steps.index(step) + 1
    if len(answer.steps) == 1:
        return before, after
    return f"After step {number - 1}" if number > 1 else "Now", f"After step {number}"


def _wide(rows: list[tuple[str, str, str, str]], before: str, after: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in ("  What", before, after, "How that comes about"):
        table.add_column(column, overflow="fold")
    for title, was, now, how in rows:
        table.add_row(indented(title), was, now, how)
    return table


def _before(answer: WhatIf, step: StepTaken, team: str) -> TeamAssessment:
    """A team just before a step: after the one before it, or as it is."""
    place = answer.steps.index(step)
    return (answer.steps[place - 1].after if place else answer.before).team(team)


def measures_moved(before: Facts, after: Facts, *, with_changes: bool = True) -> list[tuple[str, float | None, float | None]]:
    """The measures that are worked out and are not what they were; with those that compare with last quarter, or without."""
    found = []
    for name, measure in before.pack.measures.items():
        was, now = before.value(name), after.value(name)
        if was == now or measure.formula is None or name in after.evidence.figures or measure.comes_from == "questionnaire":
            continue
        if with_changes or not any(last for _, last in names_in(measure.formula)):
            found.append((name, was, now))
    return found


def _how(one: Derived) -> str:
    word = {"asked": "asked", "follows": "follows", "assumed": "assumed"}[one.how]
    return f"{word}: {one.formula}" if one.formula else word


def _said(pack: RulePack, name: str, value: float | None) -> str:
    held = pack.figures.get(name) or pack.measures[name]
    return "not known" if value is None else UNITS[held.unit].say(value)


def _summed(pack: RulePack, changed: list[TeamChange]) -> Iterator[RenderableType]:
    """Of many teams, what all their figures come to together."""
    yield Text(f"{counted_teams(pack, len(changed))} change; together (--full shows each):", style="bold")
    names = list(dict.fromkeys(one.name for change in changed for one in change.derived))
    for name in names:
        held = [one for change in changed for one in change.derived if one.name == name]
        before, after = sum(one.before or 0.0 for one in held), sum(one.after for one in held)
        how = "asked" if any(one.how == "asked" for one in held) else held[0].how
        unit = (pack.figures.get(name) or pack.measures[name]).unit
        if UNITS[unit].counts_things:
            yield indented(f"{title_of(pack, name)}: {_said(pack, name, before)} → {_said(pack, name, after)} over {counted_teams(pack, len(held))} ({how})")
        else:
            yield indented(f"{title_of(pack, name)}: changed in {counted_teams(pack, len(held))} ({how})")
    for question in dict.fromkeys(name for change in changed for name in change.answers):
        yield indented(f"Q{pack.questions[question].number}: changed in {counted_teams(pack, sum(question in change.answers for change in changed))} (asked)")
    yield Text()


def _notes(teams: tuple[TeamChange, ...]) -> Iterator[RenderableType]:
    said = [(one.team, note) for one in teams for note in one.notes]
    if said:
        yield Text("Held back, or not followed", style="bold")
        yield from grouped(said)
        yield Text()


def _supervision(answer: WhatIf, step: StepTaken) -> Iterator[RenderableType]:
    """The hours of supervision that those who come need, beside what is held now."""
    coming: dict[Lever, list[tuple[str, float]]] = {}
    for change in step.planned.teams:
        for lever, units in change.pulls:
            if lever.supervision is not None and units:
                coming.setdefault(lever, []).append((change.team, units))
    for lever, teams in coming.items():
        assert lever.supervision is not None
        number = sum(units for _, units in teams)
        hours = "; ".join(f"{value * number:g} hours each {each}" for each, value in lever.supervision.hours)
        held = " ".join(filter(None, (_held_now(answer, step, team) for team, _ in teams))) if len(teams) <= _FEW else ""
        yield indented(f"Supervision needed for {lever.units(number)}: {hours}. {lever.supervision.source} {held}".rstrip())
    if coming:
        yield indented("Sessions due and held are left as they were: set supervision_sessions_due and supervision_sessions_held to see what it means if they are not held.")


def _held_now(answer: WhatIf, step: StepTaken, team: str) -> str:
    facts = _before(answer, step, team).facts
    held, due = facts.value("supervision_sessions_held"), facts.value("supervision_sessions_due")
    return f"{team} held {held:g} of {due:g} sessions due in {answer.before.quarter}." if held is not None and due is not None else ""


def _results(answer: WhatIf, step: StepTaken, full: bool) -> Iterator[RenderableType]:
    asked = step.changed or {one.team for one in step.planned.teams}  # of what changes nothing, what still holds is the answer
    shown = [team for team in step.teams if team.before.team.id in asked]
    others = [team for team in step.moved if team.before.team.id not in asked]
    than_now = "" if len(answer.steps) == 1 else " than now"
    if not step.moved:
        yield Text(f"No level, pressure, rule or notice of any {answer.pack.words.team} would be another{than_now}.", style="bold")
    yield from _county(answer, step)
    if full or len(shown) <= _FEW:
        for team in shown:
            yield from _side_by_side(answer, step, team)
            if team.before.level == team.after.level and answer.pack.levels.rank(team.after.level):
                yield Text(f"Still {answer.pack.levels.by_id(team.after.level).title}, and this is what still makes it so:")
                yield from decided.render(team.after)
        if others:
            yield Text(f"Other {answer.pack.words.teams} that move with it{', now and after this step' if than_now else ''}", style="bold")
            yield from _table(answer.pack, others)
    else:
        yield from _totals(answer, step)
        moved = [team for team in shown if team.moved] + others
        if moved:
            yield from _table(answer.pack, moved)


def _county(answer: WhatIf, step: StepTaken) -> Iterator[RenderableType]:
    pack = answer.pack
    moved = [one for one in step.county if str(one.before) != str(one.after) or one.before.affected != one.after.affected or one.before.silent != one.after.silent]
    if not moved:
        yield Text(f"{capital(pack.words.county)}-wide pressures stay as they are.")
    number = len(answer.steps) > 1 and answer.steps.index(step) + 1
    was, then = ("now ", f"after step {number}") if number else ("", "then")
    for one in moved:
        title = pack.county_pressures[one.before.pressure].title
        switched = f"{one.before} → {one.after}" if one.switched else f"still {one.after}"
        yield indented(f"{title} ({one.before.area}): {switched}; {was}{in_words(one.before, pack)}, {then} {in_words(one.after, pack)}", 0)
    yield Text()


def _side_by_side(answer: WhatIf, step: StepTaken, team: Difference) -> Iterator[RenderableType]:
    """A team now and after the step; of a later step, after the one before it as well."""
    pack, place = answer.pack, answer.steps.index(step)
    between = [answer.steps[place - 1].after.team(team.before.team.id)] if place else []
    held = [team.before, *between, team.after]
    heads = ["Now", *(f"After step {place}" for _ in between), "Then" if len(answer.steps) == 1 else f"After step {place + 1}"]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in (f"{team.after.team.name} ({team.after.team.id})", *heads):
        table.add_column(column, overflow="fold")

    def row(title: str, said: list[str]) -> None:
        table.add_row(indented(title), *said[:-1], _new(said[0], said[-1]))

    table.add_row("  Level", *(level_text(pack, one.level) for one in held))
    table.add_row("  Could be", *(level_text(pack, one.could_be) for one in held))
    table.add_row("  Score", *(score_words(one) for one in held))
    for name, pressure in pack.team_pressures.items():
        row(pressure.title, [str(one.pressures[name]) for one in held])
    row(pack.supervision.title, [str(one.supervision) for one in held])
    row("Confidence", [one.confidence.band for one in held])
    yield table
    if between:
        yield from _minds(flips(between[0], team.after), f", beside step {place}")
        yield from _minds(team.flips, ", beside now")
    else:
        yield from _minds(team.flips, "")
    yield Text()


def _minds(changed: tuple[Flip, ...], since: str) -> Iterator[RenderableType]:
    minds = [one for one in changed if one.kind in ("rule", "notice", "county pressure")]
    yield Text(f"  Rules and notices that change their mind{since}:" if minds else f"  No rule or notice changes its mind{since}.")
    for one in minds:
        yield indented(f"{one.title} ({one.id}): {one.before} → {one.after}", 4)


def _new(was: str, now: str) -> Text:
    return Text(now, style="bold" if was != now else "")


def _totals(answer: WhatIf, step: StepTaken) -> Iterator[RenderableType]:
    pack = answer.pack
    rank = pack.levels.rank
    up = sum(rank(team.after.level) > rank(team.before.level) for team in step.teams)
    down = sum(rank(team.after.level) < rank(team.before.level) for team in step.teams)
    yield Text(f"{up} of {len(step.teams)} {pack.words.teams} come to a higher level, {down} to a lower one; flagged: {len(answer.before.flagged)} now, {len(step.after.flagged)} then.", style="bold")


def _table(pack: RulePack, teams: list[Difference]) -> Iterator[RenderableType]:
    rows = [
        (team.after.team.name, _arrow(pack, team.before.level, team.after.level), _arrow(pack, team.before.could_be, team.after.could_be),
         f"{score_words(team.before)} → {score_words(team.after)}", "; ".join(f"{one.id.replace('_', ' ')}: {one.before} → {one.after}" for one in team.flips))
        for team in teams
    ]  # fmt: skip
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for column in (capital(pack.words.team), "Level", "Could be", "Score", "What changes its mind"):
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    narrow = [part for name, level, could_be, score, minds in rows for part in (Text(name, style="bold"), indented(f"Level: {level}. Could be: {could_be}. Score: {score}."), indented(minds or "Only its score moves."))]
    yield ByWidth(table, Group(*narrow))
    titles = {one.id: one.title for team in teams for one in team.flips}
    if titles:
        yield Text()
        yield indented("; ".join(f"{name.replace('_', ' ')}: {titles[name]}" for name in sorted(titles, key=lambda name: (not name[0].isupper(), len(name) if name[0].isupper() else 0, name))) + ".", 0)


def _arrow(pack: RulePack, was: str, now: str) -> str:
    titles = pack.levels.by_id(was).title, pack.levels.by_id(now).title
    return titles[0] if was == now else f"{titles[0]} → {titles[1]}"


def as_dict(answer: WhatIf) -> dict[str, Any]:
    return head_as_data(answer.pack, answer.before.quarter) | {
        "evidence_hash": answer.before.evidence_hash,
        "engines": list(answer.before.engines),
        "scenario": scenario_as_data(answer.scenario),
        "steps": [_step_dict(answer, step) for step in answer.steps],
    }


def _step_dict(answer: WhatIf, step: StepTaken) -> dict[str, Any]:
    before, after = ({team["team_id"]: team for team in result.to_dict()["teams"]} for result in (answer.before, step.after))
    return {
        "quarter": str(step.planned.step.quarter) if step.planned.step.quarter else None,
        "why": step.planned.step.why or None,
        "changes": [_change_dict(answer, step, one) for one in step.planned.teams],
        "remarks": [{"code": one.code, "team_id": one.team, "column": one.column, "says": one.says} for one in step.remarks],
        "county": [
            {"pressure": one.before.pressure, "area": one.before.area, "before": str(one.before), "after": str(one.after), "affected_before": one.before.affected,
             "affected": one.after.affected, "silent_before": one.before.silent, "silent": one.after.silent, "teams": one.after.teams}
            for one in step.county
        ],
        "flagged_before": len(answer.before.flagged),
        "flagged": len(step.after.flagged),
        "teams": [
            {"team_id": team.before.team.id, "changed": team.before.team.id in step.changed, "moved": team.moved, "before": before[team.before.team.id], "after": after[team.before.team.id],
             "flips": [vars(one) for one in team.flips]}
            for team in step.teams
            if team.moved or team.before.team.id in step.changed or team.before.team.id in {one.team for one in step.planned.teams}
        ],
    }  # fmt: skip


def _change_dict(answer: WhatIf, step: StepTaken, change: TeamChange) -> dict[str, Any]:
    facts, earlier = step.after.team(change.team).facts, _before(answer, step, change.team).facts
    return {
        "team_id": change.team,
        "levers": [{"id": lever.id, "title": lever.title, "units": units, "says": lever.says, "supervision_hours": _hours(lever.supervision, units)} for lever, units in change.pulls],
        "figures": [vars(one) for one in change.derived],
        "measures": [{"name": name, "before": _finite(was), "after": _finite(now), "formula": answer.pack.measures[name].formula_text} for name, was, now in measures_moved(earlier, facts)],
        "answers": dict(change.answers),
        "notes": list(change.notes),
        "flips_since_the_step_before": [vars(one) for one in flips(_before(answer, step, change.team), step.after.team(change.team))],
        "still_met": [rule for rule, truth in step.after.team(change.team).rules.items() if truth is Truth.MET],
    }


def _hours(need: Any, units: float) -> list[dict[str, Any]]:
    return [] if need is None else [{"each": each, "hours": value * units} for each, value in need.hours]


def _finite(value: float | None) -> float | str | None:
    return value if value is None or abs(value) != float("inf") else "no limit"
