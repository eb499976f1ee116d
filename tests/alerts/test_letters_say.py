"""What the letters of the shipped examples say and never say; and that no name of a team or district breaks out of one."""

from __future__ import annotations

import csv
import re
import shutil
from collections.abc import Callable
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from alerts.counties import FIRST, filed_at
from alerts.filed import ENGINE, LONG, Office, county

from springtide import load_pack, read_evidence
from springtide.alerts.answering import known_alerts
from springtide.alerts.channels.folder import FolderChannel
from springtide.alerts.channels.mail import sender_of
from springtide.alerts.letters.composing import FIRST_SIGHT, MAIN
from springtide.alerts.letters.text import as_text
from springtide.alerts.queueing import queue_with, start
from springtide.alerts.sending.outbox import Queued, messages
from springtide.alerts.sending.sender import send_due
from springtide.history.recording import Filing, record
from springtide.history.store.opening import Store, open_store
from springtide.logic.model import RulePack
from springtide.reports.explanation import plain

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("ten-quarters", "kent-2009")
LEVELS = ("Steady", "Watch", "Increased", "Elevated", "High", "Insufficient evidence")
ABOUT_A_TEAM = ("team", "team rule")


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Store]:
    @cache
    def of(name: str) -> Store:
        """Every quarter of an example filed with alerts on from the first; what was queued before the newest is not sent."""
        pack = load_pack("kent-2009")
        evidence = read_evidence(EXAMPLES / name, pack)
        store = open_store(str(tmp_path_factory.mktemp(name) / "store.sqlite"), make=True)
        for number, quarter in enumerate(evidence.quarters):
            record(store, Filing(pack, "kent-2009", evidence, quarter, "a test", filed_at(quarter), engine=ENGINE), plain, queue_with)
            if not number:
                start(store, quarter, "a test", filed_at(quarter))
        return store

    return of


def letters(store: Store) -> list[Queued]:
    with store.reading() as connection:
        return messages(connection)


def alerts(store: Store) -> dict[str, dict]:  # type: ignore[type-arg]
    with store.reading() as connection:
        return {name: {**alert} for name, (_, alert) in known_alerts(connection).items()}


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_a_manager_needs(name: str, written) -> None:  # type: ignore[no-untyped-def]
    store = written(name)
    known, found = alerts(store), letters(store)
    assert len(found) > 10
    for one in found:
        said = " ".join(as_text(one.letter).split())
        assert str(one.quarter) in one.letter.subject and str(one.quarter) in said
        assert "raise the risk that standards may become unsafe (para 22)" in said and "predicts nothing" in said
        for each in one.alerts:
            alert = known[each]
            assert alert["says"] in said, "the team or district, and what became of it"
            if one.stage == FIRST_SIGHT:
                assert "You see this first. It goes further on " in said and f"reply to this letter, quoting {each}: " in said
            elif one.post in alert["answered_by"]:
                assert f"reply to this letter, quoting {each}: " in said and re.search(r"By \w+day \d+ \w+ \d{4} at 17:00: ", said)
            else:
                assert "For you to know" in said
        sections = [section for section in one.letter.sections if any(section.heading == known[each]["says"] for each in one.alerts)]
        assert len(sections) == len(one.alerts)
        for section, alert in ((section, known[each]) for section in sections for each in one.alerts if known[each]["says"] == section.heading):
            told = " ".join((*section.says, *section.points))
            assert re.search(r"\bparas? \d+", told), "where it stands in the report"
            if alert["about"] in ABOUT_A_TEAM:
                assert any(f"{one.quarter}: {level}" in told for level in LEVELS) and re.search(r"Confidence (high|medium|low)", told)
            if alert["about"] == "team":
                assert re.search("Last quarter: |Not compared|^" + str(one.quarter), told)
                assert len([point for point in section.points if "para" in point]) <= 3
            if alert["about"] == "team" and alert["state"] in ("new", "raised"):
                assert any("para" in point for point in section.points), "why"
                assert "to do this week" in said


