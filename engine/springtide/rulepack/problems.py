"""Mistakes in a rule pack: objects first, text second."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_LONGEST_SHOWN = 60


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: where it stands, what is wrong, what was expected.

    `line` and `column` count from 1; `file` is the path as the user can find it.
    """

    file: str
    line: int
    column: int
    message: str
    expected: str = ""

    def __str__(self) -> str:
        tail = f"; {self.expected}" if self.expected else ""
        return f"{self.file}:{self.line}:{self.column}: {self.message}{tail}"


class PackError(Exception):
    """A rule pack that does not load, with every mistake found in it."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def did_you_mean(word: Any, known: Iterable[str]) -> str:
    """A hint for a misspelt word: the nearest known ones, or all of them if they are few."""
    options = sorted(set(known))
    near = nearest(word, options)
    if near:
        return "did you mean " + " or ".join(f"'{option}'" for option in near) + "?"
    if 0 < len(options) <= 12:
        return "expected one of: " + ", ".join(options)
    return ""


def nearest(word: Any, known: Iterable[str]) -> list[str]:
    """The one or two known words most like another, best first, whatever the capitals; a poor second is left out."""
    spelt = {option.lower(): option for option in known}
    written = str(word).lower()[:_LONGEST_SHOWN]
    near = difflib.get_close_matches(written, spelt, n=2, cutoff=0.6)
    likeness = [difflib.SequenceMatcher(None, option, written).ratio() for option in near]
    if len(near) == 2 and (likeness[0] >= 0.9 or likeness[0] - likeness[1] > 0.15):
        near = near[:1]
    return [spelt[option] for option in near]


def shown(value: Any) -> str:
    """A value of a YAML file as a message shows it: as it is written there, and never long."""
    if value is None:
        return "nothing"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, dict):
        return "a mapping"
    text = str(value).lower() if isinstance(value, bool) else " ".join(str(value).split())
    text = text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 3] + "..."
    return text if isinstance(value, (bool, int, float)) else f"'{text}'"
