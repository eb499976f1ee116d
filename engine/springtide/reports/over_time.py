"""Quarters in a row: a team's, a district's, the county's, each with a small chart that the table repeats in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..history.followed import Series, series, standings
from ..history.glossary import Glossary
from ..history.over_time import AreaHistory, TeamHistory, TeamQuarter
from ..history.trend import LEAST_FOR_DIRECTION, LEAST_FOR_LIMITS, MOST_FOR_DIRECTION
from ..logic.quarter import Quarter
from ..logic.units import UNITS
from .comparison import step_lines
from .store_lines import footer, record_as_dict, store_as_dict
from .wording import STYLES, ByWidth, capital, counted, indented

NOT_ENOUGH = "not enough history"
_MOST_QUARTERS = 46  # side by side; of more, the latest
_ROOMY = 28  # quarters that still have three columns each; more have two
_LEVEL, _COULD_BE, _NEITHER, _NOT_THERE = "●", "○", "·", " "


def render_team(found: TeamHistory, place: str, answered: Iterable[RenderableType] = ()) -> RenderableType:
    """A team's quarters; `answered` is what managers said of them, where anybody did."""
    words, latest = found.glossary, found.latest
    parts: list[RenderableType] = [
        Text(f"{latest.name} ({found.id}), {latest.district}: {_span(found.held)}", style="bold"),
        *([Text(f"This {words.words['team']} {found.became}")] if found.became else []),
        Text(f"{capital(standings(found)[latest.quarter].says)}."),
        Text(),
        *_chart(found),
        Text(),
        ByWidth(_table(found), _narrow(found)),
        Text(),
        *_over_time(series(found)),
        Text(),
    ]
    beside = [*answered]
    return Group(*parts, *beside, *([Text()] if beside else []), footer(place, found.head))


def _span(held: Iterable[Quarter]) -> str:
    quarters = sorted(held)
    return str(quarters[0]) if len(quarters) == 1 else f"{len(quarters)} filed quarters, {quarters[0]} to {quarters[-1]}"


def _chart(found: TeamHistory) -> Iterator[Text]:
    """A column for each quarter: the level as a full dot, what it could be as an open one."""
    words = found.glossary
    width = max(len(title) for title in words.levels.values()) + 2
    quarters = _columns(_since_first(found), found.filed)
    for level, title in reversed([*words.levels.items()]):
        line = Text(f"  {title:<{width}}")
        for quarter in quarters:
            held = found.held.get(quarter) if quarter else None
            line.append(f"{_mark(words, held, level):<{_cell(quarters)}}", style=STYLES.get(level, "") if held and held.state.level == level else "")
        yield line
    yield from _axis(quarters, width + 2)
    yield from _cut(found.held, quarters)
    yield Text(f"  {_LEVEL} level   {_COULD_BE} could be, with what is not known   blank: nothing filed; no {_LEVEL}: too little is known", style="dim")


def _mark(words: Glossary, held: TeamQuarter | None, level: str) -> str:
    if held is None:
        return _NOT_THERE
    if held.state.level == level:
        return _LEVEL
    return _COULD_BE if held.state.could_be == level else _NEITHER


def _since_first(found: TeamHistory) -> list[Quarter]:
    first = min(found.held)
    return [quarter for quarter in found.quarters if quarter >= first]


def _cell(quarters: Sequence[Quarter | None]) -> int:
    """How many columns of the terminal a quarter has."""
    return 3 if len(quarters) <= _ROOMY else 2


def _cut(filed: Collection[Quarter], shown: Sequence[Quarter | None]) -> Iterator[Text]:
    there = sum(quarter is not None for quarter in shown)
    if there < len(filed):
        yield Text(f"  The latest {there} of {len(filed)} filed quarters; --json has all of them", style="dim")


def _axis(quarters: Sequence[Quarter | None], indent: int) -> Iterator[Text]:
    """The quarters under a chart, and the years under the quarters."""
    width = _cell(quarters)
    names = ["" if quarter is None else f"Q{quarter.number}" if width > 2 else str(quarter.number) for quarter in quarters]
    yield Text(" " * indent + "".join(name.ljust(width) for name in names).rstrip())
    line = " " * indent
    for year, held in groupby(quarters, key=lambda quarter: quarter.year if quarter else None):
        room = width * len(list(held))
        if year is None:
            line += " " * room
            continue
        label = f"{year}/{(year + 1) % 100:02d}"
        line += (label if len(label) < room else f"'{year % 100:02d}" if room >= 3 else "").ljust(room)
    yield Text(line.rstrip())


