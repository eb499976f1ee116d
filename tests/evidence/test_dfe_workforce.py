from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from springtide.cli.main import cli
from springtide.evidence import EvidenceSet, read_evidence
from springtide.evidence.cells import MISSING_MARKS
from springtide.evidence.dfe.recomputed import NotReproduced
from springtide.evidence.dfe.workforce import _COLUMNS, _FORMULAS, DfeFileError, Imported, import_dfe_workforce
from springtide.logic.formula import parse_formula
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter

REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "csww_indicators_2017_to_2025.csv"
QUARTER = Quarter(2024, 2)

AUTHORITY = {
    "time_period": "2024",
    "geographic_level": "Local authority",
    "region_name": "Fenland",
    "new_la_code": "E1",
    "la_name": "Aldwick",
    "inpost_fte": "80",
    "leavers_fte": "12",
    "turnover_rate_fte": "15",
    "agency_fte": "20",
    "agency_rate_fte": "20",
    "vacancy_fte": "20",
    "vacancy_rate_fte": "20",
    "case_holders_fte": "50",
    "cases": "800",
    "caseload_fte": "16",
    "absence_rate_fte": "3.1",
}
FIGURES = tuple(column for column, _ in _COLUMNS.values())
SYMBOLS = [mark for mark in MISSING_MARKS if mark]


def census(folder: Path, *rows: dict[str, str], without: tuple[str, ...] = ()) -> Path:
    """A census file with one row for each change from the usual authority, saved as the department does."""
    file = folder / "census.csv"
    columns = [column for column in AUTHORITY if column not in without]
    with file.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(AUTHORITY | row for row in rows or ({},))
    return file


def imported(tmp_path: Path, pack: RulePack, *rows: dict[str, str]) -> tuple[Imported, EvidenceSet]:
    result = import_dfe_workforce(census(tmp_path, *rows), 2024, tmp_path / "out")
    return result, read_evidence(tmp_path / "out", pack)


def test_published_rates_become_shares_with_the_counts_that_the_rules_read_beside_them(
    tmp_path: Path, england: RulePack
) -> None:
    result, evidence = imported(tmp_path, england, {})
    assert (result.authorities, result.regions, result.quarter) == (1, 1, QUARTER)
    (team,) = evidence.teams
    assert (team.id, team.name, team.district, team.county, team.kind) == (
        "E1",
        "Aldwick",
        "Fenland",
        "Fenland",
        "authority",
    )
    assert evidence.quarters == (QUARTER,)
    assert evidence.figures_of("E1", QUARTER) == {
        "vacancy_rate": 0.2, "vacant_posts": 20, "agency_rate": 0.2, "agency_fte": 20,
        "turnover_rate": 0.15, "leavers_12_months_fte": 12, "caseload": 16, "case_holders_fte": 50,
    }  # fmt: skip
    assert evidence.marks_of("E1", QUARTER) == {}


def test_the_published_rate_stands_where_its_parts_say_otherwise(tmp_path: Path, england: RulePack) -> None:
    _, evidence = imported(tmp_path, england, {"vacancy_rate_fte": "14.3", "caseload_fte": "17.25"})
    figures = evidence.figures_of("E1", QUARTER)
    assert (figures["vacancy_rate"], figures["caseload"]) == (0.143, 17.25)


@pytest.mark.parametrize("percent", ["0", "0.1", "14.3", "28.9", "57.6", "100"])
def test_no_noise_from_dividing_by_a_hundred(percent: str, tmp_path: Path) -> None:
    import_dfe_workforce(census(tmp_path, {"agency_rate_fte": percent}), 2024, tmp_path / "out")
    with (tmp_path / "out" / "workforce.csv").open(encoding="utf-8") as stream:
        (row,) = csv.DictReader(stream)
    assert len(row["agency_rate"]) <= 5
    assert float(row["agency_rate"]) * 100 == pytest.approx(float(percent))


