from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from springtide.logic.answers import NO_ANSWER, Answer, combine
from springtide.logic.model import Question, Scale
from springtide.logic.truth import Truth

SCALE = Scale(("always", "usually", "sometimes", "rarely", "never"), ("always", "usually"), "not applicable", "don't know")
NORMAL = Question("q1", 1, "t", "Statement", "high", "A", "positive", (8,))
REVERSE = Question("q4", 4, "t", "Statement", "low", "A", "improvement", (9,))
UNKNOWN = Question("q14", 14, "t", "Not reported", "unknown", "unknown", "none", (6,))

GIVEN = st.lists(st.sampled_from([*SCALE.answers, SCALE.not_counted, SCALE.missing, None]), max_size=6)


@pytest.mark.parametrize(("answer", "favourable"), [("always", True), ("usually", True), ("sometimes", False), ("rarely", False), ("never", False)])
def test_keying(answer: str, favourable: bool) -> None:
    normal, reverse = combine(NORMAL, SCALE, [answer]), combine(REVERSE, SCALE, [answer])
    assert normal.is_favourable is Truth.of(favourable)
    assert normal.is_adverse is Truth.of(not favourable)
    assert reverse.is_favourable is Truth.of(not favourable)
    assert reverse.is_adverse is Truth.of(favourable)


def test_the_median_and_the_worse_of_two_middle_answers() -> None:
    assert str(combine(NORMAL, SCALE, ["always", "never", "usually"])) == "usually"
    assert str(combine(NORMAL, SCALE, ["usually", "rarely"])) == "rarely"
    assert str(combine(REVERSE, SCALE, ["usually", "rarely"])) == "usually"


def test_dont_know_is_unknown_and_not_applicable_is_not_counted() -> None:
    torn = combine(NORMAL, SCALE, ["usually", "don't know"])
    assert torn.is_adverse is torn.is_favourable is Truth.CANNOT_TELL
    assert str(torn) == "between usually and never"
    assert combine(NORMAL, SCALE, ["usually", "usually", None]).is_favourable is Truth.MET
    only = combine(NORMAL, SCALE, ["not applicable"])
    assert only.is_adverse is only.is_favourable is Truth.NOT_MET
    assert str(only) == "not applicable"


def test_no_answer_is_never_favourable() -> None:
    assert NO_ANSWER.is_favourable is NO_ANSWER.is_adverse is Truth.CANNOT_TELL
    assert str(NO_ANSWER) == "no answer"
    assert combine(UNKNOWN, SCALE, ["always"]) == NO_ANSWER


@given(GIVEN, st.sampled_from([NORMAL, REVERSE]))
def test_the_truth_of_an_answer_is_what_every_completion_says(given: list[str | None], question: Question) -> None:
    """Don't knows and blanks completed in every way: the three-valued answer is exactly right."""
    found = combine(question, SCALE, given)
    places = [place for place, answer in enumerate(given) if answer in (None, SCALE.missing)]
    outcomes: list[Answer] = []
    for filled in product(SCALE.answers, repeat=len(places)) if len(places) <= 4 else []:
        completed = list(given)
        for place, answer in zip(places, filled, strict=True):
            completed[place] = answer
        outcomes.append(combine(question, SCALE, completed))
    if outcomes and given:
        for side in ("is_adverse", "is_favourable"):
            said = {getattr(outcome, side) for outcome in outcomes}
            assert getattr(found, side) is (said.pop() if len(said) == 1 else Truth.CANNOT_TELL)


@given(GIVEN, st.sampled_from([NORMAL, REVERSE]), st.data())
def test_a_worse_answer_never_looks_better(given: list[str | None], question: Question, data: st.DataObject) -> None:
    worst_first = SCALE.answers if question is REVERSE else SCALE.answers[::-1]
    places = [place for place, answer in enumerate(given) if answer in SCALE.answers]
    if not places:
        return
    place = data.draw(st.sampled_from(places))
    now = worst_first.index(given[place])
    worse = list(given)
    worse[place] = worst_first[data.draw(st.integers(0, now))]
    before, after = combine(question, SCALE, given), combine(question, SCALE, worse)
    assert after.is_adverse >= before.is_adverse
    assert after.is_favourable <= before.is_favourable
