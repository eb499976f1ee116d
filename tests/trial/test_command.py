"""`springtide rules try`, by hand: the answer first, in which shape, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from springtide.cli.main import cli

FEW = ("--counties", "12", "--size", "20")
EASY = """\
id: easy
builds_on: england-2009
title: An easy county
about: Whatever a pack flags is allowed, and nothing has to be found.
quarter: 2009/10 Q1
by_chance:
  flagged: {at_most: 1, basis: judgement, source: A test.}
  highest: {at_most: 1, basis: judgement, source: A test.}
pressed:
  storm: {title: A storm, rates: {vacancy: 0.3}, found: {at_least: 0}, others: {above_chance: 0.2}, basis: judgement, source: A test.}
  chronic_staffing: {title: Chronic, rates: {vacancy: 0.4}, found: {at_least: 0}, others: {above_chance: 0.2}, basis: judgement, source: A test.}
  load_and_thin_supervision: {title: Load, rates: {caseload: 20}, found: {at_least: 0}, others: {above_chance: 0.2}, basis: judgement, source: A test.}
  answers_say_so: {title: Answers, questionnaires_only: yes, found: {at_least: 0}, others: {above_chance: 0.2}, basis: judgement, source: A test.}
"""
NONE = "{at_most: 0, basis: judgement, source: A test.}"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["rules", "try", *arguments], catch_exceptions=False)


def county(folder: Path, text: str = EASY) -> str:
    (folder / "county.yaml").write_text(text, encoding="utf-8")
    return str(folder / "county.yaml")


def test_the_answer_comes_first(tmp_path: Path) -> None:
    result = run("kent-2009", "--like", county(tmp_path), *FEW)
    assert result.exit_code == 0, result.output
    first, second, *_ = result.stdout.splitlines()
    assert first.startswith("In an ordinary county kent-2009 flags ") and first.endswith(": within what is allowed (100 %, 100 %).")
    assert second.startswith("From questionnaires alone it flags ")
    for said in ("12 counties of 20 teams, seed 1", "An easy county (easy); scored for 2009/10 Q1 with kent-2009", "Share of posts vacant: 13 % [statistic]",
                 "A storm: share of posts vacant 30 % (usual 13 %) [judgement]", "Answered adversely, q47: 69 % [judgement]"):  # fmt: skip
        assert said in result.stdout.replace("\n", " "), said
    assert "Community Care" not in result.stdout


def test_more_than_is_allowed_ends_with_3_and_says_what(tmp_path: Path) -> None:
    strict = EASY.replace("flagged: {at_most: 1, basis: judgement, source: A test.}", f"flagged: {NONE}").replace("rates: {caseload: 20}, found: {at_least: 0}", "rates: {caseload: 1}, found: {at_least: 1}")
    result = run("kent-2009", "--like", county(tmp_path, strict), *FEW)
    assert result.exit_code == 3
    assert "more than is allowed (0 %, 100 %)." in result.stdout.splitlines()[0]
    assert "It finds too few of: load (" in result.stdout


def test_sources_are_shown_when_asked_for(tmp_path: Path) -> None:
    assert "Community Care, 15 April 2009" in run("kent-2009", "--like", county(tmp_path), "--sources", *FEW).stdout


def test_as_one_document(tmp_path: Path) -> None:
    result = run("kent-2009", "--like", county(tmp_path), "--seed", "5", "--json", *FEW)
    assert result.exit_code == 0
    found: dict[str, Any] = json.loads(result.stdout)
    assert set(found["pack"]) == {"id", "version", "hash"} and found["schema_version"]
    assert (found["counties"], found["size"], found["seed"], found["kept"], found["broken"], found["not_invented"]) == (12, 20, 5, True, [], [])
    assert [one["pressed"] for one in found["tried"]] == [None, "storm", "chronic_staffing", "load_and_thin_supervision", None, "answers_say_so"]
    assert set(found["tried"][0]["flagged"]) == {"share", "low", "high", "standard_error"} and found["tried"][0]["found"] is None
    assert found["like"]["rates"]["vacancy"] == {
        "title": "Share of posts vacant", "value": 0.13, "basis": "statistic",
        "source": "13.2 % of children's social work posts in England were vacant at 31 January 2009 (Community Care, 15 April 2009).",
    }  # fmt: skip
    assert found["like"]["answers"]["q36"]["as"] == "q8" and found["like"]["answers"]["q36"]["adverse"] is None


@pytest.mark.parametrize(("arguments", "code", "said"), [
    (("kent-2009", "--like", "england-2019"), 3, "there is no county file 'england-2019'; did you mean 'england-2009'"),
    (("kent-2009", "--size", "3"), 2, "4<=x<=500"),
    (("kent-2009", "--counties", "1"), 2, "2<=x<=5000"),
    (("kent-2008",), 3, "there is no rule pack 'kent-2008'"),
    (("england", "--quarter", "2008/09 Q4"), 3, "has no value of"),
])  # fmt: skip
def test_what_can_not_be_done(arguments: tuple[str, ...], code: int, said: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code and said in result.output


def test_a_mistake_in_a_county_file_has_its_place(tmp_path: Path) -> None:
    result = run("kent-2009", "--like", county(tmp_path, EASY.replace("vacancy: 0.3", "vacancy: 30")), "--json")
    assert result.exit_code == 3
    (error,) = json.loads(result.stdout)["errors"]
    assert (error["line"], error["message"]) == (10, "'vacancy' can't be 30")
    assert "1 problem in the file; nothing was worked out" in result.stderr


def test_what_is_not_invented_is_said(tmp_path: Path) -> None:
    pack = tmp_path / "ours"
    (pack / "risk").mkdir(parents=True)
    (pack / "pack.yaml").write_text("id: ours\nversion: 1.0.0\ntitle: Ours\nabout: A test.\nbuilds_on: kent-2009\n", encoding="utf-8")
    (pack / "risk" / "few_closures.yaml").write_text(
        "id: few_closures\ntitle: Few closures\ncites: [para 20]\nbecause: Few closures may mean that work piles up.\nlevel: watch\n"
        "when: {closures: {at_most: one_case}}\ntell_the_manager: Ask why (20). No action may be needed.\nexamples:\n"
        "  - {name: one, given: {closures: 1}, expect: met}\n",
        encoding="utf-8",
    )
    said = run(str(pack), "--like", county(tmp_path), *FEW).stdout
    assert "Not invented, and so not known of any team: closures. What the pack makes of them was not tried." in said


def test_a_pack_for_authorities_is_told_apart() -> None:
    assert "england scores authorities. What is invented are teams" in run("england", *FEW).stdout
