"""The shape of every file of a rule pack, for checking and for editors."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, WithJsonSchema

from ..logic.sense_checks import Kind as SenseKind
from ..logic.sense_checks import Relation, Side

WORD = r"^[A-Za-z][A-Za-z0-9_]*$"
PARAGRAPH = r"^para ([1-9]|[12][0-9]|30)$"
PACK_ID = r"^[a-z][a-z0-9-]*$"
VERSION = r"^[0-9]+\.[0-9]+\.[0-9]+$"
QUESTION = r"^q[1-9][0-9]*$"
SILENCED = r"^L[0-9]{3} \S+$"

ConditionDoc = Annotated[Any, WithJsonSchema({"$comment": "condition"})]
Text = Annotated[str, Field(min_length=1)]
Word = Annotated[str, Field(pattern=WORD)]
ParaText = Annotated[str, Field(pattern=PARAGRAPH)]
Cites = Annotated[list[ParaText], Field(min_length=1)]
YesNo = Literal["yes", "no"]
Direction = Literal["higher", "lower", "neither"]
Points = dict[str, Annotated[int, Field(ge=0)]]


class Doc(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class WordsDoc(Doc):
    team: Text
    teams: Text
    district: Text
    county: Text


class PackDoc(Doc):
    """pack.yaml: what this pack or layer is."""

    id: Annotated[str, Field(pattern=PACK_ID)]
    version: Annotated[str, Field(pattern=VERSION)]
    title: Text
    about: Text
    builds_on: Text | None = None
    language: Annotated[int, Field(ge=1, le=2)] | None = None
    words: WordsDoc | None = None


class ExampleDoc(Doc):
    name: Text
    given: dict[str, Any]
    expect: Text


class DatedValueDoc(Doc):
    from_: Annotated[Text, Field(alias="from")]
    value: float
    basis: Literal["report", "statistic", "judgement"]
    source: Text


class ThresholdDoc(Doc):
    """One entry of thresholds.yaml. A layer gives `values` only."""

    title: Text | None = None
    unit: Text | None = None
    measure: Word | None = None
    values: Annotated[list[DatedValueDoc], Field(min_length=1)] | None = None


class FigureDoc(Doc):
    """One entry of figures.yaml: a column of evidence."""

    title: Text
    help: Text
    table: Literal["workforce", "audits", "responses"]
    unit: Text
    worse_when: Direction
    comes_from: Text
    at_most: Word | None = None
    usual_of: Word | None = None
    over: Word | None = None


class MeasureDoc(Doc):
    """One entry of measures.yaml: arithmetic over figures."""

    title: Text
    formula: Annotated[Text, Field(max_length=500)] | None = None
    unit: Text
    worse_when: Direction
    may_be_supplied: YesNo = "no"
    comes_from: Text
    cites: Cites | None = None
    source: Text | None = None
    note: Text | None = None


class ScaleAnswerDoc(Doc):
    answer: Text
    meaning: Literal["favourable", "adverse"]


class ScaleDoc(Doc):
    answers: Annotated[list[ScaleAnswerDoc], Field(min_length=2)]
    not_counted: Text
    missing: Text
    basis: Literal["report", "statistic", "judgement"]
    source: Text
    cites: Cites


class ThemeDoc(Doc):
    id: Word
    title: Text
    questions: Text | None = None
    cites: Cites


class QuestionDoc(Doc):
    id: Annotated[str, Field(pattern=QUESTION)]
    number: Annotated[int, Field(ge=1)]
    theme: Word
    statement: Text
    favourable_when: Literal["high", "low", "unknown"]
    polarity: Literal["A", "B", "unknown"]
    county_finding: Literal["positive", "improvement", "none"]
    cites: Cites
    note: Text | None = None


class AnomalyDoc(Doc):
    id: Word
    says: Text
    questions: list[Word]
    cites: Cites
    handling: Text


class UnnumberedDoc(Doc):
    id: Word
    theme: Word
    finding: Literal["positive", "improvement"]
    says: Text
    note: Text
    cites: Cites


class QuestionnaireDoc(Doc):
    """questionnaire.yaml: scale, themes, questions, and what the report leaves open."""

    scale: ScaleDoc
    themes: Annotated[list[ThemeDoc], Field(min_length=1)]
    questions: Annotated[list[QuestionDoc], Field(min_length=1)]
    anomalies: list[AnomalyDoc]
    unnumbered: list[UnnumberedDoc]


class ParagraphDoc(Doc):
    number: Annotated[int, Field(ge=1, le=30)]
    says: Text
    grade: Text
    encoded_by: list[Text]
    not_encoded_because: Text | None = None


class ParagraphsDoc(Doc):
    """paragraphs.yaml: the report paragraph by paragraph."""

    paragraphs: list[ParagraphDoc]


class PeriodDoc(Doc):
    """One entry of periods.yaml: quarters with something in common."""

    title: Text
    quarters: list[Text]
    source: Text


class SenseNumberDoc(Doc):
    value: Annotated[float, Field(ge=0)]
    basis: Literal["report", "statistic", "judgement"]
    source: Text


class SenseCheckDoc(Doc):
    """One entry of sense_checks.yaml: a rule of thumb for the evidence. A layer may give `numbers` only.

    Which keys and numbers a check has depends on its kind; the loader holds it to that.
    """

    check: SenseKind | None = None
    title: Text | None = None
    rule_of_thumb: Text | None = None
    what_to_do: Text | None = None
    measures: Annotated[list[Word], Field(min_length=1)] | None = None
    counted_in: Word | None = None
    excused_by: list[Word] | None = None
    counts: Annotated[list[Word], Field(min_length=1)] | None = None
    whole: Annotated[Text, Field(max_length=500)] | None = None
    relation: Relation | None = None
    side: Side | None = None
    numbers: dict[str, SenseNumberDoc] | None = None


class EffectDoc(Doc):
    value: float
    basis: Literal["report", "statistic", "judgement"]
    source: Text


# One for one as a bare number, anything else with what it rests on. Tags in brackets stay out of the places of mistakes.
Moves = Annotated[
    Annotated[float, Tag("[number]")] | Annotated[EffectDoc, Tag("[mapping]")],
    Discriminator(lambda value: "[mapping]" if isinstance(value, dict) else "[number]"),
]


class CostDoc(Doc):
    value: Annotated[float, Field(gt=0)]
    basis: Literal["report", "statistic", "judgement"]
    source: Text


class LaterDoc(Doc):
    after_quarters: Annotated[int, Field(ge=1, le=40)]
    comes: Word


class LeverExampleDoc(Doc):
    given: dict[str, float]
    expect: Annotated[dict[str, float], Field(min_length=1)]


class LeverDoc(Doc):
    """One entry of what_if.yaml: something that can change by whole units, and the figures that move with it."""

    title: Text
    one: Text
    many: Text
    stands_for: dict[str, Literal["higher", "lower"]]
    who: Word | None = None
    unless_said: YesNo = "no"
    moves: Annotated[dict[str, Moves], Field(min_length=1)]
    moved_from: Word | None = None
    later: LaterDoc | None = None
    says: Text
    manager_can: YesNo = "no"
    cost: CostDoc | None = None
    out_of: Word
    tips: YesNo = "no"
    cites: Cites
    examples: Annotated[list[LeverExampleDoc], Field(min_length=1)]


# A number, or one for each stage.
ByStage = Annotated[
    Annotated[float, Tag("[number]")] | Annotated[dict[Word, float], Tag("[mapping]")],
    Discriminator(lambda value: "[mapping]" if isinstance(value, dict) else "[number]"),
]
Tallied = Annotated[
    Annotated[float, Tag("[number]")] | Annotated[dict[Word, float], Tag("[mapping]")] | Annotated[Literal["not known"], Tag("[word]")],
    Discriminator(lambda value: "[mapping]" if isinstance(value, dict) else "[word]" if isinstance(value, str) else "[number]"),
]


class TallyExampleDoc(Doc):
    given: dict[str, float]
    expect: Tallied


class TallyDoc(Doc):
    """One entry of tallies.yaml: what is added up from a team's figures and listed in a what-if."""

    title: Text
    unit: Text
    each: Annotated[dict[str, ByStage], Field(min_length=1)]
    stages: dict[Word, Text] = {}
    shown: Text | None = None
    basis: Literal["report", "statistic", "judgement"]
    source: Text
    says: Text
    above_nought: Text | None = None
    instead: list[Word] = []
    cites: Cites
    examples: Annotated[list[TallyExampleDoc], Field(min_length=1)]


