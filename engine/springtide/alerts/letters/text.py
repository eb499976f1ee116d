"""A letter as plain text: short lines, a blank one between paragraphs, points with a dash before them."""

from __future__ import annotations

import textwrap

from .letter import Letter, Section
from .plain import in_plain_words

WIDTH = 76


def as_text(letter: Letter) -> str:
    """The letter in lines of at most 76 characters, its subject first. A word that is longer by itself is broken."""
    shown = in_plain_words(letter)
    return "\n\n".join([*([_wrapped(shown.subject)] if shown.subject else []), *map(_section, shown.sections)]) + "\n"


def _section(section: Section) -> str:
    points = "\n".join(_wrapped(point, "- ", "  ") for point in section.points)
    said = "\n\n".join([*map(_wrapped, section.says), *([points] if points else [])])
    return "\n".join(part for part in (_wrapped(section.heading), said) if part)


def _wrapped(text: str, first: str = "", others: str = "") -> str:
    return textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)
