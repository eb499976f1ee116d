"""The commands that assure a pack, by hand: what they print, in which shape, and how they end."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
HEAD = "id: mine\nversion: 1.0.0\ntitle: Mine\nabout: A test of ours\nbuilds_on: kent-2009\n"
RULE = """id: few_cases
title: Few cases
cites: [para 20]
because: Few cases may mean that work is waiting elsewhere.
level: high
when: {caseload: {at_most: caseload_present}}
tell_the_manager: Ask where the work waits (20). No action may be needed.
examples:
  - {name: on the threshold, given: {caseload: at caseload_present}, expect: met}
  - {name: many cases, given: {caseload: 40}, expect: not met}
  - {name: not supplied, given: {}, expect: cannot tell}
"""


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


def document(*arguments: str, exit_code: int = 0) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code == exit_code, result.output
    found = json.loads(result.stdout)
    assert found["schema_version"]
    assert set(found["pack"]) == {"id", "version", "hash"}
    return found


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    (tmp_path / "pack.yaml").write_text(HEAD)
    (tmp_path / "risk").mkdir()
    (tmp_path / "risk" / "few_cases.yaml").write_text(RULE)
    return tmp_path


def test_a_pack_in_order() -> None:
    assert document("rules", "check", "kent-2009")["findings"] == []
    covered = document("rules", "coverage", "kent-2009")
    assert covered["shown"] == covered["to_show"] > 500
    mutants = document("rules", "mutate", "kent-2009")
    assert mutants["killed"] == mutants["could_be_killed"] > 600
    (proof,) = document("rules", "prove", "kent-2009")["proofs"]
    assert all(one["holds"] and one["cells"] > 0 for one in proof["properties"])
    assert {type(one["cells"]) for one in proof["properties"]} == {int}
    same = document("rules", "diff", "kent-2009", "kent-2009", "--prove")
    assert same["changes"] == [] and same["proof"]["equivalent"]


def test_a_pack_that_worse_evidence_flatters(mine: Path) -> None:
    (found,) = document("rules", "check", str(mine), exit_code=3)["findings"]
    assert (found["code"], found["of"]) == ("L206", "few_cases")
    assert [team["comes_to"] for team in found["teams"]] == ["met", "not met"]
    text = run("rules", "check", str(mine)).output
    assert "L206 few_cases: it holds less when 'Caseload for each full-time worker' gets worse" in text
    broken = [one for proof in document("rules", "prove", str(mine), exit_code=3)["proofs"] for one in proof["properties"] if not one["holds"]]
    assert "worse-never-lowers" in {one["id"] for one in broken}
    assert all(one["broken_by"] for one in broken)


def test_what_is_printed_can_be_pasted(mine: Path) -> None:
    """Examples in what is printed are YAML, and hold once they stand in the rule or in levels.yaml."""
    (mine / "risk" / "few_cases.yaml").write_text(RULE.replace("  - {name: not supplied, given: {}, expect: cannot tell}\n", ""))
    result = run("rules", "coverage", str(mine))
    assert result.exit_code == 3
    lines = [line for line in result.output.splitlines() if line.startswith("  ")]
    examples = yaml.safe_load("\n".join(lines))
    assert [set(one) for one in examples] == [{"name", "given", "expect"}]
    (mine / "risk" / "few_cases.yaml").write_text(RULE.replace("  - {name: not supplied, given: {}, expect: cannot tell}\n", "\n".join(lines) + "\n"))
    assert run("rules", "coverage", str(mine)).exit_code == 0
    assert run("rules", "test", str(mine)).exit_code == 0


def test_mutants_that_survive_fail_below_the_share_asked_for(mine: Path) -> None:
    (mine / "risk" / "few_cases.yaml").write_text(RULE.replace("given: {caseload: at caseload_present}", "given: {caseload: 2}"))
    assert run("rules", "mutate", str(mine)).exit_code == 0  # more than 95 of 100 are noticed
    result = run("rules", "mutate", str(mine), "--at-least", "100")
    assert result.exit_code == 3
    assert "no example notices when: caseload at most caseload_present moved by -0.001; this one would:" in result.output
    survivors = document("rules", "mutate", str(mine), "--at-least", "100", exit_code=3)["survivors"]
    assert all(one["example"] for one in survivors)


def test_a_silenced_finding_is_counted_and_kept_in_json(mine: Path) -> None:
    (mine / "silenced.yaml").write_text("L206 few_cases:\n  because: Our board wants to hear of teams with very few cases.\n")
    result = run("rules", "check", str(mine))
    assert result.exit_code == 0
    assert "no findings, and 1 silenced with a reason" in result.output
    (found,) = document("rules", "check", str(mine))["findings"]
    assert found["silenced_because"].startswith("Our board wants")
    assert run("rules", "prove", str(mine)).exit_code == 3  # a promise can't be silenced


@pytest.mark.parametrize(
    ("text", "says"),
    [("L206 few_cases:\n  because: no\n", "because"), ("few_cases:\n  because: It is meant so by our board.\n", "write the code of the finding"),
     ("L206 few_cases: {}\n", "say in a sentence why")],
)  # fmt: skip
def test_silence_needs_a_code_and_a_reason(mine: Path, text: str, says: str) -> None:
    (mine / "silenced.yaml").write_text(text)
    result = run("rules", "check", str(mine))
    assert result.exit_code == 3
    assert "silenced.yaml:" in result.output
    assert says in result.output


def test_a_difference_with_the_teams_that_it_moves(mine: Path) -> None:
    arguments = ("rules", "diff", "kent-2009", str(mine), "--evidence", str(ROOT / "examples" / "kent-2009"), "--quarter", "2008/09 Q4")
    text = run(*arguments)
    assert text.exit_code == 0
    assert "rule few_cases" in text.output
    found = document(*arguments)
    assert found["before"]["id"] == "kent-2009"
    assert [change["id"] for change in found["changes"]] == ["few_cases"]
    assert found["teams"] == 60
    risen = [one for one in found["moved"] if one["level"] != one["level_before"]]
    assert risen
    assert all(one["level"] == "high" for one in risen)
    assert all("few cases: not there → met" in one["because"] for one in risen)


def test_packs_that_differ_end_with_3_only_where_proof_was_asked_for(mine: Path) -> None:
    assert run("rules", "diff", "kent-2009", str(mine)).exit_code == 0
    result = run("rules", "diff", "kent-2009", str(mine), "--prove")
    assert result.exit_code == 3
    assert "The smallest team for which the level differs:" in result.output


@pytest.mark.parametrize("command", ["coverage", "mutate", "prove", "check", "test"])
def test_a_pack_that_does_not_load(command: str, tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text(HEAD.replace("kent-2009", "kent-2008"))
    result = run("rules", command, str(tmp_path))
    assert result.exit_code == 3
    assert "did you mean 'kent-2009'?" in result.output
