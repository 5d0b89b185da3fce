"""Microsoft's own description of Graph's calendars, as a judge of what passes over the wire."""

import json
import re
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

Json = Any
TYPES: dict[str, Any] = {"string": str, "boolean": bool, "object": dict, "array": list}
FORMATS: dict[str, Any] = {
    "date-time": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "uuid": UUID,
}


@cache
def document() -> dict[str, Json]:
    place = Path(__file__).with_name("data") / "graph.json"
    return dict(json.loads(place.read_text("utf-8")))


def method_of(verb: str, path: str) -> dict[str, Json]:
    """The method that a request calls; `path` is what follows /graph/v1.0."""
    bare = re.sub(r"^/users/[^/]+", "/me", path)
    bare = re.sub(r"/delta$", "/delta()", bare)
    found = [(name, each) for name, each in document()["paths"].items() if _is(name, bare)]
    found = [(name, each) for name, each in found if verb.lower() in each]
    assert found, f"{verb} {path} is not in Microsoft's description"
    # A literal path is meant before one with names in it.
    return dict(min(found, key=lambda each: each[0].count("{"))[1][verb.lower()])


def _is(template: str, path: str) -> bool:
    literal = re.split(r"\{[\w-]+\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, literal)), path) is not None


def check_exchange(verb: str, path: str, sent: Json, status: int, got: bytes) -> None:
    """Fail unless request and answer are what the description says of this method."""
    if status >= 400:
        check_envelope(json.loads(got))
        return
    method = method_of(verb, path)
    if sent is not None:
        check(sent, _any_case(method["request"]), "request")
    assert str(status) in method["answers"], f"{verb} {path} does not answer {status}"
    schema = method["answers"][str(status)]
    if schema is None:
        assert not got
    else:
        check(json.loads(got), schema, "response")


def check_envelope(body: Json) -> None:
    check(body, document()["error"], "error")
    assert body["error"]["code"]
    assert body["error"]["message"]
    datetime.fromisoformat(body["error"]["innerError"]["date"])


def check_notifications(body: Json) -> None:
    check(body, named("changeNotificationCollection"), "notifications")


def named(name: str) -> dict[str, Json]:
    return dict(document()["schemas"][f"microsoft.graph.{name}"])


def check(value: Json, schema: dict[str, Json], at: str) -> None:
    """Fail where the value is not what the schema says; a field it does not know is a fault."""
    schema = whole(schema)
    if value is None:
        assert schema.get("nullable") or at.startswith("request"), f"{at}: it is never null"
        return
    kind = schema.get("type", "any")
    if kind == "integer":
        assert type(value) is int, f"{at}: {value!r} is no integer"
    elif kind in TYPES:
        assert isinstance(value, TYPES[kind]), f"{at}: {value!r} is no {kind}"
    if "enum" in schema:
        assert value in schema["enum"], f"{at}: {value!r} is none of {schema['enum']}"
    _check_format(value, schema.get("format"), at)
    for each in value if kind == "array" else []:
        check(each, schema["items"], f"{at}[]")
    if kind == "object" and "properties" in schema:
        _check_fields(value, schema, at)


def whole(schema: dict[str, Json]) -> dict[str, Json]:
    """The schema with what it refers to, and what it is made of."""
    if "$ref" in schema:
        return whole(document()["schemas"][schema["$ref"].rpartition("/")[2]])
    made: dict[str, Json] = {name: each for name, each in schema.items() if name != "allOf"}
    for each in map(whole, schema.get("allOf", [])):
        below = made.get("properties", {}) | each.get("properties", {})
        made = each | made | ({"properties": below} if below else {})
    return made


def _check_fields(value: dict[str, Json], schema: dict[str, Json], at: str) -> None:
    missing = set(schema.get("required", ())) - set(value)
    assert not missing, f"{at}: {missing} missing"
    for name, each in value.items():
        if "@" in name:
            continue  # OData's own words
        below = schema["properties"].get(name)
        if below is None and schema.get("additionalProperties"):
            continue
        assert below is not None, f"{at}: {name!r} is unknown"
        check(each, below, f"{at}.{name}")


def _check_format(value: Json, form: str | None, at: str) -> None:
    if form in FORMATS:
        try:
            FORMATS[form](value)
        except ValueError:
            raise AssertionError(f"{at}: {value!r} is no {form}") from None
        if form == "date-time":
            assert value.endswith("Z"), f"{at}: {value!r} is not in UTC"


def _any_case(schema: dict[str, Json]) -> dict[str, Json]:
    """The schema of an action's parameters, which may be written small: all but one do."""
    if "properties" not in schema:
        return schema
    own = schema["properties"]
    return schema | {"properties": own | {each[0].lower() + each[1:]: own[each] for each in own}}
