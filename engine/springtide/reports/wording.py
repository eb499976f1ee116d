"""Words that several reports share."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
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


@dataclass(frozen=True)
class Indented:
    """A paragraph that stands `by` columns in, its further lines `hanging` columns more; no line ends in spaces."""

    text: Text
    by: int = 2
    hanging: int = 0

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """So that a column of a table is as wide as what stands in it, and no wider."""
        text = Measurement.get(console, options, self.text)
        return Measurement(text.minimum + self.by + self.hanging, text.maximum + self.by)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        room = max(options.max_width - self.by - self.hanging, 1)
        for number, line in enumerate(self.text.wrap(console, room)):
            line.rstrip()
            yield Text(" " * (self.by + (self.hanging if number else 0))) + line


_WIDE_ENOUGH = 104  # columns, below which a table with sentences in it is no longer readable


@dataclass(frozen=True)
class ByWidth:
    """A table where there is room for it, and else the same one thing below the other: nothing is left out."""

    wide: RenderableType
    narrow: RenderableType

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.wide if options.max_width >= _WIDE_ENOUGH else self.narrow


def indented(text: str, by: int = 2) -> RenderableType:
    """A line whose continuation keeps its indent."""
    return Indented(Text(text), by)


def level_text(pack: RulePack, level: str) -> Text:
    return Text(pack.levels.by_id(level).title, style=STYLES.get(level, ""))


def pressure_words(pressure: str, grade: Grade) -> str:
    name = pressure.replace("_", " ")
    return f"{name} ({grade})" if str(grade) in ("severe", "felt") else name


def counted(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def paras(numbers: tuple[int, ...]) -> str:
    """ "para 24", "paras 24, 29"; nothing where there are none."""
    if not numbers:
        return ""
    return ("para " if len(numbers) == 1 else "paras ") + ", ".join(str(number) for number in numbers)


def counted_teams(pack: RulePack, number: int) -> str:
    """So many of what the pack scores, in its own words: "19 authorities"."""
    return f"{number} {pack.words.team if number == 1 else pack.words.teams}"
