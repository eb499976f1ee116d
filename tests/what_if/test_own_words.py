"""Answers call what is scored by the pack's own word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
TEAMS = "team_id,team_name,district,county\nA1,Northshire,North,North\nA2,Southshire,North,North\n"
FIGURES = "team_id,quarter,established_posts,vacant_posts,in_post_fte,agency_fte,case_holders_fte,caseload\nA1,2024/25 Q2,100,10,90,5,80,16\nA2,2024/25 Q2,100,12,88,9,1,17\n"


@pytest.fixture
def england(tmp_path: Path) -> list[str]:
    (tmp_path / "teams.csv").write_text(TEAMS, encoding="utf-8")
    (tmp_path / "workforce.csv").write_text(FIGURES, encoding="utf-8")
    return [str(tmp_path), "--rules", "england"]


def said(command: str, england: list[str], *more: str) -> str:
    result = CliRunner().invoke(cli, [command, *england, *more])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(
    ("command", "more", "says"),
    [
        ("whatif", ["--set", "vacant_posts=+1"], "Vacant posts +1 in every authority"),
        ("whatif", ["--sweep", "vacant_posts=+0:+2"], "2 authorities change together"),
        ("whatif", ["A1", "--sweep", "vacant_posts=+0:+2"], "authority A1"),
        ("tipping", [], "which authority would go next"),
        ("robustness", [], "how firmly each authority is flagged"),
    ],
)
def test_the_pack_s_word_for_team(england: list[str], command: str, more: list[str], says: str) -> None:
    text = said(command, england, *more)
    assert says in " ".join(text.split()) and "authoritys" not in text and "e+0" not in text


def test_what_nobody_is_left_to_share_is_said_and_told_to_programs(england: list[str]) -> None:
    asked = ["A2", "--set", "vacant_posts=+1"]
    text = said("whatif", england, *asked)
    assert "no limit (nobody to share it)" in text and "1e+06" not in text
    (change,) = json.loads(said("whatif", england, *asked, "--json"))["steps"][0]["changes"]
    assert {one["name"]: one["after"] for one in change["figures"]}["caseload"] == "no limit"
