"""Google Calendar's JSON, to and from our types. Pure: no network, no clock.

Whatever is not as Google promises raises Wait: half an answer would show taken hours as free.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from calendar_sync.errors import CursorExpired, NotAllowed, NotThere, Wait, broken
from calendar_sync.ics.merge import busy_time
from calendar_sync.provider import (
    Answer,
    CalendarId,
    Channel,
    Cursor,
    Found,
    Listed,
    Reply,
    Span,
)
from scheduler.model.busy import BusyInterval, Kind

Json = dict[str, Any]

PAGES = "nextPageToken,nextSyncToken,items(id)"  # of changes: not a word of what changed
_FOLLOWED: Json = {"singleEvents": False, "maxResults": 2500, "fields": PAGES}
_HIDDEN = ("forbidden", "insufficientPermissions", "requiredAccessLevel")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def stamp(seconds: int) -> str:
    """Return an instant as Google reads it."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def listed(pages: Sequence[Json]) -> list[Listed]:
    """Return the calendars of a whole calendar list, the main one first."""
    found = [_listed(item) for page in pages for item in items(page) if not item.get("deleted")]
    return sorted(found, key=lambda each: not each.main)


def _listed(item: Json) -> Listed:
    name = item.get("summaryOverride") or item.get("summary") or ""
    return Listed(CalendarId(_text(item, "id")), str(name), item.get("primary") is True)


def busy_question(calendars: Sequence[CalendarId], span: Span) -> Json:
    """Return the body of a question for the busy time of some calendars."""
    return {
        "timeMin": stamp(span[0]),
        "timeMax": stamp(span[1]),
        "items": [{"id": each} for each in calendars],
    }


def busy_answer(
    answer: object, calendars: Sequence[CalendarId], span: Span
) -> dict[CalendarId, Found]:
    """Return what each calendar takes of the span, or why that is not known.

    Google answers 200 even where it could not read a calendar, and says so inside. An answer
    about another span than was asked for is none.
    """
    found = _whole(answer)
    told = found.get("calendars")
    for name, asked in zip(("timeMin", "timeMax"), span, strict=True):
        if name in found and _instant(found[name]) != asked:
            raise broken("an answer about another time than was asked for")
    if not isinstance(told, dict):
        raise broken()
    return {each: _found(told.get(each), span) for each in calendars}


def _found(entry: object, span: Span) -> Found:
    if not isinstance(entry, dict):
        return broken("nothing about this calendar")
    if entry.get("errors"):
        return _trouble(entry["errors"])
    if not isinstance(entry.get("busy"), list):
        return broken("no busy times for this calendar")
    try:
        return busy_time([_interval(each) for each in entry["busy"]], span)
    except Wait as error:
        return error


def _trouble(errors: object) -> NotAllowed | NotThere | Wait:
    """Return what the first of a calendar's errors means for it."""
    first = errors[0] if isinstance(errors, list) else None
    reason = first.get("reason") if isinstance(first, dict) else None
    if reason == "notFound":
        return NotThere(
            "The calendar is gone, or no longer shared with the connected account",
            remedy="choose another calendar, or have it shared again",
        )
    if reason in _HIDDEN:
        return NotAllowed(
            "The calendar does not show us when it is busy",
            remedy="share its free/busy time with the connected account",
        )
    return broken("an error in place of this calendar's busy times")


def _interval(each: object) -> BusyInterval:
    if not isinstance(each, dict):
        raise broken()
    start, end = _instant(each.get("start")), _instant(each.get("end"), up=True)
    if end < start:
        raise broken("a busy time that ends before it starts")
    return BusyInterval(start, end, Kind.BUSY)


def _instant(text: object, *, up: bool = False) -> int:
    """Return a time with its offset as UTC seconds; of a part of one, the side that is busy."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        raise broken("a time that cannot be read") from None
    if found.tzinfo is None or not isinstance(text, str):
        raise broken("a time without its zone")
    whole, part = divmod(found - _EPOCH, timedelta(seconds=1))
    return whole + (1 if up and part else 0)


def began(near: int) -> Json:
    """Return the parameters of a first listing of events: those that end after `near`."""
    return {**_FOLLOWED, "timeMin": stamp(near)}


def followed(cursor: Cursor) -> Json:
    """Return the parameters of a listing of what changed since: those of the first, as kept.

    Raises CursorExpired if the cursor was not written by `cursor_at`.
    """
    try:
        kept = json.loads(cursor)
        token, asked = kept["token"], kept["asked"]
    except (ValueError, KeyError, TypeError):
        token = asked = None
    if not isinstance(token, str) or not isinstance(asked, dict):
        raise CursorExpired("The place where we stood cannot be read", remedy="read it afresh")
    return {**asked, "syncToken": token}


def cursor_at(token: str, asked: Mapping[str, Any]) -> Cursor:
    """Return a cursor: the host's token, and what was asked, as it has to be asked again."""
    kept = {name: asked[name] for name in _FOLLOWED if name in asked}
    return Cursor(json.dumps({"token": token, "asked": kept}, sort_keys=True))


def items(page: object) -> list[Json]:
    """Return what a page holds; a page may be empty and have a next one all the same."""
    found = _whole(page).get("items", [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise broken()
    return found


def token(page: Json, name: str) -> str | None:
    """Return a token of a page, if it has one."""
    found = page.get(name)
    if found is not None and not isinstance(found, str):
        raise broken()
    return found or None


def following(page: Json) -> str | None:
    """Return the name of the page after this one, if there is one."""
    return token(page, "nextPageToken")


def replies(event: Json) -> list[Reply]:
    """Return what the guests of an event answered; rooms and the organiser are no guests."""
    return [
        Reply(str(each["email"]), _answer(each.get("responseStatus")))
        for each in attendees(event)
        if not each.get("resource") and not each.get("organizer")
    ]


def attendees(event: Json) -> list[Json]:
    """Return an event's attendees that have an address."""
    found = event.get("attendees", [])
    if not isinstance(found, list):
        raise broken()
    return [each for each in found if isinstance(each, dict) and each.get("email")]


def _answer(said: object) -> Answer:
    known = {
        "accepted": Answer.ACCEPTED,
        "tentative": Answer.TENTATIVE,
        "declined": Answer.DECLINED,
    }
    return known.get(str(said), Answer.WAITING)


def channel_question(channel: Channel) -> Json:
    """Return the body that opens a channel."""
    return {
        "id": channel.name,
        "type": "web_hook",
        "address": channel.address,
        "token": channel.secret,
        "expiration": str(channel.until * 1000),
    }


def channel_answer(channel: Channel, answer: object) -> Channel:
    """Return the channel as the host opened it: it may end earlier than we asked."""
    found = _whole(answer)
    try:
        until = int(found.get("expiration", channel.until * 1000)) // 1000
    except (ValueError, TypeError):
        raise broken() from None
    return replace(channel, resource=_text(found, "resourceId"), until=until)


def _text(found: Json, name: str) -> str:
    if not isinstance(found.get(name), str) or not found[name]:
        raise broken()
    return str(found[name])


def _whole(answer: object) -> Json:
    if not isinstance(answer, dict):
        raise broken()
    return answer
