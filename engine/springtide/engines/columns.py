"""A quarter's evidence as one frame for the columnar evaluator, and its frame as a result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ..evidence.records import EvidenceSet
from ..logic.answers import favourable_answers
from ..logic.facts import Evidence, Majority, Team
from ..logic.model import RulePack
from ..logic.quarter import Quarter
from ..logic.strata import Score, Verdict, findings_ids
from ..logic.truth import Truth
from . import columnar
from .result import EngineResult, TeamFindings


def evaluate(
    pack: RulePack,
    thresholds: dict[str, float],
    evidence: EvidenceSet,
    quarter: Quarter,
    by_team: Mapping[str, Evidence],
    last_levels: Mapping[str, str],
) -> EngineResult:
    """Every team's findings by the columnar evaluator.

    Medians are counted here from the responses themselves, not taken from `by_team`.
    """
    frame = frame_of(pack, evidence, quarter, by_team, last_levels)
    rated = columnar.rate(frame, pack, thresholds).sort_values(columnar.TEAM, kind="stable")
    return result_of(pack, thresholds, rated)


def frame_of(
    pack: RulePack,
    evidence: EvidenceSet,
    quarter: Quarter,
    by_team: Mapping[str, Evidence],
    last_levels: Mapping[str, str],
) -> pd.DataFrame:
    """One row a team: figures, last quarter's figures, and how many answered each question which way."""
    teams = evidence.teams
    index = pd.Index([team.id for team in teams], name=columnar.TEAM)
    figures = pd.DataFrame.from_records([by_team[t].figures for t in index], index=index).astype("float64")
    last = pd.DataFrame.from_records([by_team[t].last_quarter for t in index], index=index).astype("float64")
    frame = pd.concat([_names(teams, index), figures, last.add_suffix(columnar.LAST), _answers(pack, evidence, quarter, index)], axis=1)
    if last_levels:
        ranks = {team: pack.levels.rank(level) for team, level in last_levels.items() if level != pack.levels.insufficient.id}
        frame[columnar.LAST_LEVEL] = pd.Series(ranks, dtype="float64").reindex(index)
    return frame.reset_index()


def _names(teams: Sequence[Team], index: pd.Index) -> pd.DataFrame:
    return pd.DataFrame(
        {
            columnar.COUNTY: [team.county for team in teams],
            columnar.TRANSFERS_TO: [team.transfers_to for team in teams],
        },
        index=index,
    )


def _answers(pack: RulePack, evidence: EvidenceSet, quarter: Quarter, index: pd.Index) -> pd.DataFrame:
    scale = pack.questionnaire.scale
    returned = [response for response in evidence.responses if response.quarter == quarter]
    if not returned:
        return pd.DataFrame(index=index)
    names = [columnar.answer_column(question, part) for question in pack.questions_read for part in columnar.ANSWER_PARTS]
    counts = {team: dict.fromkeys(names, 0.0) for team in index}
    for question in pack.questions_read:
        parts = parts_of_answers(pack, question)
        for response in returned:
            if response.team in counts:
                for part in parts[response.answers.get(question) or scale.missing]:
                    counts[response.team][columnar.answer_column(question, part)] += 1
    return pd.DataFrame.from_records([counts[team] for team in index], index=index, columns=names)


def parts_of_answers(pack: RulePack, question: str) -> dict[str, tuple[str, ...]]:
    """Among which counts of the columnar engine each answer to a question is."""
    scale = pack.questionnaire.scale
    good = favourable_answers(pack.questions[question], scale)
    parts: dict[str, tuple[str, ...]] = {answer: ("favourable",) if answer in good else ("adverse",) for answer in scale.answers}
    return parts | {scale.missing: ("unknown",), scale.not_counted: ("not_applicable",)}


def result_of(pack: RulePack, thresholds: dict[str, float], rated: pd.DataFrame) -> EngineResult:
    """A rated frame of one quarter, in the form that engines are compared in."""
    names = list(findings_ids(pack))
    columns = {name: (rated[f"{name}:met"].tolist(), rated[f"{name}:could"].tolist()) for name in names}
    totals = {name: rated[name].tolist() for name in ("level_rank", "could_be_rank", "told", "score_low", "score_high")}
    of = _most_points(pack)
    teams = {}
    for place, team in enumerate(rated[columnar.TEAM].tolist()):
        findings = {name: Truth.between(met[place], could[place]) for name, (met, could) in columns.items()}
        low, high = int(totals["score_low"][place]), int(totals["score_high"][place])
        level, could_be = _levels(pack, thresholds, *(int(totals[name][place]) for name in ("level_rank", "could_be_rank", "told")))
        teams[team] = TeamFindings(findings, Verdict(level, could_be, Score(low, low, high, of)))
    return EngineResult("columnar", teams, tuple(_county(pack, rated)))


def _levels(pack: RulePack, thresholds: dict[str, float], rank: int, could_be_rank: int, told: int) -> tuple[str, str]:
    levels = pack.levels
    thin = rank == 0 and told < thresholds[levels.insufficient_below]
    level = levels.insufficient.id if thin else levels.levels[rank].id
    return level, level if could_be_rank == rank else levels.levels[could_be_rank].id


def _most_points(pack: RulePack) -> int:
    families = sum(max(max(p.points.values(), default=0) for p in members) for members in pack.families.values())
    return families + pack.supervision.points.get("evidenced strained", 0) + sum(rule.points for rule in pack.risk.values())


def _county(pack: RulePack, rated: pd.DataFrame) -> list[Majority]:
    found = []
    for area, rows in rated.groupby(columnar.COUNTY, sort=True):
        row = rows.iloc[0]
        for pressure in pack.county_pressures:
            on = Truth.between(bool(row[f"{pressure}.on:met"]), bool(row[f"{pressure}.on:could"]))
            counts = (int(row[f"{pressure}:{part}"]) for part in ("affected", "silent", "teams"))
            found.append(Majority(pressure, str(area), on, *counts))
    return found
