"""Rules for alerts (alerts.yaml): their conditions, the thresholds that they name, and the examples they carry."""

from __future__ import annotations

from typing import Any

from ..logic.alerts import rules as r
from ..logic.alerts.examples import ExampleError, seen_in
from . import schema
from .layers import Entry
from .problems import did_you_mean, shown
from .reading import Reading, paragraph_numbers
from .yaml_reader import Path_

_WORDS: dict[r.About, tuple[str, ...]] = {
    "team": ("state", "level", "firmly", "was", "only_the_county", "only_same_day", "same_day", "compliance"),
    "team rule": ("same_day", "compliance"),
    "district": ("teams",),
    "county pressure": ("state",),
    "team pressure": ("a_district",),
}
_JOINING = ("all", "any", "not", "last_quarter")
_LIMITS = (("right_of_reply", "hours"), ("answer_within", "working days"), ("then_after", "working days"))


class AlertReader(Reading):
    """Reads alerts.yaml."""

    def _alerts(self) -> dict[str, r.AlertRule]:
        found = {}
        for key, entry in self.stack.of("alert").items():
            doc = self.docs.get(("alert", key))
            if doc is None:
                continue
            before = len(self.problems)
            when = _Parser(self, entry, doc.about).parse(doc.when, ("when",))
            self._check_limits(entry, doc)
            if when is not None and len(self.problems) == before:
                found[key] = rule = _rule(key, doc, when, entry)
                self._check_alert_examples(entry, rule)
        return found

    def _check_limits(self, entry: Entry, doc: schema.AlertDoc) -> None:
        for name, unit in _LIMITS:
            self._threshold_named(entry, (name,), getattr(doc, name), unit)
        for place, post in enumerate(doc.answered_by):
            if post not in doc.to:
                self.problems.append(entry.problem(("answered_by", place), f"{post} is to answer '{entry.id}' and does not get it", "add it to 'to'"))
        for one, other, why in (
            ("seen_first_by", "right_of_reply", "how long that is"),
            ("right_of_reply", "seen_first_by", "who has it"),
            ("then_to", "then_after", "how long after the answer was due"),
            ("then_after", "then_to", "who is told then"),
            ("then_to", "answer_within", "by when an answer is due"),
            ("answered_by", "answer_within", "by when an answer is due"),
        ):
            if getattr(doc, one) and not getattr(doc, other):
                self.problems.append(entry.problem((one,), f"'{entry.id}' has '{one}' and no '{other}'", f"say {why}", key=True))

    def _check_alert_examples(self, entry: Entry, rule: r.AlertRule) -> None:
        # Levels that could not be read are complained of where they stand.
        ranks = {level: place for place, level in enumerate(sorted(self.vocabulary.levels))}
        for place, example in enumerate(rule.examples):
            if len(example.expect) != len(example.quarters):
                self.problems.append(entry.problem(("examples", place, "expect"), f"{len(example.expect)} answers for {len(example.quarters)} quarters", "give yes or no for each"))
            for quarter, given in enumerate(example.quarters):
                try:
                    seen_in(rule, given, ranks)
                except ExampleError as error:
                    self.problems.append(entry.problem(("examples", place, "quarters", quarter), str(error)))
        expected = {said for example in rule.examples for said in example.expect}
        if expected != {True, False}:
            self.problems.append(entry.problem(("examples",), f"no example of '{entry.id}' shows {'an alert' if True not in expected else 'a quarter without an alert'}",
                                               "the examples of a rule show both", key=True))  # fmt: skip


