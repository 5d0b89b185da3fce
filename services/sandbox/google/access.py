"""Who may do what: the scopes of each endpoint, and whose calendars somebody reaches."""

from dataclasses import dataclass

from flask import request

from services.sandbox.google.errors import Refusal
from services.sandbox.google.scopes import allows
from services.sandbox.google.tokens import Grant
from services.sandbox.world import Calendar, World

DETAILS = ("calendar.events.readonly", "calendar.events.owned.readonly")
READ_EVENTS = (*DETAILS, "calendar.events.freebusy")
WRITE_EVENTS = ("calendar.events", "calendar.events.owned")
FREE_BUSY = ("calendar.freebusy", "calendar.events.freebusy", "calendar.readonly")
LIST_CALENDARS = ("calendar.calendarlist.readonly",)
READ_CALENDAR = ("calendar.calendars.readonly",)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody at a calendar.

    free_only  sees availability, not what the events are
    by         who it is, for the history
    """

    grant: Grant
    calendar: Calendar
    free_only: bool

    @property
    def by(self) -> str:
        return f"api:{self.grant.email}"


def visit(world: World, calendar_id: str, *scopes: str) -> Visit:
    """Let the bearer of the request's token to the calendar. Raises Refusal (401, 403, 404)."""
    grant = world.grants.require(request, *scopes)
    calendar = reachable(world, grant, calendar_id)
    if calendar is None:
        raise Refusal(404, "notFound", "Not Found")
    free_only = not any(allows(grant.scopes, each) for each in DETAILS)
    return Visit(grant, calendar, free_only)


def reachable(world: World, grant: Grant, calendar_id: str) -> Calendar | None:
    """Return the calendar if it is the person's own; `primary` is the main one."""
    for each in world.calendars(grant.email):
        if calendar_id.lower() == each.id.lower() or (calendar_id == "primary" and each.main):
            return each
    return None
