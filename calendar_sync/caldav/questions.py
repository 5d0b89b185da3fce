"""What a CalDAV host is asked: bodies in XML (RFC 4791, 4918, 6578). Pure."""

from datetime import UTC, datetime
from typing import ClassVar

from caldav.elements import cdav, dav
from caldav.elements.base import BaseElement

from calendar_sync.provider import Span

_CALENDAR, _EVENT = "VCALENDAR", "VEVENT"


class ChangeTag(BaseElement):
    """What hosts without RFC 6578 say instead: another one after each change."""

    tag: ClassVar[str | None] = "{http://calendarserver.org/ns/}getctag"


class ZoneId(BaseElement):
    """The zone of a calendar by its IANA name (RFC 7809)."""

    tag: ClassVar[str | None] = "{urn:ietf:params:xml:ns:caldav}calendar-timezone-id"


def who() -> bytes:
    """Ask who we are there, and where our calendars lie."""
    return _properties(dav.CurrentUserPrincipal(), cdav.CalendarHomeSet(), dav.ResourceType())


def listing() -> bytes:
    """Ask what there is, and which of it are calendars of events."""
    return _properties(dav.ResourceType(), dav.DisplayName(), cdav.SupportedCalendarComponentSet())


def state() -> bytes:
    """Ask by which word a calendar's present state is known."""
    return _properties(dav.ResourceType(), dav.SyncToken(), ChangeTag())


def zone() -> bytes:
    """Ask in which zone a calendar's whole days are."""
    return _properties(dav.ResourceType(), ZoneId(), cdav.CalendarTimeZone())


def free_busy(span: Span) -> bytes:
    """Ask when a calendar is busy, in the host's own reckoning."""
    return _written(cdav.FreeBusyQuery() + _range(span))


def events(span: Span) -> bytes:
    """Ask for the events of a time, each whole with its exceptions: we expand them."""
    events = cdav.CompFilter(_EVENT) + _range(span)
    wanted = dav.Prop() + cdav.CalendarData()
    chosen = cdav.Filter() + (cdav.CompFilter(_CALENDAR) + events)
    return _written(cdav.CalendarQuery() + wanted + chosen)


def changed(token: str) -> bytes:
    """Ask what has changed since a token."""
    said = [dav.SyncToken(value=token), dav.SyncLevel(value="1"), dav.Prop() + dav.GetEtag()]
    return _written(dav.SyncCollection() + said)


def _properties(*wanted: BaseElement) -> bytes:
    return _written(dav.Propfind() + (dav.Prop() + list(wanted)))


def _range(span: Span) -> BaseElement:
    start, end = (datetime.fromtimestamp(each, UTC) for each in span)
    return cdav.TimeRange(start, end)


def _written(element: BaseElement) -> bytes:
    return str(element).encode()
