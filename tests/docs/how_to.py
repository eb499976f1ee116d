"""Pages whose commands are run in order, and which show what came out."""

from __future__ import annotations

import os
import re
import shlex
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.alerts.people.working_days import LONDON
from springtide.cli import alerts, filing
from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
SHOWN = re.compile(r"```console\n([^`]*?)```\n\n<!-- output: [^|]*\| first (\d+) lines -->\n```text\n(.*?)```", re.S)


def run_in_order(page: Path, folder: Path) -> dict[str, str]:
    """The output of every command of a page, by the command; of one that stands there again, the last."""
    return dict(run_each(page, folder))


def run_each(page: Path, folder: Path) -> list[tuple[str, str]]:
    """Every command of a page with its output, run in a folder with the examples in it.

    A mark `<!-- clock: 2010-01-19 10:00 -->` sets the time in England at which the commands after it run.
    """
    (folder / "examples").symlink_to(ROOT / "examples")
    outputs = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "108")
        for clock, block in re.findall(r"<!-- clock: (.*?) -->|```console\n(.*?)```", page.read_text(encoding="utf-8"), re.S):
            if clock:
                stop_the_clock(patch, datetime.fromisoformat(clock).replace(tzinfo=LONDON))
            for line in block.replace("\\\n", " ").splitlines():
                result = CliRunner().invoke(cli, shlex.split(line)[1:], catch_exceptions=False)
                assert result.exit_code == 0, (line, result.output)
                outputs.append((line, result.output))
    return outputs


def stop_the_clock(patch: pytest.MonkeyPatch, at: datetime) -> None:
    """For commands it is that time until told otherwise."""

    class StoppedTime(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return at.astimezone(UTC)

    class StoppedDay(date):
        @classmethod
        def today(cls) -> date:  # type: ignore[override]
            return at.date()

    patch.setattr(alerts, "datetime", StoppedTime)
    patch.setattr(alerts, "date", StoppedDay)
    patch.setattr(filing, "datetime", StoppedTime)


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
