"""Two filed quarters side by side, whichever two; and the history of teams that began, merged or were not filed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from history.quarters import FIRST, corrected, filing, quarters_of

import springtide
from springtide.evidence.records import EvidenceSet
from springtide.history import comparing
from springtide.history.comparing import compare
from springtide.history.followed import series, standings
from springtide.history.over_time import of_area, of_team
from springtide.history.problems import CorrectionNeedsReason, StoreError
from springtide.history.recording import record
from springtide.history.replaying import replay, restate
from springtide.history.restating import over_filed_quarters
from springtide.history.store.opening import Store, open_store
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.reports.explanation import plain

QUARTERS = 6


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return springtide.load_pack("kent-2009")


@pytest.fixture(scope="module")
def county(pack: RulePack) -> list[EvidenceSet]:
    return list(quarters_of(pack, "comparing", quarters=QUARTERS, teams=8))


@pytest.fixture(scope="module")
def store(pack: RulePack, county: list[EvidenceSet], tmp_path_factory: pytest.TempPathFactory) -> Store:
    made = open_store(str(tmp_path_factory.mktemp("store") / "county.sqlite"), make=True)
    for evidence in county:
        record(made, filing(pack, evidence), plain)
    return made


def nth(number: int) -> Quarter:
    quarter = FIRST
    for _ in range(number):
        quarter = quarter.next
    return quarter


def test_filing_says_what_scoring_says(pack: RulePack, county: list[EvidenceSet], tmp_path: Path) -> None:
    """The store gives the rules the same past as a folder that holds the quarters together."""
    made = open_store(str(tmp_path / "s.sqlite"), make=True)
    filed = [record(made, filing(pack, evidence), plain) for evidence in county]
    merged = replace(county[-1], responses=tuple(r for one in county for r in one.responses), rows=tuple(r for one in county for r in one.rows))
    for one in filed[-2:]:
        scored = springtide.assess(pack, merged, one.record.quarter, engine="columnar")
        ours, theirs = ({team["team_id"]: team for team in result.to_dict()["teams"]} for result in (one.assessment, scored))
        assert ours == theirs


def test_what_was_filed_for_neighbours_is_what_would_be_worked_out(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filed quarters next to each other are compared without reading the rules; it must come to the same."""
    for number in range(1, QUARTERS):
        quick = compare(store, nth(number - 1), nth(number))
        with monkeypatch.context() as patched:
            patched.setattr(comparing, "_rests_on", lambda later, earlier: False)
            slow = compare(store, nth(number - 1), nth(number))
        assert quick == slow


def test_any_two_quarters_can_be_compared(store: Store) -> None:
    found = compare(store, nth(0), nth(2))
    assert [team.id for team in found.teams if team.moved]
    for team in found.teams:
        if team.moved:
            assert team.moved.then.level == of_team(store, team.id).held[nth(0)].state.level
            assert team.moved.now.level == of_team(store, team.id).held[nth(2)].state.level


