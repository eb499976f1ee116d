"""What users see, to the letter. After a wanted change: SPRINGTIDE_UPDATE_SNAPSHOTS=1 python3 tasks.py test tests/cli"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from springtide.cli.main import cli
from springtide.engines import forward_chaining

ROOT = Path(__file__).resolve().parents[2]
SNAPSHOTS = Path(__file__).parent / "snapshots"

COMMANDS = {
    "score-minimal": ["score", "examples/minimal"],
    "score-kent": ["score", "examples/kent-2009", "--quarter", "2008/09 Q4"],
    "findings-kent": ["findings", "examples/kent-2009", "--quarter", "2008/09 Q4"],
    "explain-minimal": ["explain", "T001", "--evidence", "examples/minimal"],
    "explain-why-not": ["explain", "T003", "--evidence", "examples/minimal", "--why-not", "high"],
    "rules-list": ["rules", "list"],
    "rules-show-rule": ["rules", "show", "R3"],
    "rules-show-alert": ["rules", "show", "alert_several_teams"],
    "rules-show-threshold": ["rules", "show", "vacancy_rate_present"],
    "rules-show-question": ["rules", "show", "q4"],
    "rules-show-paragraph": ["rules", "show", "para 29"],
    "rules-trace": ["rules", "trace"],
    "whatif-two-more": ["whatif", "examples/kent-2009", "T002", "--quarter", "2008/09 Q4", "--set", "vacant_posts=+2"],
    "whatif-scenario": ["whatif", "examples/kent-2009", "--quarter", "2008/09 Q4", "--scenario", "examples/kent-2009/scenarios/fill-three.yaml"],
    "whatif-district": ["whatif", "examples/kent-2009", "--quarter", "2008/09 Q4", "--district", "Dover", "--set", "vacant_posts=-1", "--with", "experienced"],
    "whatif-sweep": ["whatif", "examples/kent-2009", "T002", "--quarter", "2008/09 Q4", "--sweep", "vacant_posts=0:5", "--with", "experienced"],
    "whatif-sweep-all": ["whatif", "examples/kent-2009", "--quarter", "2008/09 Q4", "--sweep", "vacant_posts=-2:+3", "--with", "newly_qualified"],
    "whatif-grid": ["whatif", "examples/kent-2009", "T002", "--quarter", "2008/09 Q4", "--sweep", "vacant_posts=+0:+4", "--sweep", "cases_registered=+0:+40:10"],
    "tipping-kent": ["tipping", "examples/kent-2009", "--quarter", "2008/09 Q4"],
    "tipping-team": ["tipping", "examples/kent-2009", "T026", "--quarter", "2008/09 Q4"],
    "clear": ["clear", "T049"],
    "clear-none": ["clear", "T046"],
    "robustness-kent": ["robustness", "examples/kent-2009", "--quarter", "2008/09 Q4"],
    "robustness-team": ["robustness", "examples/kent-2009", "T049", "--quarter", "2008/09 Q4"],
    "assumptions-kent": ["assumptions", "examples/kent-2009", "--quarter", "2008/09 Q4"],
    "help": ["--help"],
}


@pytest.mark.parametrize("name", COMMANDS)
def test_output_is_as_last_agreed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    result = CliRunner().invoke(cli, COMMANDS[name], catch_exceptions=False)
    assert result.exit_code == 0
    text = steady(result.output)
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("SPRINGTIDE_UPDATE_SNAPSHOTS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def steady(text: str) -> str:
    """The text without what may differ between machines: hashes, engines had, spaces at line ends."""
    text = re.sub(r"\b[0-9a-f]{12}\b", "HASH", text)
    if forward_chaining.why_unavailable():
        text = re.sub(r"one engine only, columnar: .*?\n\s*\n", "two engines agree\n\n", text, flags=re.S)
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"
