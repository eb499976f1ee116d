"""Mail by SMTP: encrypted and verified unless asked otherwise, one connection for many messages, a time limit on everything."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from enum import Enum
from threading import Timer

from ..problems import ChannelDown, NotSent
from . import Parcel
from .mail import as_email
from .secrets import Secret

# What can go wrong in a conversation. UnicodeError: a user or password that SMTP can't carry.
_TROUBLE = (OSError, smtplib.SMTPException, UnicodeError, ValueError)
_TOO_LATE = "the mail server did not answer in time"
_TOO_LARGE = 552
_LOG_IN_FIRST = 530
_ENHANCED = re.compile(rb"([245]\.\d{1,3}\.\d{1,3})\b")


class Security(Enum):
    """How the connection is protected."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True)
class Server:
    """A mail server and how to speak to it. `seconds`: how long an answer may take; a whole message, twice that."""

    host: str
    port: int
    security: Security
    user: str = ""
    password: Secret | None = None
    trust: ssl.SSLContext | None = None
    seconds: float = 60.0


class SmtpChannel:
    """Until a message is begun, trouble is the channel's (ChannelDown); from its recipient on, it is the message's."""

    name = "smtp"

    def __init__(self, server: Server, sender: Address):
        self._server = server
        self._sender = sender
        self._smtp: smtplib.SMTP | None = None
        self._late = False

    def send(self, parcel: Parcel) -> str:
        """Gives the Message-ID. Raises: NotSent, ChannelDown."""
        email = as_email(parcel, self._sender)
        content = email.as_bytes()
        smtp = self._begun(len(content))
        with self._limited():
            refusal = self._hand_over(smtp, parcel.to.email, content)
        if refusal:
            raise refusal
        return str(email["Message-ID"])

    def close(self) -> None:
        if self._smtp:
            with self._limited(), suppress(*_TROUBLE):
                self._smtp.quit()
        self._drop()

    # -- until the message is begun --------------------------------------------------------------------------------

    def _begun(self, size: int) -> smtplib.SMTP:
        """A connection on which a message has been begun. One left from the message before may have gone stale; a new one not."""
        if self._smtp:
            refusal = self._begin(self._smtp, size)
            if refusal is None:
                return self._smtp
            if not isinstance(refusal, ChannelDown):
                raise refusal
            self._drop()
        smtp = self._connected()
        refusal = self._begin(smtp, size)
        if refusal:
            if isinstance(refusal, ChannelDown):
                self._drop()
            raise refusal
        return smtp

    def _begin(self, smtp: smtplib.SMTP, size: int) -> NotSent | None:
        with self._limited():
            try:
                code, said = smtp.mail(self._sender.addr_spec, [f"size={size}"] if smtp.has_extn("size") else [])
            except _TROUBLE as error:
                return ChannelDown(self._lost(error))
            if code == 250:
                return None
            if self._late:  # what came was cut off
                return ChannelDown(_TOO_LATE)
            if code == _TOO_LARGE:
                self._reset(smtp)
                return NotSent(f"the mail server says that the message is too large ({_code(code, said)})", for_good=True)
            if code == _LOG_IN_FIRST:
                return ChannelDown(_log_in_first(code, said))
            if 500 <= code < 600:
                return ChannelDown(f"the mail server does not accept the sender ({_code(code, said)}); see SPRINGTIDE_MAIL_FROM")
            return ChannelDown(f"the mail server takes no messages just now ({_code(code, said)})")

    def _connected(self) -> smtplib.SMTP:
        """Raises: ChannelDown."""
        server = self._server
        # The sender's domain as the name to greet with: smtplib would ask the name service, and wait for it.
        if server.security is Security.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(timeout=server.seconds, context=server.trust, local_hostname=self._sender.domain)
        else:
            smtp = smtplib.SMTP(timeout=server.seconds, local_hostname=self._sender.domain)
        # Given to the constructor, the host would be spoken to there, where no limit could reach it; TLS needs it by this name.
        smtp._host = server.host  # type: ignore[attr-defined]
        self._smtp = smtp
        with self._limited():
            down = self._greet(smtp)
        if down:
            self._drop()
            raise down
        return smtp

    def _greet(self, smtp: smtplib.SMTP) -> ChannelDown | None:
        server = self._server
        where = f"the mail server {server.host}:{server.port}"
        try:
            code, said = smtp.connect(server.host, server.port)
            if code != 220 and not self._late:
                return ChannelDown(f"{where} does not accept connections just now ({_code(code, said)})")
            smtp.ehlo_or_helo_if_needed()
            if server.security is Security.STARTTLS:
                if not smtp.has_extn("starttls"):
                    return ChannelDown(f"{where} does not offer STARTTLS, and nothing is sent without encryption; try SPRINGTIDE_SMTP_SECURITY=tls")
                smtp.starttls(context=server.trust)
                smtp.ehlo_or_helo_if_needed()
            if server.password:
                smtp.login(server.user, server.password.reveal())
            if self._late:  # what came was cut off
                return ChannelDown(f"{where}: {_TOO_LATE}")
        except smtplib.SMTPAuthenticationError as error:
            refused = 500 <= error.smtp_code < 600
            what = "does not accept the user or the password" if refused else "can't check the password just now"
            return ChannelDown(f"{where} {what} ({_code(error.smtp_code, error.smtp_error)}); see SPRINGTIDE_SMTP_USER and SPRINGTIDE_SMTP_PASSWORD")
        except smtplib.SMTPNotSupportedError:
            return ChannelDown(f"{where} does not ask for a password; leave out SPRINGTIDE_SMTP_USER")
        except _TROUBLE as error:
            return ChannelDown(f"{where}: {self._lost(error)}")
        return None

    # -- the message -----------------------------------------------------------------------------------------------

    def _hand_over(self, smtp: smtplib.SMTP, address: str, content: bytes) -> NotSent | None:
        try:
            code, said = smtp.rcpt(address)
            if code not in (250, 251):
                return self._refused(smtp, "the recipient", code, said)
            code, said = smtp.data(content)
            if code != 250:
                return self._refused(smtp, "the message", code, said)
        except smtplib.SMTPDataError as error:
            return self._refused(smtp, "the message", error.smtp_code, error.smtp_error)
        except _TROUBLE as error:
            reason = self._lost(error)
            self._drop()
            return NotSent(f"{reason}, in the middle of the message", for_good=False)
        return None

    def _refused(self, smtp: smtplib.SMTP, what: str, code: int, said: bytes | str) -> NotSent:
        if self._late:
            self._drop()
            return NotSent(f"{_TOO_LATE}, in the middle of the message", for_good=False)
        self._reset(smtp)
        if code == _LOG_IN_FIRST:
            return ChannelDown(_log_in_first(code, said))
        for_good = 500 <= code < 600
        return NotSent(f"the mail server refused {what} {'for good' if for_good else 'for now'} ({_code(code, said)})", for_good=for_good)

    def _reset(self, smtp: smtplib.SMTP) -> None:
        """Ready for the next message, or else the connection is given up."""
        try:
            if smtp.rset()[0] == 250:
                return
        except _TROUBLE:
            pass
        self._drop()

    # -- limits ----------------------------------------------------------------------------------------------------

    @contextmanager
    def _limited(self) -> Iterator[None]:
        """smtplib limits each wait; a server that trickles could hold us for days, so the whole is limited too."""
        self._late = False
        limit = Timer(2 * self._server.seconds, self._cut_off)
        limit.daemon = True
        limit.start()
        try:
            yield
        finally:
            limit.cancel()

    def _cut_off(self) -> None:
        self._late = True
        held = getattr(self._smtp, "sock", None)
        if held:
            with suppress(OSError):
                socket.socket.shutdown(held, socket.SHUT_RDWR)  # wakes whoever waits; the TLS object is left alone

    def _drop(self) -> None:
        smtp, self._smtp = self._smtp, None
        if smtp:
            with suppress(*_TROUBLE):
                smtp.close()

    def _lost(self, error: Exception) -> str:
        """Why the conversation ended, without what either side said."""
        if self._late or isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
            return _TOO_LATE
        if isinstance(error, ssl.SSLCertVerificationError):
            return f"its certificate could not be verified ({error.verify_message}); see SPRINGTIDE_SMTP_HOST and SPRINGTIDE_SMTP_CA_FILE"
        if isinstance(error, ssl.SSLError):
            return "no encrypted connection could be agreed; see SPRINGTIDE_SMTP_PORT and SPRINGTIDE_SMTP_SECURITY"
        if isinstance(error, socket.gaierror):
            return "there is no host of that name; see SPRINGTIDE_SMTP_HOST"
        if isinstance(error, UnicodeError):
            return "the user or the password has letters that this server can't take"
        if isinstance(error, smtplib.SMTPResponseException):
            return f"it answered what was not expected ({_code(error.smtp_code, error.smtp_error)})"
        if isinstance(error, smtplib.SMTPServerDisconnected | ConnectionError):
            return "the mail server can't be reached" if isinstance(error, ConnectionRefusedError) else "the mail server hung up"
        if isinstance(error, OSError) and error.strerror:
            return f"the mail server can't be reached ({error.strerror})"
        return "the mail server did not keep to the protocol"


def _code(code: int, said: bytes | str) -> str:
    """The numbers of an answer. Its words may hold an address or a name, and are left out."""
    found = _ENHANCED.match(said if isinstance(said, bytes) else said.encode("ascii", "replace"))
    return f"{code} {found[1].decode()}" if found else str(code)


def _log_in_first(code: int, said: bytes | str) -> str:
    return f"the mail server wants a user and password first ({_code(code, said)}); see SPRINGTIDE_SMTP_USER and SPRINGTIDE_SMTP_PASSWORD"
