"""The JSON Schema of the rule language, generated from what the loader checks."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from .kinds import BY_NAME, KINDS
from .problems import did_you_mean

_NAMED = {"type": "string", "pattern": "^[A-Za-z][A-Za-z0-9_]*$"}
_LIST = {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/condition"}}
_COMPARISON = {
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "additionalProperties": False,
    "properties": dict.fromkeys(("at_least", "more_than", "at_most", "less_than"), _NAMED),
}

# The grammar of a condition; which names exist is the pack's to say, so the loader checks those.
CONDITION: dict[str, Any] = {
    "description": "One key: all, any, not, at_least_n_of, or the name of a measure, question, pressure or rule.",
    "type": "object",
    "minProperties": 1,
    "maxProperties": 1,
    "properties": {
        "all": _LIST,
        "any": _LIST,
        "not": {"$ref": "#/$defs/condition"},
        "receiving_team": {"$ref": "#/$defs/condition"},
        "at_least_n_of": {
            "type": "object",
            "required": ["n", "of"],
            "additionalProperties": False,
            "properties": {"n": _NAMED, "of": _LIST},
        },
        "supervision": {"enum": ["evidenced strained", "inferred strained", "evidenced adequate"]},
        "answers": {"const": "split"},
        "knife_edge": {"enum": ["one post", "threshold"]},
        "period": _NAMED,
    },
    "additionalProperties": {
        "anyOf": [
            _COMPARISON,
            {"enum": ["missing", "supplied", "adverse", "favourable", "felt", "present", "severe", "on", "affected", "met"]},
        ]
    },
}


def pack_schema(kind: str | None = None) -> dict[str, Any]:
    """The schema of one kind of file (`risk rule`, `thresholds`, …), or of all of them by kind.

    Raises:
        KeyError: there is no such kind of file.
    """
    if kind is not None and kind not in BY_NAME:
        raise KeyError(f"there is no kind of file called '{kind}'; {did_you_mean(kind, BY_NAME) or ', '.join(BY_NAME)}")
    references, definitions = models_json_schema([(known.model, "validation") for known in KINDS], by_alias=True)
    defs = _with_conditions(definitions.get("$defs", {})) | {"condition": CONDITION}
    files = {known.name: _file(known.shape, references[known.model, "validation"]) for known in KINDS}
    document: dict[str, Any] = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$defs": defs}
    if kind is not None:
        return document | {"title": f"springtide {kind}"} | files[kind]
    document["$defs"] = defs | {f"file {name}": shape for name, shape in files.items()}
    return document | {"title": "springtide rule pack", "anyOf": [{"$ref": f"#/$defs/file {name}"} for name in files]}


def _with_conditions(node: Any) -> Any:
    """Put the grammar where the models only say that a condition stands."""
    if isinstance(node, dict):
        if node.get("$comment") == "condition":
            return {"$ref": "#/$defs/condition"}
        return {key: _with_conditions(value) for key, value in node.items()}
    return [_with_conditions(item) for item in node] if isinstance(node, list) else node


def _file(shape: str, model: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": model} if shape == "entries" else dict(model)
