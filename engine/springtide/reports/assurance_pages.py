"""What was found, covered, killed, proved and changed in a pack, as people read it and as plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from ..assurance.coverage import Coverage, Duty
from ..assurance.difference import Change, Comparison, Differs
from ..assurance.lint import Finding
from ..assurance.mutants import Tried, share_killed
from ..assurance.proofs import Proof, Property
from ..assurance.witness import Shown, as_yaml
from ..logic import conditions as c
from ..logic import model as m
from ..rulepack.examples import Outcome
from .rule_page import head
from .wording import counted, indented

# -- check -----------------------------------------------------------------------------------


def findings_as_dict(pack: m.RulePack, found: Iterable[Finding]) -> dict[str, Any]:
    return head(pack) | {
        "errors": [],
        "findings": [
            {
                "code": one.code, "title": one.title, "of": one.of, "at": one.at, "says": one.says,
                "teams": [_team_dict(team) for team in one.teams], "silenced_because": one.silenced_because or None,
            }
            for one in found
        ],
    }  # fmt: skip


def findings_text(found: Iterable[Finding]) -> Iterator[str]:
    """One finding after another, each with the teams that show it, as examples to paste."""
    for one in found:
        place = f"{one.at}: " if one.at else ""
        yield f"{place}{one.code} {one.of}: {one.says}"
        names = ("a team that shows it",) if len(one.teams) == 1 else ("the team with better evidence", "the same team with worse evidence")
        yield from (team.as_yaml(name) for name, team in zip(names, one.teams, strict=False))


def _team_dict(team: Shown) -> dict[str, Any]:
    return {"given": team.given, "comes_to": team.comes_to}


def checked(pack: m.RulePack, found: Sequence[Finding]) -> str:
    """The last line of a check: what the pack holds, and how much was found."""
    loud = sum(not one.silenced_because for one in found)
    silenced = len(found) - loud
    said = f"{pack.id} {pack.version} loads: {len(pack.rules)} rules, {len(pack.measures)} measures, {len(pack.thresholds)} thresholds, "
    said += f"{len(pack.questions)} questions; all {len(pack.paragraphs)} paragraphs accounted for; "
    said += counted(loud, "finding") if loud else "no findings"
    return said + (f", and {silenced} silenced with a reason" if silenced else "")


# -- test -------------------------------------------------------------------------------------


def examples_text(pack: m.RulePack, beneath: m.RulePack | None, outcomes: Sequence[Outcome], moved: Sequence[Outcome]) -> Iterator[str]:
    """The examples that do not hold, those that a layer's own changes moved, and how many hold."""
    for outcome in outcomes:
        if not outcome.passed and outcome not in moved:
            yield f"{outcome.example.at}: '{outcome.rule}': {outcome.example.name}: expected {outcome.example.expect}, came to {outcome.got}"
    for outcome in moved:
        below = beneath.id if beneath else ""
        yield f"{outcome.example.at}: '{outcome.rule}': {outcome.example.name}: {outcome.example.expect} under {below}, {outcome.got} under {pack.id}"
    if moved and beneath:
        yield f"{counted(len(moved), 'example')} of {beneath.id} come to something else under what {pack.id} changes; see that this is what you mean"
    passed = sum(outcome.passed for outcome in outcomes)
    yield f"{passed} of {len(outcomes)} examples hold, in {len(pack.rules)} rules, the levels and confidence"


def examples_as_dict(pack: m.RulePack, outcomes: Sequence[Outcome], moved: Sequence[Outcome]) -> dict[str, Any]:
    return head(pack) | {
        "examples": [
            {"rule": o.rule, "name": o.example.name, "at": o.example.at, "expect": o.example.expect, "got": o.got, "passed": o.passed,
             "moved_by_this_layer": o in moved}
            for o in outcomes
        ],
        "passed": sum(o.passed for o in outcomes),
        "moved": len(moved),
        "failed": sum(not o.passed and o not in moved for o in outcomes),
    }


# -- coverage --------------------------------------------------------------------------------


def coverage_as_dict(pack: m.RulePack, covered: Coverage) -> dict[str, Any]:
    return head(pack) | {
        "atoms": covered.atoms,
        "to_show": len(covered.duties),
        "shown": covered.shown,
        "uncovered": [_duty_dict(duty) for duty in covered.uncovered],
    }


