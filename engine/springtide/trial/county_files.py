"""What an invented county is made of: rates, kinds of team, answers and limits, from YAML, each with its basis and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from ..logic.model import Basis
from ..logic.quarter import Quarter, QuarterError, parse_quarter
from ..logic.units import UNITS, Unit
from ..rulepack.kinds import Kind
from ..rulepack.layers import Entry
from ..rulepack.problems import Problem, did_you_mean, shown
from ..rulepack.schema import PACK_ID, QUESTION, Doc, Text, YesNo
from ..rulepack.shapes import check_shape
from ..rulepack.yaml_reader import YamlFile, read_yaml
from ..shipped import counties_folder

ALWAYS = "always"
OTHERS = "others"


class CountyFileError(ValueError):
    """A county file with mistakes in it, or none of that name; `problems` has them all."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


@dataclass(frozen=True)
class Known:
    """A rate that the inventing reads: its title, its unit, and the range in which it makes sense."""

    title: str
    unit: Unit
    least: float = 0.0
    most: float = 1.0


_SHARE, _COUNT, _FTE = UNITS["share"], UNITS["count"], UNITS["average"]
# The most are far beyond any county; they keep what is drawn within what can be worked out.
RATES: Mapping[str, Known] = {
    "posts_least": Known("Posts of the smallest team", _COUNT, 1, 30),
    "posts_most": Known("Posts of the largest team", _COUNT, 1, 30),
    "vacancy": Known("Share of posts vacant", _SHARE),
    "agency_cover": Known("Share of vacant posts covered by agency staff", _SHARE),
    "agency_beyond": Known("Share of teams with an agency worker beyond that", _SHARE),
    "leaving": Known("Leavers in a year for each post", _FTE, 0, 2),
    "away": Known("Share of staff in post who are away", _SHARE),
    "caseload": Known("Cases for each full-time case holder, on average", _FTE, 1, 100),
    "caseload_spread": Known("Standard deviation of that between teams", _FTE, 0, 20),
    "highest_above": Known("Cases of the highest caseload above the team's average", _FTE, 0, 100),
    "highest_above_spread": Known("Standard deviation of that between teams", _FTE, 0, 20),
    "highest_above_least": Known("The least of that in any team", _FTE, 0, 100),
    "crises": Known("Complex cases in crisis for each case holder", _FTE, 0, 5),
    "waiting": Known("Cases without a social worker for more than 7 days, for each post", _FTE, 0, 5),
    "child_protection_waiting": Known("Child protection cases without a social worker, for each post", _FTE, 0, 1),
    "demand": Known("New work in the quarter, as a multiple of the usual", _FTE, 0, 3),
    "sessions_due": Known("Supervision sessions due for each worker in post", _FTE, 0, 20),
    "sessions_held": Known("Share of sessions due that are held", _SHARE),
    "files_least": Known("Files audited in a team, at least", _COUNT, 0, 50),
    "files_most": Known("Files audited in a team, at most", _COUNT, 0, 50),
    "files_shown": Known("Share of audited files that show supervision", _SHARE),
    "strongly": Known("Share of answers at the end of the scale, of those on either side", _SHARE),
    "alike": Known("How much more, or less, often answers that go together are adverse in a team", _SHARE),
}


@dataclass(frozen=True)
class Assumption:
    """One number of an invented county and what it rests on."""

    value: float
    basis: Basis
    source: str


@dataclass(frozen=True)
class TeamType:
    """A kind of team: of how many in turn, its usual referrals a post and quarter, its caseload beside the county's."""

    name: str
    in_turn: int
    referrals: float
    caseload: float
    basis: Basis
    source: str


@dataclass(frozen=True)
class Answers:
    """How often teams answer a question adversely. `same_as`: as they answer another question, whose id it is."""

    adverse: float
    alike: bool
    same_as: str
    basis: Basis
    source: str


@dataclass(frozen=True)
class Pressed:
    """A way in which a tenth of the teams are truly worse: the rates and adverse answers that are not the county's.

    `found`: the share of those teams that a pack should flag at least; `others`: of the ordinary ones, at most.
    """

    id: str
    title: str
    questionnaires_only: bool
    rates: Mapping[str, float]
    answers: Mapping[str, float]
    found: float
    others: float
    basis: Basis
    source: str


