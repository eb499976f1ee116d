"""Scenarios and costs from YAML files, with every mistake in them by line and column."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ..logic.model import RulePack
from ..logic.quarter import Quarter, QuarterError, parse_quarter
from ..rulepack.kinds import Kind
from ..rulepack.layers import Entry
from ..rulepack.problems import Problem, did_you_mean
from ..rulepack.schema import Doc, Text
from ..rulepack.shapes import check_shape
from ..rulepack.yaml_reader import Path_, YamlFile, read_yaml
from .changes import Change, Move, Scenario, Step, Target, parse_change, who_for
from .clearing import ANSWERS, Costs, costs_of
from .problems import Place, WhatIfError, WhatIfFileError


class MoveDoc(Doc):
    who: Text
    number: Annotated[float, Field(gt=0)] = 1
    from_: Annotated[Text, Field(alias="from")]
    to: Text


class ChangeDoc(Doc):
    team: Text | None = None
    district: Text | None = None
    team_type: Text | None = None
    county: Text | None = None
    set: dict[str, float | Text] | None = None
    assume: dict[str, float | Text] | None = None
    with_: Annotated[Text | None, Field(alias="with")] = None
    move: MoveDoc | None = None


class StepDoc(Doc):
    quarter: Text | None = None
    why: Text | None = None
    changes: Annotated[list[ChangeDoc], Field(min_length=1)]


class ScenarioDoc(Doc):
    """A what-if with its name, why it is asked, and its steps."""

    name: Text
    why: Text
    steps: Annotated[list[StepDoc], Field(min_length=1)]


def read_scenario(path: Path, pack: RulePack) -> Scenario:
    """Read a scenario.

    Raises:
        WhatIfFileError: with every mistake found, each as file, line, column and what to do.
    """
    file, problems = read_yaml(path, str(path))
    doc = check_shape(_entry(file, "scenario", ScenarioDoc), problems) if file is not None else None
    if file is None or not isinstance(doc, ScenarioDoc):
        raise WhatIfFileError(problems)
    reader = _Reader(file, path.read_text(encoding="utf-8-sig").splitlines(), pack, problems)
    steps = tuple(reader.step(place, step) for place, step in enumerate(doc.steps))
    if problems:
        raise WhatIfFileError(problems)
    return Scenario(steps, " ".join(doc.name.split()), " ".join(doc.why.split()))


class _Reader:
    def __init__(self, file: YamlFile, lines: list[str], pack: RulePack, problems: list[Problem]):
        self._file, self._lines, self._pack, self._problems = file, lines, pack, problems

    def step(self, place: int, doc: StepDoc) -> Step:
        changes = tuple(change for at, one in enumerate(doc.changes) for change in self._changes(("steps", place, "changes", at), one))
        return Step(changes, self._quarter(("steps", place, "quarter"), doc.quarter), " ".join((doc.why or "").split()), self._at("steps", place))

    def _at(self, *path: str | int) -> Place:
        return (self._file.name, *self._file.place(path))

    def _quarter(self, path: Path_, written: str | None) -> Quarter | None:
        try:
            return None if written is None else parse_quarter(written)
        except QuarterError as error:
            self._problems.append(self._file.problem(path, str(error)))
            return None

    def _changes(self, path: Path_, doc: ChangeDoc) -> list[Change | Move]:
        areas = {key: value for key in ("team", "district", "team_type", "county") if (value := getattr(doc, key))}
        if (doc.move is None) == (doc.set is None and doc.assume is None):
            self._problems.append(self._file.problem(path, "a change sets or assumes something, or moves workers", "write set: {vacant_posts: -2}, or move: {who, number, from, to}"))
            return []
        if doc.move is not None:
            if areas or doc.with_ is not None:
                self._problems.append(self._file.problem((*path, "move"), "a move says its teams and who goes by itself", "leave out what stands beside it", key=True))
            return [Move(doc.move.number, doc.move.who, Target(team=doc.move.from_), Target(team=doc.move.to), self._at(*path, "move"))]
        found: list[Change | Move] = []
        for key, held in (("set", doc.set), ("assume", doc.assume)):
            for name, value in (held or {}).items():
                written = self._as_written((*path, key, name), value)
                try:
                    who = who_for(name, held or {}, doc.with_ or "", self._pack) if key == "set" else ""
                    change = parse_change(f"{name}={written}", self._pack, Target(**areas), who, assumed=key == "assume")
                    found.append(replace(change, at=self._at(*path, key, name)))
                except WhatIfError as problem:
                    self._problems.append(self._file.problem((*path, key, name), str(problem)))
        return found

    def _as_written(self, path: Path_, value: float | str) -> str:
        """A number with the sign that stands in the file: YAML reads +2 as 2, and here they are not the same."""
        if isinstance(value, str):
            return value
        line, column = self._file.place(path)
        sign = self._lines[line - 1][column - 1 : column] if line <= len(self._lines) else ""
        return f"+{value:g}" if sign == "+" else f"{value:g}"


def read_costs(path: Path, pack: RulePack) -> Costs:
    """Read what one unit of each lever costs: its id and a number, and `answers` for one better answer.

    What the file does not name costs what the rules say. A county's own number takes the place of theirs and no more.

    Raises:
        WhatIfFileError: with every mistake found.
    """
    file, problems = read_yaml(path, str(path))
    if file is None:
        raise WhatIfFileError(problems)
    if not isinstance(file.data, dict) or not file.data:
        raise WhatIfFileError([file.problem((), "a file of costs has a line for each change", "write experienced_joins: 10")])
    found: dict[str, float] = {}
    for name, value in file.data.items():
        if name != ANSWERS and name not in pack.levers:
            problems.append(file.problem((name,), f"there is nothing called '{name}' to change", did_you_mean(name, [*pack.levers, ANSWERS]), key=True))
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value < 1e9:
            problems.append(file.problem((name,), f"'{value}' can't be a cost", "write a number above nought"))
        else:
            found[name] = float(value)
    if problems:
        raise WhatIfFileError(problems)
    own = costs_of(pack)
    return Costs({**own.levers, **{name: value for name, value in found.items() if name != ANSWERS}}, found.get(ANSWERS, own.answer), f"{path}; what it does not name as in {own.source}")


def _entry(file: YamlFile, name: Literal["scenario"], model: type[Doc]) -> Entry:
    return Entry(Kind(name, file.name, model), name, file, (), file.data)


def scenario_as_data(scenario: Scenario) -> Mapping[str, object]:
    """A scenario as plain data, as an answer shows it."""
    return {
        "name": scenario.name or None,
        "why": scenario.why or None,
        "steps": [{"quarter": str(step.quarter) if step.quarter else None, "why": step.why or None, "changes": [str(one) for one in step.changes]} for step in scenario.steps],
    }


