"""Meetings online, at Teams: their address stands in the event's body, and lives from it."""

from html import escape
from uuid import NAMESPACE_URL, uuid5

from services.sandbox.events.times import Event
from services.sandbox.outlook.shapes import JSON

_TEAMS = "teamsForBusiness"
_LINE = "_" * 80


def with_meeting(event: Event, told: JSON, *, offered: bool) -> Event:
    """Return the event with the meeting it asks for, or without the one it has lost.

    Once there is one, `isOnlineMeeting` is ignored; a body without its address ends it.
    offered  whether the account's calendars have meetings: those of an organization do
    """
    known = event.get("outlook", {}).get("onlineMeeting")
    if known is not None:
        if known["joinUrl"] in event.get("description", ""):
            return event
        ended = {"onlineMeeting": None, **_of(online=False)}
        return {**event, "outlook": event["outlook"] | ended}
    wanted = told.get("onlineMeetingProvider") or "unknown"
    if not told.get("isOnlineMeeting") or not offered or wanted not in (_TEAMS, "unknown"):
        return event
    name = uuid5(NAMESPACE_URL, event["iCalUID"])
    address = f"https://teams.microsoft.com/l/meetup-join/19%3ameeting_{name.hex}%40thread.v2/0"
    meeting = {"joinUrl": address, "conferenceId": str(name.int % 10**9)}
    outlook = {**event.get("outlook", {}), "onlineMeeting": meeting, **_of(online=True)}
    outlook["contentType"] = "html"
    return {**event, "description": _body(event, address), "outlook": outlook}


def _of(*, online: bool) -> JSON:
    return {"isOnlineMeeting": online, "onlineMeetingProvider": _TEAMS if online else "unknown"}


def _body(event: Event, address: str) -> str:
    said = event.get("description", "")
    if event.get("outlook", {}).get("contentType", "text") == "text":
        said = escape(said, quote=False).replace("\n", "<br>")
    return (
        f"{said}<br><div>{_LINE}</div><div><b>Microsoft Teams meeting</b><br>"
        f'<a href="{address}">Join the meeting now</a></div><div>{_LINE}</div>'
    )
