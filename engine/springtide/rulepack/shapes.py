"""The shape of each entry against its schema, with messages a person can act on."""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from .layers import Entry
from .problems import Problem, did_you_mean
from .schema import Doc

_EXPECTED = {
    "string_type": "should be text (in quotes if it looks like a number)",
    "int_type": "should be a whole number",
    "float_type": "should be a number",
    "list_type": "should be a list, one entry a line with '- '",
    "dict_type": "should be a mapping of keys to values",
    "model_type": "should be a mapping of keys to values",
    "model_attributes_type": "should be a mapping of keys to values",
}


def check_shape(entry: Entry, problems: list[Problem]) -> Doc | None:
    """The entry as a document of its kind, or None with the mistakes added to `problems`."""
    try:
        return entry.kind.model.model_validate(entry.data)
    except ValidationError as error:
        for detail in error.errors(include_url=False):
            problems.append(_problem(entry, detail))
        return None


def _problem(entry: Entry, detail: Any) -> Problem:
    path = tuple(part for part in detail["loc"] if part != "[key]")
    kind, name = detail["type"], path[-1] if path else entry.id
    context = detail.get("ctx", {})
    if kind == "extra_forbidden":
        keys = _keys_at(entry.kind.model, path[:-1])
        return entry.problem(path, f"unknown key '{name}'", did_you_mean(str(name), keys), key=True)
    if kind == "missing":
        return entry.problem(path[:-1], f"{_whose(entry, path)} has no '{name}'", _why_needed(str(name)))
    if kind == "literal_error":
        options = context["expected"].replace("'", "").replace(" or ", ", ").split(", ")
        return entry.problem(path, f"'{detail['input']}' can't stand under '{name}'", did_you_mean(str(detail["input"]), options))
    if kind == "string_pattern_mismatch" and "para" in context["pattern"]:
        return entry.problem(path, f"'{detail['input']}' is not a paragraph of the report", "write 'para 1' to 'para 30'")
    if kind in ("too_short", "string_too_short"):
        return entry.problem(path, f"'{name}' is empty", _why_needed(str(name)))
    expected = _EXPECTED.get(kind, detail["msg"][0].lower() + detail["msg"][1:])
    return entry.problem(path, f"'{name}' is {detail['input']!r}", expected)


def _whose(entry: Entry, path: tuple[Any, ...]) -> str:
    data: Any = entry.data
    for part in path[:-1]:
        data = data[part] if not isinstance(data, dict) or part in data else {}
    inner = data.get("id") or data.get("number") if isinstance(data, dict) else None
    return f"'{inner or (path[-2] if len(path) > 1 and isinstance(path[-2], str) else entry.id)}'"


def _why_needed(name: str) -> str:
    return {
        "cites": "every rule cites a paragraph, as in cites: [para 24]",
        "source": "every number says where it comes from",
        "basis": "say what it rests on: report, statistic or judgement",
        "examples": "every rule carries its examples",
        "because": "say in a sentence why it matters",
        "tell_the_manager": "say what the manager should do, or that no action may be needed",
    }.get(name, "it is needed here")


def _keys_at(model: type[BaseModel], path: tuple[Any, ...]) -> list[str]:
    """The keys that a document may have at a path."""
    current: Any = model
    for part in path:
        if isinstance(part, int) or not hasattr(current, "model_fields"):
            continue
        info = next((f for n, f in current.model_fields.items() if part in (n, f.alias)), None)
        current = _inner_model(info.annotation) if info else current
    fields = getattr(current, "model_fields", {})
    return [field.alias or name for name, field in fields.items()]


def _inner_model(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inside in get_args(annotation):
        found = _inner_model(inside)
        if found is not None:
            return found
    return None
