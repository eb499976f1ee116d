"""GOV.UK Notify, played by a real HTTPS server that checks what it is sent as the documentation describes it."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Iterator
from typing import Any

import jwt
import pytest
from alerts.channels.conftest import Certificates
from alerts.channels.parcels import HOSTILE, LETTER, everything_in, letter_about, parcel
from alerts.channels.servers import HANG, HANG_UP, Asked, Site, https_server, within
from hypothesis import given
from hypothesis import strategies as st

from springtide.alerts.channels import Channel, Parcel
from springtide.alerts.channels.marked_up import for_notify
from springtide.alerts.channels.opening import open_channel
from springtide.alerts.letters.letter import Letter, Section
from springtide.alerts.letters.plain import in_plain_words
from springtide.alerts.problems import ChannelDown, NotSent

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
TEMPLATE = "f33517ff-2a88-4f6e-b855-c550268ce08a"
EARLIER = "740e5834-3a29-46b4-9a6f-16142fde533a"


class Notify:
    """Takes e-mails, lists them by reference, and refuses what the real one would."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.answers: list[tuple[int, Any]] = []

    def __call__(self, asked: Asked) -> tuple[int, Any]:
        if self.answers:
            return self.answers.pop(0)
        try:
            claims = jwt.decode(asked.headers["Authorization"].removeprefix("Bearer "), SECRET, algorithms=["HS256"], options={"verify_iat": False})
        except jwt.InvalidTokenError:
            return wrong(403, "AuthError", "Invalid token: API key not found")
        if claims["iss"] != SERVICE or abs(claims["iat"] - time.time()) > 30:
            return wrong(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
        if (asked.method, asked.path) == ("GET", "/v2/notifications"):
            assert set(asked.query) == {"template_type", "reference"} and asked.query["template_type"] == ["email"]
            return 200, {"notifications": [one for one in self.messages if [one["reference"]] == asked.query["reference"]], "links": {"current": asked.path}}
        if (asked.method, asked.path) == ("POST", "/v2/notifications/email"):
            return self.take(asked.json())
        return wrong(404, "NoResultFound", "No result found")

    def take(self, sent: dict[str, Any]) -> tuple[int, Any]:
        assert set(sent) == {"email_address", "template_id", "personalisation", "reference"}
        if sent["template_id"] != TEMPLATE:
            return wrong(400, "BadRequestError", "Template not found")
        if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", sent["email_address"]):
            return wrong(400, "ValidationError", "email_address Not a valid email address")
        if missing := {"subject", "body"} - set(sent["personalisation"]):
            return wrong(400, "BadRequestError", f"Missing personalisation: {', '.join(missing)}")
        message = {"id": str(uuid.uuid4()), "reference": sent["reference"], "type": "email", "status": "created", "email_address": sent["email_address"], **sent["personalisation"]}
        self.messages.append(message)
        return 201, {"id": message["id"], "reference": message["reference"], "content": {}, "uri": "", "template": {"id": TEMPLATE, "version": 1, "uri": ""}}


def wrong(status: int, kind: str, message: str) -> tuple[int, Any]:
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


@pytest.fixture
def notify() -> Notify:
    return Notify()


@pytest.fixture
def site(notify: Notify, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.file))
    site = Site()
    site.answer = notify
    with https_server(site, certificates.right) as port:
        site.port = port  # type: ignore[attr-defined]
        yield site


@pytest.fixture
def channel(site: Site) -> Iterator[Channel]:
    channel = open_channel("notify", settings(site))
    yield channel
    channel.close()


def settings(site: Site, **others: str) -> dict[str, str]:
    return {
        "SPRINGTIDE_NOTIFY_KEY": f"alerts-{SERVICE}-{SECRET}",
        "SPRINGTIDE_NOTIFY_TEMPLATE": TEMPLATE,
        "SPRINGTIDE_NOTIFY_URL": f"https://localhost:{site.port}",  # type: ignore[attr-defined]
        "SPRINGTIDE_NOTIFY_SECONDS": "10",
    } | {f"SPRINGTIDE_NOTIFY_{name}": value for name, value in others.items()}


def refused(channel: Channel, sent: Parcel | None = None) -> NotSent:
    with pytest.raises(NotSent) as caught:
        channel.send(sent or parcel())
    channel.close()
    held = everything_in(caught.value)
    assert SECRET not in held and "bloggs" not in held and "Bearer" not in held
    return caught.value


