"""What is not wrong in the evidence but would pass in silence: tables that are absent, rows that went, likely slips."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from ..logic.facts import Team
from ..logic.quarter import Quarter
from .cells import short
from .changes import Changes
from .places import Where
from .records import ReadFrom, Remark, Response, Row
from .spelling import folded, one_slip_apart, quoted, some

# What a team has nothing of where a table has no row for it.
_HOLDS = {"responses": "answers", "workforce": "workforce figures", "audits": "audit figures"}
# A row's quarter is odd where so few of the other teams have a row for it, and so many for the quarter without one.
_ODD_AT_MOST, _USUAL_AT_LEAST = 0.1, 0.75


@dataclass(frozen=True)
class LostRow:
    """A row that `--skip-bad-rows` left out. `what` is a response's id, or the county of a team in the list."""

    table: str
    at: Where
    team: str
    quarter: Quarter | None = None
    what: str = ""


@dataclass(frozen=True)
class Found:
    """What was read: the team list, the other tables' rows, where each came from, and what was left out."""

    teams: tuple[Team, ...]
    team_at: Mapping[str, Where]
    responses: tuple[Response, ...]
    rows: tuple[Row, ...]
    read_from: tuple[ReadFrom, ...]
    lost: tuple[LostRow, ...] = ()
    transfers_lost: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def remarks_on(found: Found) -> tuple[Remark, ...]:
    """Every remark, in the order of the files and their rows."""
    remarks = [
        *_absent_tables(found),
        *_unread_files(found),
        *_responses_twice(found),
        *_quarters_without_rows(found),
        *_rows_of_an_odd_quarter(found),
        *_counties_near(found),
        *_teams_of_one_name(found),
        *_teams_lost(found),
        *_figures_lost(found),
        *_responses_lost(found),
        *_transfers_lost(found),
        *_teams_changed(found),
    ]
    return tuple(sorted(remarks, key=lambda remark: remark.order))


def _remark(code: str, at: Where, column: str, team: str, says: str, quarter: Quarter | None = None) -> Remark:
    return Remark(code, at.file, at.row, column, team, says, quarter, at.sheet, at.spot(column))


def _name(found: Found, table: str) -> tuple[str, str]:
    """A table as its reader knows it (the file, the sheet, or the table's name where there are several), and "has" or "have"."""
    there = [source for source in found.read_from if source.table == table]
    if len(there) == 1:
        return (f"the sheet {there[0].sheet} of {there[0].file}" if there[0].sheet else there[0].file), "has"
    return f"the {len(there)} {'audit' if table == 'audits' else table} tables", "have"


# -- what is not there -----------------------------------------------------------------------------


def _absent_tables(found: Found) -> Iterator[Remark]:
    in_books = any(source.sheet for source in found.read_from)
    for table, holds in _HOLDS.items():
        there = [source for source in found.read_from if source.table == table]
        if not there:
            no = f"no sheet {table.title()}" if in_books else f"no {table}.csv in this folder"
            yield Remark("E01", f"{table}.csv", 0, "", "", f"{no}, so no team has {holds}")
        elif not any(source.rows for source in there) and not any(row.table == table for row in found.lost):
            name, has = _name(found, table)
            empty = f"{has} headings and no rows" if not there[0].sheet else f"{has} not been filled in"
            yield Remark("E02", there[0].file, 0, "", "", f"{name} {empty}, so no team has {holds}", sheet=there[0].sheet)


def _unread_files(found: Found) -> Iterator[Remark]:
    if found.unread:
        one = len(found.unread) == 1
        yield Remark("E21", found.unread[0], 0, "", "", f"{some(list(found.unread))} in this folder {'is' if one else 'are'} not read: "
                     f"{'its name is' if one else 'their names are'} no table's (as teams.csv, or workforce.hr.csv)")  # fmt: skip


def _responses_twice(found: Found) -> Iterator[Remark]:
    """Responses that stand in two files with the same day and the same answers: a later export of one form holds the earlier."""
    first: dict[tuple[object, ...], Response] = {}
    again: dict[tuple[str, str], list[Response]] = {}
    for response in found.responses:
        if response.completed_on is None or not any(response.answers.values()):
            continue
        key = (response.team, response.quarter, response.completed_on, response.respondent, *response.answers.items())
        other = first.setdefault(key, response)
        if other.at.file != response.at.file:
            again.setdefault((other.at.file, response.at.file), []).append(response)
    for (one, two), responses in again.items():
        yield _remark("E22", responses[0].at, "response_id", responses[0].team,
                      f"{len(responses)} of the responses in {two} are the same, day and answers, as in {one}, and count twice; "
                      "if it is a later export of the same form, take the earlier file away")  # fmt: skip


