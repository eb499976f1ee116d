"""Certificates right and wrong, and a guard: nothing here may reach beyond this computer."""

from __future__ import annotations

import datetime
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import trustme


class Certificates:
    """An authority of our own and what it has signed."""

    def __init__(self, folder: Path):
        self.authority = trustme.CA()
        self.file = folder / "authority.pem"
        self.authority.cert_pem.write_to_path(str(self.file))
        long_ago = datetime.datetime(2009, 1, 1, tzinfo=datetime.UTC)
        self.right = self._context(self.authority.issue_cert("localhost", "127.0.0.1"))
        self.wrong_name = self._context(self.authority.issue_cert("mail.example.org"))
        self.expired = self._context(self.authority.issue_cert("localhost", not_before=long_ago, not_after=long_ago + datetime.timedelta(days=90)))
        self.strange = self._context(trustme.CA().issue_cert("localhost"))

    def _context(self, certificate: trustme.LeafCert) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        certificate.configure_cert(context)
        return context


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def nothing_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections and look-ups that leave this computer fail, wherever they come from; no proxy of whoever runs the tests is used."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    inside = ("localhost", "127.0.0.1", "::1")

    def guarded(original: Callable[..., Any], host_of: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            host = host_of(*given, **named)
            assert host in inside, f"something tried to reach {host}"
            return original(*given, **named)

        return call

    monkeypatch.setattr(socket.socket, "connect", guarded(socket.socket.connect, lambda held, address: "localhost" if isinstance(address, str | bytes) else address[0]))
    monkeypatch.setattr(socket, "getaddrinfo", guarded(socket.getaddrinfo, lambda host, *rest, **named: host))
    monkeypatch.setattr(socket, "getfqdn", guarded(socket.getfqdn, lambda name="this computer's own name": name))
