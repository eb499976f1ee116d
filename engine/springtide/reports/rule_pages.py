"""A rule pack as people read it: the list, one page a rule, and the trace through the report."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from ..assessment import SCHEMA_VERSION
from ..logic import conditions as c
from ..logic import model as m
from ..logic.explain import ground
from ..logic.levers import Lever
from ..logic.tallies import Tally
from ..logic.units import UNITS
from .wording import Indented, capital, paras

_STRATA = (
    ("Team pressures", "team_pressures"),
    ("County pressures", "county_pressures"),
    ("Risk rules", "risk"),
    ("Notices", "notices"),
    ("Confidence", "reducers"),
)


def head(pack: m.RulePack) -> dict[str, Any]:
    """What every document about a pack begins with."""
    return {"schema_version": SCHEMA_VERSION, "pack": {"id": pack.id, "version": pack.version, "hash": pack.hash}}


def list_as_dict(pack: m.RulePack) -> dict[str, Any]:
    rules = [
        {"id": rule.id, "kind": type(rule).__name__, "title": rule.title, "cites": [f"para {n}" for n in rule.cites], "at": rule.at}
        for rule in pack.rules.values()
    ]
    return head(pack) | {"layers": list(pack.layers), "rules": rules}


def render_list(pack: m.RulePack) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in ("Id", "What it says", "Decides", "Paragraphs"):
        table.add_column(column, overflow="fold")
    for heading, name in _STRATA:
        table.add_row(Text(heading, style="bold underline"))
        for rule in getattr(pack, name).values():
            table.add_row(f"  {rule.id}", rule.title, _decides(rule, pack), paras(rule.cites))
        if name == "county_pressures":
            table.add_row(Text("Supervision", style="bold underline"))
            table.add_row(f"  {pack.supervision.id}", pack.supervision.title, "", paras(pack.supervision.cites))
    return Group(Text(f"{pack.title} ({pack.id} {pack.version}, {pack.hash[:12]}; layers {', '.join(pack.layers)})", style="bold"), Text(), table)


def _decides(rule: m.Declared, pack: m.RulePack) -> str:
    match rule:
        case m.RiskRule(level=level):
            return f"level {pack.levels.by_id(level).title}"
        case m.Notice(channel=channel):
            return channel
        case m.Reducer(weight=weight):
            return f"{weight} reason"
        case m.TeamPressure(family=family):
            return f"family {family}"
    return ""


# -- trace -----------------------------------------------------------------------------------


def trace_as_dict(pack: m.RulePack) -> dict[str, Any]:
    return head(pack) | {
        "paragraphs": [
            {"number": p.number, "says": p.says, "grade": p.grade, "encoded_by": list(p.encoded_by), "not_encoded_because": p.not_encoded_because or None}
            for p in pack.paragraphs
        ]
    }


def render_trace(pack: m.RulePack) -> RenderableType:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Para", justify="right", no_wrap=True)
    table.add_column("What it says, in our words", overflow="fold", ratio=5)
    table.add_column("Encoded by, or why not", overflow="fold", ratio=6)
    for p in pack.paragraphs:
        table.add_row(str(p.number), p.says, ", ".join(p.encoded_by) or f"Not encoded: {p.not_encoded_because}")
    encoded = sum(bool(p.encoded_by) for p in pack.paragraphs)
    total = f"{len(pack.paragraphs)} of 30 paragraphs accounted for: {encoded} encoded, {len(pack.paragraphs) - encoded} with a reason why not."
    return Group(Text(f"The report paragraph by paragraph ({pack.id} {pack.version})", style="bold"), Text(), table, Text(), Text(total))


# -- one page --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    """One thing of a pack: what it is, its facts line by line, its conditions and its examples."""

    id: str
    kind: str
    title: str
    facts: tuple[tuple[str, str], ...]
    conditions: tuple[tuple[str, c.Condition], ...] = ()
    examples: tuple[m.Example, ...] = ()
    pack: m.RulePack | None = None

    def render(self) -> RenderableType:
        parts: list[RenderableType] = [Text(f"{self.id}: {self.title}", style="bold"), Text(self.kind, style="dim")]
        parts += [Indented(Text.assemble((f"{name}: ", "bold"), value), 0, 2) for name, value in self.facts if value]
        for name, condition in self.conditions:
            tree = Tree(Text(capital(name.replace("_", " ")), style="bold"), guide_style="dim")
            self._grow(tree, condition)
            parts.append(tree)
        if self.examples:
            parts.append(Text("Examples", style="bold"))
            parts += [Indented(Text(f"{e.name}: {_given(e.given)} → {e.expect}"), 2, 2) for e in self.examples]
        return Group(*parts)

    def _grow(self, tree: Tree, condition: c.Condition) -> None:
        branch = tree.add(Text(self._words(condition)))
        for part in c.parts_of(condition):
            self._grow(branch, part)

    def _words(self, condition: c.Condition) -> str:
        assert self.pack is not None
        match condition:
            case c.AllOf():
                return "all of"
            case c.AnyOf():
                return "any of"
            case c.Not():
                return "not"
            case c.ReceivingTeam():
                return "of the team that work transfers to"
            case c.AtLeastOf(n):
                return f"at least {n} ({_value_now(self.pack, n)}) of"
            case c.MeasureTest(threshold=threshold):
                return f"{c.in_words(condition)} ({_value_now(self.pack, threshold)})"
            case c.AnswerTest(question):
                return f"{c.in_words(condition)}: {self.pack.questions[question].statement}"
            case c.PeriodTest(period):
                return f"{c.in_words(condition)} ({_quarters(self.pack.periods[period])})"
        return c.in_words(condition)

    def as_dict(self, pack: m.RulePack) -> dict[str, Any]:
        return head(pack) | {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            **{name.replace(" ", "_"): value for name, value in self.facts if value},
            "conditions": {name: c.spelled_out(condition) for name, condition in self.conditions},
            "examples": [{"name": e.name, "given": e.given, "expect": e.expect} for e in self.examples],
        }


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
    return f"the mean of {figure.usual_of} over the {_value_now(pack, figure.over)} before this one ({figure.over}), where all of them are there"


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
    below = f"no rule proves a level, and fewer than {levels.insufficient_below} ({_value_now(pack, levels.insufficient_below)}) pressures are known"
    proved_by = ", ".join(rule.id for rule in pack.risk.values() if rule.level == level.id)
    facts = (
        ("Means", level.words), ("Asks for", level.response), ("Flagged", "yes" if levels.flagged(level.id) else "no"),
        ("Proved by", proved_by), ("Given when", below if thin else ("" if proved_by else "no rule holds, and enough is known to say so")),
    )  # fmt: skip
    return Page(level.id, "level", level.title, facts, examples=tuple(e for e in levels.examples if e.expect == level.id))


def _period_page(pack: m.RulePack, period: m.Period) -> Page:
    readers = [rule.id for rule in pack.rules.values() for condition in rule.conditions.values() if c.PeriodTest(period.id) in c.walk(condition)]
    return Page(f"period {period.id}", "period", period.title, (("Quarters", _quarters(period)), ("Source", period.source), ("Read by", ", ".join(dict.fromkeys(readers)))))


def _quarters(period: m.Period) -> str:
    return ", ".join(str(quarter) for quarter in period.quarters) or "none in this pack"


def _theme_title(pack: m.RulePack, theme: str) -> str:
    return next(one.title for one in pack.questionnaire.themes if one.id == theme)


def _number_facts(thing: m.Measure | m.Figure) -> tuple[tuple[str, str], ...]:
    return (("Unit", f"{thing.unit}, {UNITS[thing.unit].range_in_words}"), ("Worse when", thing.worse_when), ("Comes from", thing.comes_from))


def _rule_page(pack: m.RulePack, rule: m.Declared) -> Page:
    facts = [("Why", rule.because), ("Cites", paras(rule.cites)), ("Decides", _decides(rule, pack))]
    if isinstance(rule, m.CountyPressure):
        facts.append(("On when", f"more than {rule.most} ({_value_now(pack, rule.most)}) of all {pack.words.teams} are affected"))
    points = getattr(rule, "points", None)
    facts.append(("Points", ", ".join(f"{k} {v}" for k, v in points.items()) if isinstance(points, dict) else str(points or "")))
    if getattr(rule, "stands_alone", False):
        facts.append(("Stands alone", "nothing county-wide is needed, and no answer offsets it"))
    facts.append(("Worse evidence may end it because", getattr(rule, "worse_may_end_it_because", "")))
    facts += [("Tell the manager", getattr(rule, "tell_the_manager", "")), ("Stands at", rule.at)]
    facts.append(("See also", ", ".join(f"{kind} {rule.id}" for kind in _KINDS_AS_PREFIX if f"{kind} {rule.id}" in _prefixed(pack))))
    return Page(rule.id, _kind(rule), rule.title, tuple(facts), tuple(rule.conditions.items()), rule.examples, pack)


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
    quarters, comes = lever.later
    return f"after {quarters} quarters: {pack.levers[comes].title} ({comes})"


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
    if name in _level_thresholds(pack):
        yield _level_thresholds(pack)[name]


def _level_thresholds(pack: m.RulePack) -> dict[str, str]:
    """Thresholds that levels.yaml names, with what they decide."""
    levels = pack.levels
    bands = {name: "the confidence band" for band in (levels.confidence_low, levels.confidence_medium) for name in band.values()}
    return bands | {levels.insufficient_below: "insufficient evidence"}


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


def _value_now(pack: m.RulePack, name: str) -> str:
    threshold = pack.thresholds[name]
    latest = max(threshold.values, key=lambda v: str(v.start or ''))
    return UNITS[threshold.unit].say(latest.value)


def _given(given: dict[str, Any]) -> str:
    return ", ".join(f"{name} {value}" for name, value in given.items()) or "nothing given"

