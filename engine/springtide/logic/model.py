"""A rule pack in memory: everything YAML declares, typed and checked, with nothing of YAML left."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from graphlib import TopologicalSorter
from typing import Any, Literal

from .alerts.rules import AlertRule
from .conditions import AnswerTest, Condition, MeasureTest, RuleTest, parts_of, walk
from .formula import Formula
from .levers import Lever
from .quarter import Quarter
from .sense_checks import SenseCheck
from .tallies import Tally

CONDITION_KEYS = (
    "felt", "present", "severe", "affected", "evidenced_strained", "evidenced_adequate", "inferred_strained", "when",
)  # fmt: skip

Basis = Literal["report", "statistic", "judgement"]
Direction = Literal["higher", "lower", "neither"]


@dataclass(frozen=True)
class Words:
    """What this pack calls the unit it scores and the areas around it."""

    team: str
    teams: str
    district: str
    county: str


@dataclass(frozen=True)
class DatedValue:
    """A threshold's value from a quarter on; `start` None means always."""

    start: Quarter | None
    value: float
    basis: Basis
    source: str


@dataclass(frozen=True)
class Threshold:
    """A named number. Values are in `unit`, and the latest one that has begun is in force."""

    id: str
    title: str
    unit: str
    values: tuple[DatedValue, ...]
    measure: str = ""
    at: str = field(default="", compare=False)

    def in_force(self, quarter: Quarter) -> DatedValue | None:
        begun = [v for v in self.values if v.start is None or v.start <= quarter]
        return max(begun, key=lambda v: (v.start is not None, v.start or quarter), default=None)


@dataclass(frozen=True)
class Figure:
    """A column of evidence.

    Where it was not supplied, it may be the mean of another, `usual_of`, over as many of the team's own quarters before
    this one as the threshold `over` says.
    """

    id: str
    title: str
    help: str
    table: Literal["workforce", "audits", "responses"]
    unit: str
    worse_when: Direction
    comes_from: str
    at_most: str | None = None
    usual_of: str | None = None
    over: str | None = None
    at: str = field(default="", compare=False)


@dataclass(frozen=True)
class Measure:
    """A number per team and quarter: arithmetic over figures, or supplied as it is."""

    id: str
    title: str
    formula: Formula | None
    formula_text: str
    unit: str
    worse_when: Direction
    comes_from: str
    may_be_supplied: bool
    cites: tuple[int, ...]
    source: str
    note: str = ""
    at: str = field(default="", compare=False)


@dataclass(frozen=True)
class Scale:
    """The answers, best first for a normally keyed question, and which side each falls on."""

    answers: tuple[str, ...]
    favourable: tuple[str, ...]
    not_counted: str
    missing: str


@dataclass(frozen=True)
class Theme:
    id: str
    title: str
    cites: tuple[int, ...]


@dataclass(frozen=True)
class Question:
    """One of the 48 points, in our own words."""

    id: str
    number: int
    theme: str
    statement: str
    favourable_when: Literal["high", "low", "unknown"]
    polarity: Literal["A", "B", "unknown"]
    county_finding: Literal["positive", "improvement", "none"]
    cites: tuple[int, ...]
    note: str = ""
    at: str = field(default="", compare=False)


@dataclass(frozen=True)
class Unnumbered:
    """A finding of the report that belongs to no question."""

    id: str
    theme: str
    finding: Literal["positive", "improvement"]
    says: str
    note: str
    cites: tuple[int, ...]


@dataclass(frozen=True)
class Anomaly:
    """Something the report leaves open or contradicts, kept as it is."""

    id: str
    says: str
    questions: tuple[str, ...]
    handling: str
    cites: tuple[int, ...]


@dataclass(frozen=True)
class Questionnaire:
    scale: Scale
    themes: tuple[Theme, ...]
    questions: tuple[Question, ...]
    anomalies: tuple[Anomaly, ...]
    unnumbered: tuple[Unnumbered, ...]


@dataclass(frozen=True)
class Example:
    """A case that a rule carries: what is given, and what it must come to."""

    name: str
    given: dict[str, Any]
    expect: str
    at: str = field(default="", compare=False)


@dataclass(frozen=True)
class Declared:
    """What every rule has: a name, its paragraphs, why it matters, its own examples."""

    id: str
    title: str
    cites: tuple[int, ...]
    because: str
    examples: tuple[Example, ...]
    at: str = field(compare=False)

    @property
    def conditions(self) -> dict[str, Condition]:
        """This rule's conditions, by the key they stand under."""
        return {name: held for name in CONDITION_KEYS if (held := getattr(self, name, None)) is not None}