def _table(found: TeamHistory) -> Table:
    words = found.glossary
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column("Quarter", no_wrap=True)
    table.add_column("Level", min_width=9, overflow="fold")
    table.add_column("Could be", min_width=8, overflow="fold")
    table.add_column("Score", no_wrap=True)
    table.add_column("Pressures", min_width=14, overflow="fold", ratio=3)
    table.add_column("Since the quarter before", min_width=24, overflow="fold", ratio=5)
    for quarter, last in _with_gaps(_since_first(found), found.filed):
        held = found.held.get(quarter)
        if held is None:
            said = (found.became or "not in the list") if quarter in found.filed else "not filed"
            table.add_row(str(quarter) if quarter == last else f"{quarter} –\n{last}", "–", "", "", "", said)
            continue
        state = held.state
        level = Text(words.title(state.level), style=STYLES.get(state.level, ""))
        could_be = "" if state.could_be == state.level else words.title(state.could_be)
        version = f", v{held.version}" if held.version > 1 else ""
        table.add_row(f"{quarter}{version}", level, could_be, _score(held), _pressures(held), _since(words, held))
    return table


def _narrow(found: TeamHistory) -> RenderableType:
    """The same with a paragraph for each quarter."""
    words = found.glossary
    parts: list[RenderableType] = []
    for quarter, last in _with_gaps(_since_first(found), found.filed):
        held = found.held.get(quarter)
        if held is None:
            said = (found.became or "not in the list") if quarter in found.filed else "not filed"
            parts.append(Text(f"{quarter}{'' if quarter == last else f' to {last}'}: {said}"))
            continue
        state = held.state
        line = Text(f"{quarter}{f', v{held.version}' if held.version > 1 else ''}: ", style="bold").append(words.title(state.level), style=STYLES.get(state.level, ""))
        line.append("" if state.could_be == state.level else f"; could be {words.title(state.could_be)}", style="not bold").append(f"; score {_score(held)}", style="not bold")
        parts += [line, indented(f"Pressures: {_pressures(held)}"), *(indented(said) for said in _since(words, held).splitlines())]
    return Group(*parts)


def _with_gaps(quarters: Sequence[Quarter], filed: Container[Quarter]) -> Iterator[tuple[Quarter, Quarter]]:
    """Each filed quarter by itself, and each run of quarters that are not filed as its first and its last."""
    for there, run in groupby(quarters, key=lambda quarter: quarter in filed):
        held = list(run)
        yield from ((quarter, quarter) for quarter in held) if there else [(held[0], held[-1])]


def _columns(quarters: Sequence[Quarter], filed: Container[Quarter]) -> list[Quarter | None]:
    """The columns of a chart: the latest quarters that are filed, and None for a gap however long."""
    found: list[Quarter | None] = [quarter if quarter in filed else None for quarter, _ in _with_gaps(quarters, filed)]
    return found[-_MOST_QUARTERS:]


def _score(held: TeamQuarter) -> str:
    return str(held.state.points) if held.state.points == held.state.high else f"{held.state.points}–{held.state.high}"


def _pressures(held: TeamQuarter) -> str:
    said = [name.replace("_", " ") + (f" ({state})" if state != "present" else "") for name, state in held.state.pressures.items() if state in ("felt", "present", "severe")]
    unknown = [name.replace("_", " ") for name, state in held.state.pressures.items() if state == "cannot tell"]
    told = ", ".join(said) or ("none known" if unknown else "none")
    return told + (f"; not known: {', '.join(unknown)}" if unknown else "")


def _since(words: Glossary, held: TeamQuarter) -> str:
    said = _told_since(words, held)
    return f"{said}\n({held.quarter.previous} was filed or corrected later; file {held.quarter} again to compare it)" if held.is_stale else said


def _told_since(words: Glossary, held: TeamQuarter) -> str:
    if held.moved is None:
        return f"{'A break: ' if held.is_break else ''}{held.why_not}"
    return "\n".join(step_lines(words, held.moved)) or "as it was"


