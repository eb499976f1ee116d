"""The team list: who is in it, from when to when, and how people name each team."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace

from ...logic.facts import Team
from ...logic.quarter import Quarter, QuarterError, parse_quarter
from ...rulepack.problems import did_you_mean
from ..cells import short
from ..places import Where
from ..remarks import LostRow
from ..spelling import folded, quoted, rows_in_words, spelt_apart
from .collected import Collected, Report
from .tables import Table

TEAM_COLUMNS = ("team_id", "team_name", "district", "county", "team_type", "transfers_to")
PERIOD_COLUMNS = ("from_quarter", "to_quarter", "became")
LIST_FIRST = "an id in the team list is blank or stands twice; correct that first"
_SAME_EVERYWHERE = "the files say different things of one team; write it one way"

Spoil = Callable[..., None]


@dataclass
class TeamList:
    """The list as far as it could be read.

    `places` holds every team listed, even in a row with a mistake. `is_whole` is false where a file of the list could
    not be used, so that no row can be blamed for a team that is not in it; `ids_in_doubt` is true where an id is blank
    or stands twice, so that another may be missing.
    """

    collected: Collected
    teams: list[Team] = field(default_factory=list)
    places: dict[str, Where] = field(default_factory=dict)
    at: dict[Team, Where] = field(default_factory=dict)
    is_whole: bool = False
    ids_in_doubt: bool = False
    transfers_lost: list[str] = field(default_factory=list)
    rows_in: Counter[tuple[str, str]] = field(default_factory=Counter)  # usable rows by file and sheet
    _meant: dict[str, set[str]] = field(default_factory=dict)
    _rows: dict[str, list[Team]] = field(default_factory=dict)

    # -- reading ---------------------------------------------------------------------------------

    def read(self, tables: Iterable[Table], spoil: Spoil) -> None:
        """Take in every file of the list; a team that stands alike in several files is one."""
        listed: list[tuple[Where, dict[str, str]]] = []
        for table in tables:
            for at, row, beyond in table.rows:
                values = {column: " ".join(row.get(column, "").split()) for column in (*TEAM_COLUMNS, *PERIOD_COLUMNS)}
                self._take(at, row, values, beyond)
                listed.append((at, values))
        self._check_spelling(listed, spoil)
        ids = {team.id for team in self.teams}
        for team in self.teams:
            if team.became and any(other.id == team.id and other != team and not team.ends_after(other) for other in self.teams):
                self.collected.reporter(self.at[team])("became", f"'{short(team.id)}' has a later row, in which it goes on", "write became in its last row, or give the later team another id")
        for team in list(self.teams):
            kept = replace(team, became=tuple(other for other in team.became if self._may_become(team, other, ids)))
            if kept.transfers_to and not self._may_transfer(team, ids):
                kept = replace(kept, transfers_to="")
                self.transfers_lost.append(team.id)
            if kept != team:
                self.at[kept] = self.at.pop(team)
                self.teams[self.teams.index(team)] = kept
        for team in self.teams:
            self._rows.setdefault(team.id, []).append(team)
            for name in (team.id, team.name, label(team), f"{team.id} · {team.name}"):
                self._meant.setdefault(folded(name), set()).add(team.id)

    def _take(self, at: Where, row: dict[str, str], values: dict[str, str], beyond: int) -> None:
        report = self.collected.reporter(at)
        before = len(self.collected.problems)
        self.collected.refuse_oddities(row, beyond, report, in_a_workbook=bool(at.sheet))
        if beyond:
            self._list(values["team_id"], at)
            self.collected.lost.append(LostRow("teams", at, values["team_id"]))
            return
        for column in ("team_id", "team_name", "county"):
            if not values[column]:
                report(column, "is blank", f"every team needs a {column}")
        for column, text in values.items():
            odd = next((character for character in text if not character.isprintable()), None)
            if odd is not None:
                report(column, f"holds U+{ord(odd):04X}, a character that can't be shown", "write it again by hand")
        team = Team(values["team_id"], values["team_name"], values["district"], values["county"], values["team_type"],
                    values["transfers_to"], *self._period(values, report))  # fmt: skip
        if self._stands_already(team, at, report):
            self.rows_in[at.file, at.sheet] += 1
            return
        self._list(team.id, at, len(self.collected.problems) > before)
        if len(self.collected.problems) == before:
            self.teams.append(team)
            self.at[team] = at
            self.rows_in[at.file, at.sheet] += 1
        else:
            self.collected.lost.append(LostRow("teams", at, team.id, what=team.county))

    def _list(self, team: str, at: Where, mistaken: bool = True) -> None:
        """Note that a team is in the list, be its row right or wrong; an id given twice by mistake may stand for another."""
        self.ids_in_doubt |= not team or (team in self.places and mistaken)
        if team:
            self.places.setdefault(team, at)

    def _stands_already(self, team: Team, at: Where, report: Report) -> bool:
        """Whether another file lists this very team; two rows of one id that hold in one quarter are reported."""
        for other in self.teams:
            if other.id != team.id or not other.overlaps(team):
                continue
            first = self.at[other]
            elsewhere = (first.file, first.sheet) != (at.file, at.sheet)
            if elsewhere and other == team:
                return True
            if elsewhere:
                report("team_id", f"'{short(team.id)}' is not as in {first}", _SAME_EVERYWHERE)
            elif other.from_quarter or other.to_quarter or team.from_quarter or team.to_quarter:
                report("team_id", f"'{short(team.id)}' has two rows for one quarter", f"the first is in {first.line}; let its to_quarter come before this from_quarter")
            else:
                report("team_id", f"'{short(team.id)}' is in the list twice", f"the first is in {first.line}; keep one, or correct the id")
            return False
        if team.id in self.places and not any(other.id == team.id for other in self.teams):
            report("team_id", f"'{short(team.id)}' is in the list twice", f"the first is in {self.places[team.id].line}; keep one, or correct the id")
        return False

    def _period(self, values: dict[str, str], report: Report) -> tuple[Quarter | None, Quarter | None, tuple[str, ...]]:
        limits: list[Quarter | None] = []
        for column in ("from_quarter", "to_quarter"):
            try:
                limits.append(parse_quarter(short(values[column])) if values[column] else None)
            except QuarterError as error:
                report(column, str(error))
                limits.append(None)
        first, last = limits
        if first and last and last < first:
            report("to_quarter", f"{last} is before {first}", "give the last quarter in which the row holds")
        became = tuple(dict.fromkeys(values["became"].replace(",", " ").replace(";", " ").split()))
        if became and not values["to_quarter"]:
            report("became", "is given, and no to_quarter", "give the team's last quarter, or leave became blank")
        return first, last, became

    def _check_spelling(self, listed: list[tuple[Where, dict[str, str]]], spoil: Spoil) -> None:
        """One county, district (of a county) or kind of team, written in two ways, would be counted as two."""
        for column, within in (("county", ""), ("district", "county"), ("team_type", "")):
            written: dict[str, dict[str, list[Where]]] = {}
            for at, values in listed:
                if values[column]:
                    area = folded(values[within]) if within else ""
                    written.setdefault(area, {}).setdefault(values[column], []).append(at)
            for names in written.values():
                rows = {name: [at.row for at in places] for name, places in names.items()}
                for group in spelt_apart(rows):
                    files = list(dict.fromkeys((at.file, at.sheet) for name in group for at in names[name]))
                    said = [f"{quoted(name)} ({_where(names[name], len(files) > 1)})" for name in group]
                    spoil(files[0][0], f"{' and '.join(said[:3])} differ only in capitals, spaces, hyphens or the like",
                          "write it one way in every row", column=column, sheet=files[0][1])  # fmt: skip

    def _may_transfer(self, team: Team, ids: set[str]) -> bool:
        """Whether the team that takes the work on can be one; says why where it can't."""
        to = team.transfers_to
        report = self.collected.reporter(self.at[team])
        if to == team.id:
            report("transfers_to", f"the team '{short(to)}' hands its work on to itself", "give the team that takes it on, or leave it blank")
        elif to in ids:
            return True
        elif to not in self.places and (self.collected.skip_bad_rows or not self.ids_in_doubt):
            hint = LIST_FIRST if self.ids_in_doubt else did_you_mean(to, ids) or "correct it, or leave it blank"
            report("transfers_to", f"there is no team '{short(to)}' in the list", hint)
        elif to in self.places and self.collected.skip_bad_rows:
            report("transfers_to", f"the team '{short(to)}' is left out, and this transfer with it", f"correct {self.places[to].line}")
        return False

    def _may_become(self, team: Team, to: str, ids: set[str]) -> bool:
        report = self.collected.reporter(self.at[team])
        if to == team.id:
            report("became", f"the team '{short(to)}' can't become itself", "give the teams that took its work over")
        elif to in ids:
            return True
        elif to not in self.places:
            report("became", f"there is no team '{short(to)}' in the list", did_you_mean(to, ids) or "list the teams that took its work over")
        return False

    # -- asking ----------------------------------------------------------------------------------

    def meant(self, written: str) -> str | None:
        """The id of the one team that is meant by an id, a name, or both as `T001 Ashford Duty`; None if it is none, or several."""
        if written in self.places:
            return written
        found = self._meant.get(folded(written), set())
        return next(iter(found)) if len(found) == 1 else None

    def ids_of(self, name: str) -> list[str]:
        """The ids of all teams that are, or were, called so."""
        return sorted(self._meant.get(folded(name), set()))

    def is_anothers(self, name: str, team: str, quarter: Quarter | None) -> bool:
        """Whether in a quarter another team has this name, and this team has not."""
        called = {row.id for row in self.teams if folded(row.name) == folded(name) and (quarter is None or row.in_force(quarter))}
        return bool(called) and team not in called

    def is_usable(self, team: str) -> bool:
        """Whether a team of the list has a row without a mistake."""
        return team in self._rows

    def names_of(self, team: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(row.name for row in self._rows[team]))

    def holds(self, team: str, quarter: Quarter) -> bool:
        """Whether a team is in the list in a quarter, as far as its rows could be read."""
        rows = self._rows.get(team, [])
        return not rows or any(row.in_force(quarter) for row in rows)

    def period_in_words(self, team: str) -> str:
        """When a team is in the list, for a message: "from 2009/10 Q1", "to 2008/09 Q4, when it became T010"."""
        rows = sorted(self._rows[team], key=lambda row: row.from_quarter or Quarter(0, 1))
        said = []
        for row in rows:
            part = " ".join([*([f"from {row.from_quarter}"] if row.from_quarter else []), *([f"to {row.to_quarter}"] if row.to_quarter else [])])
            said.append(part + (f", when it became {' and '.join(row.became)}" if row.became else ""))
        return "; ".join(said)


def label(team: Team) -> str:
    """A team as lists to choose from show it."""
    return f"{team.id} {team.name}"


def _where(places: list[Where], several_files: bool) -> str:
    return str(places[0]) if several_files else rows_in_words(at.row for at in places)
