"""Teams and Slack, played by a real HTTPS server: what they are sent, and what becomes of their answers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alerts.channels.conftest import Certificates
from alerts.channels.parcels import HOSTILE, LETTER, everything_in, letter_about, parcel
from alerts.channels.servers import HANG, HANG_UP, Asked, Site, https_server, within
from apprise.plugins.slack import NotifySlack

from springtide.alerts.channels import Channel, Parcel
from springtide.alerts.channels.chat import CUT_SHORT, _chat, secret_name
from springtide.alerts.channels.opening import open_channel
from springtide.alerts.channels.secrets import Secret
from springtide.alerts.letters.letter import Letter, Section
from springtide.alerts.problems import ChannelDown, NotSent

WORKFLOW, SIGNATURE = "643e69f83c8944438d68119179a10a64", "KODuebWbDGYFr0z0eu-secret"
SLACK = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7"
SECRETS = (WORKFLOW, SIGNATURE, *SLACK.split("/"))


def plays_teams(asked: Asked) -> tuple[int, Any]:
    """As a Workflows webhook does: it takes a message with one adaptive card, and answers 202 without content."""
    right_place = asked.path == f"/workflows/{WORKFLOW}/triggers/manual/paths/invoke" and asked.query == {
        "api-version": ["2016-06-01"], "sp": ["/triggers/manual/run"], "sv": ["1.0"], "sig": [SIGNATURE],
    }  # fmt: skip
    if asked.method != "POST" or not right_place:
        return 401, {"error": {"code": "DirectApiAuthorizationRequired"}}
    card = the_card(asked)
    right_shape = card["type"] == "AdaptiveCard" and card["version"] == "1.4" and all(one["type"] == "TextBlock" and one["wrap"] is True for one in card["body"])
    return (202, "") if right_shape and asked.headers["Content-Type"] == "application/json" else (400, {"error": {"code": "TriggerInputSchemaMismatch"}})


def the_card(asked: Asked) -> Any:
    message = asked.json()
    assert set(message) == {"type", "attachments"} and message["type"] == "message"
    (attachment,) = message["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive" and attachment["contentUrl"] is None
    return attachment["content"]


def plays_slack(asked: Asked) -> tuple[int, Any]:
    """As an incoming webhook does: JSON with text or attachments; it answers "ok" in plain text."""
    if asked.method != "POST" or asked.path != f"/services/{SLACK}":
        return 404, "no_service"
    message = asked.json()
    return (200, "ok") if message["attachments"][0]["text"] else (400, "no_text")


@pytest.fixture
def site(certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """A site that plays both; the secrets TEAMS and SLACK hold its addresses."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.file))
    site = Site()
    with https_server(site, certificates.right) as port:
        site.port = port  # type: ignore[attr-defined]
        monkeypatch.setattr(NotifySlack, "webhook_url", f"https://localhost:{port}/services")
        site.answer = lambda asked: plays_teams(asked) if "workflows" in asked.path else plays_slack(asked)
        yield site


@pytest.fixture
def channel(site: Site) -> Channel:
    return open_channel("chat", settings(site))


def settings(site: Site) -> dict[str, str]:
    port = site.port  # type: ignore[attr-defined]
    return {
        "SPRINGTIDE_CHAT_ASHFORD_TEAMS": f"workflows://localhost:{port}/{WORKFLOW}/{SIGNATURE}",
        "SPRINGTIDE_CHAT_ASHFORD_SLACK": f"https://hooks.slack.com/services/{SLACK}",
        "SPRINGTIDE_CHAT_SECONDS": "10",
    }


def to(kind: str, letter: Letter = LETTER) -> Parcel:
    return parcel(letter, chat=f"ashford-{kind}")


def refused(channel: Channel, sent: Parcel) -> NotSent:
    with pytest.raises(NotSent) as caught:
        channel.send(sent)
    assert not [one for one in SECRETS if one in everything_in(caught.value)]
    return caught.value


