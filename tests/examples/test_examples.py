"""The shipped examples give what their READMEs say: the review's findings, the levels, and the sums worked out by hand."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from springtide import Assessment, CountyFinding, EvidenceSet, assess, county_findings, parse_quarter, read_evidence
from springtide.assessment import TeamAssessment
from springtide.engines import forward_chaining
from springtide.logic.conditions import MeasureTest, walk
from springtide.logic.judge import truth_of
from springtide.logic.model import RulePack
from springtide.logic.truth import Truth

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
QUARTER = parse_quarter("2008/09 Q4")
NOT_REPORTED = {14, 30, 32, 33}
SAID = {"yes": Truth.MET, "no": Truth.NOT_MET, "cannot tell": Truth.CANNOT_TELL}
TEAMS = ("T001", "T002", "T003")  # of the minimal example
MAKE = ["examples/kent-2009/make.py", "--check"]


def tables(page: Path) -> dict[str, list[dict[str, str]]]:
    """Every table of a page, by the heading of its first column, which no two share."""
    found: dict[str, list[dict[str, str]]] = {}
    for block in re.findall(r"(?:^\|.*\n)+", page.read_text(encoding="utf-8"), re.MULTILINE):
        header, _, *lines = ([cell.strip().strip("`") for cell in line.strip("| \n").split("|")] for line in block.splitlines())
        assert header[0] not in found
        found[header[0]] = [dict(zip(header, line, strict=True)) for line in lines]
    return found


def rows_of(name: str, file: str) -> list[dict[str, str]]:
    with (EXAMPLES / name / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def evidence_of(name: str, pack: RulePack) -> EvidenceSet:
    return read_evidence(EXAMPLES / name, pack)


@pytest.fixture(scope="module")
def kent_result(kent: RulePack) -> Assessment:
    """By both engines where both can be had; `assess` raises if they differ."""
    return assess(kent, evidence_of("kent-2009", kent), QUARTER, engine="both")


@pytest.fixture(scope="module")
def kent_page() -> dict[str, list[dict[str, str]]]:
    return tables(EXAMPLES / "kent-2009" / "README.md")


@pytest.fixture(scope="module")
def findings(kent: RulePack) -> dict[int, CountyFinding]:
    evidence = evidence_of("kent-2009", kent)
    answers = {team.id: evidence.of(kent, team.id, QUARTER).answers for team in evidence.teams if evidence.responses_of(team.id, QUARTER)}
    return {finding.question.number: finding for finding in county_findings(kent, answers)}


@pytest.fixture(scope="module")
def small(kent: RulePack) -> Assessment:
    return assess(kent, evidence_of("minimal", kent), engine="both")


@pytest.fixture(scope="module")
def page() -> dict[str, list[dict[str, str]]]:
    return tables(EXAMPLES / "minimal" / "README.md")


# -- Kent: what the review found -------------------------------------------------------------


@pytest.mark.parametrize("number", [n for n in range(1, 49) if n not in NOT_REPORTED])
def test_the_finding_is_the_reports(findings: dict[int, CountyFinding], number: int) -> None:
    finding = findings[number]
    assert finding.finding == finding.question.county_finding in ("positive", "improvement")
    assert 0 < finding.favourable < finding.responding, "a share of all or nothing would not look real"


def test_there_are_28_positives_and_16_points_for_improvement(findings: dict[int, CountyFinding]) -> None:
    assert Counter(f.finding for f in findings.values()) == {"positive": 28, "improvement": 16, "none": 4}


@pytest.mark.parametrize("number", sorted(NOT_REPORTED))
def test_what_the_report_leaves_out_has_no_finding_and_no_answers(findings: dict[int, CountyFinding], number: int) -> None:
    assert findings[number].finding == findings[number].question.county_finding == "none"
    assert findings[number].responding == 0


def test_the_two_bullets_of_para_16_belong_to_no_question(kent: RulePack) -> None:
    notes = kent.questionnaire.unnumbered
    assert [(note.id, note.cites, note.finding) for note in notes] == [("P16a", (16,), "improvement"), ("P16b", (16,), "improvement")]
    assert not {note.id for note in notes} & set(kent.questions)
    assert kent.questions["q3"].cites == (9,), "the bullet marked 'Question 3' is not hung on question 3"


def test_all_county_pressures_are_on_whatever_the_silent_teams_would_say(kent_result: Assessment, kent_page: dict) -> None:
    stated = {row["County-wide pressure"]: row for row in kent_page["County-wide pressure"]}
    assert {majority.pressure for majority in kent_result.county} == {"case_system", "recruitment_retention", "workload"} == set(stated)
    for majority in kent_result.county:
        assert majority.on is Truth.MET
        assert majority.affected * 2 > majority.teams == 60
        assert majority.silent > 0
        row = stated[majority.pressure]
        assert (row["State"], row["Affected"], row["Not known"]) == ("on", f"{majority.affected} of {majority.teams}", str(majority.silent))


def test_last_quarter_stands_on_figures_alone(kent: RulePack) -> None:
    evidence = evidence_of("kent-2009", kent)
    last = assess(kent, evidence, QUARTER.previous, engine="columnar")
    assert not any(evidence.responses_of(team.id, QUARTER.previous) for team in evidence.teams)
    assert {majority.pressure: str(majority) for majority in last.county} == {
        "recruitment_retention": "on", "case_system": "cannot tell", "workload": "cannot tell",
    }  # fmt: skip


# -- Kent: what it shows ---------------------------------------------------------------------


def test_both_engines_agree_where_both_can_be_had(kent_result: Assessment, small: Assessment) -> None:
    wanted = ("columnar",) if forward_chaining.why_unavailable() else ("forward", "columnar")
    assert kent_result.engines == small.engines == wanted


def test_every_level_occurs_as_often_as_the_readme_says(kent: RulePack, kent_result: Assessment, kent_page: dict) -> None:
    found = Counter(team.level for team in kent_result.teams)
    assert {row["Level"]: int(row["Teams"]) for row in kent_page["Level"]} == found
    assert set(found) == {level.id for level in kent.levels.levels} | {kent.levels.insufficient.id}


def test_high_comes_about_in_three_ways(kent_result: Assessment) -> None:
    high = [{rule for rule in ("R3", "R4", "R7") if team.rules[rule] is Truth.MET} for team in kent_result.teams if team.level == "high"]
    assert 4 <= len(high) <= 8
    for rule in ("R3", "R4", "R7"):
        assert {rule} in high


def test_every_notice_occurs_and_none_but_the_county_wide_one_everywhere(kent: RulePack, kent_result: Assessment) -> None:
    for notice in kent.notices.values():
        met = sum(team.notices[notice.id] is Truth.MET for team in kent_result.teams)
        assert met >= 1, notice.id
        assert met < 60 or notice.id == "R14", notice.id
        assert met <= 2 or notice.channel == "notice", notice.id


def test_every_doubt_occurs(kent: RulePack, kent_result: Assessment) -> None:
    """No band is high, for scrutiny_peak counts against every team of the quarter."""
    assert {reason.id for team in kent_result.teams for reason in team.confidence.reasons} == set(kent.reducers)
    assert {team.confidence.band for team in kent_result.teams} == {"medium", "low"}
    assert all("scrutiny_peak" in {reason.id for reason in team.confidence.reasons} for team in kent_result.teams)


def test_one_missing_figure_can_hold_a_level_open(kent_result: Assessment) -> None:
    (missing,) = kent_result.team("T014").missing
    assert missing.id == "fte_unavailable"


def test_silence_takes_several_forms(kent_result: Assessment) -> None:
    teams = {row["team_id"] for row in rows_of("kent-2009", "teams.csv")}
    answered = {row["team_id"] for row in rows_of("kent-2009", "responses.csv")}
    counted = {row["team_id"] for row in rows_of("kent-2009", "workforce.csv") if row["quarter"] == str(QUARTER)}
    assert len(teams) == 60
    assert len(teams - answered) == 6
    assert len(teams - counted) == 5
    neither = teams - answered - counted
    assert len(neither) >= 2
    assert {kent_result.team(team).level for team in neither} == {"insufficient evidence"}


def test_the_teams_to_look_for_are_as_described(kent_result: Assessment, kent_page: dict) -> None:
    for row in kent_page["Team"]:
        team = kent_result.team(row["Team"].split()[0])
        assert row["Team"] == f"{team.team.id} {team.team.name}"
        assert (row["Level"], row["Could be"]) == (team.level, team.could_be), row["Team"]
        met = {name for name, truth in (team.rules | team.notices).items() if truth is Truth.MET}
        assert set(re.findall(r"`(\w+)`", row["Holds"])) <= met | {reason.id for reason in team.confidence.reasons}, row["Team"]


def test_the_readme_counts_its_rows(kent_page: dict) -> None:
    assert {row["File"].strip("`"): int(row["Rows"]) for row in kent_page["File"]} == {
        file: len(rows_of("kent-2009", file)) for file in ("teams.csv", "responses.csv", "workforce.csv", "audits.csv")
    }


def test_make_writes_what_is_there() -> None:
    done = subprocess.run([sys.executable, *MAKE], cwd=EXAMPLES.parent, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_make_tells_when_it_does_not(tmp_path: Path) -> None:
    for path in (EXAMPLES / "kent-2009").iterdir():
        if path.is_file():
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with (tmp_path / "audits.csv").open("a", encoding="utf-8") as file:
        file.write("T010,2008/09 Q4,9,1\n")
    done = subprocess.run([sys.executable, "make.py", "--check"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "audits.csv" in done.stdout
    assert "teams.csv" not in done.stdout
    subprocess.run([sys.executable, "make.py"], cwd=tmp_path, check=True)
    assert (tmp_path / "audits.csv").read_bytes() == (EXAMPLES / "kent-2009" / "audits.csv").read_bytes()


def test_make_stands_alone() -> None:
    text = (EXAMPLES / "kent-2009" / "make.py").read_text(encoding="utf-8")
    imported = set(re.findall(r"^(?:from|import) (\w+)", text, re.MULTILINE))
    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("name", ["kent-2009", "minimal"])
def test_each_readme_says_that_it_is_invented(name: str) -> None:
    assert "invented" in (EXAMPLES / name / "README.md").read_text(encoding="utf-8").split("\n\n")[1]


# -- the minimal example, against the sums in its README -------------------------------------


def number(cell: str) -> float | None:
    """What a cell comes to: the number after its last `=`, or the whole cell; None where it says that it is not known."""
    if cell.endswith("*"):
        return None
    return float(cell.rpartition("=")[2].strip().replace("−", "-"))


def of_each(small: Assessment) -> list[tuple[str, TeamAssessment]]:
    return [(team, small.team(team)) for team in TEAMS]


def test_result(small: Assessment, page: dict) -> None:
    for row in page["Team"]:
        team = small.team(row["Team"].split()[0])
        assert row["Team"] == f"{team.team.id} {team.team.name}"
        assert (row["Level"], row["Could be"], row["Confidence"]) == (team.level, team.could_be, team.confidence.band)
        low, high = team.score.low, team.score.high
        assert row["Score"] == f"{low if low == high else f'{low}–{high}'} of {team.score.of}"
        assert team.score.points == low
    assert len(page["Team"]) == len(small.teams) == 3


def test_figures(small: Assessment, page: dict) -> None:
    supplied = {row["Figure"] for row in page["Figure"]}
    for team, found in of_each(small):
        figures = found.facts.evidence.figures
        assert {row["Figure"]: number(row[team]) for row in page["Figure"] if number(row[team]) is not None} == {
            name: value for name, value in figures.items() if name in supplied
        }
        assert set(figures) - supplied == {name for name, figure in found.facts.pack.figures.items() if figure.table == "responses"}


def test_measures(small: Assessment, page: dict) -> None:
    for team, found in of_each(small):
        for row in page["Measure"]:
            stated, value = number(row[team]), found.facts.value(row["Measure"])
            assert stated is value is None or stated == pytest.approx(value, abs=0.0005), (row["Measure"], team)


def test_thresholds(kent: RulePack, small: Assessment, page: dict) -> None:
    rows = page["Figure or measure"]
    compared = [MeasureTest(row["Figure or measure"], row["Is"].replace(" ", "_"), row["Threshold"]) for row in rows]
    for row, condition in zip(rows, compared, strict=True):
        assert float(row["Value"]) == kent.values(QUARTER)[row["Threshold"]]
        for team, found in of_each(small):
            assert SAID[row[team]] is truth_of(condition, found.facts), (condition, team)


def test_every_comparison_that_a_level_rests_on_is_worked_out(kent: RulePack, page: dict) -> None:
    """No condition of a pressure or a risk rule is left out of the page."""
    worked_out = {(row["Figure or measure"], row["Threshold"]) for row in page["Figure or measure"]}
    deciding = [*kent.team_pressures.values(), *kent.county_pressures.values(), kent.supervision, *kent.risk.values()]
    read = {
        (part.measure, part.threshold)
        for rule in deciding
        for condition in rule.conditions.values()
        for part in walk(condition)
        if isinstance(part, MeasureTest)
    }
    assert worked_out == read


def test_answers(small: Assessment, page: dict) -> None:
    for team, found in of_each(small):
        for row in page["Question"]:
            answer = found.facts.evidence.answer(f"q{row['Question']}")
            given, side = row[team].split(", ")
            assert str(answer) == given
            assert (answer.is_favourable if side == "favourable" else answer.is_adverse) is Truth.MET


def test_pressures(kent: RulePack, small: Assessment, page: dict) -> None:
    for team, found in of_each(small):
        assert {row["Pressure"]: row[team] for row in page["Pressure"]} == {name: str(grade) for name, grade in found.pressures.items()}


def test_county(small: Assessment, page: dict) -> None:
    stated = {row["County pressure"]: row for row in page["County pressure"]}
    for majority in small.county:
        row = stated.pop(majority.pressure)
        assert (row["Affected"], row["State"]) == (f"{majority.affected} of {majority.teams}", str(majority))
        assert majority.silent == 0
        for team, found in of_each(small):
            assert SAID[row[team]] is found.affected[majority.pressure]
    assert not stated


def test_supervision(small: Assessment, page: dict) -> None:
    for team, found in of_each(small):
        supervision = found.facts.supervision
        assert supervision is not None
        assert [SAID[row[team]] for row in page["Supervision"]] == [supervision.strained, supervision.adequate, supervision.inferred]


def test_rules(kent: RulePack, small: Assessment, page: dict) -> None:
    assert {row["Rule"]: row["Level"] for row in page["Rule"]} == {rule.id: rule.level for rule in kent.risk.values()}
    for team, found in of_each(small):
        assert {row["Rule"]: SAID[row[team]] for row in page["Rule"]} == found.rules


def test_score_adds_up(small: Assessment, page: dict) -> None:
    *parts, total = page["Points for"]

    def span(cell: str) -> tuple[int, int]:
        low, _, high = cell.partition("–")
        return int(low), int(high or low)

    for team, found in of_each(small):
        sums = tuple(sum(span(row[team])[end] for row in parts) for end in (0, 1))
        assert sums == span(total[team]) == (found.score.low, found.score.high)
        assert sum(int(row["At most"]) for row in parts) == int(total["At most"]) == found.score.of


def test_confidence(small: Assessment, page: dict) -> None:
    for team, found in of_each(small):
        assert {row["Reason"] for row in page["Reason"] if row[team] == "yes"} == {reason.id for reason in found.confidence.reasons}
