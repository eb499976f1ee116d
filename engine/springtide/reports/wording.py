"""Words that several reports share."""

from __future__ import annotations

from rich.console import RenderableType
from rich.padding import Padding
from rich.text import Text

from ..logic.facts import Grade
from ..logic.model import RulePack

# Colour only repeats what the words already say.
STYLES = {
    "high": "bold red",
    "elevated": "bold yellow",
    "increased": "yellow",
    "watch": "cyan",
    "steady": "green",
    "insufficient evidence": "magenta",
    "compliance": "bold",
}


def indented(text: str, by: int = 2) -> RenderableType:
    """A line whose continuation keeps its indent."""
    return Padding(Text(text), (0, 0, 0, by), expand=False)


def level_text(pack: RulePack, level: str) -> Text:
    return Text(pack.levels.by_id(level).title, style=STYLES.get(level, ""))


def pressure_words(pressure: str, grade: Grade) -> str:
    name = pressure.replace("_", " ")
    return f"{name} (severe)" if str(grade) == "severe" else name


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def paras(numbers: tuple[int, ...]) -> str:
    """ "para 24", "paras 24, 29"; nothing where there are none."""
    if not numbers:
        return ""
    return ("para " if len(numbers) == 1 else "paras ") + ", ".join(str(number) for number in numbers)
