"""A parcel as an e-mail: what a mail program reads is what was meant, whatever stands in a name."""

from __future__ import annotations

import email
import email.policy
import unicodedata
from dataclasses import replace
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from alerts.channels.parcels import AT, HOSTILE, LETTER, letter_about, parcel
from hypothesis import given
from hypothesis import strategies as st

from springtide.alerts.channels.mail import as_email, message_id, sender_of
from springtide.alerts.letters.html import as_html
from springtide.alerts.letters.letter import Letter, Section
from springtide.alerts.letters.plain import sentence
from springtide.alerts.letters.text import as_text
from springtide.alerts.problems import NotSent

SENDER = Address("springtide", "alerts", "example.org")
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"]


def read(content: bytes) -> EmailMessage:
    """As a mail program reads it."""
    found = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(found, EmailMessage)
    return found


def parts(message: EmailMessage) -> dict[str, str]:
    assert message.get_content_type() == "multipart/alternative"
    return {one.get_content_type(): one.get_content().replace("\r\n", "\n") for one in message.iter_parts()}


def only_what_was_meant(content: bytes, sent: Any) -> EmailMessage:
    """Seven bits, short lines, these headers and no other, one recipient, two parts with the words of the letter."""
    content.decode("ascii")
    assert max(map(len, content.split(b"\r\n"))) <= 998 and b"\n" not in content.replace(b"\r\n", b"")
    message = read(content)
    assert list(message.keys()) == HEADERS
    assert [address.addr_spec for address in message["To"].addresses] == [sent.to.email]
    assert [address.addr_spec for address in message["From"].addresses] == [SENDER.addr_spec]
    assert not message.defects and not message["Subject"].defects and not message["To"].defects
    assert parts(message) == {"text/plain": as_text(sent.letter), "text/html": as_html(sent.letter)}
    for part in message.iter_parts():
        assert sorted(part.keys()) == ["Content-Transfer-Encoding", "Content-Type"] + (["MIME-Version"] if "MIME-Version" in part else [])
    return message


def test_an_ordinary_letter() -> None:
    message = only_what_was_meant(as_email(parcel(), SENDER).as_bytes(), parcel())
    assert message["Subject"] == LETTER.subject
    assert message["To"] == "Jo Bloggs <jo.bloggs@example.org>" and message["From"] == "springtide <alerts@example.org>"
    assert message["Message-ID"] == "<3f1c09ab77e2.springtide@example.org>" == message_id("3F1C09AB77E2", SENDER)
    assert message["Date"].datetime == AT
    assert message["Auto-Submitted"] == "auto-generated"


def test_the_same_parcel_gives_the_same_bytes_at_every_try() -> None:
    assert as_email(parcel(), SENDER).as_bytes() == as_email(parcel(again=True), SENDER).as_bytes()


@pytest.mark.parametrize("what", HOSTILE)
def test_no_name_breaks_out(what: str) -> None:
    name = HOSTILE[what]
    sent = parcel(letter_about(name), name=name)
    message = only_what_was_meant(as_email(sent, SENDER).as_bytes(), sent)
    shown = str(message["Subject"]) + str(message["To"])
    assert not {unicodedata.category(one) for one in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert len(message["Subject"]) <= 200 and len(message["To"].addresses[0].display_name) <= 100
    text = parts(message)["text/plain"]
    assert not {unicodedata.category(one) for one in text.replace("\n", "")} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


_ANY = st.text(st.characters(codec=None), max_size=120) | st.sampled_from(list(HOSTILE.values())) | st.text("\r\n\t \"\\<>()[],;:@=?_.-aé\u202e", max_size=200)
_LETTERS = st.builds(Letter, _ANY, st.lists(st.builds(Section, _ANY, st.lists(_ANY, max_size=2).map(tuple), st.lists(_ANY, max_size=2).map(tuple)), max_size=2).map(tuple))


@given(letter=_LETTERS, name=_ANY)
def test_whatever_the_words_there_is_no_other_header_and_no_other_part(letter: Letter, name: str) -> None:
    sent = parcel(letter, name=name)
    message = only_what_was_meant(as_email(sent, SENDER).as_bytes(), sent)
    assert " ".join(str(message["Subject"]).split()) == sentence(letter.subject, 200).replace("=?", "= ?")


@pytest.mark.parametrize("address", ["", "jo", "jo@", "@example.org", "jo@example.org\r\nBcc: all@example.org", "jo@example.org, all@example.org", "<jo@example.org>", "jo bloggs@example.org", "jo@exämple.org", "jö@example.org", '"jo"@example.org', "jo@example.org>", "jo..b@example.org", "a@b@c"])
def test_what_is_no_address_is_refused_and_not_repeated(address: str) -> None:
    with pytest.raises(NotSent) as caught:
        as_email(parcel(to=address), SENDER)
    assert caught.value.for_good and "directory" in caught.value.reason
    assert not address or address not in caught.value.reason


@given(address=st.text(max_size=40) | st.from_regex(r"[a-z.]{1,9}@[a-z.-]{1,9}(\r?\n.*)?"))
def test_an_address_is_refused_or_arrives_as_it_is(address: str) -> None:
    sent = replace(parcel(), to=replace(parcel().to, email=address))
    try:
        content = as_email(sent, SENDER).as_bytes()
    except NotSent:
        return
    only_what_was_meant(content, sent)


def test_senders() -> None:
    assert sender_of("alerts@example.org") == Address("", "alerts", "example.org")
    assert sender_of("Kent alerts <alerts@example.org>") == Address("Kent alerts", "alerts", "example.org")
    for wrong in ("", "alerts", "alerts@example.org\nBcc: all@example.org", "a@example.org, b@example.org"):
        assert sender_of(wrong) is None, wrong
