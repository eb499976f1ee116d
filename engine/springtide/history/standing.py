"""What a team's level says over the quarters: new, persisting, cleared, or that nobody can tell.

A level is held against one rank, here called the notable one (the pack's `increased`). A team is shown
at or above it by its level; it is shown below it only where its could-be is below as well and the level
did not fall for want of data. All else can't be told, and what can't be told never clears anything
(promise 2). Nothing here bears on a level, foretells one, or says why a team is where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from ..logic.quarter import Quarter
from .trend import MOST_FOR_DIRECTION, Tendency, direction

StandingKind = Literal["new", "persisting", "worsening", "easing", "cleared", "cannot tell", "quiet", "no history"]
_Shown = Literal["at or above", "below", "cannot tell"]


@dataclass(frozen=True)
class Point:
    """One filed quarter of a team.

    `rank` is the level's, nought for the lowest, and None where there is insufficient evidence;
    `could_be` is the could-be's. `lost`: the level is lower than in the quarter before only because
    data went missing. `apart`: why the quarter can't be compared with the one before (the team began
    or merged). `rules_changed`: how other rules changed the result against the quarter before. Both are
    empty where there is nothing of the kind. `score` is the score's low and high end; where each quarter
    that is compared has one, a direction is looked for in it, being finer, and else in the ranks.
    """

    quarter: Quarter
    rank: int | None
    could_be: int
    lost: bool = False
    apart: str = ""
    rules_changed: str = ""
    score: tuple[float, float] | None = None


@dataclass(frozen=True)
class Standing:
    """Where a team stands in its newest quarter, seen from the quarters before.

    `quarters` counts those in which the same was shown, from `since` to the newest, all filed and
    comparable: at or above the notable rank; below it; or that nobody can tell. Quarters in between in
    which it can't be told don't count and don't end it, and `says` names them. `says` is one plain phrase.
    """

    kind: StandingKind
    quarters: int
    since: Quarter
    says: str


def standing(points: Sequence[Point], *, notable: int, named: str = "increased") -> Standing:
    """What the level of a team's newest quarter says, given the quarters before.

    `worsening` and `easing` need the level to have moved since last quarter, whatever is missing, and an
    exact test (`trend.direction`) over four to eight known, comparable quarters in a row to agree, on the
    proved end and on the could-be end alike: data that came or went makes no direction. Without them it
    stays `persisting`. A quarter that was not filed ends every run, and so does one that can't be compared.

    Args:
        points: the team's filed quarters, oldest first.
        notable: the rank from which a level is to be kept in sight.
        named: what `says` calls that level.
    Raises:
        ValueError: no quarter, quarters out of order or twice, a could-be below its level, a score's high end
            below its low one.
    """
    _check(points)
    history = _History(points, notable, named)
    before = history.why_no_history()
    if before:
        return history.standing("no history", f"{history.now_words()}; {before}")
    if history.shown[-1] == "at or above":
        return history.at_or_above()
    return history.below() if history.shown[-1] == "below" else history.untold()


def _check(points: Sequence[Point]) -> None:
    if not points:
        raise ValueError("there is no quarter to speak of")
    for earlier, later in pairwise(points):
        if earlier.quarter >= later.quarter:
            raise ValueError(f"{later.quarter} comes after {earlier.quarter}; give each quarter once, oldest first")
    for point in points:
        if point.rank is not None and point.could_be < point.rank:
            raise ValueError(f"the could-be of {point.quarter} is below its level")
        if point.score is not None and point.score[1] < point.score[0]:
            raise ValueError(f"the score of {point.quarter} has its high end below its low one")


class _History:
    """The quarters of a team up to its newest, as far back as they can be compared."""

    def __init__(self, points: Sequence[Point], notable: int, named: str):
        self.notable, self.named = notable, named
        start = len(points) - 1
        while start > 0 and not points[start].apart and points[start - 1].quarter == points[start].quarter.previous:
            start -= 1
        self.points = points[start:]
        self.older = points[:start]
        self.now = points[-1]
        self.shown: list[_Shown] = [self._shown(point) for point in self.points]

    def _shown(self, point: Point) -> _Shown:
        if point.rank is None:
            return "cannot tell"
        if point.rank >= self.notable:
            return "at or above"
        return "cannot tell" if point.lost or point.could_be >= self.notable else "below"

    # -- what comes before the newest quarter ------------------------------------------------

    def why_no_history(self) -> str:
        """Why the newest quarter stands alone; empty where it does not."""
        if len(self.points) > 1:
            return ""
        if self.now.apart:
            return f"not compared with earlier quarters: {self.now.apart}"
        return f"{self.now.quarter.previous} not filed" if self.older else "no earlier quarter filed"

    def last_told(self) -> int | None:
        """Place of the last quarter before the newest in which it could be told."""
        places = [place for place, shown in enumerate(self.shown[:-1]) if shown != "cannot tell"]
        return places[-1] if places else None

    def run(self) -> list[int]:
        """Places of the quarters that show what the newest shows, with none between that shows the contrary."""
        here, found = self.shown[-1], []
        for place in reversed(range(len(self.shown))):
            if self.shown[place] == here:
                found.append(place)
            elif here == "cannot tell" or self.shown[place] != "cannot tell":
                break
        return found[::-1]

    # -- what is said ------------------------------------------------------------------------

    def standing(self, kind: StandingKind, says: str) -> Standing:
        run = self.run()
        return Standing(kind, len(run), self.points[run[0]].quarter, says)

    def now_words(self) -> str:
        words: dict[_Shown, str] = {"at or above": f"at or above {self.named}", "below": f"below {self.named}"}
        return words.get(self.shown[-1], "") or self.why_untold()

    def why_untold(self) -> str:
        if self.now.rank is None:
            return "too little evidence to say"
        if self.now.lost:
            return f"below {self.named} only because data is missing"
        return f"below {self.named}, but could be at or above it: data is missing"

    def asides(self, first: int) -> str:
        """What has to be known beside a run: the quarters before and in it that could not be told, and other rules."""
        start = first
        while start > 0 and self.shown[start - 1] == "cannot tell":
            start -= 1
        here = range(start, len(self.points))
        untold = [str(self.points[i].quarter) for i in here if self.shown[i] == "cannot tell"]
        rules = [f"{self.points[i].quarter}: {self.points[i].rules_changed}" for i in here if i and self.points[i].rules_changed]
        return (f"; {_listed(untold)} could not be told" if untold else "") + (
            f"; rules changed the result ({'; '.join(rules)})" if rules else ""
        )

    def since(self, place: int) -> str:
        """From when on, and what keeps the view from going back further."""
        first = self.points[place]
        ended = ""
        if first.apart:
            ended = f", not compared with earlier quarters ({first.apart})"
        elif place == 0 and self.older:
            ended = f", {first.quarter.previous} not filed"
        return f"since {first.quarter}{ended}"

    def at_or_above(self) -> Standing:
        run = self.run()
        if len(run) == 1:
            return self.standing("new", f"newly at or above {self.named}{self.asides(run[0])}")
        in_a_row = " in a row" if len(run) == len(self.points) - run[0] else ""
        says = f"at or above {self.named} for {len(run)} quarters{in_a_row}, {self.since(run[0])}{self.asides(run[0])}"
        if self.now.lost:
            says += "; lower than last quarter only because data is missing"
        tendency, over, what = self._tendency()
        if tendency == "not enough history":
            return self.standing("persisting", f"{says}; not enough history for a direction")
        if tendency == "no direction":
            return self.standing("persisting", f"{says}; no direction over {over} quarters")
        says += f"; {tendency} over {over} quarters, by the {what}"
        return self.standing(tendency if tendency == self._moved() else "persisting", says)

    def below(self) -> Standing:
        told, first = self.last_told(), self.run()[0]
        asides = self.asides(first)
        if told is None or self.shown[told] == "below":
            since = "" if told is None else f" {self.since(first)}"
            return self.standing("quiet", f"below {self.named}{since}{asides}")
        was = f"at or above it in {self.points[told].quarter}"
        if any(point.rules_changed for point in self.points[told + 1 :]):
            return self.standing("cannot tell", f"below {self.named}, {was}, and not shown to have cleared{asides}")
        return self.standing("cleared", f"below {self.named}, its could-be too; {was}{asides}")

    def untold(self) -> Standing:
        told = self.last_told()
        says = self.why_untold()
        if told is not None and self.shown[told] == "at or above":
            says += f"; at or above {self.named} in {self.points[told].quarter}, and not shown to have cleared"
        return self.standing("cannot tell", says)

    # -- direction ---------------------------------------------------------------------------

    def _moved(self) -> Tendency:
        """Which way the level went since last quarter whatever is missing: only ever said together with a direction."""
        now, last = self.now, self.points[-2]
        if now.rank is None or last.rank is None:
            return "no direction"
        if now.rank > last.could_be:
            return "worsening"
        return "easing" if now.could_be < last.rank and not now.lost else "no direction"

    def _tendency(self) -> tuple[Tendency, int, Literal["score", "level"]]:
        """The direction of the known, comparable quarters in a row; over how many of them, and of what."""
        start = len(self.points) - 1
        while start > 0 and not self.points[start].rules_changed and self.points[start - 1].rank is not None:
            start -= 1
        row = self.points[start:][-MOST_FOR_DIRECTION:]
        scores = [point.score for point in row if point.score is not None]
        scored = len(scores) == len(row)
        ends = scores if scored else [(point.rank or 0, point.could_be) for point in row]
        low, high = (direction(end, worse_when="higher").tendency for end in zip(*ends, strict=True))
        return low if low == high else "no direction", len(row), "score" if scored else "level"


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
