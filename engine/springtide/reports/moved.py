"""Which teams a change of rules would move, and by which rules."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..assessment import Assessment, TeamAssessment
from ..logic.truth import Truth
from .score_table import score_words
from .wording import level_text


@dataclass(frozen=True)
class Moved:
    """A team that comes to something else, with the rules and pressures that changed their mind."""

    before: TeamAssessment
    after: TeamAssessment
    because: tuple[str, ...]


def moved(old: Assessment, new: Assessment) -> tuple[Moved, ...]:
    """The teams whose level, could-be, score or notices differ between two assessments of the same evidence."""
    found = []
    for before, after in zip(old.teams, new.teams, strict=True):
        if _outcome(before) != _outcome(after):
            found.append(Moved(before, after, tuple(_minds_changed(before, after))))
    return tuple(found)


# A rule that comes or goes without holding of a team is no news of that team.
_NO_NEWS = ({"not there", "none"}, {"not there", "not met"}, {"not there", "cannot tell"})


def _outcome(team: TeamAssessment) -> tuple[Any, ...]:
    score = team.score.points, team.score.low, team.score.high
    return team.level, team.could_be, score, tuple(sorted(name for name, truth in team.notices.items() if truth is Truth.MET))


def _minds_changed(before: TeamAssessment, after: TeamAssessment) -> Iterator[str]:
    for old, new in ((before.pressures, after.pressures), (before.rules, after.rules), (before.notices, after.notices)):
        for name in {**old, **new}:
            was, now = str(old.get(name, "not there")), str(new.get(name, "not there"))
            if was != now and {was, now} not in _NO_NEWS:
                yield f"{name.replace('_', ' ')}: {was} → {now}"


def render(old: Assessment, new: Assessment, found: Sequence[Moved]) -> RenderableType:
    teams = new.pack.words.teams
    if not found:
        return Text(f"None of the {len(new.teams)} {teams} of {new.quarter} would come to anything else.")
    up = sum(_rank(new, one.after.level) > _rank(old, one.before.level) for one in found)
    down = sum(_rank(new, one.after.level) < _rank(old, one.before.level) for one in found)
    head = f"{len(found)} of {len(new.teams)} {teams} of {new.quarter} would come to something else: {up} to a higher level, {down} to a lower one"
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Team", "Level before", "Level after", "Score before", "Score after", "What changed its mind"):
        table.add_column(column, overflow="fold")
    for one in found:
        table.add_row(
            one.after.team.name, level_text(old.pack, one.before.level), level_text(new.pack, one.after.level), score_words(one.before),
            score_words(one.after), "; ".join(one.because),
        )  # fmt: skip
    return Group(Text(head, style="bold"), Text(), table)


def _rank(assessment: Assessment, level: str) -> int:
    return assessment.pack.levels.rank(level)


def as_dict(old: Assessment, new: Assessment, found: Sequence[Moved]) -> dict[str, Any]:
    return {
        "quarter": str(new.quarter),
        "teams": len(new.teams),
        "moved": [
            {
                "team_id": one.after.team.id, "team_name": one.after.team.name, "level_before": one.before.level, "level": one.after.level,
                "could_be_before": one.before.could_be, "could_be": one.after.could_be,
                "points_before": one.before.score.points, "points": one.after.score.points, "because": list(one.because),
            }
            for one in found
        ],
    }  # fmt: skip
