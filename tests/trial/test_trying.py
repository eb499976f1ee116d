"""What is counted of a trial, what is held against the limits, and that it is the same again."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from springtide import Trial, load_pack, try_pack
from springtide.logic.quarter import Quarter
from springtide.reports import tried as report
from springtide.trial.county_files import Assumption, read_county
from springtide.trial.trying import Bools, Ints, _count, _share

PACK = load_pack("kent-2009")
COUNTY = read_county("england-2009")


@pytest.fixture(scope="module")
def trial() -> Trial:
    return try_pack(PACK, counties=20, size=20)


def test_the_same_seed_is_the_same_trial(trial: Trial) -> None:
    again = try_pack(PACK, "england-2009", counties=20, size=20, seed=1)
    assert report.as_dict(again) == report.as_dict(trial)
    assert report.as_dict(try_pack(PACK, counties=20, size=20, seed=2))["tried"] != report.as_dict(trial)["tried"]


def test_it_does_not_turn_on_how_many_are_scored_at_once(trial: Trial, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("springtide.trial.trying._ROWS_AT_ONCE", 7 * 20 * 6)
    done: list[tuple[int, int]] = []
    again = try_pack(PACK, counties=20, size=20, progress=lambda number, of: done.append((number, of)))
    assert report.as_dict(again) == report.as_dict(trial)
    assert done == [(1, 3), (2, 3), (3, 3)]


def test_every_kind_is_tried(trial: Trial) -> None:
    kinds = [(one.pressed.id if one.pressed else None, one.questionnaires_only) for one in trial.tried]
    assert kinds == [(None, False), ("storm", False), ("chronic_staffing", False), ("load_and_thin_supervision", False), (None, True), ("answers_say_so", True)]
    for one in trial.tried:
        assert sum(one.levels.values()) == pytest.approx(1)
        assert one.flagged.value == pytest.approx(one.levels["elevated"] + one.levels["high"], abs=1e-9)
        assert one.highest.value == pytest.approx(one.levels["high"], abs=1e-9)
        assert one.flagged.low <= one.flagged.value <= one.flagged.high and one.flagged.error > 0
        assert (one.found is None) == (one.pressed is None)


def test_what_is_found_is_of_teams_that_are_worse_and_the_rest_of_the_others() -> None:
    places: Ints = np.array([4, 0, 3, 5, 0, 1, 4, 2])
    hit: Bools = np.array([True, False, False, False, False, False, True, False])
    counted = _count(6, places, hit, 4)
    assert counted.hit.tolist() == [[0, 0, 0, 0, 1, 0], [0, 0, 0, 0, 1, 0]]
    assert counted.ordinary.tolist() == [[1, 0, 0, 1, 0, 1], [1, 1, 1, 0, 0, 0]]
    share = _share(counted.ordinary, [3, 4])
    assert share.value == pytest.approx(1 / 6) and share.error == pytest.approx(1 / 6)
    assert share.low == pytest.approx(1 / 60) and share.high == pytest.approx(19 / 60)
    assert math.isnan(_share(counted.ordinary[:1], [3]).error)


def limited(flagged: float, highest: float, found: float = 0.0, others: float = 1.0) -> Trial:
    limits = {name: Assumption(value, "judgement", "A test.") for name, value in (("flagged", flagged), ("highest", highest))}
    pressed = {name: replace(one, found=found, others=others) for name, one in COUNTY.pressed.items()}
    return try_pack(PACK, replace(COUNTY, pressed=pressed, **limits), counties=20, size=20)


def test_limits_that_are_kept() -> None:
    kept = limited(1, 1)
    assert kept.kept and kept.broken == ()
    text = "\n".join(report._answer(kept))
    assert "within what is allowed (100 %, 100 %)" in text and "more than" not in text


def test_each_limit_that_is_not_kept_is_named(trial: Trial) -> None:
    of = {(one.pressed.id if one.pressed else "", one.questionnaires_only): one for one in trial.tried}
    ordinary, storm = of["", False], of["storm", False]
    assert storm.found is not None
    just = limited(ordinary.flagged.value, ordinary.highest.value, storm.found.value, storm.flagged.value)
    assert not [one for one in just.broken if one.tried.pressed is None or one.tried.pressed.id == "storm"]  # on the limit is within it
    over = limited(ordinary.flagged.value - 0.001, 0, 1, 0)
    broken = {(one.tried.pressed.id if one.tried.pressed else "", one.tried.questionnaires_only, one.what): one for one in over.broken}
    assert broken["", False, "flagged"].narrowly and broken["", False, "flagged"].is_ == ordinary.flagged.value
    assert not broken["", False, "highest"].narrowly
    assert {("storm", False, "found"), ("storm", False, "others"), ("answers_say_so", True, "others")} <= set(broken)
    assert not over.kept


def test_values_that_are_to_come_are_tried_before_they_do() -> None:
    vacancy = PACK.thresholds["vacancy_rate_severe"]
    later = replace(vacancy, values=(*vacancy.values, replace(vacancy.values[0], start=Quarter(2026, 2), value=0.9)))
    pack = replace(PACK, thresholds=PACK.thresholds | {vacancy.id: later})
    found = try_pack(pack, counties=4, size=10)
    assert (found.county.id, found.quarter) == ("england-2025", Quarter(2026, 2))
    assert try_pack(pack, "england-2009", Quarter(2009, 1), counties=4, size=10).quarter == Quarter(2009, 1)


def test_a_pack_without_a_value_yet_says_so() -> None:
    with pytest.raises(LookupError, match="has no value of"):
        try_pack(load_pack("england"), "england-2009", Quarter(2008, 4), counties=2, size=10)


def test_shares_are_said_so_that_a_limit_is_never_misread() -> None:
    assert report.percent(0.123) == "12 %"
    assert report.percent(0.031) == "3.1 %" and report.percent(0.03) == "3 %"
    assert report.percent(0.1504, 0.15) == "15.04 %"
    assert report.percent(0.154, 0.15) == "15.4 %" and report.percent(0.15, 0.15) == "15 %"
    assert report.percent(0.0) == "0 %" and report.percent(1.0) == "100 %" and report.percent(math.nan) == "–"
