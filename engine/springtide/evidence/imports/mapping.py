"""The mapping file: what each column of another system's file becomes, and which of that a person has yet to confirm."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ...rulepack.problems import did_you_mean
from ...rulepack.yaml_reader import YamlFile, read_yaml
from ..records import EvidenceError, EvidenceProblem

NOTHING = "nothing"
CONVERSIONS = ("percent", "headcount", "date")
Kind = Literal["forms", "table"]


@dataclass
class Column:
    """What a column becomes: a column of evidence, or nothing. `because` says why nothing; `guess`, how it was guessed."""

    column: str
    to: str
    convert: str = ""
    fte_each: float | None = None
    because: str = ""
    guess: str = ""
    confirmed: bool = True


@dataclass
class Word:
    """What a word in the cells means: an answer of the scale, a team's id, a kind of respondent."""

    written: str
    means: str
    confirmed: bool = True


@dataclass
class Mapping:
    """The whole mapping of one kind of file."""

    kind: Kind
    columns: list[Column]
    sheet: str = ""
    headings_in_row: int | None = None
    quarter: str = ""
    dates: str = ""
    dates_confirmed: bool = True
    answers: list[Word] = field(default_factory=list)
    teams: list[Word] = field(default_factory=list)
    respondents: list[Word] = field(default_factory=list)

    @property
    def open_lines(self) -> list[str]:
        """What a person has still to look at, a sentence each."""
        said = [f"column {_named(c.column)} was taken for {c.to}, {c.guess}" for c in self.columns if not c.confirmed]
        if not self.dates_confirmed:
            said.append(f"dates can be read in two ways; taken as {self.dates}")
        for name, words in (("answer", self.answers), ("team", self.teams), ("respondent", self.respondents)):
            for word in words:
                if not word.confirmed:
                    what = f"was taken for {_named(word.means)}" if word.means else "is not known"
                    said.append(f"the {name} {_named(word.written)} {what}")
        return said


# -- as a file -------------------------------------------------------------------------------------


