"""Rates that were supplied as they are follow what they are made of, as far as that is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from springtide.batch.cells import Board
from springtide.batch.following import followed, moved
from springtide.evidence.records import EvidenceSet, Row
from springtide.logic.model import RulePack
from springtide.what_if.changes import Target, parse_change
from springtide.what_if.coupling import change_team
from springtide.what_if.sweeps import parse_over, sweep
from springtide.what_if.tipping import tipping

from .counties import QUARTER, county
from .test_sweeps import level_of, levels_at

# As the published census gives them: rates beside their parts, which were rounded, or of which one is left out.
TEAM = {"vacancy_rate": 0.132, "vacant_posts": 55.0, "established_posts": 253.1, "agency_rate": 0.089, "agency_fte": 35.5, "turnover_rate": 0.111, "leavers_12_months_fte": 40.2,
        "caseload": 16.9, "case_holders_fte": 221.0}  # fmt: skip


def test_a_rate_moves_as_its_formula_does(kent: RulePack) -> None:
    figures = change_team(kent, "T", TEAM, [parse_change("vacant_posts=+10", kent)], strict=True).figures
    assert figures["vacancy_rate"] == pytest.approx(0.132 + 10 / 253.1)


def test_a_part_that_was_not_supplied_is_what_the_rate_has_it(kent: RulePack) -> None:
    figures = change_team(kent, "T", TEAM, [parse_change("vacant_posts=+10", kent)], strict=True).figures
    assert figures["caseload"] == pytest.approx(16.9 * 221 / 211)
    in_post = 35.5 * (1 - 0.089) / 0.089
    assert figures["agency_rate"] == pytest.approx(35.5 / (35.5 + in_post - 10))
    assert figures["turnover_rate"] == pytest.approx(50.2 / (40.2 / 0.111 - 10))
    assert "in_post_fte" not in figures  # what a rate implies is no figure that was supplied


def test_what_is_set_itself_does_not_follow(kent: RulePack) -> None:
    changes = [parse_change("vacant_posts=+10", kent), parse_change("vacancy_rate=15%", kent, assumed=True)]
    assert change_team(kent, "T", TEAM, changes, strict=True).figures["vacancy_rate"] == 0.15
    assert change_team(kent, "T", TEAM, [parse_change("case_holders_fte=200", kent)], strict=True).figures["caseload"] == pytest.approx(16.9 * 221 / 200)


def test_where_too_little_is_known_it_stays_and_is_said(kent: RulePack) -> None:
    figures = {"vacancy_rate": 0.2, "vacant_posts": 3.0, "caseload": 17.0}
    assert [one.measure.id for one in followed(kent, figures)] == ["vacancy_rate"]  # the rate and the vacancies say how many posts there are
    found = change_team(kent, "T", figures, [parse_change("vacant_posts=+1", kent)], strict=True)
    assert found.figures["vacancy_rate"] == pytest.approx(4 / 15)
    assert any("caseload was supplied as it is" in note for note in found.notes)


def supplied(evidence: EvidenceSet, kent: RulePack, board: Board) -> EvidenceSet:
    """The same county with rates in place of some of their parts."""
    rows: list[Row] = []
    for row in evidence.rows:
        figures = dict(row.figures)
        for measure, part in (("caseload", "cases_registered"), ("vacancy_rate", "established_posts"), ("turnover_rate", ""), ("agency_rate", "agency_fte")):
            value = board.facts[row.team].value(measure)
            if row.table == "workforce" and value is not None and abs(value) < 1e9:
                figures[measure] = value
                figures.pop(part, None)
        rows.append(replace(row, figures=figures))
    return replace(evidence, rows=tuple(rows))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("text", ["vacant_posts=-1:+4", "case_holders_fte=-2:+3", "in_post_fte=-2:+1"])
def test_sweeps_turn_where_a_fine_net_finds_it(kent: RulePack, text: str, seed: int) -> None:
    evidence = county(kent, f"F{seed}", 5, missing=0)
    board = Board(kent, supplied(evidence, kent, Board(kent, evidence, QUARTER)), QUARTER)
    assert all(board.following(team) for team in board.teams)
    for team in board.teams:
        over = parse_over(text, kent, Target(team=team), "" if text.startswith("case") else "experienced")
        found = sweep(board, over)
        swept, over = found.teams[team], found.over
        net = [float(value) for value in np.linspace(over.start, over.stop, 801)]
        for value, level in zip(net, levels_at(board, over, net)[team], strict=True):
            if all(abs(value - edge) > 1e-6 for run in swept.runs for edge in (run.low, run.high)):
                assert level_of(swept, value) == level


def test_teams_with_rates_have_tipping_points_in_posts(kent: RulePack) -> None:
    for seed in range(60):
        evidence = county(kent, f"rates{seed}", 6, missing=0)
        board = Board(kent, supplied(evidence, kent, Board(kent, evidence, QUARTER)), QUARTER)
        if {"experienced_leaves", "experienced_joins"} & {tip.lever.id for one in tipping(board) for tip in (*one.up, *one.down)}:
            return
    raise AssertionError("no team of any county turns on a post")


def test_no_rate_passes_what_a_rate_can_be(kent: RulePack) -> None:
    figures = change_team(kent, "T", {"vacancy_rate": 0.4, "vacant_posts": 2.0, "turnover_rate": 0.4, "leavers_12_months_fte": 2.0}, [parse_change("vacant_posts=+9", kent)], strict=True).figures
    assert figures["vacancy_rate"] == 1
    assert figures["turnover_rate"] == 3


def test_what_nobody_is_left_to_share_has_no_limit(kent: RulePack) -> None:
    """A caseload that was supplied, of a team whose one worker leaves: no number is invented for it."""
    figures = {"vacant_posts": 2.0, "case_holders_fte": 1.0, "caseload": 16.0}
    after = moved(kent, figures, [(kent.levers["experienced_leaves"], 1.0)], followed(kent, figures))
    assert after["caseload"] == float("inf")
