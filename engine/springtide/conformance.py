"""A quarter's scoring as plain files, for another implementation to be held to: pack, evidence, expected result.

The format is described in docs/reference/conformance.md; nothing in it needs YAML, layers or Python.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .assessment import Assessment, TeamAssessment, assess
from .evidence.records import EvidenceSet
from .logic import conditions as c
from .logic import model as m
from .logic.answers import favourable_answers, from_worst_to_best
from .logic.formula import Arithmetic, Formula, LastQuarter, Name, SquareRoot
from .logic.quarter import Quarter
from .logic.units import UNITS

Json = dict[str, Any]


def neutral_pack(pack: m.RulePack, quarter: Quarter) -> Json:
    """A pack as it stands in one quarter: layers stacked, thresholds in force, conditions and formulas as trees.

    Raises:
        LookupError: the pack has no thresholds for the quarter.
    """
    thresholds = pack.values(quarter)
    spell = _Speller(pack, thresholds, quarter)
    watch, levels = pack.supervision, pack.levels
    return {
        "pack": {"id": pack.id, "version": pack.version},
        "quarter": str(quarter),
        "measures": {one.id: spell.formula(one.formula) for one in pack.measures.values() if one.formula is not None},
        "questions": {one: _question(pack, one) for one in pack.questions_read},
        "not_counted": pack.questionnaire.scale.not_counted,
        "team_pressures": {
            one.id: {"family": one.family, **{mark: spell(held) for mark, held in one.conditions.items()}, "points": one.points}
            for one in pack.team_pressures.values()
        },
        "county_pressures": {
            one.id: {"affected": spell(one.affected), "on_when_more_than": thresholds[one.most]} for one in pack.county_pressures.values()
        },
        "supervision": {
            "evidenced_strained": spell(watch.evidenced_strained), "evidenced_adequate": spell(watch.evidenced_adequate),
            "inferred_strained": spell(watch.inferred_strained), "points": watch.points.get("evidenced strained", 0),
        },
        "risk_rules": {one: {"level": pack.risk[one].level, "points": pack.risk[one].points, "when": spell(pack.risk[one].when)} for one in pack.rule_order},
        "notices": {one.id: {"when": spell(one.when)} for one in pack.notices.values()},
        "levels": [level.id for level in levels.levels],
        "flagged_from": levels.flagged_from,
        "insufficient_evidence": {"id": levels.insufficient.id, "below_pressures_told": thresholds[levels.insufficient_below]},
        "confidence": {
            "reducers": {one.id: {"weight": one.weight, "when": spell(one.when)} for one in pack.reducers.values()},
            "low_from": {weight: thresholds[name] for weight, name in levels.confidence_low.items()},
            "medium_from": {weight: thresholds[name] for weight, name in levels.confidence_medium.items()},
        },
    }  # fmt: skip


def _question(pack: m.RulePack, name: str) -> Json:
    question, scale = pack.questions[name], pack.questionnaire.scale
    return {"best_first": list(from_worst_to_best(question, scale)[::-1]), "favourable": sorted(favourable_answers(question, scale))}


class _Speller:
    """Conditions and formulas as trees of plain values, each threshold written out as its number."""

    def __init__(self, pack: m.RulePack, thresholds: dict[str, float], quarter: Quarter):
        self.pack = pack
        self.thresholds = thresholds
        self.quarter = quarter

    def __call__(self, condition: c.Condition) -> Json:
        match condition:
            case c.AllOf(parts):
                return {"all": [self(part) for part in parts]}
            case c.AnyOf(parts):
                return {"any": [self(part) for part in parts]}
            case c.Not(part):
                return {"not": self(part)}
            case c.AtLeastOf(n, parts):
                return {"at_least": round(self.thresholds[n]), "of": [self(part) for part in parts]}
            case c.ReceivingTeam(part):
                return {"receiving_team": self(part)}
            case c.MeasureTest(measure, comparison, threshold):
                a_tenth_tells = not UNITS[self.pack.thresholds[threshold].unit].counts_things
                return {"number": measure, comparison: self.thresholds[threshold], "a_tenth_tells": a_tenth_tells}
            case c.SupplyTest(measure, state):
                return {"number": measure, "is": state}
            case c.AnswerTest(question, side):
                return {"answer": question, "is": side}
            case c.PressureTest(pressure, grade):
                return {"pressure": pressure, "is": grade}
            case c.CountyTest(pressure, aspect):
                return {"county_pressure": pressure, "is": aspect}
            case c.SupervisionTest(state):
                return {"supervision": state}
            case c.RuleTest(rule):
                return {"rule": rule}
            case c.LevelTest(level, last_quarter):
                return {"last_level" if last_quarter else "level": level}
            case c.PeriodTest(period):
                return {"always": self.quarter in self.pack.periods[period].quarters}
            case c.AnswersTest(state):
                return {"answers": state}
            case c.KnifeEdgeTest(about):
                return {"knife_edge": about}

    def formula(self, formula: Formula) -> Json:
        match formula:
            case Name(name):
                return {"name": name}
            case LastQuarter(name):
                return {"last_quarter": name}
            case SquareRoot(of):
                return {"sqrt": self.formula(of)}
            case Arithmetic(operator, left, right):
                return {operator: [self.formula(left), self.formula(right)]}


def neutral_evidence(evidence: EvidenceSet, result: Assessment) -> Json:
    """The evidence of one quarter, team by team: figures, last quarter's figures and level, each respondent's answers."""
    read = result.pack.questions_read
    teams = []
    for team in result.teams:
        responses = [one for one in evidence.responses if one.team == team.team.id and one.quarter == result.quarter]
        answers = {name: [one.answers.get(name) for one in responses] for name in read} if responses else {}
        teams.append({
            "id": team.team.id, "county": team.team.county, "transfers_to": team.team.transfers_to or None,
            "figures": team.facts.evidence.figures, "last_quarter": team.facts.evidence.last_quarter,
            "last_level": team.last_level, "answers": answers, "respondents": [one.respondent or None for one in responses],
        })  # fmt: skip
    return {"teams": teams}


def expected(result: Assessment) -> Json:
    """What an implementation must come to."""
    county = [
        {"area": one.area, "pressure": one.pressure, "state": str(one), "affected": one.affected, "silent": one.silent, "teams": one.teams}
        for one in result.county
    ]
    return {"county": county, "teams": {team.team.id: _expected_of(team) for team in result.teams}}


def _expected_of(team: TeamAssessment) -> Json:
    return {
        "level": team.level, "could_be": team.could_be,
        "score": {"low": team.score.low, "high": team.score.high, "of": team.score.of},
        "pressures": {name: {"state": str(grade), "could_be": grade.could_be} for name, grade in team.pressures.items()},
        "affected": {name: str(truth) for name, truth in team.affected.items()},
        "supervision": {"state": str(team.supervision), "could_be": team.supervision.could_be},
        "rules": {name: str(truth) for name, truth in team.rules.items()},
        "notices": {name: str(truth) for name, truth in team.notices.items()},
        "flagged": team.facts.pack.levels.flagged(team.level),
        "confidence": {"band": team.confidence.band, "reasons": sorted(reason.id for reason in team.confidence.reasons)},
    }  # fmt: skip


def case_files(about: str, pack: m.RulePack, evidence: EvidenceSet, quarter: Quarter) -> dict[str, str]:
    """The files of one case by name, always in the same spelling."""
    result = assess(pack, evidence, quarter)
    documents: dict[str, Json] = {
        "pack.json": neutral_pack(pack, quarter), "evidence.json": neutral_evidence(evidence, result), "expected.json": expected(result),
    }  # fmt: skip
    files = {
        name: json.dumps(document, ensure_ascii=False, sort_keys=True, indent=None if name == "pack.json" else 1, allow_nan=False) + "\n"
        for name, document in documents.items()
    }
    return {"about.txt": " ".join(about.split()) + "\n", **files}


def write_case(folder: str | Path, about: str, pack: m.RulePack, evidence: EvidenceSet, quarter: Quarter) -> None:
    """Write one case: `about.txt`, `pack.json`, `evidence.json` and `expected.json`.

    Raises:
        LookupError: the pack has no thresholds for the quarter.
        EnginesDisagree: there is nothing to be held to where springtide's own engines differ.
    """
    where = Path(folder)
    where.mkdir(parents=True, exist_ok=True)
    for name, text in case_files(about, pack, evidence, quarter).items():
        (where / name).write_text(text, encoding="utf-8", newline="\n")
