"""What an import did, or waits for, in lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..evidence.imports.bring_in import Brought, NotConfirmed
from ..logic.model import RulePack


def lines(pack: RulePack, brought: Brought) -> Iterator[str]:
    """What was read from where, what became of each column, and what was written."""
    source, converted = brought.source, brought.converted
    where = f"{source.file} › {source.sheet}" if source.sheet else source.file
    yield f"{where}: {_count(len(source.rows), 'row')} under the headings in row {source.head_row}"
    if converted.responses:
        teams = len({response.team for response in converted.responses})
        yield f"  {_count(len(converted.responses), 'response')} of {_count(teams, 'team')}; {_count(sum(to in pack.questions for to in brought.matched), 'question')} matched"
    for table in ("workforce", "audits"):
        rows = [row for row in converted.rows if row.table == table]
        if rows:
            figures = len({name for row in rows for name in row.figures})
            yield f"  {_count(len(rows), 'audit row' if table == 'audits' else f'{table} row')} with {_count(figures, 'figure')}"
    not_asked = brought.not_asked(pack)
    if not_asked:
        yield f"  No column answers {_some(not_asked, 12)}: these stay unknown"
    for because, columns in brought.dropped.items():
        yield f"  Left out, {because}: {_some([repr(_short(column)) for column in columns], 6)}"
    for note in converted.notes:
        yield f"  {note}"
    if converted.left_out:
        yield f"  {_count(len(converted.left_out), 'mistake')} in rows that were left out:"
        yield from (f"    {problem}" for problem in converted.left_out)
    for found in brought.screened:
        yield f"  {found.code}: {found.place} looks as if it held {' and '.join(found.looks_like)}; take it out of the file, and import it again"
    if brought.mapping_is_new:
        yield f"The mapping is in {brought.mapping_file}; keep it for the next file of this kind."
    yield f"Written: {', '.join(str(file) for file in brought.files)}"


def to_confirm(waiting: NotConfirmed) -> Iterator[str]:
    """What a person has to look at before the import goes on."""
    open_lines = waiting.mapping.open_lines
    yield f"{_count(len(open_lines), 'line')} of {waiting.path} need{'s' if len(open_lines) == 1 else ''} your eye; nothing was imported:"
    yield from (f"  {line}" for line in open_lines)
    unused = [" ".join(column.column.split()) for column in waiting.mapping.columns if column.to == "nothing" and column.column]
    if unused:
        yield f"Not taken for anything: {_some([repr(_short(column)) for column in unused], 8)}"
    yield "Correct what is wrong there, write `confirmed: yes` for the rest, and run the command again."


def as_dict(pack: RulePack, brought: Brought) -> dict[str, Any]:
    """The same as plain data."""
    return {
        "file": brought.source.file, "sheet": brought.source.sheet, "rows": len(brought.source.rows),
        "responses": len(brought.converted.responses), "figure_rows": len(brought.converted.rows),
        "matched": {column.column: column.to for column in brought.mapping.columns if column.to != "nothing"},
        "left_out_columns": brought.dropped, "not_asked": brought.not_asked(pack), "notes": list(brought.converted.notes),
        "left_out": [str(problem) for problem in brought.converted.left_out],
        "screened": [vars(found) | {"looks_like": list(found.looks_like)} for found in brought.screened],
        "mapping": str(brought.mapping_file), "files": [str(file) for file in brought.files],
    }  # fmt: skip


def _count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number:,} {thing}s"


def _some(words: list[str], most: int) -> str:
    more = len(words) - most
    return ", ".join(words[:most]) + (f" and {more} more" if more > 0 else "")


def _short(text: str) -> str:
    return text if len(text) <= 50 else text[:47] + "..."
