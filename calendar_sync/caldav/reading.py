"""When one calendar is busy: by our reckoning from its events, or else by the host's own.

The events pass from the host to the parser's child, and only times come back. RFC 4791 would have
the host reckon, but where a calendar has whole days, each host does as it likes: Radicale takes
them all in UTC, and so would offer the evening of a day off as free. Its word is taken only where
the events are not for us to see.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from time import monotonic

from calendar_sync.caldav import questions
from calendar_sync.caldav.answers import C, Told
from calendar_sync.caldav.discovery import read, told_of
from calendar_sync.caldav.exchange import Exchange
from calendar_sync.caldav.refusals import NO, nowhere, troubled, unusable
from calendar_sync.errors import NotAllowed
from calendar_sync.ics import sentences
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.link import Link
from calendar_sync.ics.merge import busy_time
from calendar_sync.ics.reader import Reader
from calendar_sync.ics.reasons import Reason
from calendar_sync.ics.reasons import Refused as Unread
from calendar_sync.ics.zones import DAY
from calendar_sync.provider import Span
from scheduler.errors import UnknownZone
from scheduler.model.busy import BusyInterval
from scheduler.model.zone import zone as known_zone

_GONE = (404, 410)
_TZID = re.compile(r"^TZID:[ \t]*(\S.*)$", re.MULTILINE)
_ZONE = 100_000  # letters of a zone that is written down
_ZONES, _NAME = 3, 100  # of those in it that are looked up, and letters of their names


@dataclass(frozen=True, slots=True)
class Reckoning:
    """By what the events of a calendar become busy time.

    limits  of all of them together
    zone    IANA, of whole days where the host names no zone
    """

    reader: Reader
    limits: Limits
    zone: str


def busy(exchange: Exchange, by: Reckoning, link: Link, span: Span) -> list[BusyInterval]:
    """Return what a calendar takes of the span. Raises NotAllowed, NotThere, or Wait."""
    try:
        return _by_events(exchange, by, link, span)
    except NotAllowed:
        found = _by_host(exchange, by.reader, link, span)
        if not found:  # some hosts say "nothing" to what they do not understand
            raise
        return found


def _by_events(exchange: Exchange, by: Reckoning, link: Link, span: Span) -> list[BusyInterval]:
    here = replace(by, zone=_zone(exchange, link) or by.zone)
    wide = span[0] - DAY, span[1] + DAY  # hosts have whole days begin in some zone of theirs
    answer = exchange.ask("REPORT", link, questions.events(wide), depth=1)
    written = [_data(each) for each in read(answer.status, answer.body).places]
    try:
        return busy_time(_each(here, written, span), span)
    except Unread as refused:
        raise troubled(sentences.unreadable(str(link), refused)) from None


def _each(by: Reckoning, written: list[str], span: Span) -> Iterator[BusyInterval]:
    """Yield what each event takes; none of them says anything about another (RFC 4791 4.1).

    Raises Unread if all together are too much.
    """
    end, count = monotonic() + by.limits.wall_seconds, 0
    for each in filter(None, written):
        if monotonic() > end:
            raise Unread(Reason.TOO_MUCH_WORK)
        found = by.reader.read(each.encode(), span, by.zone)
        count += len(found)
        if count > by.limits.instances:
            raise Unread(Reason.TOO_MANY)
        yield from found


def _by_host(exchange: Exchange, reader: Reader, link: Link, span: Span) -> list[BusyInterval]:
    """Return what the host says; nothing if it does not know how to."""
    try:
        answer = exchange.ask("REPORT", link, questions.free_busy(span), depth=1)
        return busy_time(reader.read(answer.body, span, "UTC"), span)
    except (*NO, Unread):
        return []


def _data(told: Told) -> str:
    """Return an event's text; "" if it is gone by now. An event without text is no free time."""
    if told.status in _GONE:
        return ""
    text = told.text(f"{C}calendar-data")
    if "BEGIN:VCALENDAR" not in text.upper():
        raise unusable("left out what an event takes of the time")
    return text


def _zone(exchange: Exchange, link: Link) -> str | None:
    """Return the zone in which a calendar's whole days are, if its host knows it.

    Raises NotThere if it is no calendar, as a place without events is not free time.
    """
    for _, told in told_of(exchange, link, questions.zone()):
        if told.is_a(f"{C}calendar"):
            return next(filter(None, map(_known, _zones(told))), None)
    raise nowhere()


def _zones(told: Told) -> Iterator[str]:
    yield told.text(f"{C}calendar-timezone-id")
    written = told.text(f"{C}calendar-timezone")
    if len(written) > _ZONE:
        raise unusable("writes more about a calendar's zone than there is to say")
    for found in islice(_TZID.finditer(written), _ZONES):
        yield found[1].strip()


def _known(name: str) -> str | None:
    if len(name) > _NAME:
        return None
    try:
        return known_zone(name).key
    except UnknownZone:
        return None
