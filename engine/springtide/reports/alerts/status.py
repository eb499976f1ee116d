"""What became of a quarter's alerts, and everything that happened to them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ...alerts.letters.composing import MAIN
from ...alerts.overview import Entry, Overview
from ...alerts.sending.outbox import Queued
from ...alerts.sending.sender import SendReport
from ..store_lines import footer, store_as_dict
from ..wording import counted, indented
from .wording import answer_words, post_words, when

_MOST_REASONS = 3


def render(found: Overview, place: str, now: datetime) -> RenderableType:
    states = Counter(message.progress.state for message in found.messages)
    overdue = {one.alert["id"] for one in found.overdue(now)}
    parts: list[RenderableType] = [Text(f"Alerts of {found.quarter}", style="bold"), indented(f"On since {found.begun}.")]
    if not found.alerts:
        parts.append(indented("None was raised."))
    for alert in found.alerts.values():
        parts += [Text(), *_alert(found, alert, now)]
    told = [f"{number} {state}" for state, number in sorted(states.items())]
    parts += [Text(), Text(f"{counted(len(found.messages), 'message')}: {', '.join(told)}" if told else "No message is queued.")]
    twice = [message.id for message in found.messages if message.progress.may_have_arrived_twice]
    if twice:
        parts.append(indented(f"May have arrived twice, with the same Message-ID: {', '.join(twice)}", 0))
    if overdue:
        parts.append(Text(f"{counted(len(overdue), 'alert')} overdue: {', '.join(sorted(overdue))}"))
    return Group(*parts, Text(), footer(place, found.head))


def _alert(found: Overview, alert: Mapping[str, Any], now: datetime) -> Iterator[RenderableType]:
    yield Text(f"{alert['id']}  {alert['says']}")
    for message in found.telling_of(alert["id"]):
        stage = "" if message.stage == MAIN else f" ({message.stage})"
        yield indented(f"{post_words(message.post, message.place)}{stage}: {_came(message)}", 4)
    asked = [one for one in found.waiting if one.alert["id"] == alert["id"]]
    if asked:
        posts = ", ".join(post_words(one.message.post, one.message.place) for one in asked)
        yield indented(f"answer: {answer_words(min(asked, key=lambda one: (one.due is None, one.due or now)), now)} ({posts})", 4)
    for answer in found.answers:
        if alert["id"] in answer.alerts:
            words = f': "{answer.words}"' if answer.words else ""
            yield indented(f"{answer.kind}, by {answer.by}, {when(answer.at)}{words}", 4)


def _came(message: Queued) -> str:
    """How far a message has come, in a few words."""
    come = message.progress
    match come.state:
        case "waiting":
            return f"waiting, to go from {when(message.not_before)} on"
        case "failed":
            if come.tries == 0:
                return f"waiting ({come.reason})" + (f", next try {when(come.next_try)}" if come.next_try else "")
            tries = f" {come.tries} times" if come.tries > 1 else ""
            return f"failed{tries} ({come.reason})" + (f", next try {when(come.next_try)}" if come.next_try else "")
        case "set aside":
            return f"set aside ({come.reason}); to try again: springtide alerts send --again {message.id}"
        case "withdrawn":
            return f"withdrawn ({come.reason})"
        case "trying":
            return "tried, and nobody knows how that ended; it goes again"
    return f"sent {when(message.events[-1].at)}"


def as_dict(found: Overview, place: str, now: datetime) -> dict[str, Any]:
    return {
        "quarter": str(found.quarter), "on_since": str(found.begun),
        "alerts": [dict(alert) | {"overdue": alert["id"] in {one.alert["id"] for one in found.overdue(now)}} for alert in found.alerts.values()],
        "messages": [_message(message) for message in found.messages],
        "answers": [answer.as_data() for answer in found.answers], "store": store_as_dict(place, found.head),
    }  # fmt: skip


def _message(message: Queued) -> dict[str, Any]:
    come = message.progress
    return {
        "id": message.id, "post": message.post, "place": message.place, "stage": message.stage, "not_before": message.not_before.isoformat(),
        "answer_by": message.answer_by.isoformat() if message.answer_by else None, "alerts": list(message.alerts), "state": come.state, "tries": come.tries,
        "reason": come.reason or None, "may_have_arrived_twice": come.may_have_arrived_twice, "subject": message.letter.subject,
    }  # fmt: skip


# -- a run of the sender -----------------------------------------------------------------------


def render_sent(report: SendReport, channel: str, where: str, reminders: int, aside: int) -> RenderableType:
    if report.another_at_work:
        return Text(report.stopped)
    by = f"by {channel}{f' ({where})' if where else ''}"
    if not (report.sent or report.failed or report.set_aside or report.withdrawn or report.stopped):
        left = f" {counted(aside, 'message')} set aside: springtide alerts status says why, and send --again all tries them anew." if aside else ""
        return Text(f"Nothing is due; springtide alerts status says what waits, and until when.{left}")
    lines = [f"{report.sent} {'copy' if report.sent == 1 else 'copies'} sent {by}" if report.sent else f"Nothing was sent {by}"]
    if report.again:
        lines.append(f"{report.again} of them may have arrived before, with the same Message-ID")
    if reminders:
        lines.append(f"{counted(reminders, 'message')} added, for alerts that nobody answered in time")
    if report.failed:
        lines.append(f"{report.failed} failed ({'; '.join(report.reasons[:_MOST_REASONS])}); what can be tried again is, on a later run")
    if report.set_aside:
        lines.append(f"{counted(len(report.set_aside), 'message')} set aside: {', '.join(report.set_aside)}; springtide alerts status says why")
    if report.withdrawn:
        lines.append(f"{counted(len(report.withdrawn), 'message')} withdrawn, for the quarter was filed again since")
    if report.stopped:
        lines.append(f"Stopped: {report.stopped}. {counted(report.left, 'message')} left for the next run")
    return Group(*(indented(line, 0) for line in lines))


def sent_as_dict(report: SendReport, channel: str, where: str, reminders: int, aside: int) -> dict[str, Any]:
    return vars(report) | {"reasons": list(report.reasons), "set_aside": list(report.set_aside), "withdrawn": list(report.withdrawn), "channel": channel, "to": where or None, "reminders": reminders, "all_set_aside": aside}


# -- the log -------------------------------------------------------------------------------------


def render_log(found: Sequence[Entry]) -> RenderableType:
    if not found:
        return Text("Nothing has happened yet.")
    table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in ("When", "What", "Message", "To", "Alerts", "More"):
        table.add_column(heading, overflow="fold")
    for one in found:
        table.add_row(when(one.at), one.what, one.message, post_words(one.post, one.place) if one.post else "", " ".join(one.alerts), _more(one))
    return table


def _more(one: Entry) -> str:
    if one.what == "answered":
        words = f': "{one.detail["words"]}"' if one.detail["words"] else ""
        return f"{one.detail['answer']}, by {one.detail['by']}{words}"
    return "; ".join(f"{name} {value}" for name, value in one.detail.items() if name in ("channel", "reason", "try", "reference") and value)


def log_as_dict(found: Sequence[Entry]) -> dict[str, Any]:
    return {
        "entries": [
            {"at": one.at.isoformat(), "what": one.what, "message": one.message or None, "post": one.post or None, "place": one.place or None, "alerts": list(one.alerts), "detail": dict(one.detail)}
            for one in found
        ]
    }
