#!/usr/bin/env python3
"""How often a peak of referrals comes on by chance in a team whose referrals never change.

    .venv/bin/python docs/explanation/false_alarms.py

Worked out and not drawn by lot: referrals vary by chance alone (Poisson) around a mean that stays the same, and each
number of them is put to the rule itself, with the usual known exactly and with the mean of the quarters before as usual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import exp, lgamma, log, sqrt

from springtide import RulePack, load_pack
from springtide.logic.facts import Evidence, Facts
from springtide.logic.strata import add_team_pressures
from springtide.rulepack.examples import latest_quarter

MEANS = (20, 60, 100)
PRESSURE, GRADES = "demand_peak", ("present", "severe")
Peak = Callable[[float, float], str]


def main() -> None:
    pack = load_pack("kent-2009")
    (quarters,) = {over.values[-1].value for figure, _, over in pack.usuals if figure.id == "usual_referrals"}
    print(f"Usual referrals | Present, usual known | Present, mean of {quarters:g} | Severe, usual known | Severe, mean of {quarters:g}")
    for mean in MEANS:
        known, worked_out = chances(pack, mean, 0), chances(pack, mean, round(quarters))
        print(" | ".join([str(mean), *(f"{100 * chance[grade]:.1f} %" for grade in GRADES for chance in (known, worked_out))]))


def chances(pack: RulePack, mean: float, quarters: int, peak: Peak | None = None) -> dict[str, float]:
    """How likely each grade, or a worse one, is in one quarter; `quarters` 0 where the usual is known exactly.

    Args:
        peak: the grade of some referrals against some usual; by default what the rule comes to.
    """
    peak = peak or rule_of(pack)
    found = dict.fromkeys(GRADES, 0.0)
    usuals = [(total / quarters, chance) for total, chance in poisson(mean * quarters)] if quarters else [(mean, 1.0)]
    for usual, likely in usuals:
        for referrals, chance in poisson(mean):
            if referrals > usual:
                grade = peak(referrals, usual)
                for reached in GRADES[: GRADES.index(grade) + 1] if grade in GRADES else ():
                    found[reached] += likely * chance
    return found


def rule_of(pack: RulePack) -> Peak:
    thresholds = pack.values(latest_quarter(pack))

    def peak(referrals: float, usual: float) -> str:
        facts = Facts(pack, thresholds, Evidence({"referrals": referrals, "usual_referrals": usual}))
        add_team_pressures(facts)
        return str(facts.pressures[PRESSURE])

    return peak


def poisson(mean: float) -> Iterator[tuple[int, float]]:
    """Every number that is at all likely, with its chance."""
    reach = 6 * sqrt(mean) + 6
    for number in range(max(0, int(mean - reach)), int(mean + reach) + 1):
        yield number, exp(number * log(mean) - mean - lgamma(number + 1))


if __name__ == "__main__":
    main()