def _over_time(every: Sequence[Series]) -> Iterator[RenderableType]:
    """Directions and what is beyond ordinary variation in the latest quarter; where there is too little history, that."""
    yield Text("Over time", style="bold")
    if all(one.tendency is None or one.tendency.tendency == NOT_ENOUGH for one in every):
        yield indented(
            f"Not enough history: a direction takes {LEAST_FOR_DIRECTION} known quarters of the last {MOST_FOR_DIRECTION} that can be compared, "
            f"and limits of ordinary variation take {LEAST_FOR_LIMITS}."
        )
        return
    notable = [one for one in every if _arrow(one) or one.limits.causes[-1]]
    if not notable and all(one.limits.mean is None for one in every):
        yield indented("No figure has a direction.")
    elif not notable:
        yield indented("No figure has a direction, and none is beyond its ordinary variation.")
    else:
        yield _figures(notable)
        if any(one.limits.trial for one in notable if one.limits.mean is not None):
            yield indented("Limits from fewer than 12 quarters are on trial: they will still move.")
    if all(one.limits.mean is None for one in every):
        yield indented(f"Limits of ordinary variation take {LEAST_FOR_LIMITS} quarters.")
    rest = len(every) - len(notable)
    if notable and rest:
        yield indented(f"{counted(rest, 'other figure')}: no direction, and nothing beyond ordinary variation.")


def _figures(notable: Sequence[Series]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in ("Figure", "Latest", "Direction", "Ordinary variation", "Beyond it"):
        table.add_column(heading, overflow="fold")
    for one in notable:
        limits, unit, value = one.limits, UNITS[one.unit], one.values[-1]
        between = "–"
        if limits.lower is not None and limits.upper is not None:
                between = f"{unit.say(limits.lower)} – {unit.say(limits.upper)}"
        signs = "; ".join(f"{cause.kind}, {cause.side}" for cause in limits.causes[-1])
        table.add_row(f"  {one.title}", "not known" if value is None else unit.say(value), _arrow(one), between, signs)
    return table


def _arrow(one: Series) -> str:
    """The direction, with the quarters that it rests on; nothing where there is none."""
    tendency = one.tendency
    if tendency is None or tendency.tendency not in ("worsening", "easing"):
        return ""
    silent = f", without the latest {tendency.silent}" if tendency.silent else ""
    return f"{tendency.tendency} over {tendency.known} quarters{silent}"


def render_area(found: AreaHistory, place: str) -> RenderableType:
    """How many teams stand at each level in each quarter, who they are, and which pressures they have."""
    words = found.glossary
    teams = words.words["teams"]
    number = len(found.teams)
    who = f"{found.district}: {number} {words.words['team'] if number == 1 else teams}" if found.district else f"All {number} {teams}"
    parts: list[RenderableType] = [
        Text(f"{who} over {_span(found.records)}", style="bold"),
        Text(),
        *_matrix(found),
        Text(),
        _levels_table(found),
        Text(),
        _pressures_table(found),
        Text(),
        *([] if found.district else [*_records(found), Text()]),
        footer(place, found.head),
    ]
    return Group(*parts)


def _matrix(found: AreaHistory) -> Iterator[RenderableType]:
    """A row a team, a letter a quarter."""
    words = found.glossary
    letters, quarters = _letters(words), _columns(found.quarters, found.records)
    width = max((len(_latest(held).name) for held in found.teams.values()), default=0) + 2
    by_district = sorted(found.teams.items(), key=lambda item: (_latest(item[1]).district, _latest(item[1]).name))
    for district, held_teams in groupby(by_district, key=lambda item: _latest(item[1]).district):
        if not found.district:
            yield Text(district or f"no {words.words['district']}", style="bold underline")
        for _, held in held_teams:
            line = Text(f"  {_latest(held).name:<{width}}")
            for quarter in quarters:
                at = held.get(quarter) if quarter else None
                level = at.state.level if at else ""
                could = at is not None and at.state.could_be != level and words.rank(at.state.could_be) > words.rank(level)
                line.append((letters.get(level, " ") + ("+" if could else "")).ljust(_cell(quarters)), style=STYLES.get(level, ""))
            yield line
    yield from _axis(quarters, width + 2)
    yield from _cut(found.records, quarters)
    said = ", ".join(f"{letter} {words.title(level)}" for level, letter in letters.items())
    yield Text(f"  {said}; + it could be higher, with what is not known; blank: not filed or not in the list", style="dim")


def _latest(held: Mapping[Quarter, TeamQuarter]) -> TeamQuarter:
    return held[max(held)]


def _letters(words: Glossary) -> dict[str, str]:
    """One letter for each level, a capital from where it is flagged; numbers where two levels begin alike."""
    initials = {level: title[0].upper() if words.flags(level) else title[0].lower() for level, title in words.levels.items()}
    if len({letter.lower() for letter in initials.values()}) < len(initials):
        initials = {level: str(rank) for rank, level in enumerate(words.levels)}
    return {**initials, words.insufficient[0]: "?"}


def _levels_table(found: AreaHistory) -> Table:
    words = found.glossary
    levels = [*[*words.levels][::-1], words.insufficient[0]]
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in ("Quarter", capital(words.words["teams"]), "Flagged", *(words.title(level) for level in levels)):
        table.add_column(heading, justify="left" if heading == "Quarter" else "right", no_wrap=heading == "Quarter", min_width=10 if heading == "Quarter" else 4, overflow="fold")
    for quarter in found.records:
        there = found.in_quarter(quarter)
        counts = Counter(held.state.level for held in there)
        flagged = sum(words.flags(held.state.level) for held in there)
        table.add_row(str(quarter), str(len(there)), str(flagged), *(str(counts[level] or "–") for level in levels))
    return table


def _pressures_table(found: AreaHistory) -> Table:
    words = found.glossary
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False, title=f"{capital(words.words['teams'])} that have each pressure (and of how many it is not known)", title_justify="left", title_style="bold")
    for heading in ("Quarter", *(capital(name.replace("_", " ")) for name in words.pressures)):
        table.add_column(heading, no_wrap=heading == "Quarter", min_width=10 if heading == "Quarter" else 7, overflow="fold")
    for quarter in found.records:
        there = found.in_quarter(quarter)
        cells = []
        for name in words.pressures:
            states = Counter(held.state.pressures.get(name, "cannot tell") for held in there)
            unknown = states["cannot tell"]
            cells.append(f"{states['present'] + states['severe']}" + (f" ({unknown})" if unknown else ""))
        table.add_row(str(quarter), *cells)
    return table


