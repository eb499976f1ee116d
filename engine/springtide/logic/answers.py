"""What a team's several respondents come to, question by question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .model import Question, Scale
from .truth import Truth


@dataclass(frozen=True)
class Answer:
    """A team's answer to one question: its median, as far as it is known.

    `best` and `worst` are the medians if every "don't know" and blank were the most favourable or
    the most adverse answer; they are the same where nothing is unknown. Where two middle answers
    differ, the worse is taken. "Not applicable" is not counted.
    """

    favourable: int
    adverse: int
    unknown: int
    not_applicable: int
    best: str | None
    worst: str | None

    @property
    def counted(self) -> int:
        return self.favourable + self.adverse + self.unknown

    @property
    def is_adverse(self) -> Truth:
        if self.counted == 0:
            return Truth.NOT_MET if self.not_applicable else Truth.CANNOT_TELL
        half = self.counted // 2
        return Truth.between(self.favourable + self.unknown <= half, self.favourable <= half)

    @property
    def is_favourable(self) -> Truth:
        if self.counted == 0:
            return Truth.NOT_MET if self.not_applicable else Truth.CANNOT_TELL
        half = self.counted // 2
        return Truth.between(self.favourable > half, self.favourable + self.unknown > half)

    def __str__(self) -> str:
        if self.counted == 0:
            return "not applicable" if self.not_applicable else "no answer"
        if self.best == self.worst:
            return str(self.best)
        return f"between {self.best} and {self.worst}"


NO_ANSWER = Answer(0, 0, 0, 0, None, None)


def from_worst_to_best(question: Question, scale: Scale) -> tuple[str, ...]:
    """The scale as this question is keyed, most adverse first."""
    return scale.answers if question.favourable_when == "low" else scale.answers[::-1]


def favourable_answers(question: Question, scale: Scale) -> frozenset[str]:
    """The answers that count as favourable; none where the question's polarity is unknown."""
    if question.favourable_when == "unknown":
        return frozenset()
    if question.favourable_when == "high":
        return frozenset(scale.favourable)
    return frozenset(scale.answers) - frozenset(scale.favourable)


def combine(question: Question, scale: Scale, given: Iterable[str | None]) -> Answer:
    """The team's answer from its respondents' (None for a blank or "don't know")."""
    if question.favourable_when == "unknown":
        return NO_ANSWER
    best_first = from_worst_to_best(question, scale)[::-1]
    good = favourable_answers(question, scale)
    known, unknown, not_applicable = [], 0, 0
    for answer in given:
        if answer is None or answer == scale.missing:
            unknown += 1
        elif answer == scale.not_counted:
            not_applicable += 1
        else:
            known.append(best_first.index(answer))
    favourable = sum(best_first[place] in good for place in known)
    counted = len(known) + unknown
    if counted == 0:
        return Answer(0, 0, 0, not_applicable, None, None)
    last = len(best_first) - 1
    best = sorted(known + [0] * unknown)[counted // 2]
    worst = sorted(known + [last] * unknown)[counted // 2]
    return Answer(
        favourable, len(known) - favourable, unknown, not_applicable, best_first[best], best_first[worst]
    )
