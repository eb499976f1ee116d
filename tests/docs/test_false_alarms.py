"""How often chance makes a peak: the figures in the page are those that the rule comes to."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from springtide.logic.model import RulePack

EXPLANATION = Path(__file__).resolve().parents[2] / "docs" / "explanation"
SCRIPT = runpy.run_path(str(EXPLANATION / "false_alarms.py"))


def test_the_page_has_the_figures_as_they_are(kent: RulePack) -> None:
    """Of the smallest team, for the larger ones take seconds; the others come from the same run of the script."""
    known, worked_out = (SCRIPT["chances"](kent, 20, quarters) for quarters in (0, 4))
    row = " | ".join(["| 20", *(f"{100 * chance[grade]:.1f} %" for grade in SCRIPT["GRADES"] for chance in (known, worked_out))])
    assert f"{row} |" in (EXPLANATION / "false-alarms.md").read_text(encoding="utf-8").splitlines()
    assert worked_out["present"] > known["present"] and worked_out["severe"] > known["severe"]


@pytest.mark.parametrize("mean", [20, 240])
def test_every_likely_number_is_counted(mean: float) -> None:
    assert sum(chance for _, chance in SCRIPT["poisson"](mean)) == pytest.approx(1)