class _Doc(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


YesNo = Literal["yes", "no"]
Text = Annotated[str, Field(min_length=1)]


class _ColumnDoc(_Doc):
    column: str
    to: Text
    convert: Literal["percent", "headcount", "date"] | None = None
    fte_each: float | None = Field(default=None, gt=0, le=1)
    because: str | None = None
    guess: str | None = None
    confirmed: YesNo | None = None  # a guess is not confirmed until somebody says so


class _WordDoc(_Doc):
    written: str
    means: str | None = None
    confirmed: YesNo = "yes"


class _MappingDoc(_Doc):
    kind: Kind
    sheet: str | None = None
    headings_in_row: int | None = Field(default=None, ge=1)
    quarter: str | None = None
    dates: Literal["day first", "month first"] | None = None
    dates_confirmed: YesNo = "yes"
    columns: list[_ColumnDoc]
    answers: list[_WordDoc] = []
    teams: list[_WordDoc] = []
    respondents: list[_WordDoc] = []


_EXPECTED = {
    "extra_forbidden": "this key is not known here",
    "missing": "this is needed here",
    "string_type": "should be text, in quotation marks if it looks like a number",
    "greater_than": "should be more than 0, and 1 at most",
    "less_than_equal": "should be more than 0, and 1 at most",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "list_type": "should be a list, an entry a line with '- '",
}


def read_mapping(path: Path, targets: Iterable[str]) -> Mapping:
    """Read a mapping file.

    Raises:
        EvidenceError: every mistake in it, with its line.
    """
    file, problems = read_yaml(path, path.name)
    if file is None or problems:
        raise EvidenceError([EvidenceProblem(path.name, p.line, "", p.message, p.expected) for p in problems])
    try:
        doc = _MappingDoc.model_validate(file.data)
    except ValidationError as error:
        raise EvidenceError([_at(file, detail["loc"], _said(detail), _EXPECTED.get(detail["type"], detail["msg"])) for detail in error.errors()]) from None
    known = {NOTHING, *targets}
    mapping = Mapping(
        doc.kind, [Column(c.column, c.to, c.convert or "", c.fte_each, c.because or "", c.guess or "", c.confirmed == "yes" or (c.confirmed is None and not c.guess)) for c in doc.columns],
        doc.sheet or "", doc.headings_in_row, doc.quarter or "", doc.dates or "", doc.dates_confirmed == "yes",
        *([Word(w.written, w.means or "", w.confirmed == "yes") for w in words] for words in (doc.answers, doc.teams, doc.respondents)),
    )  # fmt: skip
    wrong = list(_mistakes(file, mapping, known))
    if wrong:
        raise EvidenceError(wrong)
    return mapping


def _mistakes(file: YamlFile, mapping: Mapping, known: set[str]) -> Iterator[EvidenceProblem]:
    first: dict[str, int] = {}
    for place, column in enumerate(mapping.columns):
        if column.to not in known:
            yield _at(file, ("columns", place, "to"), f"there is no '{column.to}' in evidence", did_you_mean(column.to, known) or "the columns are listed in docs/reference/evidence.md")
        elif column.to != NOTHING and column.to in first and not re.fullmatch(r"q\d+", column.to):
            yield _at(file, ("columns", place, "to"), f"two columns become {column.to}", f"the first is in line {file.place(('columns', first[column.to]))[0]}; make one of them nothing")
        if column.convert == "headcount" and column.fte_each is None:
            yield _at(file, ("columns", place, "convert"), "a headcount needs fte_each", "write how many full-time posts a person fills on average, as fte_each: 0.9")
        first.setdefault(column.to, place)
    for name, words in (("answers", mapping.answers), ("teams", mapping.teams), ("respondents", mapping.respondents)):
        for place, word in enumerate(words):
            if word.confirmed and not word.means:
                yield _at(file, (name, place), f"{_named(word.written)} is confirmed and means nothing", "write the team's id, or nothing to leave its rows out" if name == "teams" else "write what it means, or not supplied")


def _said(detail: object) -> str:
    loc = detail["loc"]  # type: ignore[index]
    names = [str(part) for part in loc if not isinstance(part, int)]
    return f"'{names[-1] if names else 'the mapping'}' can't be so"


def _at(file: YamlFile, path: tuple[object, ...], message: str, hint: str) -> EvidenceProblem:
    return EvidenceProblem(file.name, file.place(tuple(path))[0], "", message, hint)


def as_yaml(mapping: Mapping, file: str) -> str:
    """The mapping as text, with what is to be looked at marked."""
    lines = [
        f"# How the columns of {file} become evidence. Check it, and keep it: the next file of this kind can use it again.",
        "# `to` is a column of evidence, or nothing. Where a line says confirmed: no, springtide has guessed:",
        "# correct it if need be, write yes, and run the command again.",
        f"kind: {mapping.kind}",
    ]
    if mapping.sheet:
        lines.append(f"sheet: {_text(mapping.sheet)}")
    if mapping.headings_in_row is not None:
        lines.append(f"headings_in_row: {mapping.headings_in_row}")
    if mapping.quarter:
        lines.append(f"quarter: {mapping.quarter}")
    if mapping.dates:
        lines += [f"dates: {mapping.dates}", *([] if mapping.dates_confirmed else ["dates_confirmed: no    # 03/02/2009 could be either"])]
    lines += ["", "columns:"]
    for column in mapping.columns:
        lines += [f"  - column: {_text(column.column)}", f"    to: {column.to}"]
        if column.convert:
            lines.append(f"    convert: {column.convert}")
        if column.fte_each is not None or column.convert == "headcount":
            lines.append(f"    fte_each: {column.fte_each or '# full-time posts that a person fills on average, as 0.9'}")
        if column.because:
            lines.append(f"    because: {_text(column.because)}")
        if not column.confirmed:
            lines += [f"    guess: {_text(column.guess)}", "    confirmed: no"]
    for name, title, words in (
        ("answers", "Answers that are not words of the scale, and which word they mean.", mapping.answers),
        ("teams", "Teams as the file writes them, and their ids; nothing leaves such rows out.", mapping.teams),
        ("respondents", "Whose view it is: manager, practitioner, collective, or not supplied.", mapping.respondents),
    ):
        if words:
            lines += ["", f"# {title}", f"{name}:"]
            for word in words:
                lines += [f"  - written: {_text(word.written)}", f"    means: {_text(word.means) if word.means else ''}".rstrip()]
                if not word.confirmed:
                    lines.append("    confirmed: no")
    return "\n".join(lines) + "\n"


def _text(text: str) -> str:
    """Text in YAML, on one line: JSON's spelling of it is one of YAML's."""
    return json.dumps(text, ensure_ascii=False)


def _named(text: str) -> str:
    short = " ".join(text.split())
    return f"'{short if len(short) <= 70 else short[:67] + '...'}'"
