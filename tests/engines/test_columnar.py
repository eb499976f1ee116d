"""The columnar evaluator: the same on pandas and on Polars, and over many quarters at once."""

from __future__ import annotations

from random import Random

import pandas as pd
import pytest
from random_cases import QUARTER, random_evidence, random_pack

from springtide.engines import columnar, columns
from springtide.logic.model import RulePack

polars = pytest.importorskip("polars")


def frame(pack: RulePack, evidence) -> pd.DataFrame:
    by_team = {team.id: evidence.of(pack, team.id, QUARTER) for team in evidence.teams}
    return columns.frame_of(pack, evidence, QUARTER, by_team, {})


def plain(rated: pd.DataFrame) -> dict[str, list]:
    rated = rated.sort_values([name for name in (columnar.QUARTER, columnar.TEAM) if name in rated])
    return {name: [value.item() if hasattr(value, "item") else value for value in rated[name]] for name in rated.columns}


@pytest.mark.parametrize("seed", range(12))
def test_polars_and_pandas_give_the_same(seed: int) -> None:
    rng = Random(seed)
    pack = random_pack(rng)
    given = frame(pack, random_evidence(rng, pack, 30))
    thresholds = pack.values(QUARTER)
    as_lists = {name: [None if value != value else value for value in given[name].tolist()] for name in given.columns}
    on_polars = columnar.rate(polars.DataFrame(as_lists, strict=False), pack, thresholds)
    assert plain(pd.DataFrame(on_polars.to_dict(as_series=False))) == plain(columnar.rate(given, pack, thresholds))


@pytest.mark.parametrize("seed", range(6))
def test_quarters_in_one_frame_do_not_touch_each_other(seed: int) -> None:
    rng = Random(seed)
    pack = random_pack(rng)
    thresholds = pack.values(QUARTER)
    parts = [frame(pack, random_evidence(rng, pack, 15)).assign(quarter=n) for n in range(3)]
    together = columnar.rate(pd.concat(parts, ignore_index=True), pack, thresholds)
    apart = pd.concat([columnar.rate(part, pack, thresholds) for part in parts], ignore_index=True)
    assert plain(together) == plain(apart)


def test_a_frame_of_names_only_is_all_unknown(kent: RulePack) -> None:
    bare = pd.DataFrame({"team_id": ["A", "B"], "county": ["Kent", "Kent"], "quarter": [1, 1]})
    rated = columnar.rate(bare, kent, kent.values(QUARTER))
    assert rated["level_rank"].tolist() == [0, 0]
    assert rated["told"].tolist() == [0, 0]
    assert rated["could_be_rank"].tolist() == [4, 4]


def test_cases_that_nobody_holds_are_the_worst_caseload(kent: RulePack) -> None:
    given = pd.DataFrame({"team_id": ["A"], "county": ["Kent"], "quarter": [1], "cases_worked": [40.0], "case_holders_fte": [0.0]})
    rated = columnar.rate(given, kent, kent.values(QUARTER))
    assert rated["load.severe:met"].tolist() == [True]
