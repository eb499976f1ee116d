"""springtide questionnaire: the 48 statements as a file to send."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import click

from ..evidence import read_teams
from ..evidence.reading.team_list import label
from ..logic.documents import SCHEMA_VERSION
from ..logic.model import RulePack
from ..reports import questionnaire as page
from ..reports.wording import counted
from . import common

_LAYOUTS = {
    "forms": "Microsoft Forms, Quick import: a number and a point before each question, a capital letter and a point before "
    "each choice, one a line, an empty line between questions; all typed as text, no lists and no tables",
    "print": "paper: a table for each theme, with a box under each answer",
}
_KINDS = (".docx", ".txt", ".md")


@click.command()
@common.rules_option
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), default=Path("questionnaire.docx"), show_default=True,
              metavar="FILE", help="Where to write it: .docx for Word; .txt or .md for text in the same layout.")  # fmt: skip
@click.option("--for", "layout", type=click.Choice(list(_LAYOUTS)), default="forms", show_default=True,
              help="For Microsoft Forms' Quick import, or for paper.")  # fmt: skip
@click.option("--teams", type=click.Path(path_type=Path, dir_okay=False), default=None, metavar="FILE",
              help="A teams.csv, whose teams are the choices of the first question.")  # fmt: skip
@click.option("--known-only", is_flag=True, help="Leave out the statements whose wording the report never gives.")
@click.option("--headings", is_flag=True, help="For forms: write the themes as headings too; Quick import may take them for questions.")
@click.option("--overwrite", is_flag=True, help="Write over a file that is there already.")
@common.json_option
@common.reports_faults
def questionnaire(
    rules: str, output: Path, layout: str, teams: Path | None, known_only: bool, headings: bool, overwrite: bool, as_json: bool
) -> None:
    """Write the questionnaire as a Word file, to build a form from or to print.

    For forms it is laid out as Microsoft Forms' Quick import is reported to read it: each question is one line that
    begins with its number and a point; its choices stand beneath it, one a line, each with a capital letter and a point;
    an empty line follows. Numbers and letters are typed, not made by Word. First come which team it is and whose view;
    then the statements, each with its own number (Q1 to Q48), which the heading of its exported column will carry.

    What Forms makes of it can't be checked here: try it with the first page before you send anything.

    \b
    Example:
      springtide questionnaire --teams examples/kent-2009/teams.csv -o questionnaire.docx
      springtide questionnaire --for print -o questionnaire-on-paper.docx
    """
    pack = common.pack_named(rules)
    if output.suffix.lower() not in _KINDS:
        raise click.BadParameter(f"'{output.name}' ends in none of {', '.join(_KINDS)}", param_hint="-o")
    if output.exists() and not overwrite:
        raise click.UsageError(f"{output} is there already; give another name with -o, or write over it with --overwrite")
    choices = tuple(dict.fromkeys(label(team) for team in read_teams(teams, pack).teams)) if teams else ()
    parts = page.blocks(pack, choices, known_only=known_only, on_paper=layout == "print")
    _write(output, _content(parts, output.suffix.lower(), layout, headings))
    number = len(page.statements(pack.questionnaire, known_only=known_only))
    if as_json:
        common.show_json({"schema_version": SCHEMA_VERSION, "file": str(output), "questions": number, "layout": layout})
        return
    click.echo(f"{output}: {counted(number, 'statement')} in {counted(len(page.sections(pack.questionnaire, known_only=known_only)), 'theme')}")
    click.echo(f"Layout: {_LAYOUTS[layout]}")
    for note in _notes(pack, layout, len(choices), known_only, headings):
        click.echo(f"  {note}")


def _content(parts: tuple[page.Block, ...], kind: str, layout: str, headings: bool) -> bytes:
    if kind != ".docx":
        lines = page.forms_lines(parts, headings=headings) if layout == "forms" else page.print_lines(parts)
        as_text: Callable[[tuple[page.Line, ...]], str] = page.as_markdown if kind == ".md" else page.as_text
        return as_text(lines).encode()
    from ..reports import word_file  # python-docx takes a while to load, and no other command needs it

    return word_file.forms_file(page.forms_lines(parts, headings=headings)) if layout == "forms" else word_file.print_file(parts)


def _write(output: Path, content: bytes) -> None:
    """Beside its place first, then moved there: what was there stays whole if it can't be written."""
    part = output.with_name(f".{output.name}.part")
    try:
        part.write_bytes(content)
        part.replace(output)
    except OSError as error:
        raise click.UsageError(f"{output} can't be written: {error.strerror}") from None


def _notes(pack: RulePack, layout: str, teams: int, known_only: bool, headings: bool) -> Iterator[str]:
    unknown = [f"Q{question.number}" for question in page.statements(pack.questionnaire) if page.wording_unknown(question)]
    if unknown and known_only:
        yield f"Left out, for the report never says what they ask: {', '.join(unknown)}. The others keep their numbers."
    elif unknown:
        yield (f"The report never says what {', '.join(unknown)} ask, so each asks for \"{pack.questionnaire.scale.missing}\"; "
               "--known-only leaves them out.")  # fmt: skip
    if layout == "print":
        return
    if teams > page.LETTERS:
        yield f"{teams} teams are more than the alphabet has letters; after Z come AA, AB, …: look at these choices first."
    if not teams:
        yield "Without --teams the first question is answered in a few words; a list of teams is safer."
    if headings:
        yield "Themes are headings: Quick import may take one for a question, or join it to the choice above it."
    else:
        where = "; ".join(f"{first} {title}" for title, first in page.sections(pack.questionnaire, known_only=known_only))
        yield f"Themes are not in the file, for Quick import makes no sections. To add them in Forms, begin a section at: {where}."
    yield "Not checked here: what Forms makes of it. Try the first page alone; compare every question and choice with the file."
    yield "A file can't make a question required: in Forms, do that for the first two."
