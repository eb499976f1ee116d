"""The page on scenario files: its examples are answered, it has every key, and mistakes are told by file and line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from springtide.cli.main import cli
from springtide.what_if.files import ChangeDoc, MoveDoc, ScenarioDoc, StepDoc

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "reference" / "scenarios.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml scenario\n(.*?)```", PAGE, re.S)


def ask(folder: Path, text: str) -> Result:
    file = folder / "scenario.yaml"
    file.write_text(text, encoding="utf-8")
    return CliRunner().invoke(cli, ["whatif", str(ROOT / "examples" / "kent-2009"), "--quarter", "2008/09 Q4", "--scenario", str(file)])


@pytest.mark.parametrize("example", EXAMPLES)
def test_every_example_is_answered(example: str, tmp_path: Path) -> None:
    result = ask(tmp_path, example)
    assert result.exit_code == 0, result.output


def test_the_page_has_every_key() -> None:
    keys = {field.alias or name for doc in (ScenarioDoc, StepDoc, ChangeDoc, MoveDoc) for name, field in doc.model_fields.items()}
    assert keys <= set(re.findall(r"`(\w+)`", PAGE))
    assert all(f"{key}:" in " ".join(EXAMPLES) for key in keys)


BEGIN = "name: a\nwhy: b\nsteps:\n"


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("  - changes:\n      - {team: T999, set: {referrals: +1}}\n", ":5:39: there is no team to change"),
        ("  - changes:\n      - {team: T046, set: {vacant_posts: -1}}\n", "in a file, write with: experienced"),
        ("  - changes:\n      - {team: T046, set: {referrals: +1}}\n      - {team: T002, set: {vacant_posts: +9}}\n", ":6:42: T002 has 10 posts"),
        ("  - changes:\n      - move: {who: experienced, number: 20, from: T013, to: T046}\n", ":5:15: T013 has"),
        ("  - quarter: 2009/10 Q2\n    changes: [{team: T046, set: {referrals: +1}}]\n  - quarter: 2009/10 Q1\n    changes: [{team: T046, set: {referrals: +1}}]\n", ":6:5: a step of 2009/10 Q1"),
    ],
)
def test_a_mistake_is_told_by_file_and_line(steps: str, says: str, tmp_path: Path) -> None:
    result = ask(tmp_path, BEGIN + steps)
    assert result.exit_code == 3
    assert "scenario.yaml:" in result.output and says in " ".join(result.output.split())
