"""springtide alerts: rehearsed, switched on, previewed, sent, answered."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import click
from sqlalchemy import Connection

from ..alerts.answering import Kind
from ..alerts.answering import answer as file_answer
from ..alerts.channels.opening import CHANNELS, open_channel
from ..alerts.escalating import queue_reminders, waiting
from ..alerts.overview import entries, overview
from ..alerts.people.directory import Addressee, Directory, check_against, for_stand_in, recipients
from ..alerts.people.directory_files.reader import read_directory
from ..alerts.people.working_days import LONDON
from ..alerts.previewing import Finishing, previewed, teams_of
from ..alerts.problems import DirectoryError
from ..alerts.queueing import start as switch_on
from ..alerts.rehearsing import filed
from ..alerts.rehearsing import rehearse as go_through
from ..alerts.replying import RightOfReply
from ..alerts.sending import outbox
from ..alerts.sending.sender import send_due
from ..history.store.opening import Store, open_store
from ..logic.documents import SCHEMA_VERSION
from ..logic.quarter import Quarter
from ..reports.alerts import preview as preview_pages
from ..reports.alerts import rehearsal
from ..reports.alerts import status as pages
from ..reports.alerts.wording import post_words
from . import common
from .filing import user

directory_option = click.option(
    "--managers", "directory", envvar="SPRINGTIDE_MANAGERS", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Who holds which post: managers.yaml, or a CSV file; also from SPRINGTIDE_MANAGERS.",
)  # fmt: skip
by_option = click.option("--by", default=None, metavar="ROLE", help="Who does it; a role says more than a name. Without it, the user's name on this computer.")


@click.group("alerts")
def alerts() -> None:
    """Tell managers what changed, once, and take their answers.

    \b
    In this order:
      springtide alerts rehearse --store kent.sqlite      how many there would have been
      springtide alerts start --store kent.sqlite         from now on, with each quarter that is filed
      springtide alerts preview --store kent.sqlite       read them before they go
      springtide alerts send --store kent.sqlite --managers managers.yaml
      springtide alerts answer 3F1C09AB --agree --store kent.sqlite
    """


@alerts.command()
@common.store_option
@click.option("--rules", default=None, metavar="PACK", help="Under other rules, to judge a threshold before it goes live. Without it, those that each quarter was filed under.")
@common.json_option
@common.reports_faults
def rehearse(store: str | None, rules: str | None, as_json: bool) -> None:
    """Go through the filed quarters as if alerts had been on from the first. Nothing is queued, and nothing sent.

    \b
    Examples:
      springtide alerts rehearse --store kent.sqlite
      springtide alerts rehearse --store kent.sqlite --rules my-county
    """
    ledger = open_store(store)
    pack = None if rules is None else common.pack_named(rules)
    with common.progress("Rehearsing", filed(ledger)) as advance:
        found = go_through(ledger, pack, advance)
    common.show_json({"schema_version": SCHEMA_VERSION, **rehearsal.as_dict(found)}) if as_json else common.show(rehearsal.render(found))


@alerts.command()
@common.store_option
@click.option("--from", "quarter", type=common.QuarterType(), default=None, metavar='"2009/10 Q1"',
              help="The newest filed quarter, to tell of what stands in it now; or a later one. Without it, the one that follows the newest.")  # fmt: skip
@by_option
@common.json_option
@common.reports_faults
def start(store: str | None, quarter: Quarter | None, by: str | None, as_json: bool) -> None:
    """Switch alerts on: from that quarter on, each is queued together with the quarter that raises it.

    \b
    Examples:
      springtide alerts start --store kent.sqlite
      springtide alerts start --store kent.sqlite --from "2009/10 Q1"
    """
    ledger = _to_write(store)
    begun = switch_on(ledger, quarter, by or user(), datetime.now(UTC))
    if as_json:
        common.show_json({"schema_version": SCHEMA_VERSION, "from": str(begun.quarter), "queued": begun.queued})
        return
    click.echo(f"Alerts are on from {begun.quarter}. {common.count(begun.queued, 'message')} queued now.")
    click.echo("Each quarter that is filed from now on queues its own; springtide alerts preview shows them, springtide alerts send delivers them.")


@alerts.command()
@common.store_option
@directory_option
@click.option("--quarter", type=common.QuarterType(), default=None, metavar='"2009/10 Q1"', help="Which filed quarter. Without it, the newest.")
@common.json_option
@common.reports_faults
def preview(store: str | None, directory: Path | None, quarter: Quarter | None, as_json: bool) -> None:
    """Read what is queued and not sent; or, before alerts are on, what that quarter would have queued. Nothing is sent.

    \b
    Examples:
      springtide alerts preview --store kent.sqlite
      springtide alerts preview --store kent.sqlite --managers managers.yaml --quarter "2008/09 Q4"
    """
    ledger = open_store(store)
    found = previewed(ledger, quarter, datetime.now(UTC))
    find = None if directory is None else _finder(_directory(directory, ledger), ledger)
    today = datetime.now(LONDON).date()
    common.show_json({"schema_version": SCHEMA_VERSION, **preview_pages.as_dict(found, find, today)}) if as_json else common.show(preview_pages.render(found, find, today))


@alerts.command()
@common.store_option
@directory_option
@click.option("--by", "channel", type=click.Choice([*CHANNELS]), default="folder", show_default=True, envvar="SPRINGTIDE_ALERTS_BY", help="The channel; its settings come from the environment.")
@click.option("--to", type=click.Path(path_type=Path), default=None, metavar="FOLDER", help="Where the channel folder writes its .eml files.  [default: alerts-to-send]")
@click.option("--again", multiple=True, metavar="MESSAGE", help="A message that was set aside or failed, to be tried again now; may be given again; all: whatever was set aside.")
@common.json_option
@common.reports_faults
def send(store: str | None, directory: Path | None, channel: str, to: Path | None, again: tuple[str, ...], as_json: bool) -> None:
    """Send what is due, and remind of what nobody answered in time. Safe to run from a timetable, and twice at once.

    Exits with 6 where something could not be sent: it waits for the next run, or was set aside.

    \b
    Examples:
      springtide alerts send --store kent.sqlite --managers managers.yaml
      SPRINGTIDE_SMTP_HOST=mail.example SPRINGTIDE_MAIL_FROM=alerts@anyshire.example \\
        springtide alerts send --store kent.sqlite --managers managers.yaml --by smtp
    """
    if directory is None:
        raise click.UsageError("say who holds which post: --managers FILE, or SPRINGTIDE_MANAGERS (examples/ten-quarters/managers.yaml is one to copy from)")
    if to is not None and channel != "folder":
        raise click.UsageError("--to is where the channel folder writes; other channels have their settings in the environment")
    ledger = _to_write(store)
    find = _finder(_directory(directory, ledger), ledger)
    settings = {**os.environ} | ({"SPRINGTIDE_MAIL_FOLDER": str(to)} if to else {})
    added: list[int] = []

    def first(connection: Connection, now: datetime) -> None:
        outbox.give_back(connection, outbox.set_aside(connection) if "all" in again else [one.strip().upper() for one in again], now)
        added.append(queue_reminders(connection, now))

    way = open_channel(channel, settings)
    try:
        report = send_due(ledger, find, way, lambda: datetime.now(UTC), first=first, finish=Finishing().finish, hold=RightOfReply().holds, for_whom=for_stand_in)
    finally:
        way.close()
    with ledger.reading() as connection:
        aside = len(outbox.set_aside(connection))
    where = settings.get("SPRINGTIDE_MAIL_FOLDER", "alerts-to-send") if channel == "folder" else ""
    reminders = sum(added)
    if as_json:
        common.show_json({"schema_version": SCHEMA_VERSION, **pages.sent_as_dict(report, channel, where, reminders, aside)})
    else:
        common.show(pages.render_sent(report, channel, where, reminders, aside))
    if report.failed or aside or (report.stopped and not report.another_at_work):
        sys.exit(common.NOT_SENT)


@alerts.command()
@common.store_option
@click.option("--quarter", type=common.QuarterType(), default=None, metavar='"2009/10 Q1"', help="Which filed quarter. Without it, the newest.")
@common.json_option
@common.reports_faults
def status(store: str | None, quarter: Quarter | None, as_json: bool) -> None:
    """What was raised, what became of each message, what was answered, and what is overdue.

    \b
    Example:
      springtide alerts status --store kent.sqlite
    """
    ledger = open_store(store)
    found, now = overview(ledger, quarter), datetime.now(UTC)
    common.show_json({"schema_version": SCHEMA_VERSION, **pages.as_dict(found, ledger.place, now)}) if as_json else common.show(pages.render(found, ledger.place, now))


@alerts.command()
@click.argument("ids", metavar="ID", nargs=-1, required=True)
@click.option("--agree", is_flag=True, help="It was seen, and is taken to be so.")
@click.option("--disagree", default=None, metavar="WHY", help="It is not so, and why. It is recorded beside the team, and changes no level.")
@click.option("--action", default=None, metavar="WHAT", help="What is being done.")
@common.store_option
@by_option
@common.json_option
@common.reports_faults
def answer(ids: tuple[str, ...], agree: bool, disagree: str | None, action: str | None, store: str | None, by: str | None, as_json: bool) -> None:
    """Answer one or more alerts by their ID, which stands in the letter.

    What is written is kept in the store for good, and shown beside the team: no name of a child or of staff.

    \b
    Examples:
      springtide alerts answer 3F1C09AB --agree --by "district manager, Dover"
      springtide alerts answer 3F1C09AB --disagree "two of the three vacancies are filled from Monday"
      springtide alerts answer 3F1C09AB 77E2D410 --action "duty is shared with the next team until June"
    """
    given: list[tuple[Kind, str]] = [("agree", "")] if agree else []
    given += [("disagree", disagree)] if disagree is not None else []
    given += [("action", action)] if action is not None else []
    if len(given) != 1:
        raise click.UsageError("give one of --agree, --disagree WHY and --action WHAT")
    kind, words = given[0]
    if words.startswith("--"):
        raise click.UsageError(f"'{words}' stands where the words should; write them in quotation marks")
    ledger = _to_write(store)
    with ledger.writing() as connection:
        filed_answer = file_answer(connection, ids, kind, words, by or user(), datetime.now(UTC))
    if as_json:
        common.show_json({"schema_version": SCHEMA_VERSION, **filed_answer.as_data()})
        return
    with ledger.reading() as connection:
        asked = [one for one in waiting(connection, filed_answer.quarter) if one.alert["id"] in filed_answer.alerts and not one.answered]
    for post in dict.fromkeys(post_words(one.message.post, one.message.place) for one in asked):
        click.echo(f"It stands beside the alert; the {post} is asked all the same, for the letter has not gone there yet.")
    click.echo(f"Recorded: {kind}, to {common.listed([*filed_answer.alerts])} of {filed_answer.quarter}, by {filed_answer.by}. No level changes by it.")


@alerts.command()
@common.store_option
@click.option("--alert", default="", metavar="ID", help="One alert only.")
@common.json_option
@common.reports_faults
def log(store: str | None, alert: str, as_json: bool) -> None:
    """Everything that happened to the messages and what was answered, the oldest first.

    \b
    Example:
      springtide alerts log --store kent.sqlite --alert 3F1C09AB
    """
    found = entries(open_store(store), alert.strip())
    common.show_json({"schema_version": SCHEMA_VERSION, **pages.log_as_dict(found)}) if as_json else common.show(pages.render_log(found))


def _to_write(store: str | None) -> Store:
    """A store that is there, to be written to: what tells of filed quarters makes none. Raises StoreError."""
    open_store(store)
    return open_store(store, make=True)


def _directory(file: Path, store: Store) -> Directory:
    """A directory that serves every team of the newest filed quarter. Raises DirectoryError."""
    held = read_directory(file)
    problems = check_against(held, *teams_of(store))
    if problems:
        raise DirectoryError(problems)
    return held


def _finder(directory: Directory, store: Store) -> Callable[[str, str, date], tuple[Addressee, ...]]:
    there, listed = teams_of(store)
    teams = listed | there
    return lambda post, place, day: recipients(directory, post, place, day, teams)
