"""Names and headings as people write them: which are the same but for their spelling, and which may be a slip."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache

from .cells import short

_NOT_HEARD = re.compile(r"[\s_'\u2018\u2019\u00ad\-\u2010-\u2015]+")
_BETWEEN_NUMBERS = re.compile(rf"(?<=\d){_NOT_HEARD.pattern}(?=\d)")
_LEAST_LETTERS = 4
_MOST_SHOWN = 3


@lru_cache(maxsize=65_536)
def folded(text: str) -> str:
    """A name without what is not heard in it: capitals, spaces, hyphens, underscores and apostrophes.

    What parts two numbers stays: 1-1 is not 11.
    """
    return _NOT_HEARD.sub("", _BETWEEN_NUMBERS.sub(".", unicodedata.normalize("NFKC", text).casefold()))


def column_meant(heading: str, columns: Iterable[str]) -> str | None:
    """The column that a heading stands for: itself, or the only one that differs in capitals, spaces or hyphens."""
    known = tuple(columns)
    if heading in known:
        return heading
    alike = [column for column in known if folded(column) == folded(heading)]
    return alike[0] if len(alike) == 1 else None


def spelt_apart(rows: Mapping[str, list[int]]) -> list[dict[str, list[int]]]:
    """Names, each with its rows, that are one name but for their spelling; in groups, in the order of their rows."""
    groups: dict[str, dict[str, list[int]]] = {}
    for name, numbers in rows.items():
        groups.setdefault(folded(name), {})[name] = numbers
    return [group for group in groups.values() if len(group) > 1]


def one_slip_apart(one: str, other: str) -> bool:
    """Whether two names differ in one word, by one letter too many, too few, mistaken or changed over."""
    pairs = list(zip(one.casefold().split(), other.casefold().split(), strict=False))
    differing = [(a, b) for a, b in pairs if a != b]
    if len(one.split()) != len(other.split()) or len(differing) != 1:
        return False
    first, second = differing[0]
    return first.isalpha() and second.isalpha() and min(len(first), len(second)) >= _LEAST_LETTERS and _one_edit(first, second)


def _one_edit(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    same = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest, longer = one[same:], other[same:]
    if len(one) < len(other):
        return rest == longer[1:]
    return rest[1:] == longer[1:] or (rest[1::-1] == longer[:2] and rest[2:] == longer[2:])


def rows_in_words(numbers: Iterable[int]) -> str:
    """ "row 4", "rows 2 and 3", "rows 2, 3, 5 and 8 more"."""
    listed = list(numbers)
    return ("row " if len(listed) == 1 else "rows ") + some([str(number) for number in listed])


def some(words: list[str]) -> str:
    """A list in words, with the first few and the number of the others."""
    more = len(words) - _MOST_SHOWN
    if more > 1:
        words = [*words[:_MOST_SHOWN], f"{more} more"]
    return " and ".join([*([", ".join(words[:-1])] if words[1:] else []), words[-1]])


def quoted(text: str) -> str:
    """A name in quotation marks, as a message shows it."""
    return f"'{short(text)}'"
