"""Teams over time: which began, ended, split, merged, or changed name or district, and when."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ..logic.facts import Team
from ..logic.quarter import Quarter

_SAID_OF = (("name", "called"), ("district", "in the district"), ("county", "in the county"))


@dataclass(frozen=True)
class Change:
    """Something that the list says of one team from a quarter on. `breaks`: its past is not its own any more."""

    team: str
    quarter: Quarter
    says: str
    breaks: bool

    @property
    def dated(self) -> str:
        """What it says, with its quarter: "T5 began in 2009/10 Q2"."""
        more = "," if " " in self.says.removeprefix(f"{self.team} ") else ""
        return f"{self.says}{more} in {self.quarter}"


@dataclass(frozen=True)
class Changes:
    """The changes in a team list."""

    teams: tuple[Team, ...]

    def breaks(self, team: str, quarter: Quarter) -> bool:
        """Whether a team's figures of this quarter may not be compared with those of the quarter before."""
        return self.break_in(team, quarter) is not None

    def break_in(self, team: str, quarter: Quarter) -> Change | None:
        """What makes a team's past not its own from a quarter on; None where nothing does."""
        return self._breaks.get((team, quarter))

    def teams_in(self, quarter: Quarter) -> frozenset[str]:
        """The ids of the teams that the list has in a quarter."""
        return frozenset(team.id for team in self.teams if team.in_force(quarter))

    def in_quarter(self, quarter: Quarter) -> tuple[Change, ...]:
        return tuple(change for change in self.all if change.quarter == quarter)

    @cached_property
    def _breaks(self) -> dict[tuple[str, Quarter], Change]:
        return {(change.team, change.quarter): change for change in reversed(self.all) if change.breaks}

    @cached_property
    def all(self) -> tuple[Change, ...]:
        """Every change, in the order of the quarters and teams."""
        return tuple(sorted(self._found(), key=lambda change: (change.quarter, change.team, change.says)))

    def _found(self) -> Iterator[Change]:
        rows: dict[str, list[Team]] = {}
        for team in sorted(self.teams, key=lambda team: (team.id, team.from_quarter or Quarter(0, 1))):
            rows.setdefault(team.id, []).append(team)
        came_from: dict[tuple[str, Quarter], list[str]] = {}
        for held in rows.values():
            last = held[-1]
            if last.to_quarter is not None:
                for other in last.became:
                    came_from.setdefault((other, last.to_quarter.next), []).append(last.id)
        for name, held in rows.items():
            yield from self._of_one(name, held, came_from)
        yield from self._transfers_that_end(rows)
        for (name, quarter), sources in sorted(came_from.items()):
            if name in rows and rows[name][0].from_quarter != quarter:
                yield Change(name, quarter, f"{name} took over the work of {with_and(sources)}", breaks=True)

    def _transfers_that_end(self, rows: dict[str, list[Team]]) -> Iterator[Change]:
        """Teams that hand their work on to one that is not there any more, from its first quarter away."""
        for team in self.teams:
            last = rows[team.transfers_to][-1].to_quarter if team.transfers_to in rows else None
            if last is not None and (team.to_quarter is None or team.to_quarter > last):
                first = max(last.next, team.from_quarter) if team.from_quarter else last.next
                yield Change(team.id, first, f"{team.id} hands its work on to {team.transfers_to}, which has ended, and is scored as if it handed it on to no team", breaks=False)

    def _of_one(self, team: str, held: list[Team], came_from: dict[tuple[str, Quarter], list[str]]) -> Iterator[Change]:
        first, last = held[0], held[-1]
        if first.from_quarter is not None:
            sources = came_from.get((team, first.from_quarter), [])
            begun = f"{team} began" + (f", from {with_and(sources)}" if sources else "")
            yield Change(team, first.from_quarter, begun, breaks=True)
        for before, after in pairwise(held):
            assert after.from_quarter is not None and before.to_quarter is not None
            if before.to_quarter.next != after.from_quarter:
                yield Change(team, after.from_quarter, f"{team} began again after a break since {before.to_quarter}", breaks=True)
            said = [f"{words} '{getattr(after, name) or 'none'}', before '{getattr(before, name) or 'none'}'"
                    for name, words in _SAID_OF if getattr(after, name) != getattr(before, name)]  # fmt: skip
            if said:
                # Another county has other pressures; another name or district leaves the team's own figures what they were.
                yield Change(team, after.from_quarter, f"{team} is now {'; '.join(said)}", breaks=before.county != after.county)
        if last.to_quarter is not None:
            became = f" and became {with_and(last.became)}" if last.became else ""
            yield Change(team, last.to_quarter.next, f"{team} ended after {last.to_quarter}{became}", breaks=False)


def with_and(names: Iterable[str]) -> str:
    """Names in a sentence: "A, B and C"."""
    listed = list(names)
    return " and ".join([*([", ".join(listed[:-1])] if listed[1:] else []), listed[-1]])
