"""A rule pack tried on many invented counties: what it flags by chance alone, and what of teams that are truly worse."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from ..engines import columnar
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..rulepack.examples import latest_quarter
from .chance import Bools, Ints, Luck
from .county_files import County, Pressed, county_for, read_county
from .inventing import Invented, Read, read_by_levels

COUNTIES, SIZE, SEED = 200, 60, 1
_ROWS_AT_ONCE = 40_000
_MIDDLE = (0.05, 0.95)

What = Literal["flagged", "highest", "found", "others"]


@dataclass(frozen=True)
class Share:
    """A share of teams over all counties. Nine counties of ten lie from `low` to `high`; `error`: the standard error of `value`."""

    value: float
    low: float
    high: float
    error: float


@dataclass(frozen=True)
class Tried:
    """What a pack says of one kind of county.

    `pressed`: how a tenth of the teams are truly worse, None in an ordinary county. `found`: the share of those that are
    flagged; `flagged` and `highest` (the highest level) are of the ordinary teams alone. `levels`: the share of the ordinary
    teams at each level, insufficient evidence among them.
    """

    pressed: Pressed | None
    questionnaires_only: bool
    flagged: Share
    highest: Share
    found: Share | None
    levels: dict[str, float]


@dataclass(frozen=True)
class Broken:
    """A limit that is not kept. `narrowly`: by so little that other seeds may keep it."""

    tried: Tried
    what: What
    is_: float
    limit: float
    narrowly: bool


@dataclass(frozen=True)
class Trial:
    """Everything that came of trying a pack, with what it was tried on."""

    pack: RulePack = field(repr=False)
    county: County = field(repr=False)
    quarter: Quarter
    counties: int
    size: int
    seed: int
    read: Read
    tried: tuple[Tried, ...]
    broken: tuple[Broken, ...]

    @property
    def kept(self) -> bool:
        return not self.broken

    def ordinary(self, questionnaires_only: bool = False) -> Tried:
        return next(one for one in self.tried if one.pressed is None and one.questionnaires_only == questionnaires_only)


def try_pack(
    pack: RulePack, like: County | str | Path | None = None, quarter: Quarter | None = None, *,
    counties: int = COUNTIES, size: int = SIZE, seed: int = SEED, progress: Callable[[int, int], None] | None = None,
) -> Trial:  # fmt: skip
    """Score invented counties with a pack: an ordinary one, and one for each way in which a tenth of the teams are worse.

    Args:
        like: what county to invent, by name, file or as it was read; by default England at the time of the pack's newest values.
        quarter: with the values of which quarter to score; by default the county's, or the first with the pack's newest if later.
        counties: how many of each kind.
        size: teams in each.
        seed: from 0 to 2**32 - 1; the same seed gives the same counties on every machine.
        progress: called with how many batches are done, and of how many.

    Raises:
        CountyFileError: there is no such county, or its file has mistakes.
        LookupError: the pack has no values for the quarter.
    """
    newest = latest_quarter(pack)
    county = like if isinstance(like, County) else county_for(newest) if like is None else read_county(like)
    quarter = quarter or max(county.quarter, newest)
    thresholds = pack.values(quarter)
    kinds = list(_kinds(county))
    batches = list(_batches(counties, size * len(kinds)))
    read = read_by_levels(pack, Invented(county, None, Luck(seed, [1], 1), [1], 1).figures)
    counted: list[list[_Counted]] = [[] for _ in kinds]
    for number, batch in enumerate(batches, 1):
        luck = Luck(seed, batch, size)
        invented = [Invented(county, pressed, luck, batch, size) for pressed, _ in kinds]
        frames = [
            one.frame(pack, read, f"K{place:02}", figures=not questionnaires_only)
            for place, (one, (_, questionnaires_only)) in enumerate(zip(invented, kinds, strict=True))
        ]
        # All kinds in one frame, since most of the engine's time does not depend on how many rows there are.
        places = np.split(_places(pack, thresholds, pd.concat(frames, ignore_index=True)), len(kinds))
        for held, one, place in zip(counted, invented, places, strict=True):
            held.append(_count(len(pack.levels.levels) + 1, place, one.hit, size))
        if progress is not None:
            progress(number, len(batches))
    tried = tuple(_tried(pack, kind, held) for kind, held in zip(kinds, counted, strict=True))
    broken = tuple(problem for one in tried for problem in _broken(county, one))
    return Trial(pack, county, quarter, counties, size, seed, read, tried, broken)


def _kinds(county: County) -> Iterator[tuple[Pressed | None, bool]]:
    for questionnaires_only in (False, True):
        yield None, questionnaires_only
        yield from ((one, questionnaires_only) for one in county.pressed.values() if one.questionnaires_only == questionnaires_only)


def _batches(counties: int, rows: int) -> Iterator[Sequence[int]]:
    """The numbers of the counties, as many at once as a frame holds well; `rows`: of one of them."""
    step = max(1, _ROWS_AT_ONCE // rows)
    for first in range(1, counties + 1, step):
        yield range(first, min(first + step, counties + 1))


# -- counting -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Counted:
    """Numbers of teams, one row a county: at each level (insufficient evidence last) of the ordinary ones, and of those under pressure."""

    ordinary: Ints
    hit: Ints


def _places(pack: RulePack, thresholds: dict[str, float], frame: pd.DataFrame) -> Ints:
    """The place of each team's level, the lowest nought and insufficient evidence last, in the order of their ids."""
    rated = columnar.rate(frame, pack, thresholds).sort_values(columnar.TEAM, kind="stable")
    rank, told = (rated[name].to_numpy(dtype=np.int64) for name in ("level_rank", "told"))
    thin = (rank == 0) & (told < thresholds[pack.levels.insufficient_below])
    return np.where(thin, len(pack.levels.levels), rank)


