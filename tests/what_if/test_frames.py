"""What a notebook gets: quarters as text, frames with their columns even where they are empty, and choices that are named."""

from __future__ import annotations

from pathlib import Path

import pytest

import springtide
from springtide.evidence.records import EvidenceSet
from springtide.logic.model import RulePack

ROOT = Path(__file__).resolve().parents[2]
Q4 = "2008/09 Q4"


@pytest.fixture(scope="module")
def evidence(kent: RulePack) -> EvidenceSet:
    return springtide.read_evidence(ROOT / "examples" / "kent-2009", kent)


def test_every_question_takes_a_quarter_as_text(kent: RulePack, evidence: EvidenceSet) -> None:
    assert springtide.whatif(kent, evidence, "vacant_posts=+2", Q4, team="T002", engine="columnar").before.quarter == springtide.parse_quarter(Q4)
    assert springtide.assess(kent, evidence, Q4, engine="columnar").teams
    assert springtide.sweep(kent, evidence, "vacant_posts=+0:+1", Q4, team="T002")
    assert springtide.tipping(kent, evidence, Q4, team="T002") and springtide.robustness(kent, evidence, Q4, team="T002")
    assert springtide.clear(kent, evidence, "T049", Q4).ways and springtide.assumptions(kent, evidence, Q4)
    with pytest.raises(ValueError, match="is not a quarter"):
        springtide.tipping(kent, evidence, "spring")


def test_a_frame_without_rows_has_its_columns_and_says_why(kent: RulePack, evidence: EvidenceSet) -> None:
    frames = {team: springtide.frame(springtide.clear(kent, evidence, team, Q4)) for team in ("T005", "T046", "T049")}
    assert {team: held.attrs["outcome"] for team, held in frames.items()} == {"T005": "not flagged", "T046": "nothing clears it", "T049": "cleared"}
    assert len(frames["T005"]) == len(frames["T046"]) == 0 < len(frames["T049"])
    assert all(list(held.columns) == list(frames["T049"].columns) for held in frames.values())
    assert frames["T046"].attrs["still_met"] and frames["T046"].attrs["lowest"] == "high"
    nothing = springtide.whatif(kent, evidence, "vacant_posts=+0", Q4, team="T002", engine="columnar")
    assert list(springtide.frame(nothing, "changes").columns)[:3] == ["step", "team_id", "figure"]


def test_a_wrong_part_is_told_with_the_choices(kent: RulePack, evidence: EvidenceSet) -> None:
    answer = springtide.whatif(kent, evidence, "vacant_posts=+1", Q4, team="T002", engine="columnar")
    with pytest.raises(ValueError, match="there are teams, changes, county"):
        springtide.frame(answer, "figures")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="only a what-if has parts"):
        springtide.frame(springtide.clear(kent, evidence, "T049", Q4), "changes")


def test_settings_drawn_stand_beside_all_there_are(kent: RulePack, evidence: EvidenceSet) -> None:
    held = springtide.frame(springtide.robustness(kent, evidence, Q4, team="T013"))
    assert held.settings_tried[0] == 20_000 < held.settings[0] and not held.exact[0]
