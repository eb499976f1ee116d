"""Every code of a remark has a page, every page a code, and each example gives what its page says that it gives."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from springtide.evidence import EvidenceSet, Remark, read_evidence
from springtide.evidence.codes import REMARKS, UNMATCHED
from springtide.logic.model import RulePack
from springtide.logic.sense_checks import CODES

PAGES = Path(__file__).resolve().parents[2] / "docs" / "reference" / "remarks"
HEADINGS = ("What it says", "Why it matters", "The rule of thumb, and what it rests on", "Example", "What to do", "How to acknowledge it")


def text_of(code: str) -> str:
    return (PAGES / f"{code}.md").read_text(encoding="utf-8")


def block(code: str, kind: str) -> str:
    (found,) = re.findall(rf"^```{kind}\n(.*?)^```$", text_of(code), re.MULTILINE | re.DOTALL)
    return str(found)


def laid_out(code: str, folder: Path, pack: RulePack, more: dict[str, str] | None = None) -> EvidenceSet:
    declared: dict[str, Any] = yaml.safe_load(block(code, "yaml"))
    for name, text in (declared["files"] | (more or {})).items():
        (folder / name).write_text(text, encoding="utf-8")
    return read_evidence(folder, pack, skip_bad_rows=bool(declared.get("skip_bad_rows", False)))


def of(code: str, evidence: EvidenceSet) -> list[Remark]:
    return [remark for remark in evidence.remarks if remark.code == code]


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert sorted(path.stem for path in PAGES.glob("*.md")) == sorted([*REMARKS, "P01"])  # P01 is an import's own


@pytest.mark.parametrize("code", REMARKS)
def test_a_page_has_its_parts(code: str) -> None:
    text = text_of(code)
    assert text.startswith(f"# {code}: ")
    assert tuple(re.findall(r"^## (.+)$", text, re.MULTILINE)) == HEADINGS
    assert (code in CODES.values()) == ("<!-- sense checks -->" in text)


@pytest.mark.parametrize("code", CODES.values())
def test_a_page_says_every_number_and_what_it_rests_on(code: str, kent: RulePack) -> None:
    text = text_of(code)
    for check in kent.sense_checks.values():
        if check.code == code:
            assert f"(`{check.id}`). {check.rule_of_thumb}" in text
            for name, number in check.numbers.items():
                assert f"| `{name}` | {number.value:g} | {number.basis} | {number.source} |" in text


@pytest.mark.parametrize("code", REMARKS)
def test_its_example_gives_what_it_says(code: str, kent: RulePack, tmp_path: Path) -> None:
    assert [str(remark) for remark in of(code, laid_out(code, tmp_path, kent))] == block(code, "text").splitlines()


@pytest.mark.parametrize("code", [code for code in REMARKS if code != UNMATCHED])
def test_its_acknowledgement_acknowledges_it(code: str, kent: RulePack, tmp_path: Path) -> None:
    evidence = laid_out(code, tmp_path, kent, {"acknowledged.csv": block(code, "csv")})
    assert of(code, evidence)
    assert not any(remark.is_open for remark in of(code, evidence))
    assert not of(UNMATCHED, evidence)
