"""Which column of another system's file is what: by its words, its number, or its likeness, and how sure that is."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher

# A guess is made from this likeness on, and only where the next best is this much less alike.
_ALIKE, _CLEARLY = 0.72, 0.08
_MOST_GUESSED = 0.45  # less than this likeness beside a number speaks against the number
_NUMBERED = re.compile(r"^\s*(?:(?P<word>q|question)\s*\.?\s*(?P<named>\d{1,2})|(?P<bare>\d{1,2}))\s*(?:[.):\-\u2013\u2014]+\s*|\s+)(?P<rest>.*)$", re.IGNORECASE | re.DOTALL)
_ONLY_NUMBER = re.compile(r"^\s*(?:q|question)\s*\.?\s*(\d{1,2})\s*[.):]?\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Match:
    """What one column was taken for. `to` is empty where it is nothing that evidence holds; `guess` says why it is not sure."""

    place: int
    heading: str
    to: str
    guess: str = ""
    twin_of: str = ""  # what another column with the same words was taken for


def plain(text: str) -> str:
    """A heading's words alone: one kind of space, quotation mark and dash, no capitals, no full stop, colon or per-cent sign at its end."""
    even = unicodedata.normalize("NFKC", text).translate({0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: "-", 0xAD: None, 0x200B: None})
    return " ".join(even.split()).casefold().rstrip(" .:?*%()")


@dataclass(frozen=True)
class _Candidate:
    target: str
    likeness: float
    guess: str


def match_columns(headings: Iterable[str], targets: Mapping[str, tuple[str, ...]], numbers: Mapping[int, str]) -> list[Match]:
    """Match headings to targets, each target once.

    Args:
        headings: as they stand in the file, in order.
        targets: what may be meant, each with its names: the words of a question, or the id and title of a figure.
        numbers: the question of each number.

    Returns:
        One match a heading, in their order.
    """
    listed = list(headings)
    exact: dict[int, str] = {}
    by_words = {plain(name): target for target, names in targets.items() for name in names}
    twice: dict[int, str] = {}
    for place, heading in enumerate(listed):
        target = _by_words(heading, by_words)
        if target and target in exact.values():
            twice[place] = target
        elif target:
            exact[place] = target
    guesses: list[tuple[float, int, _Candidate]] = []
    for place, heading in enumerate(listed):
        if place in exact or place in twice or not heading.strip():
            continue
        candidate = _guess(heading, {target: names for target, names in targets.items() if target not in exact.values()}, numbers)
        if candidate is not None:
            guesses.append((candidate.likeness, place, candidate))
    guessed: dict[int, _Candidate] = {}
    for _, place, candidate in sorted(guesses, key=lambda one: (-one[0], one[1])):
        if candidate.target not in {other.target for other in guessed.values()}:
            guessed[place] = candidate
    matches = []
    for place, heading in enumerate(listed):
        if place in exact:
            matches.append(Match(place, heading, exact[place]))
        elif place in guessed:
            matches.append(Match(place, heading, guessed[place].target, guessed[place].guess))
        elif place in twice:
            matches.append(Match(place, heading, "", twin_of=twice[place]))
        else:
            matches.append(Match(place, heading, ""))
    return matches


def _by_words(heading: str, by_words: Mapping[str, str]) -> str | None:
    """The target whose words these are, a number before them or a 2 that marks a second column of one title left aside."""
    whole = plain(heading)
    if whole in by_words:
        return by_words[whole]
    numbered = _NUMBERED.match(whole)
    for words in (plain(numbered["rest"]) if numbered else "", plain(whole[:-1]) if whole[-1:].isdigit() else ""):
        # Of a figure, "Q3" before the words or a digit after them may be its quarter: only questions have numbers.
        if words in by_words and re.fullmatch(r"q\d+|team_id|respondent", by_words[words]):
            return by_words[words]
    return None


def _guess(heading: str, targets: Mapping[str, tuple[str, ...]], numbers: Mapping[int, str]) -> _Candidate | None:
    numbered = _NUMBERED.match(heading)
    words = plain(numbered["rest"]) if numbered else plain(heading)
    likeness = {target: max(_likeness(words, plain(name)) for name in names) for target, names in targets.items()}
    named = _ONLY_NUMBER.match(heading)
    number = int(named[1]) if named else int(numbered["named"] or numbered["bare"]) if numbered else None
    by_number = numbers.get(number) if number is not None else None
    if by_number in targets and by_number is not None:
        if named:
            return _Candidate(by_number, 1.0, "by its number alone")
        if likeness[by_number] >= _MOST_GUESSED and likeness[by_number] >= max(likeness.values()) - _CLEARLY:
            return _Candidate(by_number, 1.0, f"by its number; the words are {likeness[by_number]:.0%} alike")
    ranked = sorted(likeness.items(), key=lambda one: (-one[1], one[0]))
    if ranked and ranked[0][1] >= _ALIKE and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= _CLEARLY):
        return _Candidate(ranked[0][0], ranked[0][1], f"by likeness; the words are {ranked[0][1]:.0%} alike")
    return None


def _likeness(one: str, other: str) -> float:
    """From 0 to 1: the better of how alike the letters are, and how many words are shared."""
    first, second = set(re.findall(r"[a-z0-9']+", one)), set(re.findall(r"[a-z0-9']+", other))
    shared = 2 * len(first & second) / (len(first) + len(second)) if first and second else 0.0
    return max(SequenceMatcher(None, one, other, autojunk=False).ratio() if shared >= 0.3 or len(one) < 25 else 0.0, shared)
