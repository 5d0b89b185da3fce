"""Outlook's JSON, to our types. Pure: no network, no clock.

Whatever is not as Graph promises raises Wait: half an answer would show taken hours as free.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from calendar_sync.errors import CursorExpired, Wait, broken
from calendar_sync.outlook import times
from calendar_sync.provider import CalendarId, Cursor, Found, Listed, Span
from scheduler.model.busy import BusyInterval, Kind

Json = dict[str, Any]

_DAY = 86_400
_LONGEST = 1825 * _DAY  # seconds that one question spans: as much as Outlook takes
_PAST, _AHEAD = _DAY, 830 * _DAY  # seconds around now in which changes are followed
_FOLLOWED = 7 * _DAY  # seconds after which the end of that time has come too near
_KINDS = {
    "free": None,
    "workingElsewhere": None,
    "tentative": Kind.TENTATIVE,
    "oof": Kind.UNAVAILABLE,
}


def listed(pages: Sequence[Json]) -> list[Listed]:
    """Return the calendars of a whole list, the main one first."""
    found = [_listed(item) for page in pages for item in items(page)]
    return sorted(found, key=lambda each: not each.main)


def _listed(item: Json) -> Listed:
    if not isinstance(item.get("id"), str) or not item["id"]:
        raise broken()
    main = item.get("isDefaultCalendar") is True
    return Listed(CalendarId(item["id"]), str(item.get("name") or ""), main)


def parts(span: Span) -> list[Span]:
    """Return a span as parts of which none is longer than one question may be."""
    starts = range(*span, _LONGEST)
    return [(start, min(start + _LONGEST, span[1])) for start in starts]


def usual_zone(pages: Sequence[Json]) -> str | None:
    """Return the zone in which most events of some pages were entered: mostly the mailbox's own.

    Those whose zone tells no place do not count. None: there is no such event.
    """
    held = [page.get("value") for page in pages]
    events = [event for each in held if isinstance(each, list) for event in each]
    named = Counter(
        str(each.get("originalStartTimeZone")) for each in events if isinstance(each, dict)
    )
    counts = {zone: count for zone, count in named.items() if times.is_place(zone)}
    return max(counts, key=lambda each: (counts[each], each), default=None)


def taken(pages: Sequence[Json], span: Span, usual: str | None = None) -> Found:
    """Return what the events of some pages take of the span, an interval for each; sorted.

    usual  the zone in which the mailbox's whole days may be, whatever else they say

    An event over the border of two parts of the span stands in both, and is one; two events at
    one time are two.
    """
    try:
        intervals = Counter(_interval(event, usual) for page in pages for event in items(page))
    except Wait as error:
        return error
    borders = [start for start, _ in parts(span)[1:]]
    events = [
        each
        for each, count in intervals.items()
        if each is not None
        for _ in range(-(-count // (1 + sum(each.start < one < each.end for one in borders))))
    ]
    return sorted(found for each in events if (found := _clipped(each, span)) is not None)


def _clipped(interval: BusyInterval, span: Span) -> BusyInterval | None:
    start, end = max(interval.start, span[0]), min(interval.end, span[1])
    return BusyInterval(start, end, interval.kind) if start < end else None


def _interval(event: Json, usual: str | None) -> BusyInterval | None:
    """Return what an event takes; None: its owner is shown as free, or it was cancelled."""
    kind = kind_of(event.get("showAs"))
    if kind is None or event.get("isCancelled") is True:
        return None
    ends = event.get("start"), event.get("end")
    if event.get("isAllDay") is True:
        zones = event.get("originalStartTimeZone"), event.get("originalEndTimeZone")
        start, end = times.whole_days(*ends, zones, usual)
    else:
        start, end = times.between(*ends)
    if end < start:
        raise broken("an event that ends before it starts")
    return BusyInterval(start, end, kind)


def kind_of(shown: object) -> Kind | None:
    """Return the kind of time that somebody shows; None: none. What nobody knows is busy."""
    return _KINDS.get(shown, Kind.BUSY) if isinstance(shown, str) else Kind.BUSY


def window(now: int) -> Span:
    """Return the time in which changes are followed, from a first listing on."""
    return now - _PAST, now + _AHEAD


def cursor_at(link: str, began: int) -> Cursor:
    """Return a cursor: the host's own address, and when the time that it follows was chosen."""
    return Cursor(json.dumps({"link": link, "began": began}, sort_keys=True))


def followed(cursor: Cursor, now: int) -> tuple[str, int]:
    """Return a cursor's address, and when its time was chosen.

    Raises CursorExpired if it was not written by `cursor_at`, or the time that it follows ends
    before what is asked for: what is further ahead would change unseen.
    """
    try:
        kept = json.loads(cursor)
        link, began = kept["link"], kept["began"]
    except (ValueError, KeyError, TypeError):
        link = began = None
    if not isinstance(link, str) or not isinstance(began, int):
        raise CursorExpired("The place where we stood cannot be read", remedy="read it afresh")
    if not began <= now + _DAY <= began + _FOLLOWED + _DAY:
        raise CursorExpired("What we followed is nearly over", remedy="read it afresh")
    return link, began


def items(page: object) -> list[Json]:
    """Return what a page holds; a page may be empty and have a next one all the same."""
    found = whole(page).get("value")
    if "error" in whole(page):
        raise broken()
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise broken()
    return found


def link(page: Mapping[str, Any], name: str) -> str | None:
    """Return an address that stands in a page, if it has one: the next page's, or of changes."""
    if f"@odata.{name}Link" not in page:
        return None
    found = page[f"@odata.{name}Link"]
    if not isinstance(found, str) or not found:
        raise broken()
    return found


def whole(answer: object) -> Json:
    """Return an answer that is an object. Raises Wait."""
    if not isinstance(answer, dict):
        raise broken()
    return answer