@dataclass(frozen=True)
class County:
    """An ordinary county as it is invented. `flagged` and `highest`: the most of its teams that a pack may flag by chance.

    `at` is where its file is.
    """

    id: str
    title: str
    about: str
    quarter: Quarter
    rates: Mapping[str, Assumption]
    team_types: tuple[TeamType, ...]
    answers: Mapping[str, Answers]
    flagged: Assumption
    highest: Assumption
    pressed: Mapping[str, Pressed]
    at: str

    def answers_to(self, question: str) -> Answers:
        return self.answers.get(question) or self.answers[OTHERS]


# -- the shape of a file ------------------------------------------------------------------------

BasisDoc = Literal["report", "statistic", "judgement"]
Share = Annotated[float, Field(ge=0, le=1)]
Asked = Annotated[str, Field(pattern=rf"{QUESTION}|^{OTHERS}$")]


class RateDoc(Doc):
    value: float
    basis: BasisDoc
    source: Text


class TeamTypeDoc(Doc):
    in_turn: Annotated[int, Field(ge=1, le=20)]
    referrals: Annotated[float, Field(ge=0, le=15)]
    caseload: Annotated[float, Field(gt=0, le=5)] = 1
    basis: BasisDoc
    source: Text


class AnswersDoc(Doc):
    questions: Annotated[list[Text], Field(min_length=1)]
    adverse: Share | None = None
    alike: YesNo = "no"
    as_: Annotated[Text | None, Field(alias="as")] = None
    basis: BasisDoc
    source: Text


class LimitDoc(Doc):
    at_most: Share
    basis: BasisDoc
    source: Text


class ByChanceDoc(Doc):
    flagged: LimitDoc | None = None
    highest: LimitDoc | None = None


class AdverseDoc(Doc):
    questions: Annotated[list[Text], Field(min_length=1)]
    adverse: Share


class AtLeastDoc(Doc):
    at_least: Share


class AboveDoc(Doc):
    above_chance: Share


class PressedDoc(Doc):
    title: Text
    questionnaires_only: YesNo = "no"
    rates: dict[str, float] = Field(default_factory=dict)
    answers: list[AdverseDoc] = Field(default_factory=list)
    found: AtLeastDoc
    others: AboveDoc
    basis: BasisDoc
    source: Text


class CountyDoc(Doc):
    """One county file. What it leaves out is as in the file that it builds on."""

    id: Annotated[str, Field(pattern=PACK_ID)]
    builds_on: Text | None = None
    title: Text
    about: Text
    quarter: Text
    default_from: Text | None = None
    rates: dict[str, RateDoc] = Field(default_factory=dict)
    team_types: dict[str, TeamTypeDoc] = Field(default_factory=dict)
    answers: list[AnswersDoc] = Field(default_factory=list)
    by_chance: ByChanceDoc = Field(default_factory=ByChanceDoc)
    pressed: dict[str, PressedDoc] = Field(default_factory=dict)


# -- reading ------------------------------------------------------------------------------------


def shipped_counties() -> tuple[str, ...]:
    """The names of the county files that come with springtide."""
    return tuple(sorted(path.stem for path in counties_folder().glob("*.yaml")))


def read_county(name: str | Path) -> County:
    """Read a county file, by path or by shipped name (`england-2009`).

    Raises:
        CountyFileError: with every mistake found, each as file, line, column and what to write.
    """
    problems: list[Problem] = []
    layers = _layers(_find(name), problems)
    county = _Reader(layers, problems).county()
    if problems or county is None:
        raise CountyFileError(problems)
    return county


def county_for(newest: Quarter) -> County:
    """The shipped county on which a pack is tried where none is named: the last whose `default_from` is not after `newest`."""
    begin = {}
    for name in shipped_counties():
        doc = _read(counties_folder() / f"{name}.yaml", [])
        if doc is not None and doc[1].default_from is not None:
            begin[name] = _begins(doc[1].default_from)
    return read_county(max((start, name) for name, start in begin.items() if start <= (newest.year, newest.number))[1])


