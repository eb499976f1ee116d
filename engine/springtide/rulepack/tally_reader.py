"""What a what-if adds up (tallies.yaml): of figures that there are, at stages that are all named, with examples that come true."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import isclose

from ..logic.tallies import Tally, TallyExample
from . import schema
from .layers import Entry
from .lever_reader import LeverReader
from .problems import did_you_mean
from .reading import paragraph_numbers
from .yaml_reader import Path_

NAMED = re.compile(r"\{(\w+)\}")


class TallyReader(LeverReader):
    """Reads tallies.yaml."""

    def _tallies(self) -> dict[str, Tally]:
        found: dict[str, Tally] = {}
        for key, entry in self.stack.of("tallies").items():
            doc = self.docs.get(("tallies", key))
            if doc is not None and self._tally_holds(entry, doc):
                found[key] = tally = _tally(key, doc, entry.at)
                self._check_tally_examples(entry, tally)
        return found

    def _tally_holds(self, entry: Entry, doc: schema.TallyDoc) -> bool:
        before = len(self.problems)
        figures, levers = self._figures_told(), self.stack.of("what if")
        for path, name in _figures_named(doc):
            if name not in figures:
                self.problems.append(entry.problem(path, f"there is no figure '{name}' in the workforce or the audits", did_you_mean(name, figures), key=path[-1] == name))
        for name, number in doc.each.items():
            if isinstance(number, dict) and number.keys() != doc.stages.keys():
                self.problems.append(entry.problem(("each", name), f"the stages here are {_listed(number)}, and those of the whole are {_listed(doc.stages)}", "give a number for each stage"))
        for name in NAMED.findall(doc.shown or ""):
            if name not in doc.each:
                self.problems.append(entry.problem(("shown",), f"'{name}' is no part of this", did_you_mean(name, doc.each)))
        for place, example in enumerate(doc.examples):
            if isinstance(example.expect, dict) != bool(doc.stages) and example.expect != "not known":
                self.problems.append(entry.problem(("examples", place, "expect"), "there is a number for each stage, or one where there are no stages"))
        for place, name in enumerate(doc.instead):
            if name not in levers:
                self.problems.append(entry.problem(("instead", place), f"there is no change '{name}' in what_if.yaml", did_you_mean(name, levers)))
        self._unit_known(entry, doc.unit)
        return len(self.problems) == before

    def _check_tally_examples(self, entry: Entry, tally: Tally) -> None:
        for place, example in enumerate(tally.examples):
            for stage in tally.stages:
                expected, came = None if example.expect is None else example.expect.get(stage), tally.comes_to(example.given, stage)
                if (came is None) != (expected is None) or (came is not None and expected is not None and not isclose(came, expected, abs_tol=1e-9)):
                    said = "can't be told" if came is None else f"comes to {came:g}"
                    self.problems.append(entry.problem(("examples", place, "expect"), f"it {said}" + (f" at {stage}" if stage else ""), "correct the example or the numbers"))


def _figures_named(doc: schema.TallyDoc) -> Iterator[tuple[Path_, str]]:
    yield from ((("each", name), name) for name in doc.each)
    for place, example in enumerate(doc.examples):
        yield from ((("examples", place, "given", name), name) for name in example.given)


def _tally(key: str, doc: schema.TallyDoc, at: str) -> Tally:
    stages = dict(doc.stages) or {"": ""}
    return Tally(
        id=key, title=_line(doc.title), unit=doc.unit, each={name: dict(number) if isinstance(number, dict) else dict.fromkeys(stages, number) for name, number in doc.each.items()},
        stages=stages, basis=doc.basis, source=_line(doc.source), says=_line(doc.says), shown=doc.shown or "", above_nought=_line(doc.above_nought or ""), instead=tuple(doc.instead),
        cites=paragraph_numbers(doc.cites), examples=tuple(TallyExample(dict(one.given), _expected(one.expect)) for one in doc.examples), at=at,
    )  # fmt: skip


def _expected(expect: float | str | dict[str, float]) -> dict[str, float] | None:
    return expect if isinstance(expect, dict) else None if isinstance(expect, str) else {"": expect}


def _listed(names: Mapping[str, object]) -> str:
    return ", ".join(names) or "none"


def _line(text: str) -> str:
    return " ".join(text.split())