def _duty_dict(duty: Duty) -> dict[str, Any]:
    example = duty.suggestion
    return {
        "rule": duty.atom.rule, "at": duty.atom.at, "condition": duty.atom.key, "atom": c.in_words(duty.atom.leaf), "state": str(duty.state),
        "impossible": duty.impossible,
        "example": {"name": example.name, "given": example.given, "expect": example.expect} if example else None,
    }  # fmt: skip


def coverage_text(pack: m.RulePack, covered: Coverage) -> Iterator[str]:
    for duty in covered.uncovered:
        atom = duty.atom
        yield f"{atom.at}: {atom.rule}, {atom.key}: no example shows '{c.in_words(atom.leaf)}' {duty.state} and deciding the outcome alone"
        if duty.impossible:
            yield "    none can: other parts of the rule always settle it first (see springtide rules check)"
        elif duty.suggestion:
            yield as_yaml(duty.suggestion.name, duty.suggestion.given, duty.suggestion.expect)
    yield f"{pack.id} {pack.version}: {covered.atoms} atomic conditions in {len(pack.rules)} rules"
    yield (
        f"{covered.shown} of {len(covered.duties)} things to show are shown by the rules' own examples: "
        "each condition met, not met and not known, deciding the outcome alone (MC/DC)"
    )


# -- mutate ----------------------------------------------------------------------------------


def mutants_as_dict(pack: m.RulePack, tried: Sequence[Tried]) -> dict[str, Any]:
    killed, could_be, same = share_killed(tried)
    return head(pack) | {
        "mutants": len(tried), "killed": killed, "could_be_killed": could_be, "the_same": same,
        "survivors": [_survivor_dict(one) for one in tried if one.fate == "survived"],
        "the_same_as_the_rule": [{"of": one.mutant.of, "says": one.mutant.says} for one in tried if one.fate == "the same"],
    }  # fmt: skip


def _survivor_dict(one: Tried) -> dict[str, Any]:
    example = one.counterexample
    return {
        "of": one.mutant.of, "at": one.mutant.at, "kind": one.mutant.kind, "says": one.mutant.says,
        "example": {"name": example.name, "given": example.given, "expect": example.expect} if example else None,
    }  # fmt: skip


def mutants_text(pack: m.RulePack, tried: Sequence[Tried]) -> Iterator[str]:
    for one in tried:
        if one.fate == "survived":
            place = f"{one.mutant.at}: " if one.mutant.at else ""
            yield f"{place}{one.mutant.of}: no example notices {one.mutant.says}; this one would:"
            if one.counterexample:
                yield as_yaml(one.counterexample.name, one.counterexample.given, one.counterexample.expect)
        elif one.fate == "the same":
            yield f"{one.mutant.of}: {one.mutant.says} is the same rule (proved), so nothing can notice it"
    killed, could_be, same = share_killed(tried)
    kinds = sorted({one.mutant.kind for one in tried})
    yield f"{pack.id} {pack.version}: {len(tried)} small mistakes tried ({', '.join(kinds)})"
    yield f"the rules' own examples notice {killed} of {could_be}" + (f"; {same} more are the same rule (proved)" if same else "")


# -- prove -----------------------------------------------------------------------------------


def proofs_as_dict(pack: m.RulePack, proofs: Sequence[Proof]) -> dict[str, Any]:
    return head(pack) | {
        "proofs": [
            {
                "thresholds_from": proof.since,
                "properties": [
                    {
                        "id": one.id, "says": one.says, "holds": one.holds, "cells": one.cells, "compared": one.compared,
                        "rests_on": list(one.rests_on), "broken_by": one.broken_by or None, "teams": [_team_dict(team) for team in one.teams],
                    }
                    for one in proof.properties
                ],
            }
            for proof in proofs
        ]
    }  # fmt: skip


