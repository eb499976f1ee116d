"""Handing one parcel to a channel, whatever the channel does: it takes it, refuses it, breaks, or never comes back."""

from __future__ import annotations

import queue
import re
import threading
from dataclasses import dataclass
from typing import Literal

from ..channels import Channel, Parcel, Recipient
from ..problems import ChannelDown, NotSent

_MOST = 200  # characters of what is noted of a channel's words
_Outcome = Literal["taken", "failed", "refused", "down", "no answer"]


@dataclass(frozen=True)
class Handed:
    """How handing over a parcel ended. `says` is the channel's reference, or why not: no address, and no name of the recipient's.

    After "no answer" the channel is still at it, and may not be used again.
    """

    outcome: _Outcome
    says: str
    may_have_arrived: bool = False


class Hands:
    """Hands parcels to a channel, one after another, and waits for each only so long."""

    def __init__(self, channel: Channel, patience: float):
        self._channel = channel
        self._patience = patience
        self._parcels: queue.SimpleQueue[Parcel | None] = queue.SimpleQueue()
        self._answers: queue.SimpleQueue[str | BaseException] = queue.SimpleQueue()
        # A thread of which nothing is waited for in the end: one that hangs must not hold up the process as well.
        threading.Thread(target=self._work, daemon=True, name="springtide-channel").start()

    def hand(self, parcel: Parcel) -> Handed:
        self._parcels.put(parcel)
        try:
            answer = self._answers.get(timeout=self._patience)
        except queue.Empty:
            return Handed("no answer", f"the channel gave no answer within {self._patience:g} seconds")
        if isinstance(answer, str):
            return Handed("taken", _without(parcel.to, answer))
        if isinstance(answer, NotSent):
            outcome: _Outcome = "down" if isinstance(answer, ChannelDown) else "refused" if answer.for_good else "failed"
            return Handed(outcome, _without(parcel.to, answer.reason), answer.may_have_arrived)
        if isinstance(answer, Exception):
            # What it says may hold anything, an address or a secret as well: only its kind is told. Nor does it say how far it came.
            return Handed("failed", f"the channel broke on it ({type(answer).__name__})", may_have_arrived=True)
        raise answer

    def close(self) -> None:
        self._parcels.put(None)

    def _work(self) -> None:
        while (parcel := self._parcels.get()) is not None:
            try:
                answer: str | BaseException = self._channel.send(parcel)
            except BaseException as error:
                answer = error
            self._answers.put(answer)


def _without(recipient: Recipient, said: str) -> str:
    """What a channel said, without the address and name that it may have repeated."""
    for personal in (recipient.email, recipient.email.partition("@")[0], recipient.name):
        if len(personal) > 2 and personal.casefold() in said.casefold():
            said = re.sub(rf"(?<!\w){re.escape(personal)}(?!\w)", "…", said, flags=re.IGNORECASE)
    return said[:_MOST]
