"""What an engine says of a quarter, in a form that two engines can be compared in."""

from __future__ import annotations

from dataclasses import dataclass

from ..logic.facts import Grade, Majority, SupervisionState
from ..logic.model import RulePack
from ..logic.strata import Verdict
from ..logic.truth import Truth


@dataclass(frozen=True)
class TeamFindings:
    """One team's findings by name (`staffing_gap.present`, `R1`, …) and what they come to."""

    findings: dict[str, Truth]
    verdict: Verdict


@dataclass(frozen=True)
class EngineResult:
    engine: str
    teams: dict[str, TeamFindings]
    county: tuple[Majority, ...]


def pressures_in(pack: RulePack, findings: dict[str, Truth]) -> dict[str, Grade]:
    return {
        name: Grade(*(findings.get(f"{name}.{mark}") for mark in ("present", "severe", "felt")))  # type: ignore[arg-type]
        for name in pack.team_pressures
    }


def supervision_in(pack: RulePack, findings: dict[str, Truth]) -> SupervisionState:
    return SupervisionState(*(findings[f"{pack.supervision.id}.{part}"] for part in ("strained", "adequate", "inferred")))


def rules_in(pack: RulePack, findings: dict[str, Truth]) -> dict[str, Truth]:
    return {rule: findings[rule] for rule in pack.risk}
