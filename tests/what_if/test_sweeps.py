"""A range tells the level at every step, and exactly where it turns."""

from __future__ import annotations

from pathlib import Path
from random import Random

import numpy as np
import pytest

from springtide import read_evidence
from springtide.batch.cells import Board
from springtide.logic.model import RulePack
from springtide.what_if.before_after import what_if
from springtide.what_if.changes import EVERY_TEAM, Amount, Change, Scenario, Step, Target, parse_change, unit_of
from springtide.what_if.coupling import change_team
from springtide.what_if.problems import WhatIfError, WhoIsAsked
from springtide.what_if.sweeps import Line, Over, SweptTeam, _settings, grid, parse_over, sweep

from .counties import QUARTER, county

KENT_2009 = Path(__file__).resolve().parents[2] / "examples" / "kent-2009"
INPUTS = ("vacant_posts=0:6", "agency_fte=0:5", "cases_registered=60:300", "referrals=-60%:+60%", "usual_referrals=-50%:+50%", "supervision_sessions_held=-5:+2",
          "complex_cases_in_crisis=0:8", "fte_unavailable=0:4", "established_posts=-1:+3", "case_holders_fte=-2:+2", "in_post_fte=-2:+1", "cases_farmed_out=+0:+30")  # fmt: skip


def levels_at(board: Board, over: Over, values: list[float]) -> dict[str, list[tuple[str, str]]]:
    """Every team's level at single values, by way of settings of just these."""
    settings = {}
    array = np.array(values)
    for team in over.target.of(board.teams.values()):
        try:
            settings[team.id] = _settings(board, [Line(board, team.id, over, over.start, over.stop)], [array])
        except WhatIfError:
            continue
    outcomes = board.of_all(settings)
    return {team: [(board.levels[a], board.levels[b]) for a, b in zip(one.level, one.could_be, strict=True)] for team, one in outcomes.items()}


def net_of(kent: RulePack, over: Over, number: int) -> list[float]:
    """Values all along a range; of what comes whole, whole numbers alone."""
    net = np.linspace(over.start, over.stop, number)
    return [float(value) for value in (np.unique(np.round(net)) if is_whole(kent, over) else net)]


def is_whole(kent: RulePack, over: Over) -> bool:
    return over.kind != "share" and unit_of(over.what, kent).whole


def level_of(swept: SweptTeam, value: float) -> tuple[str, str]:
    """What the runs say at one value."""
    for run in swept.runs:
        if run.low < value < run.high or (value == run.low and run.holds_low) or (value == run.high and run.holds_high):
            return run.level, run.could_be
    raise AssertionError((value, swept.runs))


@pytest.mark.parametrize("text", INPUTS)
@pytest.mark.parametrize("seed", range(3))
def test_runs_are_what_a_fine_net_finds_and_nothing_turns_inside_one(kent: RulePack, text: str, seed: int) -> None:
    board = Board(kent, county(kent, f"S{seed}", 6), QUARTER)
    for target in (EVERY_TEAM, Target(district=f"S{seed} north")):
        over = parse_over(text, kent, target, "experienced" if text.startswith(("vacant", "in_post")) else "")
        found = sweep(board, over)
        net = net_of(kent, over, 1201)
        expected = levels_at(board, over, net)
        edges = {edge for swept in found.teams.values() for run in swept.runs for edge in (run.low, run.high)}
        for team, levels in expected.items():
            swept = found.teams[team]
            for value, level in zip(net, levels, strict=True):
                if is_whole(kent, over) or all(abs(value - edge) > 1e-6 for edge in edges):
                    assert level_of(swept, value) == level
            assert [(run.level, run.could_be) for run in swept.runs] != [] and swept.runs[0].low == over.start and swept.runs[-1].high == over.stop


@pytest.mark.parametrize("text", INPUTS)
def test_at_each_turn_one_step_either_side(kent: RulePack, text: str) -> None:
    """Just before a turn it is the one level, just after it the other, and on it the one that it is said to belong to."""
    turns = 0
    for seed in range(16):
        board = Board(kent, county(kent, f"E{seed}", 5), QUARTER)
        for team in board.teams:
            over = parse_over(text, kent, Target(team=team), "experienced" if text.startswith(("vacant", "in_post")) else "")
            try:
                swept = sweep(board, over).teams[team]
            except WhatIfError:
                continue
            for before, after in zip(swept.runs, swept.runs[1:], strict=False):
                assert before.high == after.low and before.holds_high != after.holds_low
                step = 1.0 if is_whole(kent, over) else 1e-6
                near = levels_at(board, over, [before.high - step, before.high, before.high + step])[team]
                turns += 1
                if before.high - before.low > 1e-5:
                    assert near[0] == (before.level, before.could_be)
                if after.high - after.low > 1e-5:
                    assert near[2] == (after.level, after.could_be)
    assert turns


