"""Every seeded defect is found, nothing else is, and what each finding shows is so, without asking who found it.

The cases are data: each file of `corpus/defects` is one mistake in a pack that loads, with what must be found. The
teams that a finding shows are run through the rules as their examples are, beside some hundreds of random teams.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from springtide.assurance import trees
from springtide.assurance.lint import CODES, Finding, check
from springtide.assurance.proofs import Property, prove
from springtide.assurance.witness import Shown
from springtide.logic import conditions as c
from springtide.logic import model as m
from springtide.logic.answers import favourable_answers
from springtide.logic.facts import Facts
from springtide.logic.formula import compute, names_in
from springtide.logic.judge import truth_of
from springtide.logic.quarter import Quarter
from springtide.logic.strata import Verdict, verdict
from springtide.logic.truth import Truth
from springtide.logic.units import UNITS
from springtide.rulepack import load_pack
from springtide.rulepack.examples import COUNTY, GRADES, SUPERVISION, TRUTHS, facts_given, level_of, result_of
from springtide.shipped import rules_folder

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "defects"
CASES = sorted(CORPUS.glob("*.yaml"))
TRIES = 200
HEAD = "id: seeded\nversion: 1.0.0\ntitle: Seeded\nabout: A pack with one mistake in it.\nbuilds_on: kent-2009\nwords: {team: team, teams: teams, district: district, county: county}\n"

Given = dict[str, Any]


def declared(case: Path) -> dict[str, Any]:
    return yaml.safe_load(case.read_text(encoding="utf-8"))


def built(case: dict[str, Any], folder: Path) -> m.RulePack:
    """The pack of a case: copies of the shipped layers with its changes, and its own layer on top."""
    for layer in ("base", "kent-2009"):
        shutil.copytree(rules_folder() / layer, folder / layer)
    for change in case.get("change", ()):
        file = folder / change["file"]
        text = file.read_text(encoding="utf-8")
        assert text.count(change["old"]) == 1, f"{change['file']} has changed; adapt the case"
        file.write_text(text.replace(change["old"], change["new"]), encoding="utf-8")
    for name, text in {"pack.yaml": HEAD, **case.get("files", {})}.items():
        file = folder / "seeded" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return load_pack(folder / "seeded")


def times(pack: m.RulePack) -> list[dict[str, float]]:
    """Every set of thresholds that was ever in force."""
    starts = sorted({value.start for threshold in pack.thresholds.values() for value in threshold.values if value.start})
    return [pack.values(quarter) for quarter in starts if pack.covers(quarter)] or [pack.values(Quarter(2009, 1))]


# -- the tests -----------------------------------------------------------------------------------


def test_there_are_cases_enough() -> None:
    cases = [declared(case) for case in CASES]
    assert len(cases) >= 60
    assert sum("breaks" in case for case in cases) >= 10
    assert {one["code"] for case in cases for one in case["expect"]} == set(CODES)
    assert all(case["why"].strip() for case in cases)


@pytest.mark.parametrize("name", ["kent-2009", "england"])
def test_nothing_is_wrong_with_what_is_shipped(name: str) -> None:
    pack = load_pack(name)
    assert check(pack) == ()
    assert [(one.id, one.broken_by) for proof in prove(pack) for one in proof.properties if not one.holds] == []


@pytest.mark.parametrize("path", CASES, ids=lambda case: case.stem)
def test_a_seeded_defect(path: Path, tmp_path: Path) -> None:
    case = declared(path)
    pack = built(case, tmp_path)
    findings = check(pack)
    also = set(case.get("also", ()))
    found = {(one.code, one.of): one.says for one in findings if one.code not in also}
    expected = {(one["code"], one["of"]) for one in case["expect"]}
    assert set(found) - expected == set(), f"found besides: {[(key, says) for key, says in found.items() if key not in expected]}"
    assert expected - set(found) == set(), "not found"
    looks = [Look(pack, thresholds) for thresholds in times(pack)]
    for finding in findings:
        at_some_time(looks, finding.code, finding)
        silence = pack.silenced.get(f"{finding.code} {finding.of}")
        assert finding.silenced_because == (silence.because if silence else "")
    if "breaks" in case:
        breaks_what_it_says(pack, looks, case["breaks"])


def breaks_what_it_says(pack: m.RulePack, looks: list[Look], promise: str) -> None:
    """The promise is shown to be broken, and every pair of teams that is shown breaks one."""
    broken = [one for proof in prove(pack) for one in proof.properties if not one.holds]
    assert promise in {one.id for one in broken}
    for one in broken:
        assert one.broken_by
        if one.id in WAYS and (one.teams or one.id == promise):
            at_some_time(looks, one.id, one)


def at_some_time(looks: list[Look], key: str, claim: Any) -> None:
    """A claim is so under one set of thresholds at least."""
    wrong = []
    for look in looks:
        try:
            return getattr(look, WAYS[key])(claim)
        except AssertionError as error:
            wrong.append(f"{claim}\n{error}")
    pytest.fail("\n\n".join(wrong))


# -- looking for oneself --------------------------------------------------------------------------

WAYS = {
    "L101": "never_holds", "L102": "always_holds", "L103": "changes_nothing", "L104": "hides_another", "L105": "says_the_same",
    "L201": "never_decides", "L202": "severe_without_present", "L203": "no_step_between", "L204": "out_of_reach", "L209": "points_fall",
    "L205": "one_fact_twice", "L206": "holds_less", "L207": "holds_less", "L208": "never_holds_less",
    "L301": "unread_number", "L302": "unread_question", "L303": "unread_threshold", "L304": "slip", "L305": "against_its_figures",
    "L401": "no_advice", "L402": "says_unsafe", "L403": "names_a_person", "L404": "says_what_will_be",
    "L405": "still_to_be_written",
    "L501": "an_example_lacks", "L502": "an_example_twice", "L503": "cited_twice", "L901": "nothing_to_silence",
    "worse-never-lowers": "worse_lowers", "others-never-lower": "others_lower", "county-pressure-never-lowers": "county_lowers",
    "losing-never-flatters": "losing_flatters", "the-storm-stands-alone": "storm_undone", "exactly-one-level": "could_be_below",
}  # fmt: skip


class Look:
    """A pack under one set of thresholds, and what teams come to in it."""

    def __init__(self, pack: m.RulePack, thresholds: dict[str, float]):
        self.pack = pack
        self.thresholds = thresholds
        self.rng = Random(7)
        self.cuts: dict[str, set[float]] = {}
        for leaf in pack.leaves:
            if isinstance(leaf, c.MeasureTest):
                self.cuts.setdefault(leaf.measure, set()).add(thresholds[leaf.threshold])

    def facts(self, given: Given) -> Facts:
        return facts_given(self.pack, self.thresholds, given)

    def result(self, rule: m.Declared, given: Given) -> str:
        return result_of(rule, self.facts(given))

    def team(self, finding: Finding | Property, rule: m.Declared | None = None) -> Given:
        """The one team that is shown, which comes to what is said of it."""
        assert len(finding.teams) == 1
        shown = finding.teams[0]
        if rule is not None:
            assert self.result(rule, shown.given) == shown.comes_to
        return shown.given

    def verdict(self, given: Given, without: str = "", facts: Facts | None = None) -> Verdict:
        facts = facts or self.facts(given)
        assert facts.supervision is not None
        kept = {name: rule for name, rule in self.pack.risk.items() if name != without}
        pack = replace(self.pack, risk=kept) if without else self.pack
        return verdict(pack, self.thresholds, facts.pressures, facts.supervision, {name: facts.rules[name] for name in kept})

    # -- random teams ------------------------------------------------------------------------------

    def teams(self, read: Iterable[c.Condition], *, evidence: bool, tries: int = TRIES) -> Iterator[Given]:
        """Random teams of which what some conditions read is given: as it is, or (`evidence`) by what lies behind it."""
        read = list(read)
        for _ in range(tries):
            yield self.random_team(read, evidence)

    def random_team(self, read: Iterable[c.Condition], evidence: bool) -> Given:
        given: Given = {}
        known, seen = self.rng.choice([0.6, 0.9, 1.0]), set[c.Condition]()
        for condition in read:
            self._give(given, condition, evidence, known, seen)
        return given

    def _give(self, given: Given, condition: c.Condition, evidence: bool, known: float, seen: set[c.Condition]) -> None:
        rng, pack = self.rng, self.pack
        if condition in seen:
            return
        seen.add(condition)
        behind: list[c.Condition] = []
        match condition:
            case c.ReceivingTeam(part):
                if rng.random() < known:
                    self._give(given.setdefault("receiving_team", {}), part, evidence, known, set())
                return
            case c.MeasureTest(name) | c.SupplyTest(name):
                put: Any = (name, rng.choice(self.values(name)))
            case c.AnswerTest(name):
                scale = pack.questionnaire.scale
                put = (name, rng.choice([*scale.answers, scale.not_counted]))
            case c.PressureTest(name):
                put = (name, rng.choice(list(GRADES)))
                behind = list(pack.team_pressures[name].conditions.values())
            case c.CountyTest(name):
                put = (name, rng.choice(["on", "off"] if evidence else list(COUNTY)))
                if evidence:
                    given[name] = put[1]
                behind = [pack.county_pressures[name].affected]
            case c.SupervisionTest():
                put = ("supervision", rng.choice(list(SUPERVISION)))
                behind = list(pack.supervision.conditions.values())
            case c.RuleTest(name):
                put = (name, rng.choice(list(TRUTHS)))
                behind = [pack.risk[name].when]
            case c.LevelTest(_, last):
                put = ("last_level" if last else "level", rng.choice([level.id for level in pack.levels.levels]))
                behind = [] if last else [rule.when for rule in pack.risk.values()]
            case c.PeriodTest(name):
                put = ("period", rng.choice([*pack.periods, "none"]))
            case c.AnswersTest():
                put = ("answers", rng.choice(["split", "agreed"]))
            case c.KnifeEdgeTest():
                put = ("knife_edge", rng.choice(["none", "one post", "threshold"]))
            case _:
                for part in c.parts_of(condition):
                    self._give(given, part, evidence, known, seen)
                return
        if behind and evidence:
            for one in behind:
                self._give(given, one, evidence, known, seen)
        elif put[0] not in given and rng.random() < known:
            given[put[0]] = put[1]

    def values(self, name: str) -> list[float]:
        """Values of a number on, beside and far from every threshold that it is compared with."""
        unit = UNITS[(self.pack.measures.get(name) or self.pack.figures[name]).unit]
        step = 1.0 if unit.whole else 0.001
        near = [cut + side * step for cut in self.cuts.get(name, ()) for side in (-1, 0, 1)]
        return [value for value in (*near, 0.0, 0.5, 1.0, 2.0, 10.0, 40.0, 5000.0, -0.5) if unit.allows(value)]

    # -- conditions --------------------------------------------------------------------------------

    def named(self, finding: Finding) -> tuple[str, c.Condition, list[trees.Path]]:
        """The condition that a finding is about, and the places of the part that it spells out."""
        conditions = self.pack.rules[finding.of].conditions
        key = next((key for key in conditions if finding.says.startswith(f"{key}: ")), next(iter(conditions)))
        said = finding.says.split("' hides ")[-1]
        spelled = [path for path, part in trees.parts_with_places(conditions[key]) if f"'{c.spelled_out(part)}'" in said]
        return key, conditions[key], spelled

    def truth_at(self, condition: c.Condition, path: trees.Path, given: Given) -> Truth:
        facts: Facts | None = self.facts(given)
        if trees.inside_receiving(condition, path):
            facts = facts.receiving if facts else None
        assert facts is not None, "there is no receiving team to show it"
        return truth_of(trees.part_at(condition, path), facts)

    def never_holds(self, finding: Finding) -> None:
        _, condition, spelled = self.named(finding)
        path = spelled[0] if spelled else ()
        assert self.truth_at(condition, path, self.team(finding, self.pack.rules[finding.of])) is not Truth.MET
        part = trees.part_at(condition, path)
        for given in self.teams([part], evidence=not spelled):
            assert truth_of(part, self.facts(given)) is not Truth.MET, given

    def always_holds(self, finding: Finding) -> None:
        _, condition, spelled = self.named(finding)
        assert self.truth_at(condition, spelled[0], self.team(finding, self.pack.rules[finding.of])) is Truth.MET
        part = trees.part_at(condition, spelled[0])
        for given in self.teams([part], evidence=False):
            assert truth_of(part, self.facts(given)) is not Truth.NOT_MET, given

    def without(self, rule: m.Declared, key: str, path: trees.Path) -> m.Declared | None:
        dropped = trees.without_part(rule.conditions[key], path) if path else None
        changes: dict[str, Any] = {key: dropped}
        return None if dropped is None else replace(rule, **changes)

    def changes_nothing(self, finding: Finding) -> None:
        rule = self.pack.rules[finding.of]
        key, condition, spelled = self.named(finding)
        team = self.team(finding, rule)
        implied = all(isinstance(trees.part_at(condition, path), c.RuleTest) for path in spelled)  # by another rule: true of evidence only
        given_freely = [] if implied else self.teams(rule.conditions.values(), evidence=False)
        randoms = [*given_freely, *self.teams(rule.conditions.values(), evidence=True)]
        idle = []
        for path in spelled:
            other = self.without(rule, key, path)
            if other is not None and all(self.result(rule, given) == self.result(other, given) for given in (team, *randoms)):
                idle.append(path)
        assert idle, "what it names makes a difference"
        in_all = isinstance(trees.part_at(condition, idle[-1][:-1]), c.AllOf)
        assert any(self.truth_at(condition, path, team) is (Truth.NOT_MET if in_all else Truth.MET) for path in idle), (
            "the team that is shown does not put the part to the test"
        )

    def hides_another(self, finding: Finding) -> None:
        self.changes_nothing(finding)
        _, condition, spelled = self.named(finding)
        for path in spelled:
            part = trees.part_at(condition, path)
            beside = [one for one in c.parts_of(trees.part_at(condition, path[:-1])) if one is not part]
            assert isinstance(part, c.MeasureTest)
            hider = next(one for one in beside if f"'{c.in_words(one)}' hides" in finding.says)
            group = trees.part_at(condition, path[:-1])
            assert isinstance(hider, c.MeasureTest) and hider.measure == part.measure and isinstance(group, (c.AllOf, c.AnyOf))
            for value in self.values(part.measure):
                facts = self.facts({part.measure: value})
                assert truth_of(replace(group, parts=(hider, part)), facts) is truth_of(hider, facts), f"at {value:g} it is not hidden"

    def says_the_same(self, finding: Finding) -> None:
        rule = self.pack.rules[finding.of]
        named = re.search(r"holds just when '(\w+)'", finding.says)
        assert named
        other = self.pack.rules[named[1]]
        team = self.team(finding, rule)
        assert self.result(rule, team) == self.result(other, team)
        assert self.result(rule, team) in ("met", "present", "severe", "affected"), "neither holds of the team that is shown"
        for given in self.teams([*rule.conditions.values(), *other.conditions.values()], evidence=True):
            assert self.result(rule, given) == self.result(other, given), given

    # -- what rules come to together ------------------------------------------------------------------

    @property
    def deciding(self) -> list[c.Condition]:
        return [rule.when for rule in self.pack.risk.values()]

    def never_decides(self, finding: Finding) -> None:
        team = self.team(finding)
        facts = self.facts(team)
        assert facts.rules[finding.of] is Truth.MET
        assert level_of(facts) == finding.teams[0].comes_to
        for given in (team, *self.teams(self.deciding, evidence=True)):
            facts = self.facts(given)
            with_it, without = self.verdict(given, facts=facts), self.verdict(given, finding.of, facts)
            assert (with_it.level, with_it.could_be) == (without.level, without.could_be), given

    def severe_without_present(self, finding: Finding) -> None:
        rule = self.pack.team_pressures[finding.of]
        facts = self.facts(self.team(finding, rule))
        assert truth_of(rule.severe, facts) is Truth.MET
        assert truth_of(rule.present, facts) is Truth.NOT_MET

    def no_step_between(self, finding: Finding) -> None:
        rule = self.pack.team_pressures[finding.of]
        facts = self.facts(self.team(finding, rule))
        assert truth_of(rule.severe, facts) is Truth.MET
        for given in self.teams(rule.conditions.values(), evidence=True):
            facts = self.facts(given)
            assert not (truth_of(rule.present, facts) is Truth.MET and truth_of(rule.severe, facts) is Truth.NOT_MET), given

    def points_fall(self, finding: Finding) -> None:
        rule = self.pack.team_pressures[finding.of]
        facts = self.facts(self.team(finding, rule))
        assert str(facts.pressures[rule.id]) == "severe"
        assert rule.points.get("severe", 0) < rule.points.get("present", 0)

    def out_of_reach(self, finding: Finding) -> None:
        given = self.team(finding)
        assert level_of(self.facts(given)) == finding.teams[0].comes_to != finding.of
        for other in ({}, *self.teams(self.deciding, evidence=True)):
            assert level_of(self.facts(other)) != finding.of, other

    def one_fact_twice(self, finding: Finding) -> None:
        rule = self.pack.risk[finding.of]
        county, local = re.findall(r"'(\w+)'", finding.says)[:2]
        given = self.team(finding, rule)
        facts = self.facts(given)
        assert truth_of(rule.when, facts) is Truth.MET
        assert str(facts.pressures[local]) == "present" if local in facts.pressures else facts.value(local) is not None
        assert facts.affected[county] is Truth.MET
        assert facts.county[county] is Truth.MET
        off = self.facts({**given, county: "off"})
        assert truth_of(rule.when, off) is not Truth.MET, "it holds without the county pressure"
        others = [one for name, one in facts.pressures.items() if name != local]
        assert all(one.present is not Truth.MET for one in others), "another pressure is there beside it"

    # -- worse evidence ----------------------------------------------------------------------------------

    def holds_less(self, finding: Finding) -> None:
        rule = self.pack.rules[finding.of]
        before, after = (one.given for one in finding.teams)
        assert [self.result(rule, one.given) for one in finding.teams] == [one.comes_to for one in finding.teams]
        self.one_value_worse(before, after)
        order = ["none", "not affected", "not met", "evidenced adequate", "inferred strained", "cannot tell", "present", "severe",
                 "evidenced strained", "affected", "met"]  # fmt: skip
        assert order.index(self.result(rule, after)) < order.index(self.result(rule, before))

    def one_value_worse(self, before: Given, after: Given) -> None:
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        assert len(changed) == 1, f"they differ in {changed}"
        if changed == ["receiving_team"]:
            return self.one_value_worse(before["receiving_team"], after["receiving_team"])
        (name,) = changed
        assert self.worse(name, before[name], after[name]), f"{name} is no worse"
        return None

    def worse(self, name: str, before: Any, after: Any) -> bool:
        """Whether one value of something is worse evidence than another."""
        if name in self.pack.questions:
            good = favourable_answers(self.pack.questions[name], self.pack.questionnaire.scale)
            return after not in good and after in self.pack.questionnaire.scale.answers and (before in good or before == self.pack.questionnaire.scale.not_counted)
        if name in self.pack.county_pressures:
            return (before, after) == ("off", "on")
        declared = (self.pack.measures.get(name) or self.pack.figures[name]).worse_when
        if declared != "neither" and (after > before) == (declared == "higher"):
            return True
        return bool(set(self.ways(name)) & {1 if after > before else -1})

    def ways(self, name: str) -> Iterator[int]:
        """The ways in which a measure moves as one of its figures gets worse, at random figures."""
        measure = self.pack.measures.get(name)
        if measure is None or measure.formula is None:
            return
        for figure in sorted(self.behind(name)):
            yield from self.moves(name, figure)

    def behind(self, name: str) -> set[str]:
        measure = self.pack.measures.get(name)
        if measure is None or measure.formula is None:
            return {name}
        return set().union(*(self.behind(part) for part, last in names_in(measure.formula) if not last))

    def moves(self, measure: str, figure: str) -> Iterator[int]:
        """Which way a measure moves as one figure gets worse, at random figures."""
        worse_when = self.pack.figures[figure].worse_when if figure in self.pack.figures else "neither"
        if worse_when == "neither":
            return
        for _ in range(20):
            now = {name: self.rng.uniform(1, 9) for name in sorted(self.pack.figures)}
            for name in now:  # a part is no more than its whole
                whole = self.pack.figures[name].at_most
                if whole:
                    now[whole] = max(now[whole], now[name] + 1)
            last = {name: self.rng.uniform(1, 9) for name in now}
            then = {**now, figure: now[figure] + (0.5 if worse_when == "higher" else -0.5)}
            first, second = self.work_out(measure, now, last), self.work_out(measure, then, last)
            if first is not None and second is not None and abs(second - first) > 1e-9:
                yield 1 if second > first else -1

    def work_out(self, name: str, now: dict[str, float], last: dict[str, float]) -> float | None:
        measure = self.pack.measures.get(name)
        if measure is None or measure.formula is None:
            return now.get(name)
        return compute(measure.formula, lambda part: self.work_out(part, now, last), lambda part: self.work_out(part, last, {}))

    def never_holds_less(self, finding: Finding) -> None:
        rule = self.pack.rules[finding.of]
        assert self.result(rule, self.team(finding, rule)) == "met"
        order = ["not met", "cannot tell", "met"]
        for given in self.teams(rule.conditions.values(), evidence=True, tries=30):
            before = order.index(self.result(rule, given))
            for name, value in given.items():
                for other in self.others(name):
                    if name != "receiving_team" and self.worse(name, value, other):
                        assert order.index(self.result(rule, {**given, name: other})) >= before, (given, name, other)

    def others(self, name: str) -> list[Any]:
        if name in self.pack.questions:
            return ["always", "never"]
        return ["on"] if name in self.pack.county_pressures else self.values(name) if name in self.cuts else []

    # -- what is declared ----------------------------------------------------------------------------------

    @property
    def everything(self) -> list[c.Condition]:
        return [condition for rule in self.pack.rules.values() for condition in rule.conditions.values()]

    def outcomes(self, given: Given, thresholds: dict[str, float] | None = None) -> list[str]:
        facts = facts_given(self.pack, thresholds or self.thresholds, given)
        return [*(result_of(rule, facts) for rule in self.pack.rules.values()), level_of(facts)]

    def is_no_matter(self, name: str, values: list[Any]) -> None:
        for given in self.teams(self.everything, evidence=True, tries=20):
            given.pop(name, None)
            first = self.outcomes(given)
            for value in values:
                assert self.outcomes({**given, name: value}) == first, (given, name, value)

    def unread_number(self, finding: Finding) -> None:
        assert list(self.team(finding)) == [finding.of]
        self.is_no_matter(finding.of, [self.team(finding)[finding.of], *self.values(finding.of)])

    def unread_question(self, finding: Finding) -> None:
        assert list(self.team(finding)) == [finding.of]
        self.is_no_matter(finding.of, ["always", "never", "not applicable"])
        assert self.pack.questions[finding.of].county_finding == "none"

    def unread_threshold(self, finding: Finding) -> None:
        levels = self.pack.levels
        used = {one.most for one in self.pack.county_pressures.values()} | {levels.insufficient_below}
        used |= {*levels.confidence_low.values(), *levels.confidence_medium.values()}
        assert finding.of not in used
        for given in self.teams(self.everything, evidence=True, tries=20):
            first = self.outcomes(given)
            for value in (-1.0, 0.0, 0.1, 1.0, 4.0, 1000.0):
                assert self.outcomes(given, {**self.thresholds, finding.of: value}) == first, (given, value)

    def slip(self, finding: Finding) -> None:
        """The team that is shown is compared otherwise than with the threshold a hundred times larger, or smaller."""
        threshold = self.pack.thresholds[finding.of]
        if not any(isinstance(leaf, c.MeasureTest) and leaf.threshold == finding.of for leaf in self.pack.leaves):
            return
        ((measure, value),) = self.team(finding).items()
        read = {leaf.comparison for leaf in self.pack.leaves if isinstance(leaf, c.MeasureTest) and (leaf.measure, leaf.threshold) == (measure, finding.of)}
        assert read
        assert any(
            c.compare(value, comparison, dated.value) != c.compare(value, comparison, dated.value * times)
            for comparison in read for dated in threshold.values for times in (100, 0.01) if UNITS[threshold.unit].allows(dated.value * times)
        ), f"{value:g} is compared alike, slip or no slip"  # fmt: skip

    def against_its_figures(self, finding: Finding) -> None:
        measure = self.pack.measures[finding.of]
        (figure,) = self.team(finding)
        found = set(self.moves(measure.id, figure))
        assert found == {-1 if measure.worse_when == "higher" else 1}

    # -- words -----------------------------------------------------------------------------------------------

    def texts(self, of: str) -> list[str]:
        pack = self.pack
        rule, level = pack.rules.get(of), {one.id: one for one in (*pack.levels.levels, pack.levels.insufficient)}.get(of)
        if rule is not None:
            return [rule.title, rule.because, getattr(rule, "tell_the_manager", ""), getattr(rule, "worse_may_end_it_because", ""),
                    *(example.name for example in rule.examples)]  # fmt: skip
        if level is not None:
            return [level.title, level.words, level.response]
        if of in pack.questions:
            return [pack.questions[of].statement]
        if of in pack.thresholds:
            return [pack.thresholds[of].title]
        if of == pack.id:
            return [pack.title, pack.about]
        if of in pack.measures:
            return [pack.measures[of].title, pack.measures[of].note]
        return [pack.figures[of].title, pack.figures[of].help]

    def no_advice(self, finding: Finding) -> None:
        rule: Any = self.pack.rules[finding.of]
        assert sum(mark.isalnum() for mark in rule.tell_the_manager) < 15
        self.team(finding, rule)

    def says_unsafe(self, finding: Finding) -> None:
        assert any("unsafe" in text.lower().replace("may become unsafe", "") for text in self.texts(finding.of))

    def names_a_person(self, finding: Finding) -> None:
        named = re.search(r"names a person, '([^']+(?:'\w+)?)'", finding.says)
        assert named
        assert any(named[1] in text for text in self.texts(finding.of))

    def says_what_will_be(self, finding: Finding) -> None:
        assert any(re.search(r"predict|\bwill\b", text, re.IGNORECASE) for text in self.texts(finding.of))

    def still_to_be_written(self, finding: Finding) -> None:
        assert any("Write here" in text for text in self.texts(finding.of))

    def an_example_lacks(self, finding: Finding) -> None:
        rule = self.pack.rules[finding.of]
        held = {example.expect for example in rule.examples}
        lacks = re.search(r"in which it is (.+)$", finding.says)
        if lacks:
            assert lacks[1] not in held
        elif "cannot tell" in finding.says:
            assert "cannot tell" not in held
        else:
            assert "boundary" in finding.says
            assert not any(str(value).startswith("at ") for example in rule.examples for value in example.given.values())

    def an_example_twice(self, finding: Finding) -> None:
        (shown,) = finding.teams
        assert sum(example.given == shown.given for example in self.pack.rules[finding.of].examples) > 1
        self.team(finding, self.pack.rules[finding.of])

    def cited_twice(self, finding: Finding) -> None:
        cites = (self.pack.rules.get(finding.of) or self.pack.measures[finding.of]).cites
        assert len(cites) > len(set(cites))

    def nothing_to_silence(self, finding: Finding) -> None:
        silence = [one for one in self.pack.silenced.values() if one.of == finding.of]
        assert silence
        found = {(one.code, one.of) for one in check(replace(self.pack, silenced={}))}
        assert any((one.code, one.of) not in found for one in silence)

    # -- promises ----------------------------------------------------------------------------------------------

    def pair(self, promise: Property) -> tuple[Given, Given]:
        for shown in promise.teams:
            assert self.verdict(shown.given).level == shown.comes_to
        before, after = (shown.given for shown in promise.teams)
        return before, after

    def standing(self, given: Given) -> dict[str, int]:
        found, rank = self.verdict(given), self.pack.levels.rank
        return {"level": rank(found.level), "could-be": rank(found.could_be), "score": found.score.low, "highest score": found.score.high}

    def goes(self, promise: Property, before: Given, after: Given) -> int:
        """How what a broken promise names goes from one team to the other."""
        what = promise.broken_by.split(":")[0]
        return self.standing(after)[what] - self.standing(before)[what]

    def no_better(self, before: Given, after: Given) -> None:
        """Whatever differs is worse in the second team."""
        first, second = ({**given, **{f"last {name}": value for name, value in given.get("last_quarter", {}).items()}} for given in (before, after))
        changed = [name for name in {**first, **second} if first.get(name) != second.get(name) and name != "last_quarter"]
        assert changed, "the teams are the same"
        for name in changed:
            assert name in first and name in second, f"{name} is known of one team only"
            neutral = not name.startswith("last ") and name in self.pack.figures and self.pack.figures[name].worse_when == "neither"
            assert not name.startswith("last "), f"the teams differ last quarter, in {name}"
            assert not neutral and self.worse(name, first[name], second[name]), f"{name} is {first[name]} and then {second[name]}, which is no worse"

    def worse_lowers(self, promise: Property) -> None:
        before, after = self.pair(promise)
        assert self.goes(promise, before, after) < 0
        self.no_better(before, after)
        assert not [name for name in self.pack.county_pressures if before.get(name) != after.get(name)]

    def others_lower(self, promise: Property) -> None:
        before, after = self.pair(promise)
        county = promise.broken_by.split(":")[0].removeprefix("being affected by ")
        assert self.facts(after).affected[county] < self.facts(before).affected[county]
        self.no_better(before, after)

    def county_lowers(self, promise: Property) -> None:
        before, after = self.pair(promise)
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        assert [(before[name], after[name]) for name in changed] == [("off", "on")]
        assert self.goes(promise, before, after) < 0

    def losing_flatters(self, promise: Property) -> None:
        before, after = self.pair(promise)
        assert len(before) == len(after) + 1, f"more than one value is lost: {before} and {after}"
        assert all(before[name] == value for name, value in after.items())
        what = promise.broken_by.split(":")[0]
        assert self.goes(promise, before, after) * (1 if what in ("level", "score") else -1) > 0

    def storm_undone(self, promise: Property) -> None:
        free = {*self.pack.questions, *self.pack.county_pressures}
        before, after = self.pair(promise)
        assert {n: v for n, v in before.items() if n not in free} == {n: v for n, v in after.items() if n not in free}
        rule = self.pack.risk[promise.broken_by.split()[0]]
        assert self.facts(before).rules[rule.id] is Truth.MET
        assert self.facts(after).rules[rule.id] is not Truth.MET

    def could_be_below(self, promise: Property) -> None:
        (shown,) = promise.teams
        assert self.verdict(shown.given).level == shown.comes_to
        standing = self.standing(shown.given)
        assert standing["could-be"] < standing["level"] or standing["highest score"] < standing["score"]


# -- the looking looked at ---------------------------------------------------------------------------------------

_SOUND: list[tuple[str, str, str, list[Given]]] = [
    ("L101", "R3", "no evidence can meet it", [{"staffing_gap": "none"}]),
    ("L102", "R14", "'case_system on' always holds", [{"case_system": "on"}]),
    ("L103", "R3", "'crisis present' changes nothing", [{"staffing_gap": "present", "demand_peak": "present", "crisis": "none"}]),
    ("L103", "load", "severe: 'caseload at least caseload_severe' changes nothing", [{"caseload": 25}]),
    ("L105", "R8_q39", "it holds just when 'R8_q38' at", [{"q38": "never", "q39": "never"}]),
    ("L202", "load", "", [{"caseload": 25}]),
    ("L203", "load", "", [{"caseload": 25}]),
    ("L205", "R1", "'workload' with 'crisis' counts one fact twice", [{"workload": "on", "crisis": "present"}]),
    ("L206", "load", "", [{"caseload": 10}, {"caseload": 25}]),
    ("L301", "caseload", "", [{"caseload": 25}]),
    ("L302", "q44", "", [{"q44": "always"}]),
    ("L305", "caseload", "", [{"cases_registered": 1}]),
    ("L402", "R1", "", []),
    ("L503", "R1", "", []),
]


@pytest.mark.parametrize(("code", "of", "says", "teams"), _SOUND, ids=[f"{code}-{of}" for code, of, _, _ in _SOUND])
def test_a_false_claim_is_seen_through(kent: m.RulePack, code: str, of: str, says: str, teams: list[Given]) -> None:
    """The looking would notice a finding that is not so."""
    look = Look(kent, times(kent)[0])
    rule = kent.rules.get(of)
    shown = tuple(Shown(given, look.result(rule, given) if rule else "nothing") for given in teams)
    claim: Callable[[Finding], None] = getattr(look, WAYS[code])
    with pytest.raises(AssertionError):
        claim(Finding(code, of, "", says, shown))