def _quarters_without_rows(found: Found) -> Iterator[Remark]:
    """Tables that have rows, and none for a quarter that another table has rows for."""
    quarters = sorted({response.quarter for response in found.responses} | {row.quarter for row in found.rows})
    for table, held in _teams_by_quarter(found).items():
        for quarter in quarters:
            if held and quarter not in held:
                name, has = _name(found, table)
                others = some([str(other) for other in sorted(held, key=lambda other: _apart(other, quarter))])
                yield Remark("E03", f"{table}.csv", 0, "quarter", "", f"{name} {has} rows for {others}, and none for {quarter}", quarter)


def _rows_of_an_odd_quarter(found: Found) -> Iterator[Remark]:
    """Teams with no row for a quarter that the others have, and one where a row is not to be expected.

    Earlier quarters are history, and a team may miss one; so all others must have a row for this quarter, or most
    of them must, and hardly any for the quarter that the team's row says. A later row alone may be a new team's.
    """
    unread = {(row.table, row.team) for row in found.lost if row.quarter is None}
    listed = Changes(found.teams)
    for table, held in _teams_by_quarter(found).items():
        first_rows = _first_rows(found, table)
        for team in dict.fromkeys(team.id for team in found.teams):
            if (table, team) in unread:
                continue
            own = [quarter for quarter in held if team in held[quarter]]
            for quarter in held:
                there = listed.teams_in(quarter)
                others = len(there) - 1
                if quarter in own or not own or team not in there:
                    continue
                nearest = min(own, key=lambda other: (_apart(other, quarter), other))
                odd = len(held[nearest]) - 1 <= _ODD_AT_MOST * others and len(held[quarter]) >= max(2, _USUAL_AT_LEAST * others)
                if odd or (nearest < quarter and len(held[quarter]) == others):
                    yield _remark("E04", first_rows[team, nearest], "quarter", team,
                                  f"{team} has {_a_row(table)} for {nearest} and none for {quarter}; if the quarter is a slip, correct it",
                                  quarter)  # fmt: skip


def _a_row(table: str) -> str:
    return {"responses": "a response", "audits": "an audits row"}.get(table, f"a {table} row")


def _teams_by_quarter(found: Found) -> dict[str, dict[Quarter, set[str]]]:
    held: dict[str, dict[Quarter, set[str]]] = {table: {} for table in _HOLDS}
    for table, team, quarter, _ in _places(found):
        held[table].setdefault(quarter, set()).add(team)
    return held


def _first_rows(found: Found, table: str) -> dict[tuple[str, Quarter], Where]:
    rows: dict[tuple[str, Quarter], Where] = {}
    for other, team, quarter, row in _places(found):
        if other == table:
            rows.setdefault((team, quarter), row)
    return rows


def _places(found: Found) -> Iterator[tuple[str, str, Quarter, Where]]:
    """Table, team, quarter and row of all that is in the files, left out or not: a row that went was no slip of a quarter."""
    yield from (("responses", response.team, response.quarter, response.at) for response in found.responses)
    yield from ((row.table, row.team, row.quarter, row.at) for row in found.rows)
    yield from ((row.table, row.team, row.quarter, row.at) for row in _lost_of_listed_teams(found) if row.quarter is not None)


def _apart(one: Quarter, other: Quarter) -> int:
    return abs((one.year - other.year) * 4 + one.number - other.number)


# -- the team list ---------------------------------------------------------------------------------


def _counties_near(found: Found) -> Iterator[Remark]:
    """Counties of few teams whose name is one slip from that of a county of at least twice as many."""
    sizes = Counter(county for county, _ in {(team.county, team.id) for team in found.teams})
    for county, size in sizes.items():
        near = [other for other in sizes if sizes[other] >= 2 * size and one_slip_apart(county, other)]
        if near:
            teams = sorted({team.id for team in found.teams if team.county == county}, key=lambda team: _order(found.team_at[team]))
            yield _remark("E05", found.team_at[teams[0]], "county", teams[0],
                          f"{quoted(county)}, the county of {some(teams)}, is much like {quoted(near[0])}, of {_teams(sizes[near[0]])}; "
                          "if it is a slip, correct it, for each county is counted by itself")  # fmt: skip


