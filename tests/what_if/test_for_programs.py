"""What programs are told: errors as documents, numbers without dust, and costs that a file names beside those of the rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
KENT = [str(ROOT / "examples" / "kent-2009"), "--quarter", "2008/09 Q4"]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["whatif", *KENT, "T002", "--set", "vacant_posts=99"], 2),
        (["whatif", *KENT, "T999", "--set", "vacant_posts=1"], 2),
        (["whatif", *KENT, "T002", "--st", "vacant_posts=1"], 2),
        (["tipping", KENT[0]], 2),
        (["clear", "T046", "--only", "magic"], 2),
        (["robustness", *KENT, "--rules", "nosuch"], 3),
    ],
)
def test_an_error_is_a_document_too(arguments: list[str], code: int) -> None:
    result = run(*arguments, "--json")
    assert result.exit_code == code and result.stderr
    document = json.loads(result.stdout)
    assert document["what_if"] is True and document["schema_version"] and document["errors"][0]["message"]


def test_numbers_have_no_dust() -> None:
    document = json.loads(run("whatif", *KENT, "T002", "--set", "vacant_posts=+2", "--json").stdout)
    after = {one["name"]: one["after"] for one in document["steps"][0]["changes"][0]["figures"]}
    assert str(after["case_holders_fte"]) == "7.2"


def test_costs_that_a_file_does_not_name_are_those_of_the_rules(tmp_path: Path) -> None:
    costs = tmp_path / "costs.yaml"
    costs.write_text("experienced_joins: 6\n", encoding="utf-8")
    arguments = ["clear", "T049", "--evidence", *KENT, "--costs", str(costs), "--json"]
    document = json.loads(run(*arguments).stdout)
    prices = document["costs"]["levers"]
    assert prices["experienced_joins"] == 6 and prices["case_worked_elsewhere"] == 1 and len(document["tried"]) > 3
    assert [one["cost"] for one in document["ways"]][:2] == [6, 7]
    only = json.loads(run(*arguments, "--only", "experienced_joins").stdout)
    assert [one["lever"] for one in only["tried"]] == ["experienced_joins"]
    assert "what it does not name costs what the rules say" in " ".join(run("clear", "--help").output.split())


@pytest.mark.parametrize("only", ["", " , "])
def test_nothing_that_may_change_is_no_question(only: str) -> None:
    result = run("clear", "T046", "--only", only)
    assert result.exit_code == 2 and "--only names nothing" in result.output
