"""Sending what is due: each try is noted before it is made and its outcome after, so that whenever it stops nothing is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby

from sqlalchemy import Connection

from ...history.problems import StoreError
from ...history.store.opening import Store
from ...history.store.outgoing import Event, What
from ..channels import Channel, Parcel, Recipient
from ..letters.letter import Letter
from ..people.working_days import LONDON
from . import outbox
from .handing_over import Handed, Hands
from .one_sender import one_sender
from .progress import TRIES, Copy

FindRecipients = Callable[[str, str, date], Sequence[Recipient]]
Finish = Callable[[Connection, outbox.Queued, datetime], Letter]
Hold = Callable[[Connection, outbox.Queued, datetime], bool]
ForWhom = Callable[[Letter, Recipient, str, str], Letter]
_AT_ONCE = 10  # messages that are noted together, and so the most that can arrive twice after a crash
_IN_A_ROW = 5  # failures, after which it is the channel that fails
_NOBODY = "nobody holds this post today"
_PATIENCE = 120.0  # seconds; a channel's own timeouts are shorter


@dataclass(frozen=True)
class SendReport:
    """What a run of the sender did.

    `sent` and `failed` count copies; `again` those sent that may have arrived before. `set_aside` and `withdrawn` are
    messages. `reasons`: why some were not sent, each once. `left`: messages that were due and still wait, where the run ended early; `stopped` says why.
    """

    sent: int = 0
    again: int = 0
    failed: int = 0
    reasons: tuple[str, ...] = ()
    set_aside: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    left: int = 0
    stopped: str = ""
    another_at_work: bool = False


def send_due(
    store: Store, find_recipients: FindRecipients, channel: Channel, clock: Callable[[], datetime], *,
    first: Callable[[Connection, datetime], object] | None = None, finish: Finish = lambda connection, message, now: message.letter,
    hold: Hold = lambda connection, message, now: False, for_whom: ForWhom = lambda letter, recipient, post, place: letter,
    patience: float = _PATIENCE,
) -> SendReport:  # fmt: skip
    """Send what is due, unless another sender is at work.

    Args:
        find_recipients: who holds a post on a day, in an order that stays: whoever stands in for somebody takes that place.
        clock: the time with its zone; its date in London is the day on which posts are held.
        first: what else is to be queued, as reminders, before anything is sent; in one transaction, by one sender only.
        finish: a message's letter as it goes out, with what was said since it was queued.
        hold: whether a message that is due has to wait for another all the same.
        for_whom: a letter as it is for one recipient of a post in a place, as for who stands in for somebody.
        patience: seconds to wait for a channel's answer to one message.

    Raises:
        AlertError: the lock can't be made; and what `find_recipients` and `first` raise. What was tried is noted before.
        StoreError: the store can't be read, or not written to before anything was sent.
    """
    with one_sender(store) as check:
        if check is None:
            return SendReport(another_at_work=True, stopped="another sender is at work; what is due is its to send")
        with store.writing() as connection:
            if first is not None:
                first(connection, clock())
            withdrawn = outbox.withdraw_superseded(connection, clock())
            due = outbox.due(connection, clock())
        run = _Run(store, find_recipients, Hands(channel, patience), channel.name, clock, check, finish, hold, for_whom, [*withdrawn])
        try:
            run.send(due)
        finally:
            run.hands.close()
        return run.report(due)


@dataclass
class _Try:
    """A parcel on its way, and how its copy stood before."""

    message: str
    position: int
    of: int
    copy: Copy
    parcel: Parcel

    def event(self, at: datetime, what: What, **more: object) -> Event:
        return Event(self.message, at, what, {"to": self.position, "of": self.of, "try": self.copy.tries + 1, **more})


@dataclass
class _Run:
    store: Store
    find_recipients: FindRecipients
    hands: Hands
    channel: str
    clock: Callable[[], datetime]
    check: Callable[[], None]
    finish: Finish
    hold: Hold
    for_whom: ForWhom
    withdrawn: list[str]
    set_aside: list[str] = field(default_factory=list)
    sent: int = 0
    again: int = 0
    failed: int = 0
    reasons: list[str] = field(default_factory=list)
    in_a_row: int = 0
    stopped: str = ""
    reached: set[str] = field(default_factory=set)  # messages that this run has dealt with, whatever came of it
    outcomes: list[Event] = field(default_factory=list)  # which are not noted yet
    found: dict[tuple[str, str, date], Sequence[Recipient]] = field(default_factory=dict)
    origins: dict[int, outbox.Origin] = field(default_factory=dict)  # by the number of their record, once read

    def report(self, due: Sequence[outbox.Due]) -> SendReport:
        left = len({message.id for message in due} - self.reached) if self.stopped else 0
        aside = tuple(dict.fromkeys(self.set_aside))
        return SendReport(self.sent, self.again, self.failed, tuple(dict.fromkeys(self.reasons)), aside, tuple(self.withdrawn), left, self.stopped)

    def send(self, due: Sequence[outbox.Due]) -> None:
        """Send batch after batch: what came of one is noted in the transaction that notes what is tried next."""
        try:
            for batch in _batches(due):
                self._hand_over(self._begin(batch))
                if self.stopped:
                    break
        except StoreError as error:
            self.stopped = f"nothing more was sent, and no message is lost: {error}"
        finally:
            # Also where something else went wrong: what is known is noted.
            self._note_outcomes()

    def _begin(self, batch: Sequence[outbox.Due]) -> list[_Try]:
        """Note that these are tried now; gives the parcels. Whatever stops it from here on, they are known to have been tried."""
        self.check()
        today = self.clock().astimezone(LONDON).date()
        recipients = {message.id: self._recipients(message, today) for message in batch}
        tries: list[_Try] = []
        given_up: list[Event] = []
        with self.store.writing() as connection:
            outbox.note(connection, self.outcomes)
            withdrawn = outbox.withdraw_superseded(connection, self.clock(), [*recipients], self.origins)
            now = self.clock()
            for message in outbox.messages(connection, ids=[*recipients]):
                if message.is_due(now) and not self.hold(connection, message, now):
                    tries += self._tries(message, self.finish(connection, message, now), recipients[message.id], now, given_up)
            outbox.note(connection, [*given_up, *(one.event(now, "trying", channel=self.channel) for one in tries)])
        self.outcomes.clear()
        self.withdrawn += withdrawn
        self.set_aside += [event.message for event in given_up if event.what == "set aside"]
        self.failed += len(given_up)
        self.reasons += [str(event.detail["reason"]) for event in given_up]
        self.reached |= {*withdrawn, *(event.message for event in given_up)}
        return tries

    def _tries(self, message: outbox.Queued, letter: Letter, recipients: Sequence[Recipient], now: datetime, given_up: list[Event]) -> Iterator[_Try]:
        """The parcels of a message that are due, one for each recipient who has none yet; what can't be tried is noted."""
        if not recipients:
            tries = (message.progress.nobody or Copy()).tries + 1
            given_up.append(Event(message.id, now, "set aside" if tries >= TRIES else "failed", {"try": tries, "reason": _NOBODY}))
            return
        come_so_far = message.progress.among(len(recipients))
        for position, recipient in enumerate(recipients, 1):
            copy = come_so_far.copy(position)
            if not copy.is_due(now):
                continue
            if copy.tries >= TRIES:
                reason = f"{TRIES} tries, and nobody knows how the last one ended; it may have arrived"
                given_up.append(Event(message.id, now, "set aside", {"to": position, "of": len(recipients), "reason": reason}))
                continue
            filed_at = self.origins[message.record].filed_at
            parcel = Parcel(f"{message.id}.{position}", recipient, self.for_whom(letter, recipient, message.post, message.place), filed_at, again=copy.may_have_arrived)
            yield _Try(message.id, position, len(recipients), copy, parcel)

    def _hand_over(self, tries: Sequence[_Try]) -> None:
        """Hand parcels over; where it ends early, those that were not tried are noted as such."""
        untried = list(tries)
        try:
            while untried and not self.stopped:
                one = untried.pop(0)
                self._came_of(one, self.hands.hand(one.parcel))
        finally:
            at = self.clock()
            self.outcomes += [one.event(at, "failed", counts=False, reason="the run ended before it was tried") for one in untried]

    def _came_of(self, one: _Try, handed: Handed) -> None:
        at = self.clock()
        self.reached.add(one.message)
        if handed.outcome == "taken":
            self.in_a_row = 0
            self.sent += 1
            self.again += one.parcel.again
            self.outcomes.append(one.event(at, "sent", channel=self.channel, reference=handed.says))
            return
        self.failed += 1
        self.reasons.append(handed.says)
        more: dict[str, object] = {"may_have_arrived": True} if handed.may_have_arrived else {}
        if handed.outcome == "no answer":
            # Nothing is noted: it may have arrived, and the note of the try stands alone as after a crash.
            self.stopped = f"{handed.says}; the message it was given may have arrived, and goes again next time"
            return
        self.in_a_row = 0 if handed.outcome == "refused" else self.in_a_row + 1
        if handed.outcome == "refused" or (handed.outcome == "failed" and one.copy.tries + 1 >= TRIES):
            self.set_aside.append(one.message)
            self.outcomes.append(one.event(at, "set aside", channel=self.channel, reason=handed.says, **more))
        else:
            more |= {"counts": False} if handed.outcome == "down" else {}
            self.outcomes.append(one.event(at, "failed", channel=self.channel, reason=handed.says, **more))
        if self.in_a_row >= _IN_A_ROW:
            self.stopped = f"the channel {self.channel} failed {_IN_A_ROW} times in a row, at last: {handed.says}; the rest waits for the next run"

    def _note_outcomes(self) -> None:
        if not self.outcomes:
            return
        try:
            with self.store.writing() as connection:
                outbox.note(connection, self.outcomes)
        except StoreError as error:
            sent = sum(event.what == "sent" for event in self.outcomes)
            twice = f"; of what was sent, {sent} could not be noted, and may arrive twice" if sent else ""
            self.stopped = f"nothing more was sent, and no message is lost: {error}{twice}"

    def _recipients(self, message: outbox.Due, today: date) -> Sequence[Recipient]:
        post = (message.post, message.place, today)
        if post not in self.found:
            self.found[post] = tuple(self.find_recipients(*post))
        return self.found[post]


def _batches(due: Sequence[outbox.Due]) -> Iterator[list[outbox.Due]]:
    """What is noted together. What may have arrived goes one by one: should it be what ends the sender, it takes nothing with it."""
    for alone, some in groupby(due, key=lambda message: message.may_have_arrived):
        rest = [*some]
        size = 1 if alone else _AT_ONCE
        for start in range(0, len(rest), size):
            yield rest[start : start + size]
