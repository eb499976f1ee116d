"""Where the rule packs, invented counties and examples that come with springtide are: in the checkout, or in the wheel."""

from __future__ import annotations

from pathlib import Path

EXAMPLE_QUARTER = "2008/09 Q4"
_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    installed = _PACKAGE / "_shipped" / name
    return installed if installed.is_dir() else _PACKAGE.parent.parent / name


def rules_folder() -> Path:
    """The folder of the shipped rule packs."""
    return _folder("rules")


def counties_folder() -> Path:
    """The folder of what invented counties are made of."""
    return _folder("counties")


def example_folder(name: str = "kent-2009") -> Path:
    """The folder of a shipped example."""
    return _folder("examples") / name
