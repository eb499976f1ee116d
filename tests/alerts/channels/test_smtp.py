"""Mail to a real server: encrypted, verified, refused at each stage, and never kept waiting."""

from __future__ import annotations

import email
import email.policy
import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest
from alerts.channels.conftest import Certificates
from alerts.channels.parcels import HOSTILE, LETTER, everything_in, letter_about, parcel
from alerts.channels.servers import HANG, HANG_UP, PASSWORD, TRICKLE, USER, Mailbox, mail_server, misbehaving, within

from springtide.alerts.channels import Channel
from springtide.alerts.channels.opening import open_channel
from springtide.alerts.problems import ChannelDown, NotSent

Settings = Callable[..., dict[str, str]]
Opened = Callable[[dict[str, str]], Channel]


@pytest.fixture
def settings(certificates: Certificates) -> Settings:
    def given(port: int, **others: str) -> dict[str, str]:
        return {
            "SPRINGTIDE_SMTP_HOST": "localhost",
            "SPRINGTIDE_SMTP_PORT": str(port),
            "SPRINGTIDE_SMTP_CA_FILE": str(certificates.file),
            "SPRINGTIDE_MAIL_FROM": "springtide <alerts@example.org>",
            "SPRINGTIDE_SMTP_SECONDS": "10",
        } | {f"SPRINGTIDE_SMTP_{name}": value for name, value in others.items()}

    return given


@pytest.fixture
def opened() -> Iterator[Opened]:
    """Opens a channel, and closes it after the test."""
    with ExitStack() as stack:

        def open_it(given: dict[str, str]) -> Channel:
            channel = open_channel("smtp", given)
            stack.callback(channel.close)
            return channel

        yield open_it


def channel_down(channel: Channel) -> ChannelDown:
    with pytest.raises(ChannelDown) as caught:
        channel.send(parcel())
    channel.close()
    assert not caught.value.for_good
    assert PASSWORD not in everything_in(caught.value)
    return caught.value


def not_sent(channel: Channel) -> NotSent:
    with pytest.raises(NotSent) as caught:
        channel.send(parcel())
    assert not isinstance(caught.value, ChannelDown), caught.value
    assert "bloggs" not in everything_in(caught.value)
    return caught.value


class TestDelivery:
    def test_starttls_and_a_password(self, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox, starttls=certificates.right, login=True) as port:
            channel = opened(settings(port, USER=USER, PASSWORD=PASSWORD))
            assert channel.send(parcel()) == "<3f1c09ab77e2.springtide@example.org>"
            channel.close()
        (arrived,) = mailbox.arrived
        assert (arrived.mail_from, arrived.rcpt_tos) == ("alerts@example.org", ["jo.bloggs@example.org"])
        assert mailbox.logged_in
        message = email.message_from_bytes(arrived.content or b"", policy=email.policy.default)
        assert message["Subject"] == LETTER.subject and message["Message-ID"] == "<3f1c09ab77e2.springtide@example.org>"

    def test_starttls_without_a_password(self, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox, starttls=certificates.right) as port:
            opened(settings(port)).send(parcel())
        assert len(mailbox.arrived) == 1

    def test_tls_from_the_start(self, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox, tls=certificates.right) as port:
            channel = opened(settings(port, SECURITY="tls"))
            channel.send(parcel())
            channel.close()
        assert len(mailbox.arrived) == 1

    def test_none_on_this_computer(self, settings: Settings, opened: Opened) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox) as port:
            opened(settings(port, SECURITY="none")).send(parcel())
        assert len(mailbox.arrived) == 1

    def test_many_by_one_connection(self, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox, starttls=certificates.right) as port:
            channel = opened(settings(port))
            for _ in range(20):
                channel.send(parcel())
            channel.close()
        assert len(mailbox.arrived) == 20 and len(set(mailbox.conversations)) == 1

    @pytest.mark.parametrize("what", HOSTILE)
    def test_hostile_names_arrive_as_one_message_to_one_person(self, what: str, settings: Settings, opened: Opened) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox) as port:
            opened(settings(port, SECURITY="none")).send(parcel(letter_about(HOSTILE[what]), name=HOSTILE[what]))
        (arrived,) = mailbox.arrived
        assert arrived.rcpt_tos == ["jo.bloggs@example.org"]
        message = email.message_from_bytes(arrived.content or b"", policy=email.policy.default)
        assert message["Bcc"] is None and len(list(message.iter_parts())) == 2


