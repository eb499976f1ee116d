"""The command line as its users meet it: output, JSON, exit codes."""

from __future__ import annotations

import io
import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from random import Random

import jsonschema
import pytest
from click.testing import CliRunner, Result
from random_cases import QUARTER as RANDOM_QUARTER
from random_cases import random_evidence, random_pack
from rich.console import Console

from springtide import RulePack, assess, parse_quarter, read_evidence
from springtide.cli.main import cli
from springtide.engines import forward_chaining
from springtide.logic.points import points
from springtide.reports import explanation, rule_pages
from springtide.rulepack.json_schema import pack_schema

ROOT = Path(__file__).resolve().parents[2]
KENT = str(ROOT / "examples" / "kent-2009")
MINIMAL = str(ROOT / "examples" / "minimal")
QUARTER = "2008/09 Q4"
TWO = forward_chaining.why_unavailable() is None


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments, catch_exceptions=False)


def document(*arguments: str) -> dict:
    result = run(*arguments, "--json")
    assert result.exit_code in (0, 4), result.output
    return json.loads(result.stdout)


@pytest.fixture
def broken(tmp_path: Path) -> str:
    """A folder with one good team and rows that are not."""
    (tmp_path / "teams.csv").write_text("team_id,team_name,county\nA,Alpha,Kent\nB,Beta,Kent\n")
    (tmp_path / "workforce.csv").write_text(
        f"team_id,quarter,established_posts,vacant_posts\nA,{QUARTER},8,2\nB,{QUARTER},8,nine\nC,{QUARTER},8,1\n"
    )
    return str(tmp_path)


HEAD = {"schema_version", "pack", "evidence_hash", "quarter", "engines"}


def test_score_json_has_the_promised_shape() -> None:
    found = document("score", KENT, "--quarter", QUARTER)
    assert HEAD <= set(found)
    assert set(found["pack"]) == {"id", "version", "hash"}
    assert len(found["pack"]["hash"]) == len(found["evidence_hash"]) == 64
    assert found["quarter"] == QUARTER
    assert found["engines"] == (["forward", "columnar"] if TWO else ["columnar"])
    assert {p["id"] for p in found["county"]["pressures"]} == {"case_system", "recruitment_retention", "workload"}
    team = found["teams"][0]
    promised = {"team_id", "team_name", "district", "level", "could_be", "score", "pressures", "supervision", "rules",
                "notices", "confidence", "missing"}  # fmt: skip
    assert promised <= set(team)
    assert set(team["score"]) == {"points", "low", "high", "of"}


def test_findings_json_has_the_promised_shape() -> None:
    found = document("findings", KENT, "--quarter", QUARTER)
    assert HEAD <= set(found)
    assert len(found["findings"]) == 48
    assert {"question", "theme", "finding", "favourable", "adverse", "responding"} <= set(found["findings"][0])
    assert [note["question"] for note in found["notes"]] == [None, None]


def test_every_command_with_json_prints_one_document() -> None:
    for arguments in (
        ["demo"], ["score", MINIMAL], ["explain", "T001"], ["findings", MINIMAL], ["rules", "list"], ["rules", "show", "R3"],
        ["rules", "check", "kent-2009"], ["rules", "test", "kent-2009"], ["rules", "trace"],
    ):  # fmt: skip
        assert document(*arguments)["schema_version"]


def test_the_two_engines_can_be_asked_for_one_by_one() -> None:
    columnar = document("score", MINIMAL, "--engine", "columnar")
    assert columnar["engines"] == ["columnar"]
    assert columnar["one_engine_because"] == "asked for"
    if TWO:
        assert document("score", MINIMAL, "--engine", "forward")["teams"] == columnar["teams"]
    else:
        assert run("score", MINIMAL, "--engine", "forward").exit_code == 2


def test_one_engine_is_said_on_every_result(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forward_chaining, "why_unavailable", lambda: "durable-rules does not load here")
    assert document("score", MINIMAL)["one_engine_because"] == "durable-rules does not load here"
    assert "one engine only, columnar: durable-rules does not load here" in run("score", MINIMAL).output
    assert run("score", MINIMAL, "--engine", "forward").exit_code == 2
    assert run("demo").exit_code == 0


# -- exit codes ------------------------------------------------------------------------------


def test_fine_is_0_and_flagged_is_4_only_when_asked() -> None:
    assert run("score", KENT, "--quarter", QUARTER).exit_code == 0
    assert run("score", KENT, "--quarter", QUARTER, "--fail-on", "elevated").exit_code == 4
    assert run("score", KENT, "--quarter", QUARTER, "--fail-on", "elevated", "--json").exit_code == 4


