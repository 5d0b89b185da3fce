"""Extended properties: they are told where `$expand` asks, and found where `$filter` does."""

import re
from typing import Any

from services.sandbox.events.times import Event
from services.sandbox.outlook import asking
from services.sandbox.outlook.errors import Refusal

_NAME = "singleValueExtendedProperties"
_TEXT = r"'((?:[^']|'')*)'"
_EXPAND = re.compile(
    rf"{_NAME}\(\$filter=\s*(id eq {_TEXT}(?:\s+or\s+id eq {_TEXT})*)\s*\)", re.IGNORECASE
)
_IDS = re.compile(rf"id eq {_TEXT}", re.IGNORECASE)
_FILTER = re.compile(
    rf"{_NAME}/any\(\s*(\w+)\s*:\s*\1/id eq {_TEXT} and \1/value eq {_TEXT}\s*\)", re.IGNORECASE
)
_WORDS = re.compile(rf"(iCalUId|transactionId|subject) eq {_TEXT}", re.IGNORECASE)
_FIELDS = {"icaluid": "iCalUId", "transactionid": "transactionId", "subject": "subject"}


def expanded(told: dict[str, Any], event: Event) -> dict[str, Any]:
    """Return what is told of an event, with the properties that are asked for."""
    said = asking.word("$expand")
    if not said:
        return told
    found = _EXPAND.fullmatch(said.strip())
    if found is None:
        raise Refusal(400, "ErrorInvalidUrlQuery", "Parsing OData Select and Expand failed.")
    ids = {_plain(each).lower() for each in _IDS.findall(found[1])}
    shown = [each for each in _own(event) if each["id"].lower() in ids]
    return {**told, _NAME: shown} if shown else told


def matches(told: dict[str, Any], event: Event) -> bool:
    """Whether an event is one that `$filter` asks for: by one property, or by what it is called."""
    said = (asking.word("$filter") or "").strip()
    if not said:
        return True
    if found := _FILTER.fullmatch(said):
        wanted = _plain(found[2]).lower(), _plain(found[3])
        return wanted in [(each["id"].lower(), each["value"]) for each in _own(event)]
    if found := _WORDS.fullmatch(said):
        return bool(told.get(_FIELDS[found[1].lower()]) == _plain(found[2]))
    raise Refusal(400, "ErrorInvalidUrlQueryFilter", "The query filter cannot be read.")


def _own(event: Event) -> list[dict[str, str]]:
    return list(event.get("outlook", {}).get("properties", []))


def _plain(text: str) -> str:
    return text.replace("''", "'")
