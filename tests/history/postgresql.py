"""A PostgreSQL server of the tests' own: made in a temporary folder, reached through a socket only, stopped in the end."""

from __future__ import annotations

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import psycopg

NEEDED = "postgresql" in os.environ.get("SPRINGTIDE_TESTS_NEED", "")
MISSING = "there is no PostgreSQL server here: neither on the PATH nor under /usr/lib/postgresql are there initdb and postgres"
_OWNERS = ("postgres", "nobody")  # it refuses to run as root
_PATIENCE = 60


def programs() -> Path | None:
    """The folder with PostgreSQL's programs, the newest where there are several."""
    onward = shutil.which("initdb")
    folders = [Path(onward).resolve().parent] if onward else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: float(folder.parent.name), reverse=True)
    return next((folder for folder in folders if all((folder / name).exists() for name in ("initdb", "postgres"))), None)


class Server:
    """A running server; each `fresh` database is a new one."""

    def __init__(self, binaries: Path):
        self._numbers = count(1)
        self.folder = Path(tempfile.mkdtemp(prefix="springtide-"))
        self._as = _owner()
        if self._as:
            os.chown(self.folder, self._as["user"], self._as["group"])
        data = self.folder / "data"
        subprocess.run(
            [binaries / "initdb", "--pgdata", data, "--username=springtide", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"],
            check=True, capture_output=True, cwd=self.folder, **self._as,
        )  # fmt: skip
        settings = {"listen_addresses": "", "unix_socket_directories": self.folder, "fsync": "off", "shared_buffers": "16MB", "max_connections": "60"}
        self._log = (self.folder / "log").open("wb")
        self._process = subprocess.Popen(
            [binaries / "postgres", "-D", data, *(part for name, value in settings.items() for part in ("-c", f"{name}={value}"))],
            stdout=self._log, stderr=subprocess.STDOUT, cwd=self.folder, **self._as,
        )  # fmt: skip
        atexit.register(self.stop)
        self._wait()

    def _wait(self) -> None:
        until = time.monotonic() + _PATIENCE
        while True:
            try:
                self.connect("postgres").close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > until:
                    said = (self.folder / "log").read_text(errors="replace")
                    self.stop()
                    raise RuntimeError(f"PostgreSQL did not start: {said}") from None
                time.sleep(0.05)

    def url(self, database: str) -> str:
        return f"postgresql://springtide@/{database}?host={self.folder}"

    def connect(self, database: str) -> psycopg.Connection:
        """A connection that knows nothing of springtide."""
        return psycopg.connect(host=str(self.folder), user="springtide", dbname=database, autocommit=True)

    def fresh(self, like: str = "template0") -> str:
        """The name of a new database, empty or a copy of another."""
        name = f"test{next(self._numbers)}"
        with self.connect("postgres") as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        return name

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGINT)  # "fast": connections are closed, and it goes
            try:
                self._process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        atexit.unregister(self.stop)


def _owner() -> dict:
    """As whom it runs, as arguments of `subprocess`; nothing where the tests are not root."""
    if os.geteuid() != 0:
        return {}
    import pwd  # which Windows lacks

    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    owner = next(names[name] for name in _OWNERS if name in names)
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
