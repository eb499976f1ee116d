"""What is known of one team in one quarter, and of the strata already worked out for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from .answers import NO_ANSWER, Answer
from .conditions import MeasureTest
from .formula import compute
from .model import RulePack
from .quarter import Quarter
from .truth import Truth, negation

AnswerSplit = Literal["split", "agreed"]


@dataclass(frozen=True)
class Team:
    """A team in the list; `county` is the area whose pressures it shares.

    The row holds from `from_quarter` to `to_quarter`, both included; None is without limit. `became` are the teams
    that took its work over when it ended.
    """

    id: str
    name: str
    district: str
    county: str
    kind: str = ""
    transfers_to: str = ""
    from_quarter: Quarter | None = None
    to_quarter: Quarter | None = None
    became: tuple[str, ...] = ()

    def in_force(self, quarter: Quarter) -> bool:
        """Whether this row of the list holds in a quarter."""
        return (self.from_quarter is None or self.from_quarter <= quarter) and (self.to_quarter is None or quarter <= self.to_quarter)

    def ends_after(self, other: Team) -> bool:
        """Whether this row holds longer than another."""
        return self.to_quarter is None or (other.to_quarter is not None and self.to_quarter > other.to_quarter)

    def overlaps(self, other: Team) -> bool:
        """Whether there is a quarter in which both rows hold."""
        begins = max((row.from_quarter for row in (self, other) if row.from_quarter), default=None)
        ends = min((row.to_quarter for row in (self, other) if row.to_quarter), default=None)
        return begins is None or ends is None or begins <= ends


def last_quarters(name: str) -> str:
    """The name of last quarter's value of a figure or measure, as a formula has it."""
    return f"last_quarter({name})"


@dataclass(frozen=True)
class Evidence:
    """One team's evidence for one quarter.

    `figures` and `last_quarter` hold what was supplied, by figure (or by measure where it was
    supplied as it is); what is absent was not supplied. `cells` says where each came from.

    Some are worked out from earlier quarters: `made_of` has the values that such a figure is the mean of, `no_history`
    says why another could not be. `no_last_quarter` says why nothing at all is known of last quarter. Names of last
    quarter's figures are written as in a formula, `last_quarter(name)`.
    """

    figures: dict[str, float] = field(default_factory=dict)
    last_quarter: dict[str, float] = field(default_factory=dict)
    answers: dict[str, Answer] = field(default_factory=dict)
    split_questions: tuple[str, ...] = ()
    cells: dict[str, str] = field(default_factory=dict)
    made_of: dict[str, tuple[float, ...]] = field(default_factory=dict)
    no_history: dict[str, str] = field(default_factory=dict)
    no_last_quarter: str = ""

    def answer(self, question: str) -> Answer:
        return self.answers.get(question, NO_ANSWER)


@dataclass(frozen=True)
class Grade:
    """A pressure's state, as far as it is known: at least felt, at least present, and severe.

    A pressure that declares no `felt` is felt where it is present.
    """

    present: Truth
    severe: Truth
    felt: Truth = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.felt is None:
            object.__setattr__(self, "felt", self.present)

    def __str__(self) -> str:
        if self.severe is Truth.MET:
            return "severe"
        if self.present is Truth.MET:
            return "present"
        if self.felt is Truth.MET:
            return "felt"
        return "none" if self.felt is Truth.NOT_MET else "cannot tell"

    @property
    def could_be(self) -> str:
        """The worst it could be."""
        if self.severe.could:
            return "severe"
        if self.present.could:
            return "present"
        return "felt" if self.felt.could else "none"


SUPERVISION_STATES = ("evidenced strained", "evidenced adequate", "inferred strained")


@dataclass(frozen=True)
class SupervisionState:
    strained: Truth
    adequate: Truth
    inferred: Truth

    def __str__(self) -> str:
        for state in SUPERVISION_STATES:
            if self.is_(state) is Truth.MET:
                return state
        return "cannot tell"

    @property
    def could_be(self) -> str:
        """The worst it could be."""
        return SUPERVISION_STATES[0] if self.strained.could else str(self)

    def is_(self, state: str) -> Truth:
        """How far this one state is the one that is reported.

        Evidence outranks inference, and adverse evidence outranks good reports.
        """
        if state == "evidenced strained":
            return self.strained
        if state == "evidenced adequate":
            return min(self.adequate, negation(self.strained))
        return min(self.inferred, negation(self.strained), negation(self.adequate))


@dataclass(frozen=True)
class Majority:
    """A county pressure as the whole county has it: how many are affected, of all in the list."""

    pressure: str
    area: str
    on: Truth
    affected: int
    silent: int
    teams: int

    def __str__(self) -> str:
        return {Truth.MET: "on", Truth.NOT_MET: "off", Truth.CANNOT_TELL: "cannot tell"}[self.on]


class Facts:
    """Everything a condition may read about one team. Measures are worked out once, when first read."""

    def __init__(self, pack: RulePack, thresholds: dict[str, float], evidence: Evidence):
        self.pack = pack
        self.thresholds = thresholds
        self.evidence = evidence
        self.pressures: dict[str, Grade] = {}
        self.affected: dict[str, Truth] = {}
        self.county: dict[str, Truth] = {}
        self.majorities: dict[str, Majority] = {}
        self.supervision: SupervisionState | None = None
        self.rules: dict[str, Truth] = {}
        self.receiving: Facts | None = None
        self.quarter: Quarter | None = None
        self.last_level: str | None = None
        self.no_last_level = ""
        self.periods: dict[str, bool] = {}
        self.knife_edges: frozenset[str] | None = None
        self._values: dict[str, float | None] = {}

    def value(self, name: str) -> float | None:
        """This quarter's value of a measure or figure, in its unit; None where it can't be had."""
        if name not in self._values:
            self._values[name] = self._work_out(name, self.evidence.figures)
        return self._values[name]

    def _work_out(self, name: str, figures: dict[str, float]) -> float | None:
        if name in figures:
            return figures[name]
        measure = self.pack.measures.get(name)
        if measure is None or measure.formula is None:
            return None
        if figures is self.evidence.figures:
            return compute(measure.formula, self.value, self.last_value)
        return compute(measure.formula, lambda part: self._work_out(part, figures), _not_held)

    def limit(self, test: MeasureTest) -> float:
        """The number that a comparison is made with, in the threshold's unit."""
        return self.thresholds[test.threshold]

    def last_value(self, name: str) -> float | None:
        """The same team's value one quarter earlier."""
        return self._work_out(name, self.evidence.last_quarter)


def _not_held(name: str) -> None:
    """The quarter before last, which no score reads; a pack that asks for it does not load."""
    return None
