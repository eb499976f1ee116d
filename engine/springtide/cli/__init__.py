"""The command line: one module a command, and no logic in any of them."""

from .main import main

__all__ = ["main"]
