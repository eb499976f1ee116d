"""A directory in a CSV file as it was written: a row a post, read as evidence is, with the same words for what is wrong."""

from __future__ import annotations

from pathlib import Path

from ....evidence.cells import short
from ....evidence.reading.sources import Sources
from ....evidence.reading.tables import Known, as_heading, open_table
from ....evidence.spelling import folded
from ....rulepack.problems import did_you_mean
from ..directory import HEAD_OF_SERVICE, POSTS, TEAM_MANAGER
from .written import Entry, Said, Written

_NEEDED = ("person", "name", "email", "post", "place")
_COLUMNS = (*_NEEDED, "deputy", "away_from", "away_to", "chat")
_OF_A_PERSON = ("name", "email", "chat", "deputy")
_KNOWN_AS = {folded(post): post for post in POSTS}


def read_csv(path: Path) -> Written:
    """Every row that can be understood; the rest is among the problems, by the row's number as a spreadsheet counts it."""
    written = Written(path.name)
    sources = Sources(path, only="managers")
    known = Known(_NEEDED, _COLUMNS, {}, lambda heading: did_you_mean(as_heading(heading), _COLUMNS) or f"take it out; the columns are {', '.join(_COLUMNS)}")
    for sheet in sources.sheets():
        if table := open_table(sheet, known, sources):
            for at, cells, beyond in table.rows:
                if beyond:
                    written.report(at.row, f"the row has {len(cells) + beyond} cells under {len(cells)} headings", "put text with a comma in quotation marks")
                    written.lost.add(cells.get("person", "").strip())
                    continue
                _Row(written, at.row, cells).take()
            if (HEAD_OF_SERVICE, "") not in written.posts and not sources.problems:
                written.report(1, "nobody is head of service", f"add a row with the post {HEAD_OF_SERVICE}")
    for problem in sources.problems:
        written.report(problem.row or 1, problem.message, problem.hint)
    return written


class _Row:
    def __init__(self, written: Written, line: int, cells: dict[str, str]):
        self._written, self._line = written, line
        self._cells = {column: text.strip() for column, text in cells.items()}

    def take(self) -> None:
        post = self._post()
        key = self._cells.get("person", "")
        if key:
            self._person(key)
        elif any(self._cells.get(column) for column in _COLUMNS if column not in ("person", "post", "place")) or not self._cells.get("post"):
            self._written.report(self._line, "the person is blank", "write a key for them, as r.patel, the same in each of their rows")
            return
        if post:
            _, holders = self._written.posts.setdefault(post, (self._line, []))
            holders += [Said(key, self._line)] if key else []

    def _person(self, key: str) -> None:
        """Take in what the row says of a person; what other rows said already, it may leave out, and not change."""
        entry = self._written.people.setdefault(key, Entry(self._line))
        for column in _OF_A_PERSON:
            said = self._said(column)
            held: Said | None = getattr(entry, column)
            if held is None:
                setattr(entry, column, said)
            elif said and said.text != held.text:
                what = "is not" if column == "chat" else f"is '{short(said.text)}', and not"
                self._written.report(self._line, f"the {column} of {short(key)} {what} as in row {held.line}", "write it one way in every row")
        if self._said("away_from") or self._said("away_to"):
            entry.away.append((self._said("away_from"), self._said("away_to"), self._line))

    def _post(self) -> tuple[str, str] | None:
        """The post that the row gives, with its place; None for a row that only tells of a person."""
        named, place = self._cells.get("post", ""), " ".join(self._cells.get("place", "").split())
        if not named:
            if place:
                self._written.report(self._line, f"the row has the place '{short(place)}' and no post", f"write one of {', '.join(POSTS)}")
            return None
        post = _KNOWN_AS.get(folded(named))
        if post is None:
            self._written.report(self._line, f"there is no post '{short(named)}'", did_you_mean(named, POSTS))
        elif post == HEAD_OF_SERVICE:
            if place:
                self._written.report(self._line, f"the head of service has the place '{short(place)}'", "leave it blank, or correct the post")
            return post, ""
        elif not place:
            self._written.report(self._line, f"the {post.replace('_', ' ')} has no place", "write the team's id" if post == TEAM_MANAGER else "write the district's name")
        else:
            return post, place
        return None

    def _said(self, column: str) -> Said | None:
        text = self._cells.get(column, "")
        return Said(text, self._line) if text else None
