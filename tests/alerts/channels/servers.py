"""Real servers on loopback: mail that can refuse at each stage, mail that misbehaves, and HTTPS that plays Teams, Slack and Notify."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

USER, PASSWORD = "springtide", "tide-And-time-42"


@dataclass
class Mailbox:
    """What arrived, and what to refuse: `refuse["RCPT"] = "450 4.2.1 not now"`, or once for a list of answers."""

    arrived: list[Envelope] = field(default_factory=list)
    refuse: dict[str, str | list[str]] = field(default_factory=dict)
    conversations: list[int] = field(default_factory=list)
    logged_in: list[str] = field(default_factory=list)

    def _refusal(self, stage: str) -> str | None:
        found = self.refuse.get(stage)
        return (found.pop(0) if found else None) if isinstance(found, list) else found

    async def handle_MAIL(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        self.conversations.append(id(session))
        if refusal := self._refusal("MAIL"):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:
        if refusal := self._refusal("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if refusal := self._refusal("DATA"):
            return refusal
        self.arrived.append(envelope)
        return "250 OK"


@contextmanager
def mail_server(mailbox: Mailbox, *, starttls: ssl.SSLContext | None = None, tls: ssl.SSLContext | None = None, login: bool = False) -> Iterator[int]:
    """A mail server; gives its port. It asks for a password only after STARTTLS."""

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: Any) -> AuthResult:
        right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        if right:
            mailbox.logged_in.append(mechanism)
        return AuthResult(success=right, handled=False)

    loop = asyncio.new_event_loop()
    conversations: list[SMTP] = []

    def conversation() -> SMTP:
        conversations.append(SMTP(
            mailbox, hostname="localhost", ident="test", loop=loop, tls_context=starttls, require_starttls=starttls is not None,
            auth_required=login, authenticator=authenticate if login else None,
        ))  # fmt: skip
        return conversations[-1]

    server = loop.run_until_complete(loop.create_server(conversation, "127.0.0.1", 0, ssl=tls))
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def stop() -> None:
        server.close()
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
        for one in conversations:
            if one.transport:
                one.transport.abort()
        await asyncio.sleep(0.05)

    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(stop(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


HANG, HANG_UP, TRICKLE = "hang", "hang up", "trickle"
FINE = {"GREETING": "220 ready", "EHLO": "250 test", "MAIL": "250 OK", "RCPT": "250 OK", "DATA": "354 go on", "CONTENT": "250 OK", "RSET": "250 OK", "QUIT": "221 bye"}


@contextmanager
def misbehaving(**answers: str) -> Iterator[int]:
    """Mail without encryption that answers each command as told: a line, or one of HANG, HANG_UP, TRICKLE."""
    told = FINE | answers
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def answer(connection: socket.socket, stage: str) -> None:
        how = told.get(stage, "502 not known")
        if how == HANG:
            over.wait(30)
        elif how == TRICKLE:
            while not over.wait(0.05):
                connection.sendall(b"2")
        if how in (HANG, HANG_UP, TRICKLE):
            raise ConnectionAbortedError
        connection.sendall(how.encode() + b"\r\n")

    def converse(connection: socket.socket) -> None:
        with connection, suppress(OSError), connection.makefile("rb") as lines:
            answer(connection, "GREETING")
            for line in lines:
                command = line.split()[0].decode().upper() if line.split() else ""
                answer(connection, command)
                if command == "DATA" and told["DATA"].startswith("354"):
                    while next(lines, b".\r\n") != b".\r\n":
                        pass
                    answer(connection, "CONTENT")

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listening.accept()
                threading.Thread(target=converse, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield listening.getsockname()[1]
    finally:
        over.set()
        with suppress(OSError):
            listening.shutdown(socket.SHUT_RDWR)
        listening.close()
        thread.join(10)


@dataclass(frozen=True)
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


Answer = Callable[[Asked], tuple[int, Any]]


class Site:
    """What was asked, and what is answered: a status and JSON (or text), HANG or HANG_UP."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Answer = lambda asked: (200, {})
        self.hang = threading.Event()


@contextmanager
def https_server(site: Site, context: ssl.SSLContext) -> Iterator[int]:
    """An HTTPS server; gives its port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, parts.path, parse_qs(parts.query, keep_blank_values=True), dict(self.headers), body)
            site.asked.append(asked)
            status, answer = site.answer(asked)
            if answer == HANG:
                site.hang.wait(30)
            if answer in (HANG, HANG_UP):
                self.close_connection = True
                return
            content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain" if isinstance(answer, str) else "application/json")
            self.send_header("Content-Length", str(len(content)))
            if 300 <= status < 400:
                self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST

        def log_message(self, *words: Any) -> None:
            """Says nothing."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *whose: Any) -> None:
            """A client that does not believe the certificate is expected here."""

        def get_request(self) -> tuple[Any, Any]:
            connection, address = self.socket.accept()
            return context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        site.hang.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def within(seconds: float, work: Callable[[], Any]) -> Any:
    """Does the work, and fails where it took longer."""
    begun = time.monotonic()
    done = work()
    took = time.monotonic() - begun
    assert took < seconds, f"took {took:.1f} s"
    return done
