"""calendarView/delta: what happens between two moments, and what has changed of it since.

A round begins with the window, goes on by `$skiptoken`, and ends with the `$deltatoken` that the
next round begins with. What is asked for stands in the tokens, but for what `Prefer` says.
"""

import base64
import json
from collections import OrderedDict
from typing import Any

from flask import Blueprint, request

from services.sandbox.google.paging import Key, next_page, sealed
from services.sandbox.outlook import asking
from services.sandbox.outlook.access import READ_BASIC, Visit, at_each_calendar, visit
from services.sandbox.outlook.changes import Item, Span, changed, there, told
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.views import PAGE, context
from services.sandbox.world import World

Words = dict[str, Any]
Found = list[tuple[Key, Item]]
Known = OrderedDict[tuple[Any, ...], Found]
_ROUNDS = 8  # that are known at the same time
_UNSUPPORTED = ("$orderby", "$filter", "$select", "$expand", "$search", "$top")


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add this endpoint."""
    known: Known = OrderedDict()

    def calendar_view_delta(mailbox: str, calendar_id: str) -> Words:
        here = visit(world, mailbox, calendar_id, *READ_BASIC)
        if any(asking.word(each) is not None for each in _UNSUPPORTED):
            raise Refusal(
                400,
                "ErrorInvalidUrlQuery",
                "The following parameters are not supported with change tracking over the"
                f" 'CalendarView' resource: '{', '.join(_UNSUPPORTED)}'.",
            )
        with world.lock:
            return _round(world, here, known)

    for name in ("delta", "delta()"):
        at_each_calendar(blueprint, f"/calendarView/{name}", calendar_view_delta)


def _round(world: World, here: Visit, known: Known) -> Words:
    stands = _stands(world, here)
    found = _found(world, here, stands, known)
    size = asking.preferences().size or PAGE
    items, further = next_page(found, stands, size)
    answer = {
        "@odata.context": context("Collection(event)"),
        "value": [told(world, here, each) for each in items],
    }
    if further is not None:
        return answer | {"@odata.nextLink": _link("$skiptoken", further)}
    over = stands | {"since": stands["noted"], "page": 0, "after": None}
    return answer | {"@odata.deltaLink": _link("$deltatoken", sealed(over))}


def _found(world: World, here: Visit, stands: Words, known: Known) -> Found:
    """Return all of a round; where nothing has changed since its last page, as it was found."""
    since = stands["since"]
    key = (here.calendar.id, *stands["window"], since, world.number)
    if key not in known:
        start, end = (asking.moment("", each) for each in stands["window"])
        span = Span(start, end)
        known[key] = (
            there(world, here, span) if since is None else changed(world, here, span, since)
        )
        while len(known) > _ROUNDS:
            known.popitem(last=False)
    return known[key]


def _stands(world: World, here: Visit) -> Words:
    """Return what the token says, or what a first round begins with. Raises Refusal (400, 410)."""
    generation = world.generation(here.calendar.owner)
    for name in ("$skiptoken", "$deltatoken"):
        token = asking.word(name)
        if token is not None:
            stands = _opened(token)
            if stands.get("calendar") != here.calendar.id:
                raise Refusal(400, "SyncStateInvalid", "The sync state is not of this calendar.")
            if stands.get("generation") != generation or stands["noted"] > world.number:
                raise Refusal(410, "syncStateNotFound")
            # Where a new round begins, it notes what has changed by then.
            return stands | ({"noted": world.number} if name == "$deltatoken" else {})
    return {
        "calendar": here.calendar.id,
        "window": [each.isoformat() for each in asking.window()],
        "generation": generation,
        "noted": world.number,
        "since": None,
        "page": 0,
        "after": None,
        "question": len(here.calendar.id),
    }


def _opened(token: str) -> Words:
    try:
        said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refusal(400, "SyncStateInvalid", "The sync state cannot be read.")
    return said


def _link(name: str, token: str) -> str:
    return f"{request.base_url}?{name}={token}"