def test_teams_gets_an_adaptive_card(channel: Channel, site: Site) -> None:
    assert channel.send(to("teams")) == "Teams"
    (asked,) = site.asked
    title, body = the_card(asked)["body"]
    assert title["text"] == LETTER.subject and title["style"] == "heading"
    assert body["text"] == (
        "Pressures that raise the risk that standards may become unsafe.\n\n**Why**\n\nTwo pressures coincide.\n\n"
        "- Posts unfilled (para 24).\n- 12.5 more referrals than usual (para 29)."
    )
    assert "http" not in asked.body.decode().replace("http://adaptivecards.io/schemas/adaptive-card.json", "")  # nothing to be fetched from elsewhere


def test_slack_gets_a_message(channel: Channel, site: Site) -> None:
    assert channel.send(to("slack")) == "Slack"
    (attachment,) = site.asked[0].json()["attachments"]
    assert set(attachment) == {"title", "text", "color"}
    assert attachment["title"] == LETTER.subject and "*Why*\n\nTwo pressures coincide.\n\n• Posts unfilled" in attachment["text"]


@pytest.mark.parametrize("kind", ["teams", "slack"])
@pytest.mark.parametrize("what", HOSTILE)
def test_no_name_becomes_a_mark(kind: str, what: str, channel: Channel, site: Site) -> None:
    channel.send(to(kind, letter_about(HOSTILE[what])))
    (asked,) = site.asked
    if kind == "teams":
        title, body = (one["text"] for one in the_card(asked)["body"])
    else:
        title, body = (asked.json()["attachments"][0][one] for one in ("title", "text"))
    assert len(title) <= 200 and "\n" not in title
    assert len(body.splitlines()) == 8 or CUT_SHORT in body  # heading, two sentences and two points, with space between
    for mark in ("<", ">", "](", "://", "{{", "\u202e", "\u2067", "\x00"):
        assert mark not in title + body
    assert ("app_id" in body) is (what == "links")  # Apprise has put nothing in its place


def test_what_is_too_long_is_cut_and_says_so(channel: Channel, site: Site) -> None:
    channel.send(to("teams", Letter("Long", tuple(Section("", ("é" * 900,)) for _ in range(40)))))
    (asked,) = site.asked
    assert len(asked.body) < 28 * 1024 * 4 and the_card(asked)["body"][1]["text"].endswith(f"\n\n{CUT_SHORT}")
    assert len(the_card(asked)["body"][1]["text"].encode()) < 20_000


@pytest.mark.parametrize("kind", ["teams", "slack"])
@pytest.mark.parametrize(("status", "down", "for_good"), [(400, False, True), (403, False, True), (404, False, True), (410, False, True), (413, False, True), (429, True, False), (500, False, False), (503, False, False), (302, False, False)])
def test_refusals(kind: str, status: int, down: bool, for_good: bool, channel: Channel, site: Site) -> None:
    site.answer = lambda asked: (status, {"error": "jo.bloggs"})
    trouble = refused(channel, to(kind))
    assert (isinstance(trouble, ChannelDown), trouble.for_good) == (down, for_good)
    assert str(status) in trouble.reason and len(site.asked) == 1  # and a redirection is not followed
    if status == 404:
        assert f"SPRINGTIDE_CHAT_ASHFORD_{kind.upper()}" in trouble.reason


@pytest.mark.parametrize("kind", ["teams", "slack"])
@pytest.mark.parametrize("how", [HANG, HANG_UP])
def test_no_answer(kind: str, how: str, site: Site) -> None:
    channel = open_channel("chat", settings(site) | {"SPRINGTIDE_CHAT_SECONDS": "0.4"})
    site.answer = lambda asked: (200, how)
    assert isinstance(within(4, lambda: refused(channel, to(kind))), ChannelDown)


@pytest.mark.parametrize("which", ["wrong_name", "expired", "strange"])
def test_a_certificate_that_can_not_be_believed(which: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificates.file))
    site = Site()
    with https_server(site, getattr(certificates, which)) as port:
        address = f"workflows://localhost:{port}/{WORKFLOW}/{SIGNATURE}?verify=no"
        trouble = refused(open_channel("chat", {"SPRINGTIDE_CHAT_A": address}), parcel(chat="a"))
    assert isinstance(trouble, ChannelDown) and "certificate" in trouble.reason and not site.asked