def _count(levels: int, places: Ints, hit: Bools, size: int) -> _Counted:
    at = (places[:, None] == np.arange(levels)).reshape(-1, size, levels)
    among = hit.reshape(-1, size, 1)
    return _Counted((at & ~among).sum(axis=1), (at & among).sum(axis=1))


def _tried(pack: RulePack, kind: tuple[Pressed | None, bool], counted: Sequence[_Counted]) -> Tried:
    pressed, questionnaires_only = kind
    ordinary, hit = (np.concatenate([getattr(one, name) for one in counted]) for name in ("ordinary", "hit"))
    ids = [level.id for level in pack.levels.levels]
    flagged = [place for place, level in enumerate(ids) if pack.levels.flagged(level)]
    return Tried(
        pressed=pressed,
        questionnaires_only=questionnaires_only,
        flagged=_share(ordinary, flagged),
        highest=_share(ordinary, [len(ids) - 1]),
        found=_share(hit, flagged) if pressed else None,
        levels={level: float(ordinary[:, place].sum() / ordinary.sum()) for place, level in enumerate([*ids, pack.levels.insufficient.id])},
    )  # fmt: skip


def _share(counted: Ints, places: Sequence[int]) -> Share:
    shares = counted[:, places].sum(axis=1) / counted.sum(axis=1)
    low, high = np.quantile(shares, _MIDDLE)
    error = shares.std(ddof=1) / np.sqrt(len(shares)) if len(shares) > 1 else np.nan
    return Share(float(shares.mean()), float(low), float(high), float(error))


def _broken(county: County, tried: Tried) -> Iterator[Broken]:
    if tried.pressed is None:
        limits: list[tuple[What, Share | None, float, int]] = [
            ("flagged", tried.flagged, county.flagged.value, 1), ("highest", tried.highest, county.highest.value, 1),
        ]  # fmt: skip
    else:
        limits = [("found", tried.found, tried.pressed.found, -1), ("others", tried.flagged, tried.pressed.others, 1)]
    for what, share, limit, sign in limits:
        if share is not None and sign * (share.value - limit) > 0:
            yield Broken(tried, what, share.value, limit, abs(share.value - limit) < 2 * share.error)
