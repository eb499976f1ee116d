"""Units of measures and thresholds: what may stand in them, and how they are written."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Unit:
    """A unit with its range; `shown` is a pattern for a value, and `gap` one for a margin.

    `counts_things` marks numbers of posts, people or cases, of which a tenth is nothing.
    """

    name: str
    least: float = 0.0
    most: float = math.inf
    whole: bool = False
    counts_things: bool = False
    shown: str = "{:g}"
    gap: str = "{:g}"
    scale: float = 1.0

    def allows(self, value: float) -> bool:
        return self.least <= value <= self.most and (not self.whole or value == round(value))

    @property
    def range_in_words(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.least == -math.inf:
            return kind
        if self.most == math.inf:
            return f"{kind}, {self.least:g} or more"
        return f"{kind} from {self.least:g} to {self.most:g}"

    def say(self, value: float) -> str:
        """A value as a person would write it."""
        if math.isinf(value):
            return "no limit (nobody to share it)"
        return _singular(self.shown.format(_tidy(value * self.scale)))

    def say_gap(self, value: float, *between: float) -> str:
        """A distance from a threshold, with its sign.

        Args:
            between: the two that it lies between. It is shown as finely as they are, so that whoever
                takes the one from the other comes to the same.
        """
        if abs(value) < 1e-9:
            return "no margin, exactly on it"
        if math.isinf(value):
            return "beyond any limit"
        finest = max((_decimals(self.say(one)) for one in between if not math.isinf(one)), default=2)
        scaled = value * self.scale
        return _singular(self.gap.format(round(scaled, finest) or float(f"{scaled:.1g}")))  # never "+0" beside it


_ONE_OF = {
    "1 posts": "1 post", "1 cases": "1 case", "1 hours": "1 hour", "1 days": "1 day", "1 cases per FTE": "1 case per FTE",
    "1 points": "1 point", "1 standard errors": "1 standard error",
    "1 quarters": "1 quarter", "1 working days": "1 working day",
}  # fmt: skip


def _singular(said: str) -> str:
    """One of a thing, with or without a sign, in the singular."""
    sign = said[:1] if said[:1] in ("+", "-") else ""
    number = said[len(sign) :]
    return sign + _ONE_OF.get(number, number)


def _decimals(said: str) -> int:
    """How many digits stand after the point of a number written out."""
    return len(said.split(" ")[0].partition(".")[2])


def _tidy(value: float) -> float:
    return round(value, 2) + 0.0


UNITS = {
    unit.name: unit
    for unit in (
        Unit("share", 0, 1, shown="{:.4g} %", gap="{:+g} points", scale=100),
        # A share of staff over a year, which can pass one where a team turns over entirely.
        Unit("rate", 0, 3, shown="{:.4g} %", gap="{:+g} points", scale=100),
        Unit("average", counts_things=True),
        Unit("ratio", shown="{:.3g} to 1", gap="{:+g}"),
        Unit("change", -1, shown="{:+.3g} %", gap="{:+g} points", scale=100),
        Unit("points", -1, 1, shown="{:+.3g} points", gap="{:+g} points", scale=100),
        Unit("ratio change", -math.inf, shown="{:+.3g}", gap="{:+g}"),
        Unit("standard errors", -math.inf, shown="{:+.3g} standard errors", gap="{:+g} standard errors"),
        Unit("count", counts_things=True, whole=True, shown="{:g}", gap="{:+g}"),
        Unit("cases", counts_things=True, whole=True, shown="{:g} cases", gap="{:+g} cases"),
        Unit("posts", counts_things=True, shown="{:g} posts", gap="{:+g} posts"),
        Unit("FTE", counts_things=True, shown="{:g} FTE", gap="{:+g} FTE"),
        Unit("cases per FTE", shown="{:.3g} cases per FTE", gap="{:+g} cases per FTE"),
        Unit("hours", counts_things=True, shown="{:g} hours", gap="{:+g} hours"),
        Unit("days", counts_things=True, whole=True, shown="{:g} days", gap="{:+g} days"),
        Unit("working days", 0, 60, counts_things=True, whole=True, shown="{:g} working days", gap="{:+g} working days"),
        # Ten years of them: whatever looks further back looks at another service.
        Unit("quarters", 1, 40, counts_things=True, whole=True, shown="{:g} quarters", gap="{:+g} quarters"),
        Unit("yes or no", 0, 1, whole=True, shown="{:g}", gap="{:+g}"),
    )
}
