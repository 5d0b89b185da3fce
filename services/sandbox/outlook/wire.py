"""Events as Graph tells them: from the world's own, in the zone and with the ids preferred."""

import base64
import re
from html import escape
from typing import Any
from urllib.parse import quote

from services.sandbox.events.busy import guest
from services.sandbox.events.expansion import suffix
from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event, When, is_all_day, moment, wall_at
from services.sandbox.outlook import asking, ids
from services.sandbox.outlook.access import Visit
from services.sandbox.outlook.asking import Preferences
from services.sandbox.outlook.patterns import recurrence_of
from services.sandbox.outlook.properties import expanded
from services.sandbox.outlook.showing import kind_of, master_of, show_as
from services.sandbox.outlook.zones import known_zone, windows_name
from services.sandbox.world import Calendar, World

Words = dict[str, Any]
NEVER = "0001-01-01T00:00:00Z"
ANSWERS = {
    "needsAction": "notResponded",
    "declined": "declined",
    "tentative": "tentativelyAccepted",
    "accepted": "accepted",
}
"""Google's words for an answer, and Graph's."""

NOTHING_SAID = Preferences()
NOT_BASIC = ("body", "bodyPreview", "hasAttachments")


def shown(world: World, here: Visit, event: Event) -> Words:
    """Return the event as this visitor asks for it, and no more than they may see.

    It heeds `Prefer`, `$select` and `$expand`.
    """
    told = graph_event(world, here.calendar, event, asking.preferences())
    if here.basic:
        return asking.selected({name: each for name, each in told.items() if name not in NOT_BASIC})
    return expanded(asking.selected(told), event)


def graph_event(
    world: World,
    calendar: Calendar,
    event: Event,
    wants: Preferences = NOTHING_SAID,
) -> Words:
    """Return everything Graph tells of an event, but for its extended properties.

    The event is a single one, a series, an instance of it or an exception.
    """
    own = event.get("outlook", {})
    place = {"displayName": event.get("location", "")}
    return {
        "@odata.etag": etag(event),
        **stub(world, calendar, event, wants),
        "createdDateTime": _stamp(event["created"]),
        "lastModifiedDateTime": _stamp(event["updated"]),
        "changeKey": change_key(event),
        "categories": own.get("categories", []),
        "transactionId": own.get("transactionId"),
        "originalStartTimeZone": _original_zone(event, "start", calendar),
        "originalEndTimeZone": _original_zone(event, "end", calendar),
        "originalStart": _original(event, calendar),
        "iCalUId": _uid(event, calendar),
        "reminderMinutesBeforeStart": own.get("reminderMinutesBeforeStart", 15),
        "isReminderOn": own.get("isReminderOn", True),
        "hasAttachments": False,
        "subject": _subject(event),
        "bodyPreview": _text(event)[:255],
        "body": _body(event, plain=wants.plain),
        "importance": own.get("importance", "normal"),
        "sensitivity": own.get("sensitivity") or _sensitivity(event),
        "isAllDay": is_all_day(event),
        "isCancelled": event["status"] == "cancelled",
        "isOrganizer": organizes(event, calendar.id),
        "isDraft": False,
        "responseRequested": own.get("responseRequested", True),
        "allowNewTimeProposals": own.get("allowNewTimeProposals", True),
        "hideAttendees": own.get("hideAttendees", False),
        "showAs": show_as(event, calendar.owner),
        "webLink": f"https://outlook.office365.com/owa/?itemid={quote(event['id'])}",
        "onlineMeetingUrl": None,
        "isOnlineMeeting": own.get("isOnlineMeeting", False),
        "onlineMeetingProvider": own.get("onlineMeetingProvider", "unknown"),
        "onlineMeeting": own.get("onlineMeeting"),
        "location": place | {"locationType": "default"},
        "locations": [place | {"locationType": "default"}] if event.get("location") else [],
        "recurrence": recurrence_of(event, calendar.timezone) if "recurrence" in event else None,
        "responseStatus": _own_answer(event, calendar),
        "organizer": {"emailAddress": _person(event["organizer"])},
        "attendees": [_attendee(each) for each in event.get("attendees", []) if not _leads(each)],
    }