@pytest.mark.parametrize("symbol", [*SYMBOLS, "U", " c "])
def test_every_symbol_is_missing_with_its_reason_never_zero_never_dropped(
    symbol: str, tmp_path: Path, england: RulePack
) -> None:
    rows = [{"new_la_code": f"E{i}", "la_name": f"Town {i}", column: symbol} for i, column in enumerate(FIGURES)]
    only_symbols = {"new_la_code": "E99", "la_name": "Nowhere", **dict.fromkeys(FIGURES, symbol)}
    result, evidence = imported(tmp_path, england, *rows, only_symbols)
    meaning = MISSING_MARKS[symbol.strip().lower()]
    assert result.authorities == len(evidence.teams) == len(evidence.rows) == len(FIGURES) + 1
    for i, (name, (column, _)) in enumerate(_COLUMNS.items()):
        figures, marks = evidence.figures_of(f"E{i}", QUARTER), evidence.marks_of(f"E{i}", QUARTER)
        if name in ("agency_rate", "turnover_rate"):  # worked out from parts that are known
            assert figures[name] == {"agency_rate": 0.2, "turnover_rate": 0.15}[name]
        else:
            assert name not in figures
            assert marks[name] == meaning, column
    assert evidence.figures_of("E99", QUARTER) == {}
    assert set(evidence.marks_of("E99", QUARTER).values()) == {meaning}
    assert set(evidence.marks_of("E99", QUARTER)) == {*_COLUMNS, "established_posts"}
    note = next(note for note in result.notes if meaning in note)
    assert note.startswith(f"{2 * len(FIGURES)} cells are {meaning}: Town 0 (vacancy_rate_fte), ")


def test_a_blank_cell_is_not_supplied(tmp_path: Path, england: RulePack) -> None:
    result, evidence = imported(tmp_path, england, {"leavers_fte": "", "turnover_rate_fte": ""})
    assert not {"turnover_rate", "leavers_12_months_fte"} & evidence.figures_of("E1", QUARTER).keys()
    assert "2 cells are not supplied: Aldwick (turnover_rate_fte, leavers_fte)." in result.notes


def test_parts_stand_for_rates_that_are_symbols(tmp_path: Path, england: RulePack) -> None:
    rates = dict.fromkeys(("vacancy_rate_fte", "agency_rate_fte", "turnover_rate_fte", "caseload_fte"), "u")
    result, evidence = imported(tmp_path, england, rates)
    assert evidence.figures_of("E1", QUARTER) == {
        "vacant_posts": 20, "established_posts": 100, "agency_fte": 20, "in_post_fte": 80,
        "leavers_12_months_fte": 12, "cases_worked": 800, "case_holders_fte": 50,
    }  # fmt: skip
    assert evidence.marks_of("E1", QUARTER)["vacancy_rate"] == MISSING_MARKS["u"]
    assert "Turnover rate: as published for 0 of 1 authorities; its parts are given for Aldwick." in result.notes


@pytest.mark.parametrize(
    ("column", "rate", "value"), [("agency_rate_fte", "agency_rate", 0.2), ("turnover_rate_fte", "turnover_rate", 0.15)]
)
def test_a_rate_is_worked_out_where_its_parts_would_give_another_twice(
    column: str, rate: str, value: float, tmp_path: Path, england: RulePack
) -> None:
    result, evidence = imported(tmp_path, england, {column: "u"})
    figures = evidence.figures_of("E1", QUARTER)
    assert figures[rate] == value
    assert {"agency_fte", "leavers_12_months_fte"} <= figures.keys()
    assert any("worked out from its parts for Aldwick" in note for note in result.notes)


def test_nobody_in_post_keeps_what_is_published(tmp_path: Path, england: RulePack) -> None:
    scilly = {"inpost_fte": "0", "leavers_fte": "0", "turnover_rate_fte": "z", "agency_fte": "3",
              "agency_rate_fte": "100",
              "vacancy_fte": "2", "vacancy_rate_fte": "100", "case_holders_fte": "1", "cases": "16"}  # fmt: skip
    _, evidence = imported(tmp_path, england, scilly)
    figures = evidence.figures_of("E1", QUARTER)
    assert (figures["vacancy_rate"], figures["vacant_posts"], figures["agency_rate"]) == (1, 2, 1)
    assert "turnover_rate" not in figures
    assert evidence.marks_of("E1", QUARTER)["turnover_rate"] == MISSING_MARKS["z"]


def test_a_turnover_over_a_hundred_per_cent_can_not_be_used_and_is_not_nought(
    tmp_path: Path, england: RulePack
) -> None:
    result, evidence = imported(tmp_path, england, {"leavers_fte": "96", "turnover_rate_fte": "120"})
    assert "turnover_rate" not in evidence.figures_of("E1", QUARTER)
    assert (
        "Turnover rate: as published for 0 of 1 authorities; could not be used, and is missing, for Aldwick."
        in result.notes
    )


