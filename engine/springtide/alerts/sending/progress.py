"""How far a message has come, worked out from what was noted of it and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from ...history.store.outgoing import Event

TRIES = 8  # after so many that failed, or of which nobody knows how they ended, a message is set aside
_FIRST_WAIT, _LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)

State = Literal["waiting", "trying", "sent", "failed", "set aside", "withdrawn"]


def wait_after(tries: int) -> timedelta:
    """How long a message waits after so many tries that failed: 5 minutes, then twice as long each time, up to 6 hours."""
    doublings = min(max(tries - 1, 0), TRIES)
    return min(_FIRST_WAIT * (1 << doublings), _LONGEST_WAIT)


@dataclass(frozen=True)
class Copy:
    """How far the copy for one recipient has come.

    `tries` are those since it was queued or given back; where the channel was down, that was none of the message's.
    `unknown` counts the tries that may have arrived, though nobody knows. `next_try`: it waits till then.
    """

    state: State = "waiting"
    tries: int = 0
    unknown: int = 0
    failed_at: datetime | None = None
    next_try: datetime | None = None

    @property
    def may_have_arrived(self) -> bool:
        """Whether it may have arrived without a note of it, so that the next one may be a second one."""
        return self.unknown > 0 or self.state == "trying"

    @property
    def may_have_arrived_twice(self) -> bool:
        return self.unknown + (self.state in ("trying", "sent")) > 1

    def is_due(self, now: datetime) -> bool:
        """Whether it may be tried. Where the clock was put back, nothing waits until it has come round again."""
        if self.failed_at is not None and self.next_try is not None and self.state == "failed":
            return now >= self.next_try or now < self.failed_at
        return self.state in ("waiting", "trying", "failed")

    def after(self, event: Event) -> Copy:
        """The same when something more was noted of it."""
        was_open = self.state == "trying"
        unknown = self.unknown + bool(event.detail.get("may_have_arrived"))
        match event.what:
            case "trying":
                return replace(self, state="trying", tries=self.tries + 1, unknown=self.unknown + was_open, next_try=None)
            case "sent":
                return replace(self, state="sent", next_try=None)
            case "failed" if event.detail.get("counts", True):
                tries = self.tries if was_open else self.tries + 1  # where nobody holds the post, nothing was tried
                return replace(self, state="failed", tries=tries, unknown=unknown, failed_at=event.at, next_try=event.at + wait_after(tries))
            case "failed":
                return replace(self, state="failed", tries=self.tries - was_open, failed_at=event.at, next_try=event.at + _FIRST_WAIT)
            case "set aside":
                # Given up after a last try that failed or was refused, or because too many had no outcome.
                return replace(self, state="set aside", unknown=unknown + (was_open and "try" not in event.detail), next_try=None)
            case "given back" if self.state in ("set aside", "failed"):
                return replace(self, state="waiting", tries=0, next_try=None)
        return self

    def for_other_recipients(self) -> Copy:
        """The same when its place in the list may be another person's: it is sent again rather than not at all."""
        if self.state == "sent":
            return Copy(unknown=self.unknown + 1)
        return Copy(unknown=self.unknown) if self.state == "set aside" else self


@dataclass(frozen=True)
class Progress:
    """How far a message has come.

    `copies` are by the recipient's position in the list, from 1; `of` is how many there were when it was last tried.
    `nobody`: how it stands where nobody was found who holds the post. `reason` is the last that was given for a failure.
    """

    copies: Mapping[int, Copy] = field(default_factory=dict)
    of: int = 0
    nobody: Copy | None = None
    withdrawn: bool = False
    reason: str = ""

    @property
    def state(self) -> State:
        """The state that calls for the most: while a copy is still to go, the message is not sent."""
        if self.withdrawn:
            return "withdrawn"
        if self.nobody is not None and self.nobody.state == "set aside":
            return "set aside"
        states: set[State] = {copy.state for copy in self._counted()}
        if not states or (len(self._listed()) < self.of and not states & {"trying", "failed"}):
            return "waiting"
        in_order: tuple[State, ...] = ("trying", "failed", "waiting", "set aside", "sent")
        return next(state for state in in_order if state in states)

    @property
    def is_open(self) -> bool:
        """Whether it is still to go, now or later."""
        return self.state in ("waiting", "trying", "failed")

    @property
    def tries(self) -> int:
        return max((copy.tries for copy in self._counted()), default=0)

    @property
    def next_try(self) -> datetime | None:
        """When the next try is due, where a failed one is being waited after."""
        return min((copy.next_try for copy in self._counted() if copy.state == "failed" and copy.next_try), default=None)

    @property
    def may_have_arrived(self) -> bool:
        """Whether a try had no outcome, so that a copy may be there that nobody noted."""
        return any(copy.may_have_arrived for copy in self.copies.values())

    @property
    def may_have_arrived_twice(self) -> bool:
        return any(copy.may_have_arrived_twice for copy in self.copies.values())

    def is_due(self, now: datetime) -> bool:
        """Whether anything of it may be tried now."""
        if not self.is_open:
            return False
        if self.nobody is not None:
            return self.nobody.is_due(now)
        return len(self._listed()) < max(self.of, 1) or any(copy.is_due(now) for copy in self._listed())

    def among(self, recipients: int) -> Progress:
        """The same for a list of so many recipients. A list of another length is another list, and nobody keeps a place in it."""
        if recipients == self.of:
            return self
        moved = {position: copy.for_other_recipients() for position, copy in self.copies.items()}
        return replace(self, copies=moved, of=recipients)

    def copy(self, position: int) -> Copy:
        return self.copies.get(position, Copy())

    def after(self, event: Event) -> Progress:
        """The same when something more was noted of it."""
        said = replace(self, reason=str(event.detail["reason"])) if "reason" in event.detail else self
        if event.what == "withdrawn":
            return replace(said, withdrawn=True)
        if event.what == "given back":
            copies = {position: copy.after(event) for position, copy in said.copies.items()}
            return replace(said, copies=copies, nobody=None)
        position = event.detail.get("to", 0)
        if position == 0:
            return replace(said, nobody=(said.nobody or Copy()).after(event))
        listed = replace(said.among(event.detail["of"]), nobody=None)
        return replace(listed, copies={**listed.copies, position: listed.copy(position).after(event)})

    def _listed(self) -> list[Copy]:
        return [copy for position, copy in self.copies.items() if position <= self.of]

    def _counted(self) -> list[Copy]:
        return [*self._listed(), *([self.nobody] if self.nobody else [])]


def progress(events: Iterable[Event]) -> Progress:
    """How far a message has come by what was noted of it, the oldest first."""
    come = Progress()
    for event in events:
        come = come.after(event)
    return come
