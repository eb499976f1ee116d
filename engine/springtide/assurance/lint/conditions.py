"""Findings about one condition: parts that never or always hold, and parts that change nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...logic import conditions as c
from ...logic import model as m
from ...rulepack.examples import facts_given, result_of
from .. import trees
from ..compiling import NO, YES, PackSpace, RuleSpace, grade_words
from ..diagrams import Diagram
from ..witness import Given, Shown, given_of
from .findings import Finding


def findings(pack: m.RulePack, thresholds: dict[str, float], whole: PackSpace) -> Iterator[Finding]:
    for rule in pack.rules.values():
        yield from _of_rule(pack, thresholds, whole, rule)
    yield from _same_rules(pack, thresholds, whole)


def _of_rule(pack: m.RulePack, thresholds: dict[str, float], whole: PackSpace, rule: m.Declared) -> Iterator[Finding]:
    space = RuleSpace(pack, thresholds, rule.conditions.values())
    for key, condition in rule.conditions.items():
        where = "" if len(rule.conditions) == 1 else f"{key}: "
        found = list(_constant_parts(pack, thresholds, space, rule, condition, where))
        if not found and not whole_can(whole, condition, YES):
            team = _nearest_of_all(pack, thresholds, whole, rule, condition)
            found = [Finding("L101", rule.id, rule.at, f"{where}no evidence can meet it, for what it reads can't all hold together", team)]
        yield from found
        if not found:
            yield from _idle_parts(pack, thresholds, space, whole, rule, key, condition, where)


def whole_can(whole: PackSpace, condition: c.Condition, value: int) -> bool:
    return value in whole.diagrams.values(whole.diagram(condition))


def _constant_parts(
    pack: m.RulePack, thresholds: dict[str, float], space: RuleSpace, rule: m.Declared, condition: c.Condition, where: str
) -> Iterator[Finding]:
    """The outermost parts that never hold, or never fail to."""
    for path, part in trees.parts_with_places(condition):
        inside = trees.inside_receiving(condition, path)
        diagram = space.diagram(part, inside)
        values = space.diagrams.values(diagram)
        if YES in values and NO in values:
            continue
        code, says = ("L101", "can never hold") if YES not in values else ("L102", "always holds")
        team = _nearest(pack, thresholds, space, rule, condition, path)
        yield Finding(code, rule.id, rule.at, f"{where}'{c.spelled_out(part)}' {says}", team)
        return


def _nearest(
    pack: m.RulePack, thresholds: dict[str, float], space: RuleSpace, rule: m.Declared, condition: c.Condition, path: trees.Path
) -> tuple[Shown, ...]:
    """A team of which everything that a part reads is known, and as many of its leaves as possible hold."""
    inside = trees.inside_receiving(condition, path) or isinstance(trees.part_at(condition, path), c.ReceivingTeam)
    counted = space.diagrams.constant(0)
    for _, leaf in trees.leaves_with_places(trees.part_at(condition, path)):
        counted = space.diagrams.apply(lambda count, truth: count + (truth == YES), counted, space.diagram(leaf, inside))
    best = max(space.diagrams.values(counted))
    cells = space.diagrams.cheapest(counted, best.__eq__, space.costs) or {}
    known = _filled(space, cells, space.diagrams.asked(counted))
    return (_shown(pack, thresholds, rule, given_of(space, known, relative=False)),)


def _nearest_of_all(
    pack: m.RulePack, thresholds: dict[str, float], whole: PackSpace, rule: m.Declared, condition: c.Condition
) -> tuple[Shown, ...]:
    """A team, by its evidence alone, that meets as many leaves of a condition as any does."""
    counted = whole.diagrams.constant(0)
    for path, leaf in trees.leaves_with_places(condition):
        own = whole.diagram(leaf, trees.inside_receiving(condition, path))
        counted = whole.diagrams.apply(lambda count, truth: count + (truth == YES), counted, own)
    best = max(whole.diagrams.values(counted))
    cells = whole.diagrams.cheapest(counted, best.__eq__, whole.costs) or {}
    return (_shown(pack, thresholds, rule, given_of(whole, cells, relative=False)),)


def _filled(space: RuleSpace, cells: Mapping[int, int], asked: set[int]) -> dict[int, int]:
    """The same combination with whatever is simply unknown in it known, as well as can be."""
    found = dict(cells)
    for place in asked:
        known = [number for number, cell in enumerate(space.inputs[place].cells) if cell.value is not None]
        if space.inputs[place].cells[found.get(place, 0)].value is None and known:
            found[place] = known[0]
    return found


def _shown(pack: m.RulePack, thresholds: dict[str, float], rule: m.Declared, given: Given) -> Shown:
    return Shown(given, result_of(rule, facts_given(pack, thresholds, given)))


def _idle_parts(
    pack: m.RulePack, thresholds: dict[str, float], space: RuleSpace, whole: PackSpace, rule: m.Declared, key: str,
    condition: c.Condition, where: str,
) -> Iterator[Finding]:  # fmt: skip
    """Parts that could be left out without any team coming to anything else."""
    outcome = space.outcome(rule)
    own = space.diagram(condition)
    for path, part in trees.parts_with_places(condition):
        dropped = trees.without_part(condition, path) if path else None
        if dropped is None:
            continue
        same = space.diagram(dropped) is own or space.outcome(trees.with_condition(rule, key, dropped)) is outcome
        # One risk rule may imply another that stands beside it; of other parts that is for their own rules to say.
        implied = isinstance(part, c.RuleTest) and whole.diagram(dropped) is whole.diagram(condition)
        if not same and not implied:
            continue
        group = trees.part_at(condition, path[:-1])
        inside = trees.inside_receiving(condition, path)
        beside = next((other for other in c.parts_of(group) if other is not part and _hides(space, group, other, part, inside)), None)
        if same:
            team = _team_for_idle(pack, thresholds, space, rule, part, group, inside)
        else:
            cells = whole.diagrams.cheapest(whole.diagram(part), (NO if isinstance(group, c.AllOf) else YES).__eq__, whole.costs)
            team = (_shown(pack, thresholds, rule, given_of(whole, cells or {}, relative=False)),)
        if beside is not None:
            says = f"{where}'{c.in_words(beside)}' hides '{c.in_words(part)}', which changes nothing"
            yield Finding("L104", rule.id, rule.at, says, team)
        else:
            says = f"{where}'{c.spelled_out(part)}' changes nothing: with it or without it, every team comes to the same"
            yield Finding("L103", rule.id, rule.at, says, team)
        return  # leaving one out may be what makes another count


def _team_for_idle(
    pack: m.RulePack, thresholds: dict[str, float], space: RuleSpace, rule: m.Declared, part: c.Condition, group: c.Condition, inside: bool
) -> tuple[Shown, ...]:
    """A team at which the part would have its say, had it one: it holds in an `any`, or does not in an `all`."""
    wanted = NO if isinstance(group, c.AllOf) else YES
    diagram = space.diagram(part, inside)
    cells = space.diagrams.cheapest(diagram, wanted.__eq__, space.costs)
    if cells is None:
        return ()
    asked = {place for condition in rule.conditions.values() for place in space.diagrams.asked(space.diagram(condition))}
    return (_shown(pack, thresholds, rule, given_of(space, _filled(space, cells, asked), relative=False)),)


def _hides(space: RuleSpace, group: c.Condition, other: c.Condition, part: c.Condition, inside: bool) -> bool:
    """Whether a comparison of the same number makes another idle by itself."""
    if not (isinstance(part, c.MeasureTest) and isinstance(other, c.MeasureTest) and part.measure == other.measure):
        return False
    pair = c.AllOf((part, other)) if isinstance(group, c.AllOf) else c.AnyOf((part, other))
    return space.diagram(pair, inside) is space.diagram(other, inside)


def _same_rules(pack: m.RulePack, thresholds: dict[str, float], whole: PackSpace) -> Iterator[Finding]:
    """Rules of one kind that hold of the very same evidence."""
    seen: dict[tuple[type, object, float | None], m.Declared] = {}
    for rule in pack.rules.values():
        if isinstance(rule, m.Supervision):
            continue
        diagram = whole_outcome(whole, rule)
        if len(whole.diagrams.values(diagram)) == 1:
            continue
        key = (type(rule), diagram, thresholds[rule.most] if isinstance(rule, m.CountyPressure) else None)
        first = seen.setdefault(key, rule)
        if first is not rule:
            cells = whole.diagrams.cheapest(diagram, lambda value: value in (YES, "felt", "present", "severe"), whole.costs)
            given = given_of(whole, cells or {}, relative=False)
            result = result_of(rule, facts_given(pack, thresholds, given))
            yield Finding("L105", rule.id, rule.at, f"it holds just when '{first.id}' at {first.at} does{_apart(rule, first)}",
                          (Shown(given, result),))  # fmt: skip


def _apart(rule: m.Declared, first: m.Declared) -> str:
    """What the two give nevertheless."""
    for name in ("level", "channel", "weight"):
        own, other = getattr(rule, name, None), getattr(first, name, None)
        if own != other:
            return f", though it gives the {name} {own} and the other {other}"
    return ""


def whole_outcome(whole: PackSpace, rule: m.Declared) -> Diagram:
    """What a rule comes to over a team's evidence."""
    match rule:
        case m.TeamPressure():
            grades = whole.pressures[rule.id]
            return whole.diagrams.apply(grade_words, grades.severe, grades.present, grades.felt)
        case m.CountyPressure():
            return whole.affected[rule.id]
        case m.RiskRule():
            return whole.rules[rule.id]
    (condition,) = rule.conditions.values()
    return whole.diagram(condition)


