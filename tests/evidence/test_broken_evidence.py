"""Every mistake in the evidence is reported with its cell, in words that help; and nothing else than a report comes out.

The cases are data, one a file in `corpus/evidence`: the files of a folder, and every message that they must give.
"""

from __future__ import annotations

import base64
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from springtide.evidence import EvidenceError, EvidenceProblem, EvidenceSet, read_evidence
from springtide.logic.model import RulePack

CORPUS = Path(__file__).resolve().parents[1] / "corpus" / "evidence"
CASES = sorted(CORPUS.glob("*.yaml"))
SKIPPING = [case for case in CASES if "\nwith_bad_rows_skipped:" in case.read_text(encoding="utf-8")]


def content(declared: Any) -> bytes:
    """A file of a case: text, bytes in base64, or parts that repeat."""
    if isinstance(declared, str):
        return declared.encode()
    if "base64" in declared:
        return base64.b64decode(declared["base64"])
    return "".join(text * times for text, times in declared["parts"]).encode()


def laid_out(case: Path, folder: Path) -> dict[str, Any]:
    declared: dict[str, Any] = yaml.safe_load(case.read_text(encoding="utf-8"))
    for name, held in declared["files"].items():
        (folder / name).write_bytes(content(held))
    return declared


def said(problems: tuple[EvidenceProblem, ...], folder: Path) -> list[str]:
    return [str(problem).replace(str(folder), "FOLDER").replace(folder.name, "FOLDER") for problem in problems]


def read_or_reported(folder: Path, pack: RulePack, skip: bool) -> tuple[EvidenceSet | None, tuple[EvidenceProblem, ...]]:
    try:
        evidence = read_evidence(folder, pack, skip_bad_rows=skip)
    except EvidenceError as error:
        return None, error.problems
    return evidence, evidence.left_out


def read(evidence: EvidenceSet) -> dict[str, Any]:
    return {
        "teams": [team.id for team in evidence.teams],
        "responses": [response.id for response in evidence.responses],
        "rows": [f"{row.table} {row.team} {row.quarter}" for row in evidence.rows],
        "answers": {response.id: response.answers for response in evidence.responses},
        "figures": {f"{row.team} {row.quarter}": row.figures for row in evidence.rows},
        "remarks": [str(remark) for remark in evidence.remarks],
    }


def test_there_are_cases_enough() -> None:
    assert len(CASES) >= 30
    assert SKIPPING


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_folder(case: Path, kent: RulePack, tmp_path: Path) -> None:
    declared = laid_out(case, tmp_path)
    if declared["expect"]:
        with pytest.raises(EvidenceError) as caught:
            read_evidence(tmp_path, kent)
        assert said(caught.value.problems, tmp_path) == declared["expect"]
        return
    got = read(read_evidence(tmp_path, kent))
    if "remarks" in declared:
        assert got["remarks"] == declared["remarks"]
    for name, expected in declared["reads"].items():
        found = got[name]
        if name == "answers":
            found = {key: {question: answers[question] for question in expected[key]} for key, answers in found.items()}
        assert found == expected


@pytest.mark.parametrize("case", SKIPPING, ids=lambda case: case.stem)
def test_bad_rows_skipped(case: Path, kent: RulePack, tmp_path: Path) -> None:
    """What is left out is listed, and the rest is read; a file that can't be read is not passed over."""
    expected = laid_out(case, tmp_path)["with_bad_rows_skipped"]
    if "expect" in expected:
        with pytest.raises(EvidenceError) as caught:
            read_evidence(tmp_path, kent, skip_bad_rows=True)
        assert said(caught.value.problems, tmp_path) == expected["expect"]
        return
    evidence = read_evidence(tmp_path, kent, skip_bad_rows=True)
    got = read(evidence)
    assert {"left_out": said(evidence.left_out, tmp_path)} | {name: got[name] for name in expected if name != "left_out"} == expected


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_what_is_offered_helps(case: Path, kent: RulePack, tmp_path: Path) -> None:
    """Leaving rows out is offered where it helps and nowhere else, so that no advice leads back to the same refusal."""
    laid_out(case, tmp_path)
    if read_or_reported(tmp_path, kent, skip=False)[0] is not None:
        return
    with pytest.raises(EvidenceError) as caught:
        read_evidence(tmp_path, kent)
    evidence, problems = read_or_reported(tmp_path, kent, skip=True)
    nothing_left = any("nothing is left" in problem.message for problem in problems)
    assert caught.value.rows_can_be_left_out == (evidence is not None or nothing_left)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_remarks_can_be_shown(case: Path, kent: RulePack, tmp_path: Path) -> None:
    laid_out(case, tmp_path)
    evidence, _ = read_or_reported(tmp_path, kent, skip=True)
    for remark in evidence.remarks if evidence else ():
        assert str(remark).isprintable()
        assert len(str(remark)) < 320
        assert not re.search(r"\b(None|True|False|dict|str|float|Error|Traceback)\b", str(remark))


