#!/usr/bin/env python3
"""A second implementation of the conformance format, from its description alone; it imports nothing of springtide.

    python3 tests/conformance/reference_runner.py CASE_FOLDER...

prints each case that it comes to differently, and exits 1 if there is one.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path

NOT_MET, CANNOT_TELL, MET = 0, 1, 2
WORDS = ("not met", "cannot tell", "met")
ALLOWANCE = 1e-9


def truth(proved, possible):
    return MET if proved else CANNOT_TELL if possible else NOT_MET


class Team:
    """One team's evidence, and what has been worked out of it so far."""

    def __init__(self, pack, evidence):
        self.pack, self.evidence = pack, evidence
        self.pressures, self.affected, self.county, self.rules = {}, {}, {}, {}
        self.strained = self.adequate = self.inferred = CANNOT_TELL
        self.receiving = None
        self.edges, self.moved = set(), 0

    # -- numbers ---------------------------------------------------------------------------------

    def number(self, name, figures):
        if name in figures:
            return figures[name]
        return self.worked_out(self.pack["measures"][name], figures) if name in self.pack["measures"] else None

    def worked_out(self, formula, figures):
        ((kind, inside),) = formula.items()
        if kind == "name":
            return self.number(inside, figures)
        if kind == "last_quarter":
            last = self.evidence["last_quarter"]
            return None if figures is last else self.number(inside, last)
        if kind == "sqrt":
            value = self.worked_out(inside, figures)
            return None if value is None or value < 0 else math.sqrt(value)
        left, right = (self.worked_out(part, figures) for part in inside)
        if left is None or right is None:
            return None
        if kind == "/":
            value = left / right if right else math.copysign(math.inf, left) if left else math.nan
        else:
            value = {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}[kind]()
        return None if math.isnan(value) else value

    # -- answers ---------------------------------------------------------------------------------

    def given(self, question, role=None):
        answers = zip(self.evidence["answers"].get(question, []), self.evidence["respondents"], strict=False)
        return [answer for answer, by in answers if role in (None, by)]

    def answer(self, question, side, role=None):
        given = self.given(question, role)
        counted = [one for one in given if one != self.pack["not_counted"]]
        if not counted:
            return NOT_MET if given else CANNOT_TELL
        good = self.pack["questions"][question]["favourable"]
        known = [one for one in counted if one in self.pack["questions"][question]["best_first"]]
        favourable, unknown, half = sum(one in good for one in known), len(counted) - len(known), len(counted) // 2
        if side == "adverse":
            return truth(favourable + unknown <= half, favourable <= half)
        return truth(favourable > half, favourable + unknown > half)

    def split(self, question):
        """Managers and practitioners on different sides."""
        sides = []
        for role in ("manager", "practitioner"):
            if all(one == self.pack["not_counted"] for one in self.given(question, role)):
                return False
            sides.append(self.answer(question, "adverse", role))
        return sorted(sides) == [NOT_MET, MET]

    # -- conditions ------------------------------------------------------------------------------

    def holds(self, condition):
        if "all" in condition:
            return min((self.holds(part) for part in condition["all"]), default=MET)
        if "any" in condition:
            return max((self.holds(part) for part in condition["any"]), default=NOT_MET)
        if "not" in condition:
            return 2 - self.holds(condition["not"])
        if "of" in condition:
            truths, n = [self.holds(part) for part in condition["of"]], condition["at_least"]
            return truth(truths.count(MET) >= n, len(truths) - truths.count(NOT_MET) >= n)
        if "receiving_team" in condition:
            return NOT_MET if self.receiving is None else self.receiving.holds(condition["receiving_team"])
        if "number" in condition:
            return self.compared(condition)
        if "answer" in condition:
            return self.answer(condition["answer"], condition["is"])
        if "pressure" in condition:
            felt, present, severe = self.pressures[condition["pressure"]]
            return {"felt": felt, "present": present, "severe": severe}[condition["is"]]
        if "county_pressure" in condition:
            return (self.county if condition["is"] == "on" else self.affected)[condition["county_pressure"]]
        if "supervision" in condition:
            return self.supervision(condition["supervision"])
        if "rule" in condition:
            return self.rules[condition["rule"]]
        if "answers" in condition:
            return MET if any(self.split(question) for question in self.pack["questions"]) else NOT_MET
        if "knife_edge" in condition:
            return MET if condition["knife_edge"] in self.edges else NOT_MET
        if "always" in condition:
            return MET if condition["always"] else NOT_MET
        return self.level_reached(condition)

    def compared(self, condition):
        value = self.number(condition["number"], self.evidence["figures"])
        if "is" in condition:
            return MET if (value is None) == (condition["is"] == "missing") else NOT_MET
        if value is None:
            return CANNOT_TELL
        ((comparison, limit),) = [(key, held) for key, held in condition.items() if key not in ("number", "a_tenth_tells")]
        if condition["a_tenth_tells"]:
            limit += (self.moved if comparison in ("at_least", "more_than") else -self.moved) * abs(limit)
        met = {
            "at_least": value >= limit - ALLOWANCE, "more_than": value > limit + ALLOWANCE,
            "at_most": value <= limit + ALLOWANCE, "less_than": value < limit - ALLOWANCE,
        }[comparison]  # fmt: skip
        return MET if met else NOT_MET

    def level_reached(self, condition):
        levels = self.pack["levels"]
        if "last_level" in condition:
            last = self.evidence["last_level"]
            if last is None or last not in levels:
                return CANNOT_TELL
            return MET if levels.index(last) >= levels.index(condition["last_level"]) else NOT_MET
        wanted = levels.index(condition["level"])
        if wanted == 0:
            return MET
        rules = self.pack["risk_rules"]
        return max((self.rules[name] for name, rule in rules.items() if levels.index(rule["level"]) >= wanted), default=NOT_MET)

    def supervision(self, state):
        if state == "evidenced strained":
            return self.strained
        if state == "evidenced adequate":
            return min(self.adequate, 2 - self.strained)
        return min(self.inferred, 2 - self.strained, 2 - self.adequate)

    # -- strata ----------------------------------------------------------------------------------

    def by_itself(self):
        """What one team's evidence decides alone: pressures, what affects it, supervision."""
        for name, rule in self.pack["team_pressures"].items():
            severe = self.holds(rule["severe"])
            present = max(severe, self.holds(rule["present"]))
            self.pressures[name] = (max(present, self.holds(rule["felt"])) if "felt" in rule else present, present, severe)
        for name, rule in self.pack["county_pressures"].items():
            self.affected[name] = self.holds(rule["affected"])
        watch = self.pack["supervision"]
        self.strained, self.adequate, self.inferred = (
            self.holds(watch[key]) for key in ("evidenced_strained", "evidenced_adequate", "inferred_strained")
        )

    def with_its_county(self):
        waiting = dict(self.pack["risk_rules"])
        while waiting:  # a rule comes after those that it reads
            name = next(name for name, rule in waiting.items() if not rules_in(rule["when"]) & set(waiting))
            self.rules[name] = self.holds(waiting.pop(name)["when"])

    def level(self):
        """The level and the could-be."""
        levels, rules, thin = self.pack["levels"], self.pack["risk_rules"], self.pack["insufficient_evidence"]
        proved = max((levels.index(rules[name]["level"]) for name, held in self.rules.items() if held == MET), default=0)
        possible = max((levels.index(rules[name]["level"]) for name, held in self.rules.items() if held != NOT_MET), default=0)
        told = sum(present != CANNOT_TELL for _, present, _ in self.pressures.values())
        level = thin["id"] if proved == 0 and told < thin["below_pressures_told"] else levels[proved]
        return level, level if possible == proved else levels[possible]

    def rank(self, level):
        levels = self.pack["levels"]
        return levels.index(level) if level in levels else 0

    def otherwise(self, figures=None, moved=0):
        """The rank that this team would have with other figures, or with every threshold moved."""
        other = Team(self.pack, self.evidence | {"figures": self.evidence["figures"] | (figures or {})})
        other.county, other.receiving, other.moved = self.county, self.receiving, moved
        other.by_itself()
        other.with_its_county()
        return other.rank(other.level()[0])

    def find_edges(self):
        here, figures = self.rank(self.level()[0]), self.evidence["figures"]
        vacant, established = figures.get("vacant_posts"), figures.get("established_posts")
        if vacant is not None and established is not None:
            tried = [count for count in (vacant - 1, vacant + 1) if 0 <= count <= established]
            if any(self.otherwise({"vacant_posts": count}) != here for count in tried):
                self.edges.add("one post")
        if any(self.otherwise(moved=tenth) != here for tenth in (0.1, -0.1)):
            self.edges.add("threshold")

    def confidence(self):
        rules = self.pack["confidence"]
        met = sorted(name for name, rule in rules["reducers"].items() if self.holds(rule["when"]) == MET)
        weights = [rules["reducers"][name]["weight"] for name in met]
        low, medium = (any(weights.count(weight) >= n for weight, n in rules[key].items()) for key in ("low_from", "medium_from"))
        return {"band": "low" if low else "medium" if medium else "high", "reasons": met}

    def result(self):
        level, could_be = self.level()
        self.find_edges()
        states = {name: grade(*held) for name, held in self.pressures.items()}
        worst = {
            name: "severe" if severe else "present" if present else "felt" if felt else "none"
            for name, (felt, present, severe) in self.pressures.items()
        }
        return {
            "level": level, "could_be": could_be, "score": self.score(states, worst),
            "pressures": {name: {"state": states[name], "could_be": worst[name]} for name in states},
            "affected": {name: WORDS[held] for name, held in self.affected.items()},
            "supervision": self.supervision_words(),
            "rules": {name: WORDS[held] for name, held in self.rules.items()},
            "notices": {name: WORDS[self.holds(rule["when"])] for name, rule in self.pack["notices"].items()},
            "flagged": self.rank(level) >= self.rank(self.pack["flagged_from"]), "confidence": self.confidence(),
        }  # fmt: skip

    def score(self, states, worst):
        low = high = of = 0
        families = {}
        for name, rule in self.pack["team_pressures"].items():
            families.setdefault(rule["family"], []).append((name, rule["points"]))
        for members in families.values():
            low += max(points.get(states[name], 0) for name, points in members)
            high += max(points.get(worst[name], 0) for name, points in members)
            of += max(max(points.values(), default=0) for _, points in members)
        extra = [(self.pack["supervision"]["points"], self.strained)]
        extra += [(rule["points"], self.rules[name]) for name, rule in self.pack["risk_rules"].items()]
        low += sum(points for points, held in extra if held == MET)
        high += sum(points for points, held in extra if held != NOT_MET)
        return {"low": low, "high": high, "of": of + sum(points for points, _ in extra)}

    def supervision_words(self):
        states = ("evidenced strained", "evidenced adequate", "inferred strained")
        state = next((one for one in states if self.supervision(one) == MET), "cannot tell")
        return {"state": state, "could_be": states[0] if self.strained != NOT_MET else state}