def test_merged_teams_are_not_compared_and_their_past_is_not_stitched(store: Store) -> None:
    """Halfway, T007 and T008 became T009."""
    half = nth(QUARTERS // 2)
    found = {team.id: team for team in compare(store, half.previous, half).teams}
    assert found["T009"].moved is None and found["T009"].not_compared == "T009 began, from T007 and T008"
    assert found["T007"].moved is None and found["T007"].not_compared == f"ended after {half.previous} and became T009"
    new, old = of_team(store, "T009"), of_team(store, "T007")
    assert new.held[half].is_break and min(new.held) == half and new.held[half].moved is None
    assert old.became == f"ended after {half.previous} and became T009"
    assert half not in old.held
    assert standings(new)[half].kind == "no history"
    assert all(one.quarters[0] == half for one in series(new))


def test_a_comparison_across_the_merger_says_so_too(store: Store) -> None:
    found = {team.id: team for team in compare(store, nth(0), nth(QUARTERS - 1)).teams}
    assert found["T009"].moved is None and found["T009"].not_compared == "T009 began, from T007 and T008"


def test_a_correction_is_what_later_quarters_are_compared_with(pack: RulePack, county: list[EvidenceSet], tmp_path: Path) -> None:
    made = open_store(str(tmp_path / "s.sqlite"), make=True)
    for evidence in county[:2]:
        record(made, filing(pack, evidence), plain)
    with pytest.raises(CorrectionNeedsReason, match=r"evidence.*--because"):
        record(made, filing(pack, corrected(county[0])), plain)
    second = record(made, filing(pack, corrected(county[0]), because="a late return"), plain)
    assert second.record.version == 2 and second.record.body["supersedes"]
    assert any("was compared with an earlier version" in note for note in second.notes)
    assert compare(made, nth(0), nth(1)).before.version == 2
    again = record(made, filing(pack, county[1], because="the quarter before was corrected"), plain)
    assert (again.record.version, again.notes) == (2, ())
    for quarter, version in ((nth(0), 1), (nth(0), 2), (nth(1), 1), (nth(1), 2)):
        assert replay(made, quarter, plain, version=version).is_same


def test_evidence_that_disagrees_with_what_is_filed_is_told_and_what_is_filed_counts(pack: RulePack, county: list[EvidenceSet], tmp_path: Path) -> None:
    made = open_store(str(tmp_path / "s.sqlite"), make=True)
    record(made, filing(pack, county[0]), plain)
    other = corrected(county[0], by=3)
    both = replace(county[1], rows=(*other.rows, *county[1].rows), responses=(*other.responses, *county[1].responses))
    filed = record(made, replace(filing(pack, county[1]), evidence=both), plain)
    assert len(filed.notes) == 1 and f"something else of {nth(0)}" in filed.notes[0]
    alone = open_store(str(tmp_path / "alone.sqlite"), make=True)
    for evidence in county[:2]:
        same = record(alone, filing(pack, evidence), plain)
    assert filed.assessment.to_dict()["teams"] == same.assessment.to_dict()["teams"]


def test_a_gap_is_no_history(pack: RulePack, county: list[EvidenceSet], tmp_path: Path) -> None:
    made = open_store(str(tmp_path / "s.sqlite"), make=True)
    for evidence in (county[0], county[2]):
        record(made, filing(pack, evidence), plain)
    held = of_team(made, "T001")
    assert held.held[nth(2)].moved is None and held.held[nth(2)].why_not == f"no history: {nth(1)} was not filed then"
    assert standings(held)[nth(2)].kind == "no history"
    assert compare(made, nth(0), nth(2)).teams[0].moved is not None, "asked for, the two are compared all the same"


def test_other_rules_restate_and_file_nothing(store: Store, pack: RulePack) -> None:
    def lower(name: str) -> object:
        threshold = pack.thresholds[name]
        return replace(threshold, values=tuple(replace(value, value=value.value / 4) for value in threshold.values))

    names = ("vacancy_rate_present", "vacant_posts_present", "caseload_present", "crisis_cases_present")
    other = replace(pack, id="lower", hash="0" * 64, thresholds=pack.thresholds | {name: lower(name) for name in names})
    before = of_area(store).head
    found = restate(store, nth(1), other, engine="columnar")
    moved, head = over_filed_quarters(store, pack, other)
    assert before == found.head == head
    by_diff = {team.id: (team.old.level, team.new.level) for team in moved[1].moved}
    by_restating = {team: (found.was[team].level, state.level) for team, state in found.would_be.items()}
    assert {team: pair for team, pair in by_diff.items() if pair[0] != pair[1]} == {team: pair for team, pair in by_restating.items() if pair[0] != pair[1]}
    assert any(one.moved for one in moved)
    same, _ = over_filed_quarters(store, pack, pack)
    assert not any(one.moved or one.not_scored for one in same) and len(same) == QUARTERS


def test_under_rules_without_thresholds_a_quarter_is_named_and_passed_over(store: Store, pack: RulePack) -> None:
    moved, _ = over_filed_quarters(store, pack, springtide.load_pack("england"))
    assert all("no value of" in one.not_scored for one in moved)


def test_a_team_is_found_by_id_or_name_and_else_offered(store: Store) -> None:
    assert of_team(store, "t001").id == of_team(store, "north team 1").id == "T001"
    with pytest.raises(StoreError, match=r"did you mean T001 \(North team 1\)"):
        of_team(store, "team 1")
    with pytest.raises(StoreError, match="districts: East, North, South, West"):
        of_area(store, "Middle")


def test_a_filing_that_is_overtaken_again_and_again_has_the_others_wait(pack: RulePack, county: list[EvidenceSet], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overtaken = []
    monkeypatch.setattr("springtide.history.recording.still_stands", lambda *given: bool(overtaken.append(given)))
    made = open_store(str(tmp_path / "s.sqlite"), make=True)
    assert record(made, filing(pack, county[0]), plain).is_new
    assert len(overtaken) == 3


def test_a_quarter_filed_late_names_those_that_could_not_look_back_to_it(pack: RulePack, county: list[EvidenceSet], tmp_path: Path) -> None:
    made = open_store(str(tmp_path / "s.sqlite"), make=True)
    record(made, filing(pack, county[1]), plain)
    late = record(made, filing(pack, county[0]), plain)
    assert late.notes == (f'{nth(1)} was filed before {nth(0)} was, and could not look back to it; to bring it up to date: springtide record … --quarter "{nth(1)}" --because "…"',)
    again = record(made, filing(pack, county[1], because="the quarter before came late"), plain)
    assert again.record.version == 2 and of_team(made, "T001").held[nth(1)].moved is not None
    straight = open_store(str(tmp_path / "straight.sqlite"), make=True)
    for evidence in county[:2]:
        same = record(straight, filing(pack, evidence), plain)
    assert again.assessment.to_dict()["teams"] == same.assessment.to_dict()["teams"]
