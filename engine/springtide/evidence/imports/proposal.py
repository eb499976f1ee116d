"""A first mapping for a file: what its headings and cells say of themselves."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...logic.model import RulePack
from ...logic.units import UNITS
from ...rulepack.problems import nearest
from ..cells import MISSING_MARKS, normalise_word
from ..reading.team_list import TeamList
from ..records import RESPONDENTS
from ..screening import looks_personal
from ..spelling import folded
from .dates import DateOrder, order_of
from .mapping import NOTHING, Column, Kind, Mapping, Word
from .matching import Match, match_columns, plain
from .source import KNOWN, Fits, Source

# Columns that survey tools add, by their words; what is of a person is dropped.
_PERSONAL = {"email", "e-mail", "email address", "name", "user name", "username", "respondent name", "first name", "last name", "surname", "ip address", "your name", "full name"}
_OF_A_PERSON = re.compile(r"\b(names?|surnames?|e-?mail|telephone|phone|mobile|signed|signature|nhs number|date of birth|dob)\b")
_TIMES = {"start time", "last modified time", "start date", "date started"}
_TOOL = {"language", "total points", "quiz feedback", "grade posted time"}
_NAMED = {
    "response_id": ("id", "response id", "respondent id", "submission id", "response number"),
    "completed_on": ("completion time", "date submitted", "end date", "date completed", "submitted at", "timestamp", "end time"),
    "team_id": ("team", "team id", "team code", "your team", "which team are you in", "which team is this about", "which team does this answer speak for",
                "which team is this", "which team is this? write its number or its name, and no person's name"),
    "respondent": ("respondent", "whose view is it", "whose view is this", "role", "your role", "respondent type"),
    "quarter": ("quarter", "financial quarter", "reporting quarter"),
    "team_name": ("team name",),
}
_ROLES = {
    "manager": ("a manager", "team manager", "the team manager", "managers", "team leader", "manager"),
    "practitioner": ("a practitioner", "social worker", "a social worker", "practitioners", "worker", "practitioner"),
    "collective": ("the team together", "team", "the team", "whole team", "the whole team", "collectively", "a team", "collective"),
}
_MOSTLY = 0.6
_LONGEST_CHOICE = 40
_NOT_SUPPLIED = "not supplied"


def targets_of(pack: RulePack, kind: Kind) -> dict[str, tuple[str, ...]]:
    """What a column may become, each with its names."""
    targets = dict(_NAMED)
    targets |= {question.id: (question.statement,) for question in pack.questions.values() if question.favourable_when != "unknown"}
    if kind == "table":
        for figure in pack.figures.values():
            if figure.table != "responses":
                targets[figure.id] = (figure.title, figure.id.replace("_", " "), figure.id)
        for measure in pack.measures.values():
            if measure.may_be_supplied:
                targets[measure.id] = (measure.title, measure.id.replace("_", " "), measure.id)
    return targets


def all_targets(pack: RulePack) -> set[str]:
    """Every column that evidence can take from a file, the questions with no statement among them."""
    return {*targets_of(pack, "table"), *pack.questions}


def fits(pack: RulePack, kind: Kind) -> Fits:
    """How well a row does for headings: by how many of its cells are known; for a table of unknown headings, how many it has."""
    targets = targets_of(pack, kind)
    known = {plain(name) for names in targets.values() for name in names} | _PERSONAL | _TIMES

    def score(cells: list[str]) -> int:
        written = [cell for cell in cells if cell.strip()]
        recognised = sum(plain(cell) in known or bool(re.match(r"^\s*(q|question)?\s*\d{1,2}\s*[.):]", cell, re.IGNORECASE)) for cell in written)
        words = sum(not re.fullmatch(r"[-+\d.,%/: ]*", cell) for cell in written)
        return recognised * KNOWN + len(set(written)) * 2 + words

    return score


def propose(source: Source, pack: RulePack, listed: TeamList, kind: Kind) -> Mapping:
    """The mapping that a file suggests. What is not certain is marked as not confirmed."""
    numbers = {question.number: question.id for question in pack.questions.values() if question.favourable_when != "unknown"}
    matches = match_columns(source.headings, targets_of(pack, kind), numbers)
    columns = [_column(source, match) for match in matches]
    for match in matches:
        if match.twin_of and any(cell.strip() for cell in source.column(match.place)):
            columns[match.place] = Column(match.heading, match.twin_of, guess="as another column with the same words; a response may have answered one of the two", confirmed=False)
    if not any(column.to == "team_id" for column in columns):
        for column in columns:
            if column.to == "team_name":
                column.to = "team_id"  # where there are no ids, names do
    for place, column in enumerate(columns):
        cells = [clean(cell) for cell in source.column(place) if cell.strip()]
        if column.to == "respondent" and cells and sum(_role(cell) is not None for cell in cells) < _MOSTLY * len(cells):
            columns[place] = Column(column.column, NOTHING, because="personal data")  # it says who, not whose view
    _find_by_cells(source, columns, "team_id", lambda cell: listed.meant(cell) is not None, "its cells name teams")
    _find_by_cells(source, columns, "respondent", lambda cell: _role(cell) is not None, "its cells say whose view it is")
    for place, column in enumerate(columns):
        _propose_conversion(source, pack, place, column)
    order = DateOrder.CERTAIN
    dates = [place for place, column in enumerate(columns) if column.to == "completed_on" or column.convert == "date"]
    if dates:
        order = order_of([cell for place in dates for cell in source.column(place)])
    return Mapping(
        kind, columns, source.sheet, source.head_row, "",
        "" if order is DateOrder.CERTAIN else order.words, order.is_sure,
        _answers(source, pack, columns), _teams(source, columns, listed), _respondents(source, columns),
    )  # fmt: skip


def _column(source: Source, match: Match) -> Column:
    words = plain(match.heading)
    if words in _PERSONAL or (_OF_A_PERSON.search(words) and not match.to):
        return Column(match.heading, NOTHING, because="personal data")
    if words in _TIMES or words in _TOOL or words.startswith(("points -", "feedback -")):
        return Column(match.heading, NOTHING, because="the survey tool's own")
    if match.to:
        return Column(match.heading, match.to, guess=match.guess, confirmed=not match.guess)
    if not match.heading:
        return Column(match.heading, NOTHING, because="it has no heading")
    return Column(match.heading, NOTHING, because=(f"another column has the same words, and is {match.twin_of}" if match.twin_of else "") or ("free text" if _is_free_text(source.column(match.place)) else "it is like nothing in evidence"))


def _find_by_cells(source: Source, columns: list[Column], to: str, is_one: object, guess: str) -> None:
    """Where no heading says so, the one column most of whose cells are such."""
    if any(column.to == to for column in columns):
        return
    found = []
    for place, column in enumerate(columns):
        cells = [clean(cell) for cell in source.column(place) if cell.strip()]
        share = sum(bool(is_one(cell)) for cell in cells) / len(cells) if cells else 0  # type: ignore[operator]
        if column.to == NOTHING and column.because != "personal data" and share >= _MOSTLY:
            found.append((share, -place))
    if found:
        place = -max(found)[1]
        columns[place] = Column(columns[place].column, to, guess=guess, confirmed=False)


def _propose_conversion(source: Source, pack: RulePack, place: int, column: Column) -> None:
    """Percentages for a share, persons for posts, a day for a quarter: as far as heading and cells tell."""
    part = pack.figures.get(column.to) or pack.measures.get(column.to)
    cells = [cell.strip() for cell in source.column(place) if cell.strip().casefold() not in MISSING_MARKS]
    heading = column.column.casefold()
    if column.to == "quarter" and cells and all(re.match(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}", cell) and not re.search(r"q", cell, re.IGNORECASE) for cell in cells):
        column.convert = "date"
        column.guess, column.confirmed = "the quarter that holds the day", False
    if part is None:
        return
    unit = UNITS[part.unit]
    headed = "%" in heading or "per cent" in heading or "percent" in heading
    numbers = [float(cell.rstrip("% ")) for cell in cells if re.fullmatch(r"-?\d+(\.\d+)? ?%?", cell)]
    if unit.scale == 100:
        marked = [cell.endswith("%") for cell in cells if cell not in ("0", "0.0")]
        large = any(abs(number) > unit.most for number in numbers)
        if any(marked) or large:
            column.convert = "percent"
            if any(marked) and not all(marked):
                column.guess, column.confirmed = "some of its cells say % and some do not: all were taken for per cent", False
            elif not any(marked) and not headed:
                column.guess, column.confirmed = "its numbers are too large for shares, and were taken for per cent", False
        elif headed and any(numbers):
            column.guess, column.confirmed = "its heading says per cent, but no number is over 1: taken as shares, as Excel keeps percentages", False
    elif headed or any(cell.endswith("%") for cell in cells):
        column.guess, column.confirmed = "though it seems to be in per cent", False
    if part.unit in ("FTE", "posts") and ("headcount" in heading or "head count" in heading or "persons" in heading):
        column.convert = "headcount"
        column.guess, column.confirmed = "its heading speaks of persons", False


def _is_free_text(cells: Iterable[str]) -> bool:
    written = [cell for cell in cells if cell.strip()]
    return bool(written) and (sum(len(cell) for cell in written) / len(written) > 25 or len(set(written)) > 0.8 * len(written) > 4)


# -- words in the cells ----------------------------------------------------------------------------


def clean(cell: str) -> str:
    """A chosen answer as it is: without the `;` that ends it, and with one kind of space."""
    return " ".join(cell.replace("\u00a0", " ").replace("\u200b", "").split()).rstrip("; ").strip()


def is_text(word: str) -> bool:
    """Whether a cell holds a text of its writer's own rather than a choice: it is repeated nowhere then."""
    return len(word) > _LONGEST_CHOICE or bool(looks_personal(word))


