#!/usr/bin/env python3
"""Set springtide up and run it: `python3 tasks.py demo`, `python3 tasks.py test`.

Plain standard library, the same on Linux, macOS and Windows. The environment goes into `.venv`, made
once and made again when what it is made from changes.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "springtide-setup"
MADE_FROM = ("pyproject.toml", "constraints.txt", "tasks.py")
BIN = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def main() -> int:
    parser = argparse.ArgumentParser(prog="tasks.py", description="Set springtide up, and run it.")
    jobs = parser.add_subparsers(dest="job", required=True, metavar="JOB")
    jobs.add_parser("setup", help="make the environment, and nothing else")
    jobs.add_parser("demo", help="score the shipped Kent example")
    for name, what in (
        ("test", "run every test (arguments go to pytest)"),
        ("bench", "measure speed (arguments go to the benchmark)"),
        ("docs", "write the generated reference pages again"),
        ("lint", "check style and types"),
    ):
        jobs.add_parser(name, help=what, add_help=False)
    chosen, rest = parser.parse_known_args()
    if rest and chosen.job in ("setup", "demo"):
        parser.error(f"unknown arguments: {' '.join(rest)}")
    set_up()
    return JOBS[chosen.job](rest)


def set_up() -> None:
    """Make the environment if it is not there, or was made from other files or by another Python."""
    if sys.version_info < (3, 11):
        sys.exit(f"springtide needs Python 3.11 or newer; this is {sys.version.split()[0]}")
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted and PYTHON.is_file():
        return
    print(f"Setting up in {ENVIRONMENT.name}: about a minute, once", flush=True)
    if ENVIRONMENT.exists():
        shutil.rmtree(ENVIRONMENT)
    venv.create(ENVIRONMENT, with_pip=True)
    if not pip("install", "--editable", ".[dev,forward]", must=False):
        pip("install", "--editable", ".[dev]", must=True)
    if not loads("durable.engine"):
        print(f"One engine only: {why_not()}; everything works, and each result says so", flush=True)
    STAMP.write_text(wanted)


def fingerprint() -> str:
    content = b"".join((ROOT / name).read_bytes() for name in MADE_FROM)
    return f"{sys.version_info[:3]} {hashlib.sha256(content).hexdigest()}"


def pip(*arguments: str, must: bool) -> bool:
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "--quiet", *arguments]
    command += ["--constraint", str(ROOT / "constraints.txt")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode and must:
        sys.exit(f"setting up failed: pip said\n{done.stderr.strip() or done.stdout.strip()}")
    return done.returncode == 0


def loads(module: str) -> bool:
    return subprocess.run([str(PYTHON), "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def why_not() -> str:
    if sys.platform == "win32":
        return "durable-rules does not build on Windows"
    if sys.version_info >= (3, 13):
        return "durable-rules does not load on Python 3.13 or newer"
    return "durable-rules did not build (it needs a C compiler and Python's headers)"


def run(*command: str) -> int:
    return subprocess.run([str(PYTHON), *command], cwd=ROOT, check=False).returncode


def lint(rest: list[str]) -> int:
    return run("-m", "ruff", "check", ".") or run("-m", "mypy", *rest)


JOBS = {
    "setup": lambda rest: 0,
    "demo": lambda rest: run("-m", "springtide", "demo"),
    # Without arguments: everything, on all processors.
    "test": lambda rest: run("-m", "pytest", *(rest or ["--numprocesses", "auto"])),
    "bench": lambda rest: run("tests/benchmarks/bench.py", *rest),
    "docs": lambda rest: run("docs/generate.py", *rest),
    "lint": lint,
}

if __name__ == "__main__":
    sys.exit(main())
