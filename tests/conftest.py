"""What many tests need: packs loaded once, and whether forward chaining can be had."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

from springtide import load_pack
from springtide.engines import forward_chaining
from springtide.logic.model import RulePack

settings.register_profile("quick", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("quick")

# Snapshots must not depend on the terminal of whoever runs the tests.
os.environ.pop("COLUMNS", None)
os.environ["NO_COLOR"] = "1"

needs_forward_chaining = pytest.mark.skipif(
    forward_chaining.why_unavailable() is not None, reason=forward_chaining.why_unavailable() or ""
)


@pytest.fixture(scope="session")
def kent() -> RulePack:
    return load_pack("kent-2009")


@pytest.fixture(scope="session")
def england() -> RulePack:
    return load_pack("england")