def test_a_message(channel: Channel, notify: Notify) -> None:
    reference = channel.send(parcel())
    (message,) = notify.messages
    assert (message["id"], message["reference"], message["email_address"]) == (reference, "springtide-3F1C09AB77E2", "jo.bloggs@example.org")
    assert message["subject"] == LETTER.subject
    assert message["body"] == (
        "Pressures that raise the risk that standards may become unsafe.\n\n## Why\n\nTwo pressures coincide.\n\n"
        "* Posts unfilled (para 24).\n* 12\\.5 more referrals than usual (para 29)."
    )


class TestASecondTry:
    def test_looks_first(self, channel: Channel, notify: Notify, site: Site) -> None:
        first = channel.send(parcel())
        assert channel.send(parcel(again=True)) == first
        assert len(notify.messages) == 1 and [one.method for one in site.asked] == ["POST", "GET"]

    def test_sends_when_the_first_did_not_arrive(self, channel: Channel, notify: Notify) -> None:
        notify.answers = [wrong(500, "Exception", "Internal server error")]
        assert not refused(channel).for_good
        channel.send(parcel(again=True))
        assert len(notify.messages) == 1

    def test_knows_one_that_arrived_although_nobody_said_so(self, site: Site, notify: Notify) -> None:
        channel = open_channel("notify", settings(site, SECONDS="0.4"))

        def taken_but_hung(asked: Asked) -> tuple[int, Any]:
            return (200, HANG) if notify(asked)[0] == 201 else (500, {})

        site.answer = taken_but_hung
        assert isinstance(refused(channel), ChannelDown)
        site.answer = notify
        assert channel.send(parcel(again=True)) == notify.messages[0]["id"]
        channel.close()
        assert len(notify.messages) == 1

    @pytest.mark.parametrize(("status", "more"), [("created", 0), ("sending", 0), ("delivered", 0), ("technical-failure", 1), ("temporary-failure", 1)])
    def test_minds_how_the_first_fared(self, status: str, more: int, channel: Channel, notify: Notify) -> None:
        notify.messages.append({"id": EARLIER, "reference": "springtide-3F1C09AB77E2", "status": status})
        assert (channel.send(parcel(again=True)) == EARLIER) is not bool(more)
        assert len(notify.messages) == 1 + more

    def test_says_that_there_is_no_such_address(self, channel: Channel, notify: Notify) -> None:
        notify.messages.append({"id": EARLIER, "reference": "springtide-3F1C09AB77E2", "status": "permanent-failure"})
        trouble = refused(channel, parcel(again=True))
        assert trouble.for_good and "no such e-mail address" in trouble.reason and len(notify.messages) == 1

    @pytest.mark.parametrize("answer", [(200, {}), (200, []), (200, "<html>")])
    def test_does_not_send_where_the_look_failed(self, answer: tuple[int, Any], channel: Channel, notify: Notify) -> None:
        notify.answers = [answer]
        assert not refused(channel, parcel(again=True)).for_good
        assert not notify.messages


