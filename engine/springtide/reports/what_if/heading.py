"""What stands over and in every answer to a what-if question, so that none is taken for fact."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from ...logic.documents import SCHEMA_VERSION
from ...logic.levers import Lever
from ...logic.model import RulePack
from ...logic.quarter import Quarter
from ...what_if.changes import Target
from ..wording import capital, indented

_MOST_TEAMS = 8
_NOT_FACT = "What if, and not what is: nothing here is recorded, and no alert goes out."


def heading(pack: RulePack, quarter: Quarter, asks: str) -> Iterator[RenderableType]:
    """The first lines of an answer: that it is a what-if, what is asked, and by which rules."""
    yield Text(f"WHAT IF · {asks}", style="bold")
    yield Text(_NOT_FACT)
    yield Text(f"The rules are {pack.id} {pack.version} ({pack.hash[:12]}), by their thresholds for {quarter}; what is not named stays as it is in {quarter}.")
    yield Text()


def closing() -> Iterator[RenderableType]:
    yield Text()
    yield Text(
        "The same rules on other figures: this predicts nothing. Levels tell of pressures that raise the risk that standards may become unsafe, "
        "and say nothing about anyone's work.",
        style="dim",
    )


def head_as_data(pack: RulePack, quarter: Quarter) -> dict[str, Any]:
    """The keys that every answer has, so that a program knows it for a what-if."""
    return {
        "schema_version": SCHEMA_VERSION,
        "what_if": True,
        "recorded": False,
        "pack": {"id": pack.id, "version": pack.version, "hash": pack.hash},
        "quarter": str(quarter),
    }


def title_of(pack: RulePack, name: str) -> str:
    """A figure, measure, question or threshold in words."""
    if name in pack.questions:
        return f"Q{pack.questions[name].number}"
    for held in (pack.figures, pack.measures, pack.thresholds, pack.tallies):
        if name in held:
            return held[name].title
    return name


def target_words(pack: RulePack, target: Target) -> str:
    """The teams meant, in the pack's own words: "authority E06000053", "every team"."""
    words = pack.words
    called = {"team": words.team, "district": words.district, "team_type": f"{words.team} type", "county": words.county}
    said = [f"{called[name]} {value}" for name, value in vars(target).items() if value]
    return ", ".join(said) or f"every {words.team}"


def pull_words(pack: RulePack, lever: Lever, number: float) -> str:
    """So many units of a lever as the figure that moves: "Vacant posts +2"."""
    return f"{title_of(pack, lever.main)} {lever.moves[lever.main].by * number:+g}"


def lever_words(lever: Lever, number: float) -> str:
    """ "2 posts: a vacant post is filled by …"."""
    return f"{lever.units(number)}: {lever.title[0].lower()}{lever.title[1:]}"


def says(levers: Iterator[Lever] | list[Lever]) -> Iterator[RenderableType]:
    """What a reader should know of each lever, once."""
    for lever in dict.fromkeys(levers):
        yield indented(f"{lever.title}: {capital(lever.says)}")


def grouped(said: Iterable[tuple[str, str]]) -> Iterator[RenderableType]:
    """Teams with what is said of them, those of which the same is said together."""
    by_words: dict[str, list[str]] = {}
    for team, words in said:
        by_words.setdefault(words, []).append(team)
    for words, teams in by_words.items():
        shown = ", ".join(teams[:_MOST_TEAMS]) + (f" and {len(teams) - _MOST_TEAMS} more" if len(teams) > _MOST_TEAMS else "")
        yield indented(f"{shown}: {words}")