class AlertExampleDoc(Doc):
    name: Text
    quarters: Annotated[list[Any], Field(min_length=1)]
    expect: Annotated[list[YesNo], Field(min_length=1)]


class AlertDoc(Doc):
    """One entry of alerts.yaml: what raises an alert, who gets it, and by when it needs an answer."""

    title: Text
    cites: Cites
    because: Text
    about: Literal["team", "team rule", "district", "county pressure", "team pressure"]
    when: Annotated[Any, WithJsonSchema({"type": "object"})]
    again: Literal["each quarter"] | None = None
    to: Annotated[list[Literal["team_manager", "district_manager", "head_of_service"]], Field(min_length=1)]
    together: YesNo = "no"
    seen_first_by: Literal["team_manager", "district_manager"] | None = None
    right_of_reply: Word | None = None
    asks: Text
    answer_within: Word | None = None
    answered_by: list[Literal["team_manager", "district_manager", "head_of_service"]] = []
    then_to: list[Literal["team_manager", "district_manager", "head_of_service"]] = []
    then_after: Word | None = None
    examples: Annotated[list[AlertExampleDoc], Field(min_length=1)]


class SilencedDoc(Doc):
    """One entry of silenced.yaml: a finding of `rules check` that is meant, and why."""

    because: Annotated[str, Field(min_length=20)]


