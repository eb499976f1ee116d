"""What is missing from a team's evidence that its result could turn on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from . import conditions as c
from .facts import Facts, last_quarters
from .formula import names_in
from .judge import truth_of
from .model import Notice, RulePack
from .truth import Truth

NO_HISTORY = "no history"  # with this begins every reason that lies in an earlier quarter
LAST_LEVEL, LEVEL = "last_level", "level"


@dataclass(frozen=True)
class Missing:
    """A figure or answer that was not supplied, why, and the pressures or rules that wait for it.

    Also a county pressure that can't be told, because other teams are silent. A figure of last quarter is called as in
    a formula, `last_quarter(closures)`.
    """

    id: str
    title: str
    why: str
    bears_on: tuple[str, ...]


@dataclass(frozen=True)
class _Gap:
    """The name of what is missing, and whether it is last quarter's."""

    name: str
    last: bool = False


def missing_in(facts: Facts, marks: Mapping[str, str]) -> tuple[Missing, ...]:
    """Everything missing that leaves a pressure, supervision or a rule in doubt, in the rules' order.

    `marks` says in words why a cell held no number, where a symbol stood in it.
    """
    return _missing(facts, _in_doubt(facts), marks)


def missing_of_notices(facts: Facts, marks: Mapping[str, str]) -> tuple[Missing, ...]:
    """The same for notices that look back at earlier quarters, of which `missing_in` says nothing: they bear on no level."""
    notices = [notice for notice in facts.pack.notices.values() if looks_back(facts.pack, notice)]
    return _missing(facts, ((notice.id, notice.when) for notice in notices), marks)


def looks_back(pack: RulePack, notice: Notice) -> bool:
    """Whether a notice compares with earlier quarters: last quarter's level or figures, or the team's usual."""
    leaves = [part for part in c.walk(notice.when) if not c.parts_of(part)]
    return any(
        (isinstance(leaf, c.LevelTest) and leaf.last_quarter) or (isinstance(leaf, c.MeasureTest) and _reads_earlier(pack, leaf.measure))
        for leaf in leaves
    )


def why_unknown(facts: Facts, measure: str) -> str:
    """Why a measure or figure can't be had, in a few words: for want of history, if that is so."""
    reasons = [_why(facts, gap) for gap in _missing_figures(_Gap(measure), facts)]
    return next((reason for reason in reasons if reason != _NOT_SUPPLIED), _NOT_SUPPLIED)


def _reads_earlier(pack: RulePack, name: str) -> bool:
    """Whether a number is worked out from earlier quarters, by its formula or by that of a measure in it."""
    measure = pack.measures.get(name)
    if measure is None or measure.formula is None:
        return name in pack.figures and pack.figures[name].usual_of is not None
    return any(last or _reads_earlier(pack, part) for part, last in names_in(measure.formula))


def _missing(facts: Facts, waiting: Iterator[tuple[str, c.Condition]], marks: Mapping[str, str]) -> tuple[Missing, ...]:
    found: dict[_Gap, Missing] = {}
    for name, condition in waiting:
        for gap in _unknown_leaves(condition, facts):
            held = found.get(gap) or Missing(_id(gap), _title(facts, gap), _said(facts, gap, marks), ())
            found[gap] = held if name in held.bears_on else replace(held, bears_on=(*held.bears_on, name))
    return tuple(found.values())


def _in_doubt(facts: Facts) -> Iterator[tuple[str, c.Condition]]:
    pack = facts.pack
    for pressure in pack.team_pressures.values():
        yield from ((pressure.id, condition) for condition in pressure.conditions.values())
    for county in pack.county_pressures.values():
        yield county.id, county.affected
    yield pack.supervision.id, pack.supervision.evidenced_strained
    for rule in pack.risk.values():
        yield rule.id, rule.when


