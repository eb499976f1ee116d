#!/usr/bin/env python3
"""The cases of the conformance suite. `python tests/conformance/build_cases.py` writes their files again."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from random_cases import FIGURES, LEVELS, QUARTER, SCALE, random_evidence, random_pack

from springtide import load_pack, parse_quarter, read_evidence
from springtide.conformance import write_case
from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic import conditions as c
from springtide.logic import model as m
from springtide.logic.facts import Team
from springtide.logic.formula import parse_formula
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter

ROOT = Path(__file__).resolve().parents[2]
CASES = Path(__file__).resolve().parent / "cases"
Q4 = Quarter(2008, 4)
ALL_WELL = {
    "established_posts": 10.0, "vacant_posts": 0.0, "fte_unavailable": 0.0, "in_post_fte": 10.0, "agency_fte": 0.0, "leavers_12_months_fte": 0.0,
    "cases_worked": 80.0, "case_holders_fte": 8.0, "highest_caseload": 12.0, "complex_cases_in_crisis": 0.0, "referrals": 60.0,
    "usual_referrals": 60.0, "child_protection_cases_unallocated": 0.0, "child_protection_cases_held_by_managers": 0.0,
}  # fmt: skip
GAP, LOAD, CRISIS = {"vacant_posts": 2.0}, {"cases_worked": 150.0}, {"complex_cases_in_crisis": 4.0}
PEAK = {"referrals": 80.0}
GOOD = {"q8": "always", "q9": "always", "q36": "always", "q37": "always", "q41": "never", "q42": "never", "q44": "never", "q45": "never", "q47": "never", "q48": "always"}


@dataclass(frozen=True)
class Case:
    name: str
    about: str
    pack: RulePack
    evidence: EvidenceSet
    quarter: Quarter = Q4


def county(**teams: dict) -> EvidenceSet:
    """Teams of one county by id: figures; and, under names of their own, answers, last quarter and the rest."""
    listed, rows, responses = [], [], []
    for name, given in teams.items():
        figures = dict(given)
        area, receiving = figures.pop("county", "County"), figures.pop("transfers_to", "")
        answers, last = figures.pop("answers", []), figures.pop("last_quarter", None)
        roles = figures.pop("roles", None)
        listed.append(Team(name, name, "", area, "", receiving))
        rows.append(Row(name, Q4, figures, {}, "workforce", Where("workforce.csv", len(rows) + 2)))
        if last is not None:
            rows.append(Row(name, Q4.previous, last, {}, "workforce", Where("workforce.csv", len(rows) + 2)))
        given = answers if isinstance(answers, list) else [answers]
        for one, role in zip(given, roles or ["collective"] * len(given), strict=True):
            responses.append(Response(f"R{len(responses)}", name, Q4, None, role, one, Where("responses.csv", len(responses) + 2)))
    return EvidenceSet(tuple(listed), tuple(responses), tuple(rows))


def well(**changes: object) -> dict:
    """A team in which all is well, but for some changes; None takes a figure away."""
    figures = {**ALL_WELL, **changes}
    return {name: value for name, value in figures.items() if value is not None}


def cases() -> Iterator[Case]:
    kent, england = load_pack("kent-2009"), load_pack("england")
    yield from _examples(kent)
    yield from _traps(kent)
    yield from _confidence(kent)
    yield from _logic()
    yield Case("england", "The same teams under the thresholds of another time.", england, _later(county(A=well(**GAP), B=well(**LOAD, **PEAK), C=well(vacant_posts=4.0))), Quarter(2024, 2))
    for seed in range(12):
        rng = Random(f"conformance {seed}")
        pack = random_pack(rng)
        evidence = random_evidence(rng, pack, 6)
        yield Case(f"random-{seed:02}", "A pack and evidence drawn at random, so that the whole language occurs.", with_reducers(rng, pack), evidence, QUARTER)


def _later(evidence: EvidenceSet) -> EvidenceSet:
    return replace(evidence, rows=tuple(replace(row, quarter=Quarter(2024, 2)) for row in evidence.rows))


def _examples(kent: RulePack) -> Iterator[Case]:
    minimal = read_evidence(ROOT / "examples" / "minimal", kent)
    yield Case("example-minimal", "The three teams that examples/minimal works out by hand.", kent, minimal)
    whole = read_evidence(ROOT / "examples" / "kent-2009", kent)
    kept = {team.id for team in whole.teams[:14]}
    few = replace(
        whole, teams=tuple(t for t in whole.teams if t.id in kept), rows=tuple(r for r in whole.rows if r.team in kept),
        responses=tuple(r for r in whole.responses if r.team in kept),
    )  # fmt: skip
    for quarter in ("2008/09 Q3", "2008/09 Q4"):
        yield Case(f"example-kent-{quarter[-2:].lower()}", f"Fourteen teams of examples/kent-2009 in {quarter}.", kent, few, parse_quarter(quarter))


def _traps(kent: RulePack) -> Iterator[Case]:
    def case(name: str, about: str, **teams: dict) -> Case:
        return Case(name, about, kent, county(**teams))

    yield case("missing-is-not-nought", "A figure that is not there leaves what rests on it unknown; nought does not.",
               A=well(vacant_posts=None), B=well(), C={"established_posts": 8.0})  # fmt: skip
    yield case("exactly-on-the-threshold", "A value on a threshold after a division counts as on it, to a billionth.",
               A=well(established_posts=20.0, vacant_posts=3.0), B=well(established_posts=20.0001, vacant_posts=3.0),
               C=well(cases_worked=54.0, case_holders_fte=3.0), D=well(agency_fte=1.0, in_post_fte=4.0), E=well(agency_fte=1.5, in_post_fte=8.5))  # fmt: skip
    yield case("divided-by-nothing", "Something divided by nothing has no limit; nothing divided by nothing is unknown.",
               A=well(case_holders_fte=0.0), B=well(case_holders_fte=0.0, cases_worked=0.0), C=well(usual_referrals=0.0), D=well(usual_referrals=0.0, referrals=0.0))  # fmt: skip
    yield case("the-median-of-answers", "Several respondents: the median, don't know and blanks unknown, not applicable not counted.",
               A=well(answers=[{"q44": "always"}, {"q44": "sometimes"}, {"q44": "don't know"}]), B=well(answers=[{"q44": "usually"}, {"q44": "sometimes"}]),
               C=well(answers=[{"q44": "not applicable"}, {"q44": "not applicable"}]), D=well(answers=[{"q44": None}, {"q44": "never"}, {"q44": "rarely"}]),
               E=well(answers=[{"q8": "sometimes", "q9": "rarely"}, {"q8": "always", "q9": None}]), F=well(answers=GOOD))  # fmt: skip
    yield case("most-with-silent-teams", "Most teams are proved, ruled out or unknown according to what silent ones could say.",
               A=well(**LOAD, answers=GOOD), B=well(**LOAD, answers=GOOD), C=well(answers=GOOD), D={"established_posts": 9.0}, E=well(**LOAD, answers=GOOD))  # fmt: skip
    yield case("half-is-not-most", "Two of four teams are affected, which is not more than half.",
               A=well(**LOAD, answers=GOOD), B=well(**LOAD, answers=GOOD), C=well(answers=GOOD), D=well(answers=GOOD))  # fmt: skip
    yield case("two-counties", "Counties do not touch each other, though they stand in one list.",
               A=well(county="East", **LOAD, answers=GOOD), B=well(county="East", **LOAD, answers=GOOD), C=well(county="West", answers=GOOD), D=well(county="West", **LOAD, answers=GOOD))  # fmt: skip
    yield case("one-thing-seen-twice", "Trouble in recruiting and a staffing gap are no coincidence, unless the gap is severe.",
               A=well(**GAP, answers=GOOD), B=well(**GAP, answers=GOOD), C=well(vacant_posts=4.0, answers=GOOD), D=well(answers=GOOD),
               E=well(**GAP, fte_unavailable=2.0, answers=GOOD))  # fmt: skip
    yield case("the-storm", "Gap, peak and crises are High with nothing county-wide and the best of answers.",
               A=well(**GAP, **PEAK, complex_cases_in_crisis=6.0, answers=GOOD), B=well(**GAP, **PEAK, answers=GOOD), C=well(answers=GOOD), D=well(answers=GOOD))  # fmt: skip
    yield case("families-count-once", "Two faces of staffing score once, at the worse of the two.",
               A=well(vacant_posts=4.0, agency_fte=2.0, answers=GOOD), B=well(**GAP, agency_fte=4.0, answers=GOOD))  # fmt: skip
    yield case("too-little-to-say", "Fewer than three pressures known and nothing proved is insufficient evidence; a proved rule is enough.",
               A={"established_posts": 10.0}, B={"child_protection_cases_unallocated": 1.0}, C=well(referrals=None, complex_cases_in_crisis=None))  # fmt: skip
    yield case("the-receiving-team", "A notice asks about the team that work is transferred to; there may be none.",
               A=well(transfers_to="B"), B=well(**GAP, transfers_to="C"), C=well(cases_worked=None, vacant_posts=None), D=well())  # fmt: skip
    yield case("last-quarter", "Changes since last quarter, and last quarter's level; a team without one has neither.",
               A=well(vacant_posts=1.0, newly_qualified_fte=3.0, experienced_permanent_fte=4.0, last_quarter=well(vacant_posts=3.0, newly_qualified_fte=1.0, experienced_permanent_fte=6.0)),
               B=well(**LOAD, answers=GOOD, last_quarter=well()), C=well(referrals=70.0, cases_worked=40.0, last_quarter=well(cases_worked=80.0)), D=well(**GAP))  # fmt: skip
    yield case("supervision", "Adverse evidence outranks good answers, and evidence outranks inference; too small a sample says nothing.",
               A=well(**GAP, **LOAD, supervision_sessions_due=20.0, supervision_sessions_held=10.0, answers=GOOD),
               B=well(**GAP, **LOAD, supervision_sessions_due=20.0, supervision_sessions_held=19.0, files_audited=0.0, answers=GOOD),
               C=well(**GAP, **LOAD, supervision_sessions_due=2.0, supervision_sessions_held=1.0, files_audited=2.0, files_with_supervision_evidence=0.0),
               D=well(**GAP, **LOAD), E=well(answers={**GOOD, "q8": "never", "q36": "never"}), F=well(answers={**GOOD, "q8": "never", "q9": "rarely"}))  # fmt: skip
    yield case("small-numbers", "A rate counts only beside a number: one person away, four referrals, two sessions say little.",
               A=well(established_posts=4.0, fte_unavailable=1.0), B=well(referrals=4.0, usual_referrals=1.0), C=well(referrals=10.0, usual_referrals=4.0),
               D=well(established_posts=8.0, fte_unavailable=1.5))  # fmt: skip


def _confidence(kent: RulePack) -> Iterator[Case]:
    """Knife edges, split answers and the bands: what stands beside a level."""

    def case(name: str, about: str, **teams: dict) -> Case:
        return Case(name, about, kent, county(**teams))

    yield case("one-post-more-or-less", "One post more or less, or a tenth of a threshold, would move the level; in B nothing would.",
               A=well(established_posts=13.0, vacant_posts=2.0, answers=GOOD), B=well(answers=GOOD), C=well(established_posts=14.0, vacant_posts=2.0, answers=GOOD),
               D=well(vacant_posts=None, vacancy_rate=0.145, answers=GOOD), E=well(cases_worked=140.0, answers=GOOD), F=well(vacant_posts=0.5, answers=GOOD))  # fmt: skip
    both = ["manager", "practitioner"]
    yield case("split-answers", "Managers and practitioners on different sides; not where one side is unknown, not applicable, or nobody.",
               A=well(answers=[{**GOOD, "q44": "never"}, {**GOOD, "q44": "always"}], roles=both), B=well(answers=[GOOD, GOOD], roles=both),
               C=well(answers=[{**GOOD, "q44": "never"}, {**GOOD, "q44": "don't know"}], roles=both),
               D=well(answers=[{**GOOD, "q44": "never"}, {**GOOD, "q44": "not applicable"}], roles=both),
               E=well(answers=[{**GOOD, "q44": "never"}, {**GOOD, "q44": "always"}], roles=["manager", "collective"]),
               F=well(answers=[{"q44": "never"}, {"q44": "always"}, {"q44": None}], roles=["manager", "practitioner", "practitioner"]),
               G=well(answers=[{**GOOD, "q44": "never"}, {**GOOD, "q44": "always"}], roles=["", "practitioner"]))  # fmt: skip


def with_reducers(rng: Random, pack: RulePack) -> RulePack:
    """A random pack with reasons to trust its results less: its notices' conditions, and what only confidence reads."""
    held = [*(notice.when for notice in pack.notices.values()), c.PeriodTest("now"), c.PeriodTest("then"), c.AnswersTest("split"), c.KnifeEdgeTest("one post")]
    reducers = {f"k{n}": m.Reducer(**_declared(f"k{n}"), weight=rng.choice(["minor", "major"]), when=when) for n, when in enumerate(held)}
    periods = {"now": m.Period("now", "Now", (QUARTER,), ""), "then": m.Period("then", "Then", (QUARTER.previous,), "")}
    levels = replace(pack.levels, confidence_low={"major": "n2", "minor": "n3"}, confidence_medium={"major": "n1", "minor": "n2"})
    return replace(pack, reducers=reducers, periods=periods, levels=levels)


