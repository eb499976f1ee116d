"""Numbers drawn by lot that come out the same on every machine and in every version of Python and numpy.

Each county and each thing drawn has a stream of uniform numbers of its own, from the frozen generator that numpy keeps for
such uses, and every distribution is read off them by its own inverse. So a county is the same however many others there are,
a thing more to draw changes no other, and a team under pressure has the luck that it would have had without.
"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import NormalDist
from typing import Any
from zlib import crc32

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
_LEAST = 1e-12  # a uniform number of exactly nought has no normal one
_BELOW_ONE = 1 - 2.0**-53


class Luck:
    """The luck of every team of some counties: for each thing drawn, a uniform number from 0 to 1 a team, county by county.

    Args:
        seed: from 0 to 2**32 - 1.
        counties: their numbers, from 1.
        size: teams in each.
    """

    def __init__(self, seed: int, counties: Sequence[int], size: int):
        self._seed, self._counties, self._size = seed, counties, size
        self._drawn: dict[str, Floats] = {}

    def of(self, thing: str) -> Floats:
        if thing not in self._drawn:
            key = crc32(thing.encode())
            streams = [np.random.RandomState([self._seed, county, key]).random_sample(self._size) for county in self._counties]
            self._drawn[thing] = np.concatenate(streams)
        return self._drawn[thing]


def whole(luck: Floats, least: Any, most: Any) -> Floats:
    """A whole number from `least` to `most`, each as likely."""
    return np.asarray(least + np.floor(luck * (np.asarray(most) - least + 1)), dtype=np.float64)


def happens(luck: Floats, share: Any) -> Floats:
    """1 with a chance of `share`, else 0."""
    return np.where(luck < share, 1.0, 0.0)


def binomial(luck: Floats, of: Any, share: Any) -> Floats:
    """How many of `of` it happens to, with a chance of `share` each."""
    n, p = (np.broadcast_to(np.asarray(one, dtype=np.float64), luck.shape) for one in (of, share))
    often = p > 0.5  # counted from the other side, where the first term does not vanish
    rare, u = np.where(often, 1 - p, p), np.where(often, np.minimum(1 - luck, _BELOW_ONE), luck)
    term = (1 - rare) ** n
    below, found = term.copy(), np.zeros_like(u)
    for number in range(int(n.max(initial=0))):
        found += (u >= below) & (number < n)
        term = term * (n - number) / (number + 1) * rare / (1 - rare)
        below += term
    return np.where(often, n - found, found)


def poisson(luck: Floats, mean: Any) -> Floats:
    """How many separate events there are where `mean` are usual; up to a mean of some hundreds."""
    usual = np.broadcast_to(np.asarray(mean, dtype=np.float64), luck.shape)
    term = np.exp(-usual)
    below, found = term.copy(), np.zeros_like(luck)
    most = int(usual.max(initial=0) + 10 * np.sqrt(usual.max(initial=0)) + 20)
    for number in range(most):
        more = luck >= below
        if not more.any():
            break
        found += more
        term = term * usual / (number + 1)
        below += term
    return found


def normal(luck: Floats, mean: Any, spread: Any) -> Floats:
    standard = NormalDist()
    return np.asarray(mean + spread * np.array([standard.inv_cdf(min(max(u, _LEAST), 1 - _LEAST)) for u in luck]))
