"""The schema for editors stays in step with the loader, on what is right and on what is wrong."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from typing import Any

import jsonschema
import pytest

from springtide.rulepack.json_schema import CONDITION, pack_schema
from springtide.rulepack.kinds import KINDS, Kind, kind_of
from springtide.rulepack.yaml_reader import read_yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "rules").rglob("*.yaml"))
VALIDATORS = {kind.name: jsonschema.Draft202012Validator(pack_schema(kind.name)) for kind in KINDS}


def kind_at(path: Path) -> Kind:
    kind = kind_of(PurePosixPath(*path.relative_to(ROOT / "rules").parts[1:]))
    assert kind is not None
    return kind


def content(path: Path) -> Any:
    file, problems = read_yaml(path, path.name)
    assert file is not None
    assert not problems
    return file.data


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT / "rules")))
def test_every_shipped_file_fits(path: Path) -> None:
    VALIDATORS[kind_at(path).name].validate(content(path))


@pytest.mark.parametrize("path", [p for p in FILES if kind_at(p).shape == "rule"], ids=lambda path: path.stem)
def test_what_the_loader_refuses_the_schema_refuses(path: Path) -> None:
    """An unknown key, each needed key left out, and a condition with two keys."""
    kind, good = kind_at(path), content(path)
    validator = VALIDATORS[kind.name]
    assert not validator.is_valid(good | {"cite": "para 24"})
    for name, field in kind.model.model_fields.items():
        if field.is_required():
            assert not validator.is_valid({key: value for key, value in good.items() if key != name}), name
    for key in ("present", "severe", "affected", "when"):
        if key in good:
            assert not validator.is_valid(good | {key: {"all": [], "any": []}})
            assert not validator.is_valid(good | {key: {"all": []}})
            assert not validator.is_valid(good | {key: {"vacancy_rate": {"at_least": 0.15}}})


def test_the_grammar_knows_every_word_of_the_parser() -> None:
    from springtide.rulepack import condition_parser

    assert set(condition_parser._OPERATORS) <= set(CONDITION["properties"])
    comparisons, words = CONDITION["additionalProperties"]["anyOf"]
    assert set(comparisons["properties"]) == set(condition_parser._COMPARISONS)
    assert {"missing", "supplied", "felt", "adverse", "favourable", "present", "severe", "on", "affected", "met"} == set(words["enum"])
