"""YAML as the rule language reads it: YAML 1.2 words, no duplicate keys, no tags, no aliases, and positions kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .problems import Problem, shown

Path_ = tuple[Any, ...]

_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INTEGER = re.compile(r"[-+]?[0-9]+")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | dict.fromkeys(("true", "True", "TRUE"), True)
_WORDS |= dict.fromkeys(("false", "False", "FALSE"), False)
_NOT_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONGEST_NUMBER = 30
# Rules nest a dozen deep at most. Without a limit, a file of brackets could exhaust the stack.
_DEEPEST = 40


@dataclass(frozen=True)
class YamlFile:
    """A file read: plain data, and the place of everything in it."""

    name: str
    data: Any
    places: dict[Path_, tuple[int, int]]

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of a value (or of the nearest thing around it), counting from 1."""
        while path not in self.places and path:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def at(self, path: Path_) -> str:
        line, column = self.place(path)
        return f"{self.name}:{line}:{column}"

    def problem(self, path: Path_, message: str, expected: str = "", *, key: bool = False) -> Problem:
        """A mistake at a value, or at its key."""
        line, column = self.place((*path, _KEY) if key and (*path, _KEY) in self.places else path)
        return Problem(self.name, line, column, message, expected)


_KEY = "\0key"
_LEFT_OUT = "\0left out"


class _Unreadable(Exception):
    """A mistake after which the rest of a file can't be understood."""

    def __init__(self, line: int, column: int, message: str, expected: str = ""):
        super().__init__(message)
        self.problem = (line, column, message, expected)


def read_yaml(path: Path, name: str) -> tuple[YamlFile | None, list[Problem]]:
    """Read one file; the mistakes found are returned, not raised."""
    try:
        text = _text(path.read_bytes())
        builder = _Builder(name, iter(yaml.parse(text, Loader=_PARSER)))
        data = builder.document()
    except _Unreadable as error:
        return None, [Problem(name, *error.problem)]
    except OSError as error:
        return None, [Problem(name, 1, 1, f"the file can't be read: {error.strerror}")]
    except yaml.MarkedYAMLError as error:
        return None, [Problem(name, *_explained(error, text))]
    except yaml.YAMLError as error:
        return None, [Problem(name, 1, 1, f"this is not YAML: {' '.join(str(error).split())}")]
    return (None if builder.spoilt else YamlFile(name, data, builder.places)), builder.problems


def _text(raw: bytes) -> str:
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _Unreadable(1, 1, "the file is UTF-16 text", "save it as UTF-8")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8", "replace")
        raise _Unreadable(*_end_of(before), "the file is not UTF-8 text from here on", "save it as UTF-8") from None
    if bad := _NOT_TEXT.search(text):
        raise _Unreadable(*_end_of(text[: bad.start()]), f"the control character U+{ord(bad[0]):04X} can't stand in a rule file", "delete it")
    return text


def _end_of(text: str) -> tuple[int, int]:
    """Line and column of what comes after a text."""
    return text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1


# -- what the YAML parser says, in words that help ---------------------------------------------

_LINE_UP = "begin keys that belong together in the same column"
_SAYINGS = (
    ("tab", "a tab stands here", "indent with spaces"),
    ("mapping values are not allowed", "a colon can't stand here", f"quote text that has a colon in it, leave a space after the colon of a key, and {_LINE_UP}"),
    ("while parsing a flow sequence", "the list that opens here with [ goes wrong {there}", "put commas between its items, and close it with ]"),
    ("while parsing a flow mapping", "the mapping that opens here with {{ goes wrong {there}", "put commas between its entries, and close it with }}"),
    ("escape", "a backslash stands in double quotes", "put the text in single quotes instead"),
    ("while scanning a quoted scalar", "the quotation mark that opens here is never closed", "close it, or put the whole text in the other kind of quotes"),
    ("while parsing a block collection", "this does not belong to the list above", "begin each item with '- ', all in the same column"),
    ("while parsing a block mapping", "this does not fit the lines above", f"{_LINE_UP}, and quote text that has quotes or brackets in it"),
    ("while scanning a simple key", "the line above has no colon with a space after it", "write key, colon, space, value"),
    ("node", "this is no text, number, list or mapping", "quote text that begins with a bracket; close every bracket that is opened"),
)  # fmt: skip
_AT_THE_OPENING = ("while parsing a flow", "while scanning a quoted")


