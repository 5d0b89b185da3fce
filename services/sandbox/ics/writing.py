"""From Google's event resources to calendar text: series with their exceptions, in their zones."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any

from icalendar import Timezone, vText
from icalendar.parser import Contentline

from services.sandbox.events.busy import takes_time
from services.sandbox.events.times import Event, moment, wall_at

# As long as the calendars of a sandbox matter. Beyond it a reader knows the zones by name.
_FROM, _TO = date(2024, 1, 1), date(2031, 1, 1)
_LEAVE_FREE = ("free", "workingElsewhere")
_CLASSES = {"private": "PRIVATE", "confidential": "CONFIDENTIAL"}


def calendar(events: Iterable[Event], zone_name: str, *, name: str = "") -> str:
    """Return the calendar file of these events, cancelled single ones left out.

    zone_name  the calendar's zone, for times that name none
    name       what the calendar is called, for programs that subscribe to it
    """
    events = list(events)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Common Hour//sandbox//EN",
        "CALSCALE:GREGORIAN",
        *([f"X-WR-CALNAME:{_text(name)}", f"X-WR-TIMEZONE:{zone_name}"] if name else []),
    ]
    for zone in sorted(_zones(events, zone_name)):
        lines += _timezone(zone)
    for event in events:
        if event["status"] != "cancelled":
            lines += component(event, events, zone_name)
    return text([*lines, "END:VCALENDAR"])


def text(lines: Iterable[str]) -> str:
    """Return content lines as one text: folded, ended as RFC 5545 has it."""
    return "".join(_folded(line) for line in lines)


def component(event: Event, others: Sequence[Event], zone_name: str) -> list[str]:
    """Return the VEVENT. `others` hold the exceptions of a series; called off, they are EXDATEs."""
    lines = [
        "BEGIN:VEVENT",
        f"UID:{_text(event['iCalUID'])}",
        f"DTSTAMP:{_stamped(event['updated'])}",
        f"CREATED:{_stamped(event['created'])}",
        f"LAST-MODIFIED:{_stamped(event['updated'])}",
        f"SEQUENCE:{event.get('sequence', 0)}",
        _when("DTSTART", event["start"], zone_name),
        _when("DTEND", event["end"], zone_name),
        *event.get("recurrence", []),
        *_called_off(event, others, zone_name),
    ]
    if event.get("recurringEventId"):
        lines.append(_when("RECURRENCE-ID", event["originalStartTime"], zone_name))
    return [*lines, *_said(event), "END:VEVENT"]


def _folded(line: str) -> str:
    folded: bytes = Contentline(line).to_ical()  # type: ignore[no-untyped-call]
    return f"{folded.decode()}\r\n"


def _said(event: Event) -> Iterator[str]:
    yield f"SUMMARY:{_text(event.get('summary', ''))}"
    for name in ("description", "location"):
        if event.get(name):
            yield f"{name.upper()}:{_text(event[name])}"
    yield f"STATUS:{event['status'].upper()}"
    yield f"TRANSP:{'TRANSPARENT' if _free(event) else 'OPAQUE'}"
    if shown := event.get("outlook", {}).get("showAs"):
        yield f"X-MICROSOFT-CDO-BUSYSTATUS:{_shown(shown, free=_free(event))}"
    if event.get("visibility") in _CLASSES:
        yield f"CLASS:{_CLASSES[event['visibility']]}"


def _free(event: Event) -> bool:
    """Say whether it leaves its owner free, also because they declined or it is only shown."""
    own: Event = next((each for each in event.get("attendees", []) if each.get("self")), {})
    return not takes_time(event, own.get("email", ""))


def _shown(shown: str, *, free: bool) -> str:
    """Return Outlook's word, unless another program has since made the event free or busy."""
    if (shown in _LEAVE_FREE) == free:
        return shown.upper()
    return "FREE" if free else "BUSY"


def _called_off(event: Event, others: Sequence[Event], zone_name: str) -> Iterator[str]:
    if "recurrence" in event:
        for each in others:
            gone = each.get("recurringEventId") == event["id"] and each["status"] == "cancelled"
            if gone:
                yield _when("EXDATE", each["originalStartTime"], zone_name)


def _when(name: str, when: dict[str, str], zone_name: str) -> str:
    if "date" in when:
        return f"{name};VALUE=DATE:{when['date'].replace('-', '')}"
    zone, at = when.get("timeZone") or zone_name, moment(when, zone_name)
    if zone == "UTC":
        return f"{name}:{at:%Y%m%dT%H%M%SZ}"
    return f"{name};TZID={zone}:{wall_at(at, zone):%Y%m%dT%H%M%S}"


def _zones(events: Iterable[Event], zone_name: str) -> set[str]:
    times = [event.get(name) for event in events for name in ("start", "end", "originalStartTime")]
    found = {when.get("timeZone") or zone_name for when in times if when and "date" not in when}
    return found - {"UTC"}


@cache
def _timezone(name: str) -> tuple[str, ...]:
    written = Timezone.from_tzid(name, first_date=_FROM, last_date=_TO).to_ical().decode()
    return tuple(written.replace("\r\n ", "").splitlines())


def _stamped(moment_: str) -> str:
    return f"{datetime.fromisoformat(moment_):%Y%m%dT%H%M%SZ}"


def _text(words: Any) -> str:
    escaped: bytes = vText(str(words)).to_ical()
    return escaped.decode()
