"""The how-to works as written: its commands run in order, and what it shows and says is what comes out."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "quarter-after-quarter.md"
SHOWN = re.compile(r"```console\n([^`]*?)```\n\n<!-- output: [^|]*\| first (\d+) lines -->\n```text\n(.*?)```", re.S)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The output of every command of the page, by the command, run in the order of the page."""
    folder = tmp_path_factory.mktemp("how-to")
    (folder / "examples").symlink_to(ROOT / "examples")
    outputs = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "108")
        for block in re.findall(r"```console\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S):
            for line in block.splitlines():
                result = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
                assert result.exit_code == 0, (line, result.output)
                outputs[line] = result.output
    return outputs


def test_what_the_page_shows_is_what_comes_out(said: dict[str, str]) -> None:
    text = PAGE.read_text(encoding="utf-8")
    updated = text
    for command, lines, shown in SHOWN.findall(text):
        first = "\n".join(line.rstrip() for line in said[command.strip()].splitlines()[: int(lines)]) + "\n"
        updated = updated.replace(f"first {lines} lines -->\n```text\n{shown}```", f"first {lines} lines -->\n```text\n{first}```")
    if os.environ.get("SPRINGTIDE_UPDATE_SNAPSHOTS"):
        PAGE.write_text(updated, encoding="utf-8")
    assert updated == PAGE.read_text(encoding="utf-8")
    assert SHOWN.search(text)


def test_what_the_page_says_is_so(said: dict[str, str]) -> None:
    compared = said['springtide compare "2009/10 Q1" "2009/10 Q2" --store anyshire.sqlite']
    assert re.search(r"North Duty +Increased → High;", compared)
    assert "3 of 6 affected, 1 not known" in compared
    assert "says the same (version 1" in said['springtide record examples/ten-quarters --quarter "2010/11 Q2" --store anyshire.sqlite']
    assert "A break: T7 began, from T5 and T6" in said["springtide history T7 --store anyshire.sqlite"]
    assert "This team ended after 2009/10 Q3 and became T7" in said["springtide history T5 --store anyshire.sqlite"]
    assert "10 records of 10 quarters: every one is as it was filed" in said["springtide verify --store anyshire.sqlite"]
    assert "replays to the same result" in said['springtide replay "2009/10 Q3" --store anyshire.sqlite']
    assert "Nothing would change" in said["springtide rules diff kent-2009 kent-2009 --store anyshire.sqlite"]
    heads = {line.split("head ")[1][:16] for output in said.values() for line in output.splitlines()[-1:] if "head " in line}
    assert len(heads) == 1, "every report from the store has its head"
