"""The table of a quarter: county pressures, then every team by district, then a legend."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..assessment import Assessment, TeamAssessment
from ..evidence.records import Acknowledged, ReadFrom, Remark
from ..evidence.spelling import some
from ..logic.explain import in_words
from ..logic.missing import Missing
from ..logic.model import RulePack
from ..logic.truth import Truth
from ..logic.units import UNITS
from .wording import STYLES, ByWidth, capital, counted, indented, level_text, pressure_words

_MOST_MISSING = 2
_FEW_SOURCES = 6
_MOST_REMARKS, _OF_MANY_REMARKS = 5, 3  # more than so many of one code are grouped, and so many of them shown


def render(assessment: Assessment) -> RenderableType:
    """The whole quarter as one thing to print."""
    return Group(
        _heading(assessment),
        Text(),
        *_county(assessment),
        Text(),
        *remarks(assessment),
        ByWidth(_table(assessment), _narrow(assessment)),
        Text(),
        *_summary(assessment),
        *_compliance(assessment),
        *left_out(assessment),
        Text(),
        *legend(assessment.pack),
    )


def _heading(assessment: Assessment) -> Text:
    pack = assessment.pack
    text = Text(f"{assessment.quarter}: pressures on {len(assessment.teams)} {pack.words.teams}", style="bold")
    text.append(f"\nRules {pack.id} {pack.version} ({pack.hash[:12]}), evidence {assessment.evidence_hash[:12]}; {_engines(assessment)}", style="not bold")
    read = read_from_words(assessment.read_from)
    if read:
        text.append(f"\nRead {read}", style="not bold")
    return text


def read_from_words(sources: Iterable[ReadFrom]) -> str:
    """What was read from where, in one sentence: each file or sheet while they are few, and else the sum of each table."""
    listed = list(sources)
    files = list(dict.fromkeys(source.file for source in listed))
    if len(listed) <= _FEW_SOURCES:
        by_file = []
        for file in files:
            held = [source for source in listed if source.file == file]
            said = ", ".join(f"{source.sheet} ({_rows_of(source.table, source.rows)})" if source.sheet else _rows_of(source.table, source.rows) for source in held)
            by_file.append(f"{said} from {file}")
        return "; ".join(by_file)
    rows = {table: sum(source.rows for source in listed if source.table == table) for table in dict.fromkeys(source.table for source in listed)}
    rows["teams"] = max((source.rows for source in listed if source.table == "teams"), default=0)
    books = f"{len(files)} workbooks" if all(source.sheet for source in listed) else f"{len(files)} files"
    return f"{', '.join(_rows_of(table, number) for table, number in rows.items() if number)} from {books}"


def _rows_of(table: str, rows: int) -> str:
    return counted(rows, {"teams": "team", "responses": "response", "audits": "audit row"}.get(table, f"{table} row"))


def _engines(assessment: Assessment) -> str:
    if len(assessment.engines) == 2:
        return "two engines agree"
    return f"one engine only, {assessment.engines[0]}: {assessment.one_engine_because}"


def _county(assessment: Assessment) -> Iterator[RenderableType]:
    """One line a pressure; where there are several areas, a table with a row each."""
    pack = assessment.pack
    areas = list(dict.fromkeys(majority.area for majority in assessment.county))
    most = {UNITS["share"].say(assessment.teams[0].facts.thresholds[p.most]) for p in pack.county_pressures.values()} if assessment.teams else set()
    yield Text(f"{capital(pack.words.county)}-wide pressures, on when more than {' or '.join(sorted(most))} of all {pack.words.teams} are affected", style="bold")
    if len(areas) <= 1:
        for majority in assessment.county:
            line = Text(f"  {pack.county_pressures[majority.pressure].title}: ")
            yield line.append(str(majority), style="bold").append(f", {in_words(majority, pack)}")
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(capital(pack.words.county))
    for pressure in pack.county_pressures:
        table.add_column(capital(pressure.replace("_", " ")))
    for area in areas:
        cells = {m.pressure: f"{m}, {m.affected} of {m.teams}" + (f", {m.silent} not known" if m.silent else "") for m in assessment.county if m.area == area}
        table.add_row(f"  {area}", *(cells[pressure] for pressure in pack.county_pressures))
    yield table


def _narrow(assessment: Assessment) -> RenderableType:
    """A line for each team, and below it its pressures, its confidence and what is missing: nothing is left out."""
    pack = assessment.pack
    parts: list[RenderableType] = []
    for district, teams in groupby(in_order(assessment), key=_area):
        parts.append(Text(district, style="bold underline"))
        for team in teams:
            _, _, _, score, pressures, confidence, missing = _row(pack, team)
            line = Text("  ").append(team.team.name, style="bold").append(": ").append_text(level_text(pack, team.level))
            line.append(f"; could be {pack.levels.by_id(team.could_be).title}" if team.could_be != team.level else "").append(f"; {score}")
            parts.append(line)
            parts.append(indented(f"Pressures: {pressures}. Confidence: {confidence}." + (f" Missing: {missing}." if str(missing) else ""), 4))
    return Group(*parts)


def _table(assessment: Assessment) -> Table:
    pack = assessment.pack
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    table.add_column(capital(pack.words.team), min_width=18, overflow="fold")
    table.add_column("Level", min_width=9, overflow="fold")
    table.add_column("Could be", min_width=8, overflow="fold")
    table.add_column("Score", min_width=9, no_wrap=True)
    table.add_column("Pressures", min_width=16, overflow="fold", ratio=3)
    table.add_column("Confidence", min_width=6, overflow="fold")
    table.add_column("Missing", min_width=12, overflow="fold", ratio=2)
    for district, teams in groupby(in_order(assessment), key=_area):
        table.add_row(Text(district, style="bold underline"))
        for team in teams:
            table.add_row(*_row(pack, team))
    return table


def _area(team: TeamAssessment) -> str:
    return team.team.district or team.team.county


def in_order(assessment: Assessment) -> list[TeamAssessment]:
    """Teams by district, then by level and score, highest first, then by name."""
    levels = assessment.pack.levels
    return sorted(
        assessment.teams,
        key=lambda t: (_area(t), -levels.rank(t.level), t.level == levels.insufficient.id, -t.score.points, t.team.name, t.team.id),
    )


def _row(pack: RulePack, team: TeamAssessment) -> list[RenderableType]:
    could_be = "" if team.could_be == team.level else pack.levels.by_id(team.could_be).title
    return [
        indented(team.team.name),
        level_text(pack, team.level),
        Text(could_be),
        Text(score_words(team)),
        Text(", ".join(_pressing(pack, team)) or "none proved"),
        Text(team.confidence.band),
        Text(missing_words(team.missing)),
    ]


def _pressing(pack: RulePack, team: TeamAssessment) -> Iterator[str]:
    """What presses a team: its pressures, and the rules that can't wait for the next working day."""
    for mark in ("severe", "present"):
        yield from (pressure_words(pressure, grade) for pressure, grade in team.pressures.items() if str(grade) == mark)
    for rule in pack.risk.values():
        if rule.same_day and team.rules[rule.id] is Truth.MET:
            yield f"{rule.title[0].lower()}{rule.title[1:]} (same day)"