def render_proofs(pack: m.RulePack, proofs: Sequence[Proof]) -> RenderableType:
    parts: list[RenderableType] = []
    for proof in proofs:
        parts.append(Text(f"{pack.id} {pack.version}, thresholds in force from {proof.since}", style="bold"))
        for one in proof.properties:
            parts += _property(one)
        held = sum(one.holds for one in proof.properties)
        parts += [Text(), Text(f"{held} of {len(proof.properties)} properties are proved", style="bold")]
    about = "A cell is one combination of ranges within which no rule can tell values apart; numbers are taken to be independent."
    return Group(*parts, Text(about, style="dim"))


def _property(one: Property) -> Iterator[RenderableType]:
    yield Text()
    mark = "[proved]" if one.holds else "[broken]"
    yield Text.assemble((f"{mark} ", "dim" if one.holds else "bold red"), (one.says, "bold not dim"), f" ({one.id})")
    yield indented(f"{big(one.cells)} cells decided, {counted(one.compared, 'comparison')}")
    if one.rests_on:
        yield indented(f"with {'; '.join(one.rests_on)}")
    if not one.holds:
        yield indented(one.broken_by)
        names = ("before", "after") if len(one.teams) == 2 else ("a team that breaks it",)
        for name, team in zip(names, one.teams, strict=False):
            yield Text(team.as_yaml(name))


def big(number: int) -> str:
    """A number that is often too long to read: in full up to a million, else to two figures and a power of ten."""
    if number < 1_000_000:
        return f"{number:,}"
    power = len(str(number)) - 1
    return f"about {number // 10 ** (power - 1) / 10:g} × 10^{power}"


# -- diff ------------------------------------------------------------------------------------


def diff_as_dict(old: m.RulePack, new: m.RulePack, changed: Sequence[Change], compared: Comparison | None) -> dict[str, Any]:
    document = head(new) | {"before": head(old)["pack"], "changes": [vars(change) for change in changed]}
    if compared is not None:
        document["proof"] = {
            "equivalent": compared.equivalent, "quarters": list(compared.quarters), "cells": compared.cells,
            "not_compared": list(compared.not_compared), "differs": [vars(one) for one in compared.differs],
        }  # fmt: skip
    return document


def diff_text(old: m.RulePack, new: m.RulePack, changed: Sequence[Change]) -> Iterator[str]:
    names = f"{old.id} {old.version} and {new.id} {new.version}"
    if not changed:
        yield f"{names} declare the same"
        return
    yield f"{counted(len(changed), 'thing')} declared differently in {names}"
    for change in changed:
        yield f"  {change.kind} {change.id}"
        for line in _lines_changed(change):
            yield f"    {line}"


def _lines_changed(change: Change) -> Iterator[str]:
    before, after = change.before.splitlines(), change.after.splitlines()
    if len(before) <= 1 and len(after) <= 1:
        yield f"{change.before or 'not there'} → {change.after or 'not there'}"
        return
    if not before or not after:
        yield "new" if after else "gone"
        return
    yield from (f"- {line}" for line in before if line not in after)
    yield from (f"+ {line}" for line in after if line not in before)


def comparison_text(old: m.RulePack, new: m.RulePack, compared: Comparison) -> Iterator[str]:
    quarters = ", ".join(compared.quarters) or "no quarter"
    for reason in compared.not_compared:
        yield f"Not proved: {reason}"
    if compared.equivalent:
        yield f"Equivalent: proved for every team, over {big(compared.cells)} cells, with the thresholds from {quarters}"
        return
    if not compared.differs:
        return
    yield f"Not equivalent, with the thresholds from {compared.differs[0].quarter}. The smallest team for which {compared.differs[0].what} differs:"
    yield _differs_yaml(old, new, compared.differs[0])
    if len(compared.differs) > 1:
        yield f"Also different: {', '.join(one.what for one in compared.differs[1:])}"


def _differs_yaml(old: m.RulePack, new: m.RulePack, one: Differs) -> str:
    if not one.given:
        return f"  {one.before} → {one.after}"
    name = f"{one.before} under {_name(old, new, old)}, {one.after} under {_name(old, new, new)}"
    return as_yaml(name, one.given, one.after)


def _name(old: m.RulePack, new: m.RulePack, which: m.RulePack) -> str:
    """A pack's id, with its version where both have the same."""
    return f"{which.id} {which.version}" if old.id == new.id else which.id
