"""What can be wrong with a what-if that is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from ..rulepack.problems import Problem

Place = tuple[str, int, int]  # a file, a line and a column


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


@contextmanager
def told_where(place: Place | None) -> Iterator[None]:
    """What is wrong with something that stands in a file is told with the file and the line."""
    try:
        yield
    except WhatIfFileError:
        raise
    except WhatIfError as error:
        if place is None:
            raise
        hint = f"in a file, write with: {' or with: '.join(error.choices)} beside set" if isinstance(error, WhoIsAsked) and error.choices else ""
        raise WhatIfFileError([Problem(*place, str(error), hint)]) from None
