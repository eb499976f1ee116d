"""Passwords and keys: from the environment or a keyring, and never shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NoReturn

from ..problems import AlertError

KEYRING_SERVICE = "springtide"


class Secret:
    """A password, a key or a webhook's address. It can be used, but not printed, compared or stored by accident."""

    __slots__ = ("_value",)

    def __init__(self, value: str):
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret(not shown)"

    __str__ = __repr__

    def __format__(self, form: str) -> str:
        return repr(self)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret can't be stored")


def find(name: str, settings: Mapping[str, str]) -> Secret | None:
    """The secret of that name: from the environment, else from the keyring where there is one."""
    value = settings.get(name, "").strip() or _from_keyring(name).strip()
    return Secret(value) if value else None


def need(name: str, settings: Mapping[str, str], what: str) -> Secret:
    """Raises: AlertError."""
    found = find(name, settings)
    if found is None:
        raise AlertError(missing(name, what))
    return found


def missing(name: str, what: str) -> str:
    return f"{name} is not set: {what}; set it in the environment, or keep it in a keyring (keyring set {KEYRING_SERVICE} {name})"


def _from_keyring(name: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:  # the extra `keyring` was not installed
        return ""
    try:
        return keyring.get_password(KEYRING_SERVICE, name) or ""
    except (KeyringError, OSError, RuntimeError):  # none that works, or it is locked: the same as not there
        return ""
