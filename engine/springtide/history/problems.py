"""What can be wrong with a store."""

from __future__ import annotations


class StoreError(Exception):
    """A store that can't be opened, read or written, with what to do about it."""


class CorrectionNeedsReason(ValueError):
    """The quarter is filed already, and says something else."""
