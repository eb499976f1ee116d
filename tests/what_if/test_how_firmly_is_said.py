"""What is said of how firmly a team is flagged claims no more than was tried."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import springtide
from springtide.batch.cells import Board
from springtide.batch.robustness import robustness
from springtide.cli.main import cli
from springtide.logic.model import RulePack
from springtide.reports.what_if.robustness import _many, _nothing

ROOT = Path(__file__).resolve().parents[2]
KENT = [str(ROOT / "examples" / "kent-2009"), "--quarter", "2008/09 Q4"]


def said(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0
    return " ".join(result.output.split())


@pytest.mark.parametrize("team", ["T005", "T020", "T046"])
def test_where_nothing_moves_it_no_combination_does(team: str) -> None:
    text = said("robustness", *KENT, team)
    assert "it takes two things at once" not in text and "because it can make a difference" not in text
    exact = json.loads(CliRunner().invoke(cli, ["robustness", *KENT, team, "--json"]).stdout)["teams"][0]["exact"]
    assert ("no combination of what was moved makes a difference to it: every setting was tried" if exact else "no combination that was drawn makes a difference") in text


def test_a_sample_claims_what_was_drawn(kent: RulePack) -> None:
    board = Board(kent, springtide.read_evidence(KENT[0], kent), springtide.parse_quarter(KENT[2]))
    (found,) = robustness(board, ["T005"])
    assert "that was drawn makes a difference to it: 20,000 of 6.4 million settings" in _nothing(replace(found, of=6.4e6, settings=20_000))
    assert [_many(number) for number in (999, 123_456, 6.4e6, 354_000_000, 2.5e9)] == ["999", "123,456", "6.4 million", "354 million", "2.5 thousand million"]


def test_a_bare_count_is_not_a_post(kent: RulePack) -> None:
    assert "one vacant post more leaves everybody in post" in said("robustness", *KENT, "T005")
    assert "robustness moves the bare count" in said("tipping", *KENT, "T005")


def test_what_is_for_want_of_data_is_told_apart(kent: RulePack) -> None:
    board = Board(kent, springtide.read_evidence(KENT[0], kent), springtide.parse_quarter(KENT[2]))
    told = 0
    for one in robustness(board):
        if any(held.kind in ("not known", "county") for held in one.turns_on):
            assert one.at_best is not None and one.at_worst is not None
            assert one.at_best - 0.02 <= one.share <= one.at_worst + 0.02
            told += board.verdicts[one.team].level == kent.levels.insufficient.id
        else:
            assert one.at_best is one.at_worst is None
    assert told
    missing = next(team for team, verdict in board.verdicts.items() if verdict.level == kent.levels.insufficient.id)
    assert "with what is missing at its best, 100% at its worst" in said("robustness", *KENT, missing)
