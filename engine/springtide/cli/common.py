"""What every command shares: options, printing, and faults turned into messages and exit codes."""

from __future__ import annotations

import difflib
import json
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from rich.console import Console, RenderableType

from ..logic.documents import SCHEMA_VERSION
from ..logic.quarter import Quarter, QuarterError, parse_quarter
from .exits import FINE, FLAGGED, INVALID, NOT_AS_FILED, NOT_SENT, OUR_FAULT, USAGE

if TYPE_CHECKING:  # what takes a while to load is loaded where it is needed
    from ..evidence import EvidenceError, EvidenceSet
    from ..logic.model import RulePack
    from ..rulepack import PackError

__all__ = ["FINE", "FLAGGED", "INVALID", "NOT_AS_FILED", "NOT_SENT", "OUR_FAULT", "USAGE"]

_WIDTH_WHEN_PIPED = 132
_MOST_PROCESSES = 4
_MOST_NAMES = 12
_NEAR, _AS_NEAR = 0.6, 0.02  # how like a name must be to be offered, and how far behind the nearest

F = TypeVar("F", bound=Callable[..., Any])


class QuarterType(click.ParamType[Quarter]):
    """A financial-year quarter on the command line."""

    name = "quarter"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Quarter:
        try:
            return value if isinstance(value, Quarter) else parse_quarter(value)
        except QuarterError as error:
            self.fail(str(error), param, ctx)


rules_option = click.option(
    "--rules", "rules", default="kent-2009", show_default=True, metavar="PACK",
    help="The rule pack: a shipped name (kent-2009, england) or a folder.",
)  # fmt: skip
quarter_option = click.option(
    "--quarter", type=QuarterType(), default=None, metavar='"2008/09 Q4"',
    help="The financial-year quarter. May be left out where the evidence holds one quarter.",
)  # fmt: skip
engine_option = click.option(
    "--engine", type=click.Choice(["both", "forward", "columnar"]), default="both", show_default=True,
    help="Which engine derives the result. With both, nothing is published unless they agree.",
)  # fmt: skip
json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document instead of text.")
skip_option = click.option(
    "--skip-bad-rows", is_flag=True, help="Leave rows with errors out, and list them, instead of stopping."
)

store_option = click.option(
    "--store", envvar="SPRINGTIDE_STORE", default=None, metavar="FILE",
    help="The store: a file, or a PostgreSQL URL; also from SPRINGTIDE_STORE. Without it, a file in your own data folder.",
)  # fmt: skip
errors_option = click.option(
    "--errors-to", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Where there are mistakes, write your own workbook there with the bad cells marked and commented.",
)  # fmt: skip


def console() -> Console:
    """Where text goes. NO_COLOR is obeyed; a pipe gets a fixed width, so that its bytes don't depend on a window."""
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False, emoji=False)
    width = os.environ.get("COLUMNS", "")
    return Console(highlight=False, markup=False, emoji=False, width=int(width) if width.isdigit() and int(width) >= 40 else _WIDTH_WHEN_PIPED)


def show(text: RenderableType) -> None:
    console().print(text, soft_wrap=False)


def show_json(document: dict[str, Any]) -> None:
    """One document, always in the same spelling; numbers that a what-if worked out, without the dust of arithmetic."""
    if document.get("what_if"):
        document = _without_dust(document)
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


_DIGITS = 12


