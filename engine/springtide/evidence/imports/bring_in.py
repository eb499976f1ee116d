"""One file of another system brought in: its mapping proposed or read, its rows converted, its evidence written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ...logic.model import RulePack
from ..reading.reader import read_teams
from ..reading.team_list import TeamList
from ..records import EvidenceError, EvidenceProblem
from ..screening import looks_personal
from ..writing.contents import Contents, Figures
from ..writing.csv_files import Table, tables_of, team_table, write_tables
from .convert import Converted, convert, placed
from .mapping import NOTHING, Kind, Mapping, as_yaml, read_mapping
from .proposal import all_targets, fits, propose
from .source import Source, read_source

# What can be kept, with the reason for which the mapping drops its columns.
_REASONS = {"comments": "free text", "respondents": "personal data"}
KEPT = tuple(_REASONS)


class NotConfirmed(Exception):
    """A mapping in which something has still to be looked at; it is in `path`, and nothing was written but it."""

    def __init__(self, path: Path, mapping: Mapping, source: Source, is_new: bool):
        self.path, self.mapping, self.source, self.is_new = path, mapping, source, is_new
        super().__init__(f"{path}: {len(mapping.open_lines)} to be confirmed")


@dataclass(frozen=True)
class Screened:
    """A comment that was kept and looks as if it held personal data: where it stands, and of which kinds. Never its text."""

    code: str
    place: str
    looks_like: tuple[str, ...]


@dataclass(frozen=True)
class Brought:
    """What an import came to: the file and its mapping, the records, and the files written."""

    source: Source
    mapping: Mapping
    mapping_file: Path
    mapping_is_new: bool
    converted: Converted
    files: tuple[Path, ...]
    screened: tuple[Screened, ...] = ()

    @property
    def matched(self) -> list[str]:
        return [column.to for column in self.mapping.columns if column.to != NOTHING]

    @property
    def dropped(self) -> dict[str, list[str]]:
        """The columns that were left out, by the reason."""
        found: dict[str, list[str]] = {}
        for column in self.mapping.columns:
            if column.to == NOTHING and column.column:
                found.setdefault(column.because or "not wanted", []).append(" ".join(column.column.split()))
        return found

    def not_asked(self, pack: RulePack) -> list[str]:
        """The questions that no column answers, of a file that answers some."""
        if not any(to in pack.questions for to in self.matched):
            return []
        return [q for q, question in pack.questions.items() if q not in self.matched and question.favourable_when != "unknown"]


def bring_in(
    file: Path, kind: Kind, pack: RulePack, listed: TeamList, folder: Path, *, map_file: Path, quarter: str = "", sheet: str | None = None,
    keep: Iterable[str] = (), skip_bad_rows: bool = False, overwrite: bool = False,
) -> Brought:  # fmt: skip
    """Import one file into a folder of evidence.

    Where `map_file` is not there, a mapping is proposed and written to it; the import goes on only if nothing in it is a guess.

    Args:
        quarter: for rows that do not say theirs; it goes before that of the mapping.
        keep: "comments" and "respondents" are dropped unless they stand here; they are kept in files that nothing reads.

    Raises:
        NotConfirmed: the mapping holds guesses.
        EvidenceError: something in the file or the mapping can't be used.
        OSError: a file can't be written.
    """
    is_new = not map_file.exists()
    if is_new:
        source = read_source(file, fits(pack, kind), sheet)
        mapping = propose(source, pack, listed, kind)
        map_file.parent.mkdir(parents=True, exist_ok=True)
        part = map_file.with_name(f".{map_file.name}.part")  # half a mapping would be one without its doubts
        part.write_text(as_yaml(mapping, file.name), encoding="utf-8")
        part.replace(map_file)
    else:
        mapping = read_mapping(map_file, all_targets(pack))
        if mapping.kind != kind:
            raise EvidenceError([EvidenceProblem(map_file.name, 0, "", f"this mapping is for import {mapping.kind}, not import {kind}", "give the mapping of this file")])
        source = read_source(file, fits(pack, kind), sheet or mapping.sheet or None, mapping.headings_in_row)
    mapping.quarter = quarter or mapping.quarter
    if mapping.open_lines:
        raise NotConfirmed(map_file, mapping, source, is_new)
    stem = _stem(file)
    converted = convert(source, mapping, pack, listed, stem, skip_bad_rows)
    tables = {f"{name}.{stem}.csv": rows for name, rows in tables_of(pack, _contents(converted)).items() if name != "teams"}
    if not tables:
        raise EvidenceError([EvidenceProblem(source.file, 0, "", "no row of the file has an answer or a figure", "is it the right file, and the right sheet?", source.sheet)])
    _check_the_folders_list(folder, pack, listed, converted)
    if not any(folder.glob("teams*.csv")):
        tables = {"teams.csv": team_table(sorted(listed.teams, key=lambda team: team.id)), **tables}
    tables |= _kept(source, mapping, stem, keep)
    write_tables(folder, tables, overwrite)
    for name in (f"{table}.{stem}.csv" for table in ("responses", "workforce", "audits", *_REASONS)):
        if name not in tables:
            (folder / name).unlink(missing_ok=True)  # of an earlier import of this file, which was to be written over
    return Brought(source, mapping, map_file, is_new, converted, tuple(folder / name for name in tables), tuple(_screened(source, mapping, keep)))


def _check_the_folders_list(folder: Path, pack: RulePack, listed: TeamList, converted: Converted) -> None:
    """The folder's own list is what will be read: an id must be the same team's there as in the list that was given."""
    if not (folder / "teams.csv").is_file():
        return
    there = read_teams(folder / "teams.csv", pack)
    problems = []
    used = [*(response.team for response in converted.responses), *(row.team for row in converted.rows)]
    for team in dict.fromkeys(used):
        if not there.is_usable(team):
            problems.append(EvidenceProblem(str(folder / "teams.csv"), 0, "", f"there is no team '{team}' in it", "the list given with --teams is another"))
        elif there.names_of(team) != listed.names_of(team):
            problems.append(EvidenceProblem(str(folder / "teams.csv"), 0, "", f"{team} is '{there.names_of(team)[-1]}' there, and '{listed.names_of(team)[-1]}' in the list given", "use one list"))
    if problems:
        raise EvidenceError(problems)


def _contents(converted: Converted) -> Contents:
    rows = {name: tuple(Figures(r.team, r.quarter, {**_marks(r.marks), **r.figures}) for r in converted.rows if r.table == name) for name in ("workforce", "audits")}
    return Contents((), converted.responses, rows["workforce"], rows["audits"])


def _marks(marks: dict[str, str]) -> dict[str, float | str]:
    """Marks for missing in the shortest of their spellings."""
    return {name: re.sub(r".*\((.+)\)$", r"\1", meaning) for name, meaning in marks.items()}


def _kept(source: Source, mapping: Mapping, stem: str, keep: Iterable[str]) -> dict[str, Table]:
    """Comments and respondents, each row with the id of its response; kept only where they were asked for."""
    places = placed(source, mapping)
    key = next((place for place, column in places.items() if column.to == "response_id"), None)
    found: dict[str, Table] = {}
    for name in keep:
        columns = [place for place, column in places.items() if column.to == NOTHING and column.because == _REASONS[name]]
        rows = [
            (f"{stem}-{cells[key] if key is not None and key < len(cells) and cells[key] else f'row{number}'}", " ".join(source.headings[place].split()), cells[place].strip())
            for number, cells in source.rows
            for place in columns
            if place < len(cells) and cells[place].strip()
        ]
        if rows:
            found[f"{name}.{stem}.csv"] = [("response_id", "column", "text"), *rows]
    return found


def _screened(source: Source, mapping: Mapping, keep: Iterable[str]) -> Iterator[Screened]:
    if "comments" not in keep:
        return
    columns = [place for place, column in placed(source, mapping).items() if column.to == NOTHING and column.because == _REASONS["comments"]]
    for number, cells in source.rows:
        for place in columns:
            found = looks_personal(cells[place]) if place < len(cells) else ()
            if found:
                at = source.where(number)
                where = at.of(f"c{place}") if source.sheet else f"{source.file}, row {number}, column {source.name(place)}"
                yield Screened("P01", where, found)


def _stem(file: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", file.stem.casefold()).strip("-")[:40] or "file"