class TestRefusals:
    @pytest.mark.parametrize(("stage", "answer", "for_good", "reason"), [
        ("RCPT", "450 4.2.1 jo.bloggs@example.org is full", False, "the recipient for now (450 4.2.1)"),
        ("RCPT", "550 5.1.1 no such person jo.bloggs", True, "the recipient for good (550 5.1.1)"),
        ("DATA", "451 4.3.0 Jo Bloggs, later", False, "the message for now (451 4.3.0)"),
        ("DATA", "554 5.6.0 bloggs looks like spam", True, "the message for good (554 5.6.0)"),
        ("MAIL", "552 5.3.4 too large", True, "too large (552 5.3.4)"),
    ])  # fmt: skip
    def test_of_one_message(self, stage: str, answer: str, for_good: bool, reason: str, settings: Settings, opened: Opened) -> None:
        mailbox = Mailbox(refuse={stage: [answer]})
        with mail_server(mailbox) as port:
            channel = opened(settings(port, SECURITY="none"))
            refused = not_sent(channel)
            assert refused.for_good is for_good and reason in refused.reason
            channel.send(parcel())  # the next goes by the same connection
            channel.close()
        assert len(mailbox.arrived) == 1 and len(set(mailbox.conversations)) == 1

    @pytest.mark.parametrize(("stage", "answer", "reason"), [
        ("MAIL", "451 4.3.2 not now", "takes no messages just now (451 4.3.2)"),
        ("MAIL", "421 4.3.2 closing", "takes no messages just now (421 4.3.2)"),
        ("MAIL", "550 5.7.1 not you", "does not accept the sender (550 5.7.1)"),
        ("MAIL", "530 5.7.0 log in", "wants a user and password first (530 5.7.0)"),
        ("RCPT", "530 5.7.0 log in", "wants a user and password first (530 5.7.0)"),
    ])  # fmt: skip
    def test_of_everything(self, stage: str, answer: str, reason: str, settings: Settings, opened: Opened) -> None:
        with mail_server(Mailbox(refuse={stage: answer})) as port:
            assert reason in channel_down(opened(settings(port, SECURITY="none"))).reason

    def test_before_the_content(self, settings: Settings, opened: Opened) -> None:
        with misbehaving(DATA="452 4.3.1 full") as port:
            refused = not_sent(opened(settings(port, SECURITY="none")))
        assert not refused.for_good and "the message for now (452 4.3.1)" in refused.reason

    def test_at_the_door(self, settings: Settings, opened: Opened) -> None:
        with misbehaving(GREETING="554 5.3.2 no service") as port:
            assert "does not accept connections" in channel_down(opened(settings(port, SECURITY="none"))).reason

    def test_a_wrong_password(self, settings: Settings, opened: Opened, certificates: Certificates, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        with mail_server(Mailbox(), starttls=certificates.right, login=True) as port:
            for wrong in ("not-the-password", "pass\u00adword-\u00e9"):
                down = channel_down(opened(settings(port, USER=USER, PASSWORD=wrong)))
                assert "password" in down.reason and wrong not in everything_in(down)
                assert wrong not in "".join(record.getMessage() for record in caplog.records if not record.name.startswith("mail.log"))

    def test_no_password_where_one_is_wanted(self, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        with mail_server(Mailbox(), starttls=certificates.right, login=True) as port:
            assert "wants a user and password first" in channel_down(opened(settings(port))).reason

    def test_a_password_where_none_is_asked_for(self, settings: Settings, opened: Opened) -> None:
        with misbehaving() as port:
            down = channel_down(opened(settings(port, SECURITY="none", USER=USER, PASSWORD=PASSWORD)))
        assert "leave out SPRINGTIDE_SMTP_USER" in down.reason


class TestCertificates:
    @pytest.mark.parametrize(("which", "says"), [("wrong_name", "Hostname mismatch"), ("expired", "certificate has expired"), ("strange", "unable to get local issuer")])
    @pytest.mark.parametrize("security", ["starttls", "tls"])
    def test_one_that_can_not_be_believed(self, which: str, says: str, security: str, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        mailbox = Mailbox()
        context: ssl.SSLContext = getattr(certificates, which)
        with mail_server(mailbox, starttls=context, login=True) if security == "starttls" else mail_server(mailbox, tls=context) as port:
            down = channel_down(opened(settings(port, SECURITY=security, USER=USER, PASSWORD=PASSWORD)))
        assert "certificate could not be verified" in down.reason and says in down.reason
        assert not mailbox.arrived and not mailbox.logged_in

    def test_one_that_this_computer_does_not_know(self, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        with mail_server(Mailbox(), starttls=certificates.right) as port:
            assert "certificate could not be verified" in channel_down(opened(settings(port, CA_FILE=""))).reason

    def test_no_starttls_no_mail(self, settings: Settings, opened: Opened) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox) as port:
            assert "does not offer STARTTLS" in channel_down(opened(settings(port, USER=USER, PASSWORD=PASSWORD))).reason
        assert not mailbox.arrived

    def test_tls_where_the_server_speaks_without(self, settings: Settings, opened: Opened) -> None:
        with mail_server(Mailbox()) as port:
            assert "SPRINGTIDE_SMTP_SECURITY" in channel_down(opened(settings(port, SECURITY="tls"))).reason


class TestMisbehaviour:
    @pytest.mark.parametrize("how", [HANG, HANG_UP, TRICKLE])
    @pytest.mark.parametrize("stage", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "CONTENT"])
    def test_no_server_keeps_us_waiting(self, how: str, stage: str, settings: Settings, opened: Opened) -> None:
        with misbehaving(**{stage: how}) as port:
            channel = opened(settings(port, SECURITY="none", SECONDS="0.3"))
            begun = stage in ("RCPT", "DATA", "CONTENT")
            trouble = within(4, lambda: not_sent(channel) if begun else channel_down(channel))
            assert ("hung up" if how == HANG_UP else "did not answer in time") in trouble.reason
            assert not trouble.for_good
            within(4, channel.close)

    @pytest.mark.parametrize("how", [HANG, HANG_UP, TRICKLE])
    def test_nor_when_we_leave(self, how: str, settings: Settings, opened: Opened) -> None:
        with misbehaving(QUIT=how) as port:
            channel = opened(settings(port, SECURITY="none", SECONDS="0.3"))
            channel.send(parcel())
            within(4, channel.close)

    def test_nonsense(self, settings: Settings, opened: Opened) -> None:
        for stage in ("GREETING", "MAIL"):
            with misbehaving(**{stage: "hello \u202e jo.bloggs"}) as port:
                assert "bloggs" not in channel_down(opened(settings(port, SECURITY="none"))).reason

    def test_nobody_there(self, settings: Settings, opened: Opened) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
        assert "can't be reached" in channel_down(opened(settings(port, SECURITY="none"))).reason

    def test_no_host_of_that_name(self, settings: Settings, opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
        def unknown(*given: object, **named: object) -> None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

        monkeypatch.setattr(socket, "getaddrinfo", unknown)
        down = channel_down(opened(settings(25, HOST="mial.example.org", SECURITY="starttls")))
        assert "SPRINGTIDE_SMTP_HOST" in down.reason and "mial.example.org" in down.reason

    def test_a_connection_that_went_stale_is_made_again_before_the_next_message(self, settings: Settings, opened: Opened) -> None:
        mailbox = Mailbox()
        with mail_server(mailbox) as port:
            channel = opened(settings(port, SECURITY="none"))
            channel.send(parcel())
            channel._smtp.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[attr-defined]
            channel.send(replace(parcel(), id="000000000001"))
            mailbox.refuse["MAIL"] = ["421 4.7.0 too many messages by one connection"]
            channel.send(replace(parcel(), id="000000000002"))
            channel.close()
        assert len(mailbox.arrived) == 3 and len(set(mailbox.conversations)) == 3

    def test_after_an_error_it_connects_again(self, settings: Settings, opened: Opened, certificates: Certificates) -> None:
        with misbehaving(CONTENT=HANG_UP) as port:
            channel = opened(settings(port, SECURITY="none"))
            assert "in the middle of the message" in not_sent(channel).reason
            assert "in the middle of the message" in not_sent(channel).reason
        assert "can't be reached" in channel_down(channel).reason
