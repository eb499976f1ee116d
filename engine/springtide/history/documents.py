"""What is filed of the evidence and of the rules: as plain data, and back again without a loss."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from ..evidence.places import Where
from ..evidence.records import Acknowledged, EvidenceProblem, EvidenceSet, ReadFrom, Remark, Response, Row
from ..logic.facts import Team
from ..logic.model import RulePack
from ..logic.quarter import Quarter, parse_quarter
from ..rulepack import PackError, load_pack
from ..rulepack.layers import pack_texts
from ..rulepack.problems import Problem
from .problems import StoreError

_FORMAT = 1
_TOP = "filed-pack"  # the folder of a pack that is unpacked; what it builds on lies beside it, under its own name


def pack_as_data(name: str | Path, pack: RulePack) -> dict[str, Any]:
    """Every file of a loaded pack and of those it builds on, as they stand, lowest layer first.

    Raises:
        PackError: a file can't be read, or is not what was loaded any more.
    """
    found, layers = pack_texts(name)
    if found != pack.hash:
        raise PackError([Problem(str(name), 1, 1, "the rules were changed while they were in use", "run it again")])
    return {"format": _FORMAT, "layers": [{"name": folder, "files": files} for folder, files in layers]}


def pack_from_data(data: Mapping[str, Any]) -> RulePack:
    """The pack that was filed, read as any other.

    Raises:
        PackError: this springtide can't read it any more.
        StoreError: a file of it would lie outside its folder, which none does that springtide filed.
    """
    with TemporaryDirectory(prefix="springtide-") as temporary:
        *beneath, top = data["layers"]
        for name, files in [*((layer["name"], layer["files"]) for layer in beneath), (_TOP, top["files"])]:
            for inside, content in files.items():
                path = Path(temporary, name, *PurePosixPath(inside).parts).resolve()
                if not path.is_relative_to(Path(temporary).resolve()):
                    raise StoreError(f"the filed rules hold a file that can't be theirs: {inside}")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content.encode("utf-8"))
        return load_pack(Path(temporary, _TOP))


def evidence_as_data(evidence: EvidenceSet, quarter: Quarter) -> dict[str, Any]:
    """One quarter of the evidence, with the whole team list, and with the cell that each value came from.

    What a row that was left out said is not filed, for it may be anything; its place is.
    """
    return {
        "format": _FORMAT,
        "quarter": str(quarter),
        "teams": [_team(team) for team in sorted(evidence.whole_list or evidence.teams, key=lambda t: (t.id, str(t.from_quarter)))],
        "responses": [_response(one) for one in evidence.responses if one.quarter == quarter],
        "rows": [_row(one) for one in evidence.rows if one.quarter == quarter],
        "left_out": [_left_out(one) for one in evidence.left_out],
        "remarks": [_remark(one) for one in evidence.remarks if one.quarter in (None, quarter)],
        "read_from": [vars(one) for one in evidence.read_from],
    }


def evidence_from_data(data: Mapping[str, Any]) -> EvidenceSet:
    """The evidence that was filed for one quarter."""
    return EvidenceSet(
        teams=tuple(_team_from(one) for one in data["teams"]),
        responses=tuple(_response_from(one, parse_quarter(data["quarter"])) for one in data["responses"]),
        rows=tuple(_row_from(one, parse_quarter(data["quarter"])) for one in data["rows"]),
        left_out=tuple(EvidenceProblem(**one) for one in data["left_out"]),
        remarks=tuple(_remark_from(one) for one in data["remarks"]),
        read_from=tuple(ReadFrom(**one) for one in data["read_from"]),
    )


def with_past(evidence: EvidenceSet, earlier: Iterable[EvidenceSet]) -> EvidenceSet:
    """The evidence of one quarter, with the figures of earlier ones that its rules may look back to."""
    there = {team.id for team in evidence.teams}
    rows = [row for past in earlier for row in past.rows if row.team in there]
    return replace(evidence, rows=(*evidence.rows, *rows))


def _team(team: Team) -> dict[str, Any]:
    return vars(team) | {"from_quarter": _quarter(team.from_quarter), "to_quarter": _quarter(team.to_quarter), "became": list(team.became)}


def _team_from(data: Mapping[str, Any]) -> Team:
    periods = {name: parse_quarter(data[name]) if data[name] else None for name in ("from_quarter", "to_quarter")}
    return Team(**{**data, **periods, "became": tuple(data["became"])})


def _quarter(quarter: Quarter | None) -> str | None:
    return None if quarter is None else str(quarter)


def _response(one: Response) -> dict[str, Any]:
    completed = None if one.completed_on is None else one.completed_on.isoformat()
    return {"id": one.id, "team": one.team, "completed_on": completed, "respondent": one.respondent, "answers": dict(one.answers), "at": _where(one.at)}


def _response_from(data: Mapping[str, Any], quarter: Quarter) -> Response:
    completed = date.fromisoformat(data["completed_on"]) if data["completed_on"] else None
    return Response(data["id"], data["team"], quarter, completed, data["respondent"], dict(data["answers"]), _where_from(data["at"]))


def _row(one: Row) -> dict[str, Any]:
    return {"team": one.team, "table": one.table, "figures": dict(one.figures), "marks": dict(one.marks), "at": _where(one.at)}


def _row_from(data: Mapping[str, Any], quarter: Quarter) -> Row:
    return Row(data["team"], quarter, dict(data["figures"]), dict(data["marks"]), data["table"], _where_from(data["at"]))


def _where(at: Where) -> dict[str, Any]:
    return vars(at) | {"positions": dict(at.positions)}


def _where_from(data: Mapping[str, Any]) -> Where:
    return Where(**{**data, "positions": dict(data["positions"])})


def _left_out(one: EvidenceProblem) -> dict[str, Any]:
    return vars(one) | {"message": "left out, as it could not be read", "hint": ""}


def _remark(one: Remark) -> dict[str, Any]:
    return vars(one) | {"quarter": _quarter(one.quarter), "acknowledged": None if one.acknowledged is None else dict(vars(one.acknowledged))}


def _remark_from(data: Mapping[str, Any]) -> Remark:
    seen = None if data["acknowledged"] is None else Acknowledged(**data["acknowledged"])
    return Remark(**{**data, "quarter": parse_quarter(data["quarter"]) if data["quarter"] else None, "acknowledged": seen})
