"""Evidence: tables in, typed and checked records out, each knowing the cell it came from."""

from typing import TYPE_CHECKING, Any

from .records import EvidenceError, EvidenceProblem, EvidenceSet, Remark, Response

if TYPE_CHECKING:
    from .reading.reader import read_evidence, read_teams

__all__ = ["EvidenceError", "EvidenceProblem", "EvidenceSet", "Remark", "Response", "read_evidence", "read_teams"]


def __getattr__(name: str) -> Any:
    """Reading is loaded when something is read: what is filed needs none of it."""
    if name in ("read_evidence", "read_teams"):
        from .reading import reader

        return getattr(reader, name)
    raise AttributeError(f"springtide.evidence has no '{name}'")
