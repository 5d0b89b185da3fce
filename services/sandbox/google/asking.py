"""What a request asks for: its parameters, each read or refused."""

from datetime import UTC, datetime
from typing import Any

from flask import request

from scheduler.errors import UnknownZone
from scheduler.model.zone import zone
from services.sandbox.google.errors import Refusal

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""The times between which there are events."""


def word(name: str, *among: str) -> str | None:
    """Return the parameter, which is one of those, or None."""
    given = request.args.get(name)
    if given is not None and among and given not in among:
        raise _invalid(name, f"Invalid value for: {name} is not one of {', '.join(among)}")
    return given


def words(name: str, *among: str) -> list[str]:
    """Return a parameter that may be repeated."""
    given = request.args.getlist(name)
    for each in given:
        if among and each not in among:
            raise _invalid(name, f"Invalid string value: '{each}'")
    return given


def flag(name: str) -> bool | None:
    """Return a yes or no, or None."""
    given = word(name, "true", "false")
    return None if given is None else given == "true"


def size(default: int, most: int) -> int:
    """Return `maxResults`. More than the most is the most."""
    given = request.args.get("maxResults")
    if given is None:
        return default
    if not given.isdecimal() or int(given) < 1:
        raise _invalid("maxResults", f"Invalid integer value: '{given}'. Minimum is 1.")
    return min(int(given), most)


def moment(name: str) -> datetime | None:
    """Return an RFC 3339 moment with an offset, in UTC, or None."""
    given = request.args.get(name)
    return None if given is None else rfc3339(name, given)


def rfc3339(name: str, text: Any) -> datetime:
    """Read a moment, wherever it stands. Fractions of a second are left out.

    Whoever means the beginning or the end of time gets a time with which one can calculate.
    """
    try:
        said = datetime.fromisoformat(text.replace(" ", "+"))
        if said.tzinfo is None or "T" not in text.upper():
            raise _invalid(name, "Bad Request")
        return max(FIRST, min(LAST, said.astimezone(UTC).replace(microsecond=0)))
    except OverflowError:
        return FIRST if text < "5" else LAST
    except (ValueError, AttributeError, TypeError):
        raise _invalid(name, "Bad Request") from None


def place(default: str) -> str:
    """Return `timeZone`, in which the answer is told."""
    return known_zone(request.args.get("timeZone") or default, "timeZone")


def known_zone(name: Any, location: str) -> str:
    """Return the name of a zone that there is."""
    if isinstance(name, str):
        try:
            return zone(name).key
        except (UnknownZone, ValueError):
            pass  # refused below, like what is no name at all
    raise _invalid(location, f"Invalid time zone: {name}")


def body() -> dict[str, Any]:
    """Return the request's JSON object."""
    given = request.get_json(force=True, silent=True)
    if not isinstance(given, dict):
        raise Refusal(400, "parseError", "This API does not support parsing form-encoded input.")
    return given


def between(start: datetime | None, end: datetime | None) -> None:
    """Refuse a range that holds nothing."""
    if start is not None and end is not None and start >= end:
        raise Refusal(
            400, "timeRangeEmpty", "The specified time range is empty.", location="timeMax"
        )


def _invalid(location: str, message: str) -> Refusal:
    return Refusal(400, "invalid", message, location=location)
