"""Thresholds, figures and measures: the numbers of a pack."""

from __future__ import annotations

from ..logic import model as m
from ..logic.formula import Formula, FormulaError, names_in, parse_formula
from ..logic.quarter import Quarter
from ..logic.units import UNITS
from . import checks, schema
from .condition_parser import same_unit
from .layers import Entry
from .problems import did_you_mean
from .reading import Reading, paragraph_numbers, tidy

_FEWEST_QUARTERS = 2  # a mean of one quarter is no usual, but last quarter


class NumberReader(Reading):
    """Reads what is a number, or worked out from numbers."""

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
            found[key] = m.Threshold(key, doc.title, doc.unit, tuple(values.values()), doc.measure or "", source.at)
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

    def _figures(self, thresholds: dict[str, m.Threshold]) -> dict[str, m.Figure]:
        found = {}
        for key, entry in self.stack.of("figures").items():
            doc = self.docs.get(("figures", key))
            if doc is None or not self._unit_known(entry, doc.unit):
                continue
            if doc.at_most is not None and doc.at_most not in self.stack.of("figures"):
                self.problems.append(entry.problem(("at_most",), f"there is no figure '{doc.at_most}'",
                                                   did_you_mean(doc.at_most, self.stack.of("figures"))))  # fmt: skip
            self._check_usual(entry, doc, thresholds)
            found[key] = m.Figure(id=key, **tidy(doc), at=entry.at)
        return found

    def _check_usual(self, entry: Entry, doc: schema.FigureDoc, thresholds: dict[str, m.Threshold]) -> None:
        """What a figure is worked out from, and over how many quarters, must make a mean of the same thing."""
        if doc.usual_of is None and doc.over is None:
            return
        if doc.usual_of is None or doc.over is None:
            there, missing = ("over", "usual_of") if doc.usual_of is None else ("usual_of", "over")
            self.problems.append(entry.problem((there,), f"'{entry.id}' has '{there}' and no '{missing}'",
                                               "name the figure whose mean it is (usual_of), and the threshold that says over how many quarters (over)", key=True))  # fmt: skip
            return
        self._check_usual_of(entry, doc, doc.usual_of)
        self._threshold_named(entry, ("over",), doc.over, "quarters")
        source = self.stack.overrides.get(doc.over) or self.stack.of("thresholds").get(doc.over)
        for place, dated in enumerate(thresholds[doc.over].values if doc.over in thresholds else ()):
            if source is not None and dated.value < _FEWEST_QUARTERS and thresholds[doc.over].unit == "quarters":
                self.problems.append(source.problem(("values", place, "value"), f"the usual '{entry.id}' can't be worked out over {dated.value:g} quarter",
                                                    f"a mean takes {_FEWEST_QUARTERS} quarters or more"))  # fmt: skip

    def _check_usual_of(self, entry: Entry, doc: schema.FigureDoc, name: str) -> None:
        figures = self.stack.of("figures")
        of = self.docs.get(("figures", name))
        wrong = ""
        if name not in figures:
            self.problems.append(entry.problem(("usual_of",), f"there is no figure '{name}'", did_you_mean(name, set(figures) - {entry.id})))
        elif name == entry.id or (of is not None and of.usual_of is not None):
            wrong, hint = f"'{name}' is itself a usual", "name a figure that is supplied each quarter"
        elif of is not None and of.table == "responses":
            wrong, hint = f"'{name}' is counted from the responses, of which no earlier quarter is read", "name a figure of workforce or audits"
        elif of is not None and of.table != doc.table:
            wrong, hint = f"'{name}' is of the table {of.table}, and '{entry.id}' of {doc.table}", "name a figure of the same table"
        elif of is not None and doc.unit != _unit_of_mean(of.unit):
            wrong, hint = f"'{entry.id}' is in {doc.unit}, but the mean of '{name}' is in {_unit_of_mean(of.unit)}", "compare like with like"
        if wrong:
            self.problems.append(entry.problem(("usual_of",), wrong, hint))

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
                cites=paragraph_numbers(doc.cites), source=doc.source or "", note=" ".join((doc.note or "").split()), at=entry.at,
            )  # fmt: skip
        self.problems.extend(checks.check_measure_cycles(found, self.stack.of("measures")))
        self.problems.extend(checks.check_looking_back(found, self.stack.of("measures")))
        return found

    def _formula(self, entry: Entry, text: str, key: str = "formula") -> Formula | None:
        try:
            formula = parse_formula(text)
        except (FormulaError, RecursionError) as error:
            said = " ".join(str(error).split()) if isinstance(error, FormulaError) else "the formula is nested too deep"
            self.problems.append(entry.problem((key,), said))
            return None
        for name, _ in names_in(formula):
            if name not in self.vocabulary.numbers:
                self.problems.append(entry.problem((key,), f"there is no figure or measure '{name}'",
                                                   did_you_mean(name, self.vocabulary.numbers)))  # fmt: skip
        return formula


def _unit_of_mean(unit: str) -> str:
    """The unit of a mean: that of whole things is an average of them."""
    return "average" if unit in UNITS and UNITS[unit].whole else unit


def _when(start: Quarter | None) -> str:
    return "always" if start is None else f"in {start}"
