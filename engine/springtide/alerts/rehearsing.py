"""Every filed quarter gone through as if alerts had been on from the first: how many there would have been, and for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..history.basis import basis_of
from ..history.deriving import derive
from ..history.store import ledger
from ..history.store.opening import Store
from ..logic.alerts.following import Seen
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from .letters.composing import MAIN, Quarterly, messages
from .problems import AlertError
from .raising.deciding import decide
from .raising.showing import seen_in

Place = tuple[str, str]  # a post and its place


@dataclass(frozen=True)
class Rehearsed:
    """What would have gone out.

    `letters` counts the letters of each post by quarter; `alerts` the alerts in them by rule; `again` those of them that
    the post had had before, in an earlier quarter, of the same thing. `persisting` counts, by quarter, teams whose level
    stayed and of which nobody was told again for that; `held`, those of them that only the band kept up; `untold`, teams
    that stay up because they can't be told any more.
    """

    pack: RulePack = field(repr=False)
    quarters: tuple[Quarter, ...]
    letters: Mapping[Place, Mapping[Quarter, int]]
    alerts: Mapping[Place, Mapping[str, int]]
    again: Mapping[Place, int]
    persisting: Mapping[Quarter, int]
    held: Mapping[Quarter, int]
    untold: Mapping[Quarter, int]
    one_way_because: str

    @property
    def busiest(self) -> int:
        """The most letters that one post would have had in a quarter."""
        return max((number for held in self.letters.values() for number in held.values()), default=0)


def rehearse(store: Store, rules: RulePack | None = None, progress: Callable[[str], None] = lambda name: None) -> Rehearsed:
    """Go through the filed quarters, with the rules that each was filed under or, given some, with those.

    Raises:
        AlertError: no quarter is filed.
        LookupError: the rules given have no thresholds for a filed quarter.
    """
    letters: dict[Place, Counter[Quarter]] = {}
    alerts: dict[Place, Counter[str]] = {}
    again: Counter[Place] = Counter()
    had: set[tuple[Place, str, str]] = set()
    persisting: Counter[Quarter] = Counter()
    held: Counter[Quarter] = Counter()
    untold: Counter[Quarter] = Counter()
    pack, reason = rules, ""
    seen: list[Seen] = []
    for found in _quarters(store, rules, seen):
        decided, pack, reason = found.decided, found.assessment.pack, found.decided.one_way_because
        by_id = {alert.id: alert for alert in decided.alerts}
        for message in messages(found, datetime(decided.quarter.year, 1, 1, tzinfo=UTC)):
            place = message.post, message.place
            letters.setdefault(place, Counter())[decided.quarter] += 1
            if message.stage != MAIN:
                continue  # who saw an alert first does not have it twice
            for one in message.alerts:
                rule, subject = by_id[one].raised.rule.id, by_id[one].raised.subject.key
                alerts.setdefault(place, Counter())[rule] += 1
                again[place] += (place, rule, subject) in had
                had.add((place, rule, subject))
        persisting[decided.quarter] = sum(state.state == "persisting" for state in decided.states.teams.values())
        held[decided.quarter] = sum(state.held_by == "band" for state in decided.states.teams.values())
        untold[decided.quarter] = sum(state.state == "cannot tell" for state in decided.states.teams.values())
        progress(str(decided.quarter))
    if pack is None:
        raise AlertError(f"no quarter is filed in {store.place}; file some with springtide record")
    return Rehearsed(pack, tuple(one.quarter for one in seen), letters, alerts, again, persisting, held, untold, reason)


def _quarters(store: Store, rules: RulePack | None, seen: list[Seen]) -> Iterator[Quarterly]:
    with store.reading() as connection:
        standing = list(ledger.standing(connection).values())
    for record in standing:
        with store.reading() as connection:
            basis = basis_of(connection, record, rules)
            rows = ledger.team_rows(connection, record, ["movement"])
        movements = {row["team"]: _breaks(row["movement"]) if rules else row["movement"] for row in rows}
        assessment = derive(basis)
        seen.append(seen_in(assessment, movements))
        yield Quarterly(decide(basis.pack, seen), assessment, movements)


def _breaks(movement: Mapping[str, Any]) -> Mapping[str, Any]:
    """What holds of a team's way there whatever the rules: whether its past is its own."""
    return {name: value for name, value in movement.items() if name in ("none", "break")}


def filed(store: Store) -> int:
    """How many quarters there are to go through."""
    with store.reading() as connection:
        return len(ledger.filed_quarters(connection))
