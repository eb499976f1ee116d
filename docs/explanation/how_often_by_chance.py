#!/usr/bin/env python3
"""How often teams in which nothing changes are marked all the same.

    .venv/bin/python docs/explanation/how_often_by_chance.py [SERIES]

Makes up SERIES stable teams of each kind (4000 if left out), always the same ones, and counts what the
history says of them. The table in trends.md is what it prints.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Callable

from springtide.history.trend import LEAST_FOR_DIRECTION, direction, process_limits

QUARTERS = 12
Series = list[float]


def count(around: float) -> Callable[[random.Random], Series]:
    """Independent counts around a constant (Poisson)."""

    def one(chance: random.Random) -> float:
        events, time = 0, chance.expovariate(1.0)
        while time < around:
            events, time = events + 1, time + chance.expovariate(1.0)
        return float(events)

    return lambda chance: [one(chance) for _ in range(QUARTERS)]


def score(chance: random.Random) -> Series:
    """Small whole numbers with many ties: how many of six things happen to be so."""
    return [float(sum(chance.random() < 0.4 for _ in range(6))) for _ in range(QUARTERS)]


def mostly_the_same(chance: random.Random) -> Series:
    """A constant, but for one quarter in ten, which is one more."""
    return [4.0 + (chance.random() < 0.1) for _ in range(QUARTERS)]


def lingering(chance: random.Random) -> Series:
    """Each quarter is half the last one's surplus and half new: stable, but not independent."""
    values = [chance.gauss(0, 1)]
    while len(values) < QUARTERS:
        values.append(0.5 * values[-1] + 0.75**0.5 * chance.gauss(0, 1))
    return values


KINDS: dict[str, Callable[[random.Random], Series]] = {
    "counts around 3": count(3),
    "counts around 12": count(12),
    "scores of 0 to 6": score,
    "the same but for one quarter in ten": mostly_the_same,
    "each quarter half like the last": lingering,
}


def measure(kind: str, series: int, seed: int = 2009) -> dict[str, float]:
    """Shares of stable series of which each thing is said."""
    chance = random.Random(f"{seed} {kind}")
    counted = dict.fromkeys(("worsening", "easing", "within three years", "outside at 8", "outside at 12", "any sign at 12"), 0)
    for _ in range(series):
        values = KINDS[kind](chance)
        said = [direction(values[:end], worse_when="higher").tendency for end in range(LEAST_FOR_DIRECTION, QUARTERS + 1)]
        at_8, at_12 = (process_limits(values[:end]).causes[-1] for end in (8, QUARTERS))
        counted["worsening"] += said[-1] == "worsening"
        counted["easing"] += said[-1] == "easing"
        counted["within three years"] += any(tendency in ("worsening", "easing") for tendency in said)
        counted["outside at 8"] += any(cause.kind == "outside the limits" for cause in at_8)
        counted["outside at 12"] += any(cause.kind == "outside the limits" for cause in at_12)
        counted["any sign at 12"] += bool(at_12)
    return {name: found / series for name, found in counted.items()}


def table(series: int) -> str:
    rows = ["| a stable team's | called worsening | called easing | either, at least once in three years | newest of 8 outside the limits | newest of 12 outside | newest of 12, any of the four signs |"]
    rows.append("|---" * 7 + "|")
    for kind in KINDS:
        rows.append(f"| {kind} | " + " | ".join(f"{share:.1%}".replace("%", " %") for share in measure(kind, series).values()) + " |")
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(int(sys.argv[1]) if len(sys.argv) > 1 else 4000))
