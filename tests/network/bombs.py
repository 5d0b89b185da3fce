"""Calendars, and answers of hosts, that are made to take all time or memory of who reads them."""

import gzip
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.calendar_sync.builders import a_calendar, a_clock, a_zone, an_event
from tests.calendar_sync.hosts import Page

FULL = 4_900_000  # bytes: as much as is taken in, nearly


@dataclass(frozen=True)
class Bomb:
    """What a host answers, and what is said of it; None: it only looks like one, and is read."""

    page: Callable[[], Page]
    said: str | None


TOO_MANY = "more events in this time than can be read"
TOO_LONG = "takes too long to read"
RULE = "a repeating event whose rule cannot be followed"
DATE = "a date or time that cannot be read"
DAMAGED = "is damaged or cut short"
NOTHING = "is not a calendar"
EMPTY = "holds nothing from today on"


def _all(first: int, last: int) -> str:
    return ",".join(map(str, range(first, last + 1)))


def _event(*lines: str) -> Callable[[], Page]:
    """A calendar of one event of a second, which began long ago."""
    start = ("DTSTART:19700101T000000Z", "DURATION:PT1S")
    return lambda: Page(a_calendar(an_event(*start, *lines)))


def _rule(text: str) -> Callable[[], Page]:
    return _event(f"RRULE:{text}")


def _filled(begin: str, again: str, end: str = "") -> Callable[[], Page]:
    """As large as is taken in, by one piece again and again; # in it counts."""

    def made() -> Page:
        each = len(again) + 5 * again.count("#")
        times = (FULL - len(begin) - len(end)) // each
        text = "".join(again.replace("#", f"{number:05}") for number in range(times))
        return Page(f"{begin}{text}{end}".encode())

    return made


def _raw(data: Callable[[], bytes], **headers: str) -> Callable[[], Page]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda: Page(data(), headers=named)


_BEGIN, _END = "BEGIN:VCALENDAR\n", "END:VCALENDAR\n"
_DENSE = f"BYHOUR={_all(0, 23)};BYMINUTE={_all(0, 59)};BYSECOND={_all(0, 59)}"
_HOUR = "DTSTART:20270301T090000Z\nDURATION:PT1H\n"
_OWN_ZONE = (
    "BEGIN:VTIMEZONE\nTZID:#\nBEGIN:STANDARD\nDTSTART:19700101T000000\nTZOFFSETFROM:+0000\n"
    "TZOFFSETTO:+0000\nEND:STANDARD\nEND:VTIMEZONE\n"
    "BEGIN:VEVENT\nDTSTART;TZID=#:20270301T090000\nEND:VEVENT\n"
)