@pytest.mark.parametrize("name", NAMES)
def test_could_be_is_said_wherever_something_is_missing(name: str, written) -> None:  # type: ignore[no-untyped-def]
    said = [as_text(one.letter) for one in letters(written(name))]
    assert any("could be" in one and "for something is missing" in " ".join(one.split()) for one in said)


@pytest.mark.parametrize("name", NAMES)
def test_no_figure_of_a_team_is_in_any(name: str, written) -> None:  # type: ignore[no-untyped-def]
    """No digits but those of quarters, paragraphs, dates and times, ids of alerts, names, and counts of teams and reasons."""
    store = written(name)
    names = _cells(name, "teams.csv", "team_id", "team_name", "district")
    for one in letters(store):
        said = " ".join(as_text(one.letter).split())
        for name_ in sorted(names, key=len, reverse=True):
            said = said.replace(name_, "")
        for allowed in (
            r"\b20\d\d/\d\d Q[1-4]", r"\bparas? \d+(, \d+)*", r"\b\d{1,2} [A-Z][a-z]+ 20\d\d( at \d\d:\d\d)?", r"quoting [0-9A-F]{8}", r"Kent Safeguarding Review 2009",
            r"\b\d+ alerts( for)?", r"\(\d+(, \d+)*\)", r"\bin 2009\b", r"\b\d+ of \d+ teams affected(, \d+ could not be told)?", r"\band \d+ more( reasons)?", r"\bfor \d+ quarters\b",
        ):  # fmt: skip
            said = re.sub(allowed, "", said)
        assert not re.search(r"\d", said), re.findall(r".{0,40}\d.{0,20}", said)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_and_no_free_text_is_in_any(name: str, written) -> None:  # type: ignore[no-untyped-def]
    said = "\n".join(" ".join(as_text(one.letter).split()) for one in letters(written(name)))
    directory = (EXAMPLES / "ten-quarters" / "managers.yaml").read_text(encoding="utf-8")
    assert not any(person in said for person in re.findall(r"name: ([A-Z]\. \w+)", directory)) and "@" not in said
    remarks = {cell for table in ("responses.csv", "workforce.csv", "audits.csv") for cell in _cells(name, table, "remarks", "comments", "note", "notes", "comment") if len(cell) > 12}
    assert not [one for one in remarks if one in said]
    assert not re.search(r"(?<!may become )\bunsafe\b", said), "never that word alone"
    assert not re.search(r"(?<!not )(?<!no )(?<!nobody to )\bblame", said)
    for word in ("(?<!is no )failing", "worst", "rank", "league", "predicted", "will become", "danger"):
        assert not re.search(rf"(?<!\w){word}", said, re.IGNORECASE), word


def _cells(name: str, table: str, *columns: str) -> set[str]:
    file = EXAMPLES / name / table
    if not file.exists():
        return set()
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return {row[column] for row in csv.DictReader(stream) for column in columns if row.get(column)}


@pytest.mark.parametrize("name", NAMES)
def test_subjects_are_short_enough_for_a_phone(name: str, written) -> None:  # type: ignore[no-untyped-def]
    """Of what it is stands within the first words, and the whole on two or three lines."""
    store = written(name)
    names = {"county-wide", "alerts", "another district", *_cells(name, "teams.csv", "team_name", "district")}
    for subject in (one.letter.subject for one in letters(store)):
        assert len(subject) <= 100, subject
        assert any(one in subject[:50] for one in names) or any(subject.endswith(one) for one in names), subject


def test_sixty_teams_make_no_sixty_letters_to_one_post(written) -> None:  # type: ignore[no-untyped-def]
    """A district's teams are together, but for what can't wait; what the county's pressure alone has raised is one letter."""
    found = [one for one in letters(written("kent-2009")) if one.stage == MAIN and one.post != "team_manager"]
    for place in {(one.quarter, one.post, one.place) for one in found}:
        assert len([one for one in found if (one.quarter, one.post, one.place) == place]) <= 12, place


