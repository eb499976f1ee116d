"""A linter that reasons: what `springtide rules check` finds in a pack that loads, with a team that shows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...logic import model as m
from ..compiling import PackSpace
from ..inputs import epochs
from . import conditions, declared, levels, wording
from .findings import CODES, Finding

__all__ = ["CODES", "Finding", "check"]


def check(pack: m.RulePack) -> tuple[Finding, ...]:
    """Every finding, under the thresholds of every time for which the pack has them, silenced ones marked with their reason."""
    found: dict[tuple[str, str, str], Finding] = {}
    for quarter in epochs(pack):
        thresholds = pack.values(quarter)
        whole = PackSpace(pack, thresholds)
        for finding in (*conditions.findings(pack, thresholds, whole), *levels.findings(pack, thresholds, whole)):
            found.setdefault((finding.code, finding.of, finding.says), finding)
    for finding in (*declared.findings(pack, {}), *wording.findings(pack)):
        found.setdefault((finding.code, finding.of, finding.says), finding)
    return tuple(_silenced(pack, list(found.values())))


def _silenced(pack: m.RulePack, found: list[Finding]) -> Iterator[Finding]:
    used = set()
    for finding in found:
        silence = pack.silenced.get(f"{finding.code} {finding.of}")
        if silence is not None:
            used.add(f"{finding.code} {finding.of}")
        yield replace(finding, silenced_because=silence.because) if silence else finding
    for key, silence in pack.silenced.items():
        if key not in used:
            yield Finding("L901", silence.of, silence.at, f"there is no finding {silence.code} of '{silence.of}' to silence")
