"""The how-to on alerts goes from a rehearsal to an answer as written: its commands run in order, and what it shows comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from springtide import load_pack
from springtide.alerts.channels import opening
from springtide.alerts.channels.chat import secret_name
from springtide.alerts.people.directory_files.reader import read_directory
from springtide.alerts.sending.progress import TRIES
from springtide.cli.exits import NOT_SENT

from .how_to import ROOT, check_shown, run_each

PAGE = ROOT / "docs" / "how-to" / "alerts.md"
TEXT = PAGE.read_text(encoding="utf-8")
CHANNELS = ROOT / "engine" / "springtide" / "alerts" / "channels"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("alerts")


@pytest.fixture(scope="module")
def said(folder: Path) -> Iterator[list[tuple[str, str]]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("SPRINGTIDE_MANAGERS", "SPRINGTIDE_ALERTS_BY", "SPRINGTIDE_STORE", "SPRINGTIDE_MAIL_FOLDER", "SPRINGTIDE_MAIL_FROM"):
            patch.delenv(name, raising=False)
        yield run_each(PAGE, folder)


def output(said: list[tuple[str, str]], *parts: str) -> list[str]:
    return [" ".join(text.split()) for command, text in said if all(part in command for part in parts)]


def test_what_the_page_shows_is_what_comes_out(said: list[tuple[str, str]]) -> None:
    check_shown(PAGE, dict(said))


def test_what_the_page_says_is_so(said: list[tuple[str, str]], folder: Path) -> None:
    first, second, wider, reminded = output(said, "alerts send")
    assert "8 copies sent by folder (letters)" in first
    assert "Nothing is due" in second
    assert "3 copies sent" in wider
    assert "2 messages added, for alerts that nobody answered in time" in reminded
    (_, later) = output(said, "alerts status")
    assert "district manager of South (reminder): sent 28 Jan 2010" in later
    assert not re.search(r"manager of North \((reminder|next level)\)", later), "one answer is enough"
    (history,), (explained,) = output(said, "history T2"), output(said, "explain T2")
    assert "two of the vacancies are filled from Monday" in history and "two of the vacancies are filled from Monday" in explained
    letters = [file.read_bytes() for file in (folder / "letters").iterdir()]
    assert len(letters) == 13
    assert not any(b"vacancies are filled" in letter for letter in letters), "words that were answered stay in the store"


def test_the_directory_of_the_page_is_one(tmp_path: Path) -> None:
    (block,) = [block for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.S) if block.startswith("people:")]
    (tmp_path / "managers.yaml").write_text(block, encoding="utf-8")
    directory = read_directory(tmp_path / "managers.yaml")
    assert set(directory.people) == {"r.patel", "s.jones"} and ("team_manager", "T2") in directory.posts
    columns = (ROOT / "examples" / "kent-2009" / "managers.csv").read_text(encoding="utf-8").splitlines()[0]
    assert f"`{columns.replace(',', ', ')}`" in " ".join(TEXT.split())


def test_every_channel_and_every_setting_is_told() -> None:
    settings = {name for file in CHANNELS.rglob("*.py") for name in re.findall(r"\"(SPRINGTIDE_[A-Z_]+)\"", file.read_text(encoding="utf-8"))}
    assert len(settings) > 15 and not [name for name in sorted(settings) if name not in TEXT]
    assert not [name for name in opening.CHANNELS if f"`{name}`" not in TEXT]
    assert secret_name("NORTH") == "SPRINGTIDE_CHAT_NORTH"


def test_its_numbers_are_those_of_the_rules_and_of_the_sender() -> None:
    pack = load_pack("kent-2009")

    def number(threshold: str) -> float:
        (value,) = pack.thresholds[threshold].values
        return value.value

    assert number("alert_answer_same_day") == 0 and number("alert_answer_high") == 2 and number("alert_answer_elevated") == 5
    assert number("alert_right_of_reply") == 24 and number("alert_then_after") == 2 and number("alert_band") == 0.05
    assert TRIES == 8 and NOT_SENT == 6
    table = TEXT.split("| Raised when |")[1].split("\n\n")[0].splitlines()[2:]
    assert sum(bool(alert.answer_within) for alert in pack.alerts.values()) == sum(row.split("|")[3].strip() != "" for row in table)


def test_the_template_of_notify_is_the_one_that_is_shipped() -> None:
    shipped = (CHANNELS / "notify_templates" / "alert.md").read_text(encoding="utf-8")
    for part in ("`((subject))`", "`((body))`", "**Templates**"):
        assert part in shipped and part.replace("**", "*") in TEXT


def test_what_it_says_of_rules_is_yaml() -> None:
    assert all(yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", TEXT, re.S))
