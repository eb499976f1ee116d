"""The report's own paragraphs 8 to 19: per question, county-wide, positive or improvement required."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from .answers import Answer
from .model import Question, RulePack
from .truth import Truth

FindingWord = Literal["positive", "improvement", "none"]


@dataclass(frozen=True)
class CountyFinding:
    """One question over all teams. `responding` teams are those whose answer is known and applies."""

    question: Question
    finding: FindingWord
    favourable: int
    adverse: int
    responding: int
    silent: int

    @property
    def as_reported(self) -> bool:
        """Whether it is what the report of 2009 found."""
        return self.finding == self.question.county_finding


def county_findings(pack: RulePack, answers: Mapping[str, Mapping[str, Answer]]) -> tuple[CountyFinding, ...]:
    """Each question's finding: positive where more than half of responding teams are favourable.

    Args:
        answers: by team, then by question; a team without a return has none.

    Questions that the report never states have no finding: what they ask is not known.
    """
    found = []
    for question in pack.questionnaire.questions:
        given = [held[question.id] for held in answers.values() if question.id in held]
        favourable = sum(answer.is_favourable is Truth.MET for answer in given)
        adverse = sum(answer.is_adverse is Truth.MET for answer in given)
        responding = favourable + adverse
        finding: FindingWord = "none"
        if question.favourable_when != "unknown" and responding:
            finding = "positive" if favourable * 2 > responding else "improvement"
        found.append(CountyFinding(question, finding, favourable, adverse, responding, len(answers) - responding))
    return tuple(found)
