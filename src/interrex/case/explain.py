"""Pydantic's findings as sentences: what is wrong with a value, and what would be right."""

from __future__ import annotations

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from interrex.case.schema import Wrong
from interrex.errors import nearest, quoted, shortened

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a mapping (key: value)",
    "mapping_type": "a mapping (key: value)",
    "model_type": "a mapping (key: value)",
    "tuple_type": "a list",
    "list_type": "a list",
    "int_from_float": "a whole number",
}
_LIMITS = {
    "greater_than": ("above", "gt"),
    "greater_than_equal": ("at least", "ge"),
    "less_than": ("below", "lt"),
    "less_than_equal": ("at most", "le"),
}


def explain(
    error: ValidationError, model: type[BaseModel] | None
) -> list[tuple[tuple[str | int, ...], str, str]]:
    """(path, what is wrong, what would be right) of each mistake, one for each path."""
    found: dict[tuple[str | int, ...], tuple[str, str]] = {}
    for item in error.errors(include_url=False):
        path = tuple(item["loc"])
        found.setdefault(path, _sentence(item, model))
    return [(path, *sentence) for path, sentence in found.items()]


def shown(value: object) -> str:
    """A value as a message shows it: short, and never a whole mapping."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, (list, tuple)):
        return "a list"
    return quoted(value) if isinstance(value, str) else shortened(repr(value))


def _sentence(item: ErrorDetails, model: type[BaseModel] | None) -> tuple[str, str]:
    kind, value, context = item["type"], item["input"], item.get("ctx", {})
    name = str(item["loc"][-1])[:60] if item["loc"] else "the value"
    if kind == "value_error" and isinstance(context.get("error"), Wrong):
        return context["error"].wrong, context["error"].remedy
    if kind == "missing":
        return f"{name!r} is missing", _add(name)
    if kind == "extra_forbidden":
        fields = _fields(model) if len(item["loc"]) == 1 else []
        close = nearest(name, fields)
        if close is not None:
            return f"unknown key {name!r}", f"did you mean {close!r}?"
        return (
            f"unknown key {name!r}",
            f"the keys are {', '.join(fields)}" if fields else "delete or rename it",
        )
    if kind in _KINDS:
        remedy = f"write {_KINDS[kind]}"
        if kind == "string_type" and isinstance(value, (int, float)):
            remedy = "put it in quotes"
        elif kind in ("int_type", "float_type") and isinstance(value, str):
            remedy += " without quotes or signs"
        elif kind == "bool_type":
            remedy = "write true or false"
        return f"{shown(value)} is not {_KINDS[kind]}", remedy
    if kind in _LIMITS:
        word, key = _LIMITS[kind]
        return f"{shown(value)} is out of range", f"it must be {word} {context[key]:g}"
    if kind == "finite_number":
        return f"{shown(value)} is not a finite number", "write a number, or leave it out"
    if kind == "literal_error":
        return f"{shown(value)} is not allowed here", f"use one of {context['expected']}".replace("'", "")
    if kind == "string_too_long":
        return f"the text is longer than {context['max_length']} signs", "shorten it"
    if kind == "string_too_short":
        return "the text is empty", "write it out"
    return str(item["msg"]).lower(), "see `interrex schema` for the format"


def _add(name: str) -> str:
    if name == "known_from":
        return "add the first day on which an analyst could know it, as 2022-01-05"
    if name == "source":
        return "name an id of sources.csv"
    return "add it"


def _fields(model: type[BaseModel] | None) -> list[str]:
    if model is None:
        return []
    return [field.alias or name for name, field in model.model_fields.items()]
