"""`managers.yaml` as it was written: its keys, and the line of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from ....rulepack.problems import did_you_mean, nearest, shown
from ....rulepack.yaml_reader import Path_, YamlFile, read_yaml
from ..directory import DISTRICT_MANAGER, HEAD_OF_SERVICE, TEAM_MANAGER
from .written import Entry, Said, Written

_PERSON = ("name", "email", "chat", "deputy", "away")
_PLACES = {"districts": DISTRICT_MANAGER, "teams": TEAM_MANAGER}


def read_yaml_file(path: Path) -> Written:
    """Everything in the file that can be understood; the rest is among the problems."""
    file, problems = read_yaml(path, path.name)
    written = Written(path.name)
    for problem in problems:
        written.report(problem.line, problem.message, problem.expected)
    if file is not None:
        _Reader(file, written).read()
    return written


class _Reader:
    def __init__(self, file: YamlFile, written: Written):
        self._file, self._written = file, written

    def read(self) -> None:
        for key, path in self._keys((), ("people", "posts"), needed=("people", "posts")):
            if key == "people":
                self._people(path)
            else:
                self._posts(path)

    # -- people ----------------------------------------------------------------------------------

    def _people(self, path: Path_) -> None:
        for key, below in self._keys(path):
            if not key.strip():
                self._report(below, "a person needs a key", "write one as r.patel")
            entry = self._written.people[key] = Entry(self._line(below, key=True))
            value = self._value(below)
            entry.amiss = {one for name in value for one in nearest(name, _PERSON)} if isinstance(value, dict) else set(_PERSON)
            for name, at in self._keys(below, _PERSON):
                if name == "away":
                    entry.away = list(self._away(at))
                else:
                    setattr(entry, name, self._text(at))
                    entry.amiss -= {name} if self._value(at) in (None, "") else set()

    def _away(self, path: Path_) -> Iterator[tuple[Said | None, Said | None, int]]:
        value = self._value(path)
        if value is None:
            return
        items = [(*path, number) for number in range(len(value))] if isinstance(value, list) else [path]
        for below in items:
            days = {name: self._text(at) for name, at in self._keys(below, ("from", "to"))}
            if days:
                yield days.get("from"), days.get("to"), self._line(below)

    # -- posts -----------------------------------------------------------------------------------

    def _posts(self, path: Path_) -> None:
        for key, below in self._keys(path, (HEAD_OF_SERVICE, *_PLACES), needed=(HEAD_OF_SERVICE,)):
            if key == HEAD_OF_SERVICE:
                self._hold(HEAD_OF_SERVICE, "", below)
            elif self._value(below) is not None:
                for place, at in self._keys(below):
                    self._hold(_PLACES[key], " ".join(place.split()), at)

    def _hold(self, post: str, place: str, path: Path_) -> None:
        value = self._value(path)
        paths = [(*path, number) for number in range(len(value))] if isinstance(value, list) else [path] if value is not None else []
        holders = [said for at in paths if (said := self._text(at))]
        for number, said in enumerate(holders):
            if said.text in (other.text for other in holders[:number]):
                self._written.report(said.line, f"{shown(said.text)} stands here twice", "keep one")
        if len(holders) == len(paths):  # of what is no text, there is a message already
            self._written.posts[post, place] = (self._line(path, key=True), holders)

    # -- one value -------------------------------------------------------------------------------

    def _keys(self, path: Path_, known: Iterable[str] | None = None, needed: Iterable[str] = ()) -> Iterator[tuple[str, Path_]]:
        """The keys of a mapping with their paths; those that are not known, and those that are wanting, are reported."""
        value = self._value(path)
        if not isinstance(value, dict):
            what = f"{path[-1]} is" if path and isinstance(path[-1], str) else "this is"
            self._report(path, f"{what} {shown(value)}", "it should be a mapping of keys to values")
            return
        known = None if known is None else tuple(known)
        misspelt: set[str] = set()
        for key in value:
            if known is None or key in known:
                yield key, (*path, key)
            else:
                misspelt.update(nearest(key, known))
                self._report((*path, key), f"unknown key {shown(key)}", did_you_mean(key, known))
        for key in needed:
            if key not in value and key not in misspelt:
                self._report(path, f"there is no '{key}'" + (f" among the {path[-1]}" if path else " in the file"), "it is needed here")

    def _text(self, path: Path_) -> Said | None:
        value, line = self._value(path), self._line(path)
        if value is None:
            return None
        if not isinstance(value, str):
            self._report(path, f"{shown(value)} is not text", "put it in quotes" if isinstance(value, int | float) else "write text")
            return None
        return Said(value.strip(), line) if value.strip() else None

    def _value(self, path: Path_) -> Any:
        value = self._file.data
        for step in path:
            value = value[step]
        return value

    def _line(self, path: Path_, *, key: bool = False) -> int:
        return self._file.problem(path, "", key=key).line

    def _report(self, path: Path_, message: str, expected: str = "") -> None:
        self._written.report(self._line(path, key=True), message, expected)
