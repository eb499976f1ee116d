"""The main road: a rule pack and a quarter's evidence in, an assessment out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from .engines import forward_chaining
from .engines.agreement import require_agreement
from .engines.result import EngineResult, TeamFindings, pressures_in, rules_in, supervision_in
from .evidence.records import EvidenceProblem, EvidenceSet, ReadFrom, Remark
from .evidence.usual import no_history
from .logic.confidence import Confidence, confidence_of
from .logic.documents import SCHEMA_VERSION
from .logic.facts import Facts, Grade, Majority, SupervisionState, Team
from .logic.missing import NO_HISTORY, Missing, missing_in
from .logic.model import RulePack
from .logic.quarter import Quarter, parse_quarter
from .logic.robustness import knife_edges
from .logic.scoring import facts_of, verdict_of, work_out
from .logic.strata import Score, Verdict, notices_of
from .logic.truth import Truth

ENGINES = ("both", "forward", "columnar")


class QuarterChoiceError(ValueError):
    """The quarter asked for is not in the evidence, or none was named and there are several."""


class EngineUnavailable(RuntimeError):
    """An engine was asked for that can't be had here."""


@dataclass(frozen=True)
class LastQuarter:
    """Last quarter's levels by team, and of others why there is none."""

    levels: Mapping[str, str] = field(default_factory=dict)
    why_not: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TeamAssessment:
    """One team's result. `facts` hold everything it rests on, for explanation."""

    team: Team
    level: str
    could_be: str
    score: Score
    pressures: dict[str, Grade]
    affected: dict[str, Truth]
    supervision: SupervisionState
    rules: dict[str, Truth]
    notices: dict[str, Truth]
    confidence: Confidence
    missing: tuple[Missing, ...]
    last_level: str | None
    facts: Facts = field(repr=False, compare=False)


@dataclass(frozen=True)
class Assessment:
    """A quarter assessed: the county's pressures, and every team's result in the order of the list."""

    pack: RulePack = field(repr=False)
    evidence_hash: str
    quarter: Quarter
    engines: tuple[str, ...]
    one_engine_because: str
    county: tuple[Majority, ...]
    teams: tuple[TeamAssessment, ...]
    left_out: tuple[EvidenceProblem, ...] = ()
    remarks: tuple[Remark, ...] = ()
    read_from: tuple[ReadFrom, ...] = ()

    def team(self, team_id: str) -> TeamAssessment:
        """Raises KeyError where there is no such team."""
        return self._by_id[team_id]

    @cached_property
    def _by_id(self) -> dict[str, TeamAssessment]:
        return {team.team.id: team for team in self.teams}

    @property
    def flagged(self) -> tuple[TeamAssessment, ...]:
        return tuple(team for team in self.teams if self.pack.levels.flagged(team.level))

    def to_dict(self) -> dict[str, Any]:
        """The result as plain data, in the one shape that every command keeps."""
        return {
            "schema_version": SCHEMA_VERSION,
            "pack": {"id": self.pack.id, "version": self.pack.version, "hash": self.pack.hash},
            "evidence_hash": self.evidence_hash,
            "quarter": str(self.quarter),
            "engines": list(self.engines),
            "one_engine_because": self.one_engine_because or None,
            "county": {"pressures": [_county_dict(self.pack, majority) for majority in self.county]},
            "teams": [_team_dict(team) for team in self.teams],
            "read_from": [vars(source) for source in self.read_from],
            "left_out": [str(problem) for problem in self.left_out],
            "remarks": [_remark_dict(remark) for remark in self.remarks],
        }


def assess(
    pack: RulePack,
    evidence: EvidenceSet,
    quarter: Quarter | str | None = None,
    *,
    engine: str = "both",
    last_levels: Mapping[str, str] | None = None,
) -> Assessment:
    """Score one quarter's teams.

    Args:
        quarter: as text too, "2008/09 Q4"; may be left out where the evidence holds one quarter only.
        last_levels: last quarter's levels by team, where they are known already; None: from the evidence.
        engine: `both` derives every finding twice and publishes nothing if the two differ; where
            forward chaining can't be had it becomes `columnar`, and the result says so.

    Raises:
        QuarterChoiceError: no such quarter in the evidence, or several and none named.
        EngineUnavailable: `forward` was asked for where it can't be had.
        EnginesDisagree: the engines came to different results.
        LookupError: the pack has no thresholds for the quarter.
        ValueError: a level in `last_levels` is none of the pack's.
    """
    quarter = choose_quarter(evidence, quarter)
    engines, because = choose_engines(engine)
    last = _last_quarter(pack, evidence, quarter, engines, last_levels)
    listed = _listed(evidence, quarter)
    result, facts = _assess(pack, listed, quarter, engines, last)
    teams = tuple(_team_assessment(pack, team, result, facts[team.id], listed, quarter) for team in listed.teams)
    remarks = tuple(remark for remark in evidence.remarks if remark.quarter in (None, quarter))
    return Assessment(pack, evidence.hash, quarter, engines, because, result.county, teams, evidence.left_out, remarks, evidence.read_from)


