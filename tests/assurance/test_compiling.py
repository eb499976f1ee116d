"""The whole pack as diagrams comes to what the strata come to, for random packs and random evidence."""

from __future__ import annotations

from random import Random

import pytest
from random_cases import QUARTER, random_pack

from springtide import load_pack
from springtide.assurance.compiling import PackSpace
from springtide.logic.answers import NO_ANSWER, Answer, combine
from springtide.logic.facts import Evidence, Facts
from springtide.logic.model import RulePack
from springtide.logic.strata import add_rules, notices_of, team_strata, verdict
from springtide.logic.truth import Truth
from springtide.rulepack.examples import latest_quarter

PACKS = 60
TEAMS = 40


class InCells(Facts):
    """A team of which each input is in one cell of a space."""

    def __init__(self, space: PackSpace, cells: dict[int, int], *, receiving: bool = False):
        held = {(one.kind, one.name): one.cells[cells[place]] for place, one in enumerate(space.inputs) if one.of_receiving_team == receiving}
        answers = {}
        for (kind, name), cell in held.items():
            if kind == "answer":
                answers[name] = self._answer(space.pack, name, cell.value)
        super().__init__(space.pack, space.thresholds, Evidence(answers=answers))
        self._numbers = {name: cell.value for (kind, name), cell in held.items() if kind == "number"}
        labels = {name: cell.label for (kind, name), cell in held.items() if kind == "county on"}
        self.county = {name: {"on": Truth.MET, "off": Truth.NOT_MET}.get(labels.get(name, ""), Truth.CANNOT_TELL) for name in space.pack.county_pressures}
        last = held.get(("last level", "last_level"))
        self.last_level = None if last is None or last.value is None else str(last.value)
        there = held.get(("receiving team", "receiving_team"))
        if not receiving and there is not None and there.label != "none":
            self.receiving = InCells(space, cells, receiving=True)
            team_strata(self.receiving)
        team_strata(self)
        add_rules(self)

    @staticmethod
    def _answer(pack: RulePack, name: str, value: object) -> Answer:
        return NO_ANSWER if value is None else combine(pack.questions[name], pack.questionnaire.scale, [str(value)])

    def value(self, name: str) -> float | None:
        found = self._numbers.get(name)
        return None if found is None else float(found)


def check(pack: RulePack, thresholds: dict[str, float], rng: Random, teams: int) -> None:
    space = PackSpace(pack, thresholds)
    diagrams = {
        "level": space.level(), "low": space.score(high=False), "high": space.score(high=True), "could": space.rank(could_be=True),
    }  # fmt: skip
    notices = {notice.id: space.diagram(notice.when) for notice in pack.notices.values()}
    for _ in range(teams):
        cells = {place: rng.randrange(len(one.cells)) for place, one in enumerate(space.inputs)}
        team = InCells(space, cells)
        assert team.supervision is not None
        found = verdict(pack, thresholds, team.pressures, team.supervision, team.rules)
        at = {name: space.diagrams.at(diagram, cells) for name, diagram in diagrams.items()}
        assert at == {"level": found.level, "low": found.score.low, "high": found.score.high, "could": pack.levels.rank(found.could_be)}
        for rule, truth in team.rules.items():
            assert space.diagrams.at(space.rules[rule], cells) == int(truth), rule
        for name, truth in team.affected.items():
            assert space.diagrams.at(space.affected[name], cells) == int(truth), name
        for notice, truth in notices_of(team).items():
            assert space.diagrams.at(notices[notice], cells) == int(truth), notice


@pytest.mark.parametrize("seed", range(PACKS))
def test_random_packs(seed: int) -> None:
    rng = Random(seed)
    pack = random_pack(rng)
    check(pack, pack.values(QUARTER), rng, TEAMS)


@pytest.mark.parametrize("name", ["kent-2009", "england"])
def test_shipped_packs(name: str) -> None:
    pack = load_pack(name)
    check(pack, pack.values(latest_quarter(pack)), Random(1), 400)
