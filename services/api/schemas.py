"""Types of answers as schemas of the document."""

from collections.abc import Mapping
from typing import Any, get_args, get_origin

from flask_openapi3.models.schema import Schema
from pydantic import BaseModel, TypeAdapter

_REF = "#/components/schemas/{model}"
_TAG = {"ETag": {"description": "The version, for If-Match", "schema": {"type": "string"}}}
_PLACE = {"Location": {"description": "Where it is", "schema": {"type": "string"}}}
_SENTENCES = {
    200: "Here it is",
    201: "It is there now",
    202: "It is being made; look at its Location",
    204: "It is done",
}
ALL: dict[str, dict[str, Any]] = {}  # by name, as pydantic wrote them


class Problem(BaseModel):
    """RFC 9457, with what happened and what to do next beside."""

    type: str
    title: str
    status: int
    detail: str
    what: str
    remedy: str


def documented(
    answers: Mapping[int, Any], known: dict[str, Any], *, versioned: bool
) -> dict[int, dict[str, Any]]:
    """Describe what a route answers when all is well; add the schemas it needs to the known."""
    tag = _TAG if versioned else {}
    return {status: _answer(status, kind, known, tag) for status, kind in answers.items()}


def _answer(status: int, kind: Any, known: dict[str, Any], tag: dict[str, Any]) -> dict[str, Any]:
    said: dict[str, Any] = {"description": _SENTENCES[status]}
    headers = {**(tag if kind else {}), **(_PLACE if status in (201, 202) else {})}
    if headers:
        said["headers"] = headers
    if isinstance(kind, str):  # a file of this kind
        said["content"] = {kind: {"schema": {"type": "string"}}}
    elif kind is not None:
        said["content"] = {"application/json": {"schema": _named(kind, known)}}
    return said


def _named(kind: Any, known: dict[str, Any]) -> dict[str, Any]:
    """Remember the schema of a type under its name; return where it is."""
    schema = TypeAdapter(kind).json_schema(ref_template=_REF, mode="serialization")
    parts = schema.pop("$defs", {})
    if "title" in schema:
        name = "Of".join(each.__name__ for each in (get_origin(kind) or kind, *get_args(kind)))
        parts[name] = {**schema, "title": name}
        schema = {"$ref": _REF.format(model=name)}
    for name, part in parts.items():
        ALL[name] = part
        known[name] = Schema(**part)
    return schema
