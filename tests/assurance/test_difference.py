"""Two packs are equivalent, or a team shows where they are not; and the proof is checked against the strata."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest
from random_cases import random_pack

from springtide import RulePack, load_pack
from springtide.assurance.difference import changes, compare
from springtide.logic import conditions as c
from springtide.logic.model import Threshold
from springtide.logic.quarter import Quarter
from springtide.logic.strata import verdict
from springtide.rulepack.examples import facts_given


def level(pack: RulePack, quarter: str, given: dict) -> str:
    from springtide import parse_quarter

    thresholds = pack.values(parse_quarter(quarter))
    facts = facts_given(pack, thresholds, given)
    assert facts.supervision is not None
    return verdict(pack, thresholds, facts.pressures, facts.supervision, facts.rules).level


def layer(folder: Path, **files: str) -> RulePack:
    folder.mkdir()
    (folder / "pack.yaml").write_text("id: mine\nversion: 1.0.0\ntitle: Mine\nabout: A test\nbuilds_on: kent-2009\n")
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return load_pack(folder)


def threshold(name: str, value: float) -> str:
    return f"{name}:\n  values:\n    - {{from: 2008/09 Q1, value: {value}, basis: judgement, source: A test}}\n"


def test_a_pack_is_equivalent_to_itself(kent: RulePack) -> None:
    found = compare(kent, load_pack("kent-2009"))
    assert found.equivalent
    assert found.cells > 10**30
    assert not changes(kent, load_pack("kent-2009"))


def test_the_same_rule_said_otherwise_is_equivalent(kent: RulePack) -> None:
    rule = kent.risk["R3"]
    assert isinstance(rule.when, c.AllOf)
    turned = replace(rule, when=c.Not(c.AnyOf(tuple(c.Not(part) for part in rule.when.parts))))
    other = replace(kent, risk=kent.risk | {"R3": turned})
    assert [change.id for change in changes(kent, other)] == ["R3"]
    assert compare(kent, other).equivalent


def test_one_threshold_moved(kent: RulePack, tmp_path: Path) -> None:
    mine = layer(tmp_path / "mine", thresholds=threshold("caseload_severe", 23))
    assert [(change.kind, change.id) for change in changes(kent, mine)] == [("threshold", "caseload_severe")]
    found = compare(kent, mine)
    first = found.differs[0]
    assert first.what == "the level"
    assert 22 <= first.given["caseload"] < 23
    assert (level(kent, first.quarter, first.given), level(mine, first.quarter, first.given)) == (first.before, first.after)


def test_a_change_that_no_level_shows(kent: RulePack, tmp_path: Path) -> None:
    found = compare(kent, layer(tmp_path / "mine", thresholds=threshold("small_team_posts", 9)))
    assert [one.what for one in found.differs] == ["'small_team'"]
    assert 8 <= found.differs[0].given["established_posts"] < 9


@pytest.mark.parametrize(
    ("name", "value", "what"), [("most_teams", 0.6, "'case_system' on"), ("confidence_low_minor", 5, "confidence low"), ("team_pressures_told", 4, "the level")]
)
def test_numbers_that_count_teams_or_reasons(kent: RulePack, tmp_path: Path, name: str, value: float, what: str) -> None:
    found = compare(kent, layer(tmp_path / "mine", thresholds=threshold(name, value)))
    assert what in [one.what for one in found.differs]


def test_a_measure_worked_out_differently_is_not_compared(kent: RulePack, tmp_path: Path) -> None:
    measure = "crisis_per_worker:\n  title: Crises\n  formula: complex_cases_in_crisis / in_post_fte\n  unit: cases per FTE\n  worse_when: higher\n  comes_from: team\n  cites: [para 24, para 29]\n"
    found = compare(kent, layer(tmp_path / "mine", measures=measure))
    assert not found.equivalent
    assert found.not_compared == ("the measure 'crisis_per_worker' is worked out differently",)


def test_packs_of_other_times_are_not_compared(kent: RulePack) -> None:
    def only_from(year: int, one: Threshold) -> Threshold:
        return replace(one, values=tuple(replace(value, start=Quarter(year, 1)) for value in one.values))

    never = replace(kent, thresholds=kent.thresholds | {"one_case": replace(kent.thresholds["one_case"], values=())})
    later = replace(kent, thresholds={name: only_from(2090, one) for name, one in kent.thresholds.items()})
    assert compare(kent, later).quarters == ("2090/91 Q1",)
    assert compare(kent, never).not_compared == ("there is no quarter for which both packs have thresholds",)


@pytest.mark.parametrize("seed", range(15))
def test_random_packs_with_one_rule_changed(seed: int) -> None:
    """Whatever is changed, equivalence is claimed only of equal functions, and the team shown differs."""
    rng = Random(seed)
    pack = random_pack(rng)
    rule = rng.choice(list(pack.risk.values()))
    other = replace(pack, risk=pack.risk | {rule.id: replace(rule, when=c.AllOf((rule.when, rule.when)))})
    assert compare(pack, other).equivalent
    negated = replace(pack, risk=pack.risk | {rule.id: replace(rule, when=c.Not(rule.when))})
    assert not compare(pack, negated).equivalent or rule.when == c.Not(rule.when)
