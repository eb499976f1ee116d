"""The ten-minute walk as its user takes it: a clone, real processes, one after another, in the tutorial's own words."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.skipif(shutil.which("git") is None or not (ROOT / ".git").exists(), reason="no git, or no repository to clone")
def test_from_a_clone_to_the_teams_that_would_move(tmp_path: Path) -> None:
    clone = tmp_path / "springtide"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True, capture_output=True)
    environment = {**os.environ, "PYTHONPATH": str(clone / "engine"), "NO_COLOR": "1", "COLUMNS": "120"}
    said: list[tuple[str, str]] = []
    text = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
    for kind, block in re.findall(r"```(yaml|console)\n(.*?)```", text, re.S):
        if kind == "yaml":
            file = clone / block.splitlines()[0].removeprefix("# ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block, encoding="utf-8")
            continue
        for line in block.splitlines():
            command = [sys.executable, "-m", "springtide", *shlex.split(line)[1:]]
            result = subprocess.run(command, cwd=clone, env=environment, capture_output=True, text=True, encoding="utf-8")
            assert result.returncode == 0, (line, result.stdout, result.stderr)
            said.append((line, result.stdout))
    order = [line.split()[2] for line, _ in said if line.startswith("springtide rules")]
    steps = ["new", "check", "test", "new", "check", "test", "coverage", "mutate", "prove", "diff"]
    assert [step for step in order if step in set(steps)] == steps, "the walk leaves out a step"
    moved = next(output for line, output in said if line.startswith("springtide rules diff"))
    assert re.search(r"\d+ of 60 teams of 2008/09 Q4 would come to something else", moved)
    assert "crises_and_agency" in moved