def test_rows_that_are_not_authorities_are_left_aside_and_counted(tmp_path: Path, england: RulePack) -> None:
    national = {"geographic_level": "National", "region_name": "", "new_la_code": "", "la_name": "", "cases": "many"}
    regional = {"geographic_level": "Regional", "new_la_code": "", "la_name": ""}
    result, evidence = imported(
        tmp_path, england, national, regional, regional, {}, {"time_period": "2023", "new_la_code": "E2"}
    )
    assert [team.id for team in evidence.teams] == ["E1"]
    assert "Rows that are not authorities were left aside: 1 National, 2 Regional." in result.notes
    assert any(note.startswith("The absence rate is left out") for note in result.notes)


def test_the_formulas_are_those_of_the_pack(england: RulePack) -> None:
    for rate, text in _FORMULAS.items():
        assert england.measures[rate].formula == parse_formula(text)
        assert england.measures[rate].may_be_supplied


# -- several years ---------------------------------------------------------------------------------

OTHER = {"new_la_code": "E2", "la_name": "Brackley"}


def table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def without_periods(folder: Path) -> Path:
    """The same evidence with a team list of the plain columns, which every version of the reader knows."""
    teams = {row["team_id"]: row for row in table(folder, "teams.csv")}
    with (folder / "teams.csv").open("w", encoding="utf-8", newline="") as stream:
        columns = ("team_id", "team_name", "district", "county", "team_type", "transfers_to")
        writer = csv.DictWriter(stream, columns, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(teams.values())
    return folder


def test_without_a_year_all_years_come_into_one_folder(tmp_path: Path, england: RulePack) -> None:
    rows = [{"time_period": "2024", "agency_rate_fte": "25"}, {"time_period": "2022"}, {"time_period": "2023"}]
    result = import_dfe_workforce(census(tmp_path, *rows, *(OTHER | row for row in rows)), None, tmp_path / "out")
    assert (result.authorities, result.rows, result.regions, result.quarter) == (2, 6, 1, QUARTER)
    assert [(one.year, str(one.quarter), one.authorities) for one in result.years] == [
        (2022, "2022/23 Q2", 2), (2023, "2023/24 Q2", 2), (2024, "2024/25 Q2", 2),
    ]  # fmt: skip
    evidence = read_evidence(without_periods(tmp_path / "out"), england)
    assert len(evidence.rows) == 6
    assert evidence.figures_of("E1", QUARTER)["agency_rate"] == 0.25
    assert evidence.figures_of("E2", Quarter(2022, 2))["agency_rate"] == 0.2
    assert "Agency rate: as published for 6 of 6 rows." in result.notes


def test_some_years_and_one_year(tmp_path: Path) -> None:
    file = census(tmp_path, *({"time_period": year} for year in ("2022", "2023", "2024")))
    two = import_dfe_workforce(file, [2024, 2022, 2024], tmp_path / "two")
    assert [one.year for one in two.years] == [2022, 2024]
    one = import_dfe_workforce(file, [2024], tmp_path / "one")
    assert (one.quarter, one.rows) == (QUARTER, 1)
    (team,) = table(tmp_path / "one", "teams.csv")
    assert "from_quarter" not in team
    same = import_dfe_workforce(file, 2024, tmp_path / "same")
    assert (same, (tmp_path / "one" / "teams.csv").read_bytes()) == (one, (tmp_path / "same" / "teams.csv").read_bytes())


def test_the_team_list_says_from_when_to_when(tmp_path: Path) -> None:
    years = {
        "E10000009": ("Dorset", ("2018",)),
        "E06000059": ("Dorset", ("2019", "2020")),
        "E3": ("Now and then", ("2018", "2020")),
        "E4": ("Late", ("2020",)),
    }
    rows = [{"new_la_code": code, "la_name": name, "time_period": year} for code, (name, held) in years.items() for year in held]
    result = import_dfe_workforce(census(tmp_path, *rows), None, tmp_path / "out")
    assert [tuple(row.values())[0:2] + tuple(row.values())[6:] for row in table(tmp_path / "out", "teams.csv")] == [
        ("E10000009", "Dorset", "", "2019/20 Q1", "E06000059"),
        ("E06000059", "Dorset", "2019/20 Q2", "", ""),
        ("E3", "Now and then", "", "", ""),
        ("E4", "Late", "2020/21 Q2", "", ""),
    ]
    assert result.changes[:2] == (
        "From 2019/20 Q2: Dorset (E10000009) became Dorset (E06000059).",
        "From 2020/21 Q2: Late (E4) is new, and no predecessor is known.",
    )


def test_two_authorities_in_one_row_have_an_id_without_spaces_that_can_be_a_successor(tmp_path: Path) -> None:
    both = {"new_la_code": "E06000061 / E06000062", "la_name": "North / West"}
    result = import_dfe_workforce(
        census(tmp_path, {"new_la_code": "E10000021", "time_period": "2020"}, both | {"time_period": "2021"}), None, tmp_path / "out"
    )
    old, new = table(tmp_path / "out", "teams.csv")
    assert (old["became"], new["team_id"]) == ("E06000061/E06000062",) * 2
    assert [row["team_id"] for row in table(tmp_path / "out", "workforce.csv")] == ["E10000021", "E06000061/E06000062"]
    assert "The census counts these together, as one unit: North / West (E06000061/E06000062)." in result.notes


def test_a_fault_in_a_year_that_was_not_asked_for_is_named_where_the_list_needs_it(tmp_path: Path) -> None:
    file = census(tmp_path, {}, {"time_period": "2023", "la_name": ""}, {"time_period": "2022"}, {"time_period": "2021"})
    with pytest.raises(DfeFileError, match=r"census\.csv, row 3: la_name is blank for E1"):
        import_dfe_workforce(file, [2022, 2024], tmp_path / "out")
    assert import_dfe_workforce(file, [2021, 2022], tmp_path / "out").rows == 2


def test_what_begins_or_ends_outside_the_years_is_not_spoken_of(tmp_path: Path) -> None:
    years = (2018, 2019, 2020, 2021)
    always = [{"time_period": str(year)} for year in years]
    old = [{"new_la_code": "E10000009", "la_name": "Old", "time_period": str(year)} for year in years[:2]]
    new = [{"new_la_code": "E06000059", "la_name": "New", "time_period": str(year)} for year in years[2:]]
    file = census(tmp_path, *always, *old, *new)
    for wanted in (years[:2], years[2:]):
        result = import_dfe_workforce(file, wanted, tmp_path / "out", overwrite=True)
        assert result.changes == ()
        assert {row["from_quarter"] + row["to_quarter"] + row["became"] for row in table(tmp_path / "out", "teams.csv")} == {""}
    import_dfe_workforce(file, (2018, 2021), tmp_path / "out", overwrite=True)
    assert [(row["to_quarter"], row["became"], row["from_quarter"]) for row in table(tmp_path / "out", "teams.csv")] == [
        ("", "", ""), ("2020/21 Q1", "E06000059", ""), ("", "", "2020/21 Q2"),
    ]  # fmt: skip


@pytest.mark.parametrize("period", ["202425", "", "2O24", "1024", "٢٠٢٤"])
def test_a_year_that_is_none(period: str, tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match=r"row 3: time_period: '.*' is not a year"):
        import_dfe_workforce(census(tmp_path, {}, {"time_period": period}), None, tmp_path / "out")


# -- published rates, worked out again -------------------------------------------------------------


def found(result: Imported) -> list[tuple[str, int, str, float, float]]:
    differing: list[NotReproduced] = [one for check in result.checks for one in check.differing]
    return [(one.row.name, one.row.year, one.rate.name, one.published, round(one.from_parts, 3)) for one in differing]


def test_rates_that_do_not_come_to_the_same_are_listed_at_every_level(tmp_path: Path) -> None:
    england = {"geographic_level": "National", "region_name": "", "new_la_code": "", "la_name": "", "agency_rate_fte": "21"}
    region = {"geographic_level": "Regional", "new_la_code": "", "la_name": "", "caseload_fte": "16.07"}
    rows = [{"vacancy_rate_fte": "20.06"}, OTHER | {"vacancy_rate_fte": "19.93", "turnover_rate_fte": "15.1"}]
    result = import_dfe_workforce(census(tmp_path, england, region, *rows), 2024, tmp_path / "out")
    assert found(result) == [
        ("Brackley", 2024, "vacancy_rate", 19.93, 20),
        ("England", 2024, "agency_rate", 21, 20),
        ("Brackley", 2024, "turnover_rate", 15.1, 15),
        ("Fenland (region)", 2024, "caseload", 16.07, 16),
    ]
    assert {check.rate.name: (check.matched, check.of) for check in result.checks} == dict.fromkeys(
        ("vacancy_rate", "agency_rate", "turnover_rate", "caseload"), (3, 4)
    )
    assert [row["vacancy_rate"] for row in table(tmp_path / "out", "workforce.csv")] == ["0.2006", "0.1993"]


def with_absence(folder: Path, *rows: dict[str, str]) -> Path:
    file = folder / "census.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*AUTHORITY, "working_days_lost_fte"])
        writer.writeheader()
        writer.writerows(AUTHORITY | {"working_days_lost_fte": "627.4"} | row for row in rows)
    return file


def test_absence_is_of_253_days_and_only_checked(tmp_path: Path) -> None:
    result = import_dfe_workforce(with_absence(tmp_path, {}, OTHER | {"absence_rate_fte": "4"}), 2024, tmp_path / "out")
    assert found(result) == [("Brackley", 2024, "absence_rate", 4, 3.1)]


def test_a_symbol_in_the_absence_columns_is_listed_and_a_bad_cell_named(tmp_path: Path) -> None:
    result = import_dfe_workforce(with_absence(tmp_path, {"absence_rate_fte": "u"}), 2024, tmp_path / "out")
    assert [(cell.column, cell.symbol, cell.reason) for cell in result.missing] == [("absence_rate_fte", "u", "of low reliability (u)")]
    with pytest.raises(DfeFileError, match=r"census\.csv, row 2: Aldwick, working_days_lost_fte: 'many' is not a number"):
        import_dfe_workforce(with_absence(tmp_path, {"working_days_lost_fte": "many"}), 2024, tmp_path / "other")


def test_a_rate_whose_parts_are_not_all_there_is_not_called_different(tmp_path: Path) -> None:
    nobody = OTHER | {"inpost_fte": "0", "vacancy_fte": "0", "vacancy_rate_fte": "0", "agency_rate_fte": "100", "turnover_rate_fte": "z"}
    result = import_dfe_workforce(census(tmp_path, {"cases": "u"}, nobody), 2024, tmp_path / "out")
    assert found(result) == []
    assert [(one.row.name, one.rate.name, one.why) for check in result.checks for one in check.not_checked] == [
        ("Brackley", "vacancy_rate", "nothing to divide by"), ("Aldwick", "caseload", "cases not given as a number"),
    ]  # fmt: skip


# -- the command -----------------------------------------------------------------------------------


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["import", "dfe-workforce", *arguments], catch_exceptions=False)


