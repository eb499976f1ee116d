"""The tutorial works as written: its files are written, then its commands run, in order."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]


def test_the_tutorial_step_by_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    outputs = []
    for kind, block in re.findall(r"```(yaml|console)\n(.*?)```", (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8"), re.S):
        if kind == "yaml":
            name = block.splitlines()[0].removeprefix("# ")
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(block, encoding="utf-8")
            continue
        for line in block.splitlines():
            result = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
            assert result.exit_code == 0, (line, result.output)
            outputs.append(result.output)
    assert any(re.search(r"(\d{3}) of \1 examples hold, in 49 rules", output) for output in outputs)
    assert any("9 of 9 properties are proved" in output for output in outputs)
    assert any("60 teams of 2008/09 Q4 would come to something else" in output for output in outputs)


def test_what_the_tutorial_says_of_mistakes_is_so(tmp_path: Path) -> None:
    head = "id: my-county\nversion: 1.0.0\ntitle: Mine\nabout: A test\nbuilds_on: kent-2009\n"
    (tmp_path / "pack.yaml").write_text(head)
    good = "vacancy_rate_present:\n  values:\n    - {from: always, value: 0.10, basis: judgement, source: Ours}\n"
    for change, expected in (
        (("rate_present", "rate_presnt"), "did you mean 'vacancy_rate_present'"),
        (("0.10", "10"), "10 per cent is written 0.1"),
        ((", source: Ours", ""), "has no 'source'"),
    ):
        (tmp_path / "thresholds.yaml").write_text(good.replace(*change))
        result = CliRunner().invoke(cli, ["rules", "check", str(tmp_path)])
        assert result.exit_code == 3
        assert expected in result.output, result.output
