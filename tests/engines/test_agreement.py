"""Two engines, one answer: on random packs, on random evidence, and on the shipped ones."""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random

import pytest
from conftest import needs_forward_chaining
from hypothesis import given, settings
from hypothesis import strategies as st
from random_cases import QUARTER, random_evidence, random_pack, reordered, shuffled

from springtide import assess
from springtide.engines.agreement import EnginesDisagree, compare, require_agreement
from springtide.engines.result import EngineResult, TeamFindings
from springtide.logic.conditions import LevelTest
from springtide.logic.strata import Score, Verdict
from springtide.logic.truth import Truth

PACKS, TEAMS, QUARTERS = 100, 50, 2


@needs_forward_chaining
@pytest.mark.parametrize("tenth", range(10))
def test_the_engines_agree_on_every_finding_of_ten_thousand_random_cases(tenth: int) -> None:
    """Each case is one team in one quarter under a random pack; `assess` raises on any difference.

    The explanation is a third derivation of its own, and is compared as well.
    """
    assert PACKS * TEAMS * QUARTERS >= 10_000
    for seed in range(tenth * PACKS // 10, (tenth + 1) * PACKS // 10):
        rng = Random(seed)
        pack = random_pack(rng)
        evidence = random_evidence(rng, pack, TEAMS)
        assert evidence.quarters == (QUARTER.previous, QUARTER)
        assert assess(pack, evidence, QUARTER).engines == ("forward", "columnar")


@needs_forward_chaining
@given(st.integers(0, 10**9))
@settings(max_examples=25)
def test_the_order_of_teams_rules_and_rows_changes_nothing(seed: int) -> None:
    rng = Random(seed)
    pack = random_pack(rng)
    evidence = random_evidence(rng, pack, 8)
    first = assess(pack, evidence, QUARTER).to_dict()
    again = assess(reordered(rng, pack), shuffled(rng, evidence), QUARTER).to_dict()
    assert canonical(again) == canonical(first)


@given(st.integers(0, 10**9))
@settings(max_examples=25)
def test_a_rerun_gives_identical_bytes(seed: int) -> None:
    rng = Random(seed)
    pack = random_pack(rng)
    evidence = random_evidence(rng, pack, 6)
    first, second = (json.dumps(assess(pack, evidence, QUARTER).to_dict()) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("engine", ["columnar", pytest.param("forward", marks=needs_forward_chaining)])
def test_every_team_is_at_the_lowest_level_or_above(engine: str) -> None:
    for seed in range(5):
        rng = Random(seed)
        pack = random_pack(rng)
        pack = replace(pack, notices={name: replace(notice, when=LevelTest("steady")) for name, notice in pack.notices.items()})
        result = assess(pack, random_evidence(rng, pack, 10), QUARTER, engine=engine)
        assert {truth for team in result.teams for truth in team.notices.values()} == {Truth.MET}


def canonical(document: dict) -> str:
    """The document without the order of its keys, teams and what is missing."""
    document = json.loads(json.dumps(document))
    document["teams"].sort(key=lambda team: team["team_id"])
    document["county"]["pressures"].sort(key=lambda pressure: (pressure["area"], pressure["id"]))
    for team in document["teams"]:
        for missing in team["missing"]:
            missing["bears_on"].sort()
        team["missing"].sort(key=lambda missing: missing["id"])
    return json.dumps(document, sort_keys=True)


def result(engine: str, **findings: Truth) -> EngineResult:
    verdict = Verdict("watch", "watch", Score(2, 2, 2, 26))
    return EngineResult(engine, {"T001": TeamFindings(dict(findings), verdict)}, ())


def test_a_disagreement_is_raised_with_team_and_finding() -> None:
    with pytest.raises(EnginesDisagree) as raised:
        require_agreement(result("forward", R1=Truth.MET), result("columnar", R1=Truth.CANNOT_TELL))
    assert "nothing is published" in str(raised.value)
    assert "T001: R1: met against cannot tell" in str(raised.value)


def test_a_team_or_a_level_that_one_engine_lacks_is_a_disagreement() -> None:
    one, two = result("forward", R1=Truth.MET), result("columnar", R1=Truth.MET)
    assert not list(compare(one, two))
    assert [d.where for d in compare(one, replace(two, teams={}))] == ["T001"]
    other = TeamFindings({"R1": Truth.MET}, Verdict("steady", "watch", Score(2, 2, 2, 26)))
    assert [d.finding for d in compare(one, replace(two, teams={"T001": other}))] == ["level and score"]


@needs_forward_chaining
def test_assess_publishes_nothing_when_an_engine_goes_wrong(monkeypatch: pytest.MonkeyPatch) -> None:
    from springtide.engines import columnar

    honest = columnar._any

    def forgetful(pairs: list[columnar.Pair]) -> columnar.Pair:
        return honest(pairs[:1])

    monkeypatch.setattr(columnar, "_any", forgetful)
    def assess_several() -> None:
        for seed in range(20):
            pack = random_pack(Random(seed))
            assess(pack, random_evidence(Random(seed), pack, 20), QUARTER)

    with pytest.raises(EnginesDisagree):
        assess_several()
