"""record, verify, replay, compare and history as their users run them."""

from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from springtide.cli.main import cli

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "ten-quarters"


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(cli, list(words), catch_exceptions=False)
    assert result.exit_code == code, result.output + result.stderr
    return result


def document(*words: str, code: int = 0) -> Any:
    return json.loads(run(*words, "--json", code=code).stdout)


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ten quarters of the example; tests that write work on a copy."""
    store = tmp_path_factory.mktemp("filed") / "store.sqlite"
    run("record", str(EXAMPLE), "--all-quarters", "--by", "performance analyst", "--engine", "columnar", "--store", str(store))
    return store


@pytest.fixture
def store(filed: Path, tmp_path: Path) -> str:
    return str(shutil.copy(filed, tmp_path / "store.sqlite"))


def edited(tmp_path: Path, quarter: str, team: str, **cells: str) -> str:
    """The example with some cells of one row of workforce.csv changed."""
    folder = tmp_path / "evidence"
    shutil.copytree(EXAMPLE, folder)
    with (folder / "workforce.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        if (row["team_id"], row["quarter"]) == (team, quarter):
            row |= cells
    with (folder / "workforce.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return str(folder)


def test_the_same_again_files_nothing(store: str) -> None:
    again = run("record", str(EXAMPLE), "--quarter", "2010/11 Q2", "--store", store, "--engine", "columnar")
    assert "filed already, and says the same" in again.output
    assert "Every quarter of this evidence is filed already" in run("record", str(EXAMPLE), "--all-quarters", "--store", store).output
    assert document("verify", "--store", store)["store"]["records"] == 10


def test_a_correction_says_who_and_why_and_the_first_version_stays(store: str, tmp_path: Path) -> None:
    folder = edited(tmp_path, "2010/11 Q2", "T3", vacant_posts="3")
    refused = run("record", folder, "--quarter", "2010/11 Q2", "--store", store, code=2)
    assert "is filed already (version 1" in refused.stderr and "its evidence" in refused.stderr and "--because" in refused.stderr
    made = run("record", folder, "--quarter", "2010/11 Q2", "--store", store, "--because", "HR sent it late", "--by", "head of service", "--engine", "columnar")
    assert "Filed 2010/11 Q2, version 2" in made.output and "because: HR sent it late" in made.output
    assert document("history", "T3", "--store", store)["quarters"][-1]["version"] == 2
    first = document("replay", "2010/11 Q2", "--version", "1", "--store", store)
    assert first["same"] and first["record"]["recorded_by"] == "performance analyst"
    assert document("replay", "2010/11 Q2", "--store", store)["record"]["because"] == "HR sent it late"
    assert "has no version 3; its versions: 1, 2" in run("replay", "2010/11 Q2", "--version", "3", "--store", store, code=2).stderr


def test_a_corrected_past_is_told_to_those_that_rest_on_it(store: str, tmp_path: Path) -> None:
    folder = edited(tmp_path, "2010/11 Q1", "T3", vacant_posts="3")
    made = run("record", folder, "--quarter", "2010/11 Q1", "--store", store, "--because", "late", "--engine", "columnar")
    assert "2010/11 Q2 was compared with an earlier version of 2010/11 Q1" in " ".join(made.output.split())


def test_a_changed_record_is_named_and_the_exit_code_says_so(store: str) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("DROP TRIGGER team_results_no_update")
        connection.execute("UPDATE team_results SET result = replace(result, '\"level\":\"high\"', '\"level\":\"watch\"') WHERE record = 7 AND team = 'T1'")
    connection.close()
    said = run("verify", "--store", store, code=5).output
    assert "record 7 (2009/10 Q3, version 1): the result of T1 was changed" in said
    assert "does not refuse changes any more" in said
    again = run("replay", "2009/10 Q3", "--store", store, code=5).output
    assert "T1: result" in again


def test_a_head_printed_earlier_shows_what_was_cut_off(store: str) -> None:
    head = re.search(r"head ([0-9a-f]{16})", run("history", "T1", "--store", store).output)
    assert head and run("verify", "--store", store, "--head", head[1])
    assert "no record has the hash 0123456789abcdef" in run("verify", "--store", store, "--head", "0123456789abcdef", code=5).output


def test_data_that_is_missing_is_no_movement(store: str) -> None:
    """In 2009/10 Q2 South Duty sent nothing, and levels all over the county could not be proved."""
    found = {team["team_id"]: team for team in document("compare", "2009/10 Q1", "2009/10 Q2", "--store", store)["teams"]}
    fell = [team for team, one in found.items() if one["then"]["level"] != one["now"]["level"]]
    assert len(fell) >= 4
    for team in fell:
        assert "missing data" in found[team]["changed_by"], team
        assert found[team]["known"]["level"] not in ("steady", "watch") or found[team]["then"]["level"] == "watch"
    assert (found["T1"]["known"]["level"], found["T1"]["now"]["level"], found["T1"]["now"]["could_be"]) == ("high", "watch", "high")
    assert found["T5"]["changed_by"].keys() == {"missing data"}
    standing = document("history", "T5", "--store", store)["quarters"][5]["standing"]
    assert standing["kind"] == "cannot tell"


def test_quarters_are_compared_in_their_order_and_not_with_themselves(store: str) -> None:
    one, other = (document("compare", *pair, "--store", store) for pair in (("2009/10 Q3", "2009/10 Q1"), ("2009/10 Q1", "2009/10 Q3")))
    assert one == other and one["before"]["quarter"] == "2009/10 Q1"
    assert "compared with itself" in run("compare", "2009/10 Q3", "2009/10 Q3", "--store", store, code=2).stderr
    assert "2011/12 Q1 is not filed; filed quarters: 2008/09 Q1" in run("compare", "2009/10 Q3", "2011/12 Q1", "--store", store, code=2).stderr


def test_one_team_with_its_measures(store: str) -> None:
    said = run("compare", "2009/10 Q1", "2009/10 Q2", "--team", "north duty", "--store", store).output
    assert re.search(r"Referrals against the team's usual +\+2\.06 % +\+44\.3 %", said), said
    assert "2 teams have it in the name" in run("compare", "2009/10 Q1", "2009/10 Q2", "--team", "duty", "--store", store, code=2).stderr


def test_a_team_that_slides_has_a_direction_and_one_that_wobbles_has_none(store: str) -> None:
    sliding, quiet = (document("history", team, "--store", store) for team in ("T2", "T3"))
    directions = {one["id"]: one["direction"] and one["direction"]["tendency"] for one in sliding["series"]}
    assert directions["caseload"] == directions["vacancy_rate"] == directions["score"] == "worsening"
    assert sliding["quarters"][-1]["standing"]["kind"] == "persisting", "the level itself is what it was last quarter"
    assert "worsening" not in {one["direction"]["tendency"] for one in quiet["series"] if one["direction"]}
    assert [point["standing"]["kind"] for point in quiet["quarters"]][-1] == "quiet"


def test_history_of_a_district_and_of_the_county(store: str) -> None:
    north, county = document("history", "--district", "north", "--store", store), document("history", "--store", store)
    assert [team["team_id"] for team in north["teams"]] == ["T1", "T2", "T3"] and len(county["teams"]) == 7
    assert len(county["records"]) == 10 and north["district"] == "North"
    assert "give a team or a district" in run("history", "T1", "--district", "North", "--store", store, code=2).stderr
    assert "did you mean T1 (North Duty)" in run("history", "North Dut", "--store", store, code=2).stderr


def test_rules_that_change_nothing_say_so(store: str) -> None:
    said = run("rules", "diff", "kent-2009", "kent-2009", "--store", store).output
    assert "Nothing would change: none of the teams would have come to anything else in any of 10 filed quarters." in said


def test_rules_that_change_something_name_whom_and_by_what(store: str, tmp_path: Path) -> None:
    run("rules", "new", "pack", "lower", "--pack", str(tmp_path))
    pack = tmp_path / "lower"
    pack = pack if (pack / "pack.yaml").is_file() else tmp_path
    (pack / "thresholds.yaml").write_text(
        "crisis_cases_present:\n  values:\n    - {from: 2008/09 Q1, value: 1, basis: judgement, source: tried out}\n"
        "crisis_per_worker_present:\n  values:\n    - {from: 2008/09 Q1, value: 0.05, basis: judgement, source: tried out}\n",
        encoding="utf-8",
    )
    found = document("rules", "diff", "kent-2009", str(pack), "--store", store)
    moved = [team for quarter in found["filed_quarters"] for team in quarter["moved"]]
    assert moved and all(team["by"] for team in moved)
    assert any("crisis came" in team["by"] for team in moved)
    restated = document("replay", "2009/10 Q3", "--rules", str(pack), "--store", store)
    assert restated["restated"] and restated["said_at_the_time"]["T1"]["level"] == "high"
    assert document("verify", "--store", store)["store"]["records"] == 10, "nothing was filed"


def test_nothing_is_made_by_reading(tmp_path: Path) -> None:
    store = tmp_path / "none.sqlite"
    for words in (["history"], ["verify"], ["replay", "2009/10 Q1"], ["compare", "2009/10 Q1", "2009/10 Q2"], ["rules", "diff", "kent-2009", "england"]):
        assert "there is no store at" in run(*words, "--store", str(store), code=2).stderr
    assert not store.exists()


def test_all_quarters_takes_no_quarter_and_no_reason(tmp_path: Path) -> None:
    for words in (["--quarter", "2010/11 Q2"], ["--because", "late"]):
        assert "one at a time" in run("record", str(EXAMPLE), "--all-quarters", *words, "--store", str(tmp_path / "s"), code=2).stderr


def test_a_row_left_out_is_filed_without_what_it_said(tmp_path: Path) -> None:
    folder = edited(tmp_path, "2010/11 Q2", "T3", vacant_posts="Jane Doe's post")
    store = str(tmp_path / "store.sqlite")
    filed = document("record", folder, "--quarter", "2010/11 Q2", "--skip-bad-rows", "--store", store, "--engine", "columnar")
    assert "left out, as it could not be read" in filed["left_out"][0]
    assert b"Jane" not in Path(store).read_bytes()


def test_the_words_stay_those_of_the_pressures(store: str) -> None:
    """Promise 7."""
    for words in (["history", "T1"], ["history"], ["compare", "2009/10 Q1", "2009/10 Q2"], ["verify"], ["replay", "2009/10 Q3"]):
        said = run(*words, "--store", store).output.lower()
        assert "unsafe" not in said and "predict" not in said and "blame" not in said


def test_every_version_stays_in_sight_and_what_rests_on_an_old_one_is_marked(store: str, tmp_path: Path) -> None:
    folder = edited(tmp_path, "2010/11 Q1", "T3", vacant_posts="3")
    run("record", folder, "--quarter", "2010/11 Q1", "--store", store, "--because", "late", "--by", "head of service", "--engine", "columnar")
    listed = run("history", "--store", store).output
    assert "2010/11 Q1, version 1" in listed and "2010/11 Q1, version 2" in listed and "because: late" in listed
    assert "2010/11 Q1 was filed or corrected later; file 2010/11 Q2 again" in " ".join(run("history", "T3", "--store", store).output.split())
    assert document("history", "T3", "--store", store)["quarters"][-1]["stale"]


def test_what_is_odd_in_the_evidence_is_said_when_it_is_filed(tmp_path: Path) -> None:
    folder = edited(tmp_path, "2010/11 Q2", "T3", vacant_posts="many")
    said = run("record", folder, "--quarter", "2010/11 Q2", "--skip-bad-rows", "--store", str(tmp_path / "s.sqlite"), "--engine", "columnar").output
    assert "A new store was made" in said and "Left out by --skip-bad-rows" in said and "To look at in the evidence" in said


def test_a_changed_result_is_no_fault_of_ours(store: str) -> None:
    with sqlite3.connect(store) as connection:
        connection.execute("DROP TRIGGER team_results_no_update")
        connection.execute("UPDATE team_results SET result = replace(result, '\"score\"', '\"scor\"') WHERE record = 7")
    connection.close()
    assert "is not as it was filed; springtide verify says more" in run("history", "T1", "--store", store, code=2).stderr


def test_nothing_is_cut_off_in_a_narrow_window(store: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = {words: run(*words, "--store", store).output for words in (("history", "T2"), ("compare", "2009/10 Q1", "2009/10 Q2"), ("history",))}
    monkeypatch.setenv("COLUMNS", "80")
    for words, said in wide.items():
        narrow = run(*words, "--store", store).output
        assert "…" not in narrow and max(map(len, narrow.splitlines())) <= 80
        assert {*re.findall(r"\d{4}/\d{2} Q\d", said)} <= {*re.findall(r"\d{4}/\d{2} Q\d", narrow)}
        for phrase in ("staffing instability", "hold no longer"):
            assert (phrase in " ".join(said.split())) <= (phrase in " ".join(narrow.split())), phrase
