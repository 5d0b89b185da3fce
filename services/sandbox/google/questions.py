"""The questions that events.list and events.instances can be asked, read from the request."""

from datetime import timedelta
from typing import Any

from flask import request

from services.sandbox.events.shapes import KINDS
from services.sandbox.google import asking
from services.sandbox.google.access import Visit
from services.sandbox.google.errors import Refusal
from services.sandbox.google.listing import Wanted
from services.sandbox.google.paging import opened, question, sealed
from services.sandbox.world import World

NOT_WITH_SYNC = (
    "iCalUID", "orderBy", "privateExtendedProperty", "q", "sharedExtendedProperty",
    "timeMin", "timeMax", "updatedMin",
)  # fmt: skip
WITHOUT_SYNC = tuple(set(NOT_WITH_SYNC) - {"timeMin", "timeMax"})
"""A list that was asked for with one of these cannot be followed."""

KEPT = timedelta(days=28)
"""How long deleted events are remembered for `updatedMin`."""


def wanted_list(world: World, visit: Visit) -> Wanted:
    """Read what events.list is asked for. Raises Refusal."""
    token = asking.word("syncToken")
    if token is not None:
        return _changes(world, visit, token)
    start, end = asking.moment("timeMin"), asking.moment("timeMax")
    asking.between(start, end)
    expanded = asking.flag("singleEvents") or False
    if asking.word("orderBy", "startTime", "updated") == "startTime" and not expanded:
        raise _bad("The requested ordering is not available for the particular query.", "orderBy")
    updated_min = asking.moment("updatedMin")
    if updated_min is not None and updated_min < world.clock.now() - KEPT:
        message = "The requested minimum modification time lies too far in the past."
        raise Refusal(410, "updatedMinTooLongAgo", message, location="updatedMin")
    return Wanted(
        start=start,
        end=end,
        expanded=expanded,
        deleted=asking.flag("showDeleted") or False,
        updated_min=updated_min,
        text=asking.word("q"),
        uid=asking.word("iCalUID"),
        kinds=tuple(asking.words("eventTypes", *KINDS)),
        private=tuple(_pairs("privateExtendedProperty")),
        shared=tuple(_pairs("sharedExtendedProperty")),
    )


def sync_token(world: World, visit: Visit, number: int) -> str | None:
    """Return the token from which on changes can be asked for, if they can."""
    if any(name in request.args for name in WITHOUT_SYNC):
        return None
    before = opened(request.args["syncToken"], "syncToken") if "syncToken" in request.args else {}
    span = before.get("span", [request.args.get("timeMin"), request.args.get("timeMax")])
    return sealed(
        {
            "calendar": visit.calendar.id,
            "person": visit.grant.email,
            "generation": world.generation(visit.grant.email),
            "number": number,
            "question": question(),
            "span": span,
        }
    )


def _changes(world: World, visit: Visit, token: str) -> Wanted:
    for name in NOT_WITH_SYNC:
        if name in request.args:
            raise _bad("Sync token cannot be used with this parameter.", name)
    if asking.flag("showDeleted") is False:
        raise _bad("Deleted events are always in the answer to a sync token.", "showDeleted")
    said = opened(token, "syncToken")
    if not _good(world, visit, said):
        message = "Sync token is no longer valid, a full sync is required."
        raise Refusal(410, "fullSyncRequired", message, location="syncToken")
    if said["question"] != question():
        raise _bad("The parameters differ from those of the initial request.", "syncToken")
    start, end = (text and asking.rfc3339("syncToken", text) for text in said["span"])
    return Wanted(
        start=start,
        end=end,
        expanded=asking.flag("singleEvents") or False,
        deleted=True,
        since=said["number"],
        kinds=tuple(asking.words("eventTypes", *KINDS)),
    )


def _good(world: World, visit: Visit, said: dict[str, Any]) -> bool:
    here = {
        "calendar": visit.calendar.id,
        "person": visit.grant.email,
        "generation": world.generation(visit.grant.email),
    }
    # A number from the future: the sandbox began anew since.
    return all(said.get(name) == value for name, value in here.items()) and (
        0 <= said.get("number", -1) <= world.number
    )


def _pairs(name: str) -> list[str]:
    given = asking.words(name)
    if not all("=" in each for each in given):
        raise _bad("Write propertyName=value.", name)
    return given


def _bad(message: str, location: str) -> Refusal:
    return Refusal(400, "badRequest", message, location=location)