@dataclass(frozen=True)
class TeamPressure(Declared):
    """One of the local pressures, by up to three marks, each of which includes the next.

    `felt` is what a team has that is under a county-wide pressure, where the pack tells it from `present`, the team's own.
    """

    family: str
    present: Condition
    severe: Condition
    points: dict[str, int]
    tell_the_manager: str
    felt: Condition | None = None

    @property
    def marks(self) -> tuple[Literal["felt", "present", "severe"], ...]:
        """The marks that this pressure declares, mildest first."""
        return ("present", "severe") if self.felt is None else ("felt", "present", "severe")


@dataclass(frozen=True)
class CountyPressure(Declared):
    """A pressure that is on when more than the share `most` of all teams are affected."""

    affected: Condition
    most: str
    tell_the_manager: str


@dataclass(frozen=True)
class Supervision(Declared):
    """The hinge of paragraphs 24 and 30."""

    evidenced_strained: Condition
    evidenced_adequate: Condition
    inferred_strained: Condition
    points: dict[str, int]
    tell_the_manager: str


@dataclass(frozen=True)
class RiskRule(Declared):
    """A coincidence of pressures, and the level it proves.

    `stands_alone`: it needs nothing county-wide, and no answer offsets it; `rules prove` holds it to that.
    """

    level: str
    when: Condition
    points: int
    same_day: bool
    tell_the_manager: str
    stands_alone: bool = False


@dataclass(frozen=True)
class Notice(Declared):
    """Something the reader should know that decides no level.

    `worse_may_end_it_because`: why worse evidence may take this notice away, where that is meant.
    """

    channel: Literal["notice", "compliance"]
    when: Condition
    tell_the_manager: str
    worse_may_end_it_because: str = ""


@dataclass(frozen=True)
class Reducer(Declared):
    """A reason to trust a result less. It stands beside the level and never inside it."""

    weight: Literal["minor", "major"]
    when: Condition


@dataclass(frozen=True)
class Level:
    id: str
    title: str
    words: str
    response: str


@dataclass(frozen=True)
class Levels:
    """The levels, lowest first, and when the evidence is too thin for any of them.

    From `followed_from` on, a level is followed over quarters: as new, persisting, or cleared. For alerts it is lower only
    when it is clear of every threshold by the share that `clear_by` names.
    """

    levels: tuple[Level, ...]
    flagged_from: str
    followed_from: str
    insufficient: Level
    insufficient_below: str
    confidence_low: dict[str, str]
    confidence_medium: dict[str, str]
    clear_by: str = ""
    examples: tuple[Example, ...] = ()
    confidence_examples: tuple[Example, ...] = ()

    def rank(self, level: str) -> int:
        """0 for the lowest; insufficient evidence ranks with it, for it proves no pressure either."""
        if level == self.insufficient.id:
            return 0
        return [known.id for known in self.levels].index(level)

    @property
    def ranks(self) -> dict[str, int]:
        """The rank of every level, by id."""
        return {level.id: place for place, level in enumerate(self.levels)}

    @property
    def notable(self) -> int:
        """The rank from which a level is followed over quarters."""
        return self.rank(self.followed_from)

    def by_id(self, level: str) -> Level:
        if level == self.insufficient.id:
            return self.insufficient
        return self.levels[self.rank(level)]

    def flagged(self, level: str) -> bool:
        return self.rank(level) >= self.rank(self.flagged_from)


