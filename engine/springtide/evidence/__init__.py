"""Evidence: tables in, typed and checked records out, each knowing the cell it came from."""

from .reading.reader import read_evidence, read_teams
from .records import EvidenceError, EvidenceProblem, EvidenceSet, Remark, Response

__all__ = ["EvidenceError", "EvidenceProblem", "EvidenceSet", "Remark", "Response", "read_evidence", "read_teams"]