def test_the_command_says_what_a_person_should_see(tmp_path: Path) -> None:
    rows = [{"time_period": "2023", "agency_rate_fte": "21"}, {"time_period": "2024", "cases": "u"}]
    result = run(str(census(tmp_path, *rows)), "-o", str(tmp_path / "out"))
    assert result.exit_code == 0
    said = result.stdout.splitlines()
    assert said[0] == f"2 rows of 1 authority in 1 region, 2 years from 2023 to 2024, written to {tmp_path / 'out'}"
    assert "  2023  2023/24 Q2            1              0" in said
    assert "  2024: 1 cell is of low reliability (u): Aldwick (cases)." in said
    assert "  Agency rate, %: matched on 1 of 2 rows, to 0.06" in said
    assert "    2023  Aldwick 21 (20.00)" in said
    assert said[-1] == f'Next: springtide score {tmp_path / "out"} --rules england --quarter "2024/25 Q2"'


def test_json_lists_every_missing_cell_and_every_rate_not_reproduced(tmp_path: Path) -> None:
    rows = [{"time_period": "2023", "agency_rate_fte": "21"}, {"time_period": "2024", "cases": "u", "agency_fte": ""}]
    result = run(str(census(tmp_path, *rows)), "-o", str(tmp_path / "out"), "--json")
    told = json.loads(result.stdout)
    assert (told["quarter"], told["authorities"], told["rows"], told["regions"]) == ("2024/25 Q2", 1, 2, 1)
    assert told["years"][0] == {"year": 2023, "quarter": "2023/24 Q2", "authorities": 1, "missing_cells": 0}
    assert told["not_reproduced"] == [
        {"level": "Local authority", "authority": "E1", "name": "Aldwick", "year": 2023, "rate": "agency_rate",
         "published": 21.0, "from_parts": 20.0, "tolerance": 0.06}
    ]  # fmt: skip
    assert told["reproduced"]["agency_rate"] == {"of": 1, "matched": 0}
    assert told["missing"] == [
        {"authority": "E1", "name": "Aldwick", "year": 2024, "column": "agency_fte", "symbol": "", "reason": "not supplied"},
        {"authority": "E1", "name": "Aldwick", "year": 2024, "column": "cases", "symbol": "u", "reason": "of low reliability (u)"},
    ]
    assert {one["rate"] for one in told["not_checked"]} == {"agency_rate", "caseload"}


