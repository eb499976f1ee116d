"""How remarks are shown: many of one code are grouped, those that are acknowledged come last, and JSON has them all."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from springtide.cli.main import cli

TEAMS = "team_id,team_name,county\n" + "".join(f"T{n},Team {n},Kent\n" for n in range(1, 9))


def evidence(folder: Path, jumping: int, acknowledged: str = "") -> Path:
    """Eight teams, of which so many have a vacancy rate far from last quarter's."""
    rows = [f"T{n},2008/09 Q3,33,1\nT{n},2008/09 Q4,33,{15 + n / 10 if n <= jumping else 1}\n" for n in range(1, 9)]
    (folder / "teams.csv").write_text(TEAMS, encoding="utf-8")
    (folder / "workforce.csv").write_text("team_id,quarter,established_posts,vacant_posts\n" + "".join(rows), encoding="utf-8")
    (folder / "acknowledged.csv").write_text("code,team_id,quarter,by,because\n" + acknowledged, encoding="utf-8")
    return folder


def shown(folder: Path) -> list[str]:
    done = CliRunner().invoke(cli, ["score", str(folder), "--quarter", "2008/09 Q4", "--engine", "columnar"], env={"COLUMNS": "1000"})
    assert done.exit_code == 0, done.output
    lines = [line.strip() for line in done.stdout.splitlines()]
    first = lines.index("To look at in the evidence") + 1
    return [line for line in lines[first : lines.index("", first)] if line.startswith("E12")]


def as_json(folder: Path) -> list[dict[str, object]]:
    done = CliRunner().invoke(cli, ["score", str(folder), "--quarter", "2008/09 Q4", "--engine", "columnar", "--json"])
    return [remark for remark in json.loads(done.stdout)["remarks"] if remark["code"] == "E12"]


def test_five_of_one_code_are_shown(tmp_path: Path) -> None:
    assert len(shown(evidence(tmp_path, 5))) == 5


def test_six_of_one_code_are_grouped(tmp_path: Path) -> None:
    lines = shown(evidence(tmp_path, 6))
    assert len(lines) == 4
    assert lines[-1] == "E12: and 3 more like it, of T4, T5 and T6; --json has them all"
    assert len(as_json(tmp_path)) == 6


def test_what_is_acknowledged_comes_last_and_short(tmp_path: Path) -> None:
    folder = evidence(tmp_path, 6, 'E12,T2,2008/09 Q4,HR analyst,"Fourteen posts were added, on 1 January."\n')
    lines = shown(folder)
    assert len(lines) == 6
    assert "T2" not in " ".join(lines[:5])
    assert lines[5] == "E12 of T2 (vacant_posts): acknowledged by HR analyst: Fourteen posts were added, on 1 January."
    remarks = as_json(folder)
    assert [remark["acknowledged"] for remark in remarks] == [None] * 5 + [{"by": "HR analyst", "because": "Fourteen posts were added, on 1 January."}]
    assert str(remarks[5]["says"]).startswith("'Vacancy rate' of T2 rose from 3.03 % to 46.06 % since 2008/09 Q3; ")


def test_one_acknowledgement_of_two_remarks_is_shown_once(tmp_path: Path) -> None:
    folder = evidence(tmp_path, 0, "E12,T1,2008/09 Q4,HR analyst,Posts were moved.\n")
    rows = "T1,2008/09 Q3,33,1,32\nT1,2008/09 Q4,33,15,18\n"
    (folder / "workforce.csv").write_text("team_id,quarter,established_posts,vacant_posts,in_post_fte\n" + rows, encoding="utf-8")
    assert shown(folder) == ["E12 of T1 (in_post_fte, vacant_posts): acknowledged by HR analyst: Posts were moved."]
    assert len(as_json(folder)) == 2


def test_levels_and_hashes_are_the_same_with_and_without(tmp_path: Path) -> None:
    def result(folder: Path) -> dict[str, object]:
        done = CliRunner().invoke(cli, ["score", str(folder), "--quarter", "2008/09 Q4", "--engine", "columnar", "--json"])
        return {key: value for key, value in json.loads(done.stdout).items() if key != "remarks"}

    before = result(evidence(tmp_path, 6))
    assert result(evidence(tmp_path, 6, "E12,T2,2008/09 Q4,HR analyst,It is right.\n")) == before
