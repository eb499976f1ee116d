"""What a rule may say: a handful of words over measures, answers and the findings of lower strata."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Union

Comparison = Literal["at_least", "more_than", "at_most", "less_than"]

# Figures of this domain are never finer than this; it makes "exactly on the threshold" mean the
# same after a division as it does on paper.
EPSILON = 1e-9


@dataclass(frozen=True)
class AllOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    part: Condition


@dataclass(frozen=True)
class AtLeastOf:
    """At least so many of the parts; `n` names a threshold."""

    n: str
    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class ReceivingTeam:
    """The condition, of the team that this team's work transfers to."""

    part: Condition


@dataclass(frozen=True)
class MeasureTest:
    """A measure or figure against a named threshold."""

    measure: str
    comparison: Comparison
    threshold: str


@dataclass(frozen=True)
class SupplyTest:
    """Whether a figure was supplied at all. Never part of a level: absence proves nothing."""

    measure: str
    state: Literal["missing", "supplied"]


@dataclass(frozen=True)
class AnswerTest:
    """A team's median answer to a question, its polarity taken into account."""

    question: str
    side: Literal["adverse", "favourable"]


@dataclass(frozen=True)
class PressureTest:
    """A team pressure at a mark or beyond it: `present` holds for a severe one too, and `felt` for both."""

    pressure: str
    grade: Literal["felt", "present", "severe"]


@dataclass(frozen=True)
class CountyTest:
    """A county pressure that is `on`, or by which this team is itself `affected`."""

    pressure: str
    aspect: Literal["on", "affected"]


@dataclass(frozen=True)
class SupervisionTest:
    state: Literal["evidenced strained", "inferred strained", "evidenced adequate"]


@dataclass(frozen=True)
class RuleTest:
    """Whether a risk rule is met."""

    rule: str


@dataclass(frozen=True)
class LevelTest:
    """This quarter's level, or last quarter's, at or above a named level."""

    level: str
    last_quarter: bool = False


@dataclass(frozen=True)
class PeriodTest:
    """Whether the quarter lies in a named period."""

    period: str


@dataclass(frozen=True)
class AnswersTest:
    """Managers and practitioners on different sides of a question that the rules read."""

    state: Literal["split"]


@dataclass(frozen=True)
class KnifeEdgeTest:
    """The level turns on one post, or on a tenth of a threshold."""

    about: Literal["one post", "threshold"]


Leaf = Union[
    MeasureTest, SupplyTest, AnswerTest, PressureTest, CountyTest, SupervisionTest, RuleTest, LevelTest,
    PeriodTest, AnswersTest, KnifeEdgeTest,
]  # fmt: skip
Condition = Union[AllOf, AnyOf, Not, AtLeastOf, ReceivingTeam, Leaf]


def parts_of(condition: Condition) -> tuple[Condition, ...]:
    """The conditions directly inside another; none for a leaf."""
    match condition:
        case AllOf(parts) | AnyOf(parts) | AtLeastOf(_, parts):
            return parts
        case Not(part) | ReceivingTeam(part):
            return (part,)
    return ()


def walk(condition: Condition) -> Iterator[Condition]:
    """A condition and everything inside it, outermost first."""
    yield condition
    for part in parts_of(condition):
        yield from walk(part)


def in_words(condition: Condition) -> str:
    """A leaf as one short phrase, from its own names: the same words as in the YAML."""
    match condition:
        case MeasureTest(measure, comparison, threshold):
            return f"{measure} {comparison.replace('_', ' ')} {threshold}"
        case SupplyTest(measure, state):
            return f"{measure} {state}"
        case AnswerTest(question, side):
            return f"{question} {side}"
        case PressureTest(pressure, grade):
            return f"{pressure} {grade}"
        case CountyTest(pressure, aspect):
            return f"{pressure} {aspect}"
        case SupervisionTest(state):
            return f"supervision {state}"
        case RuleTest(rule):
            return f"{rule} met"
        case LevelTest(level, last_quarter):
            return f"{'last ' if last_quarter else ''}level at least {level}"
        case PeriodTest(period):
            return f"quarter in {period}"
        case AnswersTest(state):
            return f"answers {state}"
        case KnifeEdgeTest(about):
            return f"level turns on {about}"
        case AllOf(parts):
            return f"all of {len(parts)}"
        case AnyOf(parts):
            return f"any of {len(parts)}"
        case AtLeastOf(n, parts):
            return f"at least {n} of {len(parts)}"
        case Not(part):
            return f"not ({in_words(part)})"
        case ReceivingTeam(part):
            return f"the receiving team: {in_words(part)}"
    raise TypeError(condition)


def spelled_out(condition: Condition) -> str:
    """A whole condition on one line, the same for equal conditions and for no others."""
    match condition:
        case AllOf(parts) | AnyOf(parts) | AtLeastOf(_, parts):
            return f"{in_words(condition)} [{'; '.join(spelled_out(part) for part in parts)}]"
        case Not(part):
            return f"not [{spelled_out(part)}]"
        case ReceivingTeam(part):
            return f"the receiving team [{spelled_out(part)}]"
    return in_words(condition)


def compare(value: float, comparison: Comparison, threshold: float) -> bool:
    """Whether a value stands in that relation to a threshold, to within EPSILON."""
    match comparison:
        case "at_least":
            return value >= threshold - EPSILON
        case "more_than":
            return value > threshold + EPSILON
        case "at_most":
            return value <= threshold + EPSILON
        case "less_than":
            return value < threshold - EPSILON
    raise ValueError(comparison)


def margin(value: float, comparison: Comparison, threshold: float) -> float:
    """How far past the threshold a value is, in the measure's own unit; negative where short of it."""
    return value - threshold if comparison in ("at_least", "more_than") else threshold - value
