"""Text that came from spreadsheets, made fit for a letter: on one line, and nothing in it that a mail program would act on."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from .letter import Letter, Section

ELLIPSIS = "…"
LONGEST_NAME = 80
LONGEST_SENTENCE = 2_000

# Letters and selectors that show nothing. Format and control characters go by their category.
_SHOWS_NOTHING = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
_MOST_MARKS = 2
# HTML and Slack take the first two for tags, Outlook the third for a file on a server.
_OTHER_SIGNS = str.maketrans({"<": "‹", ">": "›", "\\": "/"})
_DOT = "[.\u2024\u3002\uff0e\uff61]"
# A space where a link, a mention, a placeholder (Notify, Teams) or [words](address) would be put together.
_TAKEN_APART = (
    (re.compile(r"(?<=[^\W\d]):(?=\S)"), ": "),
    (re.compile(r"//+"), "/ /"),
    (re.compile(rf"(?<=[^\W_]){_DOT}(?=[^\W\d_])"), ". "),
    (re.compile(rf"(?<=[^\W\d_]){_DOT}(?=[^\W_])"), ". "),
    (re.compile(r"(?<=\S)@"), " @"),
    (re.compile(r"@(?=\S)"), "@ "),
    (re.compile(r"\((?=\()"), "( "),
    (re.compile(r"\{(?=\{)"), "{ "),
    (re.compile(r"\](?=\()"), "] "),
)
_EMPHASIS = re.compile(r"[*`~^|]+|(?<!\w)_+|_+(?!\w)")
_OPENS_A_LIST = "#-+=›•·–— "


def plain(text: str, most: int = LONGEST_NAME) -> str:
    """A name as a letter shows it: its words on one line, no longer than `most`, with no link and no markup.

    Nothing is left of a name that is made of markup alone.
    """
    words = " ".join(_EMPHASIS.sub(" ", _tamed(_on_one_line(text[: most * 8]))).split())
    return _cut(words.lstrip(_OPENS_A_LIST), most)


def sentence(text: str, most: int = LONGEST_SENTENCE) -> str:
    """A sentence with names in it, on one line, in which nothing is hidden and nothing is a link.

    Milder than `plain`, for a sentence may quote a command with its dashes.
    """
    return _cut(_tamed(_on_one_line(text[: most * 8])), most)


@lru_cache(maxsize=16)
def in_plain_words(letter: Letter) -> Letter:
    """A letter as every channel should show it; what is blank is left out. It is asked for once as text and once as a page."""
    sections = (Section(sentence(one.heading), _each(one.says), _each(one.points)) for one in letter.sections)
    return Letter(sentence(letter.subject), tuple(one for one in sections if one != Section("")))


def _each(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(said for text in texts if (said := sentence(text)))


def _on_one_line(text: str) -> str:
    joined = " ".join(text.split())
    if joined.isascii() and joined.isprintable():  # nothing below would find anything in it, and most sentences are such
        return joined
    seen = "".join(one for one in joined if one.isprintable())
    return " ".join(_few_marks(unicodedata.normalize("NFC", _SHOWS_NOTHING.sub("", seen))).split())


def _few_marks(text: str) -> str:
    """Without marks heaped on one letter until they run over the lines around it."""
    kept: list[str] = []
    heaped = 0
    for character in text:
        heaped = heaped + 1 if unicodedata.category(character) in ("Mn", "Me") else 0
        if heaped <= _MOST_MARKS:
            kept.append(character)
    return "".join(kept)


def _tamed(text: str) -> str:
    text = text.translate(_OTHER_SIGNS)
    for pattern, apart in _TAKEN_APART:
        text = pattern.sub(apart, text)
    return text


def _cut(text: str, most: int) -> str:
    # The ellipsis joins no sign that would have had a space after it.
    return text if len(text) <= most else text[: most - 1].rstrip(" @:([{]/.") + ELLIPSIS