class _Parser:
    """Parses one rule's condition, collecting mistakes as it goes."""

    def __init__(self, reading: Reading, entry: Entry, about: r.About):
        self.reading, self.entry, self.about = reading, entry, about

    def parse(self, raw: Any, path: Path_) -> r.Condition | None:
        if not isinstance(raw, dict) or len(raw) != 1:
            return self._wrong(path, f"{shown(raw)} is not a condition", "a condition has exactly one key; join several with all: or any:")
        ((word, value),) = raw.items()
        return self._parse_word(word, value, (*path, word))

    def _parse_word(self, word: str, value: Any, path: Path_) -> r.Condition | None:
        match word:
            case "all" | "any":
                parts = self._parts(value, path)
                return None if parts is None else (r.Every(parts) if word == "all" else r.Some(parts))
            case "not":
                part = self.parse(value, path)
                if part is not None and any(isinstance(inside, r.LastQuarter) for inside in r.walk(part)):
                    return self._wrong(path, "'not' stands around last_quarter: a quarter that was not filed would silence an alert", "say what holds, not what did not", key=True)
                return None if part is None else r.No(part)
            case "last_quarter":
                part = self.parse(value, path)
                if part is not None and any(isinstance(inside, (r.LastQuarter, r.SomeDistrict)) for inside in r.walk(part)):
                    return self._wrong(path, "the quarter before last is not looked at", "last_quarter looks back one quarter, and a_district one by itself", key=True)
                return None if part is None else r.LastQuarter(part)
        if word not in _WORDS[self.about]:
            return self._wrong(path, f"'{word}' is no word of a rule about a {self.about}", did_you_mean(word, (*_WORDS[self.about], *_JOINING)), key=True)
        return getattr(self, f"_{word}")(value, path)  # type: ignore[no-any-return]

    def _parts(self, value: Any, path: Path_) -> tuple[r.Condition, ...] | None:
        if not isinstance(value, list) or not value:
            return self._wrong(path, f"'{path[-1]}' needs a list of conditions", "at least one, each on a line with '- '")
        parts = [self.parse(item, (*path, place)) for place, item in enumerate(value)]
        return None if None in parts else tuple(part for part in parts if part is not None)

    def _state(self, value: Any, path: Path_) -> r.Condition | None:
        wanted = value if isinstance(value, list) else [value]
        known = r.STATES if self.about == "team" else ("new", "persisting", "cannot tell", "cleared")
        for one in wanted:
            if one not in known:
                return self._wrong(path, f"{shown(one)} is no state of a {self.about}", did_you_mean(one, known))
        return r.StateIs(tuple(wanted))

    def _level(self, value: Any, path: Path_) -> r.Condition | None:
        or_above = isinstance(value, dict) and list(value) == ["at_least"]
        level = value["at_least"] if or_above else value
        if not isinstance(level, str) or level not in self.reading.vocabulary.levels:
            return self._wrong(path, f"there is no level {shown(level)}", did_you_mean(level, self.reading.vocabulary.levels))
        return r.LevelIs(level, or_above)

    def _firmly(self, value: Any, path: Path_) -> r.Condition | None:
        level = self._at_least(value, path)
        return None if level is None else r.Firmly(level)

    def _was(self, value: Any, path: Path_) -> r.Condition | None:
        level = self._at_least(value, path)
        return None if level is None else r.Was(level)

    def _at_least(self, value: Any, path: Path_) -> str | None:
        found = self._level(value, path)
        if isinstance(found, r.LevelIs) and not found.or_above:
            return self._wrong(path, f"'{path[-1]}' is compared with 'at_least' only", f"as in {{at_least: {found.level}}}")
        return found.level if isinstance(found, r.LevelIs) else None

    def _only_the_county(self, value: Any, path: Path_) -> r.Condition | None:
        return r.OnlyTheCounty() if value == "yes" else self._wrong(path, f"{shown(value)} is not something this can be", "write yes, with not: around it for the contrary")

    def _only_same_day(self, value: Any, path: Path_) -> r.Condition | None:
        return r.OnlySameDay() if value == "yes" else self._wrong(path, f"{shown(value)} is not something this can be", "write yes, with not: around it for the contrary")

    def _same_day(self, value: Any, path: Path_) -> r.Condition | None:
        return r.Immediate("same_day") if value == "met" else self._wrong(path, f"{shown(value)} is not something this can be", "write met")

    def _compliance(self, value: Any, path: Path_) -> r.Condition | None:
        return r.Immediate("compliance") if value == "met" else self._wrong(path, f"{shown(value)} is not something this can be", "write met")

    def _teams(self, value: Any, path: Path_) -> r.Condition | None:
        if not isinstance(value, dict) or set(value) != {"at_least", "of_which"}:
            return self._wrong(path, "'teams' needs exactly 'at_least' and 'of_which'", "as in {at_least: several_teams, of_which: {level: {at_least: elevated}}}")
        part = _Parser(self.reading, self.entry, "team").parse(value["of_which"], (*path, "of_which"))
        number = self._named(value["at_least"], (*path, "at_least"), "count")
        return None if part is None or number is None else r.TeamsAtLeast(number, part)

    def _a_district(self, value: Any, path: Path_) -> r.Condition | None:
        if not isinstance(value, dict) or set(value) != {"did", "by"}:
            return self._wrong(path, "'a_district' needs exactly 'did' and 'by'", "as in {did: reached, by: share_of_a_district}")
        if value["did"] not in ("left", "reached"):
            return self._wrong((*path, "did"), f"{shown(value['did'])} is not what a pressure does", did_you_mean(value["did"], ("left", "reached")))
        share = self._named(value["by"], (*path, "by"), "share")
        return None if share is None else r.SomeDistrict(value["did"], share)

    def _named(self, name: Any, path: Path_, unit: str) -> str | None:
        if not isinstance(name, str):
            return self._wrong(path, f"the bare number {shown(name)} stands in a condition", "name a threshold, so that the number has a source and a date")
        before = len(self.reading.problems)
        self.reading._threshold_named(self.entry, path, name, unit)
        return name if len(self.reading.problems) == before else None

    def _wrong(self, path: Path_, message: str, expected: str = "", *, key: bool = False) -> None:
        self.reading.problems.append(self.entry.problem(path, message, expected, key=key))


def _rule(key: str, doc: schema.AlertDoc, when: r.Condition, entry: Entry) -> r.AlertRule:
    examples = (
        r.AlertExample(_line(one.name), tuple(one.quarters), tuple(said == "yes" for said in one.expect), entry.file.at(("examples", place)))
        for place, one in enumerate(doc.examples)
    )
    return r.AlertRule(
        id=key, title=_line(doc.title), cites=paragraph_numbers(doc.cites), because=_line(doc.because), about=doc.about, when=when, to=tuple(doc.to),
        asks=_line(doc.asks), together=doc.together == "yes", each_quarter=doc.again is not None, seen_first_by=doc.seen_first_by,
        right_of_reply=doc.right_of_reply or "", answer_within=doc.answer_within or "",
        answered_by=tuple(doc.answered_by or doc.to) if doc.answer_within else (), then_to=tuple(doc.then_to), then_after=doc.then_after or "",
        examples=tuple(examples), at=entry.at,
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())
