"""P32: identity and rights never come from the body."""

from typing import Any, cast

from werkzeug.test import TestResponse

from services.flow import roster
from services.storage.ids import new_id
from services.storage.tables import TABLES
from tests.api.committed import a_series
from tests.api.group import AGroup
from tests.api.house import House, changed
from tests.api.rights import API, Row

COLUMNS = sorted({column.name for table in TABLES.sorted_tables for column in table.columns})
_COUNTED = {"answer", "try"}  # what is counted and claimed before a request is looked at


def test_every_column_is_refused_as_an_extra_field_and_changes_nothing(
    house: House, group: AGroup
) -> None:
    a_series(group)
    document = house.nobody().got("/openapi.json")
    writes = [
        (key, house.caller("Cora")) for key in API if " api." in key and not key.startswith("GET ")
    ]
    token = group.cora.got("/me/tokens")["items"][0]["id"]
    ids = {**group.ids, "number": "1", "token_id": token, "account_id": str(new_id())}
    before = house.everything()
    taken = []
    for key, caller in writes:
        method, _, endpoint = key.partition(" ")
        path, known = _path(house, endpoint, ids), _fields(document, method.lower(), endpoint)
        for column in COLUMNS if known else COLUMNS[:1]:  # of a body that is none, nothing is read
            if column not in known:
                sent = _sent(API[key], column)
                response = caller.ask(method, path, headers=API[key].headers, **sent)
                if response.status_code != 422 or not _says_so(response, column):
                    taken.append(f"{key} {column}: {response.status_code} {response.text[:100]}")

    assert taken == []
    assert changed(before, house.everything()) <= _COUNTED


def _says_so(response: TestResponse, column: str) -> bool:
    what = cast(dict[str, str], response.json)["what"]
    return column in what or what == "Nothing can be said with this request"


def _path(house: House, endpoint: str, ids: dict[str, str]) -> str:
    named = {
        "group_id": "group", "member_id": "max", "guest_id": "guest", "term_id": "term",
        "plan_id": "plan", "calendar_id": "calendar", "person_id": "ann",
        "series_id": "committed", "meeting_id": "meeting", "attendee_id": "attendee",
    }  # fmt: skip
    [rule] = house.app.url_map.iter_rules(endpoint)
    path = rule.rule.removeprefix("/api/v1")
    for name in rule.arguments:
        kind = "number" if name == "number" else "uuid"
        path = path.replace(f"<{kind}:{name}>", ids[named.get(name, name)])
    return path


def _sent(row: Row, column: str) -> dict[str, Any]:
    if row.body is None:
        return {"json": {**(row.json or {}), column: str(new_id())}}
    header, line = row.body[1].split()
    text = f"{header},{column}\n{line},{new_id()}\n"
    return {"data": text, "content_type": row.body[0]}


def _fields(document: dict[str, Any], method: str, endpoint: str) -> set[str]:
    """The fields that a request of this route knows."""
    name = endpoint.removeprefix("api.").replace(".", "_")
    operations = [item[method] for item in document["paths"].values() if method in item]
    [operation] = [each for each in operations if each["operationId"] == name]
    [(kind, content)] = operation.get("requestBody", {}).get("content", {"": {}}).items()
    if kind == "text/csv":
        return set(roster.COLUMNS)
    if not content:
        return set()
    schema = content["schema"]["$ref"].rpartition("/")[2]
    return set(document["components"]["schemas"][schema]["properties"])
