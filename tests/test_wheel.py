"""The wheel holds the rule packs and the example, and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    (built,) = out.glob("*.whl")
    return built


def test_it_works_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        archive.extractall(tmp_path / "site")
    for wanted in ("springtide/_shipped/rules/base/risk/R3.yaml", "springtide/_shipped/rules/england/thresholds.yaml",
                   "springtide/_shipped/counties/england-2009.yaml",
                   "springtide/_shipped/examples/kent-2009/responses.csv"):  # fmt: skip
        assert wanted in names
    away = tmp_path / "away"
    away.mkdir()
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    where = "import springtide; print(springtide.__file__)"
    found = subprocess.run([sys.executable, "-c", where], cwd=away, env=environment, capture_output=True, text=True, check=True)
    assert str(tmp_path) in found.stdout
    demo = subprocess.run([sys.executable, "-m", "springtide", "demo"], cwd=away, env=environment, capture_output=True, text=True, check=False)
    assert demo.returncode == 0, demo.stderr
    assert "60 teams" in demo.stdout
    minimal = str(tmp_path / "site" / "springtide" / "_shipped" / "examples" / "minimal")
    filed = subprocess.run([sys.executable, "-m", "springtide", "record", minimal, "--store", "store.sqlite"], cwd=away, env=environment,
                           capture_output=True, text=True, check=False)  # fmt: skip
    assert filed.returncode == 0 and "Filed 2008/09 Q4, version 1" in filed.stdout, filed.stderr
