"""The benchmark says beside what it measured what was promised, and whether that was kept."""

from __future__ import annotations

import importlib.util
from pathlib import Path


def test_targets_are_said_and_judged() -> None:
    spec = importlib.util.spec_from_file_location("bench", Path(__file__).resolve().parents[1] / "benchmarks" / "bench.py")
    assert spec is not None and spec.loader is not None
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    assert bench.TARGETS == {(200, 81): 1.0, (200, 41, 41): 5.0}
    within, beyond = (bench.against(bench.figure("a sweep", "s", [seconds], 3), 1.0) for seconds in (0.4, 1.2))
    assert within["met"] and not beyond["met"] and within["target"] == 1.0
    assert "met" not in bench.against(bench.figure("a sweep", "s", [0.4], 3), None)
