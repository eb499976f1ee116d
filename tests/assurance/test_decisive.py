"""The facts that an explanation names: enough on their own, none to spare, and every threshold that was read is named."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest
from random_cases import QUARTER, random_evidence, random_pack

from springtide import Assessment, assess, load_pack, parse_quarter, read_evidence
from springtide.logic.conditions import AnswerTest, CountyTest, MeasureTest
from springtide.logic.decisive import decisive, rank_from
from springtide.reports.decided import thresholds_named

ROOT = Path(__file__).resolve().parents[2]


class Watched(dict[str, float]):
    """Thresholds that count who reads them."""

    def __init__(self, held: dict[str, float]):
        super().__init__(held)
        self.read: set[str] = set()

    def __getitem__(self, name: str) -> float:
        self.read.add(name)
        return super().__getitem__(name)


def check(result: Assessment) -> int:
    """Every team's facts, one by one; how many teams had any."""
    pack, seen = result.pack, 0
    for team in result.teams:
        found, rank = decisive(team.facts, team.level), pack.levels.rank(team.level)
        if rank == 0:
            assert not found.facts
            continue
        seen += 1
        watched = Watched(team.facts.thresholds)
        assert rank_from(team.facts, found.facts, watched) == rank, team.team.id
        for fact in found.facts:
            fewer = [other for other in found.facts if other is not fact]
            assert rank_from(team.facts, fewer) < rank, (team.team.id, fact.name)
        assert watched.read <= thresholds_named(found), team.team.id
        known = {leaf.measure for leaf in pack.level_leaves if isinstance(leaf, MeasureTest)}
        known |= {leaf.question for leaf in pack.level_leaves if isinstance(leaf, AnswerTest)}
        known |= {leaf.pressure for leaf in pack.level_leaves if isinstance(leaf, CountyTest)}
        assert {fact.name for fact in found.facts} <= known
    return seen


@pytest.mark.parametrize("quarter", ["2008/09 Q3", "2008/09 Q4"])
def test_every_team_of_the_kent_example(quarter: str) -> None:
    pack = load_pack("kent-2009")
    evidence = read_evidence(ROOT / "examples" / "kent-2009", pack)
    assert check(assess(pack, evidence, parse_quarter(quarter), engine="columnar")) >= 40


@pytest.mark.parametrize("seed", range(25))
def test_random_packs(seed: int) -> None:
    rng = Random(seed)
    pack = random_pack(rng)
    check(assess(pack, random_evidence(rng, pack, 12), QUARTER, engine="columnar"))
