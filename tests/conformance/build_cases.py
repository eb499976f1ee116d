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

from random_cases import QUARTER, random_evidence, random_pack

from springtide import load_pack, parse_quarter, read_evidence
from springtide.conformance import write_case
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic.facts import Team
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
        listed.append(Team(name, name, "", area, "", receiving))
        rows.append(Row(name, Q4, figures, {}, "workforce", len(rows) + 2))
        if last is not None:
            rows.append(Row(name, Q4.previous, last, {}, "workforce", len(rows) + 2))
        for one in answers if isinstance(answers, list) else [answers]:
            responses.append(Response(f"R{len(responses)}", name, Q4, None, "collective", one, len(responses) + 2))
    return EvidenceSet(tuple(listed), tuple(responses), tuple(rows))


def well(**changes: object) -> dict:
    """A team in which all is well, but for some changes; None takes a figure away."""
    figures = {**ALL_WELL, **changes}
    return {name: value for name, value in figures.items() if value is not None}


def cases() -> Iterator[Case]:
    kent, england = load_pack("kent-2009"), load_pack("england")
    yield from _examples(kent)
    yield from _traps(kent)
    yield Case("england", "The same teams under the thresholds of another time.", england, _later(county(A=well(**GAP), B=well(**LOAD, **PEAK), C=well(vacant_posts=4.0))), Quarter(2024, 2))
    for seed in range(12):
        rng = Random(f"conformance {seed}")
        pack = random_pack(rng)
        yield Case(f"random-{seed:02}", "A pack and evidence drawn at random, so that the whole language occurs.", pack, random_evidence(rng, pack, 6), QUARTER)


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


def main() -> None:
    for one in cases():
        write_case(CASES / one.name, one.about, one.pack, one.evidence, one.quarter)
        print(one.name)


if __name__ == "__main__":
    main()
