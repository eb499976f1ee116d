"""The group of all commands, and what happens when something goes wrong that nobody foresaw."""

from __future__ import annotations

import gc
import io
import os
import sys

import click

from .. import __version__
from .exits import OUR_FAULT
from .lazily import Lazily

_EPILOG = "Exit codes: 0 fine; 1 a fault of ours; 2 usage; 3 the rules or the evidence are invalid; 4 a team is flagged at or above --fail-on; 5 a filed record is not as it was filed; 6 an alert could not be sent."

_RARELY = 200_000  # new objects between two looks
_PLACES = {
    "demo": "demo:demo", "score": "score:score", "explain": "explain:explain", "findings": "findings:findings",
    "rules": "rules:rules", "template": "template:template", "questionnaire": "questionnaire:questionnaire",
    "import": "imports:import_", "record": "filing:record", "compare": "history:compare", "history": "history:history",
    "verify": "filing:verify", "replay": "filing:replay", "whatif": "what_if:whatif", "tipping": "tipping:tipping", "clear": "tipping:clear",
    "robustness": "robustness:robustness", "assumptions": "robustness:assumptions",
    "alerts": "alerts:alerts",
}  # fmt: skip


@click.group(cls=Lazily, places=_PLACES, epilog=_EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="springtide")
def cli() -> None:
    """Which teams are under pressures that coincide, why, how sure that is, and what would change it.

    \b
    Start here:
      springtide demo
      springtide score examples/kent-2009 --rules kent-2009 --quarter "2008/09 Q4"
      springtide explain T017 --evidence examples/kent-2009 --quarter "2008/09 Q4"
    """


def main() -> None:
    """Run the command line; an unforeseen fault is exit code 1 with one line, or a traceback on request."""
    # A command makes much and soon ends: looking for rubbish as often as Python does by itself takes a tenth of its time.
    gc.set_threshold(_RARELY)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a mark in place of what the terminal's encoding lacks
    try:
        cli.main(standalone_mode=True)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:
        if os.environ.get("SPRINGTIDE_DEBUG"):
            raise
        click.echo(f"A fault of springtide's own: {type(error).__name__}: {error}", err=True)
        click.echo("Set SPRINGTIDE_DEBUG=1 and run it again to see where; please report that.", err=True)
        sys.exit(OUR_FAULT)
