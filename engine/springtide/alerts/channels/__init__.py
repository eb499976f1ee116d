"""The ways by which a message reaches a person. Each takes one message to one person at a time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ..letters.letter import Letter


@dataclass(frozen=True)
class Recipient:
    """Somebody who holds a post, or stands in for its holder. `chat` names the secret that holds the address of their chat channel."""

    name: str
    email: str
    chat: str = ""


@dataclass(frozen=True)
class Parcel:
    """One message on its way: `id` is the same at every try, so that a second copy can be told for what it is.

    `again`: an earlier try may have arrived. `at` is when the message was queued, with its zone.
    """

    id: str
    to: Recipient
    letter: Letter
    at: datetime
    again: bool = False


class Channel(Protocol):
    """A channel that is open: `send` one after another, then `close`."""

    name: str

    def send(self, parcel: Parcel) -> str:
        """Hand over one message; gives what to note of it (a reference, a file's name). Raises NotSent."""

    def close(self) -> None:
        """Let go of connections. Raises nothing."""
