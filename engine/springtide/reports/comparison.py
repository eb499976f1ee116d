"""Two quarters compared: what moved, what only went missing or came back, and what the rules changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..history.comparing import Comparison, TeamOverTime
from ..history.glossary import Glossary
from ..history.movement import NO_LONGER_KNOWN, NOW_KNOWN, STEPS, Moved, State, Step, pressure_changes
from ..logic.units import UNITS
from .store_lines import footer, record_as_dict, store_as_dict
from .wording import STYLES, ByWidth, capital, indented

_STEP_SAYS = {"rules": "The rules", "evidence": "Evidence", "team list": "The team list", "missing data": "Data missing or back"}


def render(found: Comparison, place: str) -> RenderableType:
    words = found.glossary
    compared = [team for team in found.teams if team.moved]
    parts: list[RenderableType] = [_heading(found), Text(), *_summary(found, compared), Text()]
    levels = [team for team in compared if team.moved and team.moved.levels_changed_by]
    moved = [team for team in levels if "evidence" in _levels(team)]
    data = [team for team in levels if team not in moved and "missing data" in _levels(team)]
    lists = [team for team in levels if team not in [*moved, *data] and "team list" in _levels(team)]
    rules = [team for team in levels if team not in [*moved, *data, *lists]]
    rest = [team for team in compared if team not in levels and team.moved and team.moved.changed_by]
    parts += _section(words, "Levels that moved", "the figures and answers that both quarters have changed", moved)
    parts += _section(words, "No movement: data went missing or came back", "what is known of both quarters comes to the same level", data)
    parts += _section(words, "No movement: the team list changed", f"{words.words['teams']} came into the list or left it, so that \"most {words.words['teams']}\" is another number", lists)
    parts += _section(words, "No movement: the rules changed", "the earlier quarter's evidence comes to the later level under the later rules", rules)
    parts += _section(words, "The same level, with other pressures or another score", "", rest)
    parts += [*_not_compared(found), *_where(found, compared), *_county(found), footer(place, found.head)]
    return Group(*parts)


def _levels(team: TeamOverTime) -> tuple[Step, ...]:
    return team.moved.levels_changed_by if team.moved else ()


def _heading(found: Comparison) -> Text:
    before, after = found.before, found.after
    text = Text(f"{before.quarter} and {after.quarter} compared", style="bold")
    packs = [f"{record.body['pack']['id']} {record.body['pack']['version']} ({record.body['pack']['hash'][:12]})" for record in (before, after)]
    same = packs[0] == packs[1]
    text.append(f"\nRules {packs[0]}" if same else f"\nRules {packs[0]} then, {packs[1]} now", style="not bold")
    if found.rules_changed and same:
        text.append("; a threshold has another value from a date between the two", style="not bold")
    for record in (before, after):
        text.append(f"\n{record.quarter}: version {record.version}, filed {record.filed}", style="not bold")
    return text


def _summary(found: Comparison, compared: list[TeamOverTime]) -> Iterator[Text]:
    words = found.glossary
    teams = words.words["team" if len(compared) == 1 else "teams"]
    yield Text(f"{len(compared)} {teams} in both quarters. Why a level or a could-be is not the same:")
    for step in reversed(STEPS):
        steps = [_of_step(team.moved, step) for team in compared if team.moved]
        if (step == "rules" and not found.rules_changed) or (step == "team list" and all(was == now for was, now in steps)):
            continue
        changed = [(was, now) for was, now in steps if (was.level, was.could_be) != (now.level, now.could_be)]
        yield Text(f"  {_STEP_SAYS[step]}: {len(changed)}" + (f" ({', '.join(_ways(words, changed))})" if changed else ""))


def _ways(words: Glossary, changed: list[tuple[State, State]]) -> Iterator[str]:
    """Which way levels went; to insufficient evidence is no way up or down, for nobody can tell."""
    thin = words.insufficient[0]
    told = [(was.level, now.level) for was, now in changed if thin not in (was.level, now.level)]
    rises = [words.rank(now) - words.rank(was) for was, now in told]
    counts = {
        "to a higher level": sum(rise > 0 for rise in rises), "to a lower one": sum(rise < 0 for rise in rises),
        "on the same level": sum(rise == 0 for rise in rises) + sum(was.level == now.level == thin for was, now in changed),
        f"to {words.insufficient[1].lower()}": sum(now.level == thin != was.level for was, now in changed),
        f"from {words.insufficient[1].lower()}": sum(was.level == thin != now.level for was, now in changed),
    }  # fmt: skip
    return (f"{number} {way}" for way, number in counts.items() if number)


def _of_step(moved: Moved, step: Step) -> tuple[State, State]:
    return next((was, now) for name, was, now in moved.steps if name == step)


def _section(words: Glossary, title: str, says: str, teams: list[TeamOverTime]) -> Iterator[RenderableType]:
    if not teams:
        return
    yield Text(f"{title} ({len(teams)})", style="bold").append(f": {says}" if says else "", style="not bold")
    yield ByWidth(_table(words, teams), _narrow(words, teams))
    yield Text()


def _by_district(words: Glossary, teams: list[TeamOverTime]) -> Iterator[tuple[str, list[tuple[TeamOverTime, Moved]]]]:
    """The teams that moved, by district, the highest rise first."""
    in_order = sorted(teams, key=lambda team: (team.district, -_rise(words, team), team.name))
    for district, held in groupby(in_order, key=lambda team: team.district):
        yield district or f"no {words.words['district']}", [(team, team.moved) for team in held if team.moved]


def _table(words: Glossary, teams: list[TeamOverTime]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column(capital(words.words["team"]), min_width=16, overflow="fold")
    table.add_column("Level", min_width=12, overflow="fold", ratio=2)
    table.add_column("Could be", min_width=12, overflow="fold", ratio=2)
    table.add_column("Score", min_width=8, no_wrap=True)
    table.add_column("What changed", min_width=24, overflow="fold", ratio=5)
    for district, held in _by_district(words, teams):
        table.add_row(Text(district, style="bold underline"))
        for team, moved in held:
            could_be, score = _arrow(words, moved.then.could_be, moved.now.could_be), _change(_score(moved.then), _score(moved.now))
            table.add_row(f"  {team.name}", _level(words, moved), could_be, score, "\n".join(step_lines(words, moved)))
    return table


def _narrow(words: Glossary, teams: list[TeamOverTime]) -> RenderableType:
    parts: list[RenderableType] = []
    for district, held in _by_district(words, teams):
        parts.append(Text(district, style="bold underline"))
        for team, moved in held:
            line = Text("  ").append(team.name, style="bold").append(": ").append_text(_level(words, moved))
            could_be, score = _arrow(words, moved.then.could_be, moved.now.could_be), _change(_score(moved.then), _score(moved.now))
            parts.append(line.append("; could be ").append_text(could_be).append(f"; score {score}"))
            parts += [indented(said, 4) for said in step_lines(words, moved)]
    return Group(*parts)


def _rise(words: Glossary, team: TeamOverTime) -> int:
    return words.rank(team.moved.now.level) - words.rank(team.moved.then.level) if team.moved else 0


def _level(words: Glossary, moved: Moved) -> Text:
    """Where the level went by the evidence alone; where that is not what is shown then or now, what is shown as well."""
    then, before, after, now = moved.then.level, moved.under_rules.level, moved.known.level, moved.now.level
    text = _arrow(words, before, after) if before != after else _arrow(words, then, now)
    if before != after and then != before:
        text.append(f"; shown then as {words.title(then)}")
    if before != after and after != now:
        text.append(f"; shown now as {words.title(now)}")
    return text


def _arrow(words: Glossary, was: str, now: str) -> Text:
    text = Text(words.title(was))
    return text if was == now else text.append(" → ").append(words.title(now), style=STYLES.get(now, ""))


def _change(was: str, now: str) -> str:
    return was if was == now else f"{was} → {now}"


def _score(state: State) -> str:
    return str(state.points) if state.points == state.high else f"{state.points}–{state.high}"


def step_lines(words: Glossary, moved: Moved) -> Iterator[str]:
    """One line for each step that changed something."""
    for step, was, now in moved.steps:
        if was != now:
            yield f"{_STEP_SAYS[step]}: {'; '.join(_step_says(words, was, now, len(moved.levels_changed_by) > 1))}"


def _step_says(words: Glossary, was: State, now: State, with_level: bool) -> Iterator[str]:
    """What one step changed, with the level where other steps change it too."""
    if with_level and was.level != now.level:
        yield f"{words.title(was.level)} → {words.title(now.level)}"
    changed = [*minds_changed(was, now)]
    yield from changed or ["what it could be with what is not known"]


def minds_changed(was: State, now: State) -> Iterator[str]:
    """What came, went or changed between two results: the pressures, supervision, the rules that hold."""
    changes = pressure_changes(was, now)
    for became in ("came", "worsened", "eased", "went"):
        if names := [_spoken(name) for name, word in changes.items() if word == became]:
            yield f"{', '.join(names)} {became}"
    if names := [f"{_spoken(name)} {now.pressures[name]}" for name, word in changes.items() if word == NOW_KNOWN]:
        yield f"{NOW_KNOWN}: {', '.join(names)}"
    if names := [_spoken(name) for name, word in changes.items() if word == NO_LONGER_KNOWN]:
        yield f"{NO_LONGER_KNOWN}: {', '.join(names)}"
    if was.supervision != now.supervision:
        yield f"supervision {was.supervision} → {now.supervision}"
    came, went = ([rule for rule in one.rules if rule not in other.rules] for one, other in ((now, was), (was, now)))
    if came:
        yield f"{_rules(came)} now"
    if went:
        yield f"{_rules(went)} no longer"


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _rules(names: list[str]) -> str:
    return f"rule {_spoken(names[0])} holds" if len(names) == 1 else f"rules {', '.join(_spoken(name) for name in names)} hold"


def _not_compared(found: Comparison) -> Iterator[RenderableType]:
    left = [team for team in found.teams if not team.moved]
    if left:
        yield Text(f"Not compared ({len(left)})", style="bold")
        yield from (indented(f"{team.name} ({team.id}): {team.not_compared}") for team in left)
        yield Text()


def _where(found: Comparison, compared: list[TeamOverTime]) -> Iterator[RenderableType]:
    """How many teams of each district have each pressure, then and now; what only went missing is counted apart."""
    words, pressures = found.glossary, [*found.glossary.pressures]
    districts = sorted({team.district for team in compared})
    changed = [district for district in districts if any(_cell(compared, district, pressure)[2] for pressure in pressures)]
    if not changed:
        return
    yield Text(f"Where each pressure moved: {words.words['teams']} that have it, then → now, by what is known of both quarters", style="bold")
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column(capital(words.words['district']))
    for pressure in pressures:
        table.add_column(capital(pressure.replace("_", " ")))
    for district in [*changed, None]:
        held = compared if district is None else [team for team in compared if team.district == district]
        cells = [_cell(held, None, pressure) for pressure in pressures]
        table.add_row(
            "  " + (f"All {words.words['district']}s" if district is None else district or f"no {words.words['district']}"),
            *(f"{was} → {now} (+{came} −{went})" if moved else str(was) for was, now, moved, came, went in cells),
        )  # fmt: skip
    yield table
    yield Text()


def _cell(teams: Iterable[TeamOverTime], district: str | None, pressure: str) -> tuple[int, int, bool, int, int]:
    """How many teams had and have a pressure, whether any team's changed, and how many got it and lost it."""
    pairs = [(_has(t.moved.under_rules, pressure), _has(t.moved.known, pressure)) for t in teams if t.moved and district in (None, t.district)]
    came, went = (sum(pair == kind for pair in pairs) for kind in ((False, True), (True, False)))
    return sum(was for was, _ in pairs), sum(now for _, now in pairs), bool(came or went), came, went