def _declared(name: str) -> dict:
    return {"id": name, "title": name, "cites": (1,), "because": "", "examples": (), "at": ""}


def tiny(notices: dict[str, c.Condition], other: dict[str, float] | None = None, **changes: object) -> RulePack:
    """A pack of one pressure, one county pressure and one rule, with notices to ask what is to be seen."""
    values = {"one": 1.0, "two": 2.0, "three": 3.0, "nought": 0.0, "third": 0.3, "third_of_one": 1 / 3, "share": 0.75, "far": 1e300, **(other or {})}
    counts = {"one", "two", "three", "nought"}
    thresholds = {
        name: m.Threshold(name, name, "count" if name in counts else "ratio change", (m.DatedValue(None, value, "judgement", "a test"),))
        for name, value in values.items()
    }  # fmt: skip
    formulas = {
        "quotient": "f0 / f1", "sum": "f0 + f1", "product": "f0 * f1", "root": "sqrt(f0)", "limitless_by_nought": "quotient * f1", "infinities": "quotient - quotient",
        "change": "quotient - last_quarter(quotient)", "no_formula": "",
    }  # fmt: skip
    measures = {
        name: m.Measure(name, name, parse_formula(text) if text else None, text, "ratio change", "neither", "HR", True, (1,), "")
        for name, text in formulas.items()
    }  # fmt: skip
    scarce = m.TeamPressure(**_declared("scarce"), family="a", present=number("f2", "at_least", "two"), severe=number("f3", "at_least", "three"),
                            points={"present": 2, "severe": 4}, tell_the_manager="")  # fmt: skip
    heavy = replace(scarce, id="heavy", present=number("f4", "more_than", "one"), severe=number("f4", "more_than", "three"), points={"present": 1, "severe": 5})
    county = m.CountyPressure(**_declared("shared"), affected=c.PressureTest("scarce", "present"), most="share", tell_the_manager="")
    nothing = number("f5", "at_least", "far")
    watch = m.Supervision(**_declared("supervision"), evidenced_strained=nothing, evidenced_adequate=nothing, inferred_strained=nothing,
                          points={"evidenced strained": 3}, tell_the_manager="")  # fmt: skip
    rules = {
        "either": ("watch", c.AnyOf((c.PressureTest("scarce", "present"), c.PressureTest("heavy", "present")))),
        "severe": ("increased", c.PressureTest("scarce", "severe")),
        "together": ("elevated", c.AllOf((c.RuleTest("either"), c.CountyTest("shared", "on")))),
    }
    risk = {
        name: m.RiskRule(**_declared(name), level=level, when=when, points=1, same_day=False, tell_the_manager="") for name, (level, when) in rules.items()
    }  # fmt: skip
    levels = m.Levels(
        tuple(m.Level(name, name.title(), "", "") for name in LEVELS), "elevated", "increased", m.Level("insufficient evidence", "Insufficient evidence", "", ""),
        "two", {"major": "one", "minor": "three"}, {"minor": "two"},
    )  # fmt: skip
    asked = {name: m.Notice(**_declared(name), channel="notice", when=when, tell_the_manager="") for name, when in notices.items()}
    pack = m.RulePack(
        id="tiny", version="1.0.0", title="Tiny", hash="0" * 16, layers=(), words=m.Words("team", "teams", "district", "county"),
        thresholds=thresholds, figures={name: m.Figure(name, name, name, "workforce", "ratio change", "neither", "HR") for name in FIGURES},
        measures=measures, questionnaire=m.Questionnaire(SCALE, (m.Theme("theme", "Theme", (6,)),), (), (), ()),
        team_pressures={"scarce": scarce, "heavy": heavy}, county_pressures={"shared": county}, supervision=watch, risk=risk, notices=asked,
        reducers={}, levels=levels, periods={}, paragraphs=(),
    )  # fmt: skip
    return replace(pack, **changes)  # type: ignore[arg-type]


