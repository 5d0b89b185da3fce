"""Reading what was sent: strictly, so that nothing is guessed and nothing is overlooked."""

import json
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from flask import Request, request
from pydantic import BaseModel
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import RequestEntityTooLarge

from scheduler.errors import Explained
from services.flow.errors import TooLarge, Unfit, WrongKind
from services.planning.document import Table
from services.planning.fields import nearest, shown
from services.planning.nesting import MOST, levels
from services.planning.rules import read

T = TypeVar("T", bound=Table)
_MOST_BYTES = 1_000_000
_MOST_VALUES = 100_000  # a thousand members, each with all that can be said of one, are fewer
_HALF = re.compile("[\ud800-\udfff\0]")  # half a character, or none


def body(shape: type[T]) -> T:
    """Read the body as JSON of this shape. Raises WrongKind, TooLarge, Explained or BadProblem."""
    if request.mimetype != "application/json":
        raise WrongKind("The body is not said to be JSON", remedy="send application/json")
    if "ics" not in shape.model_fields:  # a whole calendar is as large as the application takes
        request.max_content_length = _MOST_BYTES
    return read(shape, parsed(_sent(request)))


def empty() -> None:
    """Refuse a body where there is nothing to say. Raises TooLarge or Unfit."""
    request.max_content_length = _MOST_BYTES
    data = _sent(request)
    if data and parsed(data) != {}:
        raise Unfit("Nothing can be said with this request", remedy="send it without a body")


def text(given: Request, kind: str) -> bytes:
    """Read the body as text of this kind. Raises WrongKind or TooLarge."""
    if given.mimetype != kind:
        raise WrongKind(f"The body is not said to be {kind}", remedy=f"send {kind}")
    given.max_content_length = _MOST_BYTES
    return _sent(given)


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
    """Read JSON as RFC 8259 has it, each key once. Raises Explained or Unfit."""
    try:
        value = json.loads(
            data.decode(),
            parse_float=_number,
            parse_constant=_no_number,
            object_pairs_hook=_once_each,
        )
    except RecursionError:
        raise _too_deep() from None
    except ValueError:
        raise Explained(
            "The body is not JSON in UTF-8", remedy="send one object, with each key once"
        ) from None
    _whole(value)
    return value


def said_of(shape: BaseModel) -> dict[str, Any]:
    """Only what was said: what is left out stays as it is."""
    return {name: getattr(shape, name) for name in shape.model_fields_set}


def _sent(given: Request) -> bytes:
    """What was sent, if it is no larger than is taken here. Raises TooLarge."""
    try:
        return given.get_data()
    except RequestEntityTooLarge:
        most = (given.max_content_length or 0) // 1_000_000
        raise TooLarge(f"The body is larger than {most} MB", remedy="send less at once") from None


def _too_deep() -> Unfit:
    return Unfit(
        f"Lists and tables stand in one another more than {MOST} deep",
        remedy="send what /api/docs describes",
    )


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
    """Refuse what nothing after this could bear: depth, number, text no database keeps."""
    count = 0
    for depth, level in enumerate(levels(value)):
        count += len(level)
        if depth > MOST:
            raise _too_deep()
        if count > _MOST_VALUES:
            raise Unfit(
                f"The body holds more than {_MOST_VALUES} values", remedy="send less at once"
            )
        if any(isinstance(each, str) and _HALF.search(each) for each in level):
            raise Unfit("A text holds NUL or half a character", remedy="write it anew, in UTF-8")