def _without_dust(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_dust(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_without_dust(held) for held in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else "no limit"
    return value


class AnswersWhatIf(click.Command):
    """A command that answers a what-if: what is wrong with the question is told to programs too, where they asked for JSON."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        as_json = "--json" in args
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as error:
            if as_json:
                _show_errors([{"message": error.format_message()}])
            raise

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            if ctx.params.get("as_json"):
                _show_errors([{"message": error.format_message()}])
            raise


def _show_errors(errors: list[dict[str, Any]]) -> None:
    """The mistakes as a document, which says of a what-if that it is one."""
    context = click.get_current_context(silent=True)
    marked = {"what_if": True} if context is not None and isinstance(context.command, AnswersWhatIf) else {}
    show_json({"schema_version": SCHEMA_VERSION, **marked, "errors": errors})


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[str], None]]:
    """A bar on the terminal for work on several files; nothing in a pipe. Call it with each file's name as it is done."""
    if total < 2 or not sys.stderr.isatty():
        yield lambda name: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    with Progress(TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[name]}"),
                  console=Console(stderr=True), transient=True) as bar:  # fmt: skip
        task = bar.add_task(what, total=total, name="")

        def advance(name: str) -> None:
            bar.update(task, advance=1, name=name)

        yield advance


def writing(file: Path, write: Callable[[], None]) -> None:
    """Write a file; a place that can't be written to is a message and exit code 2."""
    try:
        write()
    except OSError as error:
        raise click.UsageError(f"{file} can't be written: {error.strerror or error}") from None


def count(number: int, thing: str) -> str:
    """A number with its noun: "1 team", "60 teams"."""
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


def quoted(path: str) -> str:
    """A path as it can be pasted into a command."""
    return f'"{path}"' if " " in path else path


def near(word: str, known: Iterable[str]) -> list[str]:
    """The known names most like a word, best first, whatever the capitals: all that are as near as the nearest."""
    likeness = {name: difflib.SequenceMatcher(None, name.lower(), word.lower()).ratio() for name in known}
    nearest = max(likeness.values(), default=0.0)
    if nearest < _NEAR:
        return []
    return sorted((name for name in likeness if likeness[name] >= nearest - _AS_NEAR), key=lambda name: (-likeness[name], name))


def holding(word: str, known: Iterable[str]) -> list[str]:
    """The known names that a word is part of."""
    return sorted(name for name in known if len(word) > 2 and word.lower() in name.lower())


def meant(word: str, known: Iterable[str]) -> str:
    """A hint for a name that there is not: the names it is part of, else all that are equally near; or nothing."""
    known = list(known)
    found = [f"'{name}'" for name in holding(word, known) or near(word, known)]
    return f"did you mean {listed(found, 'or')}?" if found else ""


def listed(names: list[str], joined_by: str = "and") -> str:
    """Names as a sentence lists them, and of many the first few with how many more there are."""
    if len(names) > _MOST_NAMES:
        return f"{', '.join(names[:_MOST_NAMES])} and {len(names) - _MOST_NAMES} more"
    return f" {joined_by} ".join(part for part in (", ".join(names[:-1]), *names[-1:]) if part)


T = TypeVar("T")


def one_of(name: str, teams: Sequence[T], id_of: Callable[[T], str], name_of: Callable[[T], str], where: str, command: str) -> T:
    """A team by id, or by name where only one has it. Raises UsageError with what may have been meant."""
    wanted = " ".join(name.split()).lower()
    found = [team for team in teams if id_of(team).lower() == wanted] or [team for team in teams if name_of(team).lower() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        raise click.UsageError(f"{len(found)} teams are called '{name}': {listed([id_of(team) for team in found])}; give the id")
    if any(word in (id_of(team).lower() for team in teams) for word in wanted.split()):
        raise click.UsageError(f"there is no team '{name}'; teams are told one at a time, as in {command} {name.split()[0]}")
    names = [name_of(team) for team in teams]
    alike = set(holding(wanted, names))
    held = [f"{id_of(team)} ({name_of(team)})" for team in teams if name_of(team) in alike]
    if held:
        has = "1 team has" if len(held) == 1 else f"{len(held)} teams have"
        raise click.UsageError(f"no team is called '{name}'; {has} it in the name: {listed(held)}; give the id")
    known = [*(id_of(team) for team in teams), *names]
    raise click.UsageError(f"there is no team '{name}' {where}; {meant(name, known) or 'see springtide score'}")


def pack_named(name: str) -> RulePack:
    """Raises PackError."""
    from ..rulepack import load_pack

    return load_pack(name)


def evidence_in(path: str | Path, pack: RulePack, skip_bad_rows: bool = False) -> EvidenceSet:
    """Read evidence, with a bar on the terminal where there are many workbooks."""
    from ..evidence import read_evidence

    where = Path(path)
    try:
        books = sum(1 for file in where.iterdir() if file.suffix.lower() == ".xlsx") if where.is_dir() else 1
    except OSError:
        books = 1  # reading will say what is wrong
    with progress("Reading", books) as advance:
        return read_evidence(path, pack, skip_bad_rows=skip_bad_rows, progress=lambda done, of, name: advance(name),
                             processes=min(os.cpu_count() or 1, _MOST_PROCESSES))  # fmt: skip


def reports_faults(command: F) -> F:
    """Turn what can go wrong into a message that says what to do, and the documented exit code."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (click.exceptions.ClickException, click.exceptions.Exit, click.exceptions.Abort):
            raise
        except Exception as error:
            _report(error, kwargs)
            raise

    return guarded  # type: ignore[return-value]


def _report(error: Exception, given: dict[str, Any]) -> None:
    """End with the message and the exit code of a fault that was foreseen; come back from any other."""
    from ..alerts.problems import AlertError, DirectoryError
    from ..alerts.raising.chaining import RulesDisagree
    from ..assessment import EngineUnavailable, QuarterChoiceError
    from ..engines.agreement import EnginesDisagree
    from ..evidence import EvidenceError
    from ..evidence.dfe.published import DfeFileError
    from ..history.problems import CorrectionNeedsReason, StoreError
    from ..rulepack import PackError
    from ..trial.county_files import CountyFileError
    from ..what_if.problems import WhatIfError, WhatIfFileError

    as_json = given.get("as_json", False)
    match error:
        case EvidenceError():
            _refuse(error, as_json, _mark(error, given.get("evidence") or given.get("file"), given.get("errors_to")))
        case PackError():
            _refuse(error, as_json)
        case DirectoryError():
            if as_json:
                _show_errors([vars(mistake) for mistake in error.problems])
            for mistake in error.problems:
                click.echo(str(mistake), err=True)
            click.echo(f"{count(len(error.problems), 'problem')} in the directory; nothing was sent", err=True)
            sys.exit(INVALID)
        case QuarterChoiceError() | EngineUnavailable() | StoreError() | CorrectionNeedsReason() | AlertError():
            raise click.UsageError(str(error)) from None
        case WhatIfFileError() | CountyFileError():
            if as_json:
                _show_errors([vars(problem) for problem in error.problems])
            for problem in error.problems:
                click.echo(str(problem), err=True)
            click.echo(f"{count(len(error.problems), 'problem')} in the file; nothing was worked out", err=True)
            sys.exit(INVALID)
        case WhatIfError():
            raise click.UsageError(str(error)) from None
        case KeyError() | IndexError():
            return
        case LookupError() | DfeFileError():
            if as_json:
                _show_errors([{"message": str(error)}])
            click.echo(str(error), err=True)
            sys.exit(INVALID)
        case EnginesDisagree() | RulesDisagree():
            click.echo(str(error), err=True)
            sys.exit(OUR_FAULT)


def _mark(error: EvidenceError, evidence: str | Path | None, target: Path | None) -> str:
    """Give the files back with their mistakes marked, if that was asked for; says where they are."""
    if target is None or evidence is None or not Path(evidence).exists():
        return ""
    from ..evidence.writing.marked import write_marked  # takes a while to load, and is seldom needed

    try:
        written = write_marked(Path(evidence), error.problems, target)
    except (OSError, ValueError) as fault:
        reason = fault.strerror if isinstance(fault, OSError) and fault.strerror else fault
        return f"the marked cells could not be written to {target}: {reason}"
    return f"the bad cells are marked in {written[0] if len(written) == 1 else target}" if written else ""


def _refuse(error: PackError | EvidenceError, as_json: bool, marked: str = "") -> None:
    from ..evidence import EvidenceError
    from ..reports.problems import grouped
    from ..rulepack import PackError

    problems = error.problems
    if as_json:
        _show_errors([vars(problem) for problem in problems])
    for line in grouped(error.problems) if isinstance(error, EvidenceError) else map(str, problems):
        click.echo(line, err=True)
    if isinstance(error, PackError):
        click.echo(f"{count(len(problems), 'problem')} in the rule pack; nothing was done", err=True)
    else:
        what = "it" if len(problems) == 1 else "them"
        advice = f"correct {what}, or leave the rows out with --skip-bad-rows" if error.rows_can_be_left_out else f"correct {what} first"
        click.echo(f"{count(len(problems), 'problem')} in the evidence; nothing was scored: {advice}", err=True)
        if marked:
            click.echo(marked[:1].upper() + marked[1:], err=True)
    sys.exit(INVALID)
