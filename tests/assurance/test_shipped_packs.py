"""What is promised of the shipped packs: covered, killed, without findings, proved."""

from __future__ import annotations

import pytest

from springtide import RulePack, load_pack
from springtide.assurance.coverage import coverage
from springtide.assurance.lint import CODES, check
from springtide.assurance.mutants import mutate, share_killed
from springtide.assurance.proofs import prove

SHIPPED = ["kent-2009", "england"]


@pytest.fixture(scope="module", params=SHIPPED)
def pack(request: pytest.FixtureRequest) -> RulePack:
    return load_pack(request.param)


def test_every_condition_is_covered(pack: RulePack) -> None:
    found = coverage(pack)
    assert found.atoms > 150
    assert not [(duty.atom.rule, duty.atom.words, str(duty.state)) for duty in found.uncovered]


def test_every_mutant_is_killed(pack: RulePack) -> None:
    tried = mutate(pack)
    killed, could_be, _ = share_killed(tried)
    assert could_be > 600
    assert not [(one.mutant.of, one.mutant.says) for one in tried if one.fate == "survived"]
    assert killed == could_be
    assert {one.mutant.kind for one in tried} == {"threshold", "comparison", "clause", "all/any", "severity"}


def test_nothing_is_found(pack: RulePack) -> None:
    assert not check(pack)
    assert not pack.silenced


def test_everything_is_proved(pack: RulePack) -> None:
    for proof in prove(pack):
        assert not [(one.id, one.broken_by) for one in proof.properties if not one.holds]
        assert {one.id for one in proof.properties} >= {
            "worse-never-lowers", "others-never-lower", "county-pressure-never-lowers", "losing-never-flatters", "completing-lands-between",
            "the-storm-stands-alone", "order-is-of-no-account", "exactly-one-level", "only-notices-may-end",
        }  # fmt: skip
        assert max(one.cells for one in proof.properties) > 10**15


def test_codes_are_in_order() -> None:
    assert list(CODES) == sorted(CODES)
