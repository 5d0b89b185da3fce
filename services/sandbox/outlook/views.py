"""calendarView: everything that happens between two moments, each occurrence by itself."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, request

from services.sandbox.events.expansion import overlaps
from services.sandbox.events.times import Event, span
from services.sandbox.outlook import asking
from services.sandbox.outlook.access import READ_BASIC, Visit, at_each_calendar, visit
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.showing import lingers
from services.sandbox.outlook.wire import shown
from services.sandbox.world import World

PAGE = 10
"""Items on a page, unless somebody asks for more."""

LONGEST = timedelta(days=1825)
"""What a view may span."""

_ORDERS = ("start/datetime", "start/datetime asc", "start/datetime desc")


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add this endpoint."""

    def calendar_view(mailbox: str, calendar_id: str) -> dict[str, Any]:
        here = visit(world, mailbox, calendar_id, *READ_BASIC)
        start, end = asking.window()
        if end - start > LONGEST:
            raise Refusal(
                400,
                "ErrorInvalidRequest",
                "The range between the start and end dates is greater than the allowed range."
                f" Maximum number of days: {LONGEST.days}",
            )
        _refuse("$filter", "$search", "$apply")
        with world.lock:
            events = world.instances(here.calendar.id, start, end) + [
                each
                for each in world.events(here.calendar.id)
                if lingers(each, here.calendar)
                and overlaps(each, here.calendar.timezone, start, end)
            ]
            return page(world, here, in_order(events, here))

    at_each_calendar(blueprint, "/calendarView", calendar_view)


def in_order(events: Sequence[Event], here: Visit) -> list[Event]:
    """Return the events as `$orderby` has it, which can be by their start alone."""
    order = (asking.word("$orderby") or _ORDERS[0]).strip().lower()
    if order not in _ORDERS:
        raise Refusal(400, "ErrorInvalidProperty", "The $orderby expression is not supported.")
    begun = sorted(events, key=lambda each: span(each, here.calendar.timezone)[0])
    return begun[::-1] if order.endswith("desc") else begun


def page(world: World, here: Visit, events: Sequence[Event]) -> dict[str, Any]:
    """Return the page of them that `$skip` and `$top` ask for, and where the next one is."""
    after, most = asking.count("$skip", 0, 10**9), asking.size(PAGE)
    now = events[after : after + most]
    answer: dict[str, Any] = {"@odata.context": context("events")}
    if asking.word("$count") == "true":
        answer["@odata.count"] = len(events)
    answer["value"] = [shown(world, here, each) for each in now]
    if after + most < len(events):
        answer["@odata.nextLink"] = link(**{"$skip": str(after + most)})
    return answer


def link(**changes: str) -> str:
    """Return the whole address of this request, with some parameters changed."""
    gone = {name.lower() for name in changes}
    kept = {name: value for name, value in request.args.items() if name.lower() not in gone}
    return f"{request.base_url}?{urlencode(kept | changes, safe='$')}"


def context(what: str) -> str:
    """Return `@odata.context`: what kind of things the answer holds."""
    return f"{request.host_url}graph/v1.0/$metadata#{what}"


def _refuse(*names: str) -> None:
    for each in names:
        if asking.word(each) is not None:
            raise Refusal(400, "ErrorInvalidUrlQuery", f"{each} is not supported here.")
