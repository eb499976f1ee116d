"""Evidence: tables in, typed and checked records out, each knowing the cell it came from."""

from .records import EvidenceError, EvidenceProblem, EvidenceSet, Response
from .reader import read_evidence

__all__ = ["EvidenceError", "EvidenceProblem", "EvidenceSet", "Response", "read_evidence"]