# ---- names that try to break out -------------------------------------------------------------

HOSTILE = {
    "line breaks": "North\r\nBcc: everyone@evil.example\r\n\r\n<b>Team</b>", "html": "<script>alert(1)</script><img src=x onerror=a()>&amp;\"'", "right to left": "\u202eevil\u202c \u2066team\u2069\u200f",
    "very long": "Team " + "x" * 10_000, "encoded word": "=?utf-8?q?evil?= team", "boundary": "--=_springtide_ team", "link": "[Team](http://evil.example) www.evil.example",
    "template": "((personalisation)) {{7*7}} {% x %}", "null and bell": "a\x00b\x07 team", "markup alone": "***", "combining": "Z" + "\u0300" * 500 + "algo",
}  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_name_breaks_out_of_a_letter(kind: str, kent: RulePack, tmp_path: Path) -> None:
    """From the record through the outbox to the .eml that a mail program reads."""
    name = HOSTILE[kind]
    teams = {
        "T1": {"name": name, "district": name, "quarters": ["storm", "severe gap"]}, "T2": {"name": name, "district": name, "quarters": ["severe gap", "storm"]},
        "T3": {"name": name, "district": "South", "quarters": ["unallocated", "calm"]},
    }  # fmt: skip
    here = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county(teams, 2))
    here.start()
    here.file(0)
    here.file(1)
    sender = sender_of("springtide <alerts@springtide.invalid>")
    assert sender
    folder = tmp_path / "out"

    def one(post: str, place: str, day: object):  # type: ignore[no-untyped-def]
        from springtide.alerts.channels import Recipient

        return (Recipient("A. Manager", f"{post}@anyshire.example"),)

    report = send_due(here.store, one, FolderChannel(folder, sender), lambda: filed_at(FIRST.next) + LONG)
    assert report.sent > 10 and not report.failed
    for file in folder.iterdir():
        content = file.read_bytes()
        read = message_from_bytes(content, policy=default)
        assert isinstance(read, EmailMessage) and not read.defects
        assert {*map(str.lower, read.keys())} == {"from", "to", "subject", "date", "message-id", "auto-submitted", "mime-version", "content-type"}
        assert read["To"].addresses[0].domain == "anyshire.example" and len(read["To"].addresses) == 1
        subject = str(read["Subject"])
        assert subject.isprintable() and len(subject) <= 200 and not {*"<>\\"} & {*subject}
        text, page = (read.get_body((sort,)) for sort in ("plain", "html"))
        assert text and page and [part.get_content_type() for part in read.walk()] == ["multipart/alternative", "text/plain", "text/html"]
        tags = _Tags()
        tags.feed(page.get_content())
        assert tags.tags <= {"html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "p", "ul", "li"} and tags.attributes <= {"lang", "charset", "name", "content"}
        words = text.get_content()
        assert all(len(line) <= 76 for line in words.splitlines()) and all(line.isprintable() for line in words.splitlines())
        assert "evil.example" not in words and "((" not in words and "{{" not in words and not re.search("[\u202a-\u202e\u2066-\u2069\u200f]", words)
        assert len(words) < 12_000, "a long name is cut wherever it stands"
        assert max(map(len, content.splitlines())) <= 998


def test_a_hostile_name_is_cut_where_it_is_said_who_did_not_answer(kent: RulePack, tmp_path: Path) -> None:
    here = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county({"T1": {"district": HOSTILE["very long"], "quarters": ["severe gap"]}}, 1))
    here.start()
    here.file(0)
    here.took(filed_at(FIRST) + LONG)
    upward = [one.letter for one in (*here.took(filed_at(FIRST) + 4 * LONG), *here.took(filed_at(FIRST) + 6 * LONG)) if "Not answered yet" in one.letter.subject]
    assert upward and all("x" * 100 not in str(one) for one in upward)
    shutil.rmtree(tmp_path, ignore_errors=True)
