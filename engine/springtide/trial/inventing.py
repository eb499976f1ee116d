"""Invented teams as the columns that the columnar engine reads: figures by chance around a county's rates, and answers."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..engines import columnar
from ..engines.columns import parts_of_answers
from ..logic import conditions as c
from ..logic.answers import favourable_answers, from_worst_to_best
from ..logic.formula import names_in
from ..logic.model import Question, RulePack
from .chance import Bools, Floats, Ints, Luck, binomial, happens, normal, poisson, whole
from .county_files import County, Pressed

_NO_CASES_FTE = 0.2  # of the staff's time goes to other things than cases


@dataclass(frozen=True)
class Read:
    """What the levels of a pack read: figures that are invented, what is not, and questions."""

    figures: tuple[str, ...]
    not_invented: tuple[str, ...]
    questions: tuple[str, ...]


def read_by_levels(pack: RulePack, invented: Container[str]) -> Read:
    """What bears on a level in a pack, by what of it is among the figures that are invented."""
    leaves = pack.level_leaves
    names = dict.fromkeys(
        name
        for leaf in leaves
        if isinstance(leaf, c.MeasureTest | c.SupplyTest)
        for name in _behind(pack, leaf.measure)
    )
    asked = {leaf.question for leaf in leaves if isinstance(leaf, c.AnswerTest)}
    return Read(
        tuple(name for name in names if name in invented), tuple(name for name in names if name not in invented),
        tuple(question for question in pack.questions if question in asked),
    )  # fmt: skip


def _behind(pack: RulePack, name: str) -> Iterator[str]:
    """The figures that a measure is worked out from; of earlier quarters with the words of the formula."""
    measure = pack.measures.get(name)
    if measure is None or measure.formula is None:
        yield name
        return
    for part, earlier in names_in(measure.formula):
        yield from (f"{behind} of an earlier quarter" for behind in _behind(pack, part)) if earlier else _behind(pack, part)


class Invented:
    """Some counties of one world: `pressed` is how a tenth of the teams of each are worse; None for no team.

    Args:
        numbers: of the counties, from 1.
    """

    def __init__(self, county: County, pressed: Pressed | None, luck: Luck, numbers: Sequence[int], size: int):
        self._county, self._pressed, self._luck = county, pressed, luck
        self._numbers, self._size = numbers, size
        types = [one for one in county.team_types for _ in range(one.in_turn)]
        in_turn = [types[place % len(types)] for place in range(size)] * len(numbers)
        self.type_names = [one.name for one in in_turn]
        self._referrals = np.array([one.referrals for one in in_turn])
        self._caseload = np.array([one.caseload for one in in_turn])
        self.hit = self._chosen()

    def _chosen(self) -> Bools:
        """Which teams are under pressure: a tenth of each county, and one at least, by lot."""
        if self._pressed is None:
            return np.zeros(len(self._numbers) * self._size, dtype=bool)
        lots = self._luck.of("pressed").reshape(len(self._numbers), self._size)
        return np.asarray(lots.argsort(axis=1, kind="stable").argsort(axis=1, kind="stable") < max(1, self._size // 10)).ravel()

    def _rate(self, name: str) -> Floats:
        usual = self._county.rates[name].value
        worse = self._pressed.rates.get(name, usual) if self._pressed else usual
        return np.where(self.hit, worse, usual)

    def frame(self, pack: RulePack, read: Read, kind: str, figures: bool) -> pd.DataFrame:
        """One row a team, in the order of its id, which begins with `kind`; without `figures` none of them is known."""
        columns: dict[str, object] = {
            columnar.TEAM: [f"{kind} C{county:05} T{team:03}" for county in self._numbers for team in range(1, self._size + 1)],
            columnar.COUNTY: [f"{kind} C{county:05}" for county in self._numbers for _ in range(self._size)],
        }
        columns |= {name: self.figures[name] if figures else np.nan for name in read.figures}
        return pd.DataFrame(columns | self._answer_columns(pack, read.questions))

    # -- figures -------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> Mapping[str, Floats]:
        """Every figure that is invented, one value a team."""
        luck, rate = self._luck.of, self._rate
        posts = whole(luck("posts"), rate("posts_least"), rate("posts_most"))
        vacant = binomial(luck("vacancies"), posts, rate("vacancy"))
        in_post = posts - vacant
        agency = binomial(luck("agency cover"), vacant, rate("agency_cover")) + happens(luck("agency beyond"), rate("agency_beyond"))
        holders = np.maximum(1.0, in_post + agency - _NO_CASES_FTE)
        caseload = normal(luck("caseload"), rate("caseload"), rate("caseload_spread")) * self._caseload
        above = np.maximum(rate("highest_above_least"), normal(luck("highest caseload"), rate("highest_above"), rate("highest_above_spread")))
        usual = np.round(self._referrals * posts)
        due = np.round(rate("sessions_due") * np.maximum(1.0, in_post))
        files = whole(luck("files"), rate("files_least"), rate("files_most"))
        nought = np.zeros_like(posts)
        return {
            "established_posts": posts,
            "vacant_posts": vacant,
            "in_post_fte": in_post,
            "agency_fte": agency,
            "leavers_12_months_fte": np.minimum(in_post, poisson(luck("leavers"), rate("leaving") * posts)),
            "fte_unavailable": binomial(luck("away"), in_post, rate("away")),
            "case_holders_fte": holders,
            "cases_registered": np.maximum(0.0, np.round(caseload * holders)),
            "cases_taken_in": nought,
            "cases_farmed_out": nought,
            "highest_caseload": np.maximum(0.0, np.round(caseload + above)),
            "complex_cases_in_crisis": poisson(luck("crises"), rate("crises") * holders),
            "referrals": poisson(luck("referrals"), usual * rate("demand")),
            "usual_referrals": usual,
            "cases_unallocated_over_7_days": poisson(luck("waiting"), rate("waiting") * posts),
            "child_protection_cases_unallocated": poisson(luck("child protection waiting"), rate("child_protection_waiting") * posts),
            "child_protection_cases_held_by_managers": nought,
            "cases_held_by_managers": nought,
            "supervision_sessions_due": due,
            "supervision_sessions_held": binomial(luck("sessions held"), due, rate("sessions_held")),
            "files_audited": files,
            "files_with_supervision_evidence": binomial(luck("files that show supervision"), files, rate("files_shown")),
        }

    # -- answers -------------------------------------------------------------------------------

    def answers(self, pack: RulePack, question: str) -> list[str]:
        """What each team answers to a question, in the words of its scale."""
        words = _four_answers(pack, pack.questions[question])
        return [words[place] for place in self._answered(question)]

    def _answered(self, question: str) -> Ints:
        """Which of the four answers each team gives."""
        strong = happens(self._luck.of(f"{question} strongly"), self._rate("strongly")) > 0
        return np.where(self._adverse(question), np.where(strong, 0, 1), np.where(strong, 3, 2))

    def _answer_columns(self, pack: RulePack, questions: Iterable[str]) -> dict[str, Floats]:
        """How many answers of each sort a team gave to each question: one return, agreed by the team together."""
        columns: dict[str, Floats] = {}
        for question in questions:
            parts, answered = parts_of_answers(pack, question), self._answered(question)
            for part in dict.fromkeys(part for held in parts.values() for part in held):
                among = np.array([part in parts[answer] for answer in _four_answers(pack, pack.questions[question])], dtype=np.float64)
                columns[columnar.answer_column(question, part)] = among[answered]
        return columns

    def _adverse(self, question: str) -> Bools:
        held = self._county.answers_to(question)
        if held.same_as:
            return self._adverse(held.same_as)
        worse = self._pressed.answers.get(question, held.adverse) if self._pressed else held.adverse
        share = np.where(self.hit, worse, held.adverse)
        if held.alike:
            more = happens(self._luck.of("answers alike"), 0.5) * 2 - 1
            share = share * (1 + more * self._county.rates["alike"].value)
        return np.asarray(self._luck.of(f"{question} adverse") < np.minimum(share, 0.99))


def _four_answers(pack: RulePack, question: Question) -> tuple[str, str, str, str]:
    """Strongly adverse, adverse, favourable, strongly favourable, in the words of a question's scale."""
    scale = pack.questionnaire.scale
    order = from_worst_to_best(question, scale)
    good = favourable_answers(question, scale)
    adverse, favourable = [answer for answer in order if answer not in good], [answer for answer in order if answer in good]
    return (adverse or favourable)[0], (adverse or favourable)[-1], (favourable or adverse)[0], (favourable or adverse)[-1]

