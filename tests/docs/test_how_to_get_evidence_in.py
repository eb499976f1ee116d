"""The how-to works as written: its commands run in order, and where it waits for a person, a person's edit is made."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "get-evidence-in.md"


def test_the_how_to_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    text = PAGE.read_text(encoding="utf-8")
    said = []
    for waits, confirm, block in re.findall(r"(<!-- waits for you -->\n)?(?:<!-- confirm (\S+) -->\n)?```console\n(.*?)```", text, re.S):
        if confirm:
            mapping = tmp_path / confirm
            mapping.write_text(mapping.read_text(encoding="utf-8").replace("confirmed: no", "confirmed: yes"), encoding="utf-8")
        for line in block.splitlines():
            result = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
            assert result.exit_code == (3 if waits else 0), (line, result.output)
            said.append(result.output)
            if waits:
                assert result.stderr in text
    assert any("Read 60 teams, 121 responses, 55 workforce rows, 52 audit rows from 60 workbooks" in output for output in said)


def test_returns_as_they_come_give_the_result_of_the_minimal_example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    test_the_how_to_step_by_step(tmp_path, monkeypatch)
    results = []
    for evidence in (tmp_path / "q4", ROOT / "examples" / "minimal"):
        document = json.loads(CliRunner().invoke(cli, ["score", str(evidence), "--json"]).output)
        results.append([(team["team_id"], team["level"], team["could_be"], team["score"], team["notices"]) for team in document["teams"]])
    assert results[0] == results[1]


def test_the_errors_shown_are_the_errors_given() -> None:
    """The two lines stand in the tests of the command, with the same words."""
    given = (ROOT / "tests" / "cli" / "test_workbook_commands.py").read_text(encoding="utf-8")
    for cells in ("D10, D11, D12 and 2 more: -1 is negative; write a number, 0 or more", "E9: 'two' is not a number"):
        assert cells in PAGE.read_text(encoding="utf-8") and cells in given
