"""Letters to be read before they go out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ...alerts.letters.text import as_text
from ...alerts.people.directory import Addressee
from ...alerts.previewing import Preview, Waiting
from ..wording import capital, counted, indented
from .wording import post_words, when

Find = Callable[[str, str, date], Sequence[Addressee]]


def render(found: Preview, find: Find | None, today: date) -> RenderableType:
    many = counted(len(found.letters), "letter")
    how = f"{many} of {found.quarter} queued and not sent" if found.queued else f"What {found.quarter} would queue if alerts were on from it: {many}"
    parts: list[RenderableType] = [Text(how, style="bold"), indented("Nothing is sent by this." + ("" if found.queued or not found.letters else " To switch them on: springtide alerts start"))]
    for letter in found.letters:
        parts += [Text(), Text("─" * 60), *_head(letter, find, today), Text(), Text(as_text(letter.letter).rstrip())]
    return Group(*parts)


def _head(letter: Waiting, find: Find | None, today: date) -> list[RenderableType]:
    to = capital(post_words(letter.post, letter.place))
    lines: list[RenderableType] = [Text(f"To: {to}{f' ({letter.id})' if letter.id else ''}; {letter.stage}, from {when(letter.not_before)} on")]
    if find is not None:
        lines += [indented(f"today: {one.name} <{one.email}>, {one.why}") for one in find(letter.post, letter.place, today)]
    return lines


def as_dict(found: Preview, find: Find | None, today: date) -> dict[str, Any]:
    letters = [
        {
            "id": one.id or None, "post": one.post, "place": one.place, "stage": one.stage, "not_before": one.not_before.astimezone(UTC).isoformat(), "letter": one.letter.as_data(),
            "to": None if find is None else [{"name": to.name, "email": to.email, "why": to.why} for to in find(one.post, one.place, today)],
        }
        for one in found.letters
    ]  # fmt: skip
    return {"quarter": str(found.quarter), "queued": found.queued, "letters": letters}
