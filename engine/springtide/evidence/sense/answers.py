"""Answers that are too much alike: of all respondents of a team, or to all questions."""

from __future__ import annotations

from collections.abc import Iterator

from ...logic.sense_checks import SenseCheck
from ..cells import short
from ..records import Remark, Response
from .seen import Seen, remark


def answered(response: Response) -> dict[str, str]:
    """The questions that a response answers, blanks left out."""
    return {question: answer for question, answer in response.answers.items() if answer is not None}


def same_answers(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Teams whose every respondent gave the same answers; a question that someone left blank counts for nothing."""
    respondents, least = check.number("respondents") or 0, check.number("answers") or 0
    for (team, quarter), responses in seen.responses_of.items():
        if len(responses) < respondents:
            continue
        held = [answered(response) for response in responses]
        together = set.intersection(*(set(answers) for answers in held))
        given: dict[str, set[str]] = {}
        for answers in held:
            for question, answer in answers.items():
                given.setdefault(question, set()).add(answer)
        if len(together) >= least and all(len(said) == 1 for said in given.values()):
            says = f"{team}'s {len(responses)} responses for {quarter} are alike in all {len(together)} answers"
            yield remark(check, responses[0].at, "", team, quarter, says)


def one_answer(check: SenseCheck, seen: Seen) -> Iterator[Remark]:
    """Responses with one answer of the scale throughout, on questions keyed either way."""
    least, turned = check.number("answers") or 0, check.number("reversed") or 0
    questions, scale = seen.pack.questions, seen.pack.questionnaire.scale
    for response in seen.responses:
        answers = answered(response)
        words = set(answers.values())
        reversed_ = sum(questions[question].favourable_when == "low" for question in answers if question in questions)
        if len(answers) < least or len(words) != 1 or not words <= set(scale.answers) or reversed_ < turned or reversed_ == len(answers):
            continue
        (word,) = words
        says = (f"response {short(response.id)} of {response.team} answers '{word}' to all {len(answers)} questions that it answers, "
                f"{reversed_} of them keyed the other way round")  # fmt: skip
        yield remark(check, response.at, "", response.team, response.quarter, says)
