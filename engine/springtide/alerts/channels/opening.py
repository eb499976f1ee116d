"""Opening a channel by its name, with its settings from the environment."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Callable, Mapping
from email.headerregistry import Address
from pathlib import Path

from ..problems import AlertError
from . import Channel
from .folder import FolderChannel
from .mail import sender_of
from .secrets import need
from .smtp import Security, Server, SmtpChannel

FOLDER = "alerts-to-send"
# Nobody can answer it; files are looked at, or sent on by somebody, before they go anywhere.
FOLDER_SENDER = "springtide <alerts@springtide.invalid>"
PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
SECONDS = 60.0


def open_channel(name: str, settings: Mapping[str, str]) -> Channel:
    """The channel of that name. `settings` are environment variables; passwords and keys may be in a keyring instead.

    Raises: AlertError, which names the variable that is missing or wrong, and never what it holds.
    """
    if name not in CHANNELS:
        raise AlertError(f"no channel is called {name!r}; there are {', '.join(CHANNELS)}")
    return CHANNELS[name](settings)


def _folder(settings: Mapping[str, str]) -> Channel:
    return FolderChannel(Path(settings.get("SPRINGTIDE_MAIL_FOLDER") or FOLDER), _sender(settings, FOLDER_SENDER))


def _smtp(settings: Mapping[str, str]) -> Channel:
    host = _needed("SPRINGTIDE_SMTP_HOST", settings, "the mail server's name")
    sender = _sender(settings)
    security = _security(settings)
    user = settings.get("SPRINGTIDE_SMTP_USER", "").strip()
    password = need("SPRINGTIDE_SMTP_PASSWORD", settings, "the password of SPRINGTIDE_SMTP_USER") if user else None
    if security is Security.NONE and not _loopback(host):
        if password:
            raise AlertError("SPRINGTIDE_SMTP_SECURITY=none would send the password where others can read it; use starttls or tls")
        if settings.get("SPRINGTIDE_SMTP_UNENCRYPTED", "").strip().lower() != "yes":
            raise AlertError(
                "SPRINGTIDE_SMTP_SECURITY=none sends alerts where others can read them; use starttls or tls, or, if your network is trusted, set SPRINGTIDE_SMTP_UNENCRYPTED=yes"
            )
    port = int(_number("SPRINGTIDE_SMTP_PORT", settings, PORTS[security], most=65535))
    seconds = _number("SPRINGTIDE_SMTP_SECONDS", settings, SECONDS, most=600)
    return SmtpChannel(Server(host, port, security, user, password, _trust(security, settings), seconds), sender)


def _chat(settings: Mapping[str, str]) -> Channel:
    from .chat import ChatChannel

    return ChatChannel(settings, _number("SPRINGTIDE_CHAT_SECONDS", settings, 30, most=600))


def _notify(settings: Mapping[str, str]) -> Channel:
    from .notify import PUBLIC_API, NotifyChannel

    key = need("SPRINGTIDE_NOTIFY_KEY", settings, "the key of your service in GOV.UK Notify")
    template = _needed("SPRINGTIDE_NOTIFY_TEMPLATE", settings, "the id of the template in GOV.UK Notify")
    seconds = _number("SPRINGTIDE_NOTIFY_SECONDS", settings, 30, most=600)
    return NotifyChannel(key, template, seconds=seconds, address=settings.get("SPRINGTIDE_NOTIFY_URL") or PUBLIC_API)


CHANNELS: dict[str, Callable[[Mapping[str, str]], Channel]] = {"folder": _folder, "smtp": _smtp, "chat": _chat, "notify": _notify}


def _needed(name: str, settings: Mapping[str, str], what: str) -> str:
    value = settings.get(name, "").strip()
    if not value:
        raise AlertError(f"{name} is not set: {what}")
    return value


def _sender(settings: Mapping[str, str], default: str = "") -> Address:
    text = settings.get("SPRINGTIDE_MAIL_FROM", "").strip() or default
    if not text:
        raise AlertError("SPRINGTIDE_MAIL_FROM is not set: the address that alerts come from")
    sender = sender_of(text)
    if sender is None:
        raise AlertError("SPRINGTIDE_MAIL_FROM is not an address; write alerts@example.org, or Alerts <alerts@example.org>")
    return sender


def _security(settings: Mapping[str, str]) -> Security:
    text = settings.get("SPRINGTIDE_SMTP_SECURITY", "").strip().lower() or Security.STARTTLS.value
    try:
        return Security(text)
    except ValueError:
        raise AlertError("SPRINGTIDE_SMTP_SECURITY is none of starttls, tls, none") from None


def _trust(security: Security, settings: Mapping[str, str]) -> ssl.SSLContext | None:
    """Which certificates are believed: those that this computer believes, or those of your own authority."""
    if security is Security.NONE:
        return None
    file = settings.get("SPRINGTIDE_SMTP_CA_FILE", "").strip() or None
    try:
        return ssl.create_default_context(cafile=file)
    except (OSError, ssl.SSLError):
        raise AlertError("SPRINGTIDE_SMTP_CA_FILE can't be read, or holds no certificates in PEM form") from None


def _number(name: str, settings: Mapping[str, str], default: float, *, most: float) -> float:
    text = settings.get(name, "").strip()
    try:
        value = float(text) if text else default
    except ValueError:
        value = 0
    if not 0 < value <= most:
        raise AlertError(f"{name} is not a number above 0 and up to {most:g}")
    return value


def _loopback(host: str) -> bool:
    """This computer itself, where nobody else listens."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
