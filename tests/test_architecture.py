"""Imports run one way, and heavy packages stay out of the core."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "engine" / "springtide"

# Each part may import itself and what is listed; nothing else of springtide.
MAY_IMPORT = {
    "logic": set(),
    "shipped": set(),
    "rulepack": {"logic", "shipped"},
    "assurance": {"logic", "rulepack"},
    "evidence": {"logic", "rulepack"},
    "engines": {"logic", "evidence"},
    "batch": {"logic", "evidence"},
    "assessment": {"logic", "evidence", "engines", "batch"},
    "conformance": {"logic", "evidence", "assessment"},
    "history": {"logic", "rulepack", "evidence", "assessment", ""},
    "what_if": {"logic", "rulepack", "evidence", "batch", "assessment"},
    "trial": {"logic", "shipped", "rulepack", "engines"},
    "alerts": {"logic", "rulepack", "evidence", "engines", "assessment", "history"},
    "reports": {"logic", "rulepack", "assurance", "evidence", "assessment", "history", "batch", "what_if", "alerts", "trial"},
    "cli": {"logic", "assurance", "rulepack", "evidence", "engines", "assessment", "history", "batch", "what_if", "alerts", "trial", "reports", "shipped", ""},
}
HEAVY = {"pandas", "narwhals", "numpy", "sqlalchemy", "durable", "durable_rules_engine", "polars"}
STANDARD_LIBRARY_ONLY = {"logic", "shipped"}


def modules() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if path.name not in ("__main__.py",) and path != PACKAGE / "__init__.py")


def part_of(path: Path) -> str:
    inside = path.relative_to(PACKAGE)
    return inside.parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    """Absolute names of everything a module imports, wherever in it the import stands."""
    package = ["springtide", *path.relative_to(PACKAGE).parent.parts]
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                base = [*package[: len(package) - node.level + 1], *([node.module] if node.module else [])]
                found |= {".".join([*base, alias.name]) for alias in node.names}
            else:
                found.add(node.module or "")
    return found


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    part = part_of(path)
    for name in imports(path):
        if name.startswith("springtide"):
            other = [*name.split("."), ""][1]
            other = "" if other == "__version__" else other
            assert other == part or other in MAY_IMPORT[part], f"{part} must not import {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_the_core_needs_nothing_heavy(path: Path) -> None:
    tops = {name.split(".")[0] for name in imports(path)}
    if part_of(path) in ("logic", "rulepack", "assurance", "shipped"):
        assert not tops & HEAVY
    if part_of(path) in STANDARD_LIBRARY_ONLY:
        import sys

        assert tops - {"springtide"} <= set(sys.stdlib_module_names) | {"__future__"}


def test_only_channels_reach_out_of_the_machine() -> None:
    """Of alerts, and of all the rest: what sends stands in one place, where it can be looked through."""
    senders = {"smtplib", "apprise", "notifications_python_client", "requests", "urllib3", "httpx"}
    found = {path.relative_to(PACKAGE).parts[:2] for path in modules() if senders & {name.split(".")[0] for name in imports(path)}}
    assert found == {("alerts", "channels")}


def test_every_part_is_listed() -> None:
    assert {part_of(path) for path in modules()} == set(MAY_IMPORT)


def test_no_path_of_a_machine_and_no_registry_in_the_rules_or_the_code() -> None:
    for folder in ("engine", "rules", "counties", "docs", "examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".yaml", ".md", ".csv", ".toml"):
                text = path.read_text(encoding="utf-8")
                assert "/home/" not in text and "/root/" not in text and "-".join(("index", "url")) not in text, path


def test_no_team_is_called_unsafe() -> None:
    """Promise 7: the one phrase in which the word may stand is the report's own (paras 5 and 22)."""
    lint = PACKAGE / "assurance" / "lint"  # it has to name the word to find it
    for path in [*(ROOT / "rules").rglob("*.yaml"), *(one for one in PACKAGE.rglob("*.py") if not one.is_relative_to(lint))]:
        text = " ".join(path.read_text(encoding="utf-8").split())
        for part in text.lower().split("unsafe")[:-1]:
            assert part.rstrip().endswith(("may become", "should not be read as", "not to be read as", "not", '"', "become", "nor")), (path, part[-80:])
