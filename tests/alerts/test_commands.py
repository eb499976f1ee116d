"""springtide alerts as its users run it: rehearse, start, preview, send, status, answer, log; text, JSON and exit codes."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from alerts.filed import ENGINE
from click.testing import CliRunner, Result

from springtide.alerts import queueing, rehearsing
from springtide.alerts.sending.one_sender import one_sender
from springtide.cli import alerts as commands
from springtide.cli import filing
from springtide.cli.main import cli
from springtide.history.deriving import derive
from springtide.history.store.opening import open_store

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "ten-quarters"
MANAGERS = str(EXAMPLE / "managers.yaml")
QUARTERS = ["2008/09 Q1", "2008/09 Q2", "2008/09 Q3", "2008/09 Q4", "2009/10 Q1", "2009/10 Q2", "2009/10 Q3", "2009/10 Q4", "2010/11 Q1", "2010/11 Q2"]
NEWEST = QUARTERS[-1]
SECRET = "correct-horse-battery"
FINE, USAGE, INVALID, NOT_SENT = 0, 2, 3, 6


def run(*words: str, code: int = FINE, env: dict[str, str] | None = None) -> Result:
    result = CliRunner().invoke(cli, list(words), catch_exceptions=False, env=env)
    assert result.exit_code == code, result.output + result.stderr
    return result


def document(*words: str, code: int = FINE, env: dict[str, str] | None = None) -> Any:
    return json.loads(run(*words, "--json", code=code, env=env).stdout)


def record(store: str, quarter: str, evidence: Path = EXAMPLE, *more: str) -> Result:
    return run("record", str(evidence), "--quarter", quarter, "--by", "performance analyst", "--engine", ENGINE, "--store", store, *more)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[datetime], None]:
    """Sets what time the commands take it to be."""

    def put(now: datetime) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> datetime:
                return now

        monkeypatch.setattr(commands, "datetime", Clock)
        monkeypatch.setattr(filing, "datetime", Clock)

    return put


@pytest.fixture(scope="module", autouse=True)
def one_engine() -> Iterator[None]:
    """What both engines come to is tested elsewhere."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (rehearsing, queueing):
            patch.setattr(module, "derive", lambda basis: derive(basis, ENGINE))
        yield