def test_a_fault_of_ours_is_1_with_one_line_and_no_traceback() -> None:
    code = (
        "import springtide.cli.score as s\n"
        "def broken(*a, **k): raise ZeroDivisionError('inside')\n"
        "s.assess = broken\n"
        "from springtide.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code, "score", MINIMAL], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "A fault of springtide's own: ZeroDivisionError: inside" in done.stderr
    assert "Traceback" not in done.stderr
    again = subprocess.run([sys.executable, "-c", code, "score", MINIMAL], capture_output=True, text=True, check=False,
                           env=os.environ | {"SPRINGTIDE_DEBUG": "1"})  # fmt: skip
    assert "Traceback" in again.stderr


def test_engines_that_disagree_are_1_and_publish_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from springtide.engines import columnar

    honest = columnar._any
    monkeypatch.setattr(columnar, "_any", lambda pairs: honest(pairs[:1]))
    result = run("score", KENT, "--quarter", QUARTER)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "disagree" in result.stderr
    assert "nothing is published" in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [["score"], ["score", KENT], ["score", KENT, "--quarter", "Q1 2010"], ["score", KENT, "--quarter", "1999/00 Q1"],
     ["score", KENT, "--quarter", QUARTER, "--fail-on", "hihg"], ["explain", "T999"], ["rules", "show", "R33"],
     ["rules", "schema", "risk"], ["score", MINIMAL, "--engine", "both engines"], ["nosuch"]],
)  # fmt: skip
def test_usage_is_2_and_says_what_to_do(arguments: list[str]) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert "Error" in result.stderr
    assert result.stdout == ""


def test_invalid_evidence_is_3_with_every_cell_and_nothing_scored(broken: str) -> None:
    result = run("score", broken)
    assert result.exit_code == 3
    assert result.stdout == ""
    assert "workforce.csv, row 3, column vacant_posts: 'nine' is not a number" in result.stderr
    assert "workforce.csv, row 4, column team_id: there is no team 'C' in the team list" in result.stderr
    assert "2 problems in the evidence; nothing was scored" in result.stderr


def test_bad_rows_are_left_out_and_listed_when_asked(broken: str) -> None:
    result = run("score", broken, "--skip-bad-rows")
    assert result.exit_code == 0
    assert "Left out by --skip-bad-rows, 2 problems" in result.stdout
    found = document("score", broken, "--skip-bad-rows")
    assert len(found["left_out"]) == 2
    assert {team["team_id"] for team in found["teams"]} == {"A", "B"}


def test_invalid_evidence_as_json_lists_the_problems(broken: str) -> None:
    result = run("score", broken, "--json")
    assert result.exit_code == 3
    assert {error["column"] for error in json.loads(result.stdout)["errors"]} == {"vacant_posts", "team_id"}


