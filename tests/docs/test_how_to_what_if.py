"""The how-to on what-if answers its questions as written: its commands run in order, and what it shows comes out."""

from __future__ import annotations

import re

import pytest

from .how_to import ROOT, check_shown, run_in_order

PAGE = ROOT / "docs" / "how-to" / "what-if.md"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return run_in_order(PAGE, tmp_path_factory.mktemp("what-if"))


def test_what_the_page_shows_is_what_comes_out(said: dict[str, str]) -> None:
    check_shown(PAGE, said)


def test_what_the_page_says_is_so(said: dict[str, str]) -> None:
    def output(part: str) -> str:
        (found,) = [" ".join(text.split()) for command, text in said.items() if part in command]
        return found

    assert re.search(r"Level +Increased +High", output("T002 --quarter \"2008/09 Q4\" --set vacant_posts=+2"))
    assert "Still High" in output("vacant_posts=-3") and "The gap is filled, the experience is not (R12): not met → met" in output("vacant_posts=-3")
    assert "at 1.687: Increased → High" in output("--sweep vacant_posts=0:5 --with")
    assert "7 cases: a case is worked by another team" in output("clear T049 --evidence")
    assert "No change in these inputs clears it" in output("clear T046")
    still, ended = output("clear T046").split("These held, and end:")
    assert "R3, The storm" in ended and "R3, The storm" not in still and "it comes to High" in still
    assert "flagged in 78% of 2,916 settings" in output("robustness examples/kent-2009 T049")
    assert "Maidstone DIAT 2" in output("tipping examples/kent-2009 --quarter")[:900]


def test_the_notebook_of_the_page_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    names: dict[str, object] = {}
    exec(code, names)
    assert len(names["line"]) == 60 * 9  # type: ignore[arg-type]
