"""freeBusy.query: when calendars are taken, each with its own failure."""

from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, request

from services.sandbox.events.times import written
from services.sandbox.google import asking
from services.sandbox.google.access import FREE_BUSY, reachable
from services.sandbox.google.errors import Refusal
from services.sandbox.google.tokens import Grant
from services.sandbox.world import World

MOST = 50
LONGEST = timedelta(days=92)


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add this endpoint."""

    @blueprint.post("/freeBusy")
    def query() -> dict[str, Any]:
        grant = world.grants.require(request, *FREE_BUSY)
        asked = asking.body()
        start, end = _span(asked)
        place = asking.known_zone(_or(asked.get("timeZone"), "UTC"), "timeZone")
        most = _most(asked)
        names = list(dict.fromkeys(_names(asked)))
        return {
            "kind": "calendar#freeBusy",
            "timeMin": written(start, "UTC"),
            "timeMax": written(end, "UTC"),
            "calendars": {
                name: _failed("tooManyCalendarsRequested")
                if n >= most
                else _answer(world, grant, name, (start, end), place)
                for n, name in enumerate(names)
            },
        }


def _span(asked: dict[str, Any]) -> tuple[datetime, datetime]:
    for name in ("timeMin", "timeMax"):
        if name not in asked:
            raise Refusal(400, "required", f"Missing {name} parameter.", location=name)
    start, end = (asking.rfc3339(name, asked[name]) for name in ("timeMin", "timeMax"))
    asking.between(start, end)
    if end - start > LONGEST:
        raise Refusal(400, "timeRangeTooLong", "The requested time range is too long.")
    return start, end


def _most(asked: dict[str, Any]) -> int:
    for name, allowed in (("calendarExpansionMax", MOST), ("groupExpansionMax", 100)):
        given = asked.get(name)
        if given is not None and not (type(given) is int and 1 <= given <= allowed):
            raise Refusal(400, "invalid", f"{name} is at most {allowed}.", location=name)
    return int(_or(asked.get("calendarExpansionMax"), MOST))


def _or(given: Any, default: Any) -> Any:
    return default if given is None else given


def _names(asked: dict[str, Any]) -> list[str]:
    items = _or(asked.get("items"), [])
    if not isinstance(items, list) or not all(
        isinstance(each, dict) and isinstance(each.get("id"), str) for each in items
    ):
        raise Refusal(400, "invalid", "Invalid value for: items", location="items")
    return [each["id"] for each in items]


def _answer(
    world: World, grant: Grant, name: str, span: tuple[datetime, datetime], place: str
) -> dict[str, Any]:
    calendar = reachable(world, grant, name)
    if calendar is None:
        return _failed("notFound")
    with world.lock:
        busy = world.busy(calendar.id, *span)
    told = [{"start": written(since, place), "end": written(to, place)} for since, to in busy]
    return {"busy": told}


def _failed(reason: str) -> dict[str, Any]:
    return {"errors": [{"domain": "global", "reason": reason}], "busy": []}
