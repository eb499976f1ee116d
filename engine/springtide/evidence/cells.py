"""One cell of a table: text in, a value or a message out."""

from __future__ import annotations

import math
import re
from datetime import date

from ..logic.units import UNITS, Unit

# Symbols that official statistics put where a number is not given, with what they mean.
MISSING_MARKS = {
    "": "not supplied",
    "c": "suppressed to protect confidentiality (c)",
    "u": "of low reliability (u)",
    "x": "not available (x)",
    "z": "not applicable (z)",
    "low": "too small to publish (low)",
    ":": "not available (:)",
    "..": "not available (..)",
    "-": "not supplied (-)",
    "n/a": "not supplied (n/a)",
    "not supplied": "not supplied",
}

_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)$")
_YES_NO = {"yes": 1.0, "no": 0.0}


class BadCell(ValueError):
    """A cell that can't be used: what is wrong, and what to do."""

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.message, self.hint = message, hint


def read_number(text: str, unit_name: str) -> float | None:
    """A number in its unit; None where the cell holds a mark for missing.

    Raises:
        BadCell: not a number, outside the unit's range, or a percentage where a share is expected.
    """
    unit = UNITS[unit_name]
    cleaned = text.strip()
    if cleaned.lower() in MISSING_MARKS:
        return None
    if unit.name == "yes or no":
        if cleaned.lower() not in _YES_NO:
            raise BadCell(f"'{short(text)}' is not yes or no", "write yes or no, or leave it blank")
        return _YES_NO[cleaned.lower()]
    if cleaned.endswith("%") and _NUMBER.match(cleaned[:-1].strip()):
        raise BadCell(f"'{short(text)}' is a percentage", _instead(unit, float(cleaned[:-1])))
    if not _NUMBER.match(cleaned):
        raise BadCell(f"'{short(text)}' is not a number", f"write {unit.range_in_words}, in digits, or leave it blank if it is not known")
    value = float(cleaned)
    if not math.isfinite(value) or not unit.allows(value):
        raise BadCell(*_out_of_range(cleaned, value, unit))
    return value + 0.0  # -0 is nought


def _out_of_range(text: str, value: float, unit: Unit) -> tuple[str, str]:
    shown = short(text)
    if value < 0 <= unit.least:
        return f"{shown} is negative", f"write {unit.range_in_words}"
    if unit.scale == 100 and unit.most < value <= 100:
        return f"{shown} looks like a percentage where a share is expected", _instead(unit, value)
    if unit.whole and math.isfinite(value) and value != round(value):
        return f"{shown} is not a whole number", f"write {unit.range_in_words}"
    return f"{shown} is out of range", f"write {unit.range_in_words}"


def _instead(unit: Unit, percent: float) -> str:
    if unit.scale == 100 and unit.allows(percent / 100):
        return f"write it as a share: {percent / 100:g}"
    return f"write {unit.range_in_words}, without %"


def read_date(text: str) -> date | None:
    """A date as 2009-01-30 or 30/01/2009; None for a blank.

    Raises:
        BadCell: no such date.
    """
    cleaned = text.strip()
    if cleaned.lower() in MISSING_MARKS:
        return None
    for pattern in (r"^(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})$", r"^(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4})$"):
        if match := re.match(pattern, cleaned):
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                break
    raise BadCell(f"'{short(text)}' is not a date", "write it as 2009-01-30 or 30/01/2009")


def normalise_word(text: str) -> str:
    """A word as people type it, with curly quotes, odd spaces and capitals evened out."""
    return " ".join(text.replace("\u2019", "'").replace("\u00a0", " ").split()).lower()


def short(text: str) -> str:
    """A cell's content for a message: never long, on one line, and with nothing that a terminal would obey."""
    cleaned = "".join(character if character.isprintable() else "\ufffd" for character in " ".join(text[:200].split()))
    return cleaned if len(cleaned) <= 40 and len(text) <= 200 else cleaned[:37] + "..."