def _unknown_leaves(condition: c.Condition, facts: Facts) -> Iterator[_Gap]:
    """The raw figures and answers that keep a condition from being decided."""
    if truth_of(condition, facts) is not Truth.CANNOT_TELL:
        return
    match condition:
        case c.MeasureTest(measure):
            yield from _missing_figures(_Gap(measure), facts)
        case c.AnswerTest(question):
            yield _Gap(question)
        case c.CountyTest(pressure, "on"):
            yield _Gap(pressure)
        case c.LevelTest(_, last_quarter):
            yield _Gap(LAST_LEVEL if last_quarter else LEVEL)
        case c.AllOf() | c.AnyOf() | c.AtLeastOf() | c.Not():
            for part in c.parts_of(condition):
                yield from _unknown_leaves(part, facts)


def _missing_figures(gap: _Gap, facts: Facts) -> Iterator[_Gap]:
    """The figures that a measure lacks, of this quarter or of last; the measure itself where it can only be supplied whole."""
    measure = facts.pack.measures.get(gap.name)
    if gap.name in (facts.evidence.last_quarter if gap.last else facts.evidence.figures):
        return
    if measure is None or measure.formula is None:
        yield gap
        return
    # Within last quarter's formula every name is last quarter's.
    parts = list(dict.fromkeys(_Gap(part, last or gap.last) for part, last in names_in(measure.formula)))
    if measure.may_be_supplied and not any(_is_known(part, facts) for part in parts):
        yield gap
        return
    lacking = [part for part in parts if not _is_known(part, facts)]
    for part in lacking:
        yield from _missing_figures(part, facts)
    if not lacking:
        yield gap


def _is_known(gap: _Gap, facts: Facts) -> bool:
    return (facts.last_value(gap.name) if gap.last else facts.value(gap.name)) is not None


def _id(gap: _Gap) -> str:
    return last_quarters(gap.name) if gap.last else gap.name


def _title(facts: Facts, gap: _Gap) -> str:
    pack, name = facts.pack, gap.name
    if name in (LEVEL, LAST_LEVEL):
        return "The level" if name == LEVEL else "Last quarter's level"
    if name in pack.questions:
        return f"Question {pack.questions[name].number}"
    if name in pack.county_pressures:
        return f"{name.replace('_', ' ').capitalize()} ({pack.words.county}-wide)"
    title = (pack.figures.get(name) or pack.measures[name]).title
    return f"{title}, last quarter" if gap.last else title


_NOT_SUPPLIED = "not supplied"


def _said(facts: Facts, gap: _Gap, marks: Mapping[str, str]) -> str:
    """Why something is missing; a symbol in its cell says so itself, unless it was to be worked out from earlier quarters."""
    own = _why(facts, gap)
    return marks.get(gap.name, own) if own == _NOT_SUPPLIED else own


def _why(facts: Facts, gap: _Gap) -> str:
    name, evidence = gap.name, facts.evidence
    if name == LEVEL:
        return "can't be told until what is missing is known"
    if name == LAST_LEVEL:
        return _why_no_last_level(facts)
    if name in facts.majorities:
        majority = facts.majorities[name]
        return f"not known of {majority.silent} of {majority.teams} {facts.pack.words.teams}"
    if name in facts.pack.questions:
        return "don't know, or left blank" if evidence.answer(name).unknown else "no return"
    if gap.last:
        return evidence.no_last_quarter or evidence.no_history.get(_id(gap)) or f"{NO_HISTORY}: not supplied {_for_last_quarter(facts)}"
    return evidence.no_history.get(name, _NOT_SUPPLIED)


def _why_no_last_level(facts: Facts) -> str:
    insufficient = facts.pack.levels.insufficient
    if facts.last_level == insufficient.id:
        return f"{insufficient.title.lower()} {_for_last_quarter(facts)}"
    return facts.no_last_level or f"{NO_HISTORY}: not known {_for_last_quarter(facts)}"


def _for_last_quarter(facts: Facts) -> str:
    return "for last quarter" + (f" ({facts.quarter.previous})" if facts.quarter else "")
