"""Odd but legal evidence scores without a fault, in text and in JSON, by both engines."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli

Q = "2008/09 Q4"
TEAM = "team_id,team_name,county,transfers_to\n"
FIGURES = "team_id,quarter,established_posts,vacant_posts,cases_worked,case_holders_fte,referrals,usual_referrals\n"
CASES = {
    "one team": {"teams": TEAM + "A,Alpha,Kent,\n", "workforce": FIGURES + f"A,{Q},8,2,100,5,40,30\n"},
    "answers only": {"teams": TEAM + "A,Alpha,Kent,\n", "responses": f"response_id,team_id,quarter,q47\nR1,A,{Q},always\n"},
    "an audit only": {"teams": TEAM + "A,Alpha,Kent,\n", "audits": f"team_id,quarter,files_audited\nA,{Q},6\n"},
    "no posts, no case holders, no usual referrals": {
        "teams": TEAM + "A,Alpha,Kent,\n",
        "workforce": FIGURES + f"A,{Q},0,0,40,0,12,0\n",
    },
    "nothing of anything": {"teams": TEAM + "A,Alpha,Kent,\n", "workforce": FIGURES + f"A,{Q},0,0,0,0,0,0\n"},
    "two counties, one of a single team": {
        "teams": TEAM + "A,Alpha,East,C\nB,Beta,East,\nC,Gamma,West,\n",
        "workforce": FIGURES + f"A,{Q},8,2,100,5,40,30\nC,{Q},8,4,100,4,40,30\n",
    },
    "names like markup, and very long": {
        "teams": TEAM + f"A,[bold red]Alpha[/] :smile:,Kent,\nB,{'Long ' * 60},Kent,\n",
        "workforce": FIGURES + f"A,{Q},8,2,100,5,40,30\n",
    },
    "a quarter apart from the other": {
        "teams": TEAM + "A,Alpha,Kent,\n",
        "workforce": FIGURES + f"A,{Q},8,2,100,5,40,30\nA,2010/11 Q1,8,2,100,5,40,30\n",
    },
    "history before the pack's time": {
        "teams": TEAM + "A,Alpha,Kent,\n",
        "workforce": FIGURES.replace("\n", "") + f"\nA,{Q},8,2,100,5,40,30\nA,2007/08 Q4,8,2,100,5,40,30\n",
    },
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_scores_and_explains(name: str, tmp_path: Path) -> None:
    for table, text in CASES[name].items():
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    folder = str(tmp_path)
    for arguments in (["score", folder], ["explain", "A", "--evidence", folder], ["explain", "A", "--evidence", folder, "--why-not", "high"],
                      ["explain", "A", "--evidence", folder, "--full"], ["findings", folder]):  # fmt: skip
        result = CliRunner().invoke(cli, [*arguments, "--quarter", Q], catch_exceptions=False)
        assert result.exit_code == 0, result.output
        assert "nan" not in result.stdout.lower().split()
        as_json = CliRunner().invoke(cli, [*arguments, "--quarter", Q, "--json"], catch_exceptions=False)
        json.loads(as_json.stdout, parse_constant=lambda word: pytest.fail(f"{word} in the JSON"))


def test_names_are_printed_as_they_are(tmp_path: Path) -> None:
    for table, text in CASES["names like markup, and very long"].items():
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    text = CliRunner().invoke(cli, ["explain", "A", "--evidence", str(tmp_path)], catch_exceptions=False).stdout
    assert "[bold red]Alpha[/] :smile:" in text


def test_cases_that_nobody_holds_are_a_severe_load(tmp_path: Path) -> None:
    for table, text in CASES["no posts, no case holders, no usual referrals"].items():
        (tmp_path / f"{table}.csv").write_text(text, encoding="utf-8")
    found = json.loads(CliRunner().invoke(cli, ["score", str(tmp_path), "--json"], catch_exceptions=False).stdout)
    assert found["teams"][0]["pressures"]["load"]["state"] == "severe"