@pytest.mark.parametrize(("answer", "down", "for_good", "says"), [
    (wrong(400, "BadRequestError", "Can't send to this recipient using a team-only API key"), False, True, "for the team only"),
    (wrong(400, "BadRequestError", "Can't send to this recipient when service is in trial mode - see https://www.notifications.service.gov.uk/trial-mode"), False, True, "trial mode"),
    (wrong(400, "ValidationError", "email_address Not a valid email address jo.bloggs"), False, True, "e-mail address in the directory"),
    (wrong(400, "BadRequestError", "Your message is too long. Emails cannot be longer than 2000000 bytes."), False, True, "too long"),
    (wrong(400, "BadRequestError", "something new about jo.bloggs@example.org"), False, True, "refused the message (400)"),
    (wrong(400, "BadRequestError", "Missing personalisation: team"), True, False, "SPRINGTIDE_NOTIFY_TEMPLATE"),
    (wrong(400, "BadRequestError", "Template not found"), True, False, "SPRINGTIDE_NOTIFY_TEMPLATE"),
    (wrong(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds"), True, False, "clock"),
    (wrong(403, "AuthError", "Invalid token: API key not found"), True, False, "SPRINGTIDE_NOTIFY_KEY"),
    (wrong(429, "RateLimitError", "Exceeded rate limit for key type LIVE of 3000 requests per 60 seconds"), True, False, "more slowly (429)"),
    (wrong(429, "TooManyRequestsError", "Exceeded send limits (250000) for today"), True, False, "the day's limit"),
    (wrong(500, "Exception", "Internal server error"), False, False, "(500)"),
    ((502, "<html>"), True, False, "not working just now (502)"),
    ((503, "<html>"), True, False, "not working just now (503)"),
    ((201, "<html>a proxy's page</html>"), False, False, "not GOV.UK Notify"),
    ((201, {"id": "no id"}), False, False, "gave no id"),
    ((200, HANG_UP), True, False, "can't be reached"),
])  # fmt: skip
def test_answers(answer: tuple[int, Any], down: bool, for_good: bool, says: str, channel: Channel, notify: Notify) -> None:
    notify.answers = [answer]
    trouble = refused(channel)
    assert (isinstance(trouble, ChannelDown), trouble.for_good) == (down, for_good) and says in trouble.reason


def test_a_wrong_key(site: Site) -> None:
    other = "00000000-8d35-48ac-975b-e847b4f122b0"
    trouble = refused(open_channel("notify", settings(site, KEY=f"alerts-{SERVICE}-{other}")))
    assert isinstance(trouble, ChannelDown) and "SPRINGTIDE_NOTIFY_KEY" in trouble.reason and other not in everything_in(trouble)


def test_a_wrong_template(site: Site) -> None:
    trouble = refused(open_channel("notify", settings(site, TEMPLATE=EARLIER)))
    assert isinstance(trouble, ChannelDown) and "SPRINGTIDE_NOTIFY_TEMPLATE" in trouble.reason


def test_no_answer(site: Site) -> None:
    site.answer = lambda asked: (200, HANG)
    trouble = within(4, lambda: refused(open_channel("notify", settings(site, SECONDS="0.4"))))
    assert isinstance(trouble, ChannelDown) and "in time" in trouble.reason


@pytest.mark.parametrize("which", ["wrong_name", "expired", "strange"])
def test_a_certificate_that_can_not_be_believed(which: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.file))
    site = Site()
    with https_server(site, getattr(certificates, which)) as site.port:  # type: ignore[attr-defined]
        trouble = refused(open_channel("notify", settings(site)))
    assert isinstance(trouble, ChannelDown) and "certificate" in trouble.reason and not site.asked


def test_a_list_of_certificates_that_is_not_there(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/authority.pem")
    trouble = refused(channel)
    assert isinstance(trouble, ChannelDown) and "REQUESTS_CA_BUNDLE" in trouble.reason


def test_no_log_holds_the_key(channel: Channel, notify: Notify, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    channel.send(parcel())
    notify.answers = [wrong(400, "ValidationError", "jo.bloggs@example.org is not valid")]
    refused(channel)
    assert SECRET not in caplog.text and "bloggs" not in caplog.text


@pytest.mark.parametrize("what", HOSTILE)
def test_hostile_names_arrive_as_text(what: str, channel: Channel, notify: Notify) -> None:
    channel.send(parcel(letter_about(HOSTILE[what]), name=HOSTILE[what]))
    (message,) = notify.messages
    assert "\n" not in message["subject"] and len(message["subject"]) <= 200
    only_our_marks(message["body"], letter_about(HOSTILE[what]))


def only_our_marks(body: str, letter: Letter) -> None:
    """As many headings and points as the letter has, and none of the marks of a link, a quotation, a rule or a list elsewhere."""
    letter = in_plain_words(letter)
    lines = body.split("\n")
    assert len([line for line in lines if line.startswith("## ")]) == len([one for one in letter.sections if one.heading])
    assert len([line for line in lines if line.startswith("* ")]) == sum(len(one.points) for one in letter.sections)
    for line in lines:
        words = line.removeprefix("## ").removeprefix("* ")
        assert not re.match(r"\s*([#*•^+_~`|>-]|\d+\.)", words), line
        assert not re.search(r"[\[\]<>*`|^{}~]|://", words), line
    assert body.isprintable() or set(filter(lambda one: not one.isprintable(), body)) == {"\n"}


_NAMES = st.text("ab1. \n#*-+_^•=>[](){}<>|`~\\:/", min_size=1, max_size=30).filter(str.strip) | st.text(min_size=1).filter(lambda text: bool("".join(filter(str.isprintable, text)).strip()))


@given(name=_NAMES)
def test_no_name_is_a_mark_to_notify(name: str) -> None:
    letter = Letter("", (Section(name, (name, f"{name} is under pressure."), (name, f"See {name}.")),))
    only_our_marks(for_notify(in_plain_words(letter)), letter)
