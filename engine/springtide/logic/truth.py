"""Three truth values: met, not met, cannot tell (Kleene's strong logic)."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from .conditions import EPSILON


class Truth(IntEnum):
    """How far a condition holds, ordered so that `all` is the least and `any` the greatest.

    Replacing a missing value by any actual one can only turn CANNOT_TELL into one of the others,
    never MET into NOT_MET. That is why a level and a could-be derived from it can be trusted.
    """

    NOT_MET = 0
    CANNOT_TELL = 1
    MET = 2

    def __str__(self) -> str:
        return _WORDS[self]

    @property
    def could(self) -> bool:
        """Whether the condition holds, or would if the unknowns went that way."""
        return self is not Truth.NOT_MET

    @property
    def known(self) -> bool:
        return self is not Truth.CANNOT_TELL

    @staticmethod
    def of(value: bool | None) -> Truth:
        """The truth of a plain yes or no; None is cannot tell."""
        if value is None:
            return Truth.CANNOT_TELL
        return Truth.MET if value else Truth.NOT_MET

    @staticmethod
    def between(proved: bool, possible: bool) -> Truth:
        """The truth of something proved, or at least possible."""
        if proved:
            return Truth.MET
        return Truth.CANNOT_TELL if possible else Truth.NOT_MET


_WORDS = {Truth.MET: "met", Truth.NOT_MET: "not met", Truth.CANNOT_TELL: "cannot tell"}


def all_of(truths: Iterable[Truth]) -> Truth:
    return min(truths, default=Truth.MET)


def any_of(truths: Iterable[Truth]) -> Truth:
    return max(truths, default=Truth.NOT_MET)


def negation(truth: Truth) -> Truth:
    return Truth(2 - truth)


def at_least(n: int, truths: Iterable[Truth]) -> Truth:
    """Whether at least n hold: met by those proved, not met when even the possible ones are too few."""
    known = list(truths)
    proved = sum(truth is Truth.MET for truth in known)
    possible = sum(truth is not Truth.NOT_MET for truth in known)
    return Truth.between(proved >= n, possible >= n)


def more_than_share(share: float, affected: int, could_be_affected: int, of: int) -> Truth:
    """Whether more than `share` of all `of` are affected, whatever the silent ones would say.

    Met when those proved are more than the share; not met when the share would not be passed even
    if every silent one were affected; otherwise cannot tell. Of nobody: cannot tell. As many as the
    share, to within EPSILON, are not more: 0.58 of 50 is 29, though floats make it a hair less.
    """
    if of == 0:
        return Truth.CANNOT_TELL
    limit = share * of + EPSILON
    return Truth.between(affected > limit, could_be_affected > limit)
