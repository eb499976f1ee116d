"""Remarks that someone has looked into: the table `acknowledged`, which says who and why, put beside the remarks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ...logic.quarter import Quarter, QuarterError, parse_quarter
from ...rulepack.problems import did_you_mean
from ..cells import short
from ..codes import REMARKS, UNMATCHED
from ..places import Where
from ..records import Acknowledged, Remark
from .collected import Collected, Report
from .tables import Table
from .team_list import LIST_FIRST, TeamList

ACKNOWLEDGED_COLUMNS = ("code", "team_id", "quarter", "by", "because")
_SAYS = ("code", "by", "because")
_LONGEST = 300


@dataclass(frozen=True)
class Acknowledgement:
    """One row: every remark of this code, team and quarter is acknowledged. `team` is blank, `quarter` None, where the remark has none."""

    code: str
    team: str
    quarter: Quarter | None
    said: Acknowledged
    at: Where


def read_acknowledgements(tables: Iterable[Table], teams: TeamList, collected: Collected) -> list[Acknowledgement]:
    """The rows that hold; of the others, what is wrong is noted at its cell."""
    found: dict[tuple[str, str, Quarter | None], Acknowledgement] = {}
    for table in tables:
        for at, row, beyond in table.rows:
            if not any(row.get(column, "").strip() for column in _SAYS):
                continue  # a row made ready, and not filled in
            report, before = collected.reporter(at), len(collected.problems)
            collected.refuse_oddities(row, beyond, report)
            if beyond:
                continue
            code, team, quarter = _code(row, report), _team(row, teams, report), _quarter(row, report)
            said = Acknowledged(_text(row, "by"), _text(row, "because"))
            if not said.by:
                report("by", "is blank", "write the role of whoever looked into it, as HR analyst; no name of a person")
            if not said.because:
                report("because", "is blank", "say in a sentence why the remark may stand")
            if (code, team, quarter) in found:
                report("code", f"{code} is acknowledged twice for the same team and quarter", f"the first is in {found[code, team, quarter].at}; keep one")
            if len(collected.problems) == before:
                found[code, team, quarter] = Acknowledgement(code, team, quarter, said, at)
    return list(found.values())


def acknowledge(remarks: Iterable[Remark], acknowledgements: Iterable[Acknowledgement]) -> tuple[Remark, ...]:
    """The remarks, each with its acknowledgement; and one more for every acknowledgement that has none. Open ones come first."""
    by_key = {(one.code, one.team, one.quarter): one for one in acknowledgements}
    used: set[tuple[str, str, Quarter | None]] = set()
    found: list[Remark] = []
    for remark in remarks:
        key = remark.code, remark.team, remark.quarter
        if key in by_key:
            used.add(key)
            remark = replace(remark, acknowledged=by_key[key].said)
        found.append(remark)
    found += [_unmatched(one) for key, one in by_key.items() if key not in used]
    return tuple(sorted(found, key=lambda remark: remark.order))


def _unmatched(one: Acknowledgement) -> Remark:
    of = (f" of {one.team}" if one.team else " without a team") + (f" in {one.quarter}" if one.quarter else "")
    says = f"there is no remark {one.code}{of} to be acknowledged; take the row out, or correct it"
    return Remark(UNMATCHED, one.at.file, one.at.row, "code", one.team, says, one.quarter, one.at.sheet, one.at.cell("code"))


def _code(row: dict[str, str], report: Report) -> str:
    code = row.get("code", "").strip().upper()
    if not code:
        report("code", "is blank", "write the code of the remark, as E12")
    elif code == UNMATCHED:
        report("code", f"{code} can't be acknowledged", "take the row out that it is about, or correct it")
    elif code not in REMARKS:
        report("code", f"there is no remark '{short(row['code'])}'", did_you_mean(code, REMARKS) or f"the codes are {min(REMARKS)} to {max(REMARKS)}")
    return code


def _team(row: dict[str, str], teams: TeamList, report: Report) -> str:
    """The id of a team in the list, be its row there right or wrong; blank where the remark has no team."""
    written = row.get("team_id", "").strip()
    team = teams.meant(written) or written if written else ""
    if team and teams.is_whole and team not in teams.places:
        near = did_you_mean(written, {other.id for other in teams.teams})
        hint = near if near.startswith("did") else "correct the id, or leave it blank where the remark is of no team"
        report("team_id", f"there is no team '{short(written)}' in the team list", LIST_FIRST if teams.ids_in_doubt else hint)
    return team


def _quarter(row: dict[str, str], report: Report) -> Quarter | None:
    text = row.get("quarter", "").strip()
    try:
        return parse_quarter(short(text)) if text else None
    except QuarterError as error:
        report("quarter", str(error))
        return None


def _text(row: dict[str, str], column: str) -> str:
    """What a person wrote, on one line, never long, and with nothing that a terminal would obey."""
    text = " ".join(row.get(column, "").split())
    cleaned = "".join(character if character.isprintable() else "\ufffd" for character in text[:_LONGEST])
    return cleaned if len(text) <= _LONGEST else cleaned + "..."