def test_no_folder(kent: RulePack, tmp_path: Path) -> None:
    with pytest.raises(EvidenceError) as caught:
        read_evidence(tmp_path / "nowhere", kent)
    assert str(caught.value) == f"{tmp_path / 'nowhere'}: there is no such evidence; give a folder with teams.csv in it, or a workbook"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("teams.csv", "teams.csv: the team list has no teams; give each team a row below the headings"),
        ("survey.csv", "survey.csv: which table this is can't be told from its name; name it teams, responses, workforce, audits or acknowledged.csv"),
        ("teams.ods", "teams.ods: this file is not read as evidence; give a folder, a workbook (.xlsx) or a CSV file"),
    ],
)
def test_a_file_for_a_folder(name: str, says: str, kent: RulePack, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text("team_id,team_name,county\n", encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        read_evidence(file, kent)
    assert str(caught.value) == says


def test_a_name_too_long_for_any_disk(kent: RulePack) -> None:
    with pytest.raises(EvidenceError):
        read_evidence("x" * 5000, kent)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_messages_can_be_shown(case: Path, kent: RulePack, tmp_path: Path) -> None:
    """On one line, not long, with nothing that a terminal would obey and no word of Python."""
    laid_out(case, tmp_path)
    _, problems = read_or_reported(tmp_path, kent, skip=False)
    for problem in problems:
        assert str(problem).isprintable()
        assert len(str(problem).replace(str(tmp_path), "")) < 320
        assert not re.search(r"\b(None|True|False|dict|str|float|Error|Traceback)\b", str(problem))


# -- whatever comes, evidence or a report ---------------------------------------------------------

TABLES = {
    "teams.csv": "team_id,team_name,district,county,team_type,transfers_to\nA,Ashford,Ashford,Kent,duty,B\nB,\"Dover, duty\",Dover,Kent,,\n",
    "responses.csv": (
        "response_id,team_id,quarter,completed_on,respondent,q4,q8,q44\n"
        "1,A,2008/09 Q4,2009-01-30,manager,never,usually,don't know\n2,B,2008/09 Q4,30/01/2009,practitioner,,always,not applicable\n"
    ),
    "workforce.csv": (
        "team_id,quarter,established_posts,vacant_posts,cases_registered,turnover_rate,team_reorganised\n"
        "A,2008/09 Q3,8,2,95,0.1,no\nA,2008/09 Q4,8,2.5,95,c,yes\nB,2008/09 Q4,9,0,120,,\n"
    ),
    "audits.csv": "team_id,quarter,files_audited,files_with_supervision_evidence\nA,2008/09 Q4,6,1\n",
}
_put = st.binary(max_size=10) | st.sampled_from(
    [b'"', b",", b"\n", b"\r", b"\0", b";", b"\xff\xfe", b"\xef\xbb\xbf", b"-1", b"1e5", b"nan", b"9" * 400, b"0000 Q1", b"9999/00 Q4",
     b"Q1 2010", b"%", b"always", b"B", b"\xc3\xa9", b"x" * 140_000]
)  # fmt: skip
_cuts = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 30), _put), min_size=1, max_size=4)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(file=st.sampled_from(sorted(TABLES)), cuts=_cuts, skip=st.booleans())
def test_mangled_bytes(kent: RulePack, file: str, cuts: list[tuple[float, int, bytes]], skip: bool) -> None:
    raw = TABLES[file].encode()
    for where, length, put in cuts:
        start = int(where * len(raw))
        raw = raw[:start] + put + raw[start + length :]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for table, text in TABLES.items():
            (folder / table).write_text(text, encoding="utf-8")
        (folder / file).write_bytes(raw)
        evidence, problems = read_or_reported(folder, kent, skip)
    assert all(str(problem).isprintable() for problem in problems)
    if evidence is None:
        assert problems
        return
    assert len(evidence.hash) == 64
    assert all(str(remark).isprintable() for remark in evidence.remarks)
    for team in evidence.teams:
        for quarter in evidence.quarters:
            evidence.of(kent, team.id, quarter)
