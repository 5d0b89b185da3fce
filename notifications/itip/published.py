"""What a private feed holds: PUBLISH (RFC 5546, 3.2.1), which asks nobody and names no guest.

Each date is an event of its own, without a rule: nothing is left that programs read differently.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from notifications.itip import content
from notifications.itip.moments import local, universal
from notifications.itip.people import Person
from notifications.itip.zones import vtimezone

_REFRESH = "PT1H"  # how often programs should ask; most ask less often


@dataclass(frozen=True, slots=True)
class Feed:
    """What is said of all dates together.

    zone   IANA: the wall clock that times are written by
    since  UTC seconds: when there was nothing yet; a feed without a date is one of a zone
    url    where its reader answers; "": nowhere
    """

    title: str = field(repr=False)
    zone: str
    since: int
    organizer: Person
    url: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """One date that is held.

    uid        its name for as long as there is a feed
    sequence   rises with every change
    stamp      UTC seconds: when it was first told
    start, end  UTC seconds
    certain    False: its reader comes perhaps
    coming     False: its reader does not come, and has that time
    """

    uid: str
    sequence: int
    stamp: int
    start: int
    end: int
    title: str = field(repr=False)
    place: str = field(default="", repr=False)
    text: str = field(default="", repr=False)
    certain: bool = True
    coming: bool = True


def publish(feed: Feed, dates: Iterable[Published]) -> str:
    """Write a feed: the same dates are the same letters every time."""
    held = list(dates)
    title = content.text(feed.title)
    moments = [feed.since, *(each.start for each in held), *(each.end for each in held)]
    return content.written(
        [
            "BEGIN:VCALENDAR",
            "PRODID:-//Common Hour//Common Hour//EN",
            "VERSION:2.0",
            "CALSCALE:GREGORIAN",
            "METHOD:PUBLISH",
            f"NAME:{title}",
            f"X-WR-CALNAME:{title}",
            f"REFRESH-INTERVAL;VALUE=DURATION:{_REFRESH}",
            f"X-PUBLISHED-TTL:{_REFRESH}",
            *vtimezone(feed.zone, min(moments), max(moments)),
            *(line for each in held for line in _event(feed, each)),
            "END:VCALENDAR",
        ]
    )


def _event(feed: Feed, date: Published) -> Iterator[str]:
    organizer = feed.organizer
    yield "BEGIN:VEVENT"
    yield f"UID:{date.uid}"
    yield f"DTSTAMP:{universal(date.stamp)}"
    yield f"SEQUENCE:{date.sequence}"
    yield local("DTSTART", date.start, feed.zone)
    yield local("DTEND", date.end, feed.zone)
    yield f"SUMMARY:{content.text(date.title)}"
    if date.place:
        yield f"LOCATION:{content.text(date.place)}"
    if date.text:
        yield f"DESCRIPTION:{content.paragraphs(date.text)}"
    if feed.url:
        yield f"URL:{feed.url}"
    yield f"STATUS:{'CONFIRMED' if date.certain else 'TENTATIVE'}"
    yield f"TRANSP:{'OPAQUE' if date.coming else 'TRANSPARENT'}"
    yield f"ORGANIZER{content.name(organizer.name)}:{content.mailto(organizer.address)}"
    yield "END:VEVENT"
