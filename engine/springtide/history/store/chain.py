"""The chain over the records: each carries the hash of the one before, so that no past can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

BEGINNING = "0" * 64
SHOWN = 16  # of a hash's 64 characters, in what people read


def canonical(data: Any) -> str:
    """Plain data in its one spelling: keys in order, no spaces, ASCII, so that it is the same bytes in every database.

    Raises:
        ValueError: a number that is not finite, which JSON has no word for.
    """
    return json.dumps(data, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)


def digest(text: str) -> str:
    """SHA-256 of a text, 64 hexadecimal characters."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def record_hash(number: int, previous: str, body: str) -> str:
    """The hash of a record, which the next one carries."""
    return digest(canonical([number, previous, body]))


def row_hash(row: Mapping[str, Any]) -> str:
    """The hash of a row that belongs to a record, over every column but the record's number."""
    return digest(canonical(sorted((key, value) for key, value in row.items() if key != "record")))


def event_hash(number: int, previous: str, message: str, at: str, what: str, detail: str) -> str:
    """The hash of what became of a message, which the next such note carries on."""
    return digest(canonical([number, previous, message, at, what, detail]))
