"""What every part of the loader stands on: the stack, the mistakes so far, and the words of the pack."""

from __future__ import annotations

from typing import Any

from ..logic import model as m
from ..logic.quarter import Quarter, QuarterError, parse_quarter
from ..logic.units import UNITS
from . import schema
from .condition_parser import RESERVED, Vocabulary
from .layers import Entry, Stack
from .problems import Problem, did_you_mean
from .shapes import check_shape
from .yaml_reader import Path_

_LONGEST_QUARTER = 60


class Reading:
    """The entries of a pack being read; each part of the loader adds the mistakes that it finds."""

    def __init__(self, stack: Stack, problems: list[Problem]):
        self.stack = stack
        self.problems = problems
        self.docs: dict[tuple[str, str], Any] = {}
        self.vocabulary = Vocabulary()

    def _check_shapes(self) -> None:
        for kind, held in self.stack.entries.items():
            for entry in held.values():
                doc = check_shape(entry, self.problems)
                if doc is not None:
                    self.docs[kind, entry.id] = doc
        for entry in self.stack.overrides.values():
            doc = check_shape(entry, self.problems)
            if doc is not None:
                self.docs["override", entry.id] = doc
        for adjusting in self.stack.adjusted.values():
            for place, entry in enumerate(adjusting):
                doc = check_shape(entry, self.problems)
                if doc is not None:
                    self.docs[f"adjusted {place}", entry.id] = doc

    def _collect_words(self) -> None:
        """Ids are collected from raw data, so that one bad entry does not make every mention of it wrong."""
        words, stack = self.vocabulary, self.stack
        for kind in ("figures", "measures"):
            for key, entry in stack.of(kind).items():
                words.numbers.setdefault(key, _unit_of(entry))
        words.thresholds = {key: _unit_of(entry) for key, entry in stack.of("thresholds").items()}
        words.team_pressures = self._names("team pressure")
        words.felt_pressures = {key for key, entry in stack.of("team pressure").items() if isinstance(entry.data, dict) and "felt" in entry.data}
        words.county_pressures = self._names("county pressure")
        words.rules = self._names("risk rule")
        words.unread = self._names("notice") | self._names("confidence reducer")
        words.periods = set(stack.of("periods"))
        for question in _listed(stack.of("questionnaire"), "questions"):
            words.questions.add(question["id"])
            if question.get("favourable_when") != "unknown":
                words.keyed_questions.add(question["id"])
        for name in words.questions:
            words.numbers.pop(name, None)
        words.levels = {level["id"] for level in _listed(stack.of("levels"), "levels")}
        self._check_unique()

    def _names(self, kind: str) -> set[str]:
        """The rules of a kind; those whose file could not be read are there too."""
        return set(self.stack.of(kind)) | {stem for unread, stem in self.stack.unread if unread.name == kind}

    def _check_unique(self) -> None:
        owners: dict[str, Entry] = {}
        for kind in ("figures", "measures", "tallies", "team pressure", "county pressure", "supervision", "risk rule", "notice",
                     "confidence reducer", "what if", "alert"):  # fmt: skip
            for key, entry in self.stack.of(kind).items():
                place = ("id",) if entry.kind.shape == "rule" else ()
                if key in owners:
                    first = owners[key]
                    self.problems.append(entry.problem(place, f"'{key}' is the name of another thing too, a {first.kind.name} at {first.at}",
                                                       "give one of the two another name", key=not place))  # fmt: skip
                elif key in self.vocabulary.questions or (key in RESERVED and entry.kind.name != "supervision"):
                    what = "a question" if key in self.vocabulary.questions else "a word of the rule language"
                    self.problems.append(entry.problem(place, f"'{key}' is {what}", "choose another name", key=not place))
                owners.setdefault(key, entry)

    def _quarter(self, entry: Entry, path: tuple[Any, ...], text: str) -> Quarter | None:
        try:
            return parse_quarter(text[:_LONGEST_QUARTER])
        except QuarterError as error:
            self.problems.append(entry.problem(path, str(error)))
        return None

    def _unit_known(self, entry: Entry, unit: str) -> bool:
        if unit not in UNITS:
            self.problems.append(entry.problem(("unit",), f"'{unit}' is not a unit", did_you_mean(unit, UNITS)))
        return unit in UNITS

    def _threshold_named(self, entry: Entry, path: tuple[Any, ...], name: str | None, unit: str) -> None:
        known = self.vocabulary.thresholds
        if name is None:
            return
        if name not in known:
            self.problems.append(entry.problem(path, f"there is no threshold '{name}'", did_you_mean(name, known)))
        elif known[name] not in (unit, None):
            self.problems.append(entry.problem(path, f"the threshold '{name}' is in {known[name]}", f"one in {unit} was expected here"))


def _unit_of(entry: Entry) -> str | None:
    """The unit that an entry names, if there is such a unit; a misspelt one is complained of once, where it stands."""
    unit = entry.data.get("unit") if isinstance(entry.data, dict) else None
    return unit if isinstance(unit, str) and unit in UNITS else None


def _listed(entries: dict[str, Entry], key: str) -> list[dict[str, Any]]:
    """The things with an id in a list of a document, whatever else may be wrong with it."""
    lists = [entry.data.get(key) for entry in entries.values()]
    return [item for held in lists if isinstance(held, list) for item in held if isinstance(item, dict) and isinstance(item.get("id"), str)]


def tidy(doc: schema.Doc) -> dict[str, Any]:
    """A document's fields as the model wants them: tuples for lists, one line for folded text."""
    values: dict[str, Any] = {}
    for name, value in doc.model_dump().items():
        if name == "cites":
            values[name] = paragraph_numbers(value)
        elif isinstance(value, list):
            values[name] = tuple(value)
        elif isinstance(value, str):
            values[name] = " ".join(value.split())
        else:
            values[name] = "" if value is None and name in ("note",) else value
    return values


def examples_of(entry: Entry, docs: list[schema.ExampleDoc], path: Path_) -> tuple[m.Example, ...]:
    """The examples in a list, each with its place."""
    return tuple(m.Example(doc.name, doc.given, doc.expect, entry.file.at((*path, place))) for place, doc in enumerate(docs))


def paragraph_numbers(cites: list[str] | None) -> tuple[int, ...]:
    return tuple(int(cite.removeprefix("para ")) for cite in cites or [])
