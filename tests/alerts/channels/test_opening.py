"""A channel opens from the environment, or says which variable is missing or wrong; never what it holds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from alerts.channels.parcels import everything_in
from keyring.backends.null import Keyring as Nothing

from springtide.alerts.channels.opening import open_channel
from springtide.alerts.problems import AlertError

HIDDEN = "a-value-that-is-not-to-be-told"
SMTP = {"SPRINGTIDE_SMTP_HOST": "mail.example.org", "SPRINGTIDE_MAIL_FROM": "alerts@example.org"}
NOTIFY = {
    "SPRINGTIDE_NOTIFY_KEY": "alerts-26785a09-ab16-4eb0-8407-a37497a57506-3d844edf-8d35-48ac-975b-e847b4f122b0",
    "SPRINGTIDE_NOTIFY_TEMPLATE": "f33517ff-2a88-4f6e-b855-c550268ce08a",
}


@pytest.fixture(autouse=True)
def empty_keyring() -> Iterator[None]:
    before = keyring.core._keyring_backend
    keyring.set_keyring(Nothing())
    yield
    keyring.core._keyring_backend = before


@pytest.mark.parametrize(("name", "settings"), [("folder", {}), ("smtp", SMTP), ("smtp", SMTP | {"SPRINGTIDE_SMTP_SECURITY": "TLS"}), ("chat", {}), ("notify", NOTIFY)])
def test_each_opens(name: str, settings: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    channel = open_channel(name, settings)
    assert channel.name == name
    channel.close()
    assert not list(tmp_path.iterdir())  # nothing is made before there is something to send


@pytest.mark.parametrize(("name", "settings", "says"), [
    ("pigeon", {}, "no channel is called 'pigeon'; there are folder, smtp, chat, notify"),
    ("folder", {"SPRINGTIDE_MAIL_FROM": HIDDEN}, "SPRINGTIDE_MAIL_FROM is not an address"),
    ("smtp", {}, "SPRINGTIDE_SMTP_HOST is not set"),
    ("smtp", SMTP | {"SPRINGTIDE_MAIL_FROM": ""}, "SPRINGTIDE_MAIL_FROM is not set"),
    ("smtp", SMTP | {"SPRINGTIDE_MAIL_FROM": HIDDEN}, "SPRINGTIDE_MAIL_FROM is not an address"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_SECURITY": HIDDEN}, "SPRINGTIDE_SMTP_SECURITY is none of starttls, tls, none"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_PORT": HIDDEN}, "SPRINGTIDE_SMTP_PORT is not a number"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_PORT": "70000"}, "SPRINGTIDE_SMTP_PORT is not a number"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_SECONDS": "nan"}, "SPRINGTIDE_SMTP_SECONDS is not a number"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_USER": "alerts"}, "SPRINGTIDE_SMTP_PASSWORD is not set"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_CA_FILE": HIDDEN}, "SPRINGTIDE_SMTP_CA_FILE can't be read"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_SECURITY": "none"}, "set SPRINGTIDE_SMTP_UNENCRYPTED=yes"),
    ("smtp", SMTP | {"SPRINGTIDE_SMTP_SECURITY": "none", "SPRINGTIDE_SMTP_UNENCRYPTED": "yes", "SPRINGTIDE_SMTP_USER": "alerts", "SPRINGTIDE_SMTP_PASSWORD": HIDDEN}, "would send the password where others can read it"),
    ("notify", NOTIFY | {"SPRINGTIDE_NOTIFY_KEY": ""}, "SPRINGTIDE_NOTIFY_KEY is not set"),
    ("notify", NOTIFY | {"SPRINGTIDE_NOTIFY_KEY": HIDDEN}, "SPRINGTIDE_NOTIFY_KEY is not a key"),
    ("notify", NOTIFY | {"SPRINGTIDE_NOTIFY_TEMPLATE": ""}, "SPRINGTIDE_NOTIFY_TEMPLATE is not set"),
    ("notify", NOTIFY | {"SPRINGTIDE_NOTIFY_TEMPLATE": HIDDEN}, "SPRINGTIDE_NOTIFY_TEMPLATE is not a template's id"),
    ("notify", NOTIFY | {"SPRINGTIDE_NOTIFY_URL": "http://localhost"}, "SPRINGTIDE_NOTIFY_URL does not begin with https://"),
])  # fmt: skip
def test_what_is_missing_or_wrong_is_named(name: str, settings: dict[str, str], says: str) -> None:
    with pytest.raises(AlertError) as caught:
        open_channel(name, settings)
    assert says in str(caught.value)
    assert HIDDEN not in str(caught.value) and HIDDEN not in repr(caught.value.args)
    if settings.get("SPRINGTIDE_SMTP_PASSWORD") or settings.get("SPRINGTIDE_NOTIFY_KEY") == HIDDEN:
        assert HIDDEN not in everything_in(caught.value)


def test_none_is_allowed_when_asked_for_in_so_many_words() -> None:
    open_channel("smtp", SMTP | {"SPRINGTIDE_SMTP_SECURITY": "none", "SPRINGTIDE_SMTP_UNENCRYPTED": "yes"}).close()
    for host in ("localhost", "127.0.0.1", "::1"):
        open_channel("smtp", SMTP | {"SPRINGTIDE_SMTP_SECURITY": "none", "SPRINGTIDE_SMTP_HOST": host}).close()


@pytest.mark.parametrize(("name", "package", "extra"), [("chat", "apprise", "springtide[chat]"), ("notify", "notifications_python_client.notifications", "springtide[notify]")])
def test_an_extra_that_was_not_installed_is_named(name: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(AlertError) as caught:
        open_channel(name, NOTIFY)
    assert extra in str(caught.value)