def score_words(team: TeamAssessment) -> str:
    """ "9 of 26", or "9–13 of 26" with what is missing."""
    score = team.score
    return f"{score.low} of {score.of}" if score.low == score.high else f"{score.low}–{score.high} of {score.of}"


def missing_words(missing: Iterable[Missing]) -> str:
    """The first few figures by name, and the answers as a number."""
    missing = list(missing)
    answers = sum(m.id.startswith("q") and m.id[1:].isdigit() for m in missing)
    names = [m.title.lower() for m in missing if not (m.id.startswith("q") and m.id[1:].isdigit())]
    shown = names[:_MOST_MISSING]
    if len(names) > _MOST_MISSING:
        shown.append(f"{len(names) - _MOST_MISSING} more")
    if answers:
        shown.append(counted(answers, "answer"))
    return ", ".join(shown)


def _summary(assessment: Assessment) -> Iterator[Text]:
    pack = assessment.pack
    counts = {level.id: 0 for level in (*pack.levels.levels[::-1], pack.levels.insufficient)}
    for team in assessment.teams:
        counts[team.level] += 1
    said = ", ".join(f"{count} {pack.levels.by_id(level).title.lower()}" for level, count in counts.items() if count)
    could_be = sum(pack.levels.flagged(team.could_be) and not pack.levels.flagged(team.level) for team in assessment.teams)
    more = f"; {could_be} more could be, with what is missing" if could_be else ""
    yield Text(f"{len(assessment.teams)} {pack.words.teams}: {said}. Flagged (elevated or high): {len(assessment.flagged)}{more}.")


def _compliance(assessment: Assessment) -> Iterator[Text]:
    """Compliance notices are a channel of their own, beside the levels."""
    pack = assessment.pack
    for notice in pack.notices.values():
        if notice.channel == "compliance":
            teams = [t.team.name for t in in_order(assessment) if str(t.notices[notice.id]) == "met"]
            if teams:
                yield Text(f"Compliance, to verify: {notice.title} ({notice.id}): {', '.join(teams)}", style=STYLES["compliance"])


def remarks(assessment: Assessment) -> Iterator[RenderableType]:
    """What is not wrong with the evidence, and should be seen before the result is believed."""
    if assessment.remarks:
        yield Text("To look at in the evidence", style="bold")
        for code, held in groupby(sorted((r for r in assessment.remarks if r.is_open), key=_by_code), _by_code):
            remarks = list(held)
            shown = remarks if len(remarks) <= _MOST_REMARKS else remarks[:_OF_MANY_REMARKS]
            yield from (indented(f"{code}: {remark}") for remark in shown)
            if more := remarks[len(shown):]:
                of = some(list(dict.fromkeys(remark.team for remark in more if remark.team)) or ["no team"])
                yield indented(f"{code}: and {len(more)} more like it" f", of {of}; --json has them all")
        answered: dict[tuple[str, str, Acknowledged], list[str]] = {}
        for remark in assessment.remarks:
            if remark.acknowledged:
                answered.setdefault((remark.code, remark.team, remark.acknowledged), []).append(remark.column)
        for (code, team, said), columns in answered.items():
            of = (f" of {team}" if team else "") + (f" ({', '.join(dict.fromkeys(columns))})" if any(columns) else "")
            yield indented(f"{code}{of}: acknowledged by {said.by}: {said.because}")
        yield Text()


def _by_code(remark: Remark) -> str:
    return remark.code


def left_out(assessment: Assessment) -> Iterator[Text]:
    if assessment.left_out:
        yield Text(f"Left out by --skip-bad-rows, {counted(len(assessment.left_out), 'problem')}:", style="bold")
        for problem in assessment.left_out:
            yield Text(f"  {problem}")


def legend(pack: RulePack) -> Iterator[Text]:
    """What the table means, in a line, and what it does not."""
    yield Text(
        "Level: proved by the evidence; could be: if what is missing went the wrong way. Score orders teams within a level only. "
        "These are pressures that raise the risk that standards may become unsafe; they say nothing about anyone's work.",
        style="dim",
    )
