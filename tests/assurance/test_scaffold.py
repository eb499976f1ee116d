"""A new pack and a new rule load at once, are covered by their examples, and say what is still to be written."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from springtide import load_pack
from springtide.assurance.coverage import coverage
from springtide.assurance.lint import check
from springtide.assurance.mutants import mutate
from springtide.assurance.scaffold import KINDS
from springtide.cli.main import cli
from springtide.rulepack.examples import run_examples

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments), catch_exceptions=False)


@pytest.fixture
def mine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert run("rules", "new", "pack", "my-county").exit_code == 0
    return tmp_path / "my-county"


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "pack"])
@pytest.mark.parametrize("measure", ["caseload", "vacancy_rate", "crisis_per_worker"])
def test_every_kind_of_rule(mine: Path, kind: str, measure: str) -> None:
    assert run("rules", "new", kind, "mine", "--pack", "my-county", "--measure", measure).exit_code == 0
    pack = load_pack(mine)
    assert all(outcome.passed for outcome in run_examples(pack))
    assert not coverage(pack).uncovered
    found = {finding.code for finding in check(pack) if finding.of == "mine"}
    assert "L405" in found  # its words are still to be written
    assert not found - {"L405", "L105", "L201"}  # a copy of what is there already may say the same
    of_mine = [one for one in mutate(pack) if one.mutant.of == "mine"]
    assert of_mine
    assert all(one.fate != "survived" for one in of_mine)


@pytest.mark.parametrize("measure", ["supervision_held_share", "audit_supervision_share"])
def test_a_measure_that_is_worse_when_lower(mine: Path, measure: str) -> None:
    assert run("rules", "new", "notice", "mine", "--pack", "my-county", "--measure", measure).exit_code == 0
    pack = load_pack(mine)
    assert all(outcome.passed for outcome in run_examples(pack))
    assert {finding.code for finding in check(pack)} == {"L405"}


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["notice", "R3"], "'R3' is the name of another thing"),
        (["notice", "two words"], "use letters, digits and underscores"),
        (["notice", "mine", "--measure", "vacancy_rat"], "did you mean 'vacancy_rate'?"),
        (["notice", "mine", "--cites", "24"], "is no paragraph of the report"),
        (["risk", "mine", "--level", "awful"], "there is no level 'awful'"),
        (["team-pressure", "mine", "--measure", "supervision_held_share"], "needs two thresholds"),
        (["pack", "My County"], "use small letters, digits and hyphens"),
        (["pack", "my-county"], "is there already"),
    ],
)
def test_what_can_not_be_made(mine: Path, arguments: list[str], says: str) -> None:
    where = [] if arguments[0] == "pack" else ["--pack", "my-county"]
    result = run("rules", "new", *arguments, *where)
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


def test_nothing_is_overwritten(mine: Path) -> None:
    assert run("rules", "new", "notice", "mine", "--pack", "my-county").exit_code == 0
    path = mine / "notices" / "mine.yaml"
    path.write_text(path.read_text().replace("Write here why it matters, in a sentence.", "It matters much."))
    assert run("rules", "new", "notice", "mine", "--pack", "my-county").exit_code == 2
    assert "It matters much." in path.read_text()


def test_the_hooks_run_as_pre_commit_runs_them(mine: Path) -> None:
    """Each entry of .pre-commit-hooks.yaml with the pack as its argument, on a pack in order and on one that is not."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in hooks] == ["springtide-check", "springtide-test", "springtide-coverage", "springtide-prove"]
    head = (mine / "pack.yaml").read_text().replace("Write here", "These are words about")
    (mine / "pack.yaml").write_text(head)
    for hook in hooks:
        command = hook["entry"].split()
        assert command[0] == "springtide"
        assert hook["pass_filenames"] is False
        assert run(*command[1:], "my-county").exit_code == 0
    (mine / "thresholds.yaml").write_text("caseload_severe:\n  values:\n    - {from: always, value: 17, basis: judgement, source: Too low}\n")
    assert run(*hooks[0]["entry"].split()[1:], "my-county").exit_code == 3
