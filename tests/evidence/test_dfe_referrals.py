from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from springtide.cli.main import cli
from springtide.evidence import read_evidence
from springtide.evidence.cells import MISSING_MARKS
from springtide.evidence.dfe.imported import Imported
from springtide.evidence.dfe.published import DfeFileError
from springtide.evidence.dfe.referrals import import_dfe_referrals
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "cin_referrals_2013_to_2025.csv"
COLUMNS = ("referral_count", "rereferral_count", "rereferral_percent")

AUTHORITY = {
    "time_period": "2024",
    "geographic_level": "Local authority",
    "region_name": "Fenland",
    "old_la_code": "900.0",
    "new_la_code": "E1",
    "la_name": "Aldwick",
    "referral_count": "1000",
    "rereferral_count": "213",
    "rereferral_percent": "21.3",
}
ENGLAND = {"geographic_level": "National", "region_name": "", "new_la_code": "", "la_name": ""}
OTHER = {"new_la_code": "E2", "la_name": "Brackley"}


def referrals(folder: Path, *rows: dict[str, str], without: tuple[str, ...] = ()) -> Path:
    file = folder / "referrals.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, [column for column in AUTHORITY if column not in without], extrasaction="ignore")
        writer.writeheader()
        writer.writerows(AUTHORITY | row for row in rows or ({},))
    return file


def in_years(**counts: str) -> list[dict[str, str]]:
    """One authority's rows: y2020="900" is 900 referrals in the year to 31 March 2020. The rate is left out."""
    return [
        {"time_period": year[1:], "referral_count": count, "rereferral_count": "x", "rereferral_percent": "x"}
        for year, count in counts.items()
    ]


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def usual(folder: Path) -> dict[str, str]:
    return {row["quarter"]: row["usual_referrals"] for row in table(folder, "workforce.csv")}


def without_periods(folder: Path) -> Path:
    """The same evidence with a team list of the plain columns, which every version of the reader knows."""
    teams = {row["team_id"]: row for row in table(folder, "teams.csv")}
    with (folder / "teams.csv").open("w", encoding="utf-8", newline="") as stream:
        columns = ("team_id", "team_name", "district", "county", "team_type", "transfers_to")
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(teams.values())
    return folder


def test_a_year_to_march_stands_in_its_last_quarter_beside_the_usual(tmp_path: Path, england: RulePack) -> None:
    rows = in_years(y2020="1", y2021="900", y2022="1000", y2023="1100", y2024="1300")
    result = import_dfe_referrals(referrals(tmp_path, *rows), 2024, tmp_path / "out")
    assert (result.authorities, result.rows, result.quarter) == (1, 1, Quarter(2023, 4))
    evidence = read_evidence(tmp_path / "out", england)
    (team,) = evidence.teams
    assert (team.id, team.name, team.district, team.county, team.kind) == ("E1", "Aldwick", "Fenland", "Fenland", "authority")
    assert evidence.figures_of("E1", Quarter(2023, 4)) == {"referrals": 1300, "usual_referrals": 1000}


def test_the_usual_is_of_earlier_years_as_far_as_there_are_any(tmp_path: Path, england: RulePack) -> None:
    rows = in_years(y2020="900", y2021="1000", y2022="1001", y2023="u", y2024="1300")
    result = import_dfe_referrals(referrals(tmp_path, *rows), None, tmp_path / "out")
    assert usual(tmp_path / "out") == {
        "2019/20 Q4": "", "2020/21 Q4": "900", "2021/22 Q4": "950", "2022/23 Q4": "967", "2023/24 Q4": "1000.5",
    }  # fmt: skip
    assert any("(by number of years: 3 for 1, 2 for 2, 1 for 1)." in note for note in result.notes)
    assert any(note.endswith("for all 1 of 2020, the first year in the file.") for note in result.notes)
    assert "Left out of these averages, for the count is not given: Aldwick 2023 (u)." in result.notes
    evidence = read_evidence(without_periods(tmp_path / "out"), england)
    assert evidence.marks_of("E1", Quarter(2022, 4)) == {"referrals": MISSING_MARKS["u"]}


