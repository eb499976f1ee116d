"""What several answers rest on is worked out in one place, so that no two of them can come to differ."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ENGINE = Path(__file__).resolve().parents[2] / "engine" / "springtide"


@pytest.mark.parametrize(
    ("reads", "only_in"),
    [
        (r"\.at_most\b", {"logic/levers.py"}),  # which part stays within which whole
        (r"> limit, Truth\.MET", {"batch/cells.py"}),  # how many teams are most of them
        (r"def _?\w*behind\(pack: RulePack, (name|formula)", {"batch/following.py"}),  # which figures stand behind a measure
    ],
)
def test_one_place_each(reads: str, only_in: set[str]) -> None:
    files = [ENGINE / "logic" / "levers.py", *sorted((ENGINE / "batch").glob("*.py")), *sorted((ENGINE / "what_if").glob("*.py"))]
    found = {f"{file.parent.name}/{file.name}" for file in files if re.search(reads, file.read_text(encoding="utf-8"), re.M)}
    assert found <= only_in
