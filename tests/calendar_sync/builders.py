"""Words for tests of calendars: a_calendar(an_event(...)), utc("2027-03-01 09:00"), busy(...)."""

from datetime import UTC, datetime

from calendar_sync.ics.content import busy_in
from scheduler.model.busy import BusyInterval, Kind


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


SPRING = (utc("2027-03-01"), utc("2027-04-01"))
NOWHERE = (utc("1990-01-01"), utc("1990-01-02"))


def a_calendar(*components: str, end: str = "\r\n") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *components, "END:VCALENDAR"]
    return ("\n".join(lines) + "\n").replace("\n", end).encode()


def a_component(kind: str, *lines: str) -> str:
    return "\n".join([f"BEGIN:{kind}", *lines, f"END:{kind}"])


def an_event(*lines: str, uid: str = "one@example.org") -> str:
    named = [f"UID:{uid}"] if uid else []
    return a_component("VEVENT", *named, *lines)


def an_hour(day: str, *lines: str, uid: str = "one@example.org") -> str:
    """An event from 09:00 to 10:00 UTC on a day written 20270301."""
    return an_event(f"DTSTART:{day}T090000Z", f"DTEND:{day}T100000Z", *lines, uid=uid)


def a_zone(name: str, *parts: str) -> str:
    return a_component("VTIMEZONE", f"TZID:{name}", *parts)


def a_clock(kind: str, start: str, before: str, after: str, *lines: str) -> str:
    offsets = [f"DTSTART:{start}", f"TZOFFSETFROM:{before}", f"TZOFFSETTO:{after}"]
    return a_component(kind, *offsets, *lines)


NEW_YORK_BY_HAND = (
    a_clock(
        "STANDARD", "16011101T020000", "-0400", "-0500", "RRULE:FREQ=YEARLY;BYDAY=1SU;BYMONTH=11"
    ),
    a_clock(
        "DAYLIGHT", "16010301T020000", "-0500", "-0400", "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3"
    ),
)


def busy(*components: str, span: tuple[int, int] = SPRING, zone: str = "UTC") -> list[BusyInterval]:
    """What the parser makes of a calendar of these components, in this process."""
    return busy_of(a_calendar(*components), span=span, zone=zone)


def busy_of(
    data: bytes, *, span: tuple[int, int] = SPRING, zone: str = "UTC"
) -> list[BusyInterval]:
    """What the parser makes of a file, in this process."""
    return busy_in(data, span=span, local=zone, instances=50_000)


def spans(found: list[BusyInterval]) -> list[tuple[str, str]]:
    return [(_shown(each.start), _shown(each.end)) for each in found]


def starts(found: list[BusyInterval]) -> list[str]:
    return [_shown(each.start) for each in found]


def kinds(found: list[BusyInterval]) -> list[Kind]:
    return [each.kind for each in found]


def _shown(instant: int) -> str:
    text = f"{datetime.fromtimestamp(instant, UTC):%m-%d %H:%M:%S}"
    return text.removesuffix(":00")
