"""A what-if comes to what the changed evidence would, written to files and scored from scratch by both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from springtide import assess, read_evidence
from springtide.assessment import Assessment
from springtide.evidence.records import EvidenceSet
from springtide.evidence.writing.contents import contents_of
from springtide.evidence.writing.csv_files import tables_of, write_tables
from springtide.logic.model import RulePack
from springtide.what_if.before_after import what_if
from springtide.what_if.cells import Board
from springtide.what_if.changes import Scenario, Step, Target, parse_change
from springtide.what_if.problems import WhatIfError

from .counties import QUARTER, county, scenario

SCENARIOS, PARTS = 1000, 4  # parts that can run side by side


def said(result: Assessment, team: str) -> dict[str, object]:
    """All that a result says of a team, but for the cells that it was read from."""
    (found,) = (one for one in result.to_dict()["teams"] if one["team_id"] == team)
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_a_thousand_scenarios(kent: RulePack, tmp_path: Path, part: int) -> None:
    """Each scenario in a county of its own, so that one folder holds them all and is scored once."""
    answered: dict[str, tuple[Assessment, EvidenceSet]] = {}
    refused = number = 0
    while len(answered) < SCENARIOS // PARTS:
        seed = f"C{part}{number:04}"
        evidence = county(kent, seed)
        number += 1
        try:
            result = what_if(kent, evidence, QUARTER, scenario(kent, evidence, f"{seed} changes"), engine="forward" if number % 25 else "both")
        except WhatIfError:
            refused += 1
            continue
        answered[seed] = result.last.after, result.last.planned.evidence
    assert refused < len(answered) // 2  # a test that refuses everything tests nothing
    teams = tuple(team for _, changed in answered.values() for team in changed.teams)
    rows = tuple(row for _, changed in answered.values() for row in changed.rows)
    responses = tuple(one for _, changed in answered.values() for one in changed.responses)
    together = EvidenceSet(teams, responses, rows)
    write_tables(tmp_path, {f"{name}.csv": table for name, table in tables_of(kent, contents_of(together)).items()}, overwrite=False)
    from_files = assess(kent, read_evidence(tmp_path, kent), QUARTER)
    assert len(from_files.engines) == 2 or from_files.one_engine_because
    by_id = {team["team_id"]: team for team in from_files.to_dict()["teams"]}
    board = Board(kent, together, QUARTER)
    for after, changed in answered.values():
        for team in after.to_dict()["teams"]:
            assert by_id[team["team_id"]] == team
        for team in changed.teams:
            outcome, _, _ = board.of_one(team.id, board.settings(team.id))
            held = after.team(team.id)
            assert (board.levels[outcome.level[0]], board.levels[outcome.could_be[0]]) == (held.level, held.could_be)
            assert (outcome.points[0], outcome.most_points[0]) == (held.score.low, held.score.high)


def test_with_a_quarter_before_it_and_one_team_that_changes(kent: RulePack, tmp_path: Path) -> None:
    """Last quarter's levels are scored once and used for every step, which must make no difference to any notice."""
    evidence = read_evidence(Path(__file__).resolve().parents[2] / "examples" / "kent-2009", kent)
    changes = (parse_change("vacant_posts=-1", kent, Target(district="Dover"), "newly_qualified"), parse_change("referrals=+20%", kent, Target(district="Thanet")))
    result = what_if(kent, evidence, QUARTER, Scenario((Step(changes),)))
    changed = result.last.planned.evidence
    write_tables(tmp_path, {f"{name}.csv": table for name, table in tables_of(kent, contents_of(changed)).items()}, overwrite=False)
    from_files = assess(kent, read_evidence(tmp_path, kent), QUARTER).to_dict()
    after = result.last.after.to_dict()
    assert after["teams"] == from_files["teams"] and after["county"] == from_files["county"]
    assert any(team["notices"]["R12"] == "met" for team in after["teams"]) and len(result.last.moved) > 3
