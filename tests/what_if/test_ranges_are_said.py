"""A range ends where there is no room for more of it, and says what turns where."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
from click.testing import CliRunner

import springtide
from springtide.batch.cells import Board
from springtide.cli.main import cli
from springtide.logic.model import RulePack
from springtide.logic.truth import Truth
from springtide.what_if.changes import Target
from springtide.what_if.sweeps import Line, _settings, parse_over, sweep

from .counties import QUARTER, county

ROOT = Path(__file__).resolve().parents[2]
KENT = ["whatif", str(ROOT / "examples" / "kent-2009"), "--quarter", "2008/09 Q4"]


def said(*arguments: str, code: int = 0) -> str:
    result = CliRunner().invoke(cli, [*KENT, *arguments])
    assert result.exit_code == code, result.output
    return result.output


def test_a_range_stops_where_there_is_no_room() -> None:
    arguments = ["T002", "--sweep", "vacant_posts=0:100", "--with", "experienced"]
    text = " ".join(said(*arguments).split())
    assert "0 posts to 100 posts was asked for; there is no room for more than 0 posts to 8 posts, so it stops there" in text
    document = json.loads(said(*arguments, "--json"))
    assert document["sweep"]["values"][-1] == 8 and document["sweep"]["asked"] == {"from": 0, "to": 100}
    assert "no room for any of that range of vacant_posts" in said("T002", "--sweep", "vacant_posts=50:100", "--with", "experienced", code=2)
    grid = " ".join(said("T002", "--sweep", "vacant_posts=+0:+40", "--sweep", "cases_registered=+0:+20").split())
    assert "Vacant posts: +0 to +40 was asked for" in grid
    assert "have no room for all of it" in said("--sweep", "vacant_posts=0:100", "--with", "experienced")


def test_a_turn_names_the_comparison_and_the_next_whole_unit() -> None:
    text = said("T002", "--sweep", "vacant_posts=0:5", "--with", "experienced")
    assert "at 1.687: Increased → High, so from 2 posts on (turnover over 12 months at least 15 %: met from there)" in text


def test_what_is_said_to_turn_does(kent: RulePack) -> None:
    """Each comparison that is named comes out as told just after the turn, and otherwise just before it; each turn has one."""
    named = 0
    for seed, text in product(range(6), ("cases_registered=+0:+80", "referrals=+0%:+60%", "agency_fte=+0:+4")):
        board = Board(kent, county(kent, f"turn{seed}", 5), QUARTER)
        for team in board.teams:
            try:
                found = sweep(board, parse_over(text, kent, Target(team=team)))
            except springtide.WhatIfError:
                continue
            line = Line(board, team, found.over, found.over.start, found.over.stop)
            for run, turns in zip(found.teams[team].runs[1:], found.teams[team].turns, strict=True):
                assert turns
                comes_whole = text.startswith("cases")  # so that just before a whole number it is that number
                near = _settings(board, [line], [np.array([run.low - (1 if comes_whole else 1e-6), run.low + 1e-6])])
                for leaf, truth in turns:
                    was, now = (Truth(int(one)) for one in np.asarray(board.truths_of(team, near, leaf)))
                    assert now is truth is not was
                    named += 1
    assert named


def test_a_grid_says_only_what_it_leaves_out() -> None:
    text = said("T002", "--sweep", "vacant_posts=+0:+4", "--sweep", "cases_registered=+0:+60")
    assert "Every second step across is shown" in text and "every  down" not in text
