"""The rules for alerts judged plainly and by durable-rules: for any rules and any story, they come to the same or nothing is sent."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path
from random import Random

import pytest
from alerts.counties import FIRST
from alerts.filed import Office, county
from conftest import needs_forward_chaining

from springtide.alerts.raising import chaining
from springtide.alerts.raising.chaining import RulesDisagree, raised_by_both
from springtide.history.store import ledger
from springtide.history.store.opening import open_store
from springtide.logic.alerts import rules as r
from springtide.logic.alerts.following import Seen, SeenCounty, SeenTeam, follow
from springtide.logic.alerts.judging import Raised, Story, raised
from springtide.logic.model import RulePack
from springtide.logic.truth import Truth

SETS, RULES, STORIES = 16, 6, 4  # random sets of rules, rules about each kind of thing in a set, stories that each set is judged on
LEVELS = ("steady", "watch", "increased", "elevated", "high")
NUMBER, SHARE = "alert_several_teams", "alert_share_of_a_district"
PRESSURES, DISTRICTS = ("load", "crisis"), ("North", "South")
_numbers = count(1)


def condition(rng: Random, about: r.About, depth: int, *, last: bool = True) -> r.Condition:
    """Any condition that alerts.yaml may hold about something; not two of last quarter inside one another."""
    if depth and rng.random() < 0.6:
        kinds = ("every", "some", "no", "last")
        match rng.choice(kinds if last else kinds[:3]):
            case "every":
                return r.Every(tuple(condition(rng, about, depth - 1, last=last) for _ in range(rng.randint(1, 3))))
            case "some":
                return r.Some(tuple(condition(rng, about, depth - 1, last=last) for _ in range(rng.randint(1, 3))))
            case "no":
                return r.No(condition(rng, about, depth - 1, last=last))
            case _:
                return r.LastQuarter(condition(rng, about, depth - 1, last=False))
    match about:
        case "team":
            return rng.choice((
                r.StateIs(tuple(rng.sample(r.STATES, rng.randint(1, 3)))), r.LevelIs(rng.choice(LEVELS), rng.random() < 0.6), r.Firmly(rng.choice(LEVELS)),
                r.Was(rng.choice(LEVELS)), r.OnlyTheCounty(), r.OnlySameDay(), r.Immediate("same_day"), r.Immediate("compliance"),
            ))  # fmt: skip
        case "team rule":
            return r.Immediate(rng.choice(("same_day", "compliance")))
        case "district":
            return r.TeamsAtLeast(NUMBER, condition(rng, "team", min(depth, 1), last=last))
        case "county pressure":
            return r.StateIs(tuple(rng.sample(("new", "persisting", "cannot tell", "cleared"), rng.randint(1, 2))))
    # What moved looks at the quarter before by itself.
    return r.SomeDistrict(rng.choice(("left", "reached")), SHARE) if last else r.Every((r.SomeDistrict("left", SHARE),))


def rule_set(rng: Random, pack: RulePack) -> RulePack:
    """The pack with other rules for alerts, and a hash of its own, as any other file would give it."""
    found = {}
    for about in r.ABOUT:
        for number in range(RULES):
            name = f"{about.replace(' ', '_')}_{number}"
            when = condition(rng, about, 0 if about == "team pressure" else 3)
            if about == "team pressure":
                when = rng.choice((when, r.No(when), r.Every((when, r.SomeDistrict("reached", SHARE)))))
            found[name] = r.AlertRule(name, name, (22,), "", about, when, ("district_manager",), "", each_quarter=rng.random() < 0.3)
    return replace(pack, alerts=found, hash=f"{next(_numbers):064x}")


def story(rng: Random, pack: RulePack) -> Story:
    """Up to five quarters, of which some are not filed; teams come, go, move and are merged, and much is missing."""
    seen, quarter = [], FIRST
    for _ in range(5):
        if rng.random() < 0.8:
            teams = {f"T{n}": _team(rng) for n in range(5) if rng.random() < 0.9}
            held = {("county", one): SeenCounty(on := rng.choice([*Truth]), max(on, rng.choice([*Truth]))) for one in PRESSURES}
            seen.append(Seen(quarter, teams, held))
        quarter = quarter.next
    thresholds = {**pack.values(FIRST), NUMBER: rng.randint(1, 3), SHARE: rng.choice((0.0, 0.34, 0.5))}
    return Story(follow(seen or [Seen(FIRST, {})], notable=pack.levels.notable), pack.levels.ranks, thresholds)


def _team(rng: Random) -> SeenTeam:
    firm, rank, could_be, near = sorted(rng.choices(range(5), k=4)) if rng.random() < 0.6 else [rng.choice((0, 3, 4))] * 4
    return SeenTeam(
        "Team", rng.choice(DISTRICTS), "county", rank, could_be, near, firm, rng.choice((0, 0, 1, -1)), rng.random() < 0.1,
        {one: rng.choice((None, 0, 1, 2)) for one in PRESSURES},
        {"same_day": {"R8": rng.choice([*Truth])}, "compliance": {"N1": rng.choice([*Truth]), "N2": rng.choice([*Truth])}},
    )  # fmt: skip


@needs_forward_chaining
def test_both_come_to_the_same_on_random_rules_and_stories(kent: RulePack) -> None:
    """Every word there is; 30 rules in each of 16 sets, on 4 stories of up to five quarters: some thousands of rules in quarters."""
    rng, judged, met, words = Random("chaining"), 0, 0, set[type]()
    for _ in range(SETS):
        pack = rule_set(rng, kent)
        words |= {type(part) for rule in pack.alerts.values() for part in r.walk(rule.when)}
        for _ in range(STORIES):
            held = story(rng, kent)
            for place in range(len(held.states)):
                found, reason = raised_by_both(pack, held, place)
                assert reason == ""
                judged, met = judged + len(pack.alerts), met + len(found)
    assert words == {r.Every, r.Some, r.No, r.LastQuarter, r.StateIs, r.LevelIs, r.Firmly, r.Was, r.OnlyTheCounty, r.OnlySameDay, r.Immediate, r.TeamsAtLeast, r.SomeDistrict}
    assert judged > 5_000 and met > 1_000, (judged, met)


@needs_forward_chaining
def test_the_shipped_rules_on_random_stories(kent: RulePack) -> None:
    rng, raised_ids = Random("shipped"), set[str]()
    for _ in range(60):
        held = story(rng, kent)
        for place in range(len(held.states)):
            found, _ = raised_by_both(kent, held, place)
            raised_ids |= {one.rule.id for one in found}
    assert raised_ids == {*kent.alerts}


@needs_forward_chaining
@pytest.mark.parametrize("change", ["one more", "one less"])
def test_a_disagreement_is_found_and_named(change: str, kent: RulePack, monkeypatch: pytest.MonkeyPatch) -> None:
    held = story(Random("disagree"), kent)
    place = len(held.states) - 1
    right = raised(kent.alerts, held, place)
    assert right
    asked = chaining._Chained.truth

    def wrong(self, rule, subject, at):  # type: ignore[no-untyped-def]
        truth = asked(self, rule, subject, at)
        if at != place or rule.id != right[0].rule.id:
            return truth
        return Truth.MET if change == "one more" else Truth.NOT_MET

    monkeypatch.setattr(chaining._Chained, "truth", wrong)
    with pytest.raises(RulesDisagree, match=f"do not agree on .*{right[0].rule.id} of .*; nothing was queued"):
        raised_by_both(kent, held, place)


@needs_forward_chaining
def test_where_they_disagree_nothing_is_filed(kent: RulePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county({"T1": {"district": "North", "quarters": ["severe gap"]}}, 1))
    here.start()
    settled = chaining._Chained._settled
    monkeypatch.setattr(chaining._Chained, "_settled", lambda self, atom, subject, place: Truth.NOT_MET if atom == r.LevelIs("elevated", False) else settled(self, atom, subject, place))
    with pytest.raises(RulesDisagree, match="alert_elevated of T1"):
        here.file(0)
    with here.store.reading() as connection:
        assert ledger.filed_quarters(connection) == []
    assert here.messages() == []
    monkeypatch.undo()
    here.file(0)
    assert "elevated T1" in here.alerts(0)


def test_where_it_is_judged_once_that_is_said(kent: RulePack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaining, "why_unavailable", lambda: "durable-rules is not installed here")
    held = story(Random("once"), kent)
    place = len(held.states) - 1
    found: tuple[list[Raised], str] = raised_by_both(kent, held, place)
    assert found == (raised(kent.alerts, held, place), "durable-rules is not installed here")
    here = Office(open_store(str(tmp_path / "store.sqlite"), make=True), kent, county({"T1": {"district": "North", "quarters": ["severe gap"]}}, 1))
    here.start()
    here.file(0)
    with here.store.reading() as connection:
        (filed,) = [one.body for one in ledger.of_kind(connection, "alerts")]
    assert filed["one_way_because"] == "durable-rules is not installed here" and filed["alerts"]
