"""The conformance suite is current, and a second implementation, written from its description, comes to the same."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import reference_runner
from build_cases import CASES, Case, cases

from springtide import load_pack, parse_quarter, read_evidence
from springtide.conformance import case_files, write_case
from springtide.engines import forward_chaining

ALL = list(cases())
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)
def test_the_files_are_current(case: Case) -> None:
    """After a wanted change: python tests/conformance/build_cases.py"""
    for name, text in case_files(case.about, case.pack, case.evidence, case.quarter).items():
        assert (CASES / case.name / name).read_text(encoding="utf-8") == text, f"{case.name}/{name}"


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_a_second_implementation_comes_to_the_same(folder: Path) -> None:
    pack, evidence, expected = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("pack", "evidence", "expected"))
    found = reference_runner.run(pack, evidence)
    assert found["teams"] == expected["teams"]
    assert found["county"] == sorted(expected["county"], key=lambda one: (one["area"], one["pressure"]))


def test_every_case_has_its_folder_and_every_folder_its_case() -> None:
    assert {case.name for case in ALL} == {folder.name for folder in CASES.iterdir()}


def test_the_whole_language_occurs() -> None:
    text = "".join((folder / "pack.json").read_text(encoding="utf-8") for folder in CASES.iterdir())
    for word in (
        "all", "any", "not", "of", "at_least", "more_than", "at_most", "less_than", "answer", "pressure", "county_pressure", "supervision", "rule",
        "level", "last_level", "receiving_team", "sqrt", "last_quarter", "+", "-", "*", "/", "always", "answers", "knife_edge",
    ):  # fmt: skip
        assert f'"{word}": ' in text, word
    levels = {team["level"] for folder in CASES.iterdir() for team in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["teams"].values()}
    assert levels == {"steady", "watch", "increased", "elevated", "high", "insufficient evidence"}


def test_every_comparison_is_met_not_met_and_unknown() -> None:
    seen = set()
    folder = CASES / "every-comparison"
    pack, result = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("pack", "expected"))
    for name, notice in pack["notices"].items():
        (word,) = set(notice["when"]) & {"at_least", "more_than", "at_most", "less_than"}
        seen |= {(word, team["notices"][name]) for team in result["teams"].values()}
    assert len(seen) == 12


def test_every_band_and_knife_edge_occurs() -> None:
    teams = [team for folder in CASES.iterdir() for team in json.loads((folder / "expected.json").read_text(encoding="utf-8"))["teams"].values()]
    assert {team["confidence"]["band"] for team in teams} == {"high", "medium", "low"}
    reasons = {reason for team in teams for reason in team["confidence"]["reasons"]}
    assert {"knife_edge_post", "knife_edge_threshold", "split_answers", "scrutiny_peak"} <= reasons


def test_last_quarters_level_is_the_level_of_last_quarter() -> None:
    earlier = json.loads((CASES / "example-kent-q3" / "expected.json").read_text(encoding="utf-8"))["teams"]
    later = json.loads((CASES / "example-kent-q4" / "evidence.json").read_text(encoding="utf-8"))["teams"]
    assert {team["id"]: team["last_level"] for team in later} == {name: team["level"] for name, team in earlier.items()}


def test_the_suite_stays_small() -> None:
    assert sum(path.stat().st_size for path in CASES.rglob("*") if path.is_file()) < 1_500_000


def test_the_runner_needs_nothing_of_springtide() -> None:
    assert "springtide" not in (Path(reference_runner.__file__).read_text(encoding="utf-8")).split('"""', 2)[2]


def test_a_case_of_ones_own(tmp_path: Path) -> None:
    """As docs/reference/conformance.md shows it."""
    pack = load_pack("kent-2009")
    evidence = read_evidence(ROOT / "examples" / "minimal", pack)
    write_case(tmp_path / "mine", "Three teams of ours.", pack, evidence, parse_quarter("2008/09 Q4"))
    assert sorted(path.name for path in (tmp_path / "mine").iterdir()) == ["about.txt", "evidence.json", "expected.json", "pack.json"]
    assert reference_runner.main([str(tmp_path / "mine")]) == 0


def test_the_runner_notices_a_wrong_expectation(tmp_path: Path) -> None:
    case = ALL[0]
    write_case(tmp_path / "wrong", case.about, case.pack, case.evidence, case.quarter)
    path = tmp_path / "wrong" / "expected.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"elevated"', '"increased"'), encoding="utf-8")
    assert reference_runner.main([str(tmp_path / "wrong")]) == 1


def test_both_engines_stand_behind_the_suite() -> None:
    if forward_chaining.why_unavailable():
        pytest.skip("forward chaining can't be had here")
    from springtide import assess

    assert assess(ALL[0].pack, ALL[0].evidence, ALL[0].quarter).engines == ("forward", "columnar")
