"""Long lists, a page at a time. A cursor says after which item the next page begins."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

from flask import Response
from pydantic import BeforeValidator, Field, WithJsonSchema
from typing_extensions import TypedDict

from services.api.responses import said
from services.flow.errors import Unfit
from services.planning.document import Table
from services.planning.fields import shown, wrong

R = TypeVar("R")
T = TypeVar("T")
_MOST = 200
_LETTERS = 22  # of a cursor


def _limit(value: Any) -> int:
    text = str(value)
    if not (text.isascii() and text.isdecimal()) or len(text) > 3 or not 1 <= int(text) <= _MOST:
        raise wrong(f"{shown(value)} is no number of items", f"write 1 to {_MOST}")
    return int(text)


def _opened(value: Any) -> UUID:
    text = str(value)
    try:
        found = UUID(bytes=urlsafe_b64decode(f"{text}=="))
    except ValueError:
        found = None
    if found is None or written(found) != text:
        raise wrong(f"{shown(value)} is no cursor", "leave it out to begin anew")
    return found


class Page(Table):
    """Which part of a list."""

    limit: Annotated[
        int,
        BeforeValidator(_limit),
        Field(description="How many at most"),
        WithJsonSchema({"type": "integer", "minimum": 1, "maximum": _MOST, "default": 50}),
    ] = 50
    cursor: Annotated[
        UUID | None,
        BeforeValidator(_opened),
        Field(description="next of the page before"),
        WithJsonSchema({"type": "string", "minLength": _LETTERS, "maxLength": _LETTERS}),
    ] = None


class Items(TypedDict, Generic[T]):
    """A page of a list. next: cursor of the page after this one, null on the last."""

    items: list[T]
    next: str | None


def written(key: UUID) -> str:
    """Write a cursor."""
    return urlsafe_b64encode(key.bytes).decode().rstrip("=")


def cut(
    found: Sequence[R], page: Page, key: Callable[[R], UUID], show: Callable[[R], Any]
) -> Response:
    """Answer with a page of what was looked up after the cursor, one more than asked for."""
    these, more = found[: page.limit], len(found) > page.limit
    following = written(key(these[-1])) if more else None
    return said({"items": [show(each) for each in these], "next": following})


def part(
    every: Sequence[R], page: Page, key: Callable[[R], UUID], show: Callable[[R], Any]
) -> Response:
    """Answer with a page of a short list that was looked up whole. Raises Unfit."""
    begin = 0
    if page.cursor is not None:
        places = [place for place, each in enumerate(every, 1) if key(each) == page.cursor]
        if not places:
            raise Unfit("The list has changed since", remedy="leave the cursor out to begin anew")
        begin = places[0]
    return cut(every[begin:], page, key, show)
