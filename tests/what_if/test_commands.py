"""The commands of what-if, as their users run them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas
import pytest
from click.testing import CliRunner, Result

import springtide
from springtide.cli.main import cli
from springtide.logic.model import RulePack

ROOT = Path(__file__).resolve().parents[2]
KENT = ["examples/kent-2009", "--quarter", "2008/09 Q4"]


@pytest.fixture(autouse=True)
def _at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, list(arguments))


def asked(*arguments: str) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


EVERY = {
    "whatif": ["whatif", *KENT, "T002", "--set", "vacant_posts=+2"],
    "answers": ["whatif", *KENT, "T002", "--set", "q44=never"],
    "district": ["whatif", *KENT, "--district", "Dover", "--set", "referrals=+20%"],
    "scenario": ["whatif", *KENT, "--scenario", "examples/kent-2009/scenarios/fill-three.yaml"],
    "move": ["whatif", *KENT, "--move", "T013:T046=1"],
    "sweep": ["whatif", *KENT, "T002", "--sweep", "vacant_posts=0:5", "--with", "experienced"],
    "sweep-all": ["whatif", *KENT, "--sweep", "vacant_posts=+0:+3"],
    "grid": ["whatif", *KENT, "T002", "--sweep", "vacant_posts=+0:+4", "--sweep", "cases_registered=+0:+40:10"],
    "grid-all": ["whatif", *KENT, "--sweep", "vacant_posts=+0:+2", "--sweep", "referrals=+0%:+20%:10"],
    "tipping": ["tipping", *KENT],
    "tipping-team": ["tipping", *KENT, "T026"],
    "clear": ["clear", "T049"],
    "clear-none": ["clear", "T046"],
    "clear-answers": ["clear", "T001", "--only", "answers"],
    "clear-not-flagged": ["clear", "T005"],
    "robustness": ["robustness", *KENT],
    "robustness-team": ["robustness", *KENT, "T049"],
    "assumptions": ["assumptions", *KENT],
}


@pytest.mark.parametrize("name", EVERY)
def test_every_answer_says_that_it_is_no_fact_and_fits_a_narrow_window(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    width = "80"
    monkeypatch.setenv("COLUMNS", width)
    result = run(*EVERY[name])
    assert result.exit_code == 0, result.output
    lines = [line for line in result.output.splitlines() if not line.startswith("Evidence: ")]
    first = next(line for line in lines if line)
    assert first.startswith("WHAT IF · ")
    assert "nothing here is recorded, and no alert goes out" in " ".join(result.output.split())
    assert "this predicts nothing" in " ".join(result.output.split())
    assert all(len(line) <= int(width) for line in lines)
    assert "…" not in result.output
    assert "nan" not in result.output.lower().replace("thanet", "").replace("finan", "") and " inf" not in result.output.replace(" inferred", "").replace(" inform", "")


@pytest.mark.parametrize("name", EVERY)
def test_every_answer_is_marked_as_one_for_programs(name: str) -> None:
    document = asked(*EVERY[name])
    assert document["what_if"] is True and document["recorded"] is False
    assert document["pack"]["id"] == "kent-2009" and document["quarter"] == "2008/09 Q4"


def test_losing_two_more(kent: RulePack) -> None:
    (step,) = asked(*EVERY["whatif"])["steps"]
    (change,) = step["changes"]
    assert {one["name"]: one["after"] for one in change["figures"]}["vacant_posts"] == 3
    assert {one["name"] for one in change["measures"]} >= {"vacancy_rate", "caseload", "agency_rate", "turnover_rate"}
    team = next(team for team in step["teams"] if team["team_id"] == "T002")
    assert team["before"]["level"] == "increased" and team["after"]["level"] == "high"
    assert {flip["id"] for flip in team["flips"]} >= {"R2", "R4", "staffing_gap"}


def test_a_what_if_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SPRINGTIDE_STORE", str(tmp_path / "store.sqlite"))
    for name in ("whatif", "sweep", "tipping-team", "clear", "robustness-team", "assumptions"):
        assert run(*EVERY[name]).exit_code == 0
    assert list(tmp_path.iterdir()) == []


def test_a_scenario_that_changes_nothing_says_what_still_holds() -> None:
    result = run("whatif", *KENT, "T046", "--set", "vacant_posts=-1", "--with", "experienced")
    assert "Still High, and this is what still makes it so" in result.output
    result = run("whatif", *KENT, "T046", "--set", "agency_fte=+0.1")
    assert "No level, pressure, rule or notice of any team would be another" in result.output


def test_agency_says_that_the_gap_stays_and_newly_qualified_that_supervision_is_needed() -> None:
    said = " ".join(run("whatif", *KENT, "T046", "--set", "vacant_posts=-1", "--with", "agency").output.split())
    assert "the gap stays and reliance on agency staff is added to it" in said and "asked: 3 - 1" not in said
    said = " ".join(run("whatif", *KENT, "T046", "--set", "vacant_posts=-2", "--with", "newly_qualified").output.split())
    assert all(row in said for row in ("27.7 hours 40.7 hours", "25.1 hours 31.6 hours", "23.7 hours 26.7 hours"))
    assert "It bound nobody before then" in said


def test_a_county_wide_change_can_switch_a_pressure_and_move_teams_that_did_not_change() -> None:
    step = asked("whatif", *KENT, "--district", "Dover", "--set", "vacant_posts=-2", "--with", "experienced")["steps"][0]
    switched = [one for one in step["county"] if one["before"] != one["after"]]
    assert [one["pressure"] for one in switched] == ["recruitment_retention"]


def test_a_range_in_which_a_county_pressure_switches_is_told_to_programs_too() -> None:
    document = asked("whatif", *KENT, "--sweep", "vacant_posts=-2:+3", "--with", "experienced")
    assert {one["pressure"] for one in document["county"]} == {"recruitment_retention"}


def test_a_move_changes_both_teams() -> None:
    (step,) = asked(*EVERY["move"])["steps"]
    holders = {one["team_id"]: next((fig["after"] - fig["before"] for fig in one["figures"] if fig["name"] == "case_holders_fte"), None) for one in step["changes"]}
    assert holders == pytest.approx({"T013": -1.0, "T046": 1.0})


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["whatif", *KENT, "T046"], "say what changes"),
        (["whatif", *KENT, "T046", "--set", "vacant_posts=-1"], "say --with experienced"),
        (["whatif", *KENT, "T046", "--set", "vacant_post=-1"], "did you mean 'vacant_posts'"),
        (["whatif", *KENT, "T999", "--set", "vacant_posts=+1"], "T999"),
        (["whatif", *KENT, "--district", "Dovr", "--set", "vacant_posts=+1"], "Dover"),
        (["whatif", *KENT, "T046", "--set", "vacant_posts=+1", "--with", "experiencd"], "did you mean 'experienced'"),
        (["whatif", *KENT, "T046", "--set", "referrals=+1", "--with", "agency"], "nothing of referrals depends on it; leave it out"),
        (["whatif", *KENT, "T046", "--set", "vacant_posts=-1", "--with", "nobody"], "say experienced, newly_qualified, agency, experienced_for_agency or newly_qualified_for_agency"),
        (["whatif", *KENT, "T046", "--set", "case_load=-1"], "did you mean 'caseload'?"),
        (["whatif", *KENT, "T046", "--set", "referral_rises=-1"], "did you mean 'referrals'?"),
        (["whatif", *KENT, "T046", "--set", "referrals=+1", "--sweep", "referrals=0:3"], "goes by itself"),
        (["whatif", *KENT, "T046", "--set", "referrals=+1", "--scenario", "examples/kent-2009/scenarios/fill-three.yaml"], "says everything itself"),
        (["whatif", *KENT, "--move", "T001", "--set", "referrals=+1"], "write it as T002:T017=1"),
        (["whatif", *KENT, "--move", "T001:T001=1"], "a move needs two teams"),
        (["whatif", *KENT, "--move", "T001:T002=1", "--with", "nobody"], "nobody called 'nobody' can move"),
        (["whatif", *KENT, "T046", "--set", "referrals=+1", "--from", "2007/08 Q1"], "none before 2008/09 Q4"),
        (["clear", "T046", "--only", "magic"], "nothing called 'magic'"),
        (["tipping", "examples/kent-2009"], "say which with --quarter"),
    ],
)
def test_what_can_t_be_answered_is_said(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in " ".join(result.output.split())


def test_mistakes_in_files_are_told_by_line_and_column(tmp_path: Path) -> None:
    scenario, costs = tmp_path / "scenario.yaml", tmp_path / "costs.yaml"
    scenario.write_text("name: a\nwhy: b\nsteps:\n  - quarter: Q1 2010\n    changes:\n      - {team: T046, set: {vacant_post: +1}}\n", encoding="utf-8")
    result = run("whatif", *KENT, "--scenario", str(scenario))
    assert result.exit_code == 3 and "scenario.yaml:4:14" in result.output and "scenario.yaml:6:41" in result.output
    costs.write_text("experienced_join: 3\nanswers: -1\n", encoding="utf-8")
    result = run("clear", "T049", "--costs", str(costs))
    assert result.exit_code == 3 and "costs.yaml:1:1" in result.output and "did you mean 'experienced_joins'" in result.output and "costs.yaml:2:10" in result.output


def test_a_plus_in_a_scenario_means_so_many_more(tmp_path: Path) -> None:
    scenario = tmp_path / "s.yaml"
    for written, expected in (("+2", 5), ("2", 2), ("'+2'", 5), ("-1", 2)):
        scenario.write_text(f"name: a\nwhy: b\nsteps:\n  - changes:\n      - {{team: T046, with: experienced, set: {{vacant_posts: {written}}}}}\n", encoding="utf-8")
        if written == "+2" or written == "'+2'":
            scenario.write_text(scenario.read_text(encoding="utf-8").replace("with: experienced, ", ""), encoding="utf-8")
        (step,) = asked("whatif", *KENT, "--scenario", str(scenario))["steps"]
        assert {one["name"]: one["after"] for one in step["changes"][0]["figures"]}["vacant_posts"] == expected


def test_who_is_said_once_for_several_figures_need_not_bear_on_all(kent: RulePack, tmp_path: Path) -> None:
    scenario = tmp_path / "s.yaml"
    written = "name: a\nwhy: b\nsteps:\n  - changes:\n      - {{team: T046, with: {}, set: {{vacant_posts: -1, referrals: +3}}}}\n"
    scenario.write_text(written.format("experienced"), encoding="utf-8")
    (step,) = asked("whatif", *KENT, "--scenario", str(scenario))["steps"]
    evidence = springtide.read_evidence(ROOT / "examples" / "kent-2009", kent)
    answer = springtide.whatif(kent, evidence, ["vacant_posts=-1", "referrals=+3"], springtide.parse_quarter("2008/09 Q4"), team="T046", with_whom="experienced", engine="columnar")
    assert {one["name"]: one["after"] for one in step["changes"][0]["figures"]} == answer.last.planned.teams[0].figures
    scenario.write_text(written.format("nobody"), encoding="utf-8")
    assert "'nobody' is no way to lower vacant_posts" in " ".join(run("whatif", *KENT, "--scenario", str(scenario)).output.split())


def test_costs_decide_which_way_comes_first(tmp_path: Path) -> None:
    costs = tmp_path / "costs.yaml"
    costs.write_text("experienced_joins: 1\ncase_worked_elsewhere: 2\n", encoding="utf-8")
    first = asked("clear", "T049", "--costs", str(costs))["ways"][0]
    assert first["cost"] == 1 and first["units"][0]["lever"] == "experienced_joins"


def test_a_notebook_gets_frames(kent: RulePack) -> None:
    evidence = springtide.read_evidence(ROOT / "examples" / "kent-2009", kent)
    quarter = springtide.parse_quarter("2008/09 Q4")
    answer = springtide.whatif(kent, evidence, "vacant_posts=+2", quarter, team="T002", engine="columnar")
    teams = springtide.frame(answer).set_index("team_id")
    assert (teams.loc["T002", "level_before"], teams.loc["T002", "level"]) == ("increased", "high") and teams.changed.sum() == 1
    assert set(springtide.frame(answer, "changes").columns) == {"step", "team_id", "figure", "before", "after", "how", "formula"}
    assert set(springtide.frame(answer, "county").pressure) == set(kent.county_pressures)
    line = springtide.frame(springtide.sweep(kent, evidence, "vacant_posts=0:5", quarter, team="T002", with_whom="experienced"))
    assert list(line[line.team_id == "T002"].level) == ["increased", "increased", "high", "high", "high", "high"]
    both = springtide.frame(springtide.sweep(kent, evidence, ["vacant_posts=+0:+1", "referrals=+0:+5"], quarter, team="T002"))
    assert len(both[both.team_id == "T002"]) == 12
    for found in (
        springtide.tipping(kent, evidence, quarter), springtide.clear(kent, evidence, "T049", quarter), springtide.robustness(kent, evidence, quarter, team="T049"),
        springtide.assumptions(kent, evidence, quarter),
    ):  # fmt: skip
        assert isinstance(springtide.frame(found), pandas.DataFrame) and len(springtide.frame(found))


def test_what_still_holds_in_every_team_of_an_area() -> None:
    """With many teams each has a line; a program is told each rule with the conditions that keep it."""
    said = " ".join(run("whatif", *KENT, "--district", "Dover", "--set", "cases_registered=+1%").output.split())
    changes = asked("whatif", *KENT, "--district", "Dover", "--set", "cases_registered=+1%")["steps"][0]["changes"]
    assert len(changes) > 3 and "Changed, and at the same level: what still holds" in said
    for change in changes:
        for rule in change["still_met"]:
            assert rule["kept_by"] and all(one["label"] for one in rule["kept_by"])
    assert "Dover DIAT 2 (T017), High: The storm, when staffing gap, peak and crises meet (R3) Dover" in said
    held = {change["team_id"]: [rule["id"] for rule in change["still_met"]] for change in changes}
    assert held["T020"] == [] and "Dover Disabled Children (T020), Steady: no rule of a higher level" in said
    (deep,) = [rule for change in changes if change["team_id"] == "T019" for rule in change["still_met"] if rule["id"] == "R2"]
    assert '"threshold": "at least ' in json.dumps(deep)
