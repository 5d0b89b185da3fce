"""What organisers tell one guest: REQUEST and CANCEL (RFC 5546, 3.2.2 and 3.2.5).

An object holds one event and its zone, because mail programs read the first event only. The
same UID with a higher SEQUENCE takes the place of what was told before.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from notifications.itip import content
from notifications.itip.moments import local, universal
from notifications.itip.people import Answer, Person
from notifications.itip.zones import vtimezone
from scheduler.model.series import Occurrence, Series

_Times = list[str]
_RULE = re.compile(r"FREQ=[A-Z0-9=;,+-]+")


@dataclass(frozen=True, slots=True)
class About:
    """What is told with every date.

    uid        the event's name, see `names`
    sequence   rises when time, place or rule change, and when something is cancelled
    stamp      UTC seconds: when this message was made
    organizer  who answers go to, at the address that is this guest's alone
    answer     what the guest answered; anything else than WAITING asks nothing again
    """

    uid: str = field(repr=False)
    sequence: int
    stamp: int
    organizer: Person
    guest: Person
    title: str = field(repr=False)
    place: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    answer: Answer = Answer.WAITING


def request(about: About, series: Series) -> str:
    """Invite to the series, or to the only date of one without a rule; or tell of a change.

    Dates that were moved since it was first told keep their places in it: `request_date` tells
    where they are.
    """
    return _object("REQUEST", series, _invited(about, _first(series), _whole(series)))


def request_date(about: About, series: Series, date: Occurrence) -> str:
    """Tell where one date of the series is held."""
    return _object("REQUEST", series, _invited(about, date, _one(series, date)), date)


def cancel(about: About, series: Series, *, for_all: bool = True) -> str:
    """Take back the series as it was last told, or the only date of one without a rule.

    for_all  False: it is held, and this guest alone no longer comes (then RFC 5546, 3.2.5,
             forbids the STATUS)
    """
    lines = _cancelled(about, _whole(series), for_all=for_all)
    return _object("CANCEL", series, lines)


def cancel_date(about: About, series: Series, date: Occurrence, *, for_all: bool = True) -> str:
    """Take back one date of the series, as it was last told."""
    lines = _cancelled(about, _one(series, date), for_all=for_all)
    return _object("CANCEL", series, lines, date)


def _first(series: Series) -> Occurrence:
    """Return the date that stands in DTSTART: of a rule, where the rule puts it."""
    first = min(series.occurrences, key=lambda each: each.original)
    return Occurrence(first.original, first.original, series.minutes) if series.rule else first


def _whole(series: Series) -> _Times:
    """Return when a series is. It begins with the first date that it still holds."""
    first = _first(series)
    if not series.rule:
        return _span(first, series.zone)
    if not _RULE.fullmatch(series.rule):
        raise ValueError("no rule of a series")
    left_out = sorted(each for each in series.skipped if each > first.original)
    return [
        *_span(first, series.zone),
        f"RRULE:{series.rule}",
        *(local("EXDATE", each, series.zone) for each in left_out),
    ]


def _one(series: Series, date: Occurrence) -> _Times:
    named = local("RECURRENCE-ID", date.original, series.zone)
    return [named, *_span(date, series.zone)]


def _span(date: Occurrence, zone: str) -> _Times:
    return [local("DTSTART", date.start, zone), local("DTEND", date.end, zone)]


def _invited(about: About, date: Occurrence, times: _Times) -> Iterable[str]:
    place = date.place or about.place
    yield from _named(about)
    yield from times
    yield f"SUMMARY:{content.text(about.title)}"
    if place:
        yield f"LOCATION:{content.text(place)}"
    if about.text:
        yield f"DESCRIPTION:{content.paragraphs(about.text)}"
    yield "STATUS:CONFIRMED"
    yield "TRANSP:OPAQUE"
    asked = "TRUE" if about.answer is Answer.WAITING else "FALSE"
    yield from _people(about, f";PARTSTAT={about.answer};RSVP={asked}")


def _cancelled(about: About, times: _Times, *, for_all: bool) -> Iterable[str]:
    yield from _named(about)
    yield from times
    yield f"SUMMARY:{content.text(about.title)}"
    if for_all:
        yield "STATUS:CANCELLED"
    yield from _people(about, "")


def _named(about: About) -> Iterable[str]:
    yield f"UID:{about.uid}"
    yield f"DTSTAMP:{universal(about.stamp)}"
    yield f"SEQUENCE:{about.sequence}"


def _people(about: About, answer: str) -> Iterable[str]:
    organizer, guest = about.organizer, about.guest
    yield f"ORGANIZER{content.name(organizer.name)}:{content.mailto(organizer.address)}"
    yield (
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT{answer}"
        f"{content.name(guest.name)}:{content.mailto(guest.address)}"
    )


def _object(
    method: str, series: Series, event: Iterable[str], date: Occurrence | None = None
) -> str:
    return content.written(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Common Hour//Common Hour//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            f"METHOD:{method}",
            *_zone(series, [date] if date else []),
            "BEGIN:VEVENT",
            *event,
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )


def _zone(series: Series, more: Sequence[Occurrence]) -> list[str]:
    dates = [*series.occurrences, *more]
    starts = [each.start for each in dates] + [each.original for each in dates]
    return vtimezone(series.zone, min(starts), max(each.end for each in dates))
