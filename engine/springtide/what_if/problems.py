"""What can be wrong with a what-if that is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from ..rulepack.problems import Problem


class WhatIfError(ValueError):
    """A what-if that can't be answered as it was asked, with what to do about it."""


class WhoIsAsked(WhatIfError):
    """It depends on who fills the posts or leaves them, and that was not said. `choices` has what may be said."""

    def __init__(self, message: str, choices: tuple[str, ...]):
        super().__init__(message)
        self.choices = choices


class WhatIfFileError(WhatIfError):
    """A scenario or a file of costs with mistakes in it; `problems` has them all."""

    def __init__(self, problems: Iterable[Problem]):
        self.problems = tuple(sorted(set(problems)))
        super().__init__("\n".join(str(problem) for problem in self.problems))
