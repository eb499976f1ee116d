"""springtide rules: read, check and test a rule pack. What assures a pack is in assurance.py."""

from __future__ import annotations

import json
import sys

import click

from ..assurance import lint
from ..logic.quarter import Quarter
from ..reports import assurance_pages, rule_list, rule_pages
from ..rulepack import load_beneath
from ..rulepack.examples import moved_by_layer, run_examples
from ..rulepack.json_schema import pack_schema
from . import assurance, common


@click.group("rules")
def rules() -> None:
    """Read, check and test a rule pack."""


@rules.command("list")
@common.rules_option
@common.json_option
@common.reports_faults
def list_rules(rules: str, as_json: bool) -> None:
    """Every rule of a pack, stratum by stratum, with its paragraphs.

    \b
    Example:
      springtide rules list --rules england
    """
    pack = common.pack_named(rules)
    common.show_json(rule_list.list_as_dict(pack)) if as_json else common.show(rule_list.render_list(pack))


@rules.command("show")
@click.argument("rule", metavar="ID", nargs=-1, required=True)
@common.rules_option
@common.json_option
@common.reports_faults
def show_rule(rule: tuple[str, ...], rules: str, as_json: bool) -> None:
    """One rule, measure, threshold, question, paragraph, theme or level in full.

    A name may be written in any case: R3 or r3, Q4, para 29 or 29, P16a, theme record, level watch.

    \b
    Examples:
      springtide rules show R3
      springtide rules show vacancy_rate_present --rules england
      springtide rules show para 29
      springtide rules show theme record
    """
    pack = common.pack_named(rules)
    name = " ".join(rule)
    page = rule_pages.page(pack, name)
    if page is None and len(rule) > 1 and any(rule_pages.page(pack, word) for word in rule):
        raise click.UsageError(f"nothing is called '{name}', and things are shown one at a time: springtide rules show {rule[0]}")
    if page is None:
        raise click.UsageError(f"pack {pack.id} has nothing called '{name}'; {common.meant(name, rule_pages.names(pack)) or 'see springtide rules list'}")
    common.show_json(page.as_dict(pack)) if as_json else common.show(page.render())


@rules.command("check")
@click.argument("pack", metavar="PACK")
@common.json_option
@common.reports_faults
def check(pack: str, as_json: bool) -> None:
    """Load a pack, report every mistake at once, then reason about what its rules can come to.

    Mistakes come as file:line:column. Findings have a code (docs/reference/findings) and a team that
    shows them.

    \b
    Example:
      springtide rules check rules/kent-2009
    """
    loaded = common.pack_named(pack)
    found = lint.check(loaded)
    loud = [one for one in found if not one.silenced_because]
    if as_json:
        common.show_json(assurance_pages.findings_as_dict(loaded, found))
    else:
        for line in assurance_pages.findings_text(loud):
            click.echo(line)
        click.echo(assurance_pages.checked(loaded, found))
    if loud:
        sys.exit(common.INVALID)


@rules.command("test")
@click.argument("pack", metavar="PACK")
@common.quarter_option
@common.json_option
@common.reports_faults
def test(pack: str, quarter: Quarter | None, as_json: bool) -> None:
    """Run the examples inside the rules.

    An example of the pack beneath that holds there, and comes to something else under what this layer
    changes, is listed and is no failure: see that it is what you mean.

    \b
    Example:
      springtide rules test kent-2009
    """
    loaded = common.pack_named(pack)
    outcomes = list(run_examples(loaded, quarter))
    beneath = load_beneath(pack) if any(not outcome.passed for outcome in outcomes) else None
    moved = moved_by_layer(loaded, beneath, outcomes, quarter) if beneath else ()
    failed = [outcome for outcome in outcomes if not outcome.passed and outcome not in moved]
    if as_json:
        common.show_json(assurance_pages.examples_as_dict(loaded, outcomes, moved))
    else:
        for line in assurance_pages.examples_text(loaded, beneath, outcomes, moved):
            click.echo(line)
    if failed:
        sys.exit(common.INVALID)


@rules.command("schema")
@click.argument("kind", required=False, metavar="[KIND]")
def schema(kind: str | None) -> None:
    """Print the JSON Schema of the rule language, for editors; of one KIND of file, or of all.

    \b
    Example:
      springtide rules schema "risk rule" > risk.schema.json
    """
    try:
        click.echo(json.dumps(pack_schema(kind), indent=2, ensure_ascii=False))
    except KeyError as error:
        raise click.UsageError(str(error.args[0])) from None


@rules.command("trace")
@common.rules_option
@common.json_option
@common.reports_faults
def trace(rules: str, as_json: bool) -> None:
    """The report paragraph by paragraph: which rules encode it, or why none does.

    \b
    Example:
      springtide rules trace
    """
    pack = common.pack_named(rules)
    common.show_json(rule_list.trace_as_dict(pack)) if as_json else common.show(rule_list.render_trace(pack))


for command in (assurance.coverage, assurance.mutate, assurance.prove, assurance.try_, assurance.diff, assurance.new):
    rules.add_command(command)
