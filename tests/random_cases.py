"""Random rule packs and random evidence, from a seed: the whole language, in combinations nobody would write."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from random import Random

from springtide.evidence.places import Where
from springtide.evidence.records import EvidenceSet, Response, Row
from springtide.logic import conditions as c
from springtide.logic import model as m
from springtide.logic.facts import SUPERVISION_STATES, Team
from springtide.logic.formula import parse_formula
from springtide.logic.quarter import Quarter

QUARTER = Quarter(2008, 4)
SCALE = m.Scale(("always", "usually", "sometimes", "rarely", "never"), ("always", "usually"), "not applicable", "don't know")
FIGURES = [f"f{n}" for n in range(6)]
FORMULAS = [
    "f0 / f1", "f0 / (f0 + f2)", "f3 - f4", "(f0 - f1) / f1", "(f0 - f2) / sqrt(f2)", "f0 - last_quarter(f0)",
    "m0 - last_quarter(m0)", "f0 * f1 / f5", "m1 / f3", "sqrt(f4 - f5)",
]  # fmt: skip
COMPARISONS: tuple[c.Comparison, ...] = ("at_least", "more_than", "at_most", "less_than")
LEVELS = ("steady", "watch", "increased", "elevated", "high")


def random_pack(rng: Random) -> m.RulePack:
    """A pack with every kind of rule, its conditions drawn at random from what its stratum may read."""
    return _Maker(rng).pack()


class _Maker:
    def __init__(self, rng: Random):
        self.rng = rng
        self.thresholds = {f"t{n}": _threshold(f"t{n}", rng.choice([-1.0, 0, 0.25, 0.5, 1, 2, 3])) for n in range(8)}
        self.thresholds |= {f"n{n}": _threshold(f"n{n}", n) for n in range(4)}
        self.thresholds |= {"most": _threshold("most", rng.choice([0.25, 0.5, 0.75]))}
        self.measures = {
            f"m{n}": m.Measure(f"m{n}", f"m{n}", parse_formula(text), text, "ratio change", "neither", "HR", n % 2 == 0, (1,), "")
            for n, text in enumerate(FORMULAS)
        }
        self.questions = [
            m.Question(f"q{n}", n, "theme", f"Question {n}", rng.choice(["high", "low"]), "A", "positive", (8,)) for n in range(1, 6)
        ]
        self.pressures = [f"p{n}" for n in range(rng.randint(1, 4))]
        self.felt = {p for p in self.pressures if rng.random() < 0.5}  # those that say what is felt
        self.county = [f"c{n}" for n in range(rng.randint(1, 3))]
        self.rules = [f"r{n}" for n in range(rng.randint(1, 5))]

    def pack(self) -> m.RulePack:
        rng = self.rng
        ground = [self._measure, self._measure, self._answer]
        local = [*ground, self._pressure, self._pressure]
        team = {
            p: m.TeamPressure(**_common(p), family=rng.choice("ab"), present=self._condition(ground), severe=self._condition(ground),
                              points={"present": rng.randint(0, 3), "severe": rng.randint(3, 5)}, tell_the_manager="",
                              felt=self._condition(ground) if p in self.felt else None)
            for p in self.pressures
        }  # fmt: skip
        county = {p: m.CountyPressure(**_common(p), affected=self._condition(local), most="most", tell_the_manager="") for p in self.county}
        supervision = m.Supervision(
            **_common("supervision"), evidenced_strained=self._condition(local), evidenced_adequate=self._condition(local),
            inferred_strained=self._condition(local), points={"evidenced strained": 2}, tell_the_manager="",
        )  # fmt: skip
        risk = {}
        for place, rule in enumerate(self.rules):
            earlier = [lambda place=place: c.RuleTest(rng.choice(self.rules[:place]))] if place else []
            sources = [*local, self._county_test, self._county_test, self._supervision_test, *earlier]
            risk[rule] = m.RiskRule(**_common(rule), level=rng.choice(LEVELS[1:]), when=self._condition(sources),
                                    points=rng.randint(0, 3), same_day=False, tell_the_manager="")  # fmt: skip
        sources = [*local, self._county_test, self._supervision_test, self._rule, self._level, self._supply]
        notices = {
            f"n{n}": m.Notice(**_common(f"n{n}"), channel="notice", tell_the_manager="",
                              when=c.ReceivingTeam(self._condition(local)) if n == 0 else self._condition(sources))
            for n in range(4)
        }  # fmt: skip
        levels = m.Levels(
            tuple(m.Level(name, name.title(), "", "") for name in LEVELS), "elevated", "increased",
            m.Level("insufficient evidence", "Insufficient evidence", "", ""), "n2", {"major": "n1"}, {"minor": "n1"},
        )  # fmt: skip
        theme = m.Theme("theme", "Theme", (6,))
        return m.RulePack(
            id="random", version="1.0.0", title="Random", hash=f"{rng.getrandbits(64):016x}", layers=(),
            words=m.Words("team", "teams", "district", "county"), thresholds=self.thresholds,
            figures={f: m.Figure(f, f, f, "workforce", "ratio change", "neither", "HR") for f in FIGURES},
            measures=self.measures, questionnaire=m.Questionnaire(SCALE, (theme,), tuple(self.questions), (), ()),
            team_pressures=team, county_pressures=county, supervision=supervision, risk=risk, notices=notices,
            reducers={}, levels=levels, periods={}, paragraphs=(),
        )  # fmt: skip

    def _condition(self, leaves: list, depth: int = 0) -> c.Condition:
        rng = self.rng
        if depth >= 3 or rng.random() < 0.35:
            return rng.choice(leaves)()
        kind = rng.random()
        if kind < 0.12:
            return c.Not(self._condition(leaves, depth + 1))
        parts = tuple(self._condition(leaves, depth + 1) for _ in range(rng.randint(1, 3)))
        if kind < 0.5:
            return c.AllOf(parts)
        if kind < 0.88:
            return c.AnyOf(parts)
        return c.AtLeastOf(rng.choice(["n0", "n1", "n2", "n3"]), parts)

    def _measure(self) -> c.Condition:
        name = self.rng.choice([*FIGURES, *self.measures])
        return c.MeasureTest(name, self.rng.choice(COMPARISONS), f"t{self.rng.randrange(8)}")

    def _answer(self) -> c.Condition:
        return c.AnswerTest(f"q{self.rng.randint(1, 5)}", self.rng.choice(["adverse", "favourable"]))

    def _pressure(self) -> c.Condition:
        pressure = self.rng.choice(self.pressures)
        return c.PressureTest(pressure, self.rng.choice(["present", "severe", *(["felt"] if pressure in self.felt else [])]))

    def _county_test(self) -> c.Condition:
        return c.CountyTest(self.rng.choice(self.county), self.rng.choice(["on", "affected"]))

    def _supervision_test(self) -> c.Condition:
        return c.SupervisionTest(self.rng.choice(SUPERVISION_STATES))

    def _rule(self) -> c.Condition:
        return c.RuleTest(self.rng.choice(self.rules))

    def _level(self) -> c.Condition:
        return c.LevelTest(self.rng.choice(LEVELS[1:]), self.rng.random() < 0.4)

    def _supply(self) -> c.Condition:
        return c.SupplyTest(self.rng.choice([*FIGURES, *self.measures]), self.rng.choice(["missing", "supplied"]))


def _threshold(name: str, value: float) -> m.Threshold:
    return m.Threshold(name, name, "ratio change", (m.DatedValue(None, float(value), "judgement", "a test"),))


def _common(name: str) -> dict:
    return {"id": name, "title": name, "cites": (1,), "because": "", "examples": (), "at": ""}


def random_evidence(rng: Random, pack: m.RulePack, teams: int) -> EvidenceSet:
    """Teams in one or two counties, two quarters of figures with gaps, and none to four respondents each."""
    ids = [f"T{n:03}" for n in range(teams)]
    listed = tuple(
        Team(team, team, "", rng.choice(["East", "West"]), transfers_to=rng.choice(ids) if rng.random() < 0.4 else "") for team in ids
    )
    rows, responses = [], []
    names = [*pack.figures, *(name for name, measure in pack.measures.items() if measure.may_be_supplied)]
    for team in ids:
        for quarter in (QUARTER.previous, QUARTER):
            if rng.random() < 0.9:
                kept = {n: rng.choice([0.0, 0.25, 0.5, 1.0, 2.0, 3.0, 4.0]) for n in names if rng.random() < (0.8 if n in pack.figures else 0.1)}
                rows.append(Row(team, quarter, kept, {}, "workforce", Where("workforce.csv", len(rows) + 2)))
        for _ in range(rng.randint(0, 4)):
            answers = {q: rng.choice([*SCALE.answers, SCALE.not_counted, SCALE.missing, None]) for q in pack.questions}
            key = f"R{len(responses)}"
            role = rng.choice(["manager", "practitioner", "collective", ""])
            responses.append(Response(key, team, QUARTER, date(2009, 2, 1), role, answers, Where("responses.csv", len(responses) + 2)))
    return EvidenceSet(listed, tuple(responses), tuple(rows))


def shuffled(rng: Random, evidence: EvidenceSet) -> EvidenceSet:
    """The same evidence with its rows, and the teams, in another order."""
    groups = {name: rng.sample(getattr(evidence, name), len(getattr(evidence, name))) for name in ("teams", "responses", "rows")}
    return replace(evidence, **{name: tuple(held) for name, held in groups.items()})


def reordered(rng: Random, pack: m.RulePack) -> m.RulePack:
    """The same pack with its rules in another order."""
    groups = ("team_pressures", "county_pressures", "risk", "notices", "measures", "figures", "thresholds")
    return replace(pack, **{name: dict(rng.sample(list(getattr(pack, name).items()), len(getattr(pack, name)))) for name in groups})
