"""What every command shares: options, printing, and faults turned into messages and exit codes."""

from __future__ import annotations

import difflib
import json
import os
import sys
from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console, RenderableType

from ..assessment import SCHEMA_VERSION, EngineUnavailable, QuarterChoiceError
from ..engines.agreement import EnginesDisagree
from ..evidence import EvidenceError, EvidenceSet, read_evidence
from ..evidence.dfe_workforce import DfeFileError
from ..logic.model import RulePack
from ..logic.quarter import Quarter, QuarterError, parse_quarter
from ..rulepack import PackError, load_pack

FINE, OUR_FAULT, USAGE, INVALID, FLAGGED = range(5)
_WIDTH_WHEN_PIPED = 132
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


def console() -> Console:
    """Where text goes. NO_COLOR is obeyed; a pipe gets a fixed width, so that its bytes don't depend on a window."""
    if sys.stdout.isatty():
        return Console(highlight=False, markup=False, emoji=False)
    width = os.environ.get("COLUMNS", "")
    return Console(highlight=False, markup=False, emoji=False, width=int(width) if width.isdigit() and int(width) >= 40 else _WIDTH_WHEN_PIPED)


def show(text: RenderableType) -> None:
    console().print(text, soft_wrap=False)


def show_json(document: dict[str, Any]) -> None:
    """One document, always in the same spelling."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False))


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


def pack_named(name: str) -> RulePack:
    return load_pack(name)


def evidence_in(folder: str | Path, pack: RulePack, skip_bad_rows: bool = False) -> EvidenceSet:
    return read_evidence(folder, pack, skip_bad_rows=skip_bad_rows)


def reports_faults(command: F) -> F:
    """Turn what can go wrong into a message that says what to do, and the documented exit code."""

    @wraps(command)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (PackError, EvidenceError) as error:
            _refuse(error, kwargs.get("as_json", False))
        except (QuarterChoiceError, EngineUnavailable) as error:
            raise click.UsageError(str(error)) from None
        except (LookupError, DfeFileError) as error:
            if isinstance(error, (KeyError, IndexError)):
                raise
            if kwargs.get("as_json", False):
                show_json({"schema_version": SCHEMA_VERSION, "errors": [{"message": str(error)}]})
            click.echo(str(error), err=True)
            sys.exit(INVALID)
        except EnginesDisagree as error:
            click.echo(str(error), err=True)
            sys.exit(OUR_FAULT)

    return guarded  # type: ignore[return-value]


def _refuse(error: PackError | EvidenceError, as_json: bool) -> None:
    problems = error.problems
    if as_json:
        show_json({"schema_version": SCHEMA_VERSION, "errors": [vars(problem) for problem in problems]})
    for problem in problems:
        click.echo(str(problem), err=True)
    if isinstance(error, PackError):
        click.echo(f"{_count(len(problems))} in the rule pack; nothing was done", err=True)
    else:
        what = "it" if len(problems) == 1 else "them"
        advice = f"correct {what}, or leave the rows out with --skip-bad-rows" if error.rows_can_be_left_out else f"correct {what} first"
        click.echo(f"{_count(len(problems))} in the evidence; nothing was scored: {advice}", err=True)
    sys.exit(INVALID)


def _count(number: int) -> str:
    return "1 problem" if number == 1 else f"{number} problems"
