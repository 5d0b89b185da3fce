"""What a request asks for: its parameters, its body and what it would prefer."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, request

from services.sandbox.events.times import at_wall
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.zones import known_zone

FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""The times between which there are events."""

_PREFERENCE = re.compile(r'([\w.-]+)\s*=\s*("[^"]*"|[^\s",;]+)')
_MOST = 1000  # of a page


@dataclass(frozen=True, slots=True)
class Preferences:
    """What `Prefer` says.

    zone       Windows' or IANA's name of the zone in which times are told
    size       how many there are on a page, if it says so
    immutable  whether ids are the immutable ones
    plain      whether a body comes as text and not as HTML
    """

    zone: str = "UTC"
    size: int | None = None
    immutable: bool = False
    plain: bool = False


def preferences() -> Preferences:
    """Return what the request would prefer. Raises Refusal for a zone or size there is not."""
    said = _said()
    zone = said.get("outlook.timezone", "UTC")
    known_zone(zone)
    size = said.get("odata.maxpagesize")
    return Preferences(
        zone,
        None if size is None else _count("odata.maxpagesize", size),
        said.get("IdType") == "ImmutableId",
        said.get("outlook.body-content-type") == "text",
    )


def applied(answer: Response) -> Response:
    """Add to an answer what it heeds of `Prefer`, and the number of the request."""
    theirs = request.headers.get("client-request-id")
    if theirs:
        answer.headers["client-request-id"] = theirs
    heeded = ("outlook.timezone", "odata.maxpagesize", "IdType", "outlook.body-content-type")
    told = [f'{name}="{value}"' for name, value in _said().items() if name in heeded]
    if told and answer.status_code < 400:
        answer.headers["Preference-Applied"] = ", ".join(told)
    return answer


def word(name: str) -> str | None:
    """Return a parameter of the address, whatever the case of its name."""
    for key, value in request.args.items():
        if key.lower() == name.lower():
            return value
    return None


def window() -> tuple[datetime, datetime]:
    """Return `startDateTime` and `endDateTime`, in UTC. Raises Refusal."""
    start, end = word("startDateTime"), word("endDateTime")
    if not start or not end:
        raise Refusal(
            400,
            "ErrorInvalidParameter",
            "This request requires a time window specified by the query string parameters"
            " StartDateTime and EndDateTime.",
        )
    since, until = moment("startDateTime", start), moment("endDateTime", end)
    if until <= since:
        raise Refusal(400, "ErrorInvalidParameter", "The time window ends before it begins.")
    return since, until


def moment(name: str, text: Any, zone_name: str = "UTC") -> datetime:
    """Read a moment, in UTC; without an offset, it is what clocks of that zone (IANA) show."""
    try:
        said = datetime.fromisoformat(text.strip().replace(" ", "+"))
        at = at_wall(said, zone_name) if said.tzinfo is None else said.astimezone(UTC)
        return max(FIRST, min(LAST, at))
    except OverflowError:
        return FIRST if text < "5" else LAST
    except (ValueError, AttributeError, TypeError):
        raise Refusal(
            400, "ErrorInvalidParameter", f"The value of the parameter '{name}' is invalid."
        ) from None


def count(name: str, default: int, most: int = _MOST) -> int:
    """Return a parameter that counts, such as `$top`. More than the most is the most."""
    given = word(name)
    return default if given is None else min(_count(name, given, least=0), most)


def size(default: int) -> int:
    """Return how many there are on a page: by `$top`, else as is preferred."""
    return max(1, count("$top", preferences().size or default))


def body() -> dict[str, Any]:
    """Return the request's JSON object."""
    given = request.get_json(force=True, silent=True)
    if not isinstance(given, dict):
        raise Refusal(
            400, "BadRequest", "Unable to read JSON request payload. Please ensure it is valid."
        )
    return given


def selected(item: dict[str, Any]) -> dict[str, Any]:
    """Return what `$select` leaves of an item: itself, without a `$select`."""
    names = {each.strip() for each in (word("$select") or "").split(",")} - {""}
    if not names:
        return item
    always = {"id"} | {name for name in item if name.startswith("@")}
    return {name: value for name, value in item.items() if name in names | always}


def _said() -> dict[str, str]:
    said = ", ".join(request.headers.getlist("Prefer"))
    return {name: value.strip('"') for name, value in _PREFERENCE.findall(said)}


def _count(name: str, given: str, least: int = 1) -> int:
    if not given.isdecimal() or not least <= int(given) < 10**9:
        raise Refusal(400, "BadRequest", f"Invalid value '{given}' for {name}.")
    return int(given)
