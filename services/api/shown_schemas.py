"""Schemas in few words, for people: "uuid or null", "list of Meeting (id, start, minutes)"."""

from collections.abc import Mapping
from typing import Any

_Schemas = Mapping[str, dict[str, Any]]


def fields(schema: Mapping[str, Any], known: _Schemas) -> dict[str, str]:
    """Say of each field of an object what it holds; known: schemas by their names."""
    return {name: _kind(one, known) for name, one in schema.get("properties", {}).items()}


def _kind(one: Mapping[str, Any], known: _Schemas) -> str:
    match one:
        case {"$ref": str() as place}:
            return _named(place.rpartition("/")[2], known)
        case {"anyOf": list() as ways}:
            return " or ".join(_kind(each, known) for each in ways)
        case {"enum": list() as words} | {"const": str() as words}:
            return words if isinstance(words, str) else " or ".join(map(str, words))
        case {"type": "array", "items": dict() as each}:
            return f"list of {_kind(each, known)}"
    kind = one.get("format") or one.get("type")
    return str(kind) if kind else "anything"


def _named(name: str, known: _Schemas) -> str:
    """A shape by its name and what it has; words that are chosen from speak for themselves."""
    schema = known.get(name, {})
    inner = schema.get("properties")
    return f"{name} ({', '.join(inner)})" if inner else _kind(schema, known) if schema else name