def levels_of(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, *, engine: str = "both") -> dict[str, Verdict]:
    """Every team's level, could-be and score in one quarter, by team id, without what else `assess` adds.

    Last quarter's level bears on none of the three, so no other quarter is scored.

    Raises:
        The same as `assess`.
    """
    quarter = choose_quarter(evidence, quarter)
    return _levels_of(pack, evidence, quarter, choose_engines(engine)[0])


def _levels_of(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, engines: tuple[str, ...]) -> dict[str, Verdict]:
    result, _ = _assess(pack, _listed(evidence, quarter), quarter, engines, LastQuarter())
    return {team: found.verdict for team, found in result.teams.items()}


def _listed(evidence: EvidenceSet, quarter: Quarter) -> EvidenceSet:
    """The evidence with the team list of a quarter. Raises QuarterChoiceError where it has no team then."""
    listed = evidence.as_of(quarter)
    if not listed.teams:
        raise QuarterChoiceError(f"the team list has no team in {quarter}")
    return listed


def choose_quarter(evidence: EvidenceSet, quarter: Quarter | str | None) -> Quarter:
    """The quarter to score: the one named, which may be text, or the only one there is.

    Raises:
        QuarterChoiceError: it is not in the evidence, or there are several and none is named.
        QuarterError: it can't be read.
    """
    if isinstance(quarter, str):
        quarter = parse_quarter(quarter)
    there = ", ".join(str(q) for q in evidence.quarters) or "none"
    if quarter is None:
        if len(evidence.quarters) != 1:
            raise QuarterChoiceError(f"the evidence holds {len(evidence.quarters)} quarters ({there}); say which with --quarter")
        return evidence.quarters[0]
    if quarter not in evidence.quarters:
        raise QuarterChoiceError(f"the evidence holds nothing for {quarter}; it holds: {there}")
    return quarter


def choose_engines(engine: str) -> tuple[tuple[str, ...], str]:
    """The engines to run, and why there is only one where two were wanted. Raises EngineUnavailable."""
    if engine == "columnar":
        return ("columnar",), "asked for"
    reason = forward_chaining.why_unavailable()
    if engine == "forward":
        if reason:
            raise EngineUnavailable(f"forward chaining can't be had here: {reason}")
        return ("forward",), "asked for"
    return (("columnar",), reason) if reason else (("forward", "columnar"), "")


def _last_quarter(
    pack: RulePack, evidence: EvidenceSet, quarter: Quarter, engines: tuple[str, ...], known: Mapping[str, str] | None
) -> LastQuarter:
    """Last quarter's levels, as they are known already or scored from the evidence.

    Only notices and reasons for confidence read them (`rulepack/condition_parser.py`), so the quarters before last
    quarter, which its notices would read, are not scored.
    """
    earlier, why = quarter.previous, ""
    if known is None:
        known = {}
        if earlier not in evidence.quarters or not evidence.as_of(earlier).teams:
            why = f"{NO_HISTORY}: last quarter ({earlier}) is not there"
        elif not pack.covers(earlier):
            why = f"{NO_HISTORY}: these rules have no thresholds for last quarter ({earlier})"
        else:
            known = {team: verdict.level for team, verdict in _levels_of(pack, evidence, earlier, engines).items()}
    elif strange := sorted(set(known.values()) - {level.id for level in (*pack.levels.levels, pack.levels.insufficient)}):
        raise ValueError(f"'{strange[0]}', given as a level of last quarter, is no level of pack {pack.id}")
    # A team that was made of others, or took their work over, has no level of last quarter to be compared with.
    broken = {team: evidence.changes.break_in(team, quarter) for team in {*known, *(team.id for team in evidence.as_of(quarter).teams)}}
    return LastQuarter(
        {team: level for team, level in known.items() if broken[team] is None},
        {team: no_history(change) if change else why for team, change in broken.items()},
    )


