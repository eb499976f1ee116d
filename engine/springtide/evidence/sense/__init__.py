"""Sense checks: what is likely to be a slip, by the rules of thumb that the pack declares. They warn and never refuse."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping

from ...logic.model import RulePack
from ...logic.sense_checks import CODES, Kind, SenseCheck
from ..records import EvidenceSet, Remark
from .answers import one_answer, same_answers
from .copies import copy_of_another_team, copy_of_last_quarter
from .figures import count_in_a_share, moved, total
from .scale import out_of_scale
from .seen import Seen

_CHECKS: Mapping[Kind, Callable[[SenseCheck, Seen], Iterator[Remark]]] = {
    "moved": moved,
    "total": total,
    "same answers": same_answers,
    "one answer": one_answer,
    "count in a share": count_in_a_share,
    "copy of last quarter": copy_of_last_quarter,
    "copy of another team": copy_of_another_team,
    "out of scale": out_of_scale,
}


def sense_remarks(pack: RulePack, evidence: EvidenceSet, kinds: Collection[Kind] | None = None) -> tuple[Remark, ...]:
    """What the pack's sense checks say of the evidence, in the order of the files and their rows.

    A cell is remarked on once under a code, by the check that comes first in the pack; and what is ten times last
    quarter's is not named again where it is said to have moved too far.

    Args:
        kinds: the kinds of check to make; None: all of them.
    """
    seen = Seen(pack, evidence)
    found: dict[tuple[object, ...], Remark] = {}
    for check in sorted(pack.sense_checks.values(), key=lambda check: check.code):
        if kinds is not None and check.check not in kinds:
            continue
        for remark in _CHECKS[check.check](check, seen):
            place = (remark.file, remark.sheet, remark.row, remark.column, remark.team, remark.quarter)
            if remark.code == CODES["out of scale"] and (CODES["moved"], *place) in found:
                continue
            found.setdefault((remark.code, *place), remark)
    return tuple(sorted(found.values(), key=lambda remark: remark.order))
