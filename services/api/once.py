"""A request with an Idempotency-Key has one effect and one answer, however often it is sent."""

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any, TypeVar, cast
from uuid import UUID

from flask import Response, g, request

from scheduler.errors import Explained
from services import door
from services.flow import answers
from services.flow.answers import Claim, Stored

View = TypeVar("View", bound=Callable[..., Response])
_KEPT = ("Content-Type", "Location", "ETag", "Content-Disposition")


def claimed() -> Response | None:
    """Claim the answer to this request; or give the answer that it had.

    Raises Conflict, Unfit or Gone.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    door.put_down()
    begin = door.runtime().work
    who = door.asking().person_id
    assert who is not None  # a token is somebody's
    found = answers.claim(begin, who, key, _name())
    if isinstance(found, Stored):
        response = Response(found.body, found.status)
        del response.headers["Content-Type"]
        response.headers.extend([(name, value) for name, value in found.headers])
        return response
    g.claim = found
    door.otherwise(lambda: answers.release(begin, found))
    return None


def needed(view: View) -> View:
    """Refuse a request without a key, where doing it twice would reach other people."""

    @wraps(view)
    def checked(*said: Any, **more: Any) -> Response:
        if "Idempotency-Key" not in request.headers:
            raise Explained(
                "This reaches other people's calendars, and the request has no Idempotency-Key",
                remedy="send one, and the same one again whenever you repeat the request",
            )
        return view(*said, **more)

    return cast(View, checked)


def keep(response: Response) -> Response:
    """Keep the answer in the transaction of the effect."""
    claim: Claim | None = g.get("claim")
    if claim is not None and response.status_code < 400:
        headers = [[name, response.headers[name]] for name in _KEPT if name in response.headers]
        stored = Stored(response.status_code, headers, response.get_data())
        try:
            answers.keep(door.work(), claim, stored, _group())
        except Exception as error:  # noqa: BLE001 -- nothing of the effect stands then
            return door.told(error)
    return response


def tells_of(group_id: UUID) -> None:
    """Say of which group the answer tells, where the address does not say it."""
    g.told_group = group_id


def is_kept() -> bool:
    """Whether the answer to this request will be kept."""
    return "claim" in g


def _group() -> UUID | None:
    """The group of which the answer tells: with whoever leaves it, the answer goes."""
    found: UUID | None = (request.view_args or {}).get("group_id") or g.get("told_group")
    return found


def _name() -> bytes:
    """Hash all that makes it this request."""
    said = f"{request.method} {request.full_path} {request.mimetype}"
    return sha256(said.encode() + b"\0" + request.get_data()).digest()
