"""Free text is screened for what seems personal: table by table, and never slowly."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from springtide.evidence.screening import KINDS, is_email, looks_personal

CASES = yaml.safe_load((Path(__file__).parent / "screening_cases.yaml").read_text(encoding="utf-8"))
FINDS = [(text, kind) for kind, texts in CASES["finds"].items() for text in texts]
LONGEST_CELL = 32_767


@pytest.mark.parametrize(("text", "kind"), FINDS)
def test_what_seems_personal_is_found(text: str, kind: str) -> None:
    assert looks_personal(text) == (kind,)


@pytest.mark.parametrize("case", CASES["several"], ids=lambda case: case["text"])
def test_every_kind_is_named_once_in_the_fixed_order(case: dict) -> None:
    assert list(looks_personal(case["text"])) == case["kinds"]
    assert looks_personal(f"{case['text']}; {case['text']}") == looks_personal(case["text"])


@pytest.mark.parametrize("text", CASES["passes"])
def test_what_is_said_of_workload_passes(text: str) -> None:
    assert looks_personal(text) == ()


def test_the_tables_are_large_and_cover_every_kind() -> None:
    assert len(FINDS) >= 60
    assert len(CASES["passes"]) >= 60
    assert list(CASES["finds"]) == list(KINDS)


@pytest.mark.parametrize(("text", "kind"), FINDS)
def test_it_is_found_amid_other_words_too(text: str, kind: str) -> None:
    assert kind in looks_personal(f"Caseloads are heavy, 22 each since Q3; {text}; nobody covers.")
    assert kind in looks_personal("We are two posts down.\n" * 200 + text)


@pytest.mark.parametrize("text", ["jamie@example.org", " Jamie.Walsh+1@children.example.gov.uk ", "o'neill@example.com", "a@b.co"])
def test_an_address_is_one(text: str) -> None:
    assert is_email(text)


@pytest.mark.parametrize("text", ["", "anonymous", "a@b", "a b@example.org", "a@example.org, b@example.org", "@example.org", "a@@example.org",
                                  "a@example..org", "a@example.org.", "a@" + "b." * 300 + "org"])  # fmt: skip
def test_anything_else_is_no_address(text: str) -> None:
    assert not is_email(text)


_PIECES = ["1", "0", "9", ".", "/", " ", "\n", "-", "@", "A", "a", "Ab ", "Jamie ", "dob ", "case ", "+44", "(0)", "aged 7 ", "at ", "dot ", "1.2.2003 ",
           "SW1A", "QQ12", "999 ", "\u00a0", "\u2019", "\ufdfa", "\u0661", "\U0001d7d8", "of ", "nhs "]  # fmt: skip


@given(st.one_of(st.text(max_size=5000), st.lists(st.sampled_from(_PIECES), max_size=1200).map("".join)))
@settings(max_examples=150, deadline=1000)
def test_any_text_is_screened_quickly_and_without_error(text: str) -> None:
    assert set(looks_personal(text)) <= set(KINDS)
    is_email(text)


@pytest.mark.parametrize("piece", [*_PIECES, "1.2.", "a.b@c.", "J. ", "AA11 ", "01632 ", "0-0", "born on ", "x dot ", "A, ", "a-", "a'", "1\n"])
def test_the_longest_cell_takes_no_longer_than_its_length(piece: str) -> None:
    """Four times the text may take some four times as long; a quadratic expression would take sixteen, of seconds."""
    text = (piece * LONGEST_CELL)[: LONGEST_CELL - 10] + " 1.2.2003!"
    start = time.perf_counter()
    looks_personal(text)
    is_email(text)
    assert time.perf_counter() - start < 3