def test_the_folder_is_named_after_the_years(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = str(census(tmp_path, {}, {"time_period": "2023"}))
    monkeypatch.chdir(tmp_path)
    for years, folder in ((("2024",), "dfe-workforce-2024"), (("2024", "2023"), "dfe-workforce-2023-2024"), ((), "dfe-workforce")):
        assert run(file, *(part for year in years for part in ("--year", year))).exit_code == 0
        assert (tmp_path / folder / "teams.csv").is_file()


def test_a_fault_is_a_message_and_an_exit_code(tmp_path: Path) -> None:
    result = run(str(census(tmp_path, {"cases": "q"})), "-o", str(tmp_path / "out"), "--json")
    assert result.exit_code == 3
    (error,) = json.loads(result.stdout)["errors"]
    assert "census.csv, row 2: Aldwick, cases: 'q' is not a number" in error["message"]
    again = run(str(census(tmp_path)), "--year", "2024", "--year", "2019", "-o", str(tmp_path / "out"))
    assert (again.exit_code, "no authorities of 2019; there are of 2024" in again.stderr) == (3, True)


# -- what can't be imported ------------------------------------------------------------------------


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match=r"gone\.csv: there is no such file"):
        import_dfe_workforce(tmp_path / "gone.csv", 2024, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_is_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match="can't be read"):
        import_dfe_workforce(tmp_path, 2024, tmp_path / "out")