def grade(felt, present, severe):
    proved = next((mark for mark, held in (("severe", severe), ("present", present), ("felt", felt)) if held == MET), None)
    return proved or ("none" if felt == NOT_MET else "cannot tell")


def rules_in(condition):
    if isinstance(condition, dict):
        own = {condition["rule"]} if "rule" in condition else set()
        return own.union(*(rules_in(inside) for inside in condition.values()))
    return set().union(*(rules_in(part) for part in condition)) if isinstance(condition, list) else set()


def run(pack, evidence):
    """The result of one case."""
    teams = {one["id"]: Team(pack, one) for one in evidence["teams"]}
    for team in teams.values():
        team.receiving = teams.get(team.evidence["transfers_to"])
        team.by_itself()
    county = []
    for area in sorted({team.evidence["county"] for team in teams.values()}):
        members = [team for team in teams.values() if team.evidence["county"] == area]
        for name, rule in pack["county_pressures"].items():
            truths = [team.affected[name] for team in members]
            affected, silent, share = truths.count(MET), truths.count(CANNOT_TELL), rule["on_when_more_than"]
            limit = share * len(members) + ALLOWANCE
            on = truth(affected > limit, affected + silent > limit)
            for team in members:
                team.county[name] = on
            county.append({"area": area, "pressure": name, "state": ("off", "cannot tell", "on")[on], "affected": affected, "silent": silent, "teams": len(members)})
    for team in teams.values():
        team.with_its_county()
    return {"county": sorted(county, key=lambda one: (one["area"], one["pressure"])), "teams": {name: team.result() for name, team in teams.items()}}


def main(folders):
    wrong = 0
    for folder in map(Path, folders):
        pack, evidence, expected = (json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in ("pack", "evidence", "expected"))
        expected["county"].sort(key=lambda one: (one["area"], one["pressure"]))
        if run(pack, evidence) != expected:
            wrong += 1
            print(f"{folder}: comes to something else")
    print(f"{len(folders) - wrong} of {len(folders)} cases come to what is expected")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
