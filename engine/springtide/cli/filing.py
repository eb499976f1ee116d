"""springtide record, verify, replay: filing a quarter, and proving what was filed."""

from __future__ import annotations

import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from ..alerts.queueing import queue_with
from ..assessment import choose_quarter
from ..history.recording import Filing, not_filed
from ..history.recording import record as file_quarter
from ..history.replaying import replay as derive_again
from ..history.replaying import restate
from ..history.store.opening import open_store
from ..history.store.verify import verify as check
from ..logic.quarter import Quarter
from ..reports import filed as pages
from ..reports.explanation import plain
from . import common


@click.command()
@click.argument("evidence", metavar="EVIDENCE")
@common.rules_option
@common.quarter_option
@click.option("--all-quarters", is_flag=True, help="File every quarter that the evidence holds and the store does not, the oldest first.")
@common.store_option
@click.option("--by", default=None, metavar="ROLE", help="Who files it; a role says more than a name in ten years. Without it, the user's name on this computer.")
@click.option("--because", default="", metavar="WHY", help="Why the quarter is filed again. Needed where it says something else than before.")
@common.engine_option
@common.skip_option
@common.errors_option
@common.json_option
@common.reports_faults
def record(
    evidence: str, rules: str, quarter: Quarter | None, all_quarters: bool, store: str | None, by: str | None, because: str, engine: str,
    skip_bad_rows: bool, errors_to: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Score a quarter from EVIDENCE and file it: the evidence, the rules, the result and the explanation.

    Nothing that was filed is ever changed. Filing the same again does nothing; a correction is a new
    version of the quarter, with who and why.

    \b
    Examples:
      springtide record examples/kent-2009 --quarter "2008/09 Q4" --store kent.sqlite
      springtide record return.xlsx --quarter "2009/10 Q1" --because "Dover sent its sickness figures late"
      springtide record examples/ten-quarters --all-quarters
    """
    if all_quarters and (quarter is not None or because):
        raise click.UsageError("--all-quarters files what is not filed yet; a quarter is named, or corrected, one at a time")
    pack = common.pack_named(rules)
    held = common.evidence_in(evidence, pack, skip_bad_rows)
    chosen = None if all_quarters else choose_quarter(held, quarter)
    ledger = open_store(store, make=True)
    wanted = [chosen] if chosen else not_filed(ledger, held.quarters)
    if ledger.is_new and not as_json:
        click.echo(f"A new store was made: {ledger.place}")
    documents = []
    with common.progress("Filing", len(wanted)) as advance:
        for one in wanted:
            filed = file_quarter(ledger, Filing(pack, rules, held, one, by or user(), datetime.now(UTC), because, engine), plain, queue_with)
            documents.append(pages.filed_as_dict(filed, ledger.place))
            advance(str(one))
            if not as_json:
                common.show(pages.render_filed(filed, ledger.place))
    if as_json:
        common.show_json({"filed": documents} if all_quarters else documents[0])
    elif not wanted:
        click.echo(f"Every quarter of this evidence is filed already in {ledger.place}; to correct one, name it with --quarter")


def user() -> str:
    """Who runs this, where nobody said so."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "unknown"


@click.command()
@common.store_option
@click.option("--head", default="", metavar="HASH", help="A head printed on an earlier report: show that what was filed then is still there.")
@common.json_option
@common.reports_faults
def verify(store: str | None, head: str, as_json: bool) -> None:
    """Check that every record of the store is as it was filed. Exits with 5 where one is not.

    \b
    Examples:
      springtide verify --store kent.sqlite
      springtide verify --head 3f1c09ab77e2d410
    """
    ledger = open_store(store)
    found = check(ledger, head.strip())
    common.show_json(pages.verified_as_dict(found, ledger.place)) if as_json else common.show(pages.render_verified(found, ledger.place))
    if not found.holds:
        sys.exit(common.NOT_AS_FILED)


@click.command()
@click.argument("quarter", metavar="QUARTER", type=common.QuarterType())
@common.store_option
@click.option("--rules", default=None, metavar="PACK", help="Restate the quarter under other rules, beside what was said at the time. Nothing is filed.")
@click.option("--version", type=click.IntRange(1), default=None, metavar="N", help="Which version of the quarter. Without it, the one that stands.")
@common.json_option
@common.reports_faults
def replay(quarter: Quarter, store: str | None, rules: str | None, version: int | None, as_json: bool) -> None:
    """Derive a filed QUARTER again from the filed evidence and the filed rules, and compare the bytes.

    Exits with 5 where it does not come to the same.

    \b
    Examples:
      springtide replay "2008/09 Q4" --store kent.sqlite
      springtide replay "2008/09 Q4" --rules my-county
    """
    ledger = open_store(store)
    if rules is not None:
        restated = restate(ledger, quarter, common.pack_named(rules), version=version)
        common.show_json(pages.restated_as_dict(restated, ledger.place)) if as_json else common.show(pages.render_restated(restated, ledger.place))
        return
    found = derive_again(ledger, quarter, plain, version=version)
    common.show_json(pages.replayed_as_dict(found, ledger.place)) if as_json else common.show(pages.render_replayed(found, ledger.place))
    if not found.is_same:
        sys.exit(common.NOT_AS_FILED)
