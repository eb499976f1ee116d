"""The questionnaire as something to send: an order of blocks, and the two layouts in which it is written as lines.

**The forms layout** is the one that Microsoft Forms' "Quick import" is reported to read from a Word file (Microsoft's
page "Convert a Word or PDF form or quiz to Microsoft Forms", and people who tried): a title and a subtitle; then each
question as one line that begins with its number and a point, its choices beneath, one a line, each with a capital letter
and a point, and an empty line after them. Numbers and letters are typed as text, for lists made by Word's own numbering
or bullets are reported not to come through. Nothing else stands between or after the questions: whatever is no question
may be taken for one, or be joined to the choice above it. So themes have no headings here unless they are asked for.

**The print layout** is for paper: grouped by theme, with boxes to tick.

Everything here is pure: a pack and teams in, blocks and lines out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from ..logic.model import Question, Questionnaire, RulePack

TITLE = "Questionnaire on pressures and safe standards"
WHOSE_VIEW = "Whose view is this?"
# In plain words, with what responses.csv calls each.
VIEWS = {"A manager": "manager", "A practitioner": "practitioner", "The team together": "collective"}
LETTERS = 26


@dataclass(frozen=True)
class Heading:
    """A heading: level 0 is the title, 1 a theme."""

    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of the introduction."""

    text: str


@dataclass(frozen=True)
class Asked:
    """Something asked. Without choices it is answered in a few words; `statement` is one of the numbered statements."""

    text: str
    choices: tuple[str, ...] = ()
    statement: bool = False


Block = Heading | Paragraph | Asked


@dataclass(frozen=True)
class Line:
    """One paragraph of a file, with what it is; a gap is empty."""

    kind: Literal["title", "introduction", "heading", "question", "choice", "gap"]
    text: str = ""


# -- blocks ----------------------------------------------------------------------------------------


def blocks(pack: RulePack, teams: Sequence[str] = (), *, known_only: bool = False, on_paper: bool = False) -> tuple[Block, ...]:
    """The whole questionnaire in its order.

    Args:
        pack: whose questions, themes, scale and words are taken.
        teams: the choices of the question which team it is; without any it is answered in a few words.
        known_only: leave out the statements whose wording the report never gives.
        on_paper: ask for the quarter and the day as well, which a form on a screen notes by itself.
    """
    asked = statements(pack.questionnaire, known_only=known_only)
    return (
        Heading(TITLE, 0),
        *(Paragraph(text) for text in _introduction(pack, len(asked))),
        *_about_the_answer(pack, teams, on_paper),
        *_by_theme(pack.questionnaire, asked),
    )


def statements(questionnaire: Questionnaire, *, known_only: bool = False) -> tuple[Question, ...]:
    """The statements that are put, in the order of their numbers."""
    return tuple(q for q in sorted(questionnaire.questions, key=lambda q: q.number) if not (known_only and wording_unknown(q)))


def wording_unknown(question: Question) -> bool:
    """Whether the report never says what a question asked; nobody can then answer it but with "don't know"."""
    return question.favourable_when == "unknown"


def answers(questionnaire: Questionnaire) -> tuple[str, ...]:
    """The choices under each statement, best first, then what is not counted and what is not known."""
    scale = questionnaire.scale
    return (*scale.answers, scale.not_counted, scale.missing)


def which_team(pack: RulePack) -> str:
    """The first question; the export of a form has it as a heading."""
    return f"Which {pack.words.team} is this?"


def sections(questionnaire: Questionnaire, *, known_only: bool = False) -> tuple[tuple[str, str], ...]:
    """Each theme's title, with the prefix of its first statement ("Q7"): where to begin a section by hand."""
    asked = statements(questionnaire, known_only=known_only)
    titles = {theme.id: theme.title for theme in questionnaire.themes}
    return tuple((titles[theme], f"Q{next(group).number}") for theme, group in groupby(asked, key=lambda q: q.theme))


