"""Invented teams: figures that fit together, at the county's rates, and the columns that an engine would have made of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from springtide import assess, load_pack
from springtide.engines import columnar
from springtide.engines.columns import frame_of
from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic.facts import Team
from springtide.logic.model import RulePack
from springtide.trial.chance import Luck
from springtide.trial.county_files import County, read_county
from springtide.trial.inventing import Invented, Read, read_by_levels

PACK = load_pack("kent-2009")
COUNTY = read_county("england-2009")
COUNTIES, SIZE = 40, 60


def invented(county: County = COUNTY, pressed: str | None = None, seed: int = 3, counties: int = COUNTIES, size: int = SIZE) -> Invented:
    return Invented(county, county.pressed[pressed] if pressed else None, Luck(seed, range(1, counties + 1), size), range(1, counties + 1), size)


def read(pack: RulePack = PACK) -> Read:
    return read_by_levels(pack, invented(counties=1).figures)


@pytest.mark.parametrize("pressed", [None, *COUNTY.pressed])
def test_figures_fit_together(pressed: str | None) -> None:
    figures = invented(pressed=pressed).figures
    for name, values in figures.items():
        figure = PACK.figures[name]
        assert (values >= 0).all() and np.isfinite(values).all(), name
        if figure.at_most is not None:
            assert (values <= figures[figure.at_most]).all(), name
        if name != "case_holders_fte":
            assert (values == np.round(values)).all(), name
    assert (figures["established_posts"] == figures["vacant_posts"] + figures["in_post_fte"]).all()


def test_an_ordinary_county_has_its_rates() -> None:
    figures = {name: values.sum() for name, values in invented().figures.items()}
    posts, in_post = figures["established_posts"], figures["in_post_fte"]
    assert posts / (COUNTIES * SIZE) == pytest.approx(9.5, abs=0.1)
    assert figures["vacant_posts"] / posts == pytest.approx(0.13, abs=0.01)
    assert figures["agency_fte"] == pytest.approx(0.5 * figures["vacant_posts"] + 0.1 * COUNTIES * SIZE, rel=0.05)
    assert figures["leavers_12_months_fte"] / posts == pytest.approx(0.12, abs=0.01)
    assert figures["fte_unavailable"] / in_post == pytest.approx(0.05, abs=0.005)
    assert figures["cases_registered"] / figures["case_holders_fte"] == pytest.approx(16.5, abs=0.1)
    assert figures["highest_caseload"] / (COUNTIES * SIZE) == pytest.approx(23.5, abs=0.2)
    assert figures["complex_cases_in_crisis"] / figures["case_holders_fte"] == pytest.approx(0.15, abs=0.01)
    assert figures["cases_unallocated_over_7_days"] / posts == pytest.approx(0.05, abs=0.005)
    assert figures["child_protection_cases_unallocated"] == 0
    assert figures["referrals"] / figures["usual_referrals"] == pytest.approx(1, abs=0.01)
    assert figures["supervision_sessions_held"] / figures["supervision_sessions_due"] == pytest.approx(0.88, abs=0.005)
    assert figures["files_with_supervision_evidence"] / figures["files_audited"] == pytest.approx(0.70, abs=0.01)


def test_answers_are_as_often_adverse_as_it_says() -> None:
    frame = invented().frame(PACK, read(), "", figures=False)
    for question in read().questions:
        if question != "q36":
            share = frame[columnar.answer_column(question, "adverse")].mean()
            assert share == pytest.approx(COUNTY.answers_to(question).adverse, abs=0.03), question
    assert (frame[columnar.answer_column("q36", "adverse")] == frame[columnar.answer_column("q8", "adverse")]).all()


def test_answers_about_records_go_together_and_others_do_not() -> None:
    frame = invented().frame(PACK, read(), "", figures=False)
    adverse = {question: frame[columnar.answer_column(question, "adverse")] for question in read().questions}
    assert np.corrcoef(adverse["q8"], adverse["q9"])[0, 1] > 0.1
    assert abs(np.corrcoef(adverse["q44"], adverse["q47"])[0, 1]) < 0.06


def test_the_end_of_the_scale_is_on_the_side_of_the_question() -> None:
    county = replace(COUNTY, rates=COUNTY.rates | {"strongly": replace(COUNTY.rates["strongly"], value=1.0)})
    mild = replace(COUNTY, rates=COUNTY.rates | {"strongly": replace(COUNTY.rates["strongly"], value=0.0)})
    for question, adverse, favourable in (("q44", "always", "never"), ("q8", "never", "always")):
        assert set(invented(county).answers(PACK, question)) == {adverse, favourable}
    for question, adverse, favourable in (("q44", "usually", "sometimes"), ("q8", "sometimes", "usually")):
        assert set(invented(mild).answers(PACK, question)) == {adverse, favourable}


@pytest.mark.parametrize("size", [4, 24, 60])
def test_a_tenth_of_the_teams_of_each_county_are_worse(size: int) -> None:
    hit = invented(pressed="storm", size=size).hit.reshape(COUNTIES, size)
    assert (hit.sum(axis=1) == max(1, size // 10)).all()
    assert len({tuple(row) for row in hit.tolist()}) > 1
    assert not invented(size=size).hit.any()


def test_teams_that_are_not_worse_are_just_as_in_the_ordinary_county() -> None:
    ordinary, pressed = invented(), invented(pressed="storm")
    for name, values in ordinary.figures.items():
        assert (values == pressed.figures[name])[~pressed.hit].all(), name
    for name in ("vacant_posts", "complex_cases_in_crisis", "referrals"):
        assert (pressed.figures[name] >= ordinary.figures[name])[pressed.hit].all()
        assert pressed.figures[name][pressed.hit].sum() > 1.2 * ordinary.figures[name][pressed.hit].sum()


def test_kinds_of_team_come_in_turn() -> None:
    one = invented(counties=2, size=7)
    assert one.type_names == [*("duty", "long-term", "long-term", "long-term", "disabled children", "duty", "long-term")] * 2
    usual = one.figures["usual_referrals"] / one.figures["established_posts"]
    assert usual.tolist() == pytest.approx([9.5, 3.2, 3.2, 3.2, 3.2, 9.5, 3.2] * 2, abs=0.1)


def test_a_kind_of_team_may_have_caseloads_of_its_own() -> None:
    lighter = tuple(replace(kind, caseload=0.5) if kind.name == "duty" else kind for kind in COUNTY.team_types)
    usual, other = invented(), invented(replace(COUNTY, team_types=lighter))
    of_duty = np.array([name == "duty" for name in usual.type_names])
    assert (other.figures["cases_registered"] == usual.figures["cases_registered"])[~of_duty].all()
    assert other.figures["cases_registered"][of_duty].sum() == pytest.approx(usual.figures["cases_registered"][of_duty].sum() / 2, rel=0.01)


def test_what_the_levels_read_is_told_from_what_is_not_invented() -> None:
    found = read_by_levels(PACK, {"vacant_posts", "established_posts"})
    assert found.figures == ("vacant_posts", "established_posts")
    assert "complex_cases_in_crisis" in found.not_invented and "closures" not in found.not_invented  # a notice only
    assert read().not_invented == ()


@pytest.mark.parametrize("name", ["kent-2009", "england"])
def test_the_shipped_packs_read_nothing_that_is_not_invented(name: str) -> None:
    assert read(load_pack(name)).not_invented == ()


def as_evidence(pack: RulePack, county: County, one: Invented, figures: bool) -> EvidenceSet:
    """Invented teams as evidence that was read from files."""
    ids = [f"T{number:03}" for number in range(len(one.type_names))]
    teams = tuple(Team(team, team, "", "County", kind) for team, kind in zip(ids, one.type_names, strict=True))
    answers = {question: one.answers(pack, question) for question in pack.questions_read}
    responses = tuple(
        Response(f"R{team}", team, county.quarter, None, "collective", {question: answers[question][place] if question in answers else None for question in pack.questions})
        for place, team in enumerate(ids)
    )
    rows = tuple(
        Row(team, county.quarter, {name: float(values[place]) for name, values in one.figures.items() if pack.figures[name].table == table}, {}, table, Where(table, place + 2))
        for table in ("workforce", "audits")
        for place, team in enumerate(ids)
        if figures
    )
    return EvidenceSet(teams, responses, rows)


@pytest.mark.parametrize("figures", [True, False])
@pytest.mark.parametrize("pressed", [None, "storm", "answers_say_so"])
def test_levels_are_those_that_the_same_teams_get_from_files(pressed: str | None, figures: bool) -> None:
    one = invented(pressed=pressed, counties=1, size=40)
    assessment = assess(PACK, as_evidence(PACK, COUNTY, one, figures), COUNTY.quarter, engine="columnar")
    rated = columnar.rate(one.frame(PACK, read(), "", figures), PACK, PACK.values(COUNTY.quarter)).sort_values(columnar.TEAM)
    assert rated["level_rank"].tolist() == [PACK.levels.rank(team.level) for team in assessment.teams]
    assert rated["could_be_rank"].tolist() == [PACK.levels.rank(team.could_be) for team in assessment.teams]


def test_the_frame_has_the_columns_of_evidence() -> None:
    """So that a column that the engine reads under another name does not go missing here unseen."""
    one = invented(counties=1, size=10)
    evidence = as_evidence(PACK, COUNTY, one, figures=True)
    by_team = {team.id: evidence.of(PACK, team.id, COUNTY.quarter) for team in evidence.teams}
    made = frame_of(PACK, evidence, COUNTY.quarter, by_team, {})
    mine = one.frame(PACK, read(), "", figures=True)
    shared = [name for name in mine.columns if name not in (columnar.TEAM, columnar.COUNTY)]
    pd.testing.assert_frame_equal(made[shared].reset_index(drop=True), mine[shared], check_dtype=False)