class LevelDoc(Doc):
    id: Word
    title: Text
    words: Text
    response: Text


class InsufficientDoc(Doc):
    title: Text
    words: Text
    response: Text
    at_least: Word
    because: Text


class WeightsDoc(Doc):
    major: Word | None = None
    minor: Word | None = None


class ConfidenceBandsDoc(Doc):
    low_when: WeightsDoc
    medium_when: WeightsDoc
    examples: list[ExampleDoc] = []


class LevelsDoc(Doc):
    """levels.yaml: the levels, lowest first, and the confidence beside them."""

    levels: Annotated[list[LevelDoc], Field(min_length=2)]
    flagged_from: Word
    followed_from: Word | None = None
    clear_by: Word | None = None
    insufficient_evidence: InsufficientDoc
    confidence: ConfidenceBandsDoc
    examples: list[ExampleDoc] = []


class RuleDoc(Doc):
    id: Word
    title: Text
    cites: Cites
    because: Text
    examples: Annotated[list[ExampleDoc], Field(min_length=1)]


class TeamPressureDoc(RuleDoc):
    """pressures/team/ID.yaml: a local pressure."""

    family: Word
    felt: ConditionDoc | None = None
    present: ConditionDoc
    severe: ConditionDoc
    points: Points
    tell_the_manager: Text


class CountyPressureDoc(RuleDoc):
    """pressures/county/ID.yaml: a pressure that is on when most teams are affected."""

    affected: ConditionDoc
    most: Word
    tell_the_manager: Text


class SupervisionDoc(RuleDoc):
    """supervision.yaml: the hinge."""

    id: Literal["supervision"]
    evidenced_strained: ConditionDoc
    evidenced_adequate: ConditionDoc
    inferred_strained: ConditionDoc
    points: Points
    tell_the_manager: Text


class RiskRuleDoc(RuleDoc):
    """risk/ID.yaml: a coincidence of pressures and the level it proves."""

    level: Word
    when: ConditionDoc
    points: Annotated[int, Field(ge=0)] = 0
    same_day: YesNo = "no"
    stands_alone: YesNo = "no"
    tell_the_manager: Text


class NoticeDoc(RuleDoc):
    """notices/ID.yaml: something to know that decides no level."""

    channel: Literal["notice", "compliance"]
    when: ConditionDoc
    tell_the_manager: Text
    worse_may_end_it_because: Text | None = None


class ReducerDoc(RuleDoc):
    """confidence/ID.yaml: a reason to trust a result less."""

    weight: Literal["minor", "major"]
    when: ConditionDoc