@dataclass(frozen=True)
class Period:
    id: str
    title: str
    quarters: tuple[Quarter, ...]
    source: str


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the report in one line, and what encodes it."""

    number: int
    says: str
    grade: str
    encoded_by: tuple[str, ...]
    not_encoded_because: str


@dataclass(frozen=True)
class Silenced:
    """A finding of `rules check` that this pack means as it is: its code, of what, and why."""

    code: str
    of: str
    because: str
    at: str = field(default="", compare=False)


@dataclass(frozen=True)
class RulePack:
    """A whole pack: layers stacked, references resolved, examples attached.

    `language`: the edition of the rule language, and so of its documents, that the pack was written for. Results and
    explanations of edition 1 keep their keys for ever, so that what was filed replays to the same bytes.
    """

    id: str
    version: str
    title: str
    hash: str
    layers: tuple[str, ...]
    words: Words
    thresholds: dict[str, Threshold]
    figures: dict[str, Figure]
    measures: dict[str, Measure]
    questionnaire: Questionnaire
    team_pressures: dict[str, TeamPressure]
    county_pressures: dict[str, CountyPressure]
    supervision: Supervision
    risk: dict[str, RiskRule]
    notices: dict[str, Notice]
    reducers: dict[str, Reducer]
    levels: Levels
    periods: dict[str, Period]
    paragraphs: tuple[Paragraph, ...]
    silenced: dict[str, Silenced] = field(default_factory=dict)
    sense_checks: dict[str, SenseCheck] = field(default_factory=dict)
    levers: dict[str, Lever] = field(default_factory=dict)
    tallies: dict[str, Tally] = field(default_factory=dict)
    alerts: dict[str, AlertRule] = field(default_factory=dict)
    about: str = ""
    language: int = 1

    @cached_property
    def questions(self) -> dict[str, Question]:
        return {question.id: question for question in self.questionnaire.questions}

    @cached_property
    def usuals(self) -> tuple[tuple[Figure, Figure, Threshold], ...]:
        """Figures that may be worked out from earlier quarters, each with the figure whose mean it is and over how many."""
        return tuple(
            (figure, self.figures[figure.usual_of], self.thresholds[figure.over])
            for figure in self.figures.values()
            if figure.usual_of is not None and figure.over is not None
        )

    @cached_property
    def families(self) -> dict[str, tuple[TeamPressure, ...]]:
        """Team pressures by family: two faces of one fact score once."""
        found: dict[str, list[TeamPressure]] = {}
        for pressure in self.team_pressures.values():
            found.setdefault(pressure.family, []).append(pressure)
        return {family: tuple(members) for family, members in found.items()}

    @cached_property
    def rules(self) -> dict[str, Declared]:
        """Everything with a condition and examples, by id, in the order of the strata."""
        return {
            **self.team_pressures,
            **self.county_pressures,
            self.supervision.id: self.supervision,
            **self.risk,
            **self.notices,
            **self.reducers,
        }

    @cached_property
    def leaves(self) -> tuple[Condition, ...]:
        """Every condition that reads something itself, over all rules, each once."""
        return tuple(
            dict.fromkeys(
                part
                for rule in self.rules.values()
                for condition in rule.conditions.values()
                for part in walk(condition)
                if not parts_of(part)
            )
        )

    @cached_property
    def level_leaves(self) -> tuple[Condition, ...]:
        """The leaves that can bear on a level: those of pressures, supervision and risk rules."""
        bearing = (*self.team_pressures.values(), *self.county_pressures.values(), self.supervision, *self.risk.values())
        held = {part for rule in bearing for condition in rule.conditions.values() for part in walk(condition)}
        return tuple(leaf for leaf in self.leaves if leaf in held)

    @cached_property
    def read_by_pressure(self) -> dict[str, frozenset[str]]:
        """The measures, figures and questions that each team pressure's own conditions read."""
        return {
            pressure.id: frozenset(
                leaf.measure if isinstance(leaf, MeasureTest) else leaf.question
                for condition in pressure.conditions.values()
                for leaf in walk(condition)
                if isinstance(leaf, (MeasureTest, AnswerTest))
            )
            for pressure in self.team_pressures.values()
        }

    @cached_property
    def questions_read(self) -> tuple[str, ...]:
        """The questions that some rule reads, in their order."""
        read = {leaf.question for leaf in self.leaves if isinstance(leaf, AnswerTest)}
        return tuple(question for question in self.questions if question in read)

    @cached_property
    def rule_order(self) -> tuple[str, ...]:
        """Risk rules so that each comes after those it reads.

        Raises:
            graphlib.CycleError: rules that read each other in a circle.
        """
        reads = {
            rule.id: sorted({part.rule for part in walk(rule.when) if isinstance(part, RuleTest)})
            for rule in self.risk.values()
        }
        return tuple(TopologicalSorter(reads).static_order())

    def covers(self, quarter: Quarter) -> bool:
        """Whether every threshold has a value in force in a quarter."""
        return all(threshold.in_force(quarter) for threshold in self.thresholds.values())

    def values(self, quarter: Quarter) -> dict[str, float]:
        """Every threshold's value in force in a quarter.

        Raises:
            LookupError: a threshold has no value yet in that quarter.
        """
        values = {}
        for threshold in self.thresholds.values():
            value = threshold.in_force(quarter)
            if value is None:
                first = min(v.start for v in threshold.values if v.start)
                raise LookupError(
                    f"pack {self.id} has no value of '{threshold.id}' for {quarter}: "
                    f"its first is for {first}; score with a pack made for that time"
                )
            values[threshold.id] = value.value
        return values
