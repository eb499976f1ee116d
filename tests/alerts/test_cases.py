"""Quarters in a row, each filed as it comes in, and the alerts that go with each: the cases are data, in cases/."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from alerts.counties import FIRST, Case, cases, evidence, filed_at
from alerts.filed import county

from springtide import load_pack
from springtide.alerts.queueing import STARTED, queue_with
from springtide.alerts.sending import outbox
from springtide.engines.forward_chaining import why_unavailable
from springtide.history.recording import Filing, record
from springtide.history.store import ledger
from springtide.history.store.opening import Store, open_store
from springtide.logic.model import RulePack
from springtide.reports.explanation import plain

ALL = cases()
# For so few teams the one is far faster, where it can be had; what both come to is tested elsewhere.
ENGINE = "forward" if why_unavailable() is None else "columnar"


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return load_pack("kent-2009")


def test_there_are_cases_enough() -> None:
    assert len(ALL) >= 40
    assert len({case.name for case in ALL}) == len(ALL)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.name.replace(" ", "-"))
def test_a_case(case: Case, pack: RulePack, tmp_path: Path) -> None:
    store = started(tmp_path / "store.sqlite")
    got: list[set[str]] = []
    rules: tuple[RulePack, str | Path] = (pack, "kent-2009")
    for place in range(case.length):
        if place + 1 in case.rules:
            rules = _layer(tmp_path, place, case.rules[place + 1])
        quarter = case.quarter(place)
        if case.filed[place]:
            file_quarter(store, rules, case, place)
        again = case.again.get(place + 1)
        if again is not None:
            file_quarter(store, rules, case, place, again, "it was counted again")
        with store.reading() as connection:
            got.append(_standing_alerts(connection, quarter))
    assert got == [set(alerts) for alerts in case.expect]


def started(file: Path) -> Store:
    """A new store in which alerts are on from the first quarter."""
    store = open_store(str(file), make=True)
    with store.writing() as connection:
        ledger.add_record(connection, STARTED, FIRST, 1, {"recorded_by": "a test", "recorded_at": filed_at(FIRST).isoformat()}, ())
    return store


def file_quarter(store: Store, rules: tuple[RulePack, str | Path], case: Case, place: int, changed=None, because: str = "") -> None:  # type: ignore[no-untyped-def]
    quarter, (pack, name) = case.quarter(place), rules
    record(store, Filing(pack, name, evidence(case, pack, place, changed), quarter, "a test", filed_at(quarter), because, ENGINE), plain, queue_with)


def _standing_alerts(connection, quarter) -> set[str]:  # type: ignore[no-untyped-def]
    stands = ledger.latest(connection, quarter)
    found = [one for one in ledger.of_kind(connection, outbox.ALERTS, quarter) if stands and one.body["of"] == stands.hash]
    if found and why_unavailable() is None:
        assert not any(one.body["one_way_because"] for one in found)
    return {_in_words(alert) for one in found for alert in one.body["alerts"]}


def _in_words(alert) -> str:  # type: ignore[no-untyped-def]
    subject = alert["subject"]
    of = subject["team"] or subject["district"] or subject["name"]
    more = f" {subject['name']}" if subject["team"] and subject["name"] else ""
    state = f" {alert['state']}" if alert["about"] == "team" else ""
    return f"{alert['rule'].removeprefix('alert_')} {of}{more}{state}"


def _layer(folder: Path, number: int, changed) -> tuple[RulePack, Path]:  # type: ignore[no-untyped-def]
    """A layer over the Kent rules with other values of some thresholds."""
    layer = folder / f"mine-{number}"
    layer.mkdir()
    head = {"id": f"mine-{number}", "version": "1.0.0", "title": "Mine", "about": "Other thresholds.", "builds_on": "kent-2009"}
    values = {name: {"values": [{"from": "always", "value": value, "basis": "judgement", "source": "A test."}]} for name, value in changed.items()}
    for name, data in (("pack.yaml", head), ("thresholds.yaml", values)):
        (layer / name).write_text(yaml.safe_dump(data), encoding="utf-8")
    return load_pack(layer), layer


def test_rules_and_figures_that_both_moved_a_team_are_both_named(pack: RulePack, tmp_path: Path) -> None:
    """A lower threshold brings it to Elevated, and a storm of its own to High: the letter does not blame the rules alone."""
    case = county({"T1": {"district": "North", "quarters": ["gap", "storm"]}}, 2)
    store = started(tmp_path / "store.sqlite")
    file_quarter(store, (pack, "kent-2009"), case, 0)
    file_quarter(store, _layer(tmp_path, 1, {"vacancy_rate_severe": 0.15}), case, 1)
    with store.reading() as connection:
        held = outbox.messages(connection, quarter=case.quarter(1))
    (letter,) = [str(one.letter) for one in held if one.post == "district_manager" and "T1 is High" in one.letter.subject]
    assert "both have a part in it" in letter and "alone moved it" not in letter


def test_what_is_missing_is_said_where_a_team_is_lower(pack: RulePack, tmp_path: Path) -> None:
    """It is no longer High, that is shown; nobody is to take it for Increased who reads the subject alone."""
    lower = {"vacant_posts": 3.2, "in_post_fte": 16.8, "cases_registered": 200, "complex_cases_in_crisis": "_"}
    case = county({"T1": {"district": "North", "quarters": ["storm", lower]}}, 2)
    store = started(tmp_path / "store.sqlite")
    for place in range(2):
        file_quarter(store, (pack, "kent-2009"), case, place)
    with store.reading() as connection:
        (letter,) = [one.letter for one in outbox.messages(connection, quarter=case.quarter(1)) if one.post == "district_manager"]
    assert letter.subject == "2009/10 Q1: Team T1 is Increased and could be Elevated, no longer High"