def _teams_of_one_name(found: Found) -> Iterator[Remark]:
    by_name: dict[str, list[Team]] = {}
    for team in sorted(found.teams, key=lambda team: _order(found.team_at[team.id])):
        by_name.setdefault(folded(team.name), []).append(team)
    for teams in by_name.values():
        ids = list(dict.fromkeys(team.id for team in teams if any(other.id != team.id and other.overlaps(team) for other in teams)))
        if len(ids) > 1:
            alike = f"{some(ids)} are {'both' if len(ids) == 2 else 'all'} called {quoted(teams[0].name)}"
            yield _remark("E06", found.team_at[ids[1]], "team_name", ids[1],
                          f"{alike}; give each a name of its own, or keep one if they are one team")  # fmt: skip


def _teams_changed(found: Found) -> Iterator[Remark]:
    """Teams that began, ended or changed, in the quarter in which it shows, and what is not compared for it."""
    for change in Changes(found.teams).all:
        tail = "; its figures are not compared with those of the quarter before" if change.breaks else ""
        yield _remark("E11", found.team_at[change.team], "team_id", change.team, f"{change.says}{tail}", change.quarter)


def _order(at: Where) -> tuple[str, str, int]:
    return at.file, at.sheet, at.row


# -- what --skip-bad-rows left out -----------------------------------------------------------------


def _teams_lost(found: Found) -> Iterator[Remark]:
    """Rows of the team list that went. The list of the county is shorter by them, and "most teams" is counted of that."""
    kept = Counter(folded(team.county) for team in found.teams)
    lost = [row for row in found.lost if row.table == "teams"]
    listed = {team.id for team in found.teams}
    gone = Counter(folded(row.what) for row in lost if row.team not in listed)
    for row in lost:
        if row.team in listed:
            says = f"this row of {row.team} is left out, and {found.team_at[row.team].line} counts; if it was another team's, the list is one short"
        else:
            who = short(row.team) or "the team of this row"
            counted = kept[folded(row.what)]
            of = f"the teams of {row.what} are counted as {counted}, not {counted + gone[folded(row.what)]}" if row.what else "its county, not known, is one team short"
            says = f"{who} is left out, with all that the other files say of it; {of}"
        yield _remark("E07", row.at, "", row.team, says)


def _figures_lost(found: Found) -> Iterator[Remark]:
    """Rows of figures that went: with one bad cell go all the figures of the row."""
    kept = {(row.table, row.team, row.quarter): row.at for row in found.rows}
    for row in _lost_of_listed_teams(found):
        if row.table in ("workforce", "audits"):
            holds = _HOLDS[row.table]
            if row.quarter is None:
                says = f"{row.team} loses all {holds} of this row, for a quarter that can't be read"
            elif other := kept.get((row.table, row.team, row.quarter)):
                says = f"{row.team} loses this row for {row.quarter}; its {holds} are those of {other.line}"
            else:
                says = f"{row.team} loses all its {holds} for {row.quarter}, not only the cell with the mistake"
            yield _remark("E08", row.at, "", row.team, says, row.quarter)


def _responses_lost(found: Found) -> Iterator[Remark]:
    kept = Counter((response.team, response.quarter) for response in found.responses)
    for row in _lost_of_listed_teams(found):
        if row.table == "responses":
            which = f"response {row.what}" if row.what else "a response"
            if row.quarter is None:
                says = f"{row.team} loses {which}, for a quarter that can't be read"
            else:
                left = kept[row.team, row.quarter]
                others = f"{left} others are" if left > 1 else f"{'one' if left else 'no'} other is"
                says = f"{row.team} loses {which} for {row.quarter}, with every answer in it; {others} left"
            yield _remark("E09", row.at, "", row.team, says, row.quarter)


def _transfers_lost(found: Found) -> Iterator[Remark]:
    for team in found.transfers_lost:
        yield _remark("E10", found.team_at[team], "transfers_to", team, f"{team} is scored as if it handed its work on to no team")


def _lost_of_listed_teams(found: Found) -> Iterable[LostRow]:
    listed = {team.id for team in found.teams}
    return (row for row in found.lost if row.team in listed and row.table != "teams")


def _teams(number: int) -> str:
    return "1 team" if number == 1 else f"{number} teams"
