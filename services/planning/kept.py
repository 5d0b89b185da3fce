"""An answer as it is kept: JSON in which people are called by ids, and named when it is shown."""

import json
import re
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from scheduler.model.answer import Answer

_ANSWER = TypeAdapter(Answer)
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def to_kept(answer: Answer) -> str:
    """Write an answer whose members are called by ids."""
    return _ANSWER.dump_json(answer).decode()


def from_kept(text: str, names: Mapping[str, str]) -> Answer:
    """Read an answer and call its members by their names."""
    return _ANSWER.validate_json(named_json(text, names))


def named(text: str, names: Mapping[str, str]) -> str:
    """Put names in the place of ids in a sentence."""
    return _ID.sub(lambda found: names.get(found[0], found[0]), text)


def named_json(text: str, names: Mapping[str, str]) -> str:
    """Put names in the place of ids within the strings of a JSON text."""
    escaped = {key: json.dumps(name, ensure_ascii=False)[1:-1] for key, name in names.items()}
    return _ID.sub(lambda found: escaped.get(found[0], found[0]), text)


def named_document(document: dict[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Put names in the place of ids in the members of a problem."""
    members = [{**each, "name": names[each["name"]]} for each in document["members"]]
    return {**document, "members": members}
