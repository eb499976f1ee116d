"""Hours of supervision and agency cover follow every change, are listed before and after, and can be assumed otherwise."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import springtide
from springtide.cli.main import cli
from springtide.evidence.records import EvidenceSet
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter
from springtide.what_if.changes import Amount, Change, Move, Scenario, Step, Target, parse_change
from springtide.what_if.planning import plan
from springtide.what_if.problems import WhatIfError
from springtide.what_if.tallying import Tallied

from .counties import QUARTER, county

ROOT = Path(__file__).resolve().parents[2]
STAGES = ("first_six_weeks", "to_six_months", "after_six_months")


def hours(kent: RulePack, **figures: float) -> list[float | None]:
    tally = kent.tallies["supervision_hours"]
    return [tally.comes_to({f"{name}_fte": value for name, value in figures.items()}, stage) for stage in STAGES]


def test_the_hours_of_the_domain_s_own_example(kent: RulePack) -> None:
    """Section 2.3: 12.0 hours a month for eight experienced, 27.0 for five and three in their first six weeks, 17.3 fortnightly."""
    assert hours(kent, experienced_permanent=8, newly_qualified=0, agency=0) == [12.0, 12.0, 12.0]
    first, fortnightly, monthly = hours(kent, experienced_permanent=5, newly_qualified=3, agency=0)
    assert (first, monthly) == (27.0, 12.0)
    assert f"{fortnightly:.4g}" == "17.25"  # which is 17.3 to a tenth
    assert hours(kent, experienced_permanent=5, newly_qualified=3) == [None, None, None]  # and never as if there were no agency staff
    tally = kent.tallies["supervision_hours"]
    assert tally.basis == "judgement" and "December 2010" in tally.source and "bound nobody before" in tally.source


@pytest.fixture
def evidence(kent: RulePack) -> EvidenceSet:
    made = county(kent, "tally", 2, missing=0)
    told = {"established_posts": 10.0, "vacant_posts": 2.0, "in_post_fte": 8.0, "newly_qualified_fte": 0.0, "experienced_permanent_fte": 8.0, "case_holders_fte": 8.0, "agency_fte": 0.0}
    for row in made.rows:
        if row.table == "workforce":
            row.figures.update(told)
    return made


def tallies(kent: RulePack, evidence: EvidenceSet, *steps: list[Change | Move], when: Quarter | None = None) -> list[dict[str, Tallied]]:
    scenario = Scenario(tuple(Step(tuple(changes), when) for changes in steps))
    return [{f"{change.team[-2:]} {one.name}": one for change in planned.teams for one in change.tallies} for planned in plan(kent, evidence, QUARTER, scenario)]


def asked(kent: RulePack, text: str, who: str = "", *, assumed: bool = False) -> Change:
    return parse_change(text, kent, Target(team="tallyT0"), who, assumed=assumed)


@pytest.mark.parametrize(
    ("changes", "who", "after"),
    [
        ("vacant_posts=+3", "experienced", (7.5, 7.5, 7.5)),
        ("vacant_posts=-2", "experienced", (15, 15, 15)),
        ("vacant_posts=-2", "newly_qualified", (25, 18.5, 15)),
        ("agency_fte=+2", "", (15, 15, 15)),
    ],
)
def test_hours_follow_who_leaves_and_who_comes(kent: RulePack, evidence: EvidenceSet, changes: str, who: str, after: tuple[float, ...]) -> None:
    (found,) = tallies(kent, evidence, [asked(kent, changes, who)])
    held = [found[f"T0 supervision_hours.{stage}"] for stage in STAGES]
    assert [one.before for one in held] == [12, 12, 12]
    assert [one.after for one in held] == pytest.approx(after)
    assert all(eval(one.arithmetic(one.parts).replace("×", "*")) == pytest.approx(one.after) for one in held)


def test_hours_follow_a_move_and_the_end_of_a_first_year(kent: RulePack, evidence: EvidenceSet) -> None:
    (found,) = tallies(kent, evidence, [Move(1, "experienced", Target(team="tallyT0"), Target(team="tallyT1"))])
    assert (found["T0 supervision_hours.first_six_weeks"].after, found["T1 supervision_hours.first_six_weeks"].after) == (10.5, 13.5)
    came, ended = tallies(kent, evidence, [asked(kent, "vacant_posts=-2", "newly_qualified")], when=QUARTER.next)
    assert came["T0 supervision_hours.first_six_weeks"].after == 25
    assert (ended["T0 supervision_hours.first_six_weeks"].before, ended["T0 supervision_hours.first_six_weeks"].after) == (25, 15)
    assert (ended["T0 supervision_hours.after_six_months"].before, ended["T0 supervision_hours.after_six_months"].after) == (15, 15)


def test_hours_can_be_assumed_and_move_on_from_there(kent: RulePack, evidence: EvidenceSet) -> None:
    leaves = asked(kent, "vacant_posts=+1", "experienced")
    assumed, later = tallies(kent, evidence, [leaves, asked(kent, "supervision_hours=20", assumed=True)], [leaves])
    one = assumed["T0 supervision_hours.to_six_months"]
    assert (one.before, one.after, one.how) == (12, 20, "assumed")
    one = later["T0 supervision_hours.to_six_months"]
    assert (one.before, one.after, one.how) == (20, 18.5, "worked out")
    (same,) = tallies(kent, evidence, [leaves, asked(kent, "supervision_hours=+0", assumed=True)])
    assert same["T0 supervision_hours.to_six_months"].after == 12


def test_what_is_not_known_is_not_none(kent: RulePack, evidence: EvidenceSet) -> None:
    for row in evidence.rows:
        row.figures.pop("agency_fte", None)
    (found,) = tallies(kent, evidence, [asked(kent, "vacant_posts=+1")])
    one = found["T0 supervision_hours.first_six_weeks"]
    assert (one.before, one.after, one.lacking) == (None, None, ("agency_fte",))
    assert found["T0 agency_cover"].after is None
    with pytest.raises(WhatIfError, match="nothing to change by"):
        tallies(kent, evidence, [Change("supervision_hours", Amount("by", 1.0), Target(team="tallyT0"), assumed=True)])


@pytest.mark.parametrize(
    ("text", "assumed", "says"),
    [("supervision_hours=20", False, "--assume supervision_hours=N"), ("agency_cover=0", True, "change one of agency_fte, vacant_posts"), ("supervision_hours=-50", True, "can't come to")],
)
def test_what_is_added_up_is_not_set(kent: RulePack, evidence: EvidenceSet, text: str, assumed: bool, says: str) -> None:
    with pytest.raises(WhatIfError, match=says):
        tallies(kent, evidence, [asked(kent, "vacant_posts=+1"), asked(kent, text, assumed=assumed)])


def test_nothing_reads_a_tally_and_no_finding_follows(kent: RulePack) -> None:
    assert not {"supervision_hours", "agency_cover"} & {*kent.measures, *kent.figures}


def of_t046(*arguments: str, as_json: bool = True) -> Any:
    result = CliRunner().invoke(cli, ["whatif", str(ROOT / "examples" / "kent-2009"), "T046", "--quarter", "2008/09 Q4", *arguments, *(["--json"] if as_json else [])])
    assert result.exit_code == 0, result.output
    return json.loads(result.output)["steps"][0]["changes"][0] if as_json else " ".join(result.output.split())


@pytest.mark.parametrize("who", ["experienced", "newly_qualified", "agency", "experienced_for_agency", "newly_qualified_for_agency"])
def test_agency_cover_is_listed_whoever_fills(who: str) -> None:
    """Of three vacant posts 2.8 are covered. Filled, those who cover them stay unless they are replaced, and that is said."""
    number = "2.8" if who.endswith("for_agency") else "3"
    (cover,) = [one for one in of_t046("--set", f"vacant_posts=-{number}", "--with", who)["tallies"] if one["id"] == "agency_cover"]
    assert cover["parts_before"] == {"agency_fte": 2.8, "vacant_posts": 3}
    too_many = {"experienced": 2.8, "newly_qualified": 2.8, "agency": 2.8}.get(who)
    assert (cover["to_know"] is not None) == (too_many is not None)
    if too_many is not None:
        assert cover["after"] == pytest.approx(too_many) and "no free capacity" in cover["to_know"]
        assert {(one["with"], round(one["by"], 9)) for one in cover["instead"]} == {("experienced_for_agency", -2.8), ("newly_qualified_for_agency", -2.8)}
    assert "agency" in springtide.load_pack("kent-2009").levers[{"agency": "agency_joins", "experienced": "experienced_joins"}.get(who, "newly_qualified_joins")].says.lower()


def test_agency_staff_that_stay_are_told_with_what_would_replace_them() -> None:
    said = of_t046("--set", "vacant_posts=-3", "--with", "newly_qualified", as_json=False)
    assert "Agency staff beside vacant posts 2.8 FTE, 3 posts 2.8 FTE, 0 posts" in said
    assert "--set vacant_posts=-2.8 --with experienced_for_agency" in said
    replaced = of_t046("--set", "vacant_posts=-2.8", "--with", "newly_qualified_for_agency")
    after = {one["name"]: one["after"] for one in replaced["figures"]}
    assert (after["agency_fte"], after["newly_qualified_fte"]) == (0, pytest.approx(3.6)) and after["case_holders_fte"] == pytest.approx(15.8 - 0.28)


def test_hours_in_frames_and_over_many_teams(kent: RulePack) -> None:
    quarter = Quarter(2008, 4)
    kent_2009 = springtide.read_evidence(ROOT / "examples" / "kent-2009", kent)
    frame = springtide.frame(springtide.whatif(kent, kent_2009, "vacant_posts=+1", quarter, district="Dover"), "tallies")
    held = frame[(frame.tally == "supervision_hours") & (frame.stage == "first_six_weeks")]
    assert len(held) == 5 and (held.before - held.after).tolist() == pytest.approx([1.5] * 5)
    said = CliRunner().invoke(cli, ["whatif", str(ROOT / "examples" / "kent-2009"), "--district", "Dover", "--quarter", "2008/09 Q4", "--set", "vacant_posts=+1"]).output
    assert "77.35 hours → 69.85 hours over 5 teams" in " ".join(said.split())
