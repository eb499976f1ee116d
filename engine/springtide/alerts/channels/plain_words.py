"""Text that was supplied, made fit to stand in a header, a file or a chat: what can't be seen is left out."""

from __future__ import annotations

from ..letters import Letter, Section


def one_line(text: str, longest: int | None = None) -> str:
    """On one line, without control characters, half characters, or marks that turn the direction of reading.

    Names come from workbooks; a line break in one must not begin a header, nor a mark turn round the words after it.
    """
    if not text.isprintable():
        text = "".join(one if one.isprintable() else " " if one.isspace() else "" for one in text)
    text = " ".join(text.split())
    return text if longest is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def plain(letter: Letter) -> Letter:
    """The same letter, each of its sentences on one line."""
    sections = (Section(one_line(one.heading), tuple(map(one_line, one.says)), tuple(map(one_line, one.points))) for one in letter.sections)
    return Letter(one_line(letter.subject), tuple(sections))
