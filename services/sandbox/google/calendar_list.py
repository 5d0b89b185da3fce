"""calendarList.list, calendarList.get and calendars.get."""

from typing import Any
from zlib import crc32

from flask import Blueprint, request

from services.sandbox.google import asking
from services.sandbox.google.access import LIST_CALENDARS, READ_CALENDAR, visit
from services.sandbox.google.errors import Refusal
from services.sandbox.google.paging import next_page, page_after
from services.sandbox.world import Calendar, World

COLOURS = ("#9fe1e7", "#9a9cff", "#16a765", "#f691b2", "#fad165")
ROLES = ("freeBusyReader", "owner", "reader", "writer", "writerWithoutPrivateAccess")


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add these endpoints."""

    @blueprint.get("/users/me/calendarList")
    def list_calendars() -> dict[str, Any]:
        grant = world.grants.require(request, *LIST_CALENDARS)
        asking.word("minAccessRole", *ROLES)
        if asking.word("syncToken") is not None:
            raise Refusal(410, "fullSyncRequired", "Sync token is no longer valid.")
        entries = [_entry(each) for each in world.calendars(grant.email)]
        # The main one stays first: its key is the smallest.
        keyed = [([str(n).zfill(6)], each) for n, each in enumerate(entries)]
        found, token = next_page(keyed, page_after(["calendarList"]), asking.size(100, 250))
        answer = {"kind": "calendar#calendarList", "etag": _etag(entries), "items": found}
        return answer | ({"nextPageToken": token} if token else {})

    @blueprint.get("/users/me/calendarList/<calendar_id>")
    def get_entry(calendar_id: str) -> dict[str, Any]:
        return _entry(visit(world, calendar_id, *LIST_CALENDARS).calendar)

    @blueprint.get("/calendars/<calendar_id>")
    def get_calendar(calendar_id: str) -> dict[str, Any]:
        calendar = visit(world, calendar_id, *READ_CALENDAR).calendar
        return {"kind": "calendar#calendar"} | _named(calendar)


def _named(calendar: Calendar) -> dict[str, Any]:
    return {
        "etag": _etag(calendar),
        "id": calendar.id,
        "summary": calendar.name,
        "timeZone": calendar.timezone,
        "conferenceProperties": {"allowedConferenceSolutionTypes": ["hangoutsMeet"]},
    }


def _entry(calendar: Calendar) -> dict[str, Any]:
    colour = crc32(calendar.id.encode()) % len(COLOURS)
    entry = {
        "kind": "calendar#calendarListEntry",
        **_named(calendar),
        "colorId": str(colour + 1),
        "backgroundColor": COLOURS[colour],
        "foregroundColor": "#000000",
        "selected": True,
        "accessRole": "owner",
        "defaultReminders": [{"method": "popup", "minutes": 10}] if calendar.main else [],
    }
    return entry | ({"primary": True} if calendar.main else {})


def _etag(what: object) -> str:
    return f'"{crc32(repr(what).encode()):010d}"'
