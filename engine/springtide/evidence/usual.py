"""Figures worked out from a team's own earlier quarters: "the same team's usual", or why it can't be said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from statistics import fmean

from ..logic.missing import NO_HISTORY
from ..logic.model import Figure
from ..logic.quarter import Quarter
from .cells import MISSING_MARKS
from .changes import Change, with_and


@dataclass(frozen=True)
class Usual:
    """A figure's mean over earlier quarters with the values it is the mean of; None where any of them is missing.

    `says` is where it comes from, or why it is not known.
    """

    value: float | None
    says: str
    made_of: tuple[float, ...] = ()


def usual(figure: Figure, quarters: list[Quarter], figures_of: Callable[[Quarter], Mapping[str, float]], broken: Change | None) -> Usual:
    """The mean of a figure over exactly these quarters, oldest first.

    Never over fewer: else losing a high value would lower the usual, and raise what is measured against it.

    Args:
        broken: what makes the earlier quarters not the team's own.
    """
    if broken is not None:
        return Usual(None, no_history(broken))
    held = {quarter: figures_of(quarter).get(figure.id) for quarter in quarters}
    values = tuple(value for value in held.values() if value is not None)
    if len(values) == len(quarters):
        return Usual(fmean(values), f"worked out from {figure.id} in {in_words(quarters)}", values)
    missing = [quarter for quarter, value in held.items() if value is None]
    lacking = "none of them is there" if len(missing) == len(quarters) else f"{in_words(missing)} {'is' if len(missing) == 1 else 'are'} missing"
    return Usual(None, f"{NO_HISTORY}: {figure.id} of {in_words(quarters)} are needed, {lacking}")


def no_history(broken: Change) -> str:
    """Why a team's past is not its own."""
    return f"{NO_HISTORY}: {broken.dated}"


def says_more_than_blank(mark: str) -> bool:
    """Whether a symbol says that a figure can't be had (`u`, `c`, `x`), and not only that none was given (`-`, `n/a`)."""
    return bool(mark) and not mark.startswith(MISSING_MARKS[""])


def in_words(quarters: Iterable[Quarter]) -> str:
    """Quarters in a sentence, three or more in a row as "2008/09 Q1 to Q4"."""
    runs: list[list[Quarter]] = []
    for quarter in quarters:
        if runs and runs[-1][-1].next == quarter:
            runs[-1].append(quarter)
        else:
            runs.append([quarter])
    return with_and(said for run in runs for said in ([_from_to(run[0], run[-1])] if len(run) > 2 else map(str, run)))


def _from_to(first: Quarter, last: Quarter) -> str:
    return f"{first} to Q{last.number}" if first.year == last.year else f"{first} to {last}"