SET_TOO = (*INPUTS, "highest_caseload=-30%:+30%:1", "highest_caseload=15:34", "complex_cases_in_crisis=-4:+4", "supervision_sessions_held=-40%:+10%:2", "cases_registered=-9%:+9%:0.7",
           "usual_referrals=30:60:2.5", "vacant_posts=-50%:+50%:10", "established_posts=4:14:0.5")  # fmt: skip


@pytest.mark.parametrize("text", SET_TOO)
def test_every_step_of_a_range_is_what_setting_it_comes_to(kent: RulePack, text: str) -> None:
    """The figures at every step are those of `--set` of that step, whole where they come whole; and so are the levels."""
    rng, compared = Random(text), 0
    for seed in range(6):
        evidence = county(kent, f"W{seed}", 4)
        board = Board(kent, evidence, QUARTER)
        for team in board.teams:
            over = parse_over(text, kent, Target(team=team), "experienced" if text.startswith(("vacant", "in_post")) else "")
            try:
                found_over = sweep(board, over)
                over, swept = found_over.over, found_over.teams[team]  # it ends where there is no more room
                line = Line(board, team, over, over.start, over.stop)
            except WhatIfError:
                continue
            settings, figures = _settings(board, [line], [over.values]), board.evidence[team].figures
            levers = {"higher": line.up, "lower": line.down}
            changes = []
            for value in over.values:
                more = {"to": float(value) - figures.get(over.what, float(value)), "by": float(value), "share": float(value)}[over.kind]
                lever = levers["higher" if more > 0 else "lower"] if more else None
                changes.append(Change(over.what, Amount(over.kind, float(value)), Target(team=team), lever.who if lever else ""))
            for place, change in enumerate(changes):
                try:
                    found = figures | change_team(kent, team, figures, [change], strict=False).figures
                except WhatIfError:
                    continue  # more than the whole that it is part of, which a range merely holds
                assert settings.figures_in(place) == pytest.approx(found, abs=1e-9)
                compared += 1
            place = rng.randrange(len(changes))
            try:
                after = what_if(kent, evidence, QUARTER, Scenario((Step((changes[place],)),)), engine="forward").last.after.team(team)
            except WhatIfError:
                continue
            assert (swept.levels[place], swept.could_be[place], swept.points[place]) == (after.level, after.could_be, after.score.points)
    assert compared > 20


def test_a_range_of_whole_cases_says_what_setting_them_says(kent: RulePack) -> None:
    """Of 25 cases, 18 % more are 29.5: setting them rounds to 30, which is High, and so does the range."""
    evidence = read_evidence(KENT_2009, kent)
    board = Board(kent, evidence, QUARTER)
    share = sweep(board, parse_over("highest_caseload=+0%:+20%:1", kent, Target(team="T002")))
    assert share.teams["T002"].levels[17:19] == ("increased", "high") and share.teams["T002"].runs[-1].low == pytest.approx(0.18)
    whole = sweep(board, parse_over("highest_caseload=25:32", kent, Target(team="T002"))).teams["T002"].runs
    assert [(run.low, run.high, run.holds_low) for run in whole] == [(25, 30, True), (30, 32, True)]
    for text in ("highest_caseload=+0:+4:0.5", "highest_caseload=24.5:30"):
        with pytest.raises(WhatIfError, match="comes whole"):
            parse_over(text, kent)
    with pytest.raises(WhatIfError, match="comes whole"):
        parse_change("highest_caseload=+0.5", kent)


def test_steps_and_runs_agree(kent: RulePack) -> None:
    board = Board(kent, county(kent, "steps", 6), QUARTER)
    over = parse_over("vacant_posts=0:5:0.25", kent, EVERY_TEAM, "newly_qualified")
    for swept in sweep(board, over).teams.values():
        for value, level, could_be in zip(over.values, swept.levels, swept.could_be, strict=True):
            assert level_of(swept, float(value)) == (level, could_be)


