"""What can change in a team (what_if.yaml): each lever must move figures that there are, and its examples must come true."""

from __future__ import annotations

from collections.abc import Iterator
from math import isclose

from ..logic import model as m
from ..logic.levers import Cost, Effect, Lever, LeverExample, pulled
from . import schema
from .layers import Entry
from .problems import did_you_mean
from .reading import Reading, paragraph_numbers
from .yaml_reader import Path_


class LeverReader(Reading):
    """Reads what_if.yaml."""

    def _levers(self, figures: dict[str, m.Figure]) -> dict[str, Lever]:
        found = {}
        for key, entry in self.stack.of("what if").items():
            doc = self.docs.get(("what if", key))
            if doc is not None and self._lever_holds(entry, doc):
                found[key] = lever = _lever(key, doc, entry.at)
                self._check_examples(entry, lever, figures)
        self._check_chosen(found)
        return found

    def _lever_holds(self, entry: Entry, doc: schema.LeverDoc) -> bool:
        before = len(self.problems)
        figures = self._figures_told()
        for path, name in _named(doc):
            if name not in figures:
                self.problems.append(entry.problem(path, f"there is no figure '{name}' in the workforce or the audits", did_you_mean(name, figures), key=path[-1] == name))
        for name, effect in doc.moves.items():
            if isinstance(effect, float | int) and abs(effect) != 1:
                self.problems.append(entry.problem(("moves", name), f"{effect:g} for one says nothing of what it rests on",
                                                   f"write {{value: {effect:g}, basis: judgement, source: …}}"))  # fmt: skip
        levers = self.stack.of("what if")
        others: tuple[tuple[Path_, str | None], ...] = ((("moved_from",), doc.moved_from), (("later", "comes"), doc.later.comes if doc.later else None))
        for path, other in others:
            if other is not None and (other not in levers or other == entry.id):
                self.problems.append(entry.problem(path, f"there is no other change '{other}' here", did_you_mean(other, set(levers) - {entry.id})))
        if doc.manager_can == "yes" and doc.cost is None:
            self.problems.append(entry.problem((), f"'{entry.id}' is for managers to do and has no cost", "give cost: {value, basis, source}", key=True))
        return len(self.problems) == before

    def _figures_told(self) -> set[str]:
        """Figures that somebody fills in; what is counted from the responses follows from those."""
        return {key for key, held in self.stack.of("figures").items() if not (isinstance(held.data, dict) and held.data.get("table") == "responses")}

    def _check_examples(self, entry: Entry, lever: Lever, figures: dict[str, m.Figure]) -> None:
        for place, example in enumerate(lever.examples):
            after = pulled(example.given, [(lever, 1)], figures)
            for name, expected in example.expect.items():
                if name not in after or not isclose(after[name], expected, abs_tol=1e-9):
                    came = "is not given, so it can't be told" if name not in after else f"comes to {after[name]:g}"
                    self.problems.append(entry.problem(("examples", place, "expect", name), f"'{name}' {came} and not to {expected:g}", "correct the example or the change"))
            for name in after:
                if name not in example.expect and not isclose(after[name], example.given[name], abs_tol=1e-9):
                    self.problems.append(entry.problem(("examples", place, "expect"), f"'{name}' changes to {after[name]:g}, which the example does not say",
                                                       f"add {name}: {after[name]:g}", key=True))  # fmt: skip

    def _check_chosen(self, levers: dict[str, Lever]) -> None:
        """Where several stand for one thing, a word tells each from the others, and at most one is taken unless said."""
        for figure in self._figures_told():
            for way in ("higher", "lower"):
                held = [lever for lever in levers.values() if lever.stands_for.get(figure) == way]
                for lever in held if len(held) > 1 else ():
                    entry = self.stack.of("what if")[lever.id]
                    if not lever.who:
                        self.problems.append(entry.problem((), f"several changes stand for a {way} {figure}, and '{lever.id}' has no 'who' to choose it by", "give it one", key=True))
                    elif any(lever.who == other.who for other in held if other is not lever):
                        self.problems.append(entry.problem(("who",), f"'{lever.who}' chooses another change for a {way} {figure} too", "give each its own"))
                default = [lever for lever in held if lever.unless_said]
                for lever in default[1:]:
                    entry = self.stack.of("what if")[lever.id]
                    self.problems.append(entry.problem(("unless_said",), f"'{default[0].id}' is taken for a {way} {figure} unless said, too", "keep one"))


def _named(doc: schema.LeverDoc) -> Iterator[tuple[Path_, str]]:
    """Every figure that a lever names, with its place."""
    yield from ((("moves", name), name) for name in doc.moves)
    yield from ((("stands_for", name), name) for name in doc.stands_for)
    yield ("out_of",), doc.out_of
    for place, example in enumerate(doc.examples):
        yield from ((("examples", place, "given", name), name) for name in example.given)
        yield from ((("examples", place, "expect", name), name) for name in example.expect)


def _lever(key: str, doc: schema.LeverDoc, at: str) -> Lever:
    return Lever(
        id=key, title=_line(doc.title), one=doc.one, many=doc.many, stands_for=dict(doc.stands_for),
        moves={name: Effect(effect.value, effect.basis, _line(effect.source)) if isinstance(effect, schema.EffectDoc) else Effect(float(effect)) for name, effect in doc.moves.items()},
        says=_line(doc.says), out_of=doc.out_of, cites=paragraph_numbers(doc.cites), who=doc.who or "", unless_said=doc.unless_said == "yes",
        moved_from=doc.moved_from or "", later=(doc.later.after_quarters, doc.later.comes) if doc.later else None,
        manager_can=doc.manager_can == "yes", tips=doc.tips == "yes", cost=Cost(doc.cost.value, doc.cost.basis, _line(doc.cost.source)) if doc.cost else None,
        examples=tuple(LeverExample(dict(one.given), dict(one.expect)) for one in doc.examples), at=at,
    )  # fmt: skip


def _line(text: str) -> str:
    return " ".join(text.split())
