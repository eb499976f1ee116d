"""What other packages write to logs while they send: kept here, since an address in it may be a secret."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

_HTTP = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")


@contextmanager
def overheard(*loggers: str) -> Iterator[list[str]]:
    """Nothing from these loggers, nor from those of HTTP, reaches any handler; warnings and worse can be read from the list."""
    said: list[str] = []

    def keep(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            said.append(record.getMessage())
        return False

    quieted = [logging.getLogger(name) for name in (*loggers, *_HTTP)]
    for logger in quieted:
        logger.addFilter(keep)
    try:
        yield said
    finally:
        for logger in quieted:
            logger.removeFilter(keep)
