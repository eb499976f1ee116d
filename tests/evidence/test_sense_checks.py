"""What sense checks and acknowledgements say of small evidence: cases as data, and what must hold of any.

The cases are in `corpus/remarks`, a file for each kind of check. `expect` lists every sense remark, and every remark that
is acknowledged, as: code, team, quarter, file and row, column: what was seen, without the rule of thumb that follows.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_cases import random_evidence, shuffled

from springtide import load_pack
from springtide.evidence import EvidenceSet, Remark, read_evidence
from springtide.evidence.codes import REMARKS, UNMATCHED
from springtide.evidence.sense import sense_remarks
from springtide.logic.model import RulePack
from springtide.logic.sense_checks import CODES, SenseNumber
from springtide.shipped import rules_folder

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "remarks"
CASES = [(path.stem, case) for path in sorted(CORPUS.glob("*.yaml")) for case in yaml.safe_load(path.read_text(encoding="utf-8"))]
TEAMS = "team_id,team_name,county,team_type\n" + "".join(f"T{n},Team {n},Kent,{'duty' if n < 6 else 'long-term'}\n" for n in range(1, 10))


def laid_out(case: dict[str, Any], folder: Path) -> Path:
    """The files of a case; its responses are lists of answers, where `q1-q9: always` says so of nine questions."""
    files = {"teams": TEAMS} | case["files"]
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(as_csv(text) if isinstance(text, list) else text, encoding="utf-8")
    return folder


def as_csv(responses: list[dict[str, Any]]) -> str:
    questions = [f"q{n}" for n in range(1, 49)]
    lines = [",".join(["response_id", "team_id", "quarter", *questions])]
    for number, response in enumerate(responses, 1):
        answers: dict[str, str] = {}
        for span, word in response["answers"].items():
            first, last = (int(part.strip().lstrip("q")) for part in f"{span}-{span}".split("-")[:: 3 if "-" in span else 1][:2])
            answers |= {f"q{n}": word for n in range(first, last + 1)}
        lines.append(",".join([f"R{number}", response["team"], response["quarter"], *(answers.get(q, "") for q in questions)]))
    return "\n".join(lines) + "\n"


def brief(remark: Remark) -> str:
    seen = re.split(r"; ", remark.says)[0]
    said = f"{remark.code} {remark.team} {remark.quarter or ''} {remark.file} {remark.row} {remark.column}: {seen}"
    return " ".join(said.split()).replace(" :", ":") + (f" [{remark.acknowledged.by}: {remark.acknowledged.because}]" if remark.acknowledged else "")


def said_of(case: dict[str, Any], pack: RulePack, folder: Path) -> list[str]:
    evidence = read_evidence(laid_out(case, folder), pack)
    return [brief(remark) for remark in evidence.remarks if remark.code >= min(CODES.values()) or remark.acknowledged]


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 40
    assert {code for code in (*CODES.values(), UNMATCHED) if not any(code in line for _, case in CASES for line in case["expect"])} == set()


@pytest.mark.parametrize(("kind", "case"), CASES, ids=[f"{kind}: {case['case']}" for kind, case in CASES])
def test_a_case(kind: str, case: dict[str, Any], kent: RulePack, tmp_path: Path) -> None:
    assert said_of(case, kent, tmp_path) == case["expect"]


# -- the numbers, and what is said -----------------------------------------------------------------


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory, kent: RulePack) -> list[EvidenceSet]:
    """The evidence of every case."""
    return [read_evidence(laid_out(case, tmp_path_factory.mktemp("case")), kent) for _, case in CASES]


def with_number(pack: RulePack, check: str, name: str, value: float) -> RulePack:
    """The pack with another number in one check."""
    changed = pack.sense_checks[check]
    numbers = changed.numbers | {name: SenseNumber(value, "judgement", "A test.")}
    return replace(pack, sense_checks=pack.sense_checks | {check: replace(changed, numbers=numbers)})


NUMBERS = [(check.id, name) for check in load_pack("kent-2009").sense_checks.values() for name in check.numbers]


@pytest.mark.parametrize(("check", "name"), NUMBERS, ids=lambda word: word)
def test_every_number_matters_both_ways(check: str, name: str, kent: RulePack, held: list[EvidenceSet]) -> None:
    """A number a little larger, or a little smaller, changes what is said of some case."""
    value = kent.sense_checks[check].numbers[name].value
    before = [sense_remarks(kent, evidence) for evidence in held]
    few = name == "times" or value < 1.5
    for other in (value * 1.3, value * 0.7) if few else (value + max(1, value // 4), value - max(1, value // 4)):
        changed = with_number(kent, check, name, other)
        assert [sense_remarks(changed, evidence) for evidence in held] != before, other


def test_a_remark_says_what_was_seen_the_rule_of_thumb_and_what_to_do(kent: RulePack, held: list[EvidenceSet]) -> None:
    rules = {check.rule_of_thumb[1:].rstrip("."): check for check in kent.sense_checks.values()}
    for evidence in held:
        for remark in sense_remarks(kent, evidence):
            (check,) = {check.id: check for rule, check in rules.items() if rule in remark.says and check.code == remark.code}.values()
            assert remark.says.endswith("acknowledge it")
            assert check.what_to_do[1:].rstrip(".") in remark.says
            assert str(remark).isprintable()
            assert "{" not in remark.says
            assert remark.quarter is not None
            assert remark.acknowledged is None


def test_no_number_of_the_rule_of_thumb_is_left_unsaid(kent: RulePack) -> None:
    vacancies = kent.sense_checks["vacancy_rate_moved"].rule_of_thumb
    assert "25 points" in vacancies and "2 posts" in vacancies and "40 points" in vacancies
    assert "8 cases" in kent.sense_checks["caseload_moved"].rule_of_thumb
    assert "25 %" in kent.sense_checks["posts_add_up"].rule_of_thumb
    assert "10 times" in kent.sense_checks["size_out_of_scale"].rule_of_thumb


def test_remarks_change_neither_figures_nor_hash(kent: RulePack, held: list[EvidenceSet], tmp_path: Path) -> None:
    without = replace(kent, sense_checks={})
    for evidence, (_, case) in list(zip(held, CASES, strict=True))[::10]:
        folder = tmp_path / evidence.hash
        folder.mkdir(exist_ok=True)
        (folder / "acknowledged.csv").unlink(missing_ok=True)
        unlooked = read_evidence(laid_out({"files": case["files"] | {"acknowledged": "code,team_id,quarter,by,because\n"}}, folder), without)
        assert (unlooked.hash, unlooked.rows, unlooked.responses) == (evidence.hash, evidence.rows, evidence.responses)


# -- a layer ---------------------------------------------------------------------------------------

JUMP = {"files": {"workforce": "team_id,quarter,established_posts,vacant_posts\nT1,2008/09 Q3,20,2\nT1,2008/09 Q4,20,6\n"}}


def layer(folder: Path, text: str) -> RulePack:
    folder.mkdir()
    (folder / "pack.yaml").write_text(f"id: {folder.name}\nversion: 1.0.0\ntitle: A layer\nabout: A layer.\nbuilds_on: {BELOW.get(folder.name, 'kent-2009')}\n", encoding="utf-8")
    (folder / "sense_checks.yaml").write_text(text, encoding="utf-8")
    return load_pack(folder)


BELOW = {"upper": "lower"}
NUMBER = "{name}: {{value: {value}, basis: judgement, source: Ours.}}"


def numbers(check: str, **values: float) -> str:
    return f"{check}:\n  numbers:\n" + "".join(f"    {NUMBER.format(name=name, value=value)}\n" for name, value in values.items())


def test_a_layer_gives_other_numbers_and_keeps_the_rest(kent: RulePack, tmp_path: Path) -> None:
    """From 10 % to 30 % is 20 points: too little beneath, enough for a layer that says 15."""
    evidence = laid_out(JUMP, tmp_path)
    assert not [r for r in read_evidence(evidence, kent).remarks if r.code == "E12"]
    lower = layer(tmp_path / "lower", numbers("vacancy_rate_moved", change=0.15))
    (remark,) = [r for r in read_evidence(evidence, lower).remarks if r.code == "E12"]
    assert "a change of over 15 points in a quarter, and of 2 posts or more (over 40 points" in remark.says
    assert lower.hash != kent.hash
    upper = layer(tmp_path / "upper", numbers("vacancy_rate_moved", amount=5))
    assert {name: x.value for name, x in upper.sense_checks["vacancy_rate_moved"].numbers.items()} == {"change": 0.15, "amount": 5, "uncounted": 0.4}
    assert not [r for r in read_evidence(evidence, upper).remarks if r.code == "E12"]
    assert lower.hash != upper.hash


def test_a_new_measure_needs_yaml_only(kent: RulePack, tmp_path: Path) -> None:
    text = (
        "unallocated_moved:\n  check: moved\n  title: Unallocated cases far from last quarter's\n"
        "  rule_of_thumb: A change by {amount} that is over {times} is odd.\n  what_to_do: Look at it, or acknowledge it.\n"
        "  measures: [cases_unallocated_over_7_days]\n  numbers:\n"
        f"    {NUMBER.format(name='times', value=2)}\n    {NUMBER.format(name='amount', value=5)}\n"
    )
    pack = layer(tmp_path / "new", text)
    case = {"files": {"workforce": "team_id,quarter,cases_unallocated_over_7_days\nT1,2008/09 Q3,3\nT1,2008/09 Q4,9\n"}}
    (remark,) = [r for r in read_evidence(laid_out(case, tmp_path), pack).remarks if r.code == "E12"]
    assert remark.says == ("'Cases without a worker for more than 7 days' of T1 rose from 3 cases to 9 cases since 2008/09 Q3; "
                           "a change by 5 cases that is over 2 times is odd; look at it, or acknowledge it")  # fmt: skip


def test_every_code_of_a_check_is_a_code_of_remarks() -> None:
    assert set(CODES.values()) < set(REMARKS)
    assert len(set(CODES.values())) == len(CODES)


def test_every_kind_of_check_is_in_the_base_pack(kent: RulePack) -> None:
    assert {check.check for check in kent.sense_checks.values()} == set(CODES)
    assert (rules_folder() / "base" / "sense_checks.yaml").is_file()


# -- whatever the evidence -------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6), teams=st.integers(1, 9))
def test_any_evidence_in_any_order(kent: RulePack, seed: int, teams: int) -> None:
    """No crash, the same remarks whatever the order of the rows, and none of a value that is not there."""
    rng = Random(seed)
    evidence = random_evidence(rng, kent, teams)
    remarks = sense_remarks(kent, evidence)
    assert sense_remarks(kent, shuffled(rng, evidence)) == remarks
    assert len({(r.code, r.file, r.row, r.column, r.team, r.quarter) for r in remarks}) == len(remarks)
    figures = {(row.at.file, row.at.row): row.figures for row in evidence.rows}
    for remark in remarks:
        if remark.column:
            assert remark.column in figures[remark.file, remark.row]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(seed=st.integers(0, 10**6))
def test_leaving_a_team_without_figures_says_nothing_of_it(kent: RulePack, seed: int) -> None:
    rng = Random(seed)
    evidence = random_evidence(rng, kent, 4)
    team = rng.choice(evidence.teams).id
    bare = replace(evidence, rows=tuple(row for row in evidence.rows if row.team != team), responses=tuple(r for r in evidence.responses if r.team != team))
    assert not [remark for remark in sense_remarks(kent, bare) if remark.team == team]


def test_remarks_are_found_in_a_workbook_by_their_cells(kent: RulePack, tmp_path: Path) -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    with xlsxwriter.Workbook(str(tmp_path / "return.xlsx")) as book:
        for title, rows in {
            "Teams": [["team_id", "team_name", "county"], ["T1", "One", "Kent"]],
            "Workforce": [["team_id", "quarter", "established_posts", "vacant_posts"], ["T1", "2008/09 Q3", 33, 1], ["T1", "2008/09 Q4", 33, 15]],
            "Acknowledged": [["For the analyst"], ["code", "team_id", "quarter", "by", "because"], ["E12", "T1", "2008/09 Q4", "HR analyst", "Posts were added."]],
        }.items():
            sheet = book.add_worksheet(title)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    remarks = read_evidence(tmp_path / "return.xlsx", kent).remarks
    (one,) = [remark for remark in remarks if remark.code == "E12"]
    assert (one.sheet, one.cell) == ("Workforce", "D3")
    assert one.acknowledged is not None
    assert one.acknowledged.by == "HR analyst"
