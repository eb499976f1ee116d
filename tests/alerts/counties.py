"""Small counties written in YAML: teams as they are in each quarter, and the alerts that are expected then.

A case has `teams`, each with its `district` and its `quarters`: what it is like in each, by a name of `LIKE` below, or a
mapping of figures that differ from a calm team's, with `like` for the name. `_` is a missing return, and a quarter in
which `not filed` stands for the whole county (`filed: [yes, no, yes]`) is left out of the store.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import yaml

from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic.facts import Team
from springtide.logic.model import RulePack
from springtide.logic.quarter import Quarter, parse_quarter

CASES = Path(__file__).parent / "cases"
FIRST = Quarter(2008, 4)
MISSING = "_"
_CALM: dict[str, float] = {
    "established_posts": 20, "vacant_posts": 0, "in_post_fte": 20, "agency_fte": 0, "leavers_12_months_fte": 0.5, "fte_unavailable": 0, "case_holders_fte": 20,
    "cases_registered": 240, "highest_caseload": 14, "complex_cases_in_crisis": 0, "referrals": 60, "usual_referrals": 60, "supervision_sessions_due": 40,
    "supervision_sessions_held": 40, "cases_taken_in": 0, "cases_farmed_out": 0, "child_protection_cases_unallocated": 0,
    "child_protection_cases_held_by_managers": 0, "cases_held_by_managers": 0,
}  # fmt: skip
_AUDITS: dict[str, float] = {"files_audited": 8, "files_with_supervision_evidence": 8}
# Teams that the county's pressure of workload needs, and what makes a team come to each level beside it.
LIKE: dict[str, dict[str, float]] = {
    "calm": {},
    "busy": {"cases_registered": 380},
    "gap": {"vacant_posts": 3.2, "in_post_fte": 16.8, "cases_registered": 200},
    "gap and crises": {"vacant_posts": 3.2, "in_post_fte": 16.8, "complex_cases_in_crisis": 14},
    "severe gap": {"vacant_posts": 6, "in_post_fte": 14, "cases_registered": 200},
    "storm": {"vacant_posts": 6, "in_post_fte": 14, "complex_cases_in_crisis": 24, "referrals": 110},
    "unallocated": {"child_protection_cases_unallocated": 1},
}


@dataclass(frozen=True)
class Case:
    """One case: its name and what it shows, its county, and in each quarter the alerts expected."""

    file: str
    name: str
    why: str
    teams: Mapping[str, Mapping[str, Any]]
    filed: tuple[bool, ...]
    expect: tuple[frozenset[str], ...]
    rules: Mapping[int, Mapping[str, float]]
    again: Mapping[int, Mapping[str, Any]]

    @property
    def length(self) -> int:
        return len(self.expect)

    def quarter(self, place: int) -> Quarter:
        found = FIRST
        for _ in range(place):
            found = found.next
        return found


def cases() -> list[Case]:
    return [_case(file, data) for file in sorted(CASES.glob("*.yaml")) for data in yaml.safe_load(file.read_text(encoding="utf-8"))]


def _case(file: Path, data: Mapping[str, Any]) -> Case:
    expect = tuple(frozenset(alerts or []) for alerts in data["alerts"])
    filed = tuple(data.get("filed", [True] * len(expect)))
    teams = {**_others(len(expect), data.get("county", "on"), data.get("far", 3)), **data["teams"]}
    for team in teams.values():
        assert len(team["quarters"]) == len(filed) == len(expect), data["name"]
    return Case(file.stem, data["name"], data["why"], teams, filed, expect, data.get("rules", {}), data.get("filed_again", {}))


def _others(length: int, county: Any, far: int) -> Mapping[str, Any]:
    """Teams far away, busy in the quarters in which the county's workload is to be on."""
    on = county if isinstance(county, list) else [county] * length
    return {f"F{place}": {"district": f"Far {place}", "quarters": ["busy" if state == "on" else "calm" for state in on]} for place in range(1, far + 1)}


def evidence(case: Case, pack: RulePack, place: int, changed: Mapping[str, Any] | None = None) -> EvidenceSet:
    """One quarter of a case; `changed` gives teams that are otherwise than the case has it."""
    quarter = case.quarter(place)
    teams = tuple(_team(case, name, held) for name, held in case.teams.items())
    rows: list[Row] = []
    responses: list[Response] = []
    for name, held in case.teams.items():
        if not next(team for team in teams if team.id == name).in_force(quarter):
            continue
        like = (changed or {}).get(name, held["quarters"][place])
        if like == MISSING:
            continue
        rows.append(Row(name, quarter, _figures(like), {}, "workforce", Where("workforce.csv", len(rows) + 2)))
        rows.append(Row(name, quarter, _AUDITS, {}, "audits", Where("audits.csv", len(rows) + 2)))
        answers = dict(_answers(pack, like))
        day = date.fromordinal(quarter.last_day.toordinal() - 10)
        responses.append(Response(f"R{name}", name, quarter, day, "collective", answers, Where("responses.csv", len(responses) + 2)))
    return EvidenceSet(teams, tuple(responses), tuple(rows))


def _team(case: Case, name: str, held: Mapping[str, Any]) -> Team:
    begins, ends = held.get("from"), held.get("to")
    return Team(
        name, held.get("name", f"Team {name}"), held["district"], "Anyshire", "duty", from_quarter=parse_quarter(begins) if begins else None,
        to_quarter=parse_quarter(ends) if ends else None, became=tuple(held.get("became", ())),
    )  # fmt: skip


def _figures(like: Any) -> dict[str, float]:
    if isinstance(like, str):
        return {name: float(value) for name, value in (_CALM | LIKE[like]).items()}
    figures = _CALM | LIKE[like.get("like", "calm")] | {name: value for name, value in like.items() if name not in ("like", "answers")}
    return {name: float(value) for name, value in figures.items() if value != MISSING}


def _answers(pack: RulePack, like: Any) -> Iterator[tuple[str, str | None]]:
    given = like.get("answers", {}) if isinstance(like, Mapping) else {}
    for question in pack.questions.values():
        calm = "never" if question.favourable_when == "low" else "always"
        yield question.id, given.get(question.id, calm if question.id in pack.questions_read else None)


def filed_at(quarter: Quarter) -> datetime:
    """When a quarter is filed: ten o'clock, a fortnight after its end."""
    return datetime.combine(date.fromordinal(quarter.last_day.toordinal() + 14), datetime.min.time(), UTC).replace(hour=10)
