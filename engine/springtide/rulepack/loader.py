"""From a folder of YAML to a checked RulePack, or every mistake in it at once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from ..logic import model as m
from ..logic.formula import Formula, FormulaError, names_in, parse_formula
from ..logic.quarter import Quarter, QuarterError, parse_quarter
from ..logic.units import UNITS
from . import checks, schema
from .condition_parser import RESERVED, ConditionParser, Vocabulary, same_unit
from .layers import Entry, Stack, find_pack, read_stack
from .problems import PackError, Problem, did_you_mean, shown
from .shapes import check_shape

D = TypeVar("D", bound=schema.Doc)

_LONGEST_QUARTER = 60


def load_pack(name: str | Path) -> m.RulePack:
    """Load a rule pack by folder or by shipped name (`kent-2009`, `england`).

    Raises:
        PackError: with every mistake found, each as file, line, column, message and expectation.
    """
    problems: list[Problem] = []
    stack = read_stack(find_pack(name), problems)
    pack = _Builder(stack, problems).build()
    if problems or pack is None:
        raise PackError(problems)
    return pack


def paragraph_numbers(cites: list[str] | None) -> tuple[int, ...]:
    return tuple(int(cite.removeprefix("para ")) for cite in cites or [])


class _Builder:
    """Turns the merged entries into the model, stratum by stratum."""

    def __init__(self, stack: Stack, problems: list[Problem]):
        self.stack = stack
        self.problems = problems
        self.docs: dict[tuple[str, str], Any] = {}
        self.vocabulary = Vocabulary()

    def build(self) -> m.RulePack | None:
        self._check_shapes()
        heads = [doc for doc in (check_shape(head, self.problems) for head in self.stack.layers) if doc]
        if any(kind.shape != "rule" for kind, _ in self.stack.unread):
            return None  # what such a file declares is not known, so nothing can be said of what names it
        self._collect_words()
        thresholds = self._thresholds()
        parts: dict[str, Any] = {
            "figures": self._figures(),
            "measures": self._measures(),
            "questionnaire": self._questionnaire(),
            "team_pressures": self._rules("team pressure", self._team_pressure),
            "county_pressures": self._rules("county pressure", self._county_pressure),
            "supervision": next(iter(self._rules("supervision", self._supervision).values()), None),
            "risk": self._rules("risk rule", self._risk_rule),
            "notices": self._rules("notice", self._notice),
            "reducers": self._rules("confidence reducer", self._reducer),
            "levels": self._levels(),
            "periods": self._periods(),
            "paragraphs": self._paragraphs(),
        }
        words = self._words(heads)
        if self.problems or any(part is None for part in parts.values()) or words is None:
            return None
        top = self.stack.top.data
        layers = tuple(f"{head.data['id']} {head.data['version']}" for head in self.stack.layers)
        pack = m.RulePack(
            id=top["id"], version=top["version"], title=top["title"], hash=self.stack.hash, layers=layers,
            words=words, thresholds=thresholds, **parts,
        )  # fmt: skip
        self.problems.extend(checks.check_pack(pack, self.stack))
        return replace(pack, paragraphs=self._with_later_rules(pack))

    def _with_later_rules(self, pack: m.RulePack) -> tuple[m.Paragraph, ...]:
        """The index with the rules of higher layers under the paragraphs that they cite."""
        later = checks.later_than_the_index(self.stack)
        cited = {name: numbers for name, numbers in checks.citations(pack).items() if name in later}
        indexed = []
        for paragraph in pack.paragraphs:
            kept = [name for name in paragraph.encoded_by if name not in later]
            added = [name for name, numbers in cited.items() if paragraph.number in numbers]
            reason = "" if kept or added else paragraph.not_encoded_because
            indexed.append(replace(paragraph, encoded_by=(*kept, *added), not_encoded_because=reason))
        return tuple(indexed)


    # -- shapes and names ------------------------------------------------------------------

    def _check_shapes(self) -> None:
        for kind, held in self.stack.entries.items():
            for entry in held.values():
                doc = check_shape(entry, self.problems)
                if doc is not None:
                    self.docs[kind, entry.id] = doc
        for entry in self.stack.overrides.values():
            doc = check_shape(entry, self.problems)
            if doc is not None:
                self.docs["override", entry.id] = doc

    def _collect_words(self) -> None:
        """Ids are collected from raw data, so that one bad entry does not make every mention of it wrong."""
        words, stack = self.vocabulary, self.stack
        for kind in ("figures", "measures"):
            for key, entry in stack.of(kind).items():
                words.numbers.setdefault(key, _unit_of(entry))
        words.thresholds = {key: _unit_of(entry) for key, entry in stack.of("thresholds").items()}
        words.team_pressures = self._names("team pressure")
        words.county_pressures = self._names("county pressure")
        words.rules = self._names("risk rule")
        words.unread = self._names("notice") | self._names("confidence reducer")
        words.periods = set(stack.of("periods"))
        for question in _listed(stack.of("questionnaire"), "questions"):
            words.questions.add(question["id"])
            if question.get("favourable_when") != "unknown":
                words.keyed_questions.add(question["id"])
        for name in words.questions:
            words.numbers.pop(name, None)
        words.levels = {level["id"] for level in _listed(stack.of("levels"), "levels")}
        self._check_unique()

    def _names(self, kind: str) -> set[str]:
        """The rules of a kind; those whose file could not be read are there too."""
        return set(self.stack.of(kind)) | {stem for unread, stem in self.stack.unread if unread.name == kind}

    def _check_unique(self) -> None:
        owners: dict[str, Entry] = {}
        for kind in ("figures", "measures", "team pressure", "county pressure", "supervision", "risk rule", "notice",
                     "confidence reducer"):  # fmt: skip
            for key, entry in self.stack.of(kind).items():
                place = ("id",) if entry.kind.shape == "rule" else ()
                if key in owners:
                    first = owners[key]
                    self.problems.append(entry.problem(place, f"'{key}' is the name of another thing too, a {first.kind.name} at {first.at}",
                                                       "give one of the two another name", key=not place))  # fmt: skip
                elif key in self.vocabulary.questions or (key in RESERVED and entry.kind.name != "supervision"):
                    what = "a question" if key in self.vocabulary.questions else "a word of the rule language"
                    self.problems.append(entry.problem(place, f"'{key}' is {what}", "choose another name", key=not place))
                owners.setdefault(key, entry)

    # -- strata ----------------------------------------------------------------------------

    def _words(self, heads: list[Any]) -> m.Words | None:
        for head in reversed(heads):
            if head.words:
                return m.Words(**head.words.model_dump())
        self.problems.append(self.stack.top.problem((), "no layer of this pack says its words", "words: {team, teams, district, county}"))
        return None

    def _thresholds(self) -> dict[str, m.Threshold]:
        found = {}
        for key, entry in self.stack.of("thresholds").items():
            doc = self.docs.get(("thresholds", key))
            if doc is None:
                continue
            if doc.title is None and doc.unit is None:
                hint = did_you_mean(key, set(self.stack.of("thresholds")) - {key})
                self.problems.append(entry.problem((), f"there is no threshold '{key}' in a lower layer to give values to",
                                                   hint or "give it a title and a unit", key=True))  # fmt: skip
                continue
            if doc.title is None or doc.unit is None:
                self.problems.append(entry.problem((), f"'{key}' has no '{'title' if doc.title is None else 'unit'}'",
                                                   "a threshold needs both, or, to change a lower layer's, neither", key=True))  # fmt: skip
                continue
            if not self._unit_known(entry, doc.unit):
                continue
            self._check_measure_of(entry, doc.measure, doc.unit)
            override = self.stack.overrides.get(key)
            source, valued = (override, self.docs.get(("override", key))) if override else (entry, doc)
            if valued is None:
                continue
            if override and valued.measure is not None:
                self.problems.append(source.problem(("measure",), f"what '{key}' is of is for the lower layer to say", "give values only", key=True))
            if valued.values is None:
                self.problems.append(source.problem((), f"the threshold '{key}' has no value in any layer of this pack",
                                                    "add values: [{from, value, basis, source}]", key=True))  # fmt: skip
                continue
            values: dict[Quarter | None, m.DatedValue] = {}
            for place, given in enumerate(valued.values):
                value = self._dated(source, place, given, doc.unit)
                if value is not None and value.start in values:
                    self.problems.append(source.problem(("values", place, "from"), f"two values of '{key}' begin {_when(value.start)}", "keep one"))
                elif value is not None:
                    values[value.start] = value
            found[key] = m.Threshold(key, doc.title, doc.unit, tuple(values.values()))
        return found

    def _check_measure_of(self, entry: Entry, measure: str | None, unit: str) -> None:
        """What a threshold is said to be of must be there, and in the same unit."""
        numbers = self.vocabulary.numbers
        if measure is None:
            return
        if measure not in numbers:
            self.problems.append(entry.problem(("measure",), f"there is no measure '{measure}'", did_you_mean(measure, numbers)))
        elif (own := numbers[measure]) is not None and not same_unit(unit, own):
            self.problems.append(entry.problem(("unit",), f"the threshold '{entry.id}' is in {unit}, but '{measure}' is in {own}", "compare like with like"))

    def _dated(self, entry: Entry, place: int, doc: schema.DatedValueDoc, unit: str) -> m.DatedValue | None:
        start = None if doc.from_ == "always" else self._quarter(entry, ("values", place, "from"), doc.from_)
        if not UNITS[unit].allows(doc.value):
            hint = f"write {UNITS[unit].range_in_words}"
            if UNITS[unit].scale == 100 and UNITS[unit].most < doc.value <= 100:
                hint += f"; {doc.value:g} per cent is written {doc.value / 100:g}"
            self.problems.append(entry.problem(("values", place, "value"), f"{doc.value:g} can't be right where the unit is {unit}", hint))
            return None
        if start is None and doc.from_ != "always":
            return None
        return m.DatedValue(start, doc.value, doc.basis, " ".join(doc.source.split()))

    def _quarter(self, entry: Entry, path: tuple[Any, ...], text: str) -> Quarter | None:
        try:
            return parse_quarter(text[:_LONGEST_QUARTER])
        except QuarterError as error:
            self.problems.append(entry.problem(path, str(error)))
        except ValueError:
            self.problems.append(entry.problem(path, f"{shown(text)} lies outside the calendar", "write the quarter as 2008/09 Q4"))
        return None

    def _figures(self) -> dict[str, m.Figure]:
        found = {}
        for key, entry in self.stack.of("figures").items():
            doc = self.docs.get(("figures", key))
            if doc is None or not self._unit_known(entry, doc.unit):
                continue
            if doc.at_most is not None and doc.at_most not in self.stack.of("figures"):
                self.problems.append(entry.problem(("at_most",), f"there is no figure '{doc.at_most}'",
                                                   did_you_mean(doc.at_most, self.stack.of("figures"))))  # fmt: skip
            found[key] = m.Figure(id=key, **_tidy(doc))
        return found

    def _unit_known(self, entry: Entry, unit: str) -> bool:
        if unit not in UNITS:
            self.problems.append(entry.problem(("unit",), f"'{unit}' is not a unit", did_you_mean(unit, UNITS)))
        return unit in UNITS

    def _measures(self) -> dict[str, m.Measure]:
        found: dict[str, m.Measure] = {}
        for key, entry in self.stack.of("measures").items():
            doc = self.docs.get(("measures", key))
            if doc is None or not self._unit_known(entry, doc.unit):
                continue
            if doc.cites and doc.source:
                self.problems.append(entry.problem(("source",), f"the measure '{key}' has both cites and a source",
                                                   "keep what it rests on, and put the rest into a note", key=True))  # fmt: skip
            if not doc.cites and not doc.source:
                self.problems.append(entry.problem((), f"the measure '{key}' cites nothing", "give cites: [para N], or source: a sentence", key=True))
            if doc.formula is None and doc.may_be_supplied == "no":
                self.problems.append(entry.problem((), f"the measure '{key}' has no formula and may not be supplied",
                                                   "give a formula, or write may_be_supplied: yes", key=True))  # fmt: skip
            formula = self._formula(entry, doc.formula) if doc.formula else None
            found[key] = m.Measure(
                id=key, title=doc.title, formula=formula, formula_text=doc.formula or "", unit=doc.unit,
                worse_when=doc.worse_when, comes_from=doc.comes_from, may_be_supplied=doc.may_be_supplied == "yes",
                cites=paragraph_numbers(doc.cites), source=doc.source or "", note=" ".join((doc.note or "").split()),
            )  # fmt: skip
        self.problems.extend(checks.check_measure_cycles(found, self.stack.of("measures")))
        return found

    def _formula(self, entry: Entry, text: str) -> Formula | None:
        try:
            formula = parse_formula(text)
        except (FormulaError, RecursionError) as error:
            said = " ".join(str(error).split()) if isinstance(error, FormulaError) else "the formula is nested too deep"
            self.problems.append(entry.problem(("formula",), said))
            return None
        for name, _ in names_in(formula):
            if name not in self.vocabulary.numbers:
                self.problems.append(entry.problem(("formula",), f"there is no figure or measure '{name}'",
                                                   did_you_mean(name, self.vocabulary.numbers)))  # fmt: skip
        return formula

    def _questionnaire(self) -> m.Questionnaire | None:
        doc: schema.QuestionnaireDoc | None = self.docs.get(("questionnaire", "questionnaire"))
        if doc is None:
            return None
        entry = self.stack.of("questionnaire")["questionnaire"]
        themes = {theme.id for theme in doc.themes}
        for group in ("questions", "unnumbered"):
            for place, item in enumerate(getattr(doc, group)):
                if item.theme not in themes:
                    self.problems.append(entry.problem((group, place, "theme"), f"there is no theme '{item.theme}'",
                                                       did_you_mean(item.theme, themes)))  # fmt: skip
        for group in ("themes", "questions", "anomalies", "unnumbered"):
            self._each_once(entry, (group,), "id", [item.id for item in getattr(doc, group)])
        self._each_once(entry, ("scale", "answers"), "answer", [item.answer for item in doc.scale.answers])
        for place, question in enumerate(doc.questions):
            if question.id != f"q{question.number}":
                self.problems.append(entry.problem(("questions", place, "id"), f"question {question.number} is called '{question.id}'",
                                                   f"write id: q{question.number}, or correct the number"))  # fmt: skip
        for place, anomaly in enumerate(doc.anomalies):
            for index, name in enumerate(anomaly.questions):
                if name not in self.vocabulary.questions:
                    self.problems.append(entry.problem(("anomalies", place, "questions", index), f"there is no question '{name}'",
                                                       did_you_mean(name, self.vocabulary.questions)))  # fmt: skip
        scale = m.Scale(
            answers=tuple(item.answer for item in doc.scale.answers),
            favourable=tuple(item.answer for item in doc.scale.answers if item.meaning == "favourable"),
            not_counted=doc.scale.not_counted,
            missing=doc.scale.missing,
        )
        return m.Questionnaire(
            scale,
            tuple(m.Theme(t.id, t.title, paragraph_numbers(t.cites)) for t in doc.themes),
            tuple(m.Question(**_tidy(q)) for q in doc.questions),
            tuple(m.Anomaly(**_tidy(a)) for a in doc.anomalies),
            tuple(m.Unnumbered(**_tidy(u)) for u in doc.unnumbered),
        )

    def _each_once(self, entry: Entry, path: tuple[Any, ...], key: str, names: list[str]) -> None:
        for place, name in enumerate(names):
            if name in names[:place]:
                first = entry.file.place((*entry.path, *path, names.index(name), key))
                self.problems.append(entry.problem((*path, place, key), f"'{name}' stands here twice", f"the first is on line {first[0]}; keep one"))

    def _rules(self, kind: str, make: Any) -> dict[str, Any]:
        """The rules of one kind, by id in alphabetical order, so that the order of files can't matter."""
        found = {}
        for key, entry in sorted(self.stack.of(kind).items()):
            doc = self.docs.get((kind, key))
            parser = ConditionParser(entry.file, kind, self.vocabulary, self.problems)
            if doc is None:  # its shape is wrong; what else is wrong in its conditions is said at the same time
                for name in m.CONDITION_KEYS:
                    if isinstance(entry.data, dict) and entry.data.get(name) is not None:
                        parser.parse(entry.data[name], (name,))
                continue
            common = {
                "id": doc.id, "title": doc.title, "cites": paragraph_numbers(doc.cites),
                "because": " ".join(doc.because.split()), "at": entry.at,
                "examples": tuple(
                    m.Example(example.name, example.given, example.expect, entry.file.at(("examples", place)))
                    for place, example in enumerate(doc.examples)
                ),
            }  # fmt: skip
            if hasattr(doc, "tell_the_manager"):
                common["tell_the_manager"] = " ".join(doc.tell_the_manager.split())
            rule = make(entry, doc, parser, common)
            if rule is not None:
                found[key] = rule
        return found

    def _conditions(self, parser: ConditionParser, doc: Any, *names: str) -> dict[str, Any] | None:
        parsed = {name: parser.parse(getattr(doc, name), (name,)) for name in names}
        return None if any(value is None for value in parsed.values()) else parsed

    def _points(self, entry: Entry, points: dict[str, int], allowed: tuple[str, ...]) -> None:
        for name in points:
            if name not in allowed:
                self.problems.append(entry.problem(("points", name), f"points can't be given for '{name}'",
                                                   did_you_mean(name, allowed), key=True))  # fmt: skip

    def _team_pressure(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        self._points(entry, doc.points, ("present", "severe"))
        parsed = self._conditions(parser, doc, "present", "severe")
        return parsed and m.TeamPressure(**common, **parsed, family=doc.family, points=doc.points)

    def _county_pressure(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        self._threshold_named(entry, ("most",), doc.most, "share")
        parsed = self._conditions(parser, doc, "affected")
        return parsed and m.CountyPressure(**common, **parsed, most=doc.most)

    def _supervision(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        self._points(entry, doc.points, ("evidenced strained",))
        parsed = self._conditions(parser, doc, "evidenced_strained", "evidenced_adequate", "inferred_strained")
        return parsed and m.Supervision(**common, **parsed, points=doc.points)

    def _risk_rule(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        if doc.level not in self.vocabulary.levels:
            self.problems.append(entry.problem(("level",), f"there is no level '{doc.level}'",
                                               did_you_mean(doc.level, self.vocabulary.levels)))  # fmt: skip
        parsed = self._conditions(parser, doc, "when")
        return parsed and m.RiskRule(**common, **parsed, level=doc.level, points=doc.points, same_day=doc.same_day == "yes")

    def _notice(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        parsed = self._conditions(parser, doc, "when")
        return parsed and m.Notice(**common, **parsed, channel=doc.channel)

    def _reducer(self, entry: Entry, doc: Any, parser: ConditionParser, common: dict[str, Any]) -> Any:
        parsed = self._conditions(parser, doc, "when")
        return parsed and m.Reducer(**common, **parsed, weight=doc.weight)

    def _threshold_named(self, entry: Entry, path: tuple[Any, ...], name: str | None, unit: str) -> None:
        known = self.vocabulary.thresholds
        if name is None:
            return
        if name not in known:
            self.problems.append(entry.problem(path, f"there is no threshold '{name}'", did_you_mean(name, known)))
        elif known[name] not in (unit, None):
            self.problems.append(entry.problem(path, f"the threshold '{name}' is in {known[name]}", f"a {unit} was expected here"))

    def _levels(self) -> m.Levels | None:
        doc: schema.LevelsDoc | None = self.docs.get(("levels", "levels"))
        if doc is None:
            return None
        entry = self.stack.of("levels")["levels"]
        ids = [level.id for level in doc.levels]
        self._each_once(entry, ("levels",), "id", ids)
        if doc.flagged_from not in ids:
            self.problems.append(entry.problem(("flagged_from",), f"there is no level '{doc.flagged_from}'", did_you_mean(doc.flagged_from, ids)))
        self._threshold_named(entry, ("insufficient_evidence", "at_least"), doc.insufficient_evidence.at_least, "count")
        bands = doc.confidence
        for band in ("low_when", "medium_when"):
            for weight in ("major", "minor"):
                self._threshold_named(entry, ("confidence", band, weight), getattr(getattr(bands, band), weight), "count")
        thin = doc.insufficient_evidence
        return m.Levels(
            levels=tuple(m.Level(**_tidy(level)) for level in doc.levels),
            flagged_from=doc.flagged_from,
            insufficient=m.Level("insufficient evidence", *(" ".join(t.split()) for t in (thin.title, thin.words, thin.response))),
            insufficient_below=thin.at_least,
            confidence_low=bands.low_when.model_dump(exclude_none=True),
            confidence_medium=bands.medium_when.model_dump(exclude_none=True),
        )

    def _periods(self) -> dict[str, m.Period]:
        found = {}
        for key, entry in self.stack.of("periods").items():
            doc = self.docs.get(("periods", key))
            if doc is None:
                continue
            quarters = [self._quarter(entry, ("quarters", place), text) for place, text in enumerate(doc.quarters)]
            found[key] = m.Period(key, doc.title, tuple(q for q in quarters if q), " ".join(doc.source.split()))
        return found

    def _paragraphs(self) -> tuple[m.Paragraph, ...]:
        doc = self.docs.get(("paragraphs", "paragraphs"))
        if doc is None:
            return ()
        return tuple(
            m.Paragraph(p.number, " ".join(p.says.split()), p.grade, tuple(p.encoded_by), " ".join((p.not_encoded_because or "").split()))
            for p in doc.paragraphs
        )


def _unit_of(entry: Entry) -> str | None:
    """The unit that an entry names, if there is such a unit; a misspelt one is complained of once, where it stands."""
    unit = entry.data.get("unit") if isinstance(entry.data, dict) else None
    return unit if isinstance(unit, str) and unit in UNITS else None


def _listed(entries: dict[str, Entry], key: str) -> list[dict[str, Any]]:
    """The things with an id in a list of a document, whatever else may be wrong with it."""
    lists = [entry.data.get(key) for entry in entries.values()]
    return [item for held in lists if isinstance(held, list) for item in held if isinstance(item, dict) and isinstance(item.get("id"), str)]


def _when(start: Quarter | None) -> str:
    return "always" if start is None else f"in {start}"


def _tidy(doc: schema.Doc) -> dict[str, Any]:
    """A document's fields as the model wants them: tuples for lists, one line for folded text."""
    values: dict[str, Any] = {}
    for name, value in doc.model_dump().items():
        if name == "cites":
            values[name] = paragraph_numbers(value)
        elif isinstance(value, list):
            values[name] = tuple(value)
        elif isinstance(value, str):
            values[name] = " ".join(value.split())
        else:
            values[name] = "" if value is None and name in ("note",) else value
    return values