def _begins(default_from: str) -> tuple[int, int]:
    if default_from == ALWAYS:
        return (0, 0)
    quarter = parse_quarter(default_from)
    return (quarter.year, quarter.number)


def _find(name: str | Path) -> Path:
    path = Path(name)
    if path.is_file():
        return path
    if str(name) in shipped_counties():
        return counties_folder() / f"{name}.yaml"
    hint = did_you_mean(str(name), shipped_counties())
    raise CountyFileError([Problem(str(name), 1, 1, f"there is no county file {shown(str(name))}", hint or "give a file or a shipped name")])


def _read(path: Path, problems: list[Problem]) -> tuple[YamlFile, CountyDoc] | None:
    file, found = read_yaml(path, str(path))
    problems += found
    if file is None:
        return None
    doc = check_shape(Entry(Kind("county", file.name, CountyDoc), path.stem, file, (), file.data), problems)
    return (file, doc) if isinstance(doc, CountyDoc) else None


def _layers(path: Path, problems: list[Problem]) -> list[tuple[YamlFile, CountyDoc]]:
    """A file and those it builds on, lowest first.

    Raises:
        CountyFileError: one of them can't be read, so there is nothing to go on with.
    """
    layers: list[tuple[YamlFile, CountyDoc]] = []
    seen: list[Path] = []
    while True:
        seen.append(path.resolve())
        layer = _read(path, problems)
        if layer is None:
            raise CountyFileError(problems)
        layers.insert(0, layer)
        file, doc = layer
        if doc.builds_on is None:
            return layers
        beside = path.parent / f"{doc.builds_on}.yaml"
        path = beside if beside.is_file() and beside.resolve() not in seen else counties_folder() / f"{doc.builds_on}.yaml"
        if not path.is_file():
            hint = did_you_mean(doc.builds_on, shipped_counties())
            raise CountyFileError([*problems, file.problem(("builds_on",), f"there is no county file {shown(doc.builds_on)}", hint)])
        if path.resolve() in seen:
            raise CountyFileError([*problems, file.problem(("builds_on",), "this county builds on itself", "name another, or leave it out")])