def stub(world: World, calendar: Calendar, event: Event, wants: Preferences) -> Words:
    """Return what tells an event from others, and when it is."""
    series = master_of(world, calendar, event)
    return {
        "id": named(calendar, event["id"], wants),
        "type": kind_of(world, calendar, event),
        "seriesMasterId": series and named(calendar, series["id"], wants),
        "start": _when(event["start"], calendar.timezone, wants.zone),
        "end": _when(event["end"], calendar.timezone, wants.zone),
    }


def named(calendar: Calendar, event_id: str, wants: Preferences) -> str:
    """Return an event's id in the form that is preferred."""
    return ids.event_id(calendar.id, event_id, immutable=wants.immutable)


def etag(event: Event) -> str:
    """Return the event's weak tag, for `@odata.etag`, `ETag` and `If-Match`."""
    return f'W/"{change_key(event)}"'


def change_key(event: Event) -> str:
    """Return what changes whenever the event does."""
    return base64.b64encode(event["etag"].strip('"').encode()).decode()


def _subject(event: Event) -> str:
    called_off = "Canceled: " if event["status"] == "cancelled" else ""
    return called_off + str(event.get("summary", ""))


def _when(when: When, own_zone: str, zone_name: str) -> Words:
    # A day is told as that day, wherever the one who asks is.
    if "date" in when:
        return {"dateTime": f"{when['date']}T00:00:00.0000000", "timeZone": zone_name}
    wall = wall_at(moment(when, own_zone), known_zone(zone_name))
    return {"dateTime": f"{wall:%Y-%m-%dT%H:%M:%S.%f}0", "timeZone": zone_name}


def _original_zone(event: Event, end: str, calendar: Calendar) -> str:
    said = event.get("outlook", {}).get(f"{end}Zone")
    return said or windows_name(event[end].get("timeZone") or calendar.timezone)


def _original(event: Event, calendar: Calendar) -> str | None:
    if not event.get("originalStartTime"):
        return None
    return f"{moment(event['originalStartTime'], calendar.timezone):%Y-%m-%dT%H:%M:%SZ}"


def _uid(event: Event, calendar: Calendar) -> str:
    if not event.get("originalStartTime"):
        return str(event["iCalUID"])
    return f"{event['iCalUID']}_{suffix(event['originalStartTime'], calendar.timezone)}"


def _stamp(text: str) -> str:
    return text.replace("Z", "0000Z")  # seven digits of a second


def _body(event: Event, *, plain: bool) -> Words:
    said = event.get("description", "")
    if plain:
        return {"contentType": "text", "content": _text(event)}
    if said and event.get("outlook", {}).get("contentType", "text") == "text":
        said = f"<html><head></head><body>{escape(said, quote=False)}</body></html>"
    return {"contentType": "html", "content": said}


def _text(event: Event) -> str:
    said = str(event.get("description", ""))
    if event.get("outlook", {}).get("contentType", "text") == "text":
        return said
    return re.sub(r"<[^>]*>", "", said).strip()


def _sensitivity(event: Event) -> str:
    said = event.get("visibility")
    return said if said in ("private", "confidential") else "normal"


def _own_answer(event: Event, calendar: Calendar) -> Words:
    if organizes(event, calendar.id):
        return {"response": "organizer", "time": NEVER}
    mine = guest(event, calendar.owner)
    said = ANSWERS.get((mine or {}).get("responseStatus", ""), "none")
    return {"response": said, "time": (mine or {}).get("answered", NEVER)}


def _leads(attendee: Words) -> bool:
    return bool(attendee.get("organizer"))


def _attendee(attendee: Words) -> Words:
    kind = "resource" if attendee.get("resource") else "required"
    said = ANSWERS.get(attendee.get("responseStatus", ""), "none")
    return {
        "type": "optional" if attendee.get("optional") else kind,
        "status": {
            "response": "none" if said == "notResponded" else said,
            "time": attendee.get("answered", NEVER),
        },
        "emailAddress": _person(attendee),
    }


def _person(said: Words) -> Words:
    address = said.get("email", "")
    return {"name": said.get("displayName") or address, "address": address}