def _has(state: State, pressure: str) -> bool:
    return state.pressures[pressure] in ("present", "severe")


def _county(found: Comparison) -> Iterator[RenderableType]:
    words = found.glossary
    areas = {entry.area for entry in found.county}
    changed = [entry for entry in found.county if (entry.was, entry.affected[0], entry.silent[0], entry.teams[0]) != (entry.now, entry.affected[1], entry.silent[1], entry.teams[1])]
    yield Text(f"{capital(words.words['county'])}-wide pressures", style="bold")
    for entry in changed:
        name = words.county_pressures.get(entry.id, entry.id) + (f" ({entry.area})" if len(areas) > 1 else "")
        counts = [f"{affected} of {teams} affected" + (f", {silent} not known" if silent else "") for affected, teams, silent in zip(entry.affected, entry.teams, entry.silent, strict=True)]
        yield indented(f"{name}: {_change(entry.was, entry.now)}; {_change(*counts)}")
    rest = len(found.county) - len(changed)
    if rest:
        yield indented(f"The other {rest} are as they were." if changed else "They are as they were.")
    yield Text()


def render_team(found: Comparison, team: TeamOverTime, place: str) -> RenderableType:
    """One team in both quarters, with every measure that is not the same."""
    words = found.glossary
    parts: list[RenderableType] = [_heading(found), Text(), Text(f"{team.name} ({team.id}), {team.district}", style="bold")]
    if team.moved is None:
        parts.append(indented(f"Not compared: {team.not_compared}"))
    else:
        then, now = team.moved.then, team.moved.now
        parts.append(indented(f"Level: {_level(words, team.moved)}"))
        parts.append(indented(f"Could be: {_change(words.title(then.could_be), words.title(now.could_be))}"))
        parts.append(indented(f"Score: {_change(_score(then), _score(now))}"))
        parts += [indented(line) for line in step_lines(words, team.moved)] or [indented("Nothing in its result is other than it was.")]
    parts.append(Text())
    known = {name: pair for name, pair in team.measures.items() if name in words.measures}
    if known:
        table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
        for heading in ("Measures that are not the same", str(found.before.quarter), str(found.after.quarter)):
            table.add_column(heading, overflow="fold")
        for name, pair in known.items():
            table.add_row(f"  {words.measures[name]['title']}", *(_value(words, name, value) for value in pair))
        parts += [table, Text()]
    return Group(*parts, footer(place, found.head))