def test_a_list_of_certificates_that_is_not_there(channel: Channel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/authority.pem")
    for kind in ("teams", "slack"):
        trouble = refused(channel, to(kind))
        assert isinstance(trouble, ChannelDown) and "REQUESTS_CA_BUNDLE" in trouble.reason


def test_nobody_there() -> None:
    trouble = refused(open_channel("chat", {"SPRINGTIDE_CHAT_A": f"workflows://localhost:9/{WORKFLOW}/{SIGNATURE}"}), parcel(chat="a"))
    assert isinstance(trouble, ChannelDown)


def test_no_log_holds_the_address(channel: Channel, site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("apprise", "urllib3"):
        caplog.set_level(logging.DEBUG, name)
    channel.send(to("teams"))
    channel.send(to("slack"))
    site.answer = lambda asked: (500, HANG_UP)
    refused(channel, to("teams"))
    refused(channel, to("slack"))
    assert not [one for one in SECRETS if one in caplog.text]
    logging.getLogger("apprise").warning("heard again afterwards")
    assert "heard again afterwards" in caplog.text


@pytest.mark.parametrize("address", ["nonsense", "https://example.org/hook", "file:///tmp/x", "workflows://localhost/onlyone", "slack://xoxb-1234-1234-4ddbc191d40ee098cbaae6f3523ada2d", "json://localhost/secret-1", f"http://evil.example/workflows/{WORKFLOW}/triggers/manual/paths/invoke?sig={SIGNATURE}"])
def test_an_address_of_something_else_is_not_tried(address: str) -> None:
    trouble = refused(open_channel("chat", {"SPRINGTIDE_CHAT_A": address}), parcel(chat="a"))
    assert "SPRINGTIDE_CHAT_A is neither" in trouble.reason and address not in everything_in(trouble)


def test_a_chat_that_nobody_gave() -> None:
    assert isinstance(refused(open_channel("chat", {}), parcel()), ChannelDown), "a setting, which costs no message a try"
    trouble = refused(open_channel("chat", {}), parcel(chat="Ashford managers"))
    assert not trouble.for_good and "SPRINGTIDE_CHAT_ASHFORD_MANAGERS is not set" in trouble.reason
    assert secret_name("ashford -- duty/2") == "SPRINGTIDE_CHAT_ASHFORD_DUTY_2"


def test_addresses_as_their_owners_copy_them() -> None:
    power = f"https://default123abc.98.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/{WORKFLOW}/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"
    chat: Any
    chat, kind = _chat(Secret(power))
    assert kind == "Teams" and chat.host.endswith("api.powerplatform.com") and chat.power_automate and chat.api_version == "1"
    logic = f"https://prod-15.uksouth.logic.azure.com:443/workflows/{WORKFLOW}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig={SIGNATURE}"
    chat, kind = _chat(Secret(logic))
    assert kind == "Teams" and chat.host == "prod-15.uksouth.logic.azure.com" and not chat.power_automate and chat.signature == SIGNATURE
    chat, kind = _chat(Secret(f"https://hooks.slack.com/services/{SLACK}"))
    assert kind == "Slack" and (chat.token_a, chat.token_b, chat.token_c) == tuple(SLACK.split("/"))


def test_nothing_is_kept_on_disk(channel: Channel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "LOCALAPPDATA", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.chdir(tmp_path)
    channel.send(to("teams"))
    channel.send(to("slack"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("address", [
    "http://prod-1.uksouth.logic.azure.com:443/workflows/643e69f83c8944/triggers/manual/paths/invoke?sig=KODuebWbDGYFr0z0eu",
    "workflow://prod-1.uksouth.logic.azure.com:443/643e69f83c8944/KODuebWbDGYFr0z0eu",
])  # fmt: skip
def test_an_address_without_encryption_is_used_with_it(address: str) -> None:
    """The address is the secret: on http:// anyone on the way could read it."""
    from springtide.alerts.channels.chat import _chat
    from springtide.alerts.channels.secrets import Secret

    chat, kind = _chat(Secret(address))
    assert kind == "Teams" and chat is not None and chat.secure is True