def _assess(
    pack: RulePack, evidence: EvidenceSet, quarter: Quarter, engines: tuple[str, ...], last: LastQuarter
) -> tuple[EngineResult, dict[str, Facts]]:
    """One quarter by the engines chosen, with the facts that explain it; all three must agree."""
    thresholds = pack.values(quarter)
    by_team = {team.id: evidence.of(pack, team.id, quarter) for team in evidence.teams}
    facts = facts_of(pack, thresholds, evidence.teams, by_team, quarter, last.levels, last.why_not)
    results = []
    if "forward" in engines:
        results.append(forward_chaining.evaluate(pack, thresholds, evidence.teams, facts))
    if "columnar" in engines:
        from .engines import columns

        results.append(columns.evaluate(pack, thresholds, evidence, quarter, by_team, last.levels))
    for other in results[1:]:
        require_agreement(results[0], other)
    county = work_out(pack, thresholds, evidence.teams, facts)
    require_agreement(results[0], _as_result(pack, facts, county))
    return results[0], facts


def _as_result(pack: RulePack, facts: dict[str, Facts], county: tuple[Majority, ...]) -> EngineResult:
    """What the strata by themselves come to, from which explanations are read; it must be what the engines say."""
    teams = {}
    for team, held in facts.items():
        assert held.supervision is not None
        findings: dict[str, Truth] = {}
        for name, grade in held.pressures.items():
            findings |= {f"{name}.{mark}": getattr(grade, mark) for mark in pack.team_pressures[name].marks}
        findings |= {f"{name}.affected": truth for name, truth in held.affected.items()}
        findings |= {f"{name}.on": truth for name, truth in held.county.items()}
        for part in ("strained", "adequate", "inferred"):
            findings[f"{pack.supervision.id}.{part}"] = getattr(held.supervision, part)
        findings |= held.rules | notices_of(held)
        teams[team] = TeamFindings(findings, verdict_of(held))
    return EngineResult("explanation", teams, county)


def _team_assessment(
    pack: RulePack, team: Team, result: EngineResult, facts: Facts, evidence: EvidenceSet, quarter: Quarter
) -> TeamAssessment:
    found = result.teams[team.id]
    facts.knife_edges = knife_edges(facts, found.verdict.level)
    return TeamAssessment(
        team=team,
        level=found.verdict.level,
        could_be=found.verdict.could_be,
        score=found.verdict.score,
        pressures=pressures_in(pack, found.findings),
        affected={p: found.findings[f"{p}.affected"] for p in pack.county_pressures},
        supervision=supervision_in(pack, found.findings),
        rules=rules_in(pack, found.findings),
        notices={notice: found.findings[notice] for notice in pack.notices},
        confidence=confidence_of(facts),
        missing=missing_in(facts, evidence.marks_of(team.id, quarter)),
        last_level=facts.last_level,
        facts=facts,
    )


def missing_as_dict(missing: Missing) -> dict[str, Any]:
    return {"id": missing.id, "title": missing.title, "why": missing.why, "bears_on": list(missing.bears_on)}


def _remark_dict(remark: Remark) -> dict[str, Any]:
    return vars(remark) | {
        "quarter": None if remark.quarter is None else str(remark.quarter),
        "acknowledged": None if remark.acknowledged is None else dict(vars(remark.acknowledged)),
    }


def _county_dict(pack: RulePack, majority: Majority) -> dict[str, Any]:
    return {
        "id": majority.pressure,
        "title": pack.county_pressures[majority.pressure].title,
        "area": majority.area,
        "state": str(majority),
        "affected": majority.affected,
        "silent": majority.silent,
        "teams": majority.teams,
    }


def _team_dict(team: TeamAssessment) -> dict[str, Any]:
    return {
        "team_id": team.team.id,
        "team_name": team.team.name,
        "district": team.team.district,
        "county": team.team.county,
        "level": team.level,
        "could_be": team.could_be,
        "last_level": team.last_level,
        "score": {"points": team.score.points, "low": team.score.low, "high": team.score.high, "of": team.score.of},
        "pressures": {p: {"state": str(grade), "could_be": grade.could_be} for p, grade in team.pressures.items()},
        "affected_by": {p: str(truth) for p, truth in team.affected.items()},
        "supervision": {"state": str(team.supervision), "could_be": team.supervision.could_be},
        "rules": {rule: str(truth) for rule, truth in team.rules.items()},
        "same_day": [rule for rule, truth in team.rules.items() if truth is Truth.MET and team.facts.pack.risk[rule].same_day],
        "notices": {notice: str(truth) for notice, truth in team.notices.items()},
        "confidence": {"band": team.confidence.band, "reasons": [reason.id for reason in team.confidence.reasons]},
        "missing": [missing_as_dict(missing) for missing in team.missing],
    }