@pytest.mark.parametrize("content", [b"PK\x03\x04\xff\xfe\x00", b'time_period,"open'])
def test_a_file_that_is_no_csv(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "census.csv").write_bytes(content)
    with pytest.raises(DfeFileError, match="not a CSV file in UTF-8"):
        import_dfe_workforce(tmp_path / "census.csv", 2024, tmp_path / "out")


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "census.csv").write_bytes(b"")
    with pytest.raises(DfeFileError, match="not the workforce census"):
        import_dfe_workforce(tmp_path / "census.csv", 2024, tmp_path / "out")


def test_another_file_names_the_missing_columns(tmp_path: Path) -> None:
    file = census(tmp_path, without=("agency_fte", "la_name"))
    with pytest.raises(DfeFileError, match=r"columns are missing: la_name, agency_fte$"):
        import_dfe_workforce(file, 2024, tmp_path / "out")


def test_a_year_that_is_not_there_names_those_that_are(tmp_path: Path) -> None:
    file = census(tmp_path, {}, {"time_period": "2022"})
    with pytest.raises(DfeFileError, match=r"no authorities of 2016; there are of 2022, 2024$"):
        import_dfe_workforce(file, 2016, tmp_path / "out")


@pytest.mark.parametrize(
    ("cell", "says"),
    [("q", "'q' is not a number"), ("1,234", "not a number"), ("-4", "negative"), ("12%", "percentage")],
)
@pytest.mark.parametrize("column", ["vacancy_rate_fte", "agency_fte", "inpost_fte"])
def test_an_unknown_symbol_is_named_with_its_place(column: str, cell: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match=rf"Aldwick, {column}: .*{says}.*known symbols: c, u, x, z, low"):
        import_dfe_workforce(census(tmp_path, {column: cell}), 2024, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_row_cut_short(tmp_path: Path) -> None:
    file = census(tmp_path)
    file.write_text(file.read_text(encoding="utf-8") + "2024,Local authority,Fenland\n", encoding="utf-8")
    with pytest.raises(DfeFileError, match="row 3: 3 cells under 16 headings"):
        import_dfe_workforce(file, 2024, tmp_path / "out")


def test_headings_and_nothing_else_or_a_heading_twice(tmp_path: Path) -> None:
    file = census(tmp_path)
    heading = file.read_text(encoding="utf-8").splitlines()[0]
    file.write_text(heading + "\n", encoding="utf-8")
    with pytest.raises(DfeFileError, match="no authorities in it"):
        import_dfe_workforce(file, None, tmp_path / "out")
    file.write_text(heading + ",cases\n", encoding="utf-8")
    with pytest.raises(DfeFileError, match="stand there twice: cases"):
        import_dfe_workforce(file, None, tmp_path / "out")


@pytest.mark.parametrize(
    ("rows", "says"),
    [(({}, {}), "E1 has 2 rows in 2024"), (({"region_name": ""},), "region_name is blank for Aldwick")],
)
def test_an_authority_twice_or_in_no_region(rows: tuple[dict[str, str], ...], says: str, tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match=says):
        import_dfe_workforce(census(tmp_path, *rows), 2024, tmp_path / "out")


@pytest.mark.parametrize("name", ["teams.csv", "workforce.csv", "responses.csv", "audits.csv"])
def test_evidence_that_is_there_is_not_written_over_unasked(name: str, tmp_path: Path) -> None:
    file, folder = census(tmp_path), tmp_path / "out"
    folder.mkdir()
    (folder / name).write_text("mine", encoding="utf-8")
    (folder / "notes.txt").write_text("no evidence", encoding="utf-8")
    with pytest.raises(DfeFileError, match=rf"evidence is there already \({name}\)"):
        import_dfe_workforce(file, 2024, folder)
    assert {path.name for path in folder.iterdir()} == {name, "notes.txt"}
    result = import_dfe_workforce(file, 2024, folder, overwrite=True)
    assert {path.name for path in folder.iterdir()} == {name, "notes.txt", "teams.csv", "workforce.csv"}
    kept = name in ("responses.csv", "audits.csv")
    assert (f"{name} was in the folder already and stays as it was." in result.notes) is kept
    assert ((folder / name).read_text(encoding="utf-8") == "mine") is kept


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    with pytest.raises(DfeFileError, match="can't be written"):
        import_dfe_workforce(census(tmp_path), 2024, tmp_path / "census.csv")


def test_the_same_file_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        import_dfe_workforce(census(tmp_path), 2024, tmp_path / name)
    for name in ("teams.csv", "workforce.csv"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


# -- the real file ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def real_rows() -> list[dict[str, str]]:
    if not REAL.is_file():
        pytest.skip("the published census is not in ../shared/data")
    with REAL.open(encoding="utf-8-sig", newline="") as stream:
        return [row for row in csv.DictReader(stream) if row["geographic_level"] == "Local authority"]


@pytest.mark.parametrize("year", range(2017, 2026))
def test_every_authority_of_the_real_census(
    year: int, real_rows: list[dict[str, str]], tmp_path: Path, england: RulePack
) -> None:
    rows = {row["new_la_code"]: row for row in real_rows if row["time_period"] == str(year)}
    result = import_dfe_workforce(REAL, year, tmp_path)
    evidence = read_evidence(tmp_path, england)
    assert result.authorities == len(rows) == len(evidence.rows)
    assert (result.regions, str(result.quarter)) == (10, f"{year}/{year % 100 + 1} Q2")
    assert {team.id: (team.name, team.county) for team in evidence.teams} == {
        code: (row["la_name"], row["region_name"]) for code, row in rows.items()
    }
    for code, row in rows.items():
        figures, marks = evidence.figures_of(code, result.quarter), evidence.marks_of(code, result.quarter)
        for name, (column, _) in _COLUMNS.items():
            if row[column].lower() in MISSING_MARKS:
                assert name not in figures
                assert marks[name] == MISSING_MARKS[row[column]], (row["la_name"], column)
            elif name not in ("in_post_fte", "cases_worked"):
                scale = 100 if name.endswith("_rate") else 1
                assert figures[name] * scale == pytest.approx(float(row[column])), (row["la_name"], column)


@pytest.mark.parametrize("year", range(2017, 2026))
def test_every_authority_gets_a_result(
    year: int, real_rows: list[dict[str, str]], tmp_path: Path, england: RulePack
) -> None:
    from springtide.assessment import assess

    import_dfe_workforce(REAL, year, tmp_path)
    evidence = read_evidence(tmp_path, england)
    result = assess(england, evidence, engine="both")
    codes = {row["new_la_code"] for row in real_rows if row["time_period"] == str(year)}
    assert {team.team.id for team in result.teams} == codes
    silent = [team for team in result.teams if not evidence.figures_of(team.team.id, result.quarter)]
    assert {team.team.name for team in silent} == ({"Kensington and Chelsea", "Westminster"} if year == 2025 else set())
    for team in silent:
        assert team.level == england.levels.insufficient.id
        assert {missing.why for missing in team.missing} > {MISSING_MARKS["x"]}


# What was measured on the published file; a change of it shows in the counts.
AUTHORITIES = {2017: 151, 2018: 151, 2019: 150, 2020: 150, 2021: 150, 2022: 150, 2023: 151, 2024: 151, 2025: 151}
REPRODUCED = {
    "vacancy_rate": (1456, 1461), "agency_rate": (1436, 1449), "turnover_rate": (1409, 1453),
    "caseload": (1455, 1458), "absence_rate": (1433, 1444),
}  # fmt: skip


@pytest.fixture(scope="module")
def all_years(real_rows: list[dict[str, str]], tmp_path_factory: pytest.TempPathFactory) -> tuple[Imported, Path]:
    folder = tmp_path_factory.mktemp("census")
    return import_dfe_workforce(REAL, None, folder), folder


def test_every_authority_of_every_year(all_years: tuple[Imported, Path], real_rows: list[dict[str, str]]) -> None:
    result, folder = all_years
    assert {one.year: one.authorities for one in result.years} == AUTHORITIES
    published = {("".join(row["new_la_code"].split()), f"{row['time_period']}/{int(row['time_period']) % 100 + 1} Q2"): row for row in real_rows}
    written = {(row["team_id"], row["quarter"]): row for row in table(folder, "workforce.csv")}
    assert written.keys() == published.keys()
    assert len(written) == result.rows == 1355
    assert {row["team_id"] for row in table(folder, "teams.csv")} == {code for code, _ in written}
    assert result.authorities == 161
    for key, row in published.items():
        for name, (column, _) in _COLUMNS.items():
            if row[column].lower() in MISSING_MARKS:
                assert written[key][name] == row[column], (key, name)


def test_every_symbol_of_the_columns_that_are_read(all_years: tuple[Imported, Path], real_rows: list[dict[str, str]]) -> None:
    result, _ = all_years
    columns = (*FIGURES, "working_days_lost_fte", "absence_rate_fte")
    symbols = Counter(
        ("".join(row["new_la_code"].split()), int(row["time_period"]), column, row[column])
        for row in real_rows for column in columns if row[column].lower() in MISSING_MARKS
    )  # fmt: skip
    assert Counter((cell.authority, cell.year, cell.column, cell.symbol) for cell in result.missing) == symbols
    assert len(result.missing) == sum(one.missing for one in result.years) == 99


def test_how_many_rates_come_to_the_same(all_years: tuple[Imported, Path]) -> None:
    result, _ = all_years
    assert {check.rate.name: (check.matched, check.of) for check in result.checks} == REPRODUCED
    assert not any(check.not_checked for check in result.checks)
    assert len(found(result)) == 76
    # Checked by hand: 24.5 / (24.5 + 124.3), 15 / 1.5, and 569.5 / (569.5 + 3982.3) where Birmingham is u.
    assert {("Solihull", 2022, "vacancy_rate", 16.4, 16.465), ("Isles of Scilly", 2023, "caseload", 9.7, 10.0),
            ("West Midlands (region)", 2024, "agency_rate", 13.9, 12.512)} <= set(found(result))  # fmt: skip


def test_who_became_whom(all_years: tuple[Imported, Path]) -> None:
    _, folder = all_years
    teams = table(folder, "teams.csv")
    ended = {row["team_id"]: (row["to_quarter"], row["became"]) for row in teams if row["to_quarter"]}
    assert ended == {
        "E10000009": ("2019/20 Q1", "E06000059"),
        "E06000028": ("2019/20 Q1", "E06000058"),
        "E06000029": ("2019/20 Q1", "E06000058"),
        "E10000002": ("2020/21 Q1", "E06000060"),
        "E10000021": ("2021/22 Q1", "E06000061/E06000062"),
        "E10000006": ("2023/24 Q1", "E06000063 E06000064"),
        "E10000023": ("2023/24 Q1", "E06000065"),
        "E10000027": ("2023/24 Q1", "E06000066"),
        "E08000016": ("2025/26 Q1", "E08000038"),
        "E08000019": ("2025/26 Q1", "E08000039"),
    }
    began = {row["team_id"] for row in teams if row["from_quarter"]}
    assert began == {one for _, became in ended.values() for one in became.split()}
    assert len(teams) == len({row["team_id"] for row in teams})


def test_all_years_can_be_scored(all_years: tuple[Imported, Path], tmp_path: Path, england: RulePack) -> None:
    _, folder = all_years
    for name in ("teams.csv", "workforce.csv"):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    evidence = read_evidence(without_periods(tmp_path), england)
    assert (len(evidence.teams), len(evidence.rows), len(evidence.quarters)) == (161, 1355, 9)
    kent = evidence.figures_of("E10000016", Quarter(2025, 2))
    assert (kent["vacancy_rate"], kent["agency_rate"], kent["turnover_rate"], kent["caseload"]) == (0.144, 0.132, 0.154, 17.0)
