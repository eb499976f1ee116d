"""What is said when a quarter was filed, and when the store or a filed quarter was checked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..history.movement import State
from ..history.recording import Filed
from ..history.replaying import Replayed, Restated
from ..history.store.ledger import Head
from ..history.store.verify import Verified
from ..logic.model import RulePack
from .comparison import minds_changed
from .score_table import left_out, remarks
from .store_lines import footer, record_as_dict, store_as_dict
from .wording import capital, counted, indented, level_text

_MOST_NAMED = 20


def render_filed(filed: Filed, place: str) -> RenderableType:
    record, pack = filed.record, filed.assessment.pack
    said = f"Filed {record.name}" if filed.is_new else f"{record.quarter} is filed already, and says the same (version {record.version}, {record.filed}): nothing was filed"
    parts: list[RenderableType] = [Text(said, style="bold")]
    if record.body["because"]:
        parts.append(indented(f"It corrects version {record.version - 1}, because: {record.body['because']}"))
    parts.append(indented(f"{len(filed.assessment.teams)} {pack.words.teams}; {', '.join(_levels(filed))}"))
    parts.append(indented(f"Rules {pack.id} {pack.version} ({pack.hash[:12]}); {'two engines agree' if len(record.body['engines']) == 2 else 'one engine only'}"))
    parts += [indented(f"Note: {note}") for note in filed.notes]
    parts += [*remarks(filed.assessment), *left_out(filed.assessment)] if filed.is_new else []
    return Group(*parts, footer(place, filed.head))


def _levels(filed: Filed) -> Iterator[str]:
    """How many teams stand at each level, the highest first."""
    levels = filed.assessment.pack.levels
    held = Counter(team.level for team in filed.assessment.teams)
    for level in (*levels.levels[::-1], levels.insufficient):
        if held[level.id]:
            yield f"{level.title} {held[level.id]}"


def filed_as_dict(filed: Filed, place: str) -> dict[str, Any]:
    return filed.assessment.to_dict() | {
        "record": record_as_dict(filed.record), "filed": filed.is_new, "notes": list(filed.notes), "store": store_as_dict(place, filed.head),
    }  # fmt: skip


def render_verified(found: Verified, place: str) -> RenderableType:
    what = f"{counted(found.records, 'record')} of {counted(found.quarters, 'quarter')}"
    if found.holds:
        return Group(Text(f"{what}: every one is as it was filed", style="bold"), _whole_head(place, found.head))
    if not any(one.record for one in found.broken):  # each record is whole; it is the head, the triggers or the file
        parts: list[RenderableType] = [Text(f"{what}: each is as it was filed, but not all is well", style="bold"), *(indented(str(one)) for one in found.broken)]
        return Group(*parts, _whole_head(place, found.head))
    parts = [Text(f"{what}: not as they were filed", style="bold"), indented(f"First: {found.broken[0]}")]
    parts += [indented(str(one)) for one in found.broken[1:_MOST_NAMED]]
    if len(found.broken) > _MOST_NAMED:
        parts.append(indented(f"and {len(found.broken) - _MOST_NAMED} more"))
    parts.append(Text("Go back to a copy from before, and find out who can write to the store; what was printed earlier shows the head it had."))
    return Group(*parts, _whole_head(place, found.head))


def _whole_head(place: str, head: Head) -> Text:
    return Text(f"Store {place}: {counted(head.number, 'record')}, head {head.hash}", style="dim")


def verified_as_dict(found: Verified, place: str) -> dict[str, Any]:
    broken = [{"record": one.record or None, "says": one.says} for one in found.broken]
    return {"holds": found.holds, "quarters": found.quarters, "broken": broken, "store": store_as_dict(place, found.head)}


def render_replayed(found: Replayed, place: str) -> RenderableType:
    record = found.record
    if found.is_same:
        parts: list[RenderableType] = [Text(f"{capital(record.name)} replays to the same result", style="bold")]
    else:
        parts = [Text(f"{capital(record.name)} does not replay to what was filed", style="bold")]
        parts += [indented(f"differs: {one}") for one in found.differs[:_MOST_NAMED]]
        if len(found.differs) > _MOST_NAMED:
            parts.append(indented(f"and {len(found.differs) - _MOST_NAMED} more"))
    parts.append(indented(f"{len(record.body['teams'])} teams, {found.bytes_compared:,} bytes compared; derived now with {' and '.join(found.engines)}"))
    parts.append(indented(f"Filed {record.filed}, with springtide {record.body['springtide']}, under rules {record.body['pack']['id']} {record.body['pack']['version']} ({record.body['pack']['hash'][:12]})"))
    if found.words_differ:
        parts.append(indented(f"{counted(found.words_differ, 'explanation')} of the same result would be worded otherwise by this springtide; what was said at the time stays filed"))
    return Group(*parts, footer(place, found.head))


def replayed_as_dict(found: Replayed, place: str) -> dict[str, Any]:
    return {
        "record": record_as_dict(found.record), "same": found.is_same, "differs": list(found.differs), "engines": list(found.engines),
        "explanations_worded_otherwise": found.words_differ, "bytes_compared": found.bytes_compared, "store": store_as_dict(place, found.head),
    }  # fmt: skip


def render_restated(found: Restated, place: str) -> RenderableType:
    """What was said at the time, and beside it what other rules would say; only the teams on which the two differ."""
    pack, record = found.assessment.pack, found.record
    old = record.body["pack"]
    parts: list[RenderableType] = [
        Text(f"{record.quarter} restated under {pack.id} {pack.version} ({pack.hash[:12]})", style="bold"),
        Text(f"This is not what was said at the time, which was under {old['id']} {old['version']} ({old['hash'][:12]}), filed {record.filed}, and stays so. Nothing was filed."),
        Text(),
    ]
    moved = [team for team in found.would_be if found.was.get(team) != found.would_be[team]]
    if not moved:
        parts.append(Text(f"None of the {len(found.would_be)} {pack.words.teams} would come to anything else."))
    else:
        parts.append(Text(f"{len(moved)} of {len(found.would_be)} {pack.words.teams} would come to something else"))
        table = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
        for heading in (capital(pack.words.team), "Said at the time", "Restated", "Could be", "Score", "By"):
            table.add_column(heading, overflow="fold")
        for team in moved:
            was, now = found.was.get(team), found.would_be[team]
            score = f"{was.points if was else '–'} → {now.points}"
            table.add_row(f"  {found.assessment.team(team).team.name}", _said(pack, was), level_text(pack, now.level), level_text(pack, now.could_be), score, "; ".join(minds_changed(was, now)) if was else "")
        parts.append(table)
    return Group(*parts, Text(), footer(place, found.head))



def _said(pack: RulePack, was: State | None) -> str:
    known = {one.id: one.title for one in (*pack.levels.levels, pack.levels.insufficient)}
    return "–" if was is None else known.get(was.level, was.level)


def restated_as_dict(found: Restated, place: str) -> dict[str, Any]:
    document = found.assessment.to_dict()
    said = {team: {"level": state.level, "could_be": state.could_be, "points": state.points} for team, state in found.was.items()}
    return document | {"restated": True, "record": record_as_dict(found.record), "said_at_the_time": said, "store": store_as_dict(place, found.head)}
