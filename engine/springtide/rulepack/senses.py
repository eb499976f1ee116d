"""Sense checks of the evidence: each kind has keys and numbers of its own, and every number stands in its sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from ..logic.sense_checks import Kind, SenseCheck, SenseNumber
from ..logic.units import UNITS
from . import schema
from .condition_parser import same_unit
from .layers import Entry
from .numbers import NumberReader
from .problems import did_you_mean

# In what a number is counted: the unit of the measures, or of the figure in `counted_in`, or as its name says.
_In = Literal["measures", "counted_in", "times", "share", "count"]
_NAMED = re.compile(r"\{([^{}]*)\}")
_ALWAYS = ("title", "rule_of_thumb", "what_to_do")


@dataclass(frozen=True)
class _Asks:
    """The keys and numbers that a kind of check needs, and those that it may have; `one_of`: just one of these numbers."""

    keys: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    numbers: dict[str, _In] = field(default_factory=dict)
    may_numbers: dict[str, _In] = field(default_factory=dict)
    one_of: tuple[str, ...] = ()


_ASKS: dict[Kind, _Asks] = {
    "moved": _Asks(("measures",), ("counted_in", "excused_by"), {},
                   {"change": "measures", "times": "times", "amount": "counted_in", "uncounted": "measures"}, ("change", "times")),
    "total": _Asks(("measures", "relation", "whole"), (), {}, {"allowance": "measures", "allowed_share": "share"}),
    "same answers": _Asks((), (), {"respondents": "count", "answers": "count"}),
    "one answer": _Asks((), (), {"answers": "count", "reversed": "count"}),
    "count in a share": _Asks(("measures", "counts"), (), {"high": "share"}),
    "copy of last quarter": _Asks((), (), {"figures": "count", "answers": "count"}),
    "copy of another team": _Asks((), (), {"figures": "count", "answers": "count"}),
    "out of scale": _Asks(("measures",), ("excused_by", "side"), {"times": "times", "teams": "count", "least": "measures"}),
}  # fmt: skip
_KEYS = ("measures", "counted_in", "excused_by", "counts", "whole", "relation", "side")


class SenseReader(NumberReader):
    """Reads sense_checks.yaml, with the numbers that higher layers give."""

    def _sense_checks(self) -> dict[str, SenseCheck]:
        found = {}
        for key, entry in self.stack.of("sense checks").items():
            doc = self.docs.get(("sense checks", key))
            if doc is None:
                continue
            before = len(self.problems)
            check = self._sense_check(key, entry, doc)
            if check is not None and len(self.problems) == before:
                found[key] = check
        return found

    def _sense_check(self, key: str, entry: Entry, doc: schema.SenseCheckDoc) -> SenseCheck | None:
        if doc.check is None:
            others = set(self.stack.of("sense checks")) - {key}
            if set(entry.data) == {"numbers"}:
                self.problems.append(entry.problem((), f"there is no sense check '{key}' in a lower layer to give numbers to",
                                                   did_you_mean(key, others) or "say which kind of check it is", key=True))  # fmt: skip
            else:
                self.problems.append(entry.problem((), f"'{key}' has no 'check'",
                                                   "say which kind it is; to change a lower layer's numbers, give numbers only", key=True))  # fmt: skip
            return None
        self._check_keys(entry, doc)
        self._check_names(entry, doc)
        numbers = self._numbers_of(key, entry, doc)
        whole = self._formula(entry, doc.whole, "whole") if doc.whole is not None else None
        return SenseCheck(
            id=key, check=doc.check, title=_line(doc.title), rule_of_thumb=self._sentence(entry, doc, numbers), what_to_do=_line(doc.what_to_do),
            numbers=numbers, measures=tuple(doc.measures or ()), counted_in=doc.counted_in or "", excused_by=tuple(doc.excused_by or ()),
            counts=tuple(doc.counts or ()), whole=whole, whole_text=_line(doc.whole), relation=doc.relation, side=doc.side or "above", at=entry.at,
        )  # fmt: skip

    def _check_keys(self, entry: Entry, doc: schema.SenseCheckDoc) -> None:
        assert doc.check is not None
        asks = _ASKS[doc.check]
        for name in (*_ALWAYS, *asks.keys):
            if getattr(doc, name) is None:
                self.problems.append(entry.problem((), f"'{entry.id}' has no '{name}'", f"a check of the kind '{doc.check}' needs it", key=True))
        for name in _KEYS:
            if getattr(doc, name) is not None and name not in (*asks.keys, *asks.may):
                self.problems.append(entry.problem((name,), f"a check of the kind '{doc.check}' has no '{name}'",
                                                   _expected((*_ALWAYS, *asks.keys, *asks.may, "numbers")), key=True))  # fmt: skip
        numbers = doc.numbers or {}
        for name in asks.numbers:
            if name not in numbers:
                self.problems.append(entry.problem(("numbers",) if doc.numbers is not None else (), f"the number '{name}' is missing",
                                                   f"a check of the kind '{doc.check}' needs it", key=True))  # fmt: skip
        if asks.one_of and sum(name in numbers for name in asks.one_of) != 1:
            self.problems.append(entry.problem(("numbers",) if doc.numbers is not None else (), f"'{entry.id}' must have one of the numbers {' and '.join(asks.one_of)}",
                                               "give one of the two, and not both", key=True))  # fmt: skip
        if "uncounted" in numbers and doc.counted_in is None:
            self.problems.append(entry.problem(("numbers", "uncounted"), "the number 'uncounted' is for where the figure in 'counted_in' is not known",
                                               "add counted_in, or take it out", key=True))  # fmt: skip

    def _check_names(self, entry: Entry, doc: schema.SenseCheckDoc) -> None:
        """Every figure and measure named must be there, and be a number of a team's returns."""
        known = self.vocabulary.numbers
        for path, name in _names(doc):
            if name not in known:
                self.problems.append(entry.problem(path, f"there is no figure or measure '{name}'", did_you_mean(name, known)))
            elif name in self._counted_from_responses():
                self.problems.append(entry.problem(path, f"'{name}' is counted from the responses", "name a figure of the workforce or the audits, or a measure of such"))
            elif known[name] is not None and (known[name] == "yes or no") is not (path[0] == "excused_by"):
                says = "is yes or no" if known[name] == "yes or no" else "is not yes or no"
                self.problems.append(entry.problem(path, f"'{name}' {says}", "name one that is" if path[0] == "excused_by" else "name a number"))
        units = list(dict.fromkeys(unit for name in doc.measures or () if (unit := known.get(name)) is not None))
        summed = doc.relation in ("sum about the whole", "sum at most the whole")
        unlike = any(not same_unit(units[0], unit) for unit in units)
        if doc.check in ("moved", "total") and not summed and unlike and self._in_measures(doc):
            self.problems.append(entry.problem(("measures",), f"the measures are in {' and '.join(units)}", "one number can't stand for both; make an entry for each"))

    def _in_measures(self, doc: schema.SenseCheckDoc) -> bool:
        """Whether a number of this check is in the unit of its measures."""
        return any(self._unit(doc, name) == "measures" for name in doc.numbers or {})

    def _unit(self, doc: schema.SenseCheckDoc, name: str) -> _In | None:
        asks = _ASKS[doc.check] if doc.check else _Asks()
        unit = (asks.numbers | asks.may_numbers).get(name)
        return "measures" if unit == "counted_in" and doc.counted_in is None else unit

    def _counted_from_responses(self) -> set[str]:
        """Figures about the return itself, and measures of such, whatever else may be wrong with them."""
        found = {key for key, held in self.stack.of("figures").items() if isinstance(held.data, dict) and held.data.get("table") == "responses"}
        formulas = {key: str(held.data.get("formula")) for key, held in self.stack.of("measures").items() if isinstance(held.data, dict)}
        more = found
        while more:
            more = {key for key, text in formulas.items() if key not in found and found & set(re.findall(r"\w+", text))}
            found = found | more
        return found

    # -- numbers ---------------------------------------------------------------------------------

    def _numbers_of(self, key: str, entry: Entry, doc: schema.SenseCheckDoc) -> dict[str, SenseNumber]:
        """The numbers of the lowest layer, each in the place of which a higher one may have put its own."""
        numbers = {}
        for place, source in enumerate((entry, *self.stack.adjusted.get(key, ()))):
            given = doc if place == 0 else self.docs.get((f"adjusted {place - 1}", key))
            for name, number in ((given.numbers or {}) if given is not None else {}).items():
                if not self._number_holds(source, name, number, doc, new=place > 0 and name not in numbers):
                    continue
                numbers[name] = SenseNumber(number.value, number.basis, _line(number.source))
        return numbers

    def _number_holds(self, source: Entry, name: str, number: schema.SenseNumberDoc, doc: schema.SenseCheckDoc, new: bool) -> bool:
        assert doc.check is not None
        asks, unit = _ASKS[doc.check], self._unit(doc, name)
        known = (*asks.numbers, *asks.may_numbers)
        if unit is None:
            self.problems.append(source.problem(("numbers", name), f"a check of the kind '{doc.check}' has no number '{name}'",
                                                did_you_mean(name, known) or "it has none", key=True))  # fmt: skip
        elif new:
            self.problems.append(source.problem(("numbers", name), f"'{source.id}' has no number '{name}' in a lower layer",
                                                did_you_mean(name, doc.numbers or {}) or "write the whole check", key=True))  # fmt: skip
        elif unit == "times" and number.value <= 1:
            self.problems.append(source.problem(("numbers", name, "value"), f"{number.value:g} times can't be odd", "should be more than 1"))
        elif unit == "share" and number.value > 1:
            self.problems.append(source.problem(("numbers", name, "value"), f"{number.value:g} can't be a share", f"write a number from 0 to 1; {number.value:g} per cent is written {number.value / 100:g}"))
        elif unit == "count" and (number.value < 1 or number.value != round(number.value)):
            self.problems.append(source.problem(("numbers", name, "value"), f"{number.value:g} can't be a count", "write a whole number, 1 or more"))
        else:
            return True
        return False

    def _sentence(self, entry: Entry, doc: schema.SenseCheckDoc, numbers: dict[str, SenseNumber]) -> str:
        """The rule of thumb with its numbers in it; every number must be named, and nothing else."""
        text = _line(doc.rule_of_thumb)
        named = _NAMED.findall(text)
        given = doc.numbers or {}
        for name in dict.fromkeys(named):
            if name not in given:
                self.problems.append(entry.problem(("rule_of_thumb",), f"the sentence names '{{{name}}}', and there is no such number", did_you_mean(name, given)))
        for name in given:
            if doc.rule_of_thumb is not None and name not in named:
                self.problems.append(entry.problem(("rule_of_thumb",), f"the sentence does not say the number '{name}'", f"write {{{name}}} where it belongs"))
        return _NAMED.sub(lambda match: self._said(doc, match[1], numbers[match[1]].value) if match[1] in numbers else match[0], text)

    def _said(self, doc: schema.SenseCheckDoc, name: str, value: float) -> str:
        known, unit = self.vocabulary.numbers, self._unit(doc, name)
        if unit == "times":
            return f"{value:g} times"
        if unit == "share":
            return UNITS["share"].say(value)
        of = [doc.counted_in] if unit == "counted_in" and doc.counted_in else doc.measures or []
        units = {found for measure in of if (found := known.get(measure)) is not None}
        if unit == "count" or len(units) != 1 or value == 0:
            return f"{value:g}"
        (held,) = units
        return UNITS[held].say(value) if UNITS[held].counts_things else UNITS[held].gap.format(round(value * UNITS[held].scale, 2)).lstrip("+")


def _names(doc: schema.SenseCheckDoc) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every figure or measure that a check names, with its place."""
    for key in ("measures", "excused_by", "counts"):
        yield from (((key, place), name) for place, name in enumerate(getattr(doc, key) or ()))
    if doc.counted_in is not None:
        yield ("counted_in",), doc.counted_in


def _expected(names: tuple[str, ...]) -> str:
    return f"it has: {', '.join(names)}"


def _line(text: str | None) -> str:
    return " ".join((text or "").split())
