"""Rule packs: YAML in, a checked RulePack out, or every mistake with its place."""

from .loader import load_beneath, load_pack
from .problems import PackError, Problem

__all__ = ["PackError", "Problem", "load_beneath", "load_pack"]
