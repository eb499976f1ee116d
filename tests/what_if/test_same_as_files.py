"""A what-if comes to what the changed evidence would, written to files and scored from scratch by both engines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest

from springtide import assess, read_evidence
from springtide.assessment import Assessment
from springtide.batch.cells import Board
from springtide.evidence.records import EvidenceSet
from springtide.evidence.writing.contents import contents_of
from springtide.evidence.writing.csv_files import tables_of, write_tables
from springtide.logic.model import RulePack
from springtide.what_if.before_after import what_if
from springtide.what_if.changes import Change, Move, Scenario, Step, Target, parse_change
from springtide.what_if.planning import plan
from springtide.what_if.problems import WhatIfError

from .counties import QUARTER, county, scenario
from .naive import evidence_after

SCENARIOS, PARTS = 1000, 4  # parts that can run side by side


def said(result: Assessment, team: str) -> dict[str, object]:
    """All that a result says of a team, but for the cells that it was read from."""
    (found,) = (one for one in result.to_dict()["teams"] if one["team_id"] == team)
    return found


@pytest.mark.parametrize("part", range(PARTS))
def test_a_thousand_scenarios(kent: RulePack, tmp_path: Path, part: int) -> None:
    """Each scenario in a county of its own, so that one folder holds them all and is scored once.

    What is written to the files is worked out by `naive`, from what_if.yaml alone. What the scenarios come to is scored by
    both engines, and so are the files; every sixth scenario is answered by itself too, some of them by both engines.
    """
    answered: dict[str, tuple[EvidenceSet, EvidenceSet]] = {}
    alone: dict[str, Assessment] = {}
    kinds: Counter[str] = Counter()
    refused = number = 0
    while len(answered) < SCENARIOS // PARTS:
        seed = f"C{part}{number:04}"
        evidence = county(kent, seed)
        number += 1
        asked = scenario(kent, evidence, f"{seed} changes")
        try:
            planned = plan(kent, evidence, QUARTER, asked)
        except WhatIfError:
            refused += 1
            continue
        if number % 6 == 1:
            alone[seed] = what_if(kent, evidence, QUARTER, asked, engine="forward" if number % 52 != 1 else "both").last.after
        answered[seed] = planned[-1].evidence, evidence_after(evidence, asked)
        kinds.update({_kind(change) for step in asked.steps for change in step.changes})
        kinds["several at once"] += any(len(step.changes) > 1 for step in asked.steps)
    assert refused < len(answered)  # a test that refuses everything tests nothing
    enough = SCENARIOS // PARTS // 25
    assert all(kinds[kind] > enough for kind in ("move", "assume", "exactly", "by", "share", "answer", "several at once")), kinds
    together = [_together(side) for side in zip(*answered.values(), strict=True)]
    tables = tables_of(kent, contents_of(together[1]))
    write_tables(tmp_path, {f"{name}.csv": table for name, table in tables.items()}, overwrite=False)
    from_files, after = assess(kent, read_evidence(tmp_path, kent), QUARTER), assess(kent, together[0], QUARTER)
    assert len(from_files.engines) == len(after.engines) == 2 or from_files.one_engine_because
    by_id = {team["team_id"]: team for team in from_files.to_dict()["teams"]}
    assert {team["team_id"]: team for team in after.to_dict()["teams"]} == by_id
    for result in alone.values():
        assert all(by_id[team["team_id"]] == team for team in result.to_dict()["teams"])
    board = Board(kent, together[1], QUARTER)
    for team in board.teams:
        outcome, _, _ = board.of_one(team, board.settings(team))
        held = after.team(team)
        assert (board.levels[outcome.level[0]], board.levels[outcome.could_be[0]]) == (held.level, held.could_be)
        assert (outcome.points[0], outcome.most_points[0]) == (held.score.low, held.score.high)


def _together(counties: Iterable[EvidenceSet]) -> EvidenceSet:
    held = list(counties)
    return EvidenceSet(tuple(team for one in held for team in one.teams), tuple(r for one in held for r in one.responses), tuple(row for one in held for row in one.rows))


def _kind(change: Change | Move) -> str:
    if isinstance(change, Move):
        return "move"
    if isinstance(change.amount, str):
        return "answer"
    on_posts = change.what in ("vacant_posts", "agency_fte", "established_posts")
    return "assume" if change.assumed else "exactly" if change.amount.kind == "to" and on_posts else change.amount.kind


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
