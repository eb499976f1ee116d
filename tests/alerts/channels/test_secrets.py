"""Secrets are found where they are kept, and shown nowhere."""

from __future__ import annotations

import copy
import json
import pickle
import sys
import types
from typing import Any

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from springtide.alerts.channels import secrets
from springtide.alerts.channels.secrets import Secret
from springtide.alerts.problems import AlertError

VALUE = "tide-And-time-42"


class Memory(KeyringBackend):
    """A keyring of one entry, or one that is locked."""

    priority = 1  # type: ignore[assignment]

    def __init__(self, locked: bool = False):
        self.locked = locked

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked(VALUE)
        return VALUE if (service, username) == ("springtide", "SPRINGTIDE_SMTP_PASSWORD") else None

    def set_password(self, service: str, username: str, password: str) -> None:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def no_keyring_of_this_computer(monkeypatch: pytest.MonkeyPatch) -> Any:
    before = keyring.core._keyring_backend
    keyring.set_keyring(Memory())
    yield
    keyring.core._keyring_backend = before


def test_it_can_be_used_but_not_shown() -> None:
    secret = Secret(VALUE)
    assert secret.reveal() == VALUE
    for shown in (repr(secret), str(secret), f"{secret}", f"{secret!r:>40}", "%s" % secret, repr([secret]), repr({"a": secret})):  # noqa: UP031
        assert VALUE not in shown
    assert not hasattr(secret, "__dict__")
    for store in (pickle.dumps, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError) as caught:
            store(secret)
        assert VALUE not in str(caught.value)


def test_the_environment_comes_before_the_keyring() -> None:
    found = secrets.find("SPRINGTIDE_SMTP_PASSWORD", {"SPRINGTIDE_SMTP_PASSWORD": "from-the-environment\n"})
    assert found and found.reveal() == "from-the-environment"
    kept = secrets.find("SPRINGTIDE_SMTP_PASSWORD", {"SPRINGTIDE_SMTP_PASSWORD": " "})
    assert kept and kept.reveal() == VALUE


def test_none_anywhere_names_the_variable() -> None:
    assert secrets.find("SPRINGTIDE_NOTIFY_KEY", {}) is None
    with pytest.raises(AlertError, match="SPRINGTIDE_NOTIFY_KEY is not set: the key of your service"):
        secrets.need("SPRINGTIDE_NOTIFY_KEY", {"SPRINGTIDE_SMTP_PASSWORD": VALUE}, "the key of your service")


def test_a_locked_keyring_is_as_none() -> None:
    keyring.set_keyring(Memory(locked=True))
    with pytest.raises(AlertError) as caught:
        secrets.need("SPRINGTIDE_SMTP_PASSWORD", {}, "the password")
    assert VALUE not in str(caught.value) and caught.value.__context__ is None


def test_without_the_package_the_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert secrets.find("SPRINGTIDE_SMTP_PASSWORD", {}) is None
    assert secrets.find("SPRINGTIDE_SMTP_PASSWORD", {"SPRINGTIDE_SMTP_PASSWORD": VALUE}) is not None
    assert isinstance(sys.modules["keyring.errors"], types.ModuleType)