@pytest.mark.parametrize("seed", range(4))
def test_a_grid_is_its_rows(kent: RulePack, seed: int) -> None:
    rng = Random(seed)
    board = Board(kent, county(kent, f"G{seed}", 5, missing=0), QUARTER)
    down, across = parse_over("vacant_posts=+0:+4", kent), parse_over("cases_registered=+0:+30:3", kent)
    found = grid(board, down, across)
    both = {}
    for team in board.teams:
        rows, columns = np.repeat(down.values, across.values.size), np.tile(across.values, down.values.size)
        both[team] = _settings(board, [Line(board, team, down, 0, 4), Line(board, team, across, 0, 30)], [rows, columns])
    for _ in range(20):
        team, row, column = rng.choice(list(board.teams)), rng.randrange(down.values.size), rng.randrange(across.values.size)
        place = row * across.values.size + column
        evidence = {name: dict(one.figures_in(place)) for name, one in both.items()}
        alone = {name: type(one)(1, evidence[name]) for name, one in both.items()}
        assert found.level(team, row, column) == board.levels[board.of_all(alone)[team].level[0]]


@pytest.mark.parametrize("across", ["cases_registered=+0:+60", "referrals=-30%:+40%", "agency_fte=+0:+3", "usual_referrals=20:90", "fte_unavailable=+0:+3"])
def test_the_rows_of_a_grid_turn_where_a_fine_net_finds_it(kent: RulePack, across: str) -> None:
    for seed in range(3):
        board = Board(kent, county(kent, f"H{seed}", 4, missing=0), QUARTER)
        for team in board.teams:
            overs = parse_over("vacant_posts=+0:+3:0.5", kent, Target(team=team)), parse_over(across, kent, Target(team=team))
            found = grid(board, *overs)
            net = np.array(net_of(kent, overs[1], 601))
            lines = [Line(board, team, over, over.start, over.stop) for over in overs]
            for value, runs in zip(found.down.values, found.rows, strict=True):
                outcome, _, _ = board.of_one(team, _settings(board, lines, [np.full(net.size, value), net]))
                swept = SweptTeam(team, None, (), (), (), (), runs, (0, 0))
                for place, at in enumerate(net):
                    if is_whole(kent, overs[1]) or all(abs(at - edge) > 1e-6 for run in runs for edge in (run.low, run.high)):
                        assert level_of(swept, float(at)) == (board.levels[outcome.level[place]], board.levels[outcome.could_be[place]])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("vacant_posts", "no range"),
        ("vacant_posts=8:0", "goes nowhere"),
        ("vacant_posts=0:8:0", "goes nowhere"),
        ("vacant_post=0:8", "did you mean 'vacant_posts'"),
        ("q44=0:3", "is an answer"),
        ("vacancy_rate=0:2", "a number from 0 to 1"),
        ("responses=0:3", "counted from the responses"),
        ("referral_rise=0:1", "is worked out"),
        ("vacant_posts=0:1000000:0.1", "wider step"),
        ("referrals=10%:20%", "two ways"),
        ("vacant_posts=1.2.3:4", "no number"),
    ],
)
def test_what_is_no_range_is_said(kent: RulePack, text: str, says: str) -> None:
    with pytest.raises(WhatIfError, match=says):
        parse_over(text, kent)


def test_who_fills_posts_is_asked_only_where_posts_are_filled(kent: RulePack) -> None:
    board = Board(kent, county(kent, "who", 3, missing=0), QUARTER)
    team = next(team for team in board.teams if board.evidence[team].figures["vacant_posts"] >= 1)
    with pytest.raises(WhoIsAsked) as asked:
        sweep(board, parse_over("vacant_posts=0:5", kent, Target(team=team)))
    assert set(asked.value.choices) == {"experienced", "newly_qualified", "agency", "experienced_for_agency", "newly_qualified_for_agency"}
    assert sweep(board, parse_over("vacant_posts=+0:+3", kent, Target(team=team))).levers[0].id == "experienced_leaves"


def test_two_ranges_of_one_input_are_refused(kent: RulePack) -> None:
    board = Board(kent, county(kent, "twice", 3, missing=0), QUARTER)
    with pytest.raises(WhatIfError, match="two ranges"):
        grid(board, parse_over("vacant_posts=+0:+2", kent), parse_over("vacant_posts=+0:+3", kent))
