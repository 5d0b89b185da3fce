"""Google's own description of its API, as a judge of what passes over the wire."""

import json
import re
from datetime import date, datetime
from functools import cache
from importlib.resources import files
from typing import Any

Json = Any
TYPES: dict[str, Any] = {"string": str, "boolean": bool, "object": dict, "array": list}


@cache
def document() -> dict[str, Json]:
    place = files("googleapiclient.discovery_cache").joinpath("documents/calendar.v3.json")
    return dict(json.loads(place.read_text("utf-8")))


def method_of(verb: str, path: str) -> dict[str, Json]:
    """The method that a request calls; `path` is what follows /calendar/v3/."""
    found = [each for each in _methods() if each["httpMethod"] == verb and _is(each["path"], path)]
    assert found, f"{verb} {path} is not in the discovery document"
    # A literal path is meant before one with names in it.
    return min(found, key=lambda each: each["path"].count("{"))


@cache
def _methods() -> tuple[dict[str, Json], ...]:
    resources = document()["resources"].values()
    return tuple(method for each in resources for method in each.get("methods", {}).values())


def _is(template: str, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def check_exchange(verb: str, path: str, sent: Json, status: int, got: bytes) -> None:
    """Fail unless request and answer are what the document says of this method."""
    method = method_of(verb, path)
    if sent and 200 <= status < 300:
        check(sent, method["request"], "request")
    if status == 304:
        assert not got
    elif status >= 400:
        check_envelope(json.loads(got), status)
    elif "response" in method:
        check(json.loads(got), method["response"], "response")
    else:
        assert status == 204
        assert not got


def check_envelope(body: Json, status: int) -> None:
    error = body["error"]
    assert error["code"] == status
    assert error["message"]
    assert set(error["errors"][0]) <= {"domain", "reason", "message", "locationType", "location"}
    assert error["errors"][0]["reason"]


def check(value: Json, schema: dict[str, Json], at: str) -> None:
    """Fail where the value is not what the schema says; a field it does not know is a fault."""
    if "$ref" in schema:
        schema = document()["schemas"][schema["$ref"]]
    if value is None and at.startswith("request"):
        return  # null removes a field
    kind = schema.get("type", "any")
    if kind == "integer":
        assert type(value) is int, f"{at}: {value!r} is no integer"
    elif kind in TYPES:
        assert isinstance(value, TYPES[kind]), f"{at}: {value!r} is no {kind}"
    if "enum" in schema:
        assert value in schema["enum"], f"{at}: {value!r} is none of {schema['enum']}"
    _check_known_words(value, schema, at)
    _check_format(value, schema.get("format"), at)
    for each in value if kind == "array" else []:
        check(each, schema["items"], f"{at}[]")
    for name, each in value.items() if kind == "object" else []:
        below = schema.get("properties", {}).get(name, schema.get("additionalProperties"))
        assert below is not None, f"{at}: {name!r} is unknown"
        check(each, below, f"{at}.{name}")


def _check_known_words(value: Json, schema: dict[str, Json], at: str) -> None:
    """Most enumerations stand in the descriptions, as a list of quoted words."""
    said = schema.get("description", "")
    words = re.findall(r'^- "([A-Za-z]+)" - ', said, re.MULTILINE)
    if isinstance(value, str) and words and "Possible values are" in said:
        assert value in words, f"{at}: {value!r} is none of {words}"
    if at.endswith(".kind"):
        assert value == schema.get("default", value), f"{at}: {value!r}"


def _check_format(value: Json, form: str | None, at: str) -> None:
    if form == "date-time" and at.startswith("response"):
        assert datetime.fromisoformat(value).tzinfo is not None, f"{at}: {value!r} has no offset"
    elif form == "date":
        date.fromisoformat(value)
    elif form == "int64":
        int(value)
