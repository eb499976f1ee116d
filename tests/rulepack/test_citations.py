"""Every rule cites or does not load: each citation and each source of the shipped packs, taken away one at a time."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from springtide import PackError, load_pack
from springtide.rulepack.yaml_reader import read_yaml

RULES = Path(__file__).resolve().parents[2] / "rules"
LAYERS = ("base", "kent-2009", "england")
FILES = sorted(path for layer in LAYERS for path in (RULES / layer).rglob("*.yaml"))


def without_one(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """The content with one citation, source or entry of the index taken away, in every way there is."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key in ("cites", "encoded_by"):
                for place in range(len(value)):
                    yield (*path, key, place), data | {key: value[:place] + value[place + 1 :]}
            elif key == "source":
                yield (*path, key), {k: v for k, v in data.items() if k != key}
            else:
                for where, changed in without_one(value, (*path, key)):
                    yield where, data | {key: changed}
    elif isinstance(data, list):
        for place, value in enumerate(data):
            for where, changed in without_one(value, (*path, place)):
                yield where, [*data[:place], changed, *data[place + 1 :]]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(RULES)))
def test_taking_any_one_citation_away_makes_the_pack_refuse_to_load(path: Path, tmp_path: Path) -> None:
    shutil.copytree(RULES, tmp_path / "rules")
    victim = tmp_path / "rules" / path.relative_to(RULES)
    layers = [layer for layer in LAYERS[1:] if path.relative_to(RULES).parts[0] in ("base", layer)]
    file, _ = read_yaml(path, path.name)
    assert file is not None
    for where, changed in without_one(copy.deepcopy(file.data)):
        victim.write_text(json.dumps(changed, ensure_ascii=False), encoding="utf-8")
        if where[0] == "paragraphs" and len(where) > 2 and where[2] == "encoded_by":
            expected = "index of paragraphs does not list it"
        else:
            expected = ""
        refusals = [refusal(tmp_path / "rules" / layer) for layer in layers]
        assert any(refusals), where
        assert expected in "".join(refusals), where


def refusal(pack: Path) -> str:
    """Why a pack does not load; nothing where it does (as where its layer has its own in the place of what is gone)."""
    try:
        load_pack(pack)
    except PackError as error:
        return str(error)
    return ""


def test_there_is_much_to_take_away() -> None:
    """So that the test above can't pass by finding nothing."""
    count = sum(1 for path in FILES for _ in without_one(read_yaml(path, path.name)[0].data))
    assert count > 300