def number(measure: str, comparison: c.Comparison, threshold: str) -> c.Condition:
    return c.MeasureTest(measure, comparison, threshold)


def _logic() -> Iterator[Case]:
    """Small packs made for one question each."""
    quiet = {"f2": 0.0, "f3": 0.0, "f4": 0.0, "f5": 0.0}
    every: tuple[c.Comparison, ...] = ("at_least", "more_than", "at_most", "less_than")
    yield Case("every-comparison", "Each comparison below, within a billionth of, exactly on and beyond a threshold, after a sum and after a division.",
               tiny({f"{name}_{word}": number(name, word, at) for name, at in (("sum", "third"), ("quotient", "third_of_one")) for word in every}),
               county(A={**quiet, "f0": 0.1, "f1": 0.2}, B={**quiet, "f0": 0.1, "f1": 0.3}, C={**quiet, "f0": 0.3 - 5e-10, "f1": 0.0},
                      D={**quiet, "f0": 0.3 - 2e-9, "f1": 0.0}, E={**quiet, "f0": 0.3 + 5e-10, "f1": 0.0}, F={**quiet, "f0": 0.3 + 2e-9, "f1": 0.0},
                      G={**quiet, "f0": 0.05, "f1": 0.15}, H={**quiet, "f1": 0.3}))  # fmt: skip
    yield Case("arithmetic", "Infinities of both signs, nought by nought, infinity less infinity, infinity times nought, the root of less than nought, a rate given whole.",
               tiny({f"{name}_{word}": number(name, word, at) for name in ("quotient", "product", "limitless_by_nought", "root", "infinities", "no_formula") for word, at in (("at_least", "far"), ("at_most", "nought"))}
                    | {f"{name}_missing": c.SupplyTest(name, "missing") for name in ("quotient", "product", "limitless_by_nought", "root", "infinities", "no_formula")}),
               county(A={**quiet, "f0": 2.0, "f1": 0.0}, B={**quiet, "f0": -2.0, "f1": 0.0}, C={**quiet, "f0": 0.0, "f1": 0.0}, D={**quiet, "f0": 1e200, "f1": 1e200},
                      E={**quiet, "f0": 1.0}, F={**quiet, "quotient": 0.0}, G={**quiet, "no_formula": 0.0, "f0": 0.0, "f1": 5.0}))  # fmt: skip
    unknown, yes, no = number("f0", "at_least", "one"), number("f2", "at_least", "nought"), number("f2", "less_than", "nought")
    parts = (yes, unknown, no, unknown)
    yield Case("three-truth-values", "All, any, not and at least n of, with parts that are met, not met and unknown; A knows nothing of f0.",
               tiny({f"{n}_of_four": c.AtLeastOf(n, parts) for n in ("nought", "one", "two", "three")}
                    | {"three_of_two": c.AtLeastOf("three", (yes, unknown)), "not_unknown": c.Not(unknown), "not_yes": c.Not(yes), "not_no": c.Not(no),
                       "not_not_unknown": c.Not(c.Not(unknown)), "all_with_no": c.AllOf((yes, unknown, no)), "all_unknown": c.AllOf((yes, unknown)),
                       "any_with_yes": c.AnyOf((no, unknown, yes)), "any_unknown": c.AnyOf((no, unknown)), "all_of_none": c.AllOf(()), "any_of_none": c.AnyOf(()), "unknown_or_not": c.AnyOf((unknown, c.Not(unknown)))}),
               county(A=quiet, B={**quiet, "f0": 1.0}, C={**quiet, "f0": 0.0}))  # fmt: skip
    yield Case("severe-implies-present", "A pressure is present wherever it is severe, and could be present wherever it could be severe.",
               tiny({"present": c.PressureTest("scarce", "present"), "severe": c.PressureTest("scarce", "severe")}),
               county(A={**quiet, "f3": 3.0}, B={"f2": 0.0, "f4": 0.0}, C={"f2": 2.0, "f4": 0.0}, D={"f3": 0.0, "f4": 0.0}, E={"f2": 2.0, "f3": 0.0, "f4": 2.0}, F={"f4": 4.0}))  # fmt: skip
    felt = {**tiny({}).team_pressures, "scarce": replace(tiny({}).team_pressures["scarce"], felt=number("f2", "at_least", "one"), points={"felt": 1, "present": 2, "severe": 4})}
    yield Case("felt-present-severe", "A pressure is felt wherever it is present or severe; felt alone it is neither, and it gives points of its own.",
               tiny({mark: c.PressureTest("scarce", mark) for mark in ("felt", "present", "severe")}, team_pressures=felt),
               county(A={**quiet, "f3": 3.0}, B={**quiet, "f2": 1.0}, C={**quiet, "f2": 2.0}, D={"f3": 0.0, "f4": 0.0}, E={"f2": 1.0, "f4": 0.0}, F={"f2": 0.0, "f4": 0.0}))  # fmt: skip
    yield Case("exactly-the-share", "Three of four teams are not more than three quarters; one silent team more leaves it open in East, four of four prove it in North.",
               tiny({"shared": c.CountyTest("shared", "on"), "affected": c.CountyTest("shared", "affected")}),
               county(**{f"{area}{n}": {**quiet, "county": area, **given} for area, rows in (
                   ("West", ({"f2": 2.0},) * 3 + ({},)), ("North", ({"f2": 2.0},) * 4), ("South", ({"f2": 2.0},) + ({},) * 3),
               ) for n, given in enumerate(rows)}, **{f"East{n}": {**given, "county": "East"} for n, given in enumerate(({"f2": 2.0, "f4": 0.0},) * 3 + ({"f4": 0.0},))}))  # fmt: skip
    held = {"f2": 2.0}, {"f2": 0.0}
    yield Case("exactly-a-share-of-no-even-length", "29 of 50 teams are not more than 0.58 of them, whatever floats make of 0.58 times 50; 15 of 25 are more.",
               tiny({"shared": c.CountyTest("shared", "on")}, {"share": 0.58}),
               county(**{f"{area}{n:02}": {**quiet, **held[n >= most], "county": area} for area, most, of in (("West", 29, 50), ("East", 15, 25)) for n in range(of)}))  # fmt: skip
    yield Case("the-lowest-level", "Every team is at the lowest level or above it: one where all is well, one of a high level, one of which too little is known.",
               tiny({f"{level}_or_above": c.LevelTest(level) for level in LEVELS[:2]}),
               county(A=quiet, B={**quiet, "f3": 3.0}, C={}))  # fmt: skip
    yield Case("last-level", "Last quarter's level: known, too little to say, and none; and changes that need a figure of last quarter.",
               tiny({f"last_{level}": c.LevelTest(level, True) for level in LEVELS[:4]} | {f"now_{level}": c.LevelTest(level) for level in LEVELS[1:4]}
                    | {"change": number("change", "more_than", "nought"), "change_known": c.SupplyTest("change", "supplied")}),
               county(A={**quiet, "f0": 2.0, "f1": 1.0, "f3": 3.0, "last_quarter": {**quiet, "f3": 3.0, "f0": 1.0, "f1": 1.0}}, B={**quiet, "last_quarter": quiet}, C=quiet,
                      D={**quiet, "f0": 1.0, "f1": 1.0, "last_quarter": {"f0": 1.0, "f1": 0.0}}, E={"last_quarter": {**quiet, "f2": 2.0}}))  # fmt: skip
    weigh = {f"minor_{n}": ("minor", number(f"f{n}", "at_least", "one")) for n in range(4)} | {"major": ("major", number("f5", "at_least", "one"))}
    reducers = {name: m.Reducer(**_declared(name), weight=weight, when=when) for name, (weight, when) in weigh.items()}  # type: ignore[arg-type]
    yield Case("confidence-bands", "One reason leaves it high, two make it medium, three or a major one low; a reason that is unknown does not count.",
               tiny({}, reducers=reducers),
               county(A=quiet, B={**quiet, "f0": 1.0}, C={**quiet, "f0": 1.0, "f1": 1.0}, D={**quiet, "f0": 1.0, "f1": 1.0, "f2": 1.0}, E={**quiet, "f5": 1.0}, F={"f1": 1.0}, G={"f4": 0.0}))  # fmt: skip
    edges = {f"edge_{n}": m.Reducer(**_declared(f"edge_{n}"), weight="minor", when=c.KnifeEdgeTest(about)) for n, about in enumerate(("one post", "threshold"))}  # type: ignore[arg-type]
    tenths = {name: m.Threshold(name, name, unit, (m.DatedValue(None, value, "judgement", "a test"),)) for name, unit, value in (
        ("rate", "share", 0.2), ("people", "count", 3.0), ("fall", "change", -0.5))}  # fmt: skip
    plain = tiny({}, reducers=edges)
    scarce = replace(plain.team_pressures["scarce"], present=number("vacant_posts", "at_least", "people"), severe=number("f3", "at_least", "rate"))
    fallen = c.AllOf((number("f4", "at_most", "fall"), number("f1", "at_least", "rate")))
    heavy = replace(plain.team_pressures["heavy"], present=fallen, severe=fallen)
    yield Case("knife-edges", "A tenth stricter and a tenth more lenient, of a threshold above nought and of one below; counts do not move, and a post must fit the establishment.",
               replace(plain, thresholds=plain.thresholds | tenths, team_pressures={"scarce": scarce, "heavy": heavy}),
               county(**{name: {"vacant_posts": posts, "established_posts": of, "f3": rate, "f4": fall, "f1": 0.18 if name == "M" else 1.0, "f5": 0.0} for name, posts, of, rate, fall in (
                   ("A", 0.0, 9.0, 0.0, 0.0), ("B", 2.0, 9.0, 0.0, 0.0), ("C", 3.0, 9.0, 0.0, 0.0), ("D", 2.0, 2.0, 0.0, 0.0), ("E", 0.0, 9.0, 0.18, 0.0), ("F", 0.0, 9.0, 0.179, 0.0),
                   ("G", 0.0, 9.0, 0.21, 0.0), ("H", 0.0, 9.0, 0.0, -0.45), ("I", 0.0, 9.0, 0.0, -0.449), ("J", 0.0, 9.0, 0.0, -0.52), ("K", 0.0, 9.0, 0.0, -0.56), ("L", 3.0, 9.0, 0.3, 0.0), ("M", 0.0, 9.0, 0.0, -0.45))}))  # fmt: skip
    floor, ceiling = number("f3", "at_least", "rate"), number("f1", "at_most", "rate")
    for name, present in (("floor-first", (floor, ceiling)), ("ceiling-first", (ceiling, floor))):
        both = replace(plain.team_pressures["scarce"], present=c.AllOf(present), severe=c.AllOf((*present, number("f4", "at_least", "people"))))
        yield Case(f"a-tenth-both-ways-{name}", "One threshold read as a floor and as a ceiling moves up for the one and down for the other, whichever stands first.",
                   replace(plain, thresholds=plain.thresholds | tenths, team_pressures=plain.team_pressures | {"scarce": both}),
                   county(A={**quiet, "f3": 0.19, "f1": 0.21}, B={**quiet, "f3": 0.21, "f1": 0.1}, C={**quiet, "f3": 0.3, "f1": 0.19},
                          D={**quiet, "f3": 0.19, "f1": 0.1}, E={**quiet, "f3": 0.3, "f1": 0.1}))  # fmt: skip


def main() -> None:
    for one in cases():
        write_case(CASES / one.name, one.about, one.pack, one.evidence, one.quarter)
        print(one.name)


if __name__ == "__main__":
    main()
