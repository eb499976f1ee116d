"""A letter in plain words for channels that read marks in text: Notify, Teams, Slack. Only our own marks count; a name's do not."""

from __future__ import annotations

import re
from collections.abc import Callable

from ..letters.letter import Letter

# Characters that begin a link, a mention, a quotation or code somewhere, and what stands for them.
_LOOK_ALIKES = str.maketrans({
    "<": "‹", ">": "›", "[": "(", "]": ")", "{": "(", "}": ")", "*": "∗", "`": "'", "~": "∼", "|": "¦", "\\": "∖", "^": "ˆ", "•": "·", "#": "＃",
})  # fmt: skip
_LIST_NUMBER = re.compile(r"(\d+)\.")


def for_notify(letter: Letter) -> str:
    """In the marks that GOV.UK Notify knows: ## for a heading, * for a point."""
    return _laid_out(letter, heading="## {}".format, point="* {}".format, text=_notify_text)


def for_teams(letter: Letter) -> str:
    """In the marks of an adaptive card, which has no headings."""
    return _laid_out(letter, heading="**{}**".format, point="- {}".format, text=without_marks)


def for_slack(letter: Letter) -> str:
    """In Slack's own marks."""
    return _laid_out(letter, heading="*{}*".format, point="• {}".format, text=slack_text)


def without_marks(text: str) -> str:
    """Text in which nothing is a mark."""
    return text.translate(_LOOK_ALIKES)


def slack_text(text: str) -> str:
    return without_marks(text).replace("&", "&amp;")


def _notify_text(text: str) -> str:
    """Notify takes even "12.5 posts" at the beginning of a line for the twelfth point of a list."""
    text = _LIST_NUMBER.sub(r"\1\\.", without_marks(text), count=1) if _LIST_NUMBER.match(text) else without_marks(text)
    return f"\\{text}" if text.startswith(("-", "+", "_")) else text


def _laid_out(letter: Letter, heading: Callable[[str], str], point: Callable[[str], str], text: Callable[[str], str]) -> str:
    parts = []
    for section in letter.sections:
        if section.heading:
            parts.append(heading(text(section.heading)))
        parts += [text(one) for one in section.says]
        if section.points:
            parts.append("\n".join(point(text(one)) for one in section.points))
    return "\n\n".join(parts)
