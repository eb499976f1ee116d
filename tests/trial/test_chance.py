"""What is drawn by lot has the distribution that it says, and is the same everywhere and always."""

from __future__ import annotations

from math import comb, exp, lgamma, log

import numpy as np
import pytest

from springtide.trial.chance import Luck, binomial, happens, normal, poisson, whole

EVENLY = (np.arange(200_000) + 0.5) / 200_000  # every piece of luck once, so that shares are those of the distribution


def shares(drawn: np.ndarray) -> dict[int, float]:
    values, counts = np.unique(drawn, return_counts=True)
    return {int(value): count / len(drawn) for value, count in zip(values, counts, strict=True)}


@pytest.mark.parametrize(("of", "share"), [(13, 0.13), (39, 0.88), (10, 0.5), (6, 0.97), (300, 0.999)])
def test_binomial(of: int, share: float) -> None:
    found = shares(binomial(EVENLY, of, share))
    for number in range(of + 1):
        assert found.get(number, 0.0) == pytest.approx(comb(of, number) * share**number * (1 - share) ** (of - number), abs=2e-5)


@pytest.mark.parametrize("mean", [0.15, 1.56, 32.0, 124.0, 600.0])
def test_poisson(mean: float) -> None:
    found = shares(poisson(EVENLY, mean))
    assert sum(found.values()) == pytest.approx(1)
    for number, share in found.items():
        assert share == pytest.approx(exp(number * log(mean) - mean - lgamma(number + 1)), abs=2e-5)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_what_never_or_always_happens(share: float) -> None:
    luck = np.array([0.0, 0.3, 1 - 2**-53])
    assert binomial(luck, 7, share).tolist() == [7 * share] * 3
    assert happens(luck, share).tolist() == [share] * 3
    assert poisson(luck, 0.0).tolist() == [0.0] * 3


def test_each_team_has_its_own_numbers() -> None:
    luck = np.array([0.5, 0.5, 0.5])
    assert binomial(luck, np.array([0, 4, 10]), np.array([0.5, 0.5, 0.9])).tolist() == [0, 2, 9]
    assert poisson(luck, np.array([0.1, 2.0, 30.0])).tolist() == [0, 2, 30]


def test_normal_and_whole() -> None:
    drawn = normal((np.arange(2000) + 0.5) / 2000, 16.5, 2)
    assert drawn.mean() == pytest.approx(16.5, abs=1e-6) and drawn.std() == pytest.approx(2, rel=1e-3)
    assert np.isfinite(normal(np.array([0.0, 1 - 2**-53]), 0, 1)).all()
    assert shares(whole(EVENLY, 6, 13)) == pytest.approx(dict.fromkeys(range(6, 14), 1 / 8))


def test_worse_luck_never_draws_less() -> None:
    assert (np.diff(binomial(EVENLY, 20, 0.6)) >= 0).all()
    assert (np.diff(poisson(EVENLY, 5.0)) >= 0).all()


def test_the_same_numbers_on_every_machine() -> None:
    """Written down once. Where this fails, every table that was ever printed for a seed is another."""
    assert Luck(1, [1, 2], 3).of("posts").tolist() == [
        0.28361547889951466, 0.8571689917213302, 0.6708207396826394, 0.9896621612788647, 0.907765644006945, 0.9600339650961058,
    ]  # fmt: skip


def test_a_county_is_the_same_whatever_others_there_are() -> None:
    many = Luck(7, range(1, 6), 10).of("vacancies").reshape(5, 10)
    assert (Luck(7, [4], 10).of("vacancies") == many[3]).all()
    assert (Luck(7, [4], 6).of("vacancies") == many[3, :6]).all()
    assert not (Luck(8, [4], 10).of("vacancies") == many[3]).any()
    assert not (Luck(7, [4], 10).of("crises") == many[3]).any()


def test_the_luck_of_counties_and_things_is_unrelated() -> None:
    drawn = np.array([Luck(1, [county], 400).of(thing) for county in range(1, 9) for thing in ("posts", "crises", "q44 adverse")])
    between = np.corrcoef(drawn)[~np.eye(len(drawn), dtype=bool)]
    assert abs(between).max() < 0.2 and abs(between.mean()) < 0.01
    assert drawn.mean() == pytest.approx(0.5, abs=0.01)
