"""Video meetings that are asked for with an event."""

from typing import Any
from zlib import crc32

from flask import request

from services.sandbox.events.times import Event


def with_meeting(event: Event, before: Event) -> Event:
    """Return the event with the meeting it asks for, if the client knows of meetings.

    A client that does not say `conferenceDataVersion=1` leaves them as they are.
    """
    asked = event.get("conferenceData") or {}
    rest = {name: value for name, value in event.items() if name != "conferenceData"}
    known = before.get("conferenceData")
    if request.args.get("conferenceDataVersion") != "1":
        return {**rest, "conferenceData": known} if known else rest
    wish = asked.get("createRequest")
    if not wish:
        return event
    if known and known.get("createRequest", {}).get("requestId") == wish.get("requestId"):
        return {**rest, "conferenceData": known}
    made = _meeting(str(wish.get("requestId", "")))
    return {**rest, "conferenceData": made, "hangoutLink": made["entryPoints"][0]["uri"]}


def _meeting(request_id: str) -> dict[str, Any]:
    name = f"sbx-{crc32(request_id.encode()):08x}-env"
    kind = {"type": "hangoutsMeet"}
    return {
        "conferenceId": name,
        "conferenceSolution": {"key": kind, "name": "Google Meet"},
        "createRequest": {
            "requestId": request_id,
            "conferenceSolutionKey": kind,
            "status": {"statusCode": "success"},
        },
        "entryPoints": [{"entryPointType": "video", "uri": f"https://meet.google.com/{name}"}],
    }
