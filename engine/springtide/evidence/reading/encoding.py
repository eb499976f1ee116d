"""Text that is not UTF-8: which letter shows it, where it stands, and what to do."""

from __future__ import annotations

import csv
import io
import re

from ..cells import short

_STRAY = re.compile("[\udc80-\udcff]")  # how Python keeps a byte that is not UTF-8
_SAVE_IN_EXCEL = "open it in Excel, choose Save As and the type 'CSV UTF-8 (Comma delimited)', and check this cell"


def not_utf8(raw: bytes) -> tuple[str, str]:
    """What is wrong with a file's bytes, and what to do; the first byte at fault is named with its cell."""
    text = raw.decode("utf-8-sig", errors="surrogateescape")
    at = next(_STRAY.finditer(text)).start()
    letter = _letter(bytes([ord(text[at]) - 0xDC00]))
    where = _cell_of_the_first(text) or f"in line {text[:at].count(chr(10)) + 1}"
    return f"the file is not UTF-8{_probably(raw)}: {letter} stands {where}", _SAVE_IN_EXCEL


def _probably(raw: bytes) -> str:
    """The one encoding that Excel writes unasked in Britain, where all bytes allow it."""
    return "" if _decoded(raw) is None else ", but probably Windows-1252, Excel's plain 'CSV'"


def _letter(byte: bytes) -> str:
    letter = _decoded(byte)
    number = f"byte {byte.hex().upper()}"
    return f"'{letter}' ({number})" if letter is not None and letter.isprintable() and letter.strip() else f"the {number}"


def _decoded(raw: bytes) -> str | None:
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return None


def _cell_of_the_first(text: str) -> str:
    """Row as a spreadsheet counts it, and column by its heading; nothing where the rows can't be told."""
    headings: list[str] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline=""), strict=True), 1):
            headings = headings or cells
            for place, cell in enumerate(cells):
                if _STRAY.search(cell):
                    return f"in row {number}, column {_column(headings, place)}"
    except csv.Error:
        return ""
    return ""


def _column(headings: list[str], place: int) -> str:
    heading = headings[place] if place < len(headings) else ""
    if _STRAY.search(heading):
        heading = heading.encode(errors="surrogateescape").decode("cp1252", errors="replace")
    return short(heading) or str(place + 1)