def test_a_pack_that_does_not_load_is_3(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("id: mine\nversion: 1.0.0\ntitle: Mine\nabout: A test\nbuilds_on: kent-2010\n")
    result = run("rules", "check", str(tmp_path))
    assert result.exit_code == 3
    assert "did you mean 'kent-2009'?" in result.stderr


def test_a_quarter_before_the_packs_time_is_3(tmp_path: Path) -> None:
    (tmp_path / "teams.csv").write_text("team_id,team_name,county\nA,Alpha,Kent\n")
    (tmp_path / "workforce.csv").write_text("team_id,quarter,established_posts\nA,2001/02 Q1,8\n")
    result = run("score", str(tmp_path))
    assert result.exit_code == 3
    assert "has no value of" in result.stderr


# -- rules -----------------------------------------------------------------------------------


def test_changing_one_threshold_in_yaml_changes_the_result(tmp_path: Path) -> None:
    """No Python touched: a layer of two small files is all."""
    (tmp_path / "pack.yaml").write_text("id: mine\nversion: 1.0.0\ntitle: Mine\nabout: A test\nbuilds_on: kent-2009\n")
    (tmp_path / "thresholds.yaml").write_text(
        "vacancy_rate_present:\n  values:\n    - {from: always, value: 0.9, basis: judgement, source: A test}\n"
        "vacancy_rate_severe:\n  values:\n    - {from: always, value: 0.95, basis: judgement, source: A test}\n"
    )
    before, after = (document("score", KENT, "--quarter", QUARTER, "--rules", rules) for rules in ("kent-2009", str(tmp_path)))
    assert before["pack"]["hash"] != after["pack"]["hash"]
    assert before["evidence_hash"] == after["evidence_hash"]

    def gaps(found: dict) -> int:
        return sum(team["pressures"]["staffing_gap"]["state"] != "none" for team in found["teams"])

    assert gaps(after) < gaps(before)
    assert [t["level"] for t in before["teams"]] != [t["level"] for t in after["teams"]]


def test_trace_covers_every_paragraph() -> None:
    paragraphs = document("rules", "trace")["paragraphs"]
    assert [p["number"] for p in paragraphs] == list(range(1, 31))
    assert all(bool(p["encoded_by"]) != bool(p["not_encoded_because"]) for p in paragraphs)
    assert "30 of 30 paragraphs accounted for" in run("rules", "trace").output


@pytest.mark.parametrize("pack", ["kent-2009", "england"])
def test_the_shipped_packs_pass_their_own_checks(pack: str) -> None:
    assert run("rules", "check", pack).exit_code == 0
    result = run("rules", "test", pack)
    assert result.exit_code == 0
    assert re.search(r"(\d{3}) of \1 examples hold, in 48 rules", result.output)


def test_an_example_that_does_not_hold_is_3_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("id: mine\nversion: 1.0.0\ntitle: Mine\nabout: A test\nbuilds_on: kent-2009\n")
    (tmp_path / "notices").mkdir()
    (tmp_path / "notices" / "crisis_note.yaml").write_text(
        "id: crisis_note\ntitle: A note\ncites: [para 29]\nbecause: A test.\nchannel: notice\nwhen: {crisis: severe}\n"
        "tell_the_manager: Look.\nexamples:\n  - {name: present only, given: {crisis: present}, expect: met}\n"
    )
    result = run("rules", "test", str(tmp_path))
    assert result.exit_code == 3
    assert "present only: expected met, came to not met" in result.output
    assert "crisis_note.yaml:9:5" in result.output


def test_the_schema_is_a_schema_and_its_kinds_are_separate() -> None:
    whole = json.loads(run("rules", "schema").output)
    jsonschema.Draft202012Validator.check_schema(whole)
    assert json.loads(run("rules", "schema", "risk rule").output) == pack_schema("risk rule")


# -- what people see -------------------------------------------------------------------------


def test_every_flag_explains_itself_down_to_cells_thresholds_and_paragraphs(kent: RulePack) -> None:
    result = assess(kent, read_evidence(KENT, kent), parse_quarter(QUARTER), engine="columnar")
    assert len(result.flagged) > 10
    for team in result.flagged:
        console = Console(width=120, record=True, file=io.StringIO())
        console.print(explanation.render(result, team))
        text = console.export_text()
        for wanted in ("rests on", ".csv row", "(para", "margin", "What to do", team.team.name):
            assert wanted in text, (team.team.id, wanted)


def test_why_not_names_what_stopped_each_rule() -> None:
    steady = next(t for t in document("score", KENT, "--quarter", QUARTER)["teams"] if t["level"] == "steady")
    text = run("explain", steady["team_id"], "--why-not", "high").output
    for rule in ("R3", "R4", "R7"):
        assert f"[not met] {rule}" in text or f"[cannot tell] {rule}" in text
    assert "margin" in text


def test_a_team_can_be_named_in_any_case_and_a_misspelt_one_is_guessed() -> None:
    assert run("explain", "t001").exit_code == 0
    assert "did you mean" in run("explain", "T0001").stderr


def test_no_colour_codes_when_piped_or_told_not_to() -> None:
    for extra in ({}, {"NO_COLOR": "1"}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}):
        done = subprocess.run([sys.executable, "-m", "springtide", "score", MINIMAL], capture_output=True, text=True,
                              check=True, env=os.environ | extra)  # fmt: skip
        assert "\x1b[3" not in done.stdout


def test_output_is_plain_text_that_says_the_level_in_words() -> None:
    text = run("score", KENT, "--quarter", QUARTER).output
    for words in ("Steady", "Watch", "Increased", "Elevated", "High", "Insufficient evidence", "Could be", "raise the risk"):
        assert words in text


def test_what_is_named_again_is_never_another_teams(kent: RulePack) -> None:
    """R9 speaks of the receiving team: its staffing gap is spelled out, though this team has one as well."""
    result = assess(kent, read_evidence(KENT, kent), parse_quarter(QUARTER), engine="columnar")
    console = Console(width=160, record=True, file=io.StringIO())
    console.print(explanation.render(result, result.team("T017")))
    transfers = console.export_text().split("R9:")[1].split("Confidence:")[0]
    assert "as above" not in transfers
    assert "Vacancy rate" in transfers


