"""What must hold of a whole pack once each part of it reads well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any

from ..logic import model as m
from ..logic.formula import names_in
from .example_checks import check_examples
from .layers import Entry, Stack
from .problems import Problem, did_you_mean

# Kinds whose entries cite paragraphs one by one; questions and themes stand together in one file.
CITING = ("measures", "team pressure", "county pressure", "supervision", "risk rule", "notice", "confidence reducer", "what if",
          "tallies", "alert")  # fmt: skip


def check_measure_cycles(measures: Mapping[str, m.Measure], entries: Mapping[str, Entry]) -> list[Problem]:
    """Measures that are worked out from each other in a circle."""
    reads = {
        measure.id: sorted({name for name, _ in names_in(measure.formula) if name in measures})
        for measure in measures.values()
        if measure.formula is not None
    }
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        circle = error.args[1][::-1]
        return [entries[circle[0]].problem(("formula",), f"measures are worked out from each other in a circle: {' → '.join(circle)}",
                                           "work one of them out from figures")]  # fmt: skip
    return []


def check_looking_back(measures: Mapping[str, m.Measure], entries: Mapping[str, Entry]) -> list[Problem]:
    """Measures that would need the quarter before last: a score reads this quarter and the one before it."""
    found = []
    for measure in measures.values():
        for name, last in names_in(measure.formula) if measure.formula is not None else ():
            behind = _looks_back(measures, name) if last else ()
            if behind:
                through = f" by way of '{behind[-1]}'" if len(behind) > 1 else ""
                found.append(entries[measure.id].problem(
                    ("formula",), f"last_quarter({name}) would need the quarter before last, for '{name}' itself reads last quarter{through}",
                    "use last_quarter(…) of figures, or of measures made of one quarter's figures"))  # fmt: skip
    return found


def _looks_back(measures: Mapping[str, m.Measure], name: str, seen: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The measures by which a measure comes to read last quarter, itself first; none where it does not."""
    measure = measures.get(name)
    if measure is None or measure.formula is None or name in seen:
        return ()  # a circle is reported on its own
    for part, last in names_in(measure.formula):
        if last:
            return (name,)
        behind = _looks_back(measures, part, seen | {name})
        if behind:
            return (name, *behind)
    return ()


def check_pack(pack: m.RulePack, stack: Stack) -> Iterator[Problem]:
    """Circles among rules, the index of paragraphs against the citations, and the examples' words."""
    try:
        assert pack.rule_order is not None
    except CycleError as error:
        circle = error.args[1][::-1]
        entry = stack.of("risk rule")[circle[0]]
        yield entry.problem(_where_named(entry.data["when"], circle[1], ("when",)), f"rules read each other in a circle: {' → '.join(circle)}",
                            "let one of them read pressures only", key=True)  # fmt: skip
    yield from _check_paragraphs(pack, stack)
    yield from check_examples(pack, stack)


def _where_named(data: Any, word: str, path: tuple[Any, ...] = ()) -> tuple[Any, ...]:
    """The path of the first key of that name in some data; that of the data where there is none."""
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inner:
        found = (*path, key) if key == word else _where_named(value, word, (*path, key))
        if found and found[-1] == word:
            return found
    return path


def citations(pack: m.RulePack) -> dict[str, tuple[int, ...]]:
    """Everything that cites the report, by id, with the paragraphs it cites."""
    held: dict[str, tuple[int, ...]] = {rule.id: rule.cites for rule in pack.rules.values()}
    held |= {measure.id: measure.cites for measure in pack.measures.values() if measure.cites}
    held |= {lever.id: lever.cites for lever in pack.levers.values()}
    held |= {tally.id: tally.cites for tally in pack.tallies.values()}
    held |= {alert.id: alert.cites for alert in pack.alerts.values()}
    questionnaire = pack.questionnaire
    for group in (questionnaire.themes, questionnaire.questions, questionnaire.anomalies, questionnaire.unnumbered):
        held |= {item.id if item not in questionnaire.themes else f"theme {item.id}": item.cites for item in group}
    return held


def later_than_the_index(stack: Stack) -> set[str]:
    """What layers above the index of paragraphs declare: it joins the index by its own citations."""
    level = stack.layer_of(stack.of("paragraphs")["paragraphs"])
    return {entry.id for kind in CITING for entry in stack.of(kind).values() if stack.layer_of(entry) > level}


def _check_paragraphs(pack: m.RulePack, stack: Stack) -> Iterator[Problem]:
    """Double entry: what a rule cites and what the index lists must be the same, from both sides."""
    index = stack.of("paragraphs")["paragraphs"]
    cited = citations(pack)
    listed: dict[int, set[str]] = {}
    for paragraph in pack.paragraphs:
        listed.setdefault(paragraph.number, set()).update(paragraph.encoded_by)
    for number in range(1, 31):
        if number not in listed:
            yield index.problem(("paragraphs",), f"paragraph {number} is not in the index", "list all 30", key=True)
    places: dict[int, int] = {}
    for place, paragraph in enumerate(pack.paragraphs):
        if paragraph.number in places:
            first = index.file.place(("paragraphs", places[paragraph.number]))
            yield index.problem(("paragraphs", place, "number"), f"paragraph {paragraph.number} stands in the index twice",
                                f"the first is on line {first[0]}; keep one")  # fmt: skip
        places.setdefault(paragraph.number, place)
    where = {entry.id: entry for kind in CITING for entry in stack.of(kind).values()}
    later = later_than_the_index(stack)
    for name, numbers in sorted(cited.items()):
        if name in later:
            continue
        for place, number in enumerate(numbers):
            if number in listed and name not in listed[number]:
                message = f"'{name}' cites paragraph {number}, but the index of paragraphs does not list it there"
                hint = f"add {name} to encoded_by at {index.file.at(('paragraphs', places[number]))}, or take the citation out"
                if name in where:
                    yield where[name].problem(("cites", place), message, hint)
                else:
                    yield index.problem(("paragraphs", places[number], "encoded_by"), message, hint)
    for here, paragraph in enumerate(pack.paragraphs):
        path = ("paragraphs", here, "encoded_by")
        for place, name in enumerate(paragraph.encoded_by):
            if name not in cited:
                yield index.problem((*path, place), f"nothing is called '{name}'", did_you_mean(name, cited))
            elif paragraph.number not in cited[name] and name not in later:
                at = f" at {where[name].at}" if name in where else ""
                yield index.problem((*path, place), f"the index lists '{name}' under paragraph {paragraph.number}, but '{name}' does not cite it",
                                    f"add para {paragraph.number} to its cites{at}, or take it off the index")  # fmt: skip
        if not paragraph.encoded_by and not paragraph.not_encoded_because:
            yield index.problem(path, f"nothing encodes paragraph {paragraph.number}, and no reason is given", "write not_encoded_because", key=True)
        if paragraph.encoded_by and paragraph.not_encoded_because:
            yield index.problem((*path[:-1], "not_encoded_because"), f"paragraph {paragraph.number} is encoded, yet a reason for leaving it out is given",
                                "keep one", key=True)  # fmt: skip
