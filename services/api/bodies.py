"""Reading what was sent: strictly, so that nothing is guessed and nothing is overlooked."""

import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Request, request
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict

from scheduler.errors import Explained
from services.flow.errors import Unfit, WrongKind
from services.planning.document import Table
from services.planning.fields import nearest, shown
from services.planning.rules import read

T = TypeVar("T", bound=Table)
_HALF = re.compile("[\ud800-\udfff\0]")  # half a character, or none


def body(shape: type[T]) -> T:
    """Read the body as JSON of this shape. Raises WrongKind, Explained or BadProblem."""
    if request.mimetype != "application/json":
        raise WrongKind("The body is not said to be JSON", remedy="send application/json")
    return read(shape, parsed(request.get_data()))


def empty() -> None:
    """Refuse a body where there is nothing to say. Raises Unfit."""
    data = request.get_data()
    if data and parsed(data) != {}:
        raise Unfit("Nothing can be said with this request", remedy="send it without a body")


def text(given: Request, kind: str) -> bytes:
    """Read the body as text of this kind. Raises WrongKind."""
    if given.mimetype != kind:
        raise WrongKind(f"The body is not said to be {kind}", remedy=f"send {kind}")
    return given.get_data()


def arguments(shape: type[T] | None, given: MultiDict[str, str]) -> T | None:
    """Read the part of the address after its question mark. Raises Unfit or BadProblem."""
    known = list(shape.model_fields) if shape else []
    for name, values in given.lists():
        if name not in known:
            remedy = nearest(name, known) if known else "leave it out"
            raise Unfit(f"The parameter {shown(name)} is not known", remedy=remedy)
        if len(values) > 1:
            raise Unfit(f"The parameter {name} stands twice", remedy="give it once")
    return read(shape, given.to_dict()) if shape else None


def parsed(data: bytes) -> Any:
    """Read JSON as RFC 8259 has it, each key once. Raises Explained."""
    try:
        value = json.loads(
            data.decode(),
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_once_each,
        )
    except (ValueError, RecursionError):
        raise Explained(
            "The body is not JSON in UTF-8", remedy="send one object, with each key once"
        ) from None
    _whole(value)
    return value


def said_of(shape: BaseModel) -> dict[str, Any]:
    """Only what was said: what is left out stays as it is."""
    return {name: getattr(shape, name) for name in shape.model_fields_set}


def _number(text: str) -> float | int:
    """Read a fraction; 60.0 is a whole number, as JSON Schema has it."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _no_number(text: str) -> Any:
    raise ValueError(text)


def _once_each(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _whole(value: Any) -> None:
    """Refuse text that no database keeps. Raises Unfit."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text) if _HALF.search(text):
                raise Unfit(
                    "A text holds NUL or half a character", remedy="write it anew, in UTF-8"
                )
            case dict(table):
                waiting += [*table, *table.values()]
            case list(items):
                waiting += items
