"""Promises 2 and 6 on the shipped packs: missing is never safe, and worse never looks better."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from springtide import Assessment, Quarter, assess, load_pack
from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic.answers import favourable_answers, from_worst_to_best
from springtide.logic.facts import Team
from springtide.logic.model import RulePack

QUARTERS = {"kent-2009": Quarter(2008, 4), "england": Quarter(2024, 2)}
PACKS = {name: load_pack(name) for name in QUARTERS}
# Values that straddle the thresholds of both packs, and their edges.
NUMBERS = {
    "established_posts": [4, 8, 10], "vacant_posts": [0, 1, 2, 3, 4], "in_post_fte": [5, 8, 10], "agency_fte": [0, 1, 1.5, 3],
    "leavers_12_months_fte": [0, 1, 2, 3], "fte_unavailable": [0, 1, 1.5, 3], "case_holders_fte": [0, 2, 5, 8],
    "cases_worked": [0, 36, 90, 160], "highest_caseload": [10, 25, 30], "complex_cases_in_crisis": [0, 3, 5, 9],
    "referrals": [30, 60, 78, 100], "usual_referrals": [36, 60], "supervision_sessions_due": [20], "supervision_sessions_held": [10, 15, 20],
    "child_protection_cases_unallocated": [0, 1], "files_audited": [0, 4, 8], "files_with_supervision_evidence": [0, 4],
}  # fmt: skip
Change = Callable[[Random, Any], Any]
DIRECTION = {"higher": 1, "lower": -1}


COUNTIES = 40  # counties don't touch each other, so one assessment tries many cases
SEEDS = st.integers(0, 10**9)


def random_counties(rng: Random, name: str) -> EvidenceSet:
    """Many counties of three teams, each with some figures and answers, others missing."""
    pack, quarter = PACKS[name], QUARTERS[name]
    rows, responses, teams = [], [], []
    scale = pack.questionnaire.scale
    for county in range(COUNTIES):
        for letter in "ABC":
            team = f"{letter}{county}"
            teams.append(Team(team, team, "", f"County {county}"))
            figures = {f: float(rng.choice(values)) for f, values in NUMBERS.items() if rng.random() < 0.85}
            rows.append(Row(team, quarter, figures, {}, "workforce", Where("workforce.csv", len(rows) + 2)))
            if rng.random() < 0.6:
                answers = {q: rng.choice([*scale.answers[1:4], None]) if q in pack.questions_read else None for q in pack.questions}
                responses.append(Response(f"R{team}", team, quarter, date(2009, 2, 1), "manager", answers, Where("responses.csv", len(responses) + 2)))
    return EvidenceSet(tuple(teams), tuple(responses), tuple(rows))


def scored(name: str, evidence: EvidenceSet) -> Assessment:
    return assess(PACKS[name], evidence, QUARTERS[name], engine="columnar")


def ranks(pack: RulePack, result: Assessment) -> dict[str, tuple[int, int, int, int]]:
    rank = pack.levels.rank
    return {t.team.id: (rank(t.level), rank(t.could_be), t.score.low, t.score.high) for t in result.teams}


def one_in_each_county(rng: Random, evidence: EvidenceSet, change_row: Change | None, change_response: Change | None) -> EvidenceSet:
    """The evidence with one row, or one response, of each county changed."""
    def changed(held: tuple, change: Change | None) -> tuple:
        if change is None:
            return held
        chosen = {}
        for place, item in sorted(enumerate(held), key=lambda _: rng.random()):
            chosen.setdefault(item.team[1:], place)
        return tuple(change(rng, item) if place in chosen.values() else item for place, item in enumerate(held))

    return replace(evidence, rows=changed(evidence.rows, change_row), responses=changed(evidence.responses, change_response))


def lose_a_figure(rng: Random, row: Row) -> Row:
    lost = rng.choice(sorted(row.figures)) if row.figures else ""
    return replace(row, figures={name: value for name, value in row.figures.items() if name != lost})


def lose_an_answer(rng: Random, response: Response) -> Response:
    return replace(response, answers=response.answers | {rng.choice(sorted(response.answers)): None})


def worsen_a_figure(pack: RulePack) -> Change:
    def change(rng: Random, row: Row) -> Row:
        declared = {name: pack.figures.get(name) or pack.measures[name] for name in sorted(row.figures)}
        directed = [name for name, thing in declared.items() if thing.worse_when in DIRECTION]
        if not directed:
            return row
        name = rng.choice(directed)
        sign, now = DIRECTION[declared[name].worse_when], row.figures[name]
        limit = row.figures.get(getattr(declared[name], "at_most", None) or "", float("inf"))
        worse = rng.choice([v for v in NUMBERS[name] if sign * v >= sign * now and v <= limit] or [now])
        return replace(row, figures=row.figures | {name: float(worse)})

    return change


def worsen_an_answer(pack: RulePack) -> Change:
    def change(rng: Random, response: Response) -> Response:
        question = rng.choice(pack.questions_read)
        given = response.answers[question]
        if given is None:
            return response
        best_first = from_worst_to_best(pack.questions[question], pack.questionnaire.scale)[::-1]
        return replace(response, answers=response.answers | {question: rng.choice(best_first[best_first.index(given) :])})

    return change


@pytest.mark.parametrize("name", QUARTERS)
@given(SEEDS)
@settings(max_examples=5)
def test_a_lost_figure_and_what_completes_it(name: str, seed: int) -> None:
    rng = Random(seed)
    evidence = random_counties(rng, name)
    check_lost(PACKS[name], scored(name, evidence), scored(name, one_in_each_county(rng, evidence, lose_a_figure, None)))


@pytest.mark.parametrize("name", QUARTERS)
@given(SEEDS)
@settings(max_examples=5)
def test_a_lost_answer_and_what_completes_it(name: str, seed: int) -> None:
    rng = Random(seed)
    evidence = random_counties(rng, name)
    check_lost(PACKS[name], scored(name, evidence), scored(name, one_in_each_county(rng, evidence, None, lose_an_answer)))


def check_lost(pack: RulePack, whole: Assessment, lost: Assessment) -> None:
    """With the value gone nothing rises that was proved, and nothing falls that could be; the whole lies between."""
    before, after = ranks(pack, whole), ranks(pack, lost)
    for team in before:
        level, could_be, low, high = before[team]
        level_lost, could_be_lost, low_lost, high_lost = after[team]
        assert level_lost <= level <= could_be <= could_be_lost
        assert low_lost <= low <= high <= high_lost


@pytest.mark.parametrize("name", QUARTERS)
@given(SEEDS)
@settings(max_examples=5)
def test_a_worse_figure_of_any_team_lowers_nothing(name: str, seed: int) -> None:
    rng = Random(seed)
    evidence = random_counties(rng, name)
    worse = one_in_each_county(rng, evidence, worsen_a_figure(PACKS[name]), None)
    check_not_lower(PACKS[name], scored(name, evidence), scored(name, worse))


@pytest.mark.parametrize("name", QUARTERS)
@given(SEEDS)
@settings(max_examples=5)
def test_a_worse_answer_of_any_team_lowers_nothing(name: str, seed: int) -> None:
    rng = Random(seed)
    evidence = random_counties(rng, name)
    worse = one_in_each_county(rng, evidence, None, worsen_an_answer(PACKS[name]))
    check_not_lower(PACKS[name], scored(name, evidence), scored(name, worse))


def check_not_lower(pack: RulePack, before: Assessment, after: Assessment) -> None:
    for team, held in ranks(pack, before).items():
        assert all(new >= old for old, new in zip(held, ranks(pack, after)[team], strict=True)), team


@pytest.mark.parametrize("name", QUARTERS)
@given(SEEDS)
@settings(max_examples=4)
def test_the_storm_holds_whatever_the_answers_say(name: str, seed: int) -> None:
    """Para 29: it strikes a team that normally works well, and needs nothing county-wide."""
    rng, pack, quarter = Random(seed), PACKS[name], QUARTERS[name]
    storm = {
        "established_posts": 10.0, "vacant_posts": 4.0, "case_holders_fte": 6.0, "complex_cases_in_crisis": 8.0,
        "referrals": 120.0, "usual_referrals": 60.0,
    }  # fmt: skip
    evidence = random_counties(rng, name)
    struck = [team.id for team in evidence.teams if team.id.startswith("A")]
    rows = [row if row.team not in struck else replace(row, figures=storm) for row in evidence.rows]
    good = [Response(f"S{team}", team, quarter, None, "collective", best_answers(rng, pack), Where("responses.csv", 2)) for team in struck]
    others = [response for response in evidence.responses if response.team not in struck]
    result = scored(name, replace(evidence, rows=tuple(rows), responses=(*others, *good)))
    assert {result.team(team).level for team in struck} == {"high"}


def best_answers(rng: Random, pack: RulePack) -> dict[str, str | None]:
    scale = pack.questionnaire.scale
    return {q.id: rng.choice(sorted(favourable_answers(q, scale)) or [None]) for q in pack.questionnaire.questions}


def test_no_evidence_is_insufficient_and_never_steady(kent: RulePack) -> None:
    teams = (Team("A", "A", "", "County"), Team("B", "B", "", "County"))
    only_b = Row("B", QUARTERS["kent-2009"], {"established_posts": 8.0}, {}, "workforce", Where("workforce.csv", 2))
    result = assess(kent, EvidenceSet(teams, (), (only_b,)))
    assert [team.level for team in result.teams] == ["insufficient evidence"] * 2
    assert [team.could_be for team in result.teams] == ["high"] * 2
    assert {"Vacancy rate", "Agency rate"} <= {missing.title for missing in result.team("A").missing}
