"""Mistakes in evidence as lines to read: many of one kind become one line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..evidence.records import EvidenceProblem

_ALIKE = 4  # from so many on, mistakes that say the same are put together
_SHOWN = 3


def grouped(problems: Iterable[EvidenceProblem]) -> Iterator[str]:
    """Every mistake, in their order; those of one column that say the same stand together, with the first few places."""
    groups: dict[tuple[str, str, str, str], list[EvidenceProblem]] = {}
    for problem in problems:
        groups.setdefault((problem.sheet and "sheet", problem.column, problem.message, problem.hint), []).append(problem)
    said = set()
    for problem in problems:
        key = (problem.sheet and "sheet", problem.column, problem.message, problem.hint)
        alike = groups[key]
        if len(alike) < _ALIKE:
            yield str(problem)
        elif key not in said:
            said.add(key)
            yield f"{_places(alike)}: {problem.says}"


def _places(alike: list[EvidenceProblem]) -> str:
    """ "return.xlsx › Workforce › D7, D9, D10 and 57 more", "workforce.csv, rows 2, 3, 4 and 9 more, column quarter"."""
    files = list(dict.fromkeys((problem.file, problem.sheet) for problem in alike))
    more = f" and {len(alike) - _SHOWN} more"
    first = alike[0]
    if len(files) > 1:
        return "; ".join(problem.place for problem in alike[:_SHOWN]) + f"{more}, in {len({file for file, _ in files})} files"
    if first.cell:
        return f"{first.file} › {first.sheet} › {', '.join(problem.cell for problem in alike[:_SHOWN])}{more}"
    rows = ", ".join(str(problem.row) for problem in alike[:_SHOWN])
    return f"{first.file}, rows {rows}{more}" + (f", column {first.column}" if first.column else "")