def _records(found: AreaHistory) -> Iterator[RenderableType]:
    """What was filed, by whom, and under which rules."""
    yield Text("Filed", style="bold")
    for record in found.every_version:
        pack = record.body["pack"]
        because = f", because: {record.body['because']}" if record.body["because"] else ""
        yield indented(f"{record.name}, {record.filed}, rules {pack['id']} {pack['version']} ({pack['hash'][:12]}){because}")


def team_as_dict(found: TeamHistory, place: str) -> dict[str, Any]:
    said = standings(found)
    return {
        "team_id": found.id, "team_name": found.latest.name, "district": found.latest.district, "became": found.became or None,
        "quarters": [_quarter_dict(held) | {"standing": vars(said[quarter]) | {"since": str(said[quarter].since)}} for quarter, held in sorted(found.held.items())],
        "not_filed": [str(quarter) for quarter in found.quarters if quarter not in found.filed],
        "series": [_series_dict(one) for one in series(found)],
        "store": store_as_dict(place, found.head),
    }  # fmt: skip


def _quarter_dict(held: TeamQuarter) -> dict[str, Any]:
    return {
        "quarter": str(held.quarter), "version": held.version, "name": held.name, "district": held.district, **held.state.as_data(),
        "measures": dict(held.measures), "missing": list(held.missing), "movement": held.moved.as_data() if held.moved else None,
        "not_compared": held.why_not or None, "break": held.is_break, "stale": held.is_stale,
    }  # fmt: skip


def _series_dict(one: Series) -> dict[str, Any]:
    limits, tendency = one.limits, one.tendency
    return {
        "id": one.id, "title": one.title, "unit": one.unit,
        "points": [{"quarter": str(quarter), "value": value, "special_causes": [vars(cause) for cause in causes]}
                   for quarter, value, causes in zip(one.quarters, one.values, limits.causes, strict=True)],
        "direction": vars(tendency) if tendency else None,
        "limits": {"mean": limits.mean, "lower": limits.lower, "upper": limits.upper, "trial": limits.trial, "none_because": limits.why_none or None},
    }  # fmt: skip


def area_as_dict(found: AreaHistory, place: str) -> dict[str, Any]:
    return {
        "district": found.district or None,
        "records": [record_as_dict(record) for record in found.every_version],
        "teams": [{"team_id": team, "quarters": [_quarter_dict(at) for _, at in sorted(held.items())]} for team, held in found.teams.items()],
        "not_filed": [str(quarter) for quarter in found.quarters if quarter not in found.records],
        "store": store_as_dict(place, found.head),
    }  # fmt: skip
