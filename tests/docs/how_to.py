"""Pages whose commands are run in order, and which show what came out."""

from __future__ import annotations

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"```console\n([^`]*?)```\n\n<!-- output: [^|]*\| first (\d+) lines -->\n```text\n(.*?)```", re.S)


def run_in_order(page: Path, folder: Path) -> dict[str, str]:
    """The output of every command of a page, by the command, run in a folder with the examples in it."""
    (folder / "examples").symlink_to(ROOT / "examples")
    outputs = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "108")
        for block in re.findall(r"```console\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
            for line in block.replace("\\\n", " ").splitlines():
                result = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
                assert result.exit_code == 0, (line, result.output)
                outputs[line] = result.output
    return outputs


def check_shown(page: Path, said: dict[str, str]) -> None:
    """What a page shows is what comes out, to the letter. After a wanted change: SPRINGTIDE_UPDATE_SNAPSHOTS=1."""
    text = page.read_text(encoding="utf-8")
    updated = text
    for command, lines, shown in SHOWN.findall(text):
        output = said[command.replace("\\\n", " ").strip()]
        first = "\n".join(line.rstrip() for line in output.splitlines()[: int(lines)]) + "\n"
        updated = updated.replace(f"first {lines} lines -->\n```text\n{shown}```", f"first {lines} lines -->\n```text\n{first}```")
    if os.environ.get("SPRINGTIDE_UPDATE_SNAPSHOTS"):
        page.write_text(updated, encoding="utf-8")
    assert updated == page.read_text(encoding="utf-8"), f"{page.name} shows what no longer comes out (a hash of the rules counts); renew it with SPRINGTIDE_UPDATE_SNAPSHOTS=1"
    assert SHOWN.search(text)
