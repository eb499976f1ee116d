"""The how-to works as written: its commands run in order, and what it shows and says is what comes out."""

from __future__ import annotations

import re

import pytest

from .how_to import ROOT, check_shown, run_in_order

PAGE = ROOT / "docs" / "how-to" / "quarter-after-quarter.md"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return run_in_order(PAGE, tmp_path_factory.mktemp("how-to"))


def test_what_the_page_shows_is_what_comes_out(said: dict[str, str]) -> None:
    check_shown(PAGE, said)


def test_what_the_page_says_is_so(said: dict[str, str]) -> None:
    compared = said['springtide compare "2009/10 Q1" "2009/10 Q2" --store anyshire.sqlite']
    assert re.search(r"North Duty +Increased → High;", compared)
    assert "3 of 6 affected, 1 not known" in compared
    assert "says the same (version 1" in said['springtide record examples/ten-quarters --quarter "2010/11 Q2" --store anyshire.sqlite']
    assert "A break: T7 began, from T5 and T6" in said["springtide history T7 --store anyshire.sqlite"]
    assert "This team ended after 2009/10 Q3 and became T7" in said["springtide history T5 --store anyshire.sqlite"]
    assert "10 records of 10 quarters: every one is as it was filed" in said["springtide verify --store anyshire.sqlite"]
    assert "replays to the same result" in said['springtide replay "2009/10 Q3" --store anyshire.sqlite']
    assert "Nothing would change" in said["springtide rules diff kent-2009 kent-2009 --store anyshire.sqlite"]
    heads = {line.split("head ")[1][:16] for output in said.values() for line in output.splitlines()[-1:] if "head " in line}
    assert len(heads) == 1, "every report from the store has its head"
