"""What-if questions for a notebook: a pack, some evidence and a few words in, an answer out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..assessment import choose_quarter
from ..batch.cells import Board
from ..batch.robustness import Robustness
from ..batch.robustness import robustness as _robustness
from ..evidence.records import EvidenceSet
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .assumptions import Assumption
from .assumptions import assumptions as _assumptions
from .before_after import WhatIf, what_if
from .changes import Change, Move, Scenario, Step, Target, parse_change, who_for
from .clearing import Cleared, Costs
from .clearing import clear as _clear
from .problems import WhatIfError
from .sweeps import Grid, Sweep, grid, parse_over
from .sweeps import sweep as _sweep
from .tipping import TeamTips
from .tipping import tipping as _tipping


def whatif(
    pack: RulePack, evidence: EvidenceSet, changes: str | Change | Move | Sequence[str | Change | Move] | Scenario, quarter: Quarter | str | None = None, *,
    team: str = "", district: str = "", team_type: str = "", county: str = "", with_whom: str = "", engine: str = "both",
) -> WhatIf:  # fmt: skip
    """A quarter as it is, and as it would be: `whatif(pack, evidence, "vacant_posts=+2", team="T017")`.

    Args:
        changes: `vacant_posts=+2`, `vacant_posts=3`, `vacant_posts=-50%`, `q44=usually`, several of them, or a scenario.
        team, district, team_type, county: which teams change; all that are said must hold, and where nothing is, all do.
        with_whom: who comes or leaves.

    Raises:
        WhatIfError: a change can't be read or made.
        and what `assess` raises.
    """
    if not isinstance(changes, Scenario):
        target = Target(team, district, team_type, county)
        listed = [changes] if isinstance(changes, str | Change | Move) else changes
        names = [one.partition("=")[0].strip() for one in listed if isinstance(one, str)]
        read = (parse_change(one, pack, target, who_for(one.partition("=")[0].strip(), names, with_whom, pack)) if isinstance(one, str) else one for one in listed)
        changes = Scenario((Step(tuple(read)),))
    return what_if(pack, evidence, choose_quarter(evidence, quarter), changes, engine=engine)


def sweep(
    pack: RulePack, evidence: EvidenceSet, ranges: str | Sequence[str], quarter: Quarter | str | None = None, *,
    team: str = "", district: str = "", team_type: str = "", county: str = "", with_whom: str = "",
) -> Sweep | Grid:  # fmt: skip
    """One input through a range, `"vacant_posts=0:8"`, or two of them together. Raises WhatIfError."""
    target = Target(team, district, team_type, county)
    overs = [parse_over(one, pack, target, with_whom) for one in ([ranges] if isinstance(ranges, str) else ranges)]
    board = Board(pack, evidence, choose_quarter(evidence, quarter))
    if len(overs) not in (1, 2):
        raise WhatIfError(f"{len(overs)} ranges were given; one makes a line, and two a grid")
    return _sweep(board, overs[0]) if len(overs) == 1 else grid(board, overs[0], overs[1])


def tipping(pack: RulePack, evidence: EvidenceSet, quarter: Quarter | str | None = None, *, team: str = "") -> tuple[TeamTips, ...]:
    """How few whole posts, cases or sessions would move each team's level, the nearest first. Raises WhatIfError."""
    board = Board(pack, evidence, choose_quarter(evidence, quarter))
    return _tipping(board, _named(board, team))


def clear(
    pack: RulePack, evidence: EvidenceSet, team: str, quarter: Quarter | str | None = None, *, costs: Costs | None = None, only: Iterable[str] | None = None
) -> Cleared:
    """The least costly ways to bring a team below flagged. Raises WhatIfError."""
    board = Board(pack, evidence, choose_quarter(evidence, quarter))
    (found,) = Target(team=team).of(board.teams.values())
    return _clear(board, found.id, costs, only)


def robustness(pack: RulePack, evidence: EvidenceSet, quarter: Quarter | str | None = None, *, team: str = "") -> tuple[Robustness, ...]:
    """In what share of plausible settings each team is flagged. Raises WhatIfError."""
    board = Board(pack, evidence, choose_quarter(evidence, quarter))
    return _robustness(board, _named(board, team))


def assumptions(pack: RulePack, evidence: EvidenceSet, quarter: Quarter | str | None = None) -> tuple[Assumption, ...]:
    """Which inputs and thresholds the flags rest on most, those that drive most first."""
    return _assumptions(Board(pack, evidence, choose_quarter(evidence, quarter)))


def _named(board: Board, team: str) -> list[str] | None:
    return [one.id for one in Target(team=team).of(board.teams.values())] if team else None