def _value(words: Glossary, measure: str, value: float | str | None) -> str:
    if value is None:
        return "not known"
    return value if isinstance(value, str) else UNITS[words.measures[measure]['unit']].say(value)


def as_dict(found: Comparison, place: str, only: TeamOverTime | None = None) -> dict[str, Any]:
    teams = found.teams if only is None else (only,)
    return {
        "before": record_as_dict(found.before), "after": record_as_dict(found.after), "rules_changed": found.rules_changed,
        "teams": [_team_dict(team) for team in teams],
        "county": {"pressures": [_county_dict(entry) for entry in found.county]},
        "store": store_as_dict(place, found.head),
    }  # fmt: skip


def _county_dict(entry: Any) -> dict[str, Any]:
    pairs = {name: {"was": pair[0], "now": pair[1]} for name, pair in (("affected", entry.affected), ("silent", entry.silent), ("teams", entry.teams))}
    return {"id": entry.id, "area": entry.area, "was": entry.was, "now": entry.now, **pairs}


def _team_dict(team: TeamOverTime) -> dict[str, Any]:
    said: dict[str, Any] = {"team_id": team.id, "team_name": team.name, "district": team.district, "not_compared": team.not_compared or None}
    if team.moved:
        states: dict[str, Callable[[], dict[str, Any]]] = {
            "then": team.moved.then.as_data, "under_rules": team.moved.under_rules.as_data,
            "known": team.moved.known.as_data, "listed": team.moved.listed.as_data, "now": team.moved.now.as_data,
        }  # fmt: skip
        said |= {name: shown() for name, shown in states.items()}
        said["changed_by"] = {step: {"level": [was.level, now.level], "could_be": [was.could_be, now.could_be], "points": [was.points, now.points], "pressures": pressure_changes(was, now)}
                              for step, was, now in team.moved.steps if was != now}  # fmt: skip
    return said | {"measures": {name: list(pair) for name, pair in team.measures.items()}}
