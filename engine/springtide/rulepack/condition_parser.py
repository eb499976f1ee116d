"""From YAML to a condition: every word checked against what the pack declares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..logic import conditions as c
from .problems import Problem, did_you_mean, shown
from .yaml_reader import Path_, YamlFile

_COMPARISONS = ("at_least", "more_than", "at_most", "less_than")
_OPERATORS = ("all", "any", "not", "at_least_n_of")
_SUPERVISION = ("evidenced strained", "inferred strained", "evidenced adequate")
_SPECIAL = ("supervision", "level", "last_level", "receiving_team", "answers", "period", "knife_edge")

# Words with a meaning of their own, which nothing declared may bear as its name.
RESERVED = frozenset((*_OPERATORS, *_SPECIAL, "last_quarter"))


@dataclass
class Vocabulary:
    """Every id that a condition of this pack may name."""

    numbers: dict[str, str | None] = field(default_factory=dict)  # measures and figures, with their units if known
    thresholds: dict[str, str | None] = field(default_factory=dict)  # with their units if known
    questions: set[str] = field(default_factory=set)
    keyed_questions: set[str] = field(default_factory=set)
    team_pressures: set[str] = field(default_factory=set)
    felt_pressures: set[str] = field(default_factory=set)  # those that declare what is felt
    county_pressures: set[str] = field(default_factory=set)
    rules: set[str] = field(default_factory=set)
    levels: set[str] = field(default_factory=set)
    periods: set[str] = field(default_factory=set)
    unread: set[str] = field(default_factory=set)  # notices and reducers, which nothing reads

    @property
    def words(self) -> set[str]:
        declared = set(self.numbers) | self.questions | self.team_pressures | self.county_pressures | self.rules
        return declared | set(_SPECIAL) | set(_OPERATORS)


# What each stratum may read of the others. A stratum reads only those below it, so nothing goes round.
READABLE: dict[str, frozenset[type]] = {}
_GROUND = frozenset({c.MeasureTest, c.AnswerTest})
READABLE["team pressure"] = _GROUND
READABLE["county pressure"] = _GROUND | {c.PressureTest}
READABLE["supervision"] = _GROUND | {c.PressureTest}
# Another team is asked only about what it alone decides.
READABLE["question to the receiving team"] = _GROUND | {c.PressureTest}
READABLE["risk rule"] = _GROUND | {c.PressureTest, c.CountyTest, c.SupervisionTest, c.RuleTest}
READABLE["notice"] = READABLE["risk rule"] | {c.LevelTest, c.SupplyTest, c.ReceivingTeam}
READABLE["confidence reducer"] = READABLE["notice"] | {c.PeriodTest, c.AnswersTest, c.KnifeEdgeTest}

_NAMES = {
    c.MeasureTest: "a measure", c.AnswerTest: "an answer", c.PressureTest: "a team pressure",
    c.CountyTest: "a county pressure", c.SupervisionTest: "supervision", c.RuleTest: "a risk rule",
    c.LevelTest: "the level", c.SupplyTest: "whether a figure is missing", c.ReceivingTeam: "the receiving team",
    c.PeriodTest: "a period", c.AnswersTest: "split answers", c.KnifeEdgeTest: "a knife edge",
}  # fmt: skip


class ConditionParser:
    """Parses the conditions of one file, collecting mistakes as it goes."""

    def __init__(self, file: YamlFile, kind: str, vocabulary: Vocabulary, problems: list[Problem]):
        self.file = file
        self.kind = kind
        self.vocabulary = vocabulary
        self.problems = problems

    def parse(self, raw: Any, path: Path_) -> c.Condition | None:
        """The condition at a path, or None where it (or a part of it) is wrong."""
        if not isinstance(raw, dict) or len(raw) != 1:
            return self._wrong(path, self._not_a_condition(raw), "a condition has exactly one key; join several with all: or any:")
        ((word, value),) = raw.items()
        parsed = self._parse_word(word, value, (*path, word))
        if parsed is not None and not self._may_read(parsed, (*path, word)):
            return None
        return parsed

    def _parse_word(self, word: str, value: Any, path: Path_) -> c.Condition | None:
        known = self.vocabulary
        if word in ("all", "any"):
            parts = self._parts(value, path)
            return None if parts is None else (c.AllOf(parts) if word == "all" else c.AnyOf(parts))
        if word == "not":
            part = self.parse(value, path)
            return None if part is None else c.Not(part)
        if word == "at_least_n_of":
            return self._at_least(value, path)
        if word in known.numbers:
            return self._number(word, value, path)
        choices: list[tuple[bool, tuple[str, ...], Callable[[Any], c.Condition]]] = [
            (word in known.questions, ("adverse", "favourable"), lambda v: c.AnswerTest(word, v)),
            (word in known.felt_pressures, ("felt", "present", "severe"), lambda v: c.PressureTest(word, v)),
            (word in known.team_pressures, ("present", "severe"), lambda v: c.PressureTest(word, v)),
            (word in known.county_pressures, ("on", "affected"), lambda v: c.CountyTest(word, v)),
            (word in known.rules, ("met",), lambda v: c.RuleTest(word)),
            (word == "supervision", _SUPERVISION, lambda v: c.SupervisionTest(v)),
            (word == "answers", ("split",), lambda v: c.AnswersTest(v)),
            (word == "period", tuple(sorted(known.periods)), lambda v: c.PeriodTest(v)),
            (word == "knife_edge", ("one post", "threshold"), lambda v: c.KnifeEdgeTest(v)),
        ]
        for applies, options, make in choices:
            if applies:
                if word in known.questions and word not in known.keyed_questions:
                    return self._wrong(path, f"'{word}' was never reported, so no answer to it is adverse or favourable",
                                       "a rule can't read it", key=True)  # fmt: skip
                if value == "felt" and word in known.team_pressures and word not in known.felt_pressures:
                    return self._wrong(path, f"'{word}' does not say what is felt", "write present, or give the pressure a 'felt' condition")
                if value not in options:
                    return self._wrong(path, f"{shown(value)} is not something '{word}' can be", did_you_mean(value, options))
                return make(value)
        if word in ("level", "last_level"):
            if not isinstance(value, dict) or list(value) != ["at_least"]:
                return self._wrong(path, f"'{word}' is compared with 'at_least' only", "as in {at_least: elevated}")
            level = value["at_least"]
            if not isinstance(level, str) or level not in known.levels:
                what = f"there is no level {shown(level)}" if isinstance(level, str) else f"{shown(level)} stands where a level should be named"
                return self._wrong((*path, "at_least"), what, did_you_mean(level, known.levels))
            return c.LevelTest(level, word == "last_level")
        if word == "receiving_team":
            asked = ConditionParser(self.file, "question to the receiving team", self.vocabulary, self.problems)
            part = asked.parse(value, path)
            return None if part is None else c.ReceivingTeam(part)
        if word in known.unread:
            return self._wrong(path, f"'{word}' is a notice or a confidence reducer, which no condition can read",
                               "read what it rests on instead", key=True)  # fmt: skip
        return self._wrong(path, f"{shown(word)} is no measure, figure, question, pressure or rule of this pack",
                           did_you_mean(word, known.words) or "declare it first", key=True)  # fmt: skip

    def _parts(self, value: Any, path: Path_) -> tuple[c.Condition, ...] | None:
        if not isinstance(value, list) or not value:
            return self._wrong(path, f"'{path[-1]}' needs a list of conditions", "at least one, each on a line with '- '")
        parts = [self.parse(item, (*path, place)) for place, item in enumerate(value)]
        return None if any(part is None for part in parts) else tuple(part for part in parts if part is not None)

    def _at_least(self, value: Any, path: Path_) -> c.Condition | None:
        if not isinstance(value, dict) or set(value) != {"n", "of"}:
            return self._wrong(path, "'at_least_n_of' needs exactly 'n' and 'of'", "as in {n: families_needed, of: [...]}")
        parts = self._parts(value["of"], (*path, "of"))
        n = self._threshold(value["n"], (*path, "n"), "count")
        return None if parts is None or n is None else c.AtLeastOf(n, parts)

    def _number(self, word: str, value: Any, path: Path_) -> c.Condition | None:
        if value in ("missing", "supplied"):
            return c.SupplyTest(word, value)
        if isinstance(value, (int, float)):
            return self._bare_number(value, path)
        if not isinstance(value, dict) or len(value) != 1:
            return self._wrong(path, f"'{word}' needs one comparison with a named threshold",
                               "as in {at_least: vacancy_rate_present}")  # fmt: skip
        ((comparison, threshold),) = value.items()
        if comparison not in _COMPARISONS:
            return self._wrong((*path, comparison), f"{shown(comparison)} is not a comparison",
                               did_you_mean(comparison, _COMPARISONS), key=True)  # fmt: skip
        name = self._threshold(threshold, (*path, comparison), self.vocabulary.numbers[word])
        return None if name is None else c.MeasureTest(word, comparison, name)

    def _threshold(self, name: Any, path: Path_, unit: str | None) -> str | None:
        if isinstance(name, (int, float)):
            return self._bare_number(name, path)
        if not isinstance(name, str):
            return self._wrong(path, f"{shown(name)} stands where a threshold should be named", "as in {at_least: vacancy_rate_present}")
        if name not in self.vocabulary.thresholds:
            hint = did_you_mean(name, self.vocabulary.thresholds) or "declare it in thresholds.yaml"
            return self._wrong(path, f"there is no threshold {shown(name)}", hint)
        has = self.vocabulary.thresholds[name]
        if has is not None and unit is not None and not same_unit(has, unit):
            return self._wrong(path, f"the threshold '{name}' is in {has}, but what it stands beside is in {unit}",
                               "compare like with like")  # fmt: skip
        return name

    def _bare_number(self, number: Any, path: Path_) -> None:
        hint = "name a threshold, so that the number has a source and a date"
        self._wrong(path, f"the bare number {shown(number)} stands in a condition", hint)

    def _may_read(self, condition: c.Condition, path: Path_) -> bool:
        if isinstance(condition, (c.AllOf, c.AnyOf, c.Not, c.AtLeastOf)) or type(condition) in READABLE[self.kind]:
            return True
        what = f"a {self.kind}" if self.kind != "supervision" else "supervision"
        if isinstance(condition, c.SupplyTest):
            self._wrong(path, f"{what} can't rest on a figure being {condition.state}: absence proves nothing",
                        "only a notice or a confidence reducer may read that", key=True)  # fmt: skip
            return False
        readable = ", ".join(sorted(_NAMES[kind] for kind in READABLE[self.kind]))
        self._wrong(path, f"{what} can't read {_NAMES[type(condition)]}: a stratum reads only what lies below it",
                    f"it may read {readable}", key=True)  # fmt: skip
        return False

    def _not_a_condition(self, raw: Any) -> str:
        if isinstance(raw, dict) and raw:
            return f"{len(raw)} keys stand side by side here ({', '.join(raw)})"
        if raw is None or raw == {}:
            return "the condition is empty"
        return f"{shown(raw)} is not a condition"

    def _wrong(self, path: Path_, message: str, expected: str = "", *, key: bool = False) -> None:
        self.problems.append(self.file.problem(path, message, expected, key=key))


# A count of cases and a bare count are both whole numbers of things.
_COUNTS = {"count", "cases", "posts", "days"}


def same_unit(a: str, b: str) -> bool:
    return a == b or (a in _COUNTS and b in _COUNTS)
