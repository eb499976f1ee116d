"""From the quarters that are filed to the alerts of the newest one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ...history.store.chain import digest
from ...logic.alerts.following import Seen, States, follow
from ...logic.alerts.judging import SEPARATOR, Raised, Story
from ...logic.model import RulePack
from ...logic.quarter import Quarter
from .chaining import raised_by_both

_SHOWN = 8  # characters of an alert's id, which people type


@dataclass(frozen=True)
class Alert:
    """Something that somebody should hear of, once. `id` is what people answer by, and the same whenever it is decided again."""

    raised: Raised
    what: str
    state: str
    thresholds: Mapping[str, float] = field(repr=False, compare=False)

    @property
    def key(self) -> str:
        return SEPARATOR.join(filter(None, (str(self.raised.quarter), self.raised.rule.id, self.raised.subject.key, self.what)))

    @property
    def id(self) -> str:
        return digest(self.key)[:_SHOWN].upper()

    def days(self, threshold: str) -> int | None:
        """How many working days a threshold is; None where there is none."""
        return round(self.thresholds[threshold]) if threshold else None

    def as_data(self) -> dict[str, Any]:
        """What is filed of it. No name of a person, no figure."""
        rule, subject = self.raised.rule, self.raised.subject
        return {
            "id": self.id, "key": self.key, "rule": rule.id, "title": rule.title, "about": rule.about, "quarter": str(self.raised.quarter),
            "subject": vars(subject), "what": self.what, "state": self.state, "answer_within": self.days(rule.answer_within),
            "right_of_reply": self.thresholds[rule.right_of_reply] if rule.right_of_reply else None, "answered_by": list(rule.answered_by), "then_to": list(rule.then_to), "then_after": self.days(rule.then_after),
        }  # fmt: skip


@dataclass(frozen=True)
class Decided:
    """The alerts of a quarter, with what stands of every team; `one_way_because` where they could be judged only once."""

    pack: RulePack
    story: Story
    alerts: tuple[Alert, ...]
    one_way_because: str

    @property
    def place(self) -> int:
        return len(self.story.states) - 1

    @property
    def states(self) -> States:
        return self.story.states[-1]

    @property
    def quarter(self) -> Quarter:
        return self.states.quarter


def decide(pack: RulePack, quarters: Sequence[Seen]) -> Decided:
    """The alerts of the last of some quarters, given those before it, oldest first.

    Raises:
        RulesDisagree: the two ways of judging the rules do not come to the same.
        LookupError: the pack has no thresholds for that quarter.
    """
    story = Story(follow(quarters, notable=pack.levels.notable), pack.levels.ranks, pack.values(quarters[-1].quarter))
    found, reason = raised_by_both(pack, story, len(quarters) - 1)
    return Decided(pack, story, tuple(_alert(pack, story, one) for one in found), reason)


def _alert(pack: RulePack, story: Story, raised: Raised) -> Alert:
    states, subject = story.states[-1], raised.subject
    if raised.rule.about == "team":
        state = states.teams[subject.team]
        return Alert(raised, pack.levels.levels[state.rank].id, state.state, story.thresholds)
    if raised.rule.about == "county pressure":
        return Alert(raised, "", states.county[subject.area, subject.name], story.thresholds)
    return Alert(raised, "", "", story.thresholds)