def _distinct(source: Source, columns: list[Column], wanted: Iterable[str]) -> list[str]:
    names = set(wanted)
    cells = (clean(cell) for place, column in enumerate(columns) if column.to in names for cell in source.column(place))
    return list(dict.fromkeys(cell for cell in cells if cell))


def _answers(source: Source, pack: RulePack, columns: list[Column]) -> list[Word]:
    scale = pack.questionnaire.scale
    known = {normalise_word(word) for word in (*scale.answers, scale.not_counted, scale.missing)} | {"n/a", _NOT_SUPPLIED}
    words = [word for word in _distinct(source, columns, pack.questions) if normalise_word(word) not in known]
    return [Word(word, "", False) for word in words if not is_text(word)]


def _teams(source: Source, columns: list[Column], listed: TeamList) -> list[Word]:
    words = []
    names = {team.name: team.id for team in listed.teams} | {team.id: team.id for team in listed.teams}
    for word in _distinct(source, columns, ["team_id"]):
        if listed.meant(word) is None:
            near = nearest(word, names)
            words.append(Word(word, names[near[0]] if near else "", False))
    return words


def _respondents(source: Source, columns: list[Column]) -> list[Word]:
    words = []
    for word in _distinct(source, columns, ["respondent"]):
        if normalise_word(word) not in (*RESPONDENTS, _NOT_SUPPLIED):
            role = _role(word)
            words.append(Word(word, role or "", role is not None))
    return words


def _role(word: str) -> str | None:
    return next((role for role, words in _ROLES.items() if folded(word) in map(folded, words)), None)