BOMBS: Mapping[str, Bomb] = {
    # rules
    "every second since 1970": Bomb(_rule("FREQ=SECONDLY"), TOO_MANY),
    "every minute at every second": Bomb(_rule(f"FREQ=MINUTELY;BYSECOND={_all(0, 59)}"), TOO_MANY),
    "every second of a year by lists": Bomb(
        _rule(f"FREQ=YEARLY;BYYEARDAY={_all(1, 366)};{_DENSE}"), TOO_MANY
    ),
    "a thousand million seconds": Bomb(_rule("FREQ=SECONDLY;COUNT=999999999"), TOO_MANY),
    "a thousand million months that never come": Bomb(
        _rule("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31;COUNT=999999999"), EMPTY
    ),
    "seconds of a day that never comes": Bomb(
        _rule("FREQ=SECONDLY;BYYEARDAY=1;BYMONTH=12;COUNT=5"), EMPTY
    ),
    "every second that excludes itself": Bomb(_rule("FREQ=SECONDLY;BYSETPOS=2"), TOO_LONG),
    "the last second of each year": Bomb(
        _rule(f"FREQ=YEARLY;BYYEARDAY={_all(1, 366)};{_DENSE};BYSETPOS=-1"), None
    ),
    "a million positions": Bomb(
        _rule("FREQ=DAILY;BYHOUR=1,2;BYSETPOS=" + ",".join(["1"] * 1_000_000)), None
    ),
    "rule upon rule": Bomb(
        _filled(f"{_BEGIN}BEGIN:VEVENT\n{_HOUR}", "RRULE:FREQ=HOURLY\n", f"END:VEVENT\n{_END}"),
        TOO_MANY,
    ),
    "a million weekdays": Bomb(_rule("FREQ=YEARLY;BYDAY=1MO" + ",MO" * 1_600_000), None),
    "an event of ages every day": Bomb(
        _event("RRULE:FREQ=DAILY;UNTIL=20270301", "DURATION:P300000D"), "two different times"
    ),
    "a rule of five million letters": Bomb(
        _filled(f"{_BEGIN}BEGIN:VEVENT\n{_HOUR}RRULE:FREQ=", "DAILY", f"\nEND:VEVENT\n{_END}"), RULE
    ),
    # many
    "events without end": Bomb(
        _filled(_BEGIN, f"BEGIN:VEVENT\n{_HOUR}END:VEVENT\n", _END), TOO_MANY
    ),
    "busy times without end": Bomb(
        _filled(
            f"{_BEGIN}BEGIN:VFREEBUSY\nFREEBUSY:20270301T090000Z/PT1H",
            ",20270301T090000Z/PT1H",
            f"\nEND:VFREEBUSY\n{_END}",
        ),
        TOO_MANY,
    ),
    "exceptions without end": Bomb(
        _filled(
            f"{_BEGIN}BEGIN:VEVENT\n{_HOUR}RRULE:FREQ=DAILY\nEXDATE:20270301T090000Z",
            ",20270301T090000Z",
            f"\nEND:VEVENT\n{_END}",
        ),
        None,
    ),
    "changes from then on, and from then on": Bomb(
        _filled(
            f"{_BEGIN}BEGIN:VEVENT\nUID:1\n{_HOUR}RRULE:FREQ=DAILY\nEND:VEVENT\n",
            "BEGIN:VEVENT\nUID:1\nRECURRENCE-ID;RANGE=THISANDFUTURE:20270302T0#Z\n"
            f"{_HOUR}END:VEVENT\n",
            _END,
        ),
        DATE,
    ),
    "alarms without end": Bomb(
        _filled(
            f"{_BEGIN}BEGIN:VEVENT\n{_HOUR}",
            "BEGIN:VALARM\nREPEAT:999999999\nDURATION:PT1S\nTRIGGER:-PT1S\nEND:VALARM\n",
            f"END:VEVENT\n{_END}",
        ),
        None,
    ),
    "calendars without end": Bomb(_filled("", _BEGIN + _END), TOO_LONG),
    # zones
    "a zone for each event": Bomb(_filled(_BEGIN, _OWN_ZONE, _END), TOO_LONG),
    "a zone that changes every second": Bomb(
        lambda: Page(
            a_calendar(
                a_zone(
                    "Z",
                    a_clock("STANDARD", "19700101T000000", "+0000", "+0100", "RRULE:FREQ=SECONDLY"),
                ),
                an_event("DTSTART;TZID=Z:20270301T090000"),
            )
        ),
        TOO_MANY,
    ),
    "a zone of five million letters": Bomb(
        _filled(
            f"{_BEGIN}BEGIN:VTIMEZONE\nTZID:Z\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
            "TZOFFSETFROM:+0000\nTZOFFSETTO:+0100\nRDATE:19700101T000000",
            ",20270301T090000",
            f"\nEND:STANDARD\nEND:VTIMEZONE\nBEGIN:VEVENT\nDTSTART;TZID=Z:20270301T090000\n"
            f"END:VEVENT\n{_END}",
        ),
        EMPTY,
    ),
    # form
    "nesting without end": Bomb(_filled(f"{_BEGIN}BEGIN:VEVENT\n", "BEGIN:VALARM\n"), DAMAGED),
    "folds without end": Bomb(
        _filled(f"{_BEGIN}BEGIN:VEVENT\nDTSTART:2", "\n 0", f"\nEND:VEVENT\n{_END}"), DATE
    ),
    "parameters without end": Bomb(
        _filled(f"{_BEGIN}BEGIN:VEVENT\nDTSTART", ";A#=b", f":20270301\nEND:VEVENT\n{_END}"), None
    ),
    "quotes without end": Bomb(
        _filled(f"{_BEGIN}BEGIN:VEVENT\nDTSTART;A=", '"', f":20270301\nEND:VEVENT\n{_END}"), None
    ),
    "five million times nothing": Bomb(_raw(lambda: b"\n" * FULL), "is empty"),
    "five million zeros": Bomb(_raw(lambda: b"\0" * FULL), "is empty"),
    "a thousand million bytes in a million": Bomb(
        _raw(lambda: gzip.compress(b" " * 100_000_000), Content_Encoding="gzip"), "compressed form"
    ),
    "the same, unsaid": Bomb(_raw(lambda: gzip.compress(b" " * 100_000_000)), NOTHING),
    "an answer in single letters": Bomb(
        _raw(lambda: b"1\r\n\n\r\n" * 200_000, Transfer_Encoding="chunked"), "broke off"
    ),
    "a host that talks and talks": Bomb(_filled(_BEGIN, "X" * 10 + "\n"), "ends before"),
    "more than is taken in": Bomb(_raw(lambda: b"\n" * (FULL + 200_000)), "is larger than 5 MB"),
    "a host that drips": Bomb(lambda: Page(b"\n" * 1000, drip=0.1), "longer than 20 seconds"),
}
FEW = (
    "every second that excludes itself",
    "every second of a year by lists",
    "a million weekdays",
    "busy times without end",
    "nesting without end",
    "folds without end",
    "a thousand million bytes in a million",
)