@pytest.fixture(scope="module")
def filed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ten quarters of the example, before alerts are on."""
    store = tmp_path_factory.mktemp("filed") / "store.sqlite"
    run("record", str(EXAMPLE), "--all-quarters", "--by", "performance analyst", "--engine", ENGINE, "--store", str(store))
    return store


@pytest.fixture
def before(filed: Path, tmp_path: Path) -> str:
    return str(shutil.copy(filed, tmp_path / "store.sqlite"))


NOW = datetime(2010, 10, 14, 10, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=5)


@pytest.fixture
def store(before: str, clock: Callable[[datetime], None]) -> str:
    """Alerts are on from the newest quarter, and its letters are queued."""
    clock(NOW)
    run("alerts", "start", "--from", NEWEST, "--store", before)
    return before


def send(store: str, folder: Path, *more: str, code: int = FINE) -> Any:
    return document("alerts", "send", "--managers", MANAGERS, "--to", str(folder), "--store", store, *more, code=code)


# ---- rehearse --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def rehearsed(filed: Path) -> Any:
    return document("alerts", "rehearse", "--store", str(filed))


def test_a_rehearsal_says_how_many_and_queues_none(before: str, rehearsed: Any) -> None:
    whole = Path(before).read_bytes()
    said = run("alerts", "rehearse", "--store", before).stdout
    assert "Alerts as they would have been over 10 filed quarters" in said
    found = rehearsed
    assert "head of service" in said and all(f"team manager of {post['place']}" in said for post in found["posts"] if post["post"] == "team_manager")
    assert {*found} == {"schema_version", "quarters", "pack", "posts", "most_in_a_quarter", "one_way_because", "persisting"}
    assert found["quarters"] == QUARTERS and found["pack"]["id"] == "kent-2009"
    assert {*found["posts"][0]} == {"post", "place", "letters", "alerts", "again"} and {*found["persisting"]} == {*QUARTERS}
    assert found["most_in_a_quarter"] == max(n for post in found["posts"] for n in post["letters"].values())
    assert Path(before).read_bytes() == whole


def test_a_rehearsal_is_what_really_happens(rehearsed: Any, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    """Quarter by quarter filed and sent, with alerts on from the first: each post has as many letters, and of the same kind."""
    store, really = str(tmp_path / "really.sqlite"), Counter[tuple[str, str, str]]()
    kinds: Counter[tuple[str, str, str]] = Counter()
    for number, quarter in enumerate(QUARTERS):
        now = datetime(2008, 7, 10, 10, 0, tzinfo=UTC) + number * timedelta(days=91)
        clock(now)
        record(store, quarter)
        if not number:
            run("alerts", "start", "--from", quarter, "--store", store)
        for days in (1, 6):  # what its team manager sees first, and then the rest
            clock(now + timedelta(days=days))
            send(store, tmp_path / "out")
        found = document("alerts", "status", "--store", store)
        rules = {alert["id"]: alert["rule"] for alert in found["alerts"]}
        for message in found["messages"]:
            assert message["state"] == "sent" and found["quarter"] == quarter
            if message["stage"] in ("main", "seen first"):
                really[message["post"], message["place"], quarter] += 1
            for alert in message["alerts"] if message["stage"] == "main" else ():
                kinds[message["post"], message["place"], rules[alert]] += 1
    assert really == {(post["post"], post["place"], quarter): n for post in rehearsed["posts"] for quarter, n in post["letters"].items()}
    assert kinds == {(post["post"], post["place"], rule): n for post in rehearsed["posts"] for rule, n in post["alerts"].items()}
    assert sum(really.values()) > 20 and document("verify", "--store", store)["holds"]


def test_other_rules_are_judged_without_being_filed(before: str, rehearsed: Any, tmp_path: Path) -> None:
    layer = tmp_path / "strict"
    layer.mkdir()
    (layer / "pack.yaml").write_text("id: strict\nversion: 1.0.0\ntitle: Strict\nabout: Lower thresholds.\nbuilds_on: kent-2009\n")
    values = (("vacancy_rate_present", 0.01), ("vacancy_rate_severe", 0.02), ("vacant_posts_present", 0.1))
    (layer / "thresholds.yaml").write_text("".join(f"{name}:\n  values:\n    - {{from: always, value: {value}, basis: judgement, source: A test.}}\n" for name, value in values))
    strict = document("alerts", "rehearse", "--rules", str(layer), "--store", before)

    def letters(found: Any) -> int:
        return sum(n for post in found["posts"] for n in post["letters"].values())

    assert strict["pack"]["id"] == "strict" and letters(strict) != letters(rehearsed)
    assert "nowhere" in run("alerts", "rehearse", "--rules", "nowhere", "--store", before, code=INVALID).stderr


def test_nothing_to_rehearse(tmp_path: Path) -> None:
    assert "there is no store" in run("alerts", "rehearse", "--store", str(tmp_path / "none"), code=USAGE).stderr
    open_store(str(tmp_path / "empty"), make=True)
    for command in ("rehearse", "preview"):
        assert "file" in run("alerts", command, "--store", str(tmp_path / "empty"), code=USAGE).stderr
    assert "no quarter is filed yet" in run("alerts", "start", "--store", str(tmp_path / "empty"), code=USAGE).stderr


# ---- start and preview -----------------------------------------------------------------------


def test_before_the_start(before: str) -> None:
    found = document("alerts", "preview", "--store", before)
    assert found["quarter"] == NEWEST and not found["queued"] and found["letters"] and {one["id"] for one in found["letters"]} == {None}
    assert {*found["letters"][0]} == {"id", "post", "place", "stage", "not_before", "letter", "to"}
    assert "would queue if alerts were on from it" in run("alerts", "preview", "--quarter", "2009/10 Q1", "--store", before).stdout
    assert "alerts are not switched on" in run("alerts", "status", "--store", before, code=USAGE).stderr
    assert document("alerts", "log", "--store", before)["entries"] == []
    assert "is not filed" in run("alerts", "preview", "--quarter", "2020/21 Q1", "--store", before, code=USAGE).stderr


def test_what_was_previewed_is_what_is_queued(before: str, clock: Callable[[datetime], None]) -> None:
    clock(NOW)
    first = document("alerts", "preview", "--store", before)
    started = document("alerts", "start", "--from", NEWEST, "--store", before)
    assert started == {"schema_version": first["schema_version"], "from": NEWEST, "queued": len(first["letters"])}
    then = document("alerts", "preview", "--store", before)
    assert then["queued"] and all(one["id"] for one in then["letters"])

    def said(found: Any) -> list[Any]:
        return sorted(json.dumps({key: value for key, value in one.items() if key != "id"}, sort_keys=True) for one in found["letters"])

    assert said(then) == said(first)
    assert "switched on already" in run("alerts", "start", "--store", before, code=USAGE).stderr


def test_a_preview_says_who_would_read_it(store: str) -> None:
    to = {(one["post"], one["place"]): one["to"] for one in document("alerts", "preview", "--managers", MANAGERS, "--store", store)["letters"]}
    assert any(one["email"].endswith("@anyshire.example") and one["why"] for people in to.values() for one in people)
    said = run("alerts", "preview", "--managers", MANAGERS, "--store", store).stdout
    assert "Nothing is sent by this." in said and "@anyshire.example>" in said and "reply to this letter, quoting " in said


# ---- send ------------------------------------------------------------------------------------


def test_sent_into_a_folder_once(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    queued = document("alerts", "preview", "--store", store)["letters"]
    first = sent_all(store, tmp_path / "out", clock)
    assert first["sent"] + first["before"] >= len(queued) > 0 and first["failed"] == 0 and first["channel"] == "folder" and first["stopped"] == "" and first["set_aside"] == []
    files = [*(tmp_path / "out").glob("*.eml")]
    assert len(files) == first["sent"] + first["before"]
    read = [message_from_bytes(file.read_bytes(), policy=default) for file in files]
    assert len({one["Message-ID"] for one in read}) == len(read) and all(NEWEST in str(one["Subject"]) for one in read)
    again = send(store, tmp_path / "out")
    assert again["sent"] == 0 and document("alerts", "preview", "--store", store)["letters"] == []
    assert "Nothing is due" in run("alerts", "send", "--managers", MANAGERS, "--to", str(tmp_path / "out"), "--store", store).stdout


def test_the_team_manager_sees_it_first(store: str, tmp_path: Path) -> None:
    send(store, tmp_path / "out")
    found = document("alerts", "status", "--store", store)["messages"]
    assert {one["state"] for one in found if one["stage"] == "seen first"} <= {"sent"}
    held = [one for one in found if datetime.fromisoformat(one["not_before"]) > NOW]
    assert all(one["state"] == "waiting" for one in held)


def test_without_a_directory_or_with_a_wrong_one_nothing_is_sent(store: str, tmp_path: Path) -> None:
    assert "--managers FILE" in run("alerts", "send", "--store", store, code=USAGE).stderr
    assert "--to is where the channel folder writes" in run("alerts", "send", "--managers", MANAGERS, "--by", "smtp", "--to", "x", "--store", store, code=USAGE).stderr
    wrong = tmp_path / "managers.yaml"
    lines = Path(MANAGERS).read_text(encoding="utf-8").replace("    South: s.jones\n", "").replace("    T7: j.sato", "    T99: j.sato")
    wrong.write_text(lines, encoding="utf-8")
    refused = run("alerts", "send", "--managers", str(wrong), "--to", str(tmp_path / "out"), "--store", store, code=INVALID)
    at = lines.splitlines().index("    T99: j.sato") + 1
    assert f"managers.yaml:{at}: there is no team 'T99' among the teams" in refused.stderr and "the district 'South' has no district manager" in refused.stderr
    assert "2 problems in the directory; nothing was sent" in refused.stderr and not (tmp_path / "out").exists()
    missing = run("alerts", "send", "--managers", str(tmp_path / "none.yaml"), "--store", store, code=INVALID)
    assert "none.yaml" in missing.stderr


def test_what_could_not_be_sent_ends_with_six(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    (tmp_path / "out").write_text("a file where the folder should be")
    failed = send(store, tmp_path / "out", code=NOT_SENT)
    assert failed["sent"] == 0 and failed["failed"] and failed["stopped"] and failed["left"] and failed["reasons"]
    assert all("can't be written" in reason for reason in failed["reasons"])
    (tmp_path / "out").unlink()
    clock(LATER + timedelta(hours=1))
    assert sent_all(store, tmp_path / "out", clock, LATER + timedelta(hours=1))["sent"] > 0
    assert {one["state"] for one in document("alerts", "status", "--store", store)["messages"]} == {"sent"}


def test_a_second_sender_goes_home(store: str, tmp_path: Path) -> None:
    with one_sender(open_store(store, make=True)) as check:
        assert check is not None
        found = send(store, tmp_path / "out")
    assert found["another_at_work"] and found["sent"] == 0 and not (tmp_path / "out").exists()


def test_one_that_failed_may_be_tried_at_once(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    (tmp_path / "out").write_text("a file where the folder should be")
    send(store, tmp_path / "out", code=NOT_SENT)
    (tmp_path / "out").unlink()
    failed = [one["id"] for one in document("alerts", "status", "--store", store)["messages"] if one["state"] == "failed"]
    assert failed
    send(store, tmp_path / "out", "--again", f" {failed[0].lower()} ")
    states = {one["id"]: one["state"] for one in document("alerts", "status", "--store", store)["messages"]}
    assert states[failed[0]] == "sent"


def test_one_that_there_is_not_is_said(store: str, tmp_path: Path) -> None:
    refused = run("alerts", "send", "--managers", MANAGERS, "--to", str(tmp_path / "out"), "--again", "0123456789AB", "--store", store, code=USAGE)
    assert "there is no message 0123456789AB" in refused.stderr and not (tmp_path / "out").exists()


@pytest.mark.parametrize("settings", [
    {"SPRINGTIDE_SMTP_HOST": "127.0.0.1", "SPRINGTIDE_SMTP_PORT": "1", "SPRINGTIDE_MAIL_FROM": "alerts@anyshire.example", "SPRINGTIDE_SMTP_USER": "u", "SPRINGTIDE_SMTP_PASSWORD": SECRET},
    {"SPRINGTIDE_SMTP_HOST": "127.0.0.1", "SPRINGTIDE_SMTP_PASSWORD": SECRET, "SPRINGTIDE_SMTP_USER": "u"},
    {"SPRINGTIDE_SMTP_HOST": "127.0.0.1", "SPRINGTIDE_MAIL_FROM": SECRET, "SPRINGTIDE_SMTP_USER": "u", "SPRINGTIDE_SMTP_PASSWORD": SECRET},
    {"SPRINGTIDE_SMTP_PASSWORD": SECRET},
])  # fmt: skip
def test_no_secret_is_ever_shown_or_kept(settings: dict[str, str], store: str, tmp_path: Path) -> None:
    result = CliRunner().invoke(cli, ["alerts", "send", "--managers", MANAGERS, "--by", "smtp", "--store", store], env=settings)
    assert result.exit_code in (USAGE, NOT_SENT)
    assert SECRET not in result.output + result.stderr and SECRET not in str(result.exception)
    for words in (("status",), ("log",), ("preview",)):
        assert SECRET not in run("alerts", *words, "--store", store).output
    assert SECRET.encode() not in Path(store).read_bytes()


def test_no_name_and_no_address_is_in_the_store(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    send(store, tmp_path / "out")
    content = Path(store).read_bytes()
    assert b"anyshire.example" not in content and not any(name in content for name in (b"R. Patel", b"S. Jones", b"H. Adair", b"L. Brandt"))


# ---- status, answer, log ---------------------------------------------------------------------


def test_the_status_has_one_shape(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    send(store, tmp_path / "out")
    found = document("alerts", "status", "--store", store)
    assert {*found} == {"schema_version", "quarter", "on_since", "alerts", "messages", "answers", "store"}
    assert {*found["alerts"][0]} >= {"id", "key", "rule", "title", "about", "quarter", "subject", "what", "state", "says", "overdue"}
    assert {*found["messages"][0]} == {
        "id", "post", "place", "stage", "not_before", "answer_by", "alerts", "state", "tries", "reason", "may_have_arrived_twice", "subject"}  # fmt: skip
    said = run("alerts", "status", "--store", store).stdout
    assert all(alert["id"] in said for alert in found["alerts"]) and f"Alerts of {NEWEST}" in said
    assert "is not filed" in run("alerts", "status", "--quarter", "2020/21 Q1", "--store", store, code=USAGE).stderr


def sent_all(store: str, folder: Path, clock: Callable[[datetime], None], at: datetime = LATER) -> Any:
    """What team managers see first, and, when their time is over, the rest."""
    before = send(store, folder)["sent"]
    clock(at + timedelta(days=6))
    return send(store, folder) | {"before": before}


def asked(store: str) -> str:
    return str(next(alert["id"] for alert in document("alerts", "status", "--store", store)["alerts"] if alert["answer_within"] is not None))


def test_overdue_reminded_and_answered(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    sent_all(store, tmp_path / "out", clock)
    alert = asked(store)
    late = LATER + timedelta(days=30)
    clock(late)
    assert alert in run("alerts", "status", "--store", store).stdout.rpartition(" overdue: ")[2]
    reminded = send(store, tmp_path / "later")
    assert reminded["reminders"] > 0 and reminded["sent"] >= reminded["reminders"]
    for one in document("alerts", "status", "--store", store)["alerts"]:
        run("alerts", "answer", one["id"], "--agree", "--by", "district manager", "--store", store)
    clock(late + timedelta(days=30))
    assert not any(one["overdue"] for one in document("alerts", "status", "--store", store)["alerts"])
    assert send(store, tmp_path / "last")["reminders"] == 0


def test_an_answer_is_recorded_and_shown(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    sent_all(store, tmp_path / "out", clock)
    alert, levels = asked(store), document("history", "--store", store)
    made = document("alerts", "answer", alert.lower(), "--disagree", "two posts are filled from Monday", "--by", "district manager", "--store", store)
    assert made["alerts"] == [alert] and made["answer"] == "disagree" and made["by"] == "district manager" and made["quarter"] == NEWEST
    assert "disagree, by district manager" in run("alerts", "status", "--store", store).stdout
    assert "answered" in run("alerts", "log", "--alert", alert, "--store", store).stdout
    entries = document("alerts", "log", "--alert", alert, "--store", store)["entries"]
    assert entries[-1]["what"] == "answered" and entries[-1]["detail"]["words"] == "two posts are filled from Monday"
    assert all(alert in entry["alerts"] for entry in entries) and {"trying", "sent"} <= {entry["what"] for entry in entries}
    text = run("alerts", "answer", alert, "--action", "duty is shared", "--store", store).stdout
    assert text.startswith(f"Recorded: action, to {alert} of {NEWEST}") and "No level changes by it." in text
    after = document("history", "--store", store)
    assert {k: v for k, v in after.items() if k != "store"} == {k: v for k, v in levels.items() if k != "store"}
    assert document("verify", "--store", store)["holds"]


@pytest.mark.parametrize(("words", "says"), [
    ((), "give one of --agree, --disagree WHY and --action WHAT"), (("--agree", "--action", "x"), "give one of"), (("--disagree", ""), "say why you disagree"),
    (("--action", " "), "say what is being done"), (("--disagree", "x" * 2_001), "has room for 2,000 characters"),
])  # fmt: skip
def test_an_answer_that_says_too_little_or_too_much(words: tuple[str, ...], says: str, store: str) -> None:
    assert says in run("alerts", "answer", asked(store), *words, "--store", store, code=USAGE).stderr


def test_unknown_alerts(store: str) -> None:
    assert "there is no alert 'FFFF0000'" in run("alerts", "answer", "FFFF0000", "--agree", "--store", store, code=USAGE).stderr
    assert "there is no alert 'FFFF0000'" in run("alerts", "log", "--alert", "FFFF0000", "--store", store, code=USAGE).stderr
    assert "Missing argument" in run("alerts", "answer", "--agree", "--store", store, code=USAGE).stderr


def test_a_corrected_quarter_is_told_of(store: str, tmp_path: Path, clock: Callable[[datetime], None]) -> None:
    clock(LATER)
    first = send(store, tmp_path / "out")["sent"]
    evidence = tmp_path / "evidence"
    shutil.copytree(EXAMPLE, evidence)
    file = evidence / "workforce.csv"
    header, *rows = file.read_text(encoding="utf-8").splitlines()
    place = header.split(",").index("vacant_posts")
    changed = [",".join([*cells[:place], "0", *cells[place + 1 :]]) if NEWEST in row else row for row in rows for cells in (row.split(","),)]
    file.write_text("\n".join([header, *changed]) + "\n", encoding="utf-8")
    said = record(store, NEWEST, evidence, "--because", "every post is filled").stdout
    assert f"{NEWEST}" in said and ("queued for" in said or "no alert is raised" in said)
    clock(LATER + timedelta(days=5))
    send(store, tmp_path / "out")
    found = document("alerts", "status", "--store", store)
    assert first and {one["state"] for one in found["messages"]} <= {"sent", "withdrawn"}
    assert "corrections" not in found and document("verify", "--store", store)["holds"]


def test_help_shows_the_order() -> None:
    said = run("alerts", "--help").output
    assert all(f"springtide alerts {word}" in said for word in ("rehearse", "start", "preview", "send", "answer"))
    for command in ("rehearse", "start", "preview", "send", "status", "answer", "log"):
        assert "Example" in run("alerts", command, "--help").output
