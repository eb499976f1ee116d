from __future__ import annotations

import csv
from pathlib import Path

import pytest

from springtide.evidence import EvidenceSet, read_evidence
from springtide.evidence.cells import MISSING_MARKS
from springtide.evidence.dfe_workforce import _COLUMNS, _FORMULAS, DfeFileError, Imported, import_dfe_workforce
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