def _introduction(pack: RulePack, number: int) -> Iterator[str]:
    scale, team = pack.questionnaire.scale, pack.words.team
    yield ("This looks for pressures that raise the risk that standards may become unsafe. It is not about blame, "
           "and it judges nobody's work.")  # fmt: skip
    yield (f"There are {number} statements. For each, choose the answer that comes nearest to how things are in your {team} now. "
           f'Choose "{scale.not_counted}" for what does not concern your {team}, and "{scale.missing}" if you can\'t tell.')  # fmt: skip
    yield f"One answer that the {team} has agreed together is best. A manager or a practitioner may also answer alone."
    yield "Please write no child's name, no name of anyone on the staff and no detail of any case."


def _about_the_answer(pack: RulePack, teams: Sequence[str], on_paper: bool) -> Iterator[Asked]:
    question = which_team(pack)
    yield Asked(question, tuple(teams)) if teams else Asked(f"{question} Write its number or its name, and no person's name.")
    yield Asked(WHOSE_VIEW, tuple(VIEWS))
    if on_paper:
        yield Asked("Which quarter is it about? For example 2008/09 Q4.")
        yield Asked("On which day was it filled in?")


def _by_theme(questionnaire: Questionnaire, asked: Iterable[Question]) -> Iterator[Block]:
    choices = answers(questionnaire)
    titles = {theme.id: theme.title for theme in questionnaire.themes}
    for theme, group in groupby(asked, key=lambda q: q.theme):
        yield Heading(titles[theme], 1)
        for question in group:
            yield Asked(_statement(question, questionnaire), choices, statement=True)


def _statement(question: Question, questionnaire: Questionnaire) -> str:
    """A statement with its own number, so that the heading of an exported column carries it, whatever is asked before."""
    help_ = f' Please choose "{questionnaire.scale.missing}".' if wording_unknown(question) else ""
    return f"Q{question.number}. {question.statement}{help_}"


# -- layouts ---------------------------------------------------------------------------------------


def forms_lines(parts: Iterable[Block], *, headings: bool = False) -> tuple[Line, ...]:
    """The forms layout. The introduction is one line, a subtitle, so that at the worst one stray question comes of it."""
    lines: list[Line] = []
    number = 0
    for kind, group in groupby(parts, key=type):
        if kind is Paragraph:
            lines += [Line("introduction", " ".join(part.text for part in group)), Line("gap")]
            continue
        for part in group:
            if isinstance(part, Asked):
                number += 1
                lines.append(Line("question", f"{number}. {part.text}"))
                lines += [Line("choice", f"{letter(place)}. {choice}") for place, choice in enumerate(part.choices)]
                lines.append(Line("gap"))
            elif isinstance(part, Heading) and part.level == 0:
                lines.append(Line("title", part.text))
            elif headings:
                lines += [Line("heading", part.text), Line("gap")]
    return tuple(lines[:-1]) if lines and lines[-1].kind == "gap" else tuple(lines)


def letter(place: int) -> str:
    """A, B, … Z, AA, AB, … for 0, 1, …, as a spreadsheet names its columns."""
    return (letter(place // LETTERS - 1) if place >= LETTERS else "") + chr(ord("A") + place % LETTERS)


def print_lines(parts: Iterable[Block]) -> tuple[Line, ...]:
    """The print layout as text: each choice after a box; a blank to write on where there are none."""
    lines: list[Line] = []
    for part in parts:
        if isinstance(part, Heading):
            lines.append(Line("heading" if part.level else "title", part.text))
        elif isinstance(part, Paragraph):
            lines.append(Line("introduction", part.text))
        else:
            lines.append(Line("question", part.text))
            lines.append(Line("choice", "   ".join(f"[ ] {choice}" for choice in part.choices) or "_" * 40))
        lines.append(Line("gap"))
    return tuple(lines[:-1])


def as_text(lines: Iterable[Line]) -> str:
    """Lines as plain text, ended by a line feed."""
    return "\n".join(line.text for line in lines) + "\n"


_MARKED = {"title": "# ", "heading": "## "}
_MARKDOWN = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#&|~"})


def as_markdown(lines: Iterable[Line]) -> str:
    """Lines as Markdown that looks the same when it is shown: choices keep their lines, and text marks up nothing."""
    return "\n".join(_markdown(line) for line in lines) + "\n"


def _markdown(line: Line) -> str:
    ending = "  " if line.kind in ("question", "choice") else ""  # Markdown's break of a line
    return _MARKED.get(line.kind, "") + line.text.translate(_MARKDOWN) + ending
