"""A parcel as an e-mail: plain text and HTML with the same words, in seven bits, with headers that no name can break."""

from __future__ import annotations

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses

from ..letters.html import as_html
from ..letters.plain import plain, sentence
from ..letters.text import as_text
from ..problems import NotSent
from . import Parcel, Recipient

SEVEN_BITS = SMTP.clone(cte_type="7bit")
LONGEST_SUBJECT = 200
LONGEST_NAME = 100

# Narrower than the standard on purpose: an address that needs quoting is more likely a slip, or an attempt.
_ADDRESS = re.compile(r"(?P<user>[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@(?P<domain>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)")
# These would have to be quoted in a header, and the quotes get lost where a long line is folded; a name can do without.
_SPECIAL = re.compile(r'["\\<>()\[\]:;@,.]')


def as_email(parcel: Parcel, sender: Address) -> EmailMessage:
    """The same parcel and sender give the same bytes, so that a second copy can be told by its Message-ID.

    Raises: NotSent, when the recipient's address is not one that mail can go to.
    """
    email = EmailMessage(policy=SEVEN_BITS)
    email["From"] = sender
    email["To"] = _recipient(parcel.to)
    email["Subject"] = _header(sentence(parcel.letter.subject, LONGEST_SUBJECT))
    email["Date"] = parcel.at
    email["Message-ID"] = message_id(parcel.id, sender)
    email["Auto-Submitted"] = "auto-generated"
    email.set_content(as_text(parcel.letter), cte="quoted-printable")
    # "=_" can't stand in quoted-printable text, so no name can end a part.
    email.make_alternative(boundary=f"=_springtide_{parcel.id}")
    email.add_alternative(as_html(parcel.letter), subtype="html", cte="quoted-printable")
    return email


def message_id(parcel_id: str, sender: Address) -> str:
    return f"<{parcel_id.lower()}.springtide@{sender.domain}>"


def sender_of(text: str) -> Address | None:
    """`Alerts <alerts@example.org>`, or an address alone; None when it is neither."""
    one_only = getaddresses([text]) if text.isprintable() else []
    if len(one_only) != 1:
        return None
    name, address = one_only[0]
    found = _ADDRESS.fullmatch(address)
    return Address(_name(name), found["user"], found["domain"]) if found else None


def _recipient(to: Recipient) -> Address:
    found = _ADDRESS.fullmatch(to.email)
    if found is None:
        raise NotSent("the e-mail address in the directory is not one that mail can go to; correct it there", for_good=True)
    return Address(_name(to.name), found["user"], found["domain"])


def _name(name: str) -> str:
    return _header(" ".join(_SPECIAL.sub(" ", plain(name, LONGEST_NAME)).split()))


def _header(text: str) -> str:
    """Text for a header. "=?" begins an encoded word, which a mail program would decode into something else."""
    return text.replace("=?", "= ?")
