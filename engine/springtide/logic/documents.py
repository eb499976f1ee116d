"""The version of the shape that every document printed with `--json` has."""

from __future__ import annotations

SCHEMA_VERSION = "1.0"
