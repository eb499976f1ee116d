"""A mail server to be run as a process of its own: `mail_process.py FILE [CERTIFICATE]`; its port is the first line it prints.

Adds the Message-ID of each message to FILE before it answers that it has it. With a certificate it takes nothing before STARTTLS.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import sys
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)


class Postbox:
    def __init__(self, file: str):
        self._file = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._name = file

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if not Path(self._name).exists():  # whoever looks into it has begun anew
            os.close(self._file)
            self._file = os.open(self._name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        assert isinstance(envelope.content, bytes)
        found = _ID.search(envelope.content.partition(b"\r\n\r\n")[0])
        assert found
        os.write(self._file, found[1] + b"\n")
        return "250 OK"


async def main(file: str, certificate: str = "") -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    postbox, loop = Postbox(file), asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, said: None)  # those who are killed while they talk say nothing to us that matters
    server = await loop.create_server(
        lambda: SMTP(postbox, hostname="localhost", ident="test", loop=loop, tls_context=context, require_starttls=context is not None), "localhost", 0,
    )  # fmt: skip
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
