"""Mistakes in a rule pack: objects first, text second."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


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


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint for a misspelt word: the nearest known ones, or all of them if they are few."""
    options = sorted(set(known))
    near = difflib.get_close_matches(str(word), options, n=2, cutoff=0.6)
    if near:
        return "did you mean " + " or ".join(f"'{option}'" for option in near) + "?"
    if 0 < len(options) <= 12:
        return "expected one of: " + ", ".join(options)
    return ""
