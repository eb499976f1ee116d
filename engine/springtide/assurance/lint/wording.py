"""Findings about words: what may not be said, advice that is wanting, and examples."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...logic import model as m
from ...rulepack.example_checks import kinds_missing
from ..scaffold import TO_WRITE
from ..witness import Given, Shown
from .findings import Finding

_UNSAFE = re.compile(r"\bunsafe\b", re.IGNORECASE)
_MAY_BECOME = re.compile(r"\bmay become$", re.IGNORECASE)
_PERSON = re.compile(r"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Sir|Dame|Lord|Lady|Prof|Professor|Cllr|Councillor)\.?\s+[A-Z][\w'’-]+")
_PREDICTS = re.compile(r"\b(?:predict\w*(?! nothing)|(?:will|(?:is|are) going to) (?:fail|go wrong|come to harm|be harmed|die|collapse))\b", re.IGNORECASE)
_BLAMES = re.compile(r"\b(?:incompetent|negligent|at fault|blame the|to blame for|failing (?:team|manager|worker)s?)\b", re.IGNORECASE)
_LEAST_ADVICE = 15


def findings(pack: m.RulePack) -> Iterator[Finding]:
    for rule in pack.rules.values():
        yield from _advice(rule)
    for of, at, text in _texts(pack):
        yield from _words(of, at, text)
    for rule, what in kinds_missing(pack):
        yield Finding("L501", rule.id, rule.at, f"it lacks {what}")
    for rule in pack.rules.values():
        yield from _examples(rule)
    citing: list[m.Declared | m.Measure] = [*pack.rules.values(), *pack.measures.values()]
    for one in citing:
        if len(set(one.cites)) < len(one.cites):
            twice = next(number for number in one.cites if one.cites.count(number) > 1)
            yield Finding("L503", one.id, one.at, f"it cites paragraph {twice} twice")


def _advice(rule: m.Declared) -> Iterator[Finding]:
    says = getattr(rule, "tell_the_manager", None)
    if says is not None and TO_WRITE not in says and len(re.sub(r"\W", "", says)) < _LEAST_ADVICE:
        yield Finding("L401", rule.id, rule.at, f"what it tells the manager is '{says.strip()}'; say what to do, or that no action may be needed", _one(rule))


def _one(rule: m.Declared) -> tuple[Shown, ...]:
    """The first team of the rule's own examples: whose manager would read it."""
    return tuple(Shown(dict(example.given), example.expect) for example in rule.examples[:1])


def _texts(pack: m.RulePack) -> Iterator[tuple[str, str, str]]:
    """Everything that a team or its manager may read, with whose it is. Sources and the report's own names are not."""
    yield pack.id, "", pack.title
    yield pack.id, "", pack.about
    for rule in pack.rules.values():
        for text in (rule.title, rule.because, getattr(rule, "tell_the_manager", ""), getattr(rule, "worse_may_end_it_because", "")):
            yield rule.id, rule.at, text
        for example in rule.examples:
            yield rule.id, example.at, example.name
    for level in (*pack.levels.levels, pack.levels.insufficient):
        for text in (level.title, level.words, level.response):
            yield level.id, "", text
    for question in pack.questionnaire.questions:
        yield question.id, question.at, question.statement
    for threshold in pack.thresholds.values():
        yield threshold.id, threshold.at, threshold.title
    for figure in pack.figures.values():
        yield figure.id, figure.at, f"{figure.title}. {figure.help}"
    for measure in pack.measures.values():
        yield measure.id, measure.at, f"{measure.title}. {measure.note}"


def _words(of: str, at: str, text: str) -> Iterator[Finding]:
    for found in _UNSAFE.finditer(text):
        if not _MAY_BECOME.search(text[: found.start()].rstrip()):
            yield Finding("L402", of, at, f"it says '{_around(text, found)}'; pressures raise the risk that standards may become unsafe, and no more can be said")
            break
    person = _PERSON.search(text)
    if person:
        yield Finding("L403", of, at, f"it names a person, '{person.group()}'; write of the role")
    if TO_WRITE in text:
        yield Finding("L405", of, at, f"it still says '{text}'")
    predicts, blames = _PREDICTS.search(text), _BLAMES.search(text)
    if predicts:
        yield Finding("L404", of, at, f"it says '{_around(text, predicts)}'; the rules name pressures and predict nothing")
    if blames:
        yield Finding("L404", of, at, f"it says '{_around(text, blames)}'; the rules name pressures and blame nobody")


def _around(text: str, found: re.Match[str]) -> str:
    """The words found with a few on either side, none cut."""
    before = " ".join(text[: found.start()].split()[-3:])
    after = re.match(r"\S*(?:\s+\S+){0,2}", text[found.end() :])
    return f"{before} {found.group()}{after.group() if after else ''}".strip()


def _examples(rule: m.Declared) -> Iterator[Finding]:
    seen: dict[str, m.Example] = {}
    for example in rule.examples:
        key = repr(_sorted(example.given))
        first = seen.setdefault(key, example)
        if first is not example:
            yield Finding("L502", rule.id, example.at, f"the example '{example.name}' gives the same as '{first.name}'", (Shown(dict(example.given), example.expect),))


def _sorted(given: Given) -> list[tuple[str, object]]:
    plain = {name: float(value) if isinstance(value, int) else value for name, value in given.items()}
    return sorted((name, _sorted(value) if isinstance(value, dict) else value) for name, value in plain.items())
