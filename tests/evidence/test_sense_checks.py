"""What sense checks and acknowledgements say of small evidence: cases as data, and what must hold of any.

The cases are in `corpus/remarks`, a file for each kind of check. `expect` lists every sense remark, and every remark that
is acknowledged, as: code, team, quarter, file and row, column: what was seen, without the rule of thumb that follows.
"""

from __future__ import annotations

import re
import tempfile
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
