"""What must hold of a whole pack once each part of it reads well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from ..logic import model as m
from ..logic.formula import names_in
from .examples import check_examples
from .layers import Entry, Stack
from .problems import Problem, did_you_mean


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
        circle = error.args[1]
        return [entries[circle[0]].problem(("formula",), f"measures go round in a circle: {' → '.join(circle)}",
                                           "work one of them out from figures")]  # fmt: skip
    return []


def check_pack(pack: m.RulePack, stack: Stack) -> Iterator[Problem]:
    """Circles among rules, the index of paragraphs against the citations, and the examples' words."""
    try:
        pack.rule_order
    except CycleError as error:
        circle = error.args[1]
        entry = stack.of("risk rule")[circle[0]]
        yield entry.problem(("when",), f"rules read each other in a circle: {' → '.join(circle)}", "let one of them read pressures only")
    yield from _check_paragraphs(pack, stack)
    yield from check_examples(pack, stack)


def citations(pack: m.RulePack) -> dict[str, tuple[int, ...]]:
    """Everything that cites the report, by id, with the paragraphs it cites."""
    held: dict[str, tuple[int, ...]] = {rule.id: rule.cites for rule in pack.rules.values()}
    held |= {measure.id: measure.cites for measure in pack.measures.values() if measure.cites}
    questionnaire = pack.questionnaire
    for group in (questionnaire.themes, questionnaire.questions, questionnaire.anomalies, questionnaire.unnumbered):
        held |= {item.id if item not in questionnaire.themes else f"theme {item.id}": item.cites for item in group}
    return held


def _check_paragraphs(pack: m.RulePack, stack: Stack) -> Iterator[Problem]:
    """Double entry: what a rule cites and what the index lists must be the same, from both sides."""
    index = stack.of("paragraphs")["paragraphs"]
    cited = citations(pack)
    listed = {paragraph.number: set(paragraph.encoded_by) for paragraph in pack.paragraphs}
    for number in range(1, 31):
        if number not in listed:
            yield index.problem(("paragraphs",), f"paragraph {number} is not in the index", "list all 30")
    places = {paragraph.number: place for place, paragraph in enumerate(pack.paragraphs)}
    for name, numbers in sorted(cited.items()):
        for number in numbers:
            if number in listed and name not in listed[number]:
                yield index.problem(("paragraphs", places[number], "encoded_by"),
                                    f"'{name}' cites paragraph {number}, but the index does not list it there",
                                    f"add {name} to encoded_by, or take the citation out of {name}")  # fmt: skip
    for paragraph in pack.paragraphs:
        path = ("paragraphs", places[paragraph.number], "encoded_by")
        for place, name in enumerate(paragraph.encoded_by):
            if name not in cited:
                yield index.problem((*path, place), f"nothing is called '{name}'", did_you_mean(name, cited))
            elif paragraph.number not in cited[name]:
                yield index.problem((*path, place), f"the index lists '{name}' under paragraph {paragraph.number}, but '{name}' does not cite it",
                                    f"add para {paragraph.number} to its cites, or take it off the index")  # fmt: skip
        if not paragraph.encoded_by and not paragraph.not_encoded_because:
            yield index.problem(path, f"nothing encodes paragraph {paragraph.number}, and no reason is given", "write not_encoded_because")
        if paragraph.encoded_by and paragraph.not_encoded_because:
            yield index.problem(path, f"paragraph {paragraph.number} is encoded, yet a reason for leaving it out is given", "keep one")