def test_a_year_further_back_never_stands_in(tmp_path: Path) -> None:
    import_dfe_referrals(referrals(tmp_path, *in_years(y2019="9", y2020="900", y2023="5", y2024="1")), None, tmp_path / "out")
    assert usual(tmp_path / "out")["2022/23 Q4"] == "900"
    assert usual(tmp_path / "out")["2023/24 Q4"] == "5"


def test_where_earlier_years_are_all_symbols_the_usual_is_missing_for_that_reason(tmp_path: Path, england: RulePack) -> None:
    import_dfe_referrals(referrals(tmp_path, *in_years(y2022="x", y2023="c", y2024="12")), 2024, tmp_path / "out")
    evidence = read_evidence(tmp_path / "out", england)
    assert evidence.marks_of("E1", Quarter(2023, 4)) == {"usual_referrals": MISSING_MARKS["c"]}


@pytest.mark.parametrize("symbol", [mark for mark in MISSING_MARKS if mark])
def test_every_symbol_is_missing_never_nought(symbol: str, tmp_path: Path, england: RulePack) -> None:
    result = import_dfe_referrals(referrals(tmp_path, dict.fromkeys(COLUMNS, symbol), OTHER), 2024, tmp_path / "out")
    evidence = read_evidence(tmp_path / "out", england)
    assert result.authorities == 2
    assert evidence.figures_of("E1", Quarter(2023, 4)) == {}
    assert evidence.marks_of("E1", Quarter(2023, 4)) == {"referrals": MISSING_MARKS[symbol]}
    assert [(cell.authority, cell.year, cell.column, cell.symbol) for cell in result.missing] == [("E1", 2024, column, symbol) for column in COLUMNS]


def test_the_notes_say_what_these_counts_can_not_show(tmp_path: Path) -> None:
    for years in (2024, None):
        result = import_dfe_referrals(referrals(tmp_path, {}, {"time_period": "2023"}), years, tmp_path / "out", overwrite=True)
        said = " ".join(result.notes)
        for words in ("counts of a YEAR, not of a quarter", "can not show a peak", "change of recording", "Re-referrals are read by no rule"):
            assert words.replace("can not", "cannot") in said


# -- re-referrals, worked out again ----------------------------------------------------------------


def differing(result: Imported) -> list[tuple[str, float, float]]:
    return [(one.row.name, one.published, round(one.from_parts, 3)) for check in result.checks for one in check.differing]


def test_an_authority_is_held_to_one_rounding(tmp_path: Path) -> None:
    rows = [{"rereferral_percent": "21.35"}, OTHER | {"rereferral_percent": "21.24"}]
    result = import_dfe_referrals(referrals(tmp_path, *rows), 2024, tmp_path / "out")
    assert differing(result) == [("Brackley", 21.24, 21.3)]
    (check,) = result.checks
    assert (check.matched, check.of) == (1, 2)


def test_what_is_rounded_to_ten_is_held_to_what_that_allows(tmp_path: Path) -> None:
    small = ENGLAND | {"referral_count": "100", "rereferral_count": "20", "rereferral_percent": "26"}
    smaller = ENGLAND | {"referral_count": "0", "rereferral_count": "0", "rereferral_percent": "50"}
    large = ENGLAND | {"referral_count": "100000", "rereferral_count": "20000", "rereferral_percent": "20.1"}
    result = import_dfe_referrals(referrals(tmp_path, small, smaller, large, {}), 2024, tmp_path / "out")
    assert differing(result) == [("England", 20.1, 20.0)]
    assert [one.why for check in result.checks for one in check.not_checked] == ["nothing to divide by"]


# -- what can't be imported ------------------------------------------------------------------------


