"""The page of everything that a rule pack names, however the name is written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from ..logic import conditions as c
from ..logic import model as m
from ..logic.alerts.rules import thresholds_of
from ..logic.explain import ground
from ..logic.levers import Lever
from ..logic.tallies import Tally
from ..logic.units import UNITS
from .alert_page import alert_page
from .rule_page import Page, conditions_of, decides, examples_of, quarters, value_now
from .wording import paras

_KINDS_AS_PREFIX = ("theme", "level", "period")  # what may be called so where its bare name is another thing's
_PARAGRAPH = re.compile(r"(?:para(?:graph)?\.? ?)?0*(\d+)")
_QUESTION = re.compile(r"question ?0*(\d+)")


def names(pack: m.RulePack) -> set[str]:
    """Everything that can be shown by name."""
    return {*_rule_like(pack), *_of_the_report(pack), *_prefixed(pack), *(name.split(" ", 1)[1] for name in _prefixed(pack))}


def page(pack: m.RulePack, name: str) -> Page | None:
    """The page of anything that a pack names, however the name is written; None where nothing is so called."""
    known = _known_as(pack, name)
    if known is None:
        return None
    for pages in (_rule_like(pack), _of_the_report(pack), _prefixed(pack)):
        if known in pages:
            return pages[known]()
    bare = {prefixed.split(" ", 1)[1]: prefixed for prefixed in reversed(_prefixed(pack))}
    return _prefixed(pack)[bare[known]]()


def _known_as(pack: m.RulePack, written: str) -> str | None:
    """The name meant, whatever the capitals; "24" and "Paragraph 24" are paragraphs, "Question 44" is q44."""
    known = names(pack)
    tidy = " ".join(written.split())
    if tidy in known:
        return tidy
    lower = tidy.lower()
    forms = [lower, lower.replace(" ", "_")]
    if found := _PARAGRAPH.fullmatch(lower):
        forms.append(f"para {found[1]}")
    if found := _QUESTION.fullmatch(lower):
        forms += [question.id.lower() for question in pack.questions.values() if question.number == int(found[1])]
    spelt = {name.lower(): name for name in sorted(known)}
    return next((spelt[form] for form in forms if form in spelt), None)


def _rule_like(pack: m.RulePack) -> dict[str, Callable[[], Page]]:
    """Rules, and the numbers and questions that they read, each with what makes its page."""
    return {
        **{one.id: partial(_question_page, pack, one) for one in pack.questions.values()},
        **{one.id: partial(_figure_page, pack, one) for one in pack.figures.values()},
        **{one.id: partial(_measure_page, pack, one) for one in pack.measures.values()},
        **{one.id: partial(_threshold_page, pack, one) for one in pack.thresholds.values()},
        **{one.id: partial(_rule_page, pack, one) for one in pack.rules.values()},
        **{one.id: partial(_lever_page, pack, one) for one in pack.levers.values()},
        **{one.id: partial(_tally_page, pack, one) for one in pack.tallies.values()},
        **{one.id: partial(alert_page, pack, one) for one in pack.alerts.values()},
    }


def _of_the_report(pack: m.RulePack) -> dict[str, Callable[[], Page]]:
    """Paragraphs, and what the report leaves open or says beside its questions."""
    return {
        **{f"para {one.number}": partial(_paragraph_page, one) for one in pack.paragraphs},
        **{one.id: partial(_anomaly_page, one) for one in pack.questionnaire.anomalies},
        **{one.id: partial(_unnumbered_page, pack, one) for one in pack.questionnaire.unnumbered},
    }


def _prefixed(pack: m.RulePack) -> dict[str, Callable[[], Page]]:
    """Themes, levels and periods, by their kind and name."""
    levels = pack.levels
    return {
        **{f"theme {one.id}": partial(_theme_page, pack, one) for one in pack.questionnaire.themes},
        **{f"level {one.id}": partial(_level_page, pack, one) for one in (*levels.levels, levels.insufficient)},
        **{f"period {one.id}": partial(_period_page, pack, one) for one in pack.periods.values()},
    }


def _measure_page(pack: m.RulePack, measure: m.Measure) -> Page:
    facts = (("Formula", measure.formula_text or "supplied as it is"), *_number_facts(measure),
             ("May be supplied", "yes" if measure.may_be_supplied else ""), ("Cites", paras(measure.cites)), ("Source", measure.source), ("Note", measure.note),
             ("Read by", ", ".join(_readers(pack, measure.id))))  # fmt: skip
    return Page(measure.id, "measure", measure.title, facts)


def _figure_page(pack: m.RulePack, figure: m.Figure) -> Page:
    facts = (("Means", figure.help), ("Column of", f"{figure.table}.csv"), *_number_facts(figure), ("At most", figure.at_most or ""),
             ("Where left empty", _worked_out(pack, figure)), ("Read by", ", ".join(_readers(pack, figure.id))))  # fmt: skip
    return Page(figure.id, "figure", figure.title, facts)


def _worked_out(pack: m.RulePack, figure: m.Figure) -> str:
    if figure.usual_of is None or figure.over is None:
        return ""
    return f"the mean of {figure.usual_of} over the {value_now(pack, figure.over)} before this one ({figure.over}), where all of them are there"


def _paragraph_page(paragraph: m.Paragraph) -> Page:
    facts = (("Grade", paragraph.grade), ("Encoded by", ", ".join(paragraph.encoded_by)), ("Not encoded because", paragraph.not_encoded_because))
    return Page(f"para {paragraph.number}", "paragraph of the report", paragraph.says, facts)


def _anomaly_page(anomaly: m.Anomaly) -> Page:
    facts = (("Handled so", anomaly.handling), ("Questions", ", ".join(anomaly.questions)), ("Cites", paras(anomaly.cites)))
    return Page(anomaly.id, "something that the report leaves open", anomaly.says, facts)


def _unnumbered_page(pack: m.RulePack, found: m.Unnumbered) -> Page:
    finding = "positive" if found.finding == "positive" else "in need of improvement"
    facts = (("Theme", _theme_title(pack, found.theme)), ("County finding of 2009", finding), ("Note", found.note), ("Cites", paras(found.cites)))
    return Page(found.id, "finding that belongs to no question", found.says, facts)


def _theme_page(pack: m.RulePack, theme: m.Theme) -> Page:
    asked = ", ".join(question.id for question in pack.questions.values() if question.theme == theme.id)
    beside = ", ".join(found.id for found in pack.questionnaire.unnumbered if found.theme == theme.id)
    return Page(f"theme {theme.id}", "theme of the questionnaire", theme.title, (("Questions", asked), ("Beside them", beside), ("Cites", paras(theme.cites))))


def _level_page(pack: m.RulePack, level: m.Level) -> Page:
    levels, thin = pack.levels, level == pack.levels.insufficient
    below = f"no rule proves a level, and fewer than {levels.insufficient_below} ({value_now(pack, levels.insufficient_below)}) pressures are known"
    proved_by = ", ".join(rule.id for rule in pack.risk.values() if rule.level == level.id)
    facts = (
        ("Means", level.words), ("Asks for", level.response), ("Flagged", "yes" if levels.flagged(level.id) else "no"),
        ("Proved by", proved_by), ("Given when", below if thin else ("" if proved_by else "no rule holds, and enough is known to say so")),
    )  # fmt: skip
    return Page(level.id, "level", level.title, facts, examples=examples_of(tuple(e for e in levels.examples if e.expect == level.id)))


def _period_page(pack: m.RulePack, period: m.Period) -> Page:
    readers = [rule.id for rule in pack.rules.values() for condition in rule.conditions.values() if c.PeriodTest(period.id) in c.walk(condition)]
    return Page(f"period {period.id}", "period", period.title, (("Quarters", quarters(period)), ("Source", period.source), ("Read by", ", ".join(dict.fromkeys(readers)))))


def _theme_title(pack: m.RulePack, theme: str) -> str:
    return next(one.title for one in pack.questionnaire.themes if one.id == theme)


def _number_facts(thing: m.Measure | m.Figure) -> tuple[tuple[str, str], ...]:
    return (("Unit", f"{thing.unit}, {UNITS[thing.unit].range_in_words}"), ("Worse when", thing.worse_when), ("Comes from", thing.comes_from))


def _rule_page(pack: m.RulePack, rule: m.Declared) -> Page:
    facts = [("Why", rule.because), ("Cites", paras(rule.cites)), ("Decides", decides(rule, pack))]
    if isinstance(rule, m.CountyPressure):
        facts.append(("On when", f"more than {rule.most} ({value_now(pack, rule.most)}) of all {pack.words.teams} are affected"))
    points = getattr(rule, "points", None)
    facts.append(("Points", ", ".join(f"{k} {v}" for k, v in points.items()) if isinstance(points, dict) else str(points or "")))
    if getattr(rule, "stands_alone", False):
        facts.append(("Stands alone", "nothing county-wide is needed, and no answer offsets it"))
    facts.append(("Worse evidence may end it because", getattr(rule, "worse_may_end_it_because", "")))
    facts += [("Tell the manager", getattr(rule, "tell_the_manager", "")), ("Stands at", rule.at)]
    facts.append(("See also", ", ".join(f"{kind} {rule.id}" for kind in _KINDS_AS_PREFIX if f"{kind} {rule.id}" in _prefixed(pack))))
    return Page(rule.id, _kind(rule), rule.title, tuple(facts), conditions_of(pack, rule), examples_of(rule.examples))


def _lever_page(pack: m.RulePack, lever: Lever) -> Page:
    cost = f"{lever.cost.value:g} beside the others ({ground(lever.cost).rstrip('.')})" if lever.cost else ""
    moves = "; ".join(f"{name} {effect.by:+g}" + (f" ({ground(effect).rstrip('.')})" if effect.source else "") for name, effect in lever.moves.items())
    facts = (
        ("To know", lever.says), ("Cites", paras(lever.cites)), ("Stands for", ", ".join(f"{name} {way}" for name, way in lever.stands_for.items())),
        ("Chosen by", f"--with {lever.who}" if lever.who else ""), ("Moves", moves), ("Later", _later(pack, lever)),
        ("A manager can", "yes" if lever.manager_can else "no"), ("Cost", cost), ("Stands at", lever.at),
    )  # fmt: skip
    return Page(lever.id, "something that can change", lever.title, facts)


def _tally_page(pack: m.RulePack, tally: Tally) -> Page:
    each = "; ".join(f"{name} {_by_stage(tally, numbers)}" for name, numbers in tally.each.items())
    facts = (("For each", each), ("Unit", tally.unit), ("To know", tally.says), ("Rests on", ground(tally)), ("Cites", paras(tally.cites)), ("Stands at", tally.at))
    return Page(tally.id, "added up for a what-if", tally.title, facts)


def _by_stage(tally: Tally, numbers: Mapping[str, float]) -> str:
    """The number at each stage; where it is the same at all of them, once."""
    if len({*numbers.values()}) == 1:
        return f"{next(iter(numbers.values())):g}"
    return ", ".join(f"{number:g} {tally.stages[stage]}" for stage, number in numbers.items())


def _later(pack: m.RulePack, lever: Lever) -> str:
    if lever.later is None:
        return ""
    after, comes = lever.later
    return f"after {after} quarters: {pack.levers[comes].title} ({comes})"


def _kind(rule: m.Declared) -> str:
    return {m.TeamPressure: "team pressure", m.CountyPressure: "county pressure", m.Supervision: "supervision",
            m.RiskRule: "risk rule", m.Notice: "notice", m.Reducer: "reason for less confidence"}[type(rule)]  # fmt: skip


def _threshold_page(pack: m.RulePack, threshold: m.Threshold) -> Page:
    unit = UNITS[threshold.unit]
    values = tuple(
        (f"From {v.start}" if v.start else "Always", f"{unit.say(v.value)} ({ground(v).rstrip('.')})") for v in threshold.values
    )
    return Page(threshold.id, "threshold", threshold.title, (("Unit", threshold.unit), *values, ("Read by", ", ".join(_readers(pack, threshold.id)))))


def _question_page(pack: m.RulePack, question: m.Question) -> Page:
    facts = (
        ("Theme", _theme_title(pack, question.theme)),
        ("Favourable when", question.favourable_when),
        ("Polarity", f"{question.polarity} (A follows from the report's wording, B is inferred)" if question.polarity != "unknown" else "unknown"),
        ("County finding of 2009", question.county_finding),
        ("Cites", paras(question.cites)),
        ("Note", question.note),
        ("Anomalies", "; ".join(a.says for a in pack.questionnaire.anomalies if question.id in a.questions)),
        ("Read by", ", ".join(_readers(pack, question.id)) or "the findings only"),
    )
    return Page(question.id, "question", question.statement, facts)


def _readers(pack: m.RulePack, name: str) -> Iterator[str]:
    """The rules that read a measure, figure, threshold or question themselves, and measures made of it."""
    for measure in pack.measures.values():
        if name in measure.formula_text.replace("(", " ").replace(")", " ").split():
            yield measure.id
    for figure, of, over in pack.usuals:
        if name in (of.id, over.id):
            yield figure.id
    for rule in pack.rules.values():
        parts = [part for condition in rule.conditions.values() for part in c.walk(condition)]
        if name == getattr(rule, "most", None) or any(name in _named_in(part) for part in parts):
            yield rule.id
    for alert in pack.alerts.values():
        if name in thresholds_of(alert):
            yield alert.id
    if name in _level_thresholds(pack):
        yield _level_thresholds(pack)[name]


def _level_thresholds(pack: m.RulePack) -> dict[str, str]:
    """Thresholds that levels.yaml names, with what they decide."""
    levels = pack.levels
    bands = {name: "the confidence band" for band in (levels.confidence_low, levels.confidence_medium) for name in band.values()}
    return bands | {levels.insufficient_below: "insufficient evidence"} | ({levels.clear_by: "the level for alerts"} if levels.clear_by else {})


def _named_in(part: c.Condition) -> tuple[str, ...]:
    match part:
        case c.MeasureTest(measure, _, threshold):
            return measure, threshold
        case c.SupplyTest(measure):
            return (measure,)
        case c.AnswerTest(question):
            return (question,)
        case c.AtLeastOf(n):
            return (n,)
    return ()