def test_what_a_layer_moves_is_listed_and_no_failure(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("id: mine\nversion: 1.0.0\ntitle: Mine\nabout: A test\nbuilds_on: kent-2009\n")
    (tmp_path / "thresholds.yaml").write_text("vacancy_rate_present:\n  values:\n    - {from: always, value: 0.23, basis: judgement, source: Ours}\n")
    result = run("rules", "test", str(tmp_path))
    assert result.exit_code == 0
    assert "two of nine posts are vacant and everyone is at work: present under kent-2009, none under mine" in result.output
    assert re.search(r"\d+ examples of kent-2009 come to something else under what mine changes", result.output)
    tested = json.loads(run("rules", "test", str(tmp_path), "--json").output)
    assert tested["failed"] == 0
    assert tested["moved"] == sum(example["moved_by_this_layer"] for example in tested["examples"]) > 0


@pytest.mark.parametrize("encoding", ["cp850", "ascii", "utf-8"])
def test_a_terminal_of_another_encoding_is_no_fault(encoding: str) -> None:
    command = [sys.executable, "-m", "springtide", "score", str(ROOT / "examples" / "minimal")]
    result = subprocess.run(command, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True)
    assert result.returncode == 0, result.stderr
    assert b"North Long-term" in result.stdout


def test_a_level_is_understood_as_it_is_printed() -> None:
    assert run("explain", "T001", "--evidence", str(ROOT / "examples" / "minimal"), "--why-not", "High").exit_code == 0


def test_a_quarter_without_thresholds_is_json_too() -> None:
    result = run("score", str(ROOT / "examples" / "minimal"), "--rules", "england", "--json")
    assert result.exit_code == 3
    assert "has no value of" in json.loads(result.stdout)["errors"][0]["message"]


# -- what a result is made of ----------------------------------------------------------------


def test_points_add_up_to_the_score(kent: RulePack) -> None:
    for folder in (KENT, MINIMAL):
        result = assess(kent, read_evidence(folder, kent), parse_quarter(QUARTER), engine="columnar")
        for team in result.teams:
            shares = points(team.facts, team.missing)
            assert (sum(share.low for share in shares), sum(share.high for share in shares)) == (team.score.low, team.score.high), team.team.id
            assert all(share.high for share in shares)


def test_points_add_up_under_any_rules() -> None:
    for seed in range(20):
        rng = Random(seed)
        pack = random_pack(rng)
        for team in assess(pack, random_evidence(rng, pack, 10), RANDOM_QUARTER, engine="columnar").teams:
            shares = points(team.facts)
            assert (sum(share.low for share in shares), sum(share.high for share in shares)) == (team.score.low, team.score.high)


def test_the_points_and_where_they_come_from_are_shown() -> None:
    text = run("explain", "T003").output
    said = text.split("Where the points come from: 7 of 26")[1].split("\n\n")[0]
    assert "Posts unfilled, or staff absent: present, 2 points" in said
    assert "Time for thorough, reflective supervision: evidenced strained, 3 points" in said
    assert "R1: County-wide and local pressures coincide, 2 points" in said
    assert sum(int(number) for number in re.findall(r"(\d+) points", said)) == 7
    shown = document("explain", "T003")["explanation"]["points"]
    assert sum(share["low"] for share in shown["from"]) == shown["low"] == 7


@pytest.mark.parametrize(
    ("team", "state", "reason"),
    [
        ("T003", "evidenced strained", "[met] Q9, The records show supervision"),
        ("T017", "evidenced adequate", "[met] Q36, Records show a manager's oversight"),
        ("T025", "inferred strained", "[met] 3 of 4 hold; 2 are needed"),
        ("T005", "cannot tell, for nothing shows it strained and not everything shows it adequate", "[not met] Q37, Discussions about a case"),
        ("T034", "cannot tell", "[cannot tell] Q9, The records show supervision"),
    ],
)
def test_supervision_is_shown_with_its_reasons(team: str, state: str, reason: str) -> None:
    shown = run("explain", team).output.split("\nSupervision: ")[1].split("\n\n")[0]
    assert shown.splitlines()[0] == state
    assert reason in shown


def test_no_advice_takes_back_another(kent: RulePack) -> None:
    """What says that nothing is to be done stands alone, or comes after all that is to be done."""
    result = assess(kent, read_evidence(KENT, kent), parse_quarter(QUARTER), engine="columnar")
    for team in result.teams:
        console = Console(width=300, record=True, file=io.StringIO())
        console.print(explanation.render(result, team))
        lines = [line.strip() for line in console.export_text().split("What to do")[1].splitlines()[1:] if line.strip()]
        for place, line in enumerate(lines):
            if line.startswith("No action is needed"):
                assert len(lines) == 2, (team.team.id, lines)
            if "No other action may be needed." in line or "calls for no other action" in line:
                alone = line.rpartition(": ")[0]  # one rule's own advice speaks of itself
                assert alone or place == len(lines) - 1, (team.team.id, line)


@pytest.mark.parametrize(("team", "level"), [("T017", "high"), ("T001", "watch"), ("T005", "steady"), ("T011", "Steady")])
def test_why_not_a_level_that_was_reached(team: str, level: str) -> None:
    text = run("explain", team, "--why-not", level).output
    assert f"has reached {level.capitalize()}" in text
    assert "what stopped each" not in text
    assert "\n├── [not met]" not in text
    shown = document("explain", team, "--why-not", level)["explanation"]["why_not"]
    assert shown["reached"] is True
    assert {rule["truth"] for rule in shown["rules"]} <= {"met"}


def test_why_not_steady_of_a_team_of_which_too_little_is_known() -> None:
    text = run("explain", "T015", "--why-not", "steady").output
    assert "at least 3 of 5 pressures are known, and 0 are known here" in " ".join(text.split())
    assert "Missing, and what waits for it" in text
    assert document("explain", "T015", "--why-not", "steady")["explanation"]["why_not"]["reached"] is False


@pytest.mark.parametrize("words", [["R13_NEW"], ["r3"], ["para", "29"], ["para 29"], ["Paragraph 29"], ["29"], ["Q4"], ["question", "4"], ["P16a"], ["p16B"],
                                   ["anomaly_6"], ["theme", "record"], ["record"], ["level", "watch"], ["Elevated"], ["insufficient evidence"], ["period", "scrutiny_peak"]])  # fmt: skip
def test_whatever_has_a_name_is_shown(words: list[str]) -> None:
    assert run("rules", "show", *words).exit_code == 0
    assert document("rules", "show", *words)["title"]


def test_everything_that_the_trace_names_is_shown(kent: RulePack) -> None:
    for paragraph in kent.paragraphs:
        for name in paragraph.encoded_by:
            assert rule_pages.page(kent, name), name


def test_a_threshold_names_the_alerts_that_read_it() -> None:
    assert "Read by: alert_high\n" in run("rules", "show", "alert_answer_high").output
    assert "alert_high, alert_elevated" in run("rules", "show", "alert_right_of_reply").output
    assert "the level for alerts" in run("rules", "show", "alert_band").output


def test_pages_keep_to_the_width(kent: RulePack) -> None:
    for name in sorted(rule_pages.names(kent)):
        console = Console(width=50, record=True, file=io.StringIO())
        page = rule_pages.page(kent, name)
        assert page
        console.print(page.render())
        lines = console.export_text().splitlines()
        assert all(len(line) <= 50 for line in lines), name
        for first, further in itertools.pairwise(lines[lines.index("Examples") + 1 :] if "Examples" in lines else []):
            assert further.startswith("  "), (name, first, further)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["explain", KENT, "T001"], f"springtide explain T001 --evidence {KENT}"),
        (["explain", "T017", "T018"], "one at a time"),
        (["explain", "Dover"], "T016 (Dover DIAT 1)"),
        (["explain", "T017", "--why-not", "hihg"], "did you mean 'high'?"),
        (["rules", "show", "vacancy_rat"], "'vacancy_rate'"),
        (["rules", "show", "P16"], "'P16a' or 'P16b'"),
        (["rules", "show", "R3", "R4"], "one at a time: springtide rules show R3"),
    ],
)
def test_what_was_meant_is_offered(arguments: list[str], says: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert says in result.stderr


def test_a_name_of_several_words_needs_no_quotation_marks() -> None:
    assert "Dover DIAT 2 (T017)" in run("explain", "Dover", "DIAT", "2").output


def test_no_line_of_prose_ends_in_spaces() -> None:
    """What is pasted into a letter should not carry them."""
    advice = run("explain", "T017").output.split("What to do")[1]
    assert all(line == line.rstrip() for line in advice.splitlines())
