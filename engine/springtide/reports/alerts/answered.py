"""What managers answered to a team's alerts, beside what is told of the team."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ...alerts.answering import WORDS, Answer
from ..wording import indented
from .wording import when


def section(given: Sequence[Answer], *, with_words: bool = True) -> Iterator[RenderableType]:
    """The answers, the oldest first; nothing where there are none. Without words where it is to leave the district."""
    if not given:
        return
    yield Text("What managers answered to its alerts (no level changes by it)", style="bold")
    for one in given:
        words = f': "{one.words}"' if one.words and with_words else ""
        yield indented(f"{one.quarter}: {one.by} {WORDS[one.kind]}, {when(one.at)}, on {', '.join(one.alerts)}{words}")


def as_list(given: Sequence[Answer], *, with_words: bool = True) -> list[dict[str, Any]]:
    return [one.as_data() | ({} if with_words else {"words": ""}) for one in given]
