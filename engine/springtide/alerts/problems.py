"""What can go wrong between a filed quarter and the manager who should hear of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class AlertError(ValueError):
    """Alerts can't go on as asked; the message says what to do."""


@dataclass(frozen=True)
class DirectoryProblem:
    """One mistake in a directory of managers, with its place in the file."""

    file: str
    line: int
    message: str
    expected: str = ""

    def __str__(self) -> str:
        hint = f"; {self.expected}" if self.expected else ""
        return f"{self.file}:{self.line}: {self.message}{hint}"


class DirectoryError(AlertError):
    """A directory that nothing may be sent by, with every mistake in it."""

    def __init__(self, problems: Sequence[DirectoryProblem]):
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class NotSent(Exception):
    """A message that a channel did not take. `reason` names no secret, and nobody's address.

    `may_have_arrived`: it was handed over, and the answer was lost.
    """

    def __init__(self, reason: str, *, for_good: bool, may_have_arrived: bool = False):
        super().__init__(reason)
        self.reason = reason
        self.for_good = for_good
        self.may_have_arrived = may_have_arrived


class ChannelDown(NotSent):
    """Trouble with the channel altogether: a setting, a server, a network. Never the message's fault, so it costs it no try."""

    def __init__(self, reason: str):
        super().__init__(reason, for_good=False)