def test_another_file_names_the_missing_columns(tmp_path: Path) -> None:
    file = referrals(tmp_path, without=("rereferral_count",))
    with pytest.raises(DfeFileError, match=r"not the file of referrals; these columns are missing: rereferral_count$"):
        import_dfe_referrals(file, 2024, tmp_path / "out")


@pytest.mark.parametrize("column", COLUMNS)
def test_a_bad_cell_is_named_with_file_row_and_column(column: str, tmp_path: Path) -> None:
    file = referrals(tmp_path, {}, OTHER | {column: "1,234"})
    with pytest.raises(DfeFileError, match=rf"referrals\.csv, row 3: Brackley, {column}: '1,234' is not a number; known symbols"):
        import_dfe_referrals(file, 2024, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_bad_cell_in_an_earlier_year_spoils_the_usual(tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match=r"row 2: Aldwick, referral_count: 9\.5 is not a whole number"):
        import_dfe_referrals(referrals(tmp_path, *in_years(y2023="9.5", y2024="10")), 2024, tmp_path / "out")


def test_an_authority_without_a_region(tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match="row 2: region_name is blank for Aldwick; every authority needs"):
        import_dfe_referrals(referrals(tmp_path, {"region_name": ""}), 2024, tmp_path / "out")


def test_evidence_that_is_there_is_not_written_over_unasked(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "workforce.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(DfeFileError, match=r"evidence is there already \(workforce\.csv\)"):
        import_dfe_referrals(referrals(tmp_path), None, tmp_path / "out")
    assert import_dfe_referrals(referrals(tmp_path), None, tmp_path / "out", overwrite=True).rows == 1


# -- the command -----------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["import", "dfe-referrals", *arguments], catch_exceptions=False)


def test_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    file = str(referrals(tmp_path, {}, {"time_period": "2023"}, ENGLAND))
    one = run(file, "--year", "2024")
    assert one.exit_code == 0
    assert one.stdout.splitlines()[0] == "1 authority in 1 region, 2023/24 Q4, written to dfe-referrals-2024"
    several = run(file, "--json")
    told = json.loads(several.stdout)
    assert (told["folder"], told["rows"], told["reproduced"]) == ("dfe-referrals", 2, {"rereferral_percent": {"of": 3, "matched": 3}})
    assert (told["missing"], told["not_reproduced"]) == ([], [])
    again = run(file, "--json")
    assert again.exit_code == 3
    assert "evidence is there already" in json.loads(again.stdout)["errors"][0]["message"]
    assert run(file, "--overwrite").exit_code == 0


# -- the real file ---------------------------------------------------------------------------------

AUTHORITIES = dict.fromkeys(range(2013, 2026), 152) | {2020: 151, 2021: 151, 2024: 153, 2025: 153}


@pytest.fixture(scope="module")
def real_rows() -> list[dict[str, str]]:
    if not REAL.is_file():
        pytest.skip("the published referrals are not in ../shared/data")
    with REAL.open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["geographic_level"] == "Local authority"]


@pytest.fixture(scope="module")
def all_years(real_rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Imported, Path]:
    folder = tmp_path_factory.mktemp("referrals")
    return import_dfe_referrals(REAL, None, folder), folder


def test_every_authority_of_every_year(all_years: tuple[Imported, Path], real_rows: list[dict[str, str]]) -> None:
    result, folder = all_years
    assert {one.year: one.authorities for one in result.years} == AUTHORITIES
    published = {
        (row["new_la_code"], str(Quarter(int(row["time_period"]) - 1, 4))): row["referral_count"] for row in real_rows
    }
    written = {(row["team_id"], row["quarter"]): row["referrals"] for row in table(folder, "workforce.csv")}
    assert written == published
    assert len(written) == result.rows == 1976
    assert (result.authorities, result.regions) == (161, 10)
    assert {row["team_id"]: row["county"] for row in table(folder, "teams.csv")} == {
        row["new_la_code"]: row["region_name"] for row in real_rows
    }


def test_every_symbol(all_years: tuple[Imported, Path], real_rows: list[dict[str, str]]) -> None:
    symbols = Counter(
        (row["new_la_code"], int(row["time_period"]), column, row[column])
        for row in real_rows for column in COLUMNS if row[column].lower() in MISSING_MARKS
    )  # fmt: skip
    result, _ = all_years
    assert Counter((cell.authority, cell.year, cell.column, cell.symbol) for cell in result.missing) == symbols
    assert len(result.missing) == 62


def test_every_percentage_comes_to_the_same_but_one_that_can_not_be_checked(all_years: tuple[Imported, Path]) -> None:
    (check,) = all_years[0].checks
    assert (check.matched, check.of) == (2104, 2104)
    assert [(one.row.name, one.row.year, one.why) for one in check.not_checked] == [
        ("Isles of Scilly", 2017, "referral_count not given as a number")
    ]


def test_only_what_is_no_authority_is_rounded_to_ten(real_rows: list[dict[str, str]]) -> None:
    """The tolerance rests on this."""
    with REAL.open(encoding="utf-8-sig", newline="") as stream:
        wider = [row for row in csv.DictReader(stream) if row["geographic_level"] != "Local authority"]
    assert {row[column][-1] for row in wider for column in COLUMNS[:2]} == {"0"}
    for year in range(2013, 2026):
        counts = [row["referral_count"] for row in real_rows if row["time_period"] == str(year) and row["referral_count"].isdigit()]
        assert sum(count.endswith("0") for count in counts) < len(counts) / 4


def test_some_usual_referrals_checked_by_hand(all_years: tuple[Imported, Path]) -> None:
    _, folder = all_years
    held = {(row["team_id"], row["quarter"]): (row["referrals"], row["usual_referrals"]) for row in table(folder, "workforce.csv")}
    assert held["E08000017", "2024/25 Q4"] == ("5665", number(3521 + 5033 + 5810, 3))  # Doncaster
    assert held["E06000053", "2018/19 Q4"] == ("16", number(44 + 12, 2))  # Isles of Scilly: 2017 is c
    assert held["E10000020", "2013/14 Q4"] == ("9729", "x")  # Norfolk: 2013 is x, and no year before it is in the file
    assert held["E06000066", "2023/24 Q4"][1] == ""  # Somerset, under a new code
    assert held["E06000066", "2024/25 Q4"][1] == held["E06000066", "2023/24 Q4"][0]


def number(total: int, years: int) -> str:
    return f"{total / years:.6f}".rstrip("0").rstrip(".")


def test_who_became_whom(all_years: tuple[Imported, Path]) -> None:
    ended = {row["team_id"]: (row["to_quarter"], row["became"]) for row in table(all_years[1], "teams.csv") if row["to_quarter"]}
    assert ended == {
        "E10000009": ("2019/20 Q3", "E06000059"), "E06000028": ("2019/20 Q3", "E06000058"),
        "E06000029": ("2019/20 Q3", "E06000058"), "E10000002": ("2020/21 Q3", "E06000060"),
        "E10000021": ("2021/22 Q3", "E06000061 E06000062"), "E10000006": ("2023/24 Q3", "E06000063 E06000064"),
        "E10000023": ("2023/24 Q3", "E06000065"), "E10000027": ("2023/24 Q3", "E06000066"),
    }  # fmt: skip


def test_the_real_file_can_be_scored(all_years: tuple[Imported, Path], tmp_path: Path, england: RulePack) -> None:
    for name in ("teams.csv", "workforce.csv"):
        (tmp_path / name).write_bytes((all_years[1] / name).read_bytes())
    evidence = read_evidence(without_periods(tmp_path), england)
    assert (len(evidence.teams), len(evidence.rows), len(evidence.quarters)) == (161, 1976, 13)