class _Reader:
    """Merges the layers; what a higher one names replaces what a lower one says of it."""

    def __init__(self, layers: Sequence[tuple[YamlFile, CountyDoc]], problems: list[Problem]):
        self._layers, self._problems = layers, problems
        self._file, self._doc = layers[-1]

    def county(self) -> County | None:
        rates, types, answers = self._rates(), self._team_types(), self._answers()
        flagged, highest = self._limit("flagged"), self._limit("highest")
        pressed = self._pressed(flagged.value if flagged else 0.0)
        quarter = self._quarter("quarter", self._doc.quarter)
        if self._doc.default_from not in (None, ALWAYS):
            self._quarter("default_from", str(self._doc.default_from))
        self._whole(rates, types, answers)
        if self._problems or flagged is None or highest is None or quarter is None:
            return None
        return County(
            id=self._doc.id, title=_flat(self._doc.title), about=_flat(self._doc.about), quarter=quarter, rates=rates, team_types=types,
            answers=answers, flagged=flagged, highest=highest, pressed=pressed, at=self._file.name,
        )  # fmt: skip

    def _rates(self) -> dict[str, Assumption]:
        found = {}
        for file, doc in self._layers:
            for name, rate in doc.rates.items():
                if self._in_range(file, ("rates", name), name, rate.value, ("rates", name, "value")):
                    found[name] = Assumption(rate.value, rate.basis, _flat(rate.source))
        return {name: found[name] for name in RATES if name in found}

    def _in_range(self, file: YamlFile, key: tuple[Any, ...], name: str, value: float, path: tuple[Any, ...]) -> bool:
        known = RATES.get(name)
        if known is None:
            self._problems.append(file.problem(key, f"there is no rate '{name}'", did_you_mean(name, RATES), key=True))
            return False
        if not known.least <= value <= known.most:
            self._problems.append(file.problem(path, f"'{name}' can't be {value:g}", f"write a number from {known.least:g} to {known.most:g}"))
            return False
        if known.unit.whole and value != round(value):
            self._problems.append(file.problem(path, f"'{name}' can't be {value:g}", "write a whole number"))
            return False
        return True

    def _team_types(self) -> tuple[TeamType, ...]:
        found: dict[str, TeamType] = {}
        for _, doc in self._layers:
            if doc.team_types:  # the kinds of a county are one whole: a layer that names any names all
                found = {
                    name: TeamType(name, one.in_turn, one.referrals, one.caseload, one.basis, _flat(one.source)) for name, one in doc.team_types.items()
                }
        return tuple(found.values())

    def _answers(self) -> dict[str, Answers]:
        found: dict[str, Answers] = {}
        for file, doc in self._layers:
            for place, one in enumerate(doc.answers):
                if (one.adverse is None) == (one.as_ is None):
                    self._problems.append(file.problem(("answers", place), "answers are adverse in a share of teams, or as another question is", "write adverse: 0.25, or as: q8"))
                    continue
                for at, question in enumerate(one.questions):
                    if self._is_question(file, ("answers", place, "questions", at), question, OTHERS):
                        found[question] = Answers(one.adverse or 0.0, one.alike == "yes", one.as_ or "", one.basis, _flat(one.source))
                if one.as_ is not None:
                    self._is_question(file, ("answers", place, "as"), one.as_)
        for question, held in found.items():
            if held.same_as and (held.same_as == question or found.get(held.same_as, held).same_as):
                self._problems.append(self._file.problem((), f"{question} is answered as {held.same_as}, which is not answered by itself", "name a question that has a share"))
        return found

    def _is_question(self, file: YamlFile, path: tuple[Any, ...], question: str, *more: str) -> bool:
        if question in more or (question[:1] == "q" and question[1:].isdigit() and question[1:2] != "0"):
            return True
        self._problems.append(file.problem(path, f"{shown(question)} is no question", "write q and the number of the question, as q8" + (f", or {OTHERS}" if more else "")))
        return False

    def _limit(self, name: Literal["flagged", "highest"]) -> Assumption | None:
        held = [limit for _, doc in self._layers if (limit := getattr(doc.by_chance, name)) is not None]
        if not held:
            self._problems.append(self._file.problem((), f"the county says nowhere how many may be {name} by chance", f"add by_chance: {{{name}: {{at_most, basis, source}}}}"))
            return None
        return Assumption(held[-1].at_most, held[-1].basis, _flat(held[-1].source))

    def _pressed(self, flagged: float) -> dict[str, Pressed]:
        found = {}
        for file, doc in self._layers:
            for name, one in doc.pressed.items():
                for rate, value in one.rates.items():
                    self._in_range(file, ("pressed", name, "rates", rate), rate, value, ("pressed", name, "rates", rate))
                adverse: dict[str, float] = {}
                for place, group in enumerate(one.answers):
                    for at, question in enumerate(group.questions):
                        if self._is_question(file, ("pressed", name, "answers", place, "questions", at), question):
                            adverse[question] = group.adverse
                found[name] = Pressed(
                    id=name, title=_flat(one.title), questionnaires_only=one.questionnaires_only == "yes", rates=one.rates, answers=adverse,
                    found=one.found.at_least, others=flagged + one.others.above_chance, basis=one.basis, source=_flat(one.source),
                )  # fmt: skip
        return found

    def _quarter(self, key: str, written: str) -> Quarter | None:
        try:
            return parse_quarter(written)
        except QuarterError as error:
            self._problems.append(self._file.problem((key,), str(error)))
            return None

    def _whole(self, rates: Mapping[str, Assumption], types: Sequence[TeamType], answers: Mapping[str, Answers]) -> None:
        """Complain of what no layer gives, and of ranges that are upside down; only where the rest is right."""
        if self._problems:
            return
        lacking = [name for name in RATES if name not in rates]
        lacking += ["team_types"] * (not types) + ["answers to others"] * (OTHERS not in answers)
        if lacking:
            self._problems.append(self._file.problem((), f"the county lacks {', '.join(lacking)}", "add it, or builds_on: england-2009"))
            return
        for least, most in (("posts_least", "posts_most"), ("files_least", "files_most")):
            if rates[least].value > rates[most].value:
                self._problems.append(self._file.problem(("rates",), f"'{least}' is more than '{most}'"))


def _flat(text: str) -> str:
    return " ".join(text.split())
