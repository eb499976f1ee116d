from __future__ import annotations

from itertools import combinations, product

import pytest

from springtide.logic.truth import Truth, all_of, any_of, at_least, more_than_share, negation

NOT_MET, CANNOT_TELL, MET = Truth
EVERY = tuple(Truth)


def completions(truths: tuple[Truth, ...]) -> list[tuple[Truth, ...]]:
    """Every way in which the unknowns could turn out."""
    return list(product(*[(NOT_MET, MET) if t is CANNOT_TELL else (t,) for t in truths]))


def exact(outcomes: set[Truth]) -> Truth:
    return outcomes.pop() if len(outcomes) == 1 else CANNOT_TELL


@pytest.mark.parametrize("truths", list(product(EVERY, repeat=3)))
def test_all_any_and_at_least_are_exactly_what_every_completion_says(truths: tuple[Truth, ...]) -> None:
    assert all_of(truths) is exact({Truth.of(all(t is MET for t in one)) for one in completions(truths)})
    assert any_of(truths) is exact({Truth.of(any(t is MET for t in one)) for one in completions(truths)})
    for n in range(5):
        said = {Truth.of(sum(t is MET for t in one) >= n) for one in completions(truths)}
        assert at_least(n, truths) is exact(said)


def test_negation_turns_met_and_not_met_round_and_leaves_the_unknown_alone() -> None:
    assert [negation(t) for t in EVERY] == [MET, CANNOT_TELL, NOT_MET]


@pytest.mark.parametrize("truths", list(product(EVERY, repeat=4)))
def test_most_teams_is_what_every_completion_says(truths: tuple[Truth, ...]) -> None:
    proved, silent = sum(t is MET for t in truths), sum(t is CANNOT_TELL for t in truths)
    said = {Truth.of(sum(t is MET for t in one) > 0.5 * len(truths)) for one in completions(truths)}
    assert more_than_share(0.5, proved, proved + silent, len(truths)) is exact(said)


def test_half_is_not_most_and_nobody_can_be_told() -> None:
    assert more_than_share(0.5, 30, 30, 60) is NOT_MET
    assert more_than_share(0.5, 31, 31, 60) is MET
    assert more_than_share(0.5, 26, 44, 60) is CANNOT_TELL
    assert more_than_share(0.5, 0, 0, 0) is CANNOT_TELL


def test_words_and_nothing_to_join() -> None:
    assert [str(t) for t in EVERY] == ["not met", "cannot tell", "met"]
    assert all_of([]) is MET
    assert any_of([]) is NOT_MET
    assert not list(combinations([], 1))


def test_exactly_the_share_is_not_more_whatever_floats_make_of_it() -> None:
    """Of every hundredth and every county of up to 200 teams, exactly the share is off and one more is on."""
    for teams in range(1, 201):
        for hundredths in range(1, 100):
            affected, over = divmod(teams * hundredths, 100)
            assert more_than_share(hundredths / 100, affected, affected, teams) is Truth.NOT_MET, (hundredths, teams, over)
            assert more_than_share(hundredths / 100, affected + 1, affected + 1, teams) is Truth.MET, (hundredths, teams)
