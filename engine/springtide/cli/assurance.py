"""springtide rules coverage, mutate, prove, try, diff, new: the assurance of a rule pack."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import Progress

from ..assurance import scaffold
from ..assurance.coverage import coverage as cover
from ..assurance.difference import changes, compare
from ..assurance.mutants import mutate as try_mutants
from ..assurance.mutants import share_killed
from ..assurance.proofs import prove as prove_pack
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..reports import assurance_pages as pages
from . import common

_LEAST_KILLED = 95
_COUNTIES, _SIZE, _SEED = 200, 60, 1


@click.command("coverage")
@click.argument("pack", metavar="PACK")
@common.quarter_option
@common.json_option
@common.reports_faults
def coverage(pack: str, quarter: Quarter | None, as_json: bool) -> None:
    """How far the examples inside the rules show every condition at work (MC/DC).

    Each atomic condition must be seen met, not met and not known, deciding the outcome alone. What no
    example shows is listed with an example that would.

    \b
    Example:
      springtide rules coverage kent-2009
    """
    loaded = common.pack_named(pack)
    found = cover(loaded, quarter)
    if as_json:
        common.show_json(pages.coverage_as_dict(loaded, found))
    else:
        for line in pages.coverage_text(loaded, found):
            click.echo(line)
    if found.uncovered:
        sys.exit(common.INVALID)


@click.command("mutate")
@click.argument("pack", metavar="PACK")
@common.quarter_option
@click.option(
    "--at-least", "least", type=click.IntRange(0, 100), default=_LEAST_KILLED, show_default=True, metavar="PERCENT",
    help="Exit with 3 if the examples notice a smaller share.",
)  # fmt: skip
@common.json_option
@common.reports_faults
def mutate(pack: str, quarter: Quarter | None, least: int, as_json: bool) -> None:
    """Make small mistakes in every rule and see whether its own examples notice.

    Thresholds are moved by their smallest step, comparisons flipped, clauses dropped, all and any
    swapped, levels and severities changed. What no example notices is listed with one that would.

    \b
    Example:
      springtide rules mutate kent-2009
    """
    loaded = common.pack_named(pack)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Trying small mistakes", total=None)
        tried = try_mutants(loaded, quarter, lambda done, of: bar.update(task, completed=done, total=of))
    if as_json:
        common.show_json(pages.mutants_as_dict(loaded, tried))
    else:
        for line in pages.mutants_text(loaded, tried):
            click.echo(line)
    killed, could_be, _ = share_killed(tried)
    if killed * 100 < least * could_be:
        sys.exit(common.INVALID)


@click.command("prove")
@click.argument("pack", metavar="PACK")
@common.json_option
@common.reports_faults
def prove(pack: str, as_json: bool) -> None:
    """Prove that worse evidence never looks better, that missing is never safe, and the other promises.

    Decided for every combination of evidence that the rules can tell apart. A promise that is broken is
    shown with the smallest pair of teams that breaks it.

    \b
    Example:
      springtide rules prove england
    """
    loaded = common.pack_named(pack)
    proofs = prove_pack(loaded)
    common.show_json(pages.proofs_as_dict(loaded, proofs)) if as_json else common.show(pages.render_proofs(loaded, proofs))
    if not all(proof.holds for proof in proofs):
        sys.exit(common.INVALID)


@click.command("try")
@click.argument("pack", metavar="PACK")
@click.option(
    "--like", metavar="COUNTY", default=None,
    help="What county to invent: england-2009, kent-2009, england-2025, or a file of your own. Without it, England at the pack's time.",
)
@click.option(
    "--quarter", type=common.QuarterType(), default=None, metavar='"2008/09 Q4"',
    help="With the values of which quarter to score. Without it, the county's, or the pack's newest if they are later.",
)
@click.option("--counties", type=click.IntRange(2, 5000), default=_COUNTIES, show_default=True, metavar="N", help="Counties of each kind.")
@click.option("--size", type=click.IntRange(4, 500), default=_SIZE, show_default=True, metavar="N", help="Teams in each county.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=_SEED, show_default=True, metavar="N", help="The same seed, the same counties.")
@click.option("--sources", is_flag=True, help="Say of each assumption where it comes from.")
@common.json_option
@common.reports_faults
def try_(pack: str, like: str | None, quarter: Quarter | None, counties: int, size: int, seed: int, sources: bool, as_json: bool) -> None:
    """Try a pack on invented counties whose truth is known: what it flags by chance, and what it finds.

    In an ordinary county every team is alike and only chance differs, so that whatever is flagged is a false alarm. In the
    others a tenth of the teams are truly worse, as it says. Exits with 3 where the pack flags more by chance, or finds less,
    than the county's file allows.

    \b
    Examples:
      springtide rules try kent-2009
      springtide rules try my-county --like our-county.yaml --size 24
    """
    from ..reports import tried  # with pandas, takes a while to load
    from ..trial.trying import try_pack

    loaded = common.pack_named(pack)
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Scoring invented counties", total=None)
        found = try_pack(
            loaded, like, quarter, counties=counties, size=size, seed=seed, progress=lambda done, of: bar.update(task, completed=done, total=of)
        )
    common.show_json(tried.as_dict(found)) if as_json else common.show(tried.render(found, sources))
    if not found.kept:
        sys.exit(common.INVALID)


@click.command("diff")
@click.argument("old", metavar="OLD")
@click.argument("new", metavar="NEW")
@click.option("--prove", "prove_it", is_flag=True, help="Prove that every team comes to the same, or show the smallest that does not.")
@click.option("--evidence", metavar="FOLDER", default=None, help="Say which teams of this evidence the change would move.")
@click.option("--store", metavar="FILE", default=None, help="Say which teams it would move in every quarter filed in this store. Nothing is filed.")
@common.quarter_option
@common.json_option
@common.reports_faults
def diff(old: str, new: str, prove_it: bool, evidence: str | None, store: str | None, quarter: Quarter | None, as_json: bool) -> None:
    """What differs between two packs, and whom it would move.

    With --prove, exits with 3 unless the packs are equivalent.

    \b
    Examples:
      springtide rules diff kent-2009 my-county --evidence examples/kent-2009 --quarter "2008/09 Q4"
      springtide rules diff kent-2009 my-county --prove
      springtide rules diff kent-2009 my-county --store kent.sqlite
    """
    before, after = common.pack_named(old), common.pack_named(new)
    changed = changes(before, after)
    compared = compare(before, after) if prove_it else None
    document = pages.diff_as_dict(before, after, changed, compared)
    if not as_json:
        for line in (*pages.diff_text(before, after, changed), *(pages.comparison_text(before, after, compared) if compared else ())):
            click.echo(line)
    if evidence is not None:
        from ..assessment import assess  # with the engines, takes a while to load
        from ..reports import moved as movers

        was, would_be = (assess(pack, common.evidence_in(evidence, pack), quarter) for pack in (before, after))
        found = movers.moved(was, would_be)
        document |= movers.as_dict(was, would_be, found)
        if not as_json:
            common.show(movers.render(was, would_be, found))
    if store is not None:
        document |= _over_filed_quarters(store, before, after, as_json)
    if as_json:
        common.show_json(document)
    if compared is not None and not compared.equivalent:
        sys.exit(common.INVALID)


def _over_filed_quarters(place: str, before: RulePack, after: RulePack, as_json: bool) -> dict[str, Any]:
    """Show what a change of rules would have done to what is filed; gives the same as plain data."""
    from ..history.restating import count_filed, over_filed_quarters  # with the database, takes a while to load
    from ..history.store.opening import open_store
    from ..reports import restated

    store = open_store(place)
    with common.progress("Scoring filed quarters", count_filed(store)) as advance:
        found, head = over_filed_quarters(store, before, after, advance)
    if not as_json:
        common.show(restated.render(after, found, store.place, head))
    return restated.as_dict(found, store.place, head)


@click.command("new")
@click.argument("kind", type=click.Choice(scaffold.KINDS), metavar="KIND")
@click.argument("name", metavar="ID")
@click.option("--pack", "folder", default=".", show_default=True, metavar="FOLDER", help="The pack's folder; for a new pack, where to make it.")
@click.option("--builds-on", default="kent-2009", show_default=True, metavar="PACK", help="For a new pack: the pack beneath.")
@click.option("--measure", default=None, metavar="NAME", help="What the rule reads. Without it, the caseload.")
@click.option("--cites", default="para 24", show_default=True, metavar='"para N"', help="The paragraph of the report.")
@click.option("--level", default="increased", show_default=True, metavar="LEVEL", help="For a risk rule: the level it gives.")
@common.reports_faults
def new(kind: str, name: str, folder: str, builds_on: str, measure: str | None, cites: str, level: str) -> None:
    """Write a new rule with its four examples, or a new pack, ready to be changed.

    KIND is pack, team-pressure, county-pressure, risk, notice or confidence.

    The rule loads and its examples hold at once; its words are still to be written, and
    `springtide rules check` says which.

    \b
    Examples:
      springtide rules new pack my-county
      springtide rules new notice many_held_cases --pack my-county --measure cases_held_by_managers
    """
    try:
        if kind == "pack":
            written = scaffold.new_pack(Path(folder), name, builds_on)
        else:
            written = scaffold.new_rule(Path(folder), kind, name, measure, cites, level)
    except scaffold.ScaffoldError as error:
        raise click.UsageError(str(error)) from None
    click.echo(f"wrote {written}")
    if kind == "pack":
        click.echo(f"next: springtide rules new notice my_rule --pack {written.parent}")
    else:
        click.echo(f"next: write its words, then springtide rules check {folder} and springtide rules test {folder}")