def _explained(error: yaml.MarkedYAMLError, text: str) -> tuple[int, int, str, str]:
    """Place, message and hint for what the YAML parser stumbled over."""
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return 1, 1, f"this is not YAML: {error.problem or error.context}", ""
    place = (mark.line + 1, mark.column + 1)
    said = f"{error.context or ''} {error.problem or ''}"
    if "cannot start any token" in said:
        lines = text.splitlines()
        character = lines[mark.line][mark.column : mark.column + 1] if mark.line < len(lines) else ""
        if character == "\t":
            return *place, "a tab stands here", "indent with spaces"
        return *place, f"text can't begin with {character}", "put the text in quotes"
    for sign, message, hint in _SAYINGS:
        if sign in said:
            there = "before the end of the file" if mark.line >= text.rstrip().count("\n") + 1 else f"on line {mark.line + 1}"
            if sign.startswith(_AT_THE_OPENING) and error.context_mark:
                place = (error.context_mark.line + 1, error.context_mark.column + 1)
                there = there.replace(f"on line {place[0]}", "before the end of its line")
            return *place, message.format(there=there), hint.format()
    return *place, f"this is not YAML: {error.problem or error.context}", ""


# -- from the parser's events to plain data -----------------------------------------------------


@dataclass
class _Builder:
    """Plain data from the parser's events. `spoilt`: something was refused, so the data is not to be used."""

    name: str
    events: Iterator[Any]
    places: dict[Path_, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    spoilt: bool = False

    def document(self) -> Any:
        data = None
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if self.places:
                    raise _Unreadable(*_place(event), "a second document begins here", "take the line --- out: one file, one document")
                data = self._value(next(self.events), (), 0)
        if data is None and not self.problems:
            raise _Unreadable(1, 1, "the file is empty", "delete it, or write in it what belongs there")
        return data

    def _value(self, event: Any, path: Path_, depth: int) -> Any:
        place = self.places[path] = _place(event)
        if depth > _DEEPEST:
            raise _Unreadable(*place, f"this is nested more than {_DEEPEST} deep", "no rule needs that; is a bracket missing?")
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            self._refuse(event, "anchors and aliases (& and *) are not part of the rule language", "write it out")
        if isinstance(event, yaml.AliasEvent):
            return None
        if event.tag and event.tag != "!":
            self._refuse(event, f"the tag {shown(event.tag.replace('tag:yaml.org,2002:', '!!'))} is not part of the rule language", "write plain text or a number without it")
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path, depth)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._value(item, (*path, number), depth + 1) for number, item in enumerate(self._items(yaml.SequenceEndEvent))]
        if _NOT_TEXT.search(event.value):
            self._refuse(event, "a control character stands in this text", "delete it")
        return self._scalar(event) if event.implicit[0] and not event.tag else event.value

    def _items(self, end: type[Any]) -> Iterator[Any]:
        while not isinstance(event := next(self.events), end):
            yield event

    def _mapping(self, path: Path_, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for event in self._items(yaml.MappingEndEvent):
            if not isinstance(event, yaml.ScalarEvent):
                self._refuse(event, "a key must be a word", "put text that begins with [, {, & or * in quotes")
                self._value(event, (*path, _LEFT_OUT), depth + 1)
                self._value(next(self.events), (*path, _LEFT_OUT), depth + 1)
                continue
            key, place = event.value, _place(event)
            if event.anchor or event.tag:
                self._refuse(event, "an anchor or a tag (& or !) can't stand before a key", "take it out")
            if key in result:
                first = self.places[(*path, key, _KEY)]
                self.problems.append(Problem(self.name, *place, f"the key {shown(key)} stands here twice", f"the first is on line {first[0]}; keep one"))
                self._value(next(self.events), (*path, _LEFT_OUT), depth + 1)
                continue
            self.places[(*path, key, _KEY)] = place
            result[key] = self._value(next(self.events), (*path, key), depth + 1)
        return result

    def _scalar(self, event: Any) -> Any:
        """A word without quotes: a number, true or false, nothing, or text."""
        text = event.value
        if text in _WORDS:
            return _WORDS[text]
        if not _NUMBER.fullmatch(text):
            return text
        value = float(text)
        if len(text) > _LONGEST_NUMBER or value in (float("inf"), float("-inf")):
            self._refuse(event, f"the number {shown(text)} is too large or too long", "write it with fewer digits")
            return None
        return int(text) if _INTEGER.fullmatch(text) else value

    def _refuse(self, event: Any, message: str, expected: str) -> None:
        self.spoilt = True
        self.problems.append(Problem(self.name, *_place(event), message, expected))


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1
