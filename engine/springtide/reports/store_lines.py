"""What every report from a store says of where it comes from."""

from __future__ import annotations

from typing import Any

from rich.text import Text

from ..history.store.chain import SHOWN
from ..history.store.ledger import Head, Record
from .wording import counted


def footer(place: str, head: Head) -> Text:
    """The store, and the head by which anyone can later prove that nothing was changed or taken away since."""
    return Text(f"Store {place}: {counted(head.number, 'record')}, head {head.hash[:SHOWN]}", style="dim")


def store_as_dict(place: str, head: Head) -> dict[str, Any]:
    return {"place": place, "records": head.number, "head": head.hash}


def record_as_dict(record: Record) -> dict[str, Any]:
    body = record.body
    return {
        "number": record.number, "hash": record.hash, "quarter": str(record.quarter), "version": record.version,
        "supersedes": body["supersedes"], "because": body["because"], "recorded_by": body["recorded_by"],
        "recorded_at": body["recorded_at"], "springtide": body["springtide"], "engines": body["engines"],
        "pack": {name: body["pack"][name] for name in ("id", "version", "hash")}, "evidence_hash": body["evidence"]["hash"],
    }  # fmt: skip
