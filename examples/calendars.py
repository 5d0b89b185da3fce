"""Calendars as text: entries in, iCalendar files (RFC 5545) out, in three makers' dialects.

Times are wall clock until the last moment.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from people import TimeKind
from wallclock import DAY, Slot, Zone

STAMP = "20261201T140000Z"  # fixed: the same bytes every time


@dataclass(frozen=True, slots=True)
class Style:
    """How a maker writes.

    tzid       which name a zone has: "iana", "windows", or "" for floating times
    utc        events that happen once are written in UTC
    microsoft  Outlook's own properties say what kind of time it is
    durations  DURATION instead of DTEND, and no end for a single day
    open_end   what goes on after the term has no end
    """

    name: str
    tzid: str
    utc: bool = False
    microsoft: bool = False
    durations: bool = False
    open_end: bool = False


STYLES = {
    "google": Style("web calendar", "iana", utc=True, open_end=True),
    "outlook": Style("office calendar", "windows", microsoft=True),
    "plain": Style("plain calendar", "", durations=True),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One date of something that comes back: moved to `start`, or called off."""

    on: date
    start: datetime | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A line in somebody's calendar.

    start, length  a date and whole days, or a wall-clock time and its length
    slot, last     how it comes back, and until which day
    goes_on        whether it comes back after that day too
    missing        days on which it does not
    """

    uid: str
    title: str
    start: date | datetime
    length: timedelta
    kind: TimeKind = "busy"
    slot: Slot | None = None
    last: date = date.max
    goes_on: bool = False
    missing: tuple[date, ...] = ()
    changes: tuple[Change, ...] = ()
    note: str = ""
    cancelled: bool = False

    def times(self) -> Iterator[datetime]:
        """The starts that remain, in wall-clock time; whole days start at midnight."""
        if self.slot is None:
            yield _clock(self.start)
            return
        gone = {*self.missing, *(change.on for change in self.changes)}
        for day in self.slot.dates(_day(self.start), self.last):
            if day not in gone:
                yield datetime.combine(day, self.slot.start)
        yield from (change.start for change in self.changes if change.start)


def calendar(entries: Iterable[Entry], style: Style, zone: Zone, owner: str) -> bytes:
    """Write a calendar file."""
    lines = [
        "BEGIN:VCALENDAR",
        f"PRODID:-//Common Hour examples//{style.name}//EN",
        "VERSION:2.0",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(owner)}",
    ]
    if style.tzid:
        lines += _timezone(style, zone)
    for entry in entries:
        lines += _master(entry, style, zone)
        for change in entry.changes:
            lines += _override(entry, change, style, zone)
    return _bytes([*lines, "END:VCALENDAR"])


def free_busy(entries: Iterable[Entry], zone: Zone, uid: str, span: tuple[date, date]) -> bytes:
    """Write the same as times alone: one VFREEBUSY, in UTC, as a server answers it."""
    names = {"busy": "BUSY", "tentative": "BUSY-TENTATIVE", "away": "BUSY-UNAVAILABLE"}
    periods = sorted(
        (zone.utc(start), zone.utc(start + entry.length), names[entry.kind])
        for entry in entries
        if entry.kind in names and not entry.cancelled
        for start in entry.times()
        if span[0] <= start.date() <= span[1]
    )
    lines = [
        "BEGIN:VCALENDAR",
        "PRODID:-//Common Hour examples//free/busy server//EN",
        "VERSION:2.0",
        "METHOD:PUBLISH",
        "BEGIN:VFREEBUSY",
        f"UID:{uid}",
        f"DTSTAMP:{STAMP}",
        f"DTSTART:{zone.utc(_clock(span[0])):%Y%m%dT%H%M%SZ}",
        f"DTEND:{zone.utc(_clock(span[1] + DAY)):%Y%m%dT%H%M%SZ}",
    ]
    for name in names.values():
        ours = [(start, end) for start, end, kind in periods if kind == name]
        rows = [ours[n : n + 8] for n in range(0, len(ours), 8)]
        lines += [
            f"FREEBUSY;FBTYPE={name}:" + ",".join(_period(*each) for each in row) for row in rows
        ]
    return _bytes([*lines, "END:VFREEBUSY", "END:VCALENDAR"])


def _master(entry: Entry, style: Style, zone: Zone) -> list[str]:
    single = entry.slot is None
    lines = [*_head(entry, "CANCELLED" if entry.cancelled else "", style)]
    lines += _when(entry.start, entry, style, zone)
    if entry.slot is not None:
        lines.append(f"RRULE:{entry.slot.rule()}{_until(entry, style, zone)}")
        gone = [datetime.combine(day, entry.slot.start) for day in entry.missing]
        if style.microsoft and gone:  # all in one property; the others write one for each
            first, *more = (_stamp("EXDATE", each, style, zone, single=single) for each in gone)
            lines.append(",".join([first, *(each.rpartition(":")[2] for each in more)]))
        else:
            lines += [_stamp("EXDATE", each, style, zone, single=single) for each in gone]
    return [*lines, "END:VEVENT"]


def _override(entry: Entry, change: Change, style: Style, zone: Zone) -> list[str]:
    usual = datetime.combine(change.on, _clock(entry.start).time())
    return [
        *_head(entry, "" if change.start else "CANCELLED", style, sequence=1),
        _stamp("RECURRENCE-ID", usual, style, zone, single=False),
        *_when(change.start or usual, entry, style, zone),
        "END:VEVENT",
    ]


def _head(entry: Entry, status: str, style: Style, sequence: int = 0) -> list[str]:
    usual = "TENTATIVE" if entry.kind == "tentative" and not style.microsoft else "CONFIRMED"
    free = entry.kind == "free" or (entry.kind == "elsewhere" and not style.microsoft)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{entry.uid}",
        f"DTSTAMP:{STAMP}",
        f"SEQUENCE:{sequence}",
        f"SUMMARY:{_text(entry.title)}",
        f"STATUS:{status or usual}",
        f"TRANSP:{'TRANSPARENT' if free else 'OPAQUE'}",
    ]
    if entry.note:
        lines.append(f"DESCRIPTION:{_text(entry.note)}")
    if style.microsoft:
        names = {"away": "OOF", "elsewhere": "WORKINGELSEWHERE"}
        lines.append(f"X-MICROSOFT-CDO-BUSYSTATUS:{names.get(entry.kind, entry.kind.upper())}")
    return lines


def _when(start: date | datetime, entry: Entry, style: Style, zone: Zone) -> list[str]:
    single = entry.slot is None
    lines = [_stamp("DTSTART", start, style, zone, single=single)]
    timed = isinstance(start, datetime)
    if not entry.length or (style.durations and not timed and entry.length == DAY):
        return lines  # a reminder takes no time, and a lone date is a whole day
    if style.durations and timed:
        minutes = entry.length // timedelta(minutes=1)
        return [
            *lines,
            f"DURATION:PT{minutes}M" if minutes % 60 else f"DURATION:PT{minutes // 60}H",
        ]
    return [*lines, _stamp("DTEND", start + entry.length, style, zone, single=single)]


def _stamp(name: str, at: date | datetime, style: Style, zone: Zone, *, single: bool) -> str:
    if not isinstance(at, datetime):
        return f"{name};VALUE=DATE:{at:%Y%m%d}"
    if style.utc and single:
        return f"{name}:{zone.utc(at):%Y%m%dT%H%M%SZ}"
    tzid = f";TZID={_tzid(style, zone)}" if style.tzid else ""
    return f"{name}{tzid}:{at:%Y%m%dT%H%M%S}"


def _until(entry: Entry, style: Style, zone: Zone) -> str:
    """The rule's end: in UTC when its start has a zone, floating when that floats."""
    if entry.slot is None or (style.open_end and entry.goes_on):
        return ""
    end = datetime.combine(entry.last, entry.slot.start)
    return f";UNTIL={zone.utc(end):%Y%m%dT%H%M%SZ}" if style.tzid else f";UNTIL={end:%Y%m%dT%H%M%S}"


def _timezone(style: Style, zone: Zone) -> list[str]:
    changes = [("STANDARD", zone.standard + zone.summer, zone.standard, "11;BYDAY=1SU", "1101")]
    if zone.summer:
        changes.insert(0, ("DAYLIGHT", zone.standard, zone.standard + 1, "3;BYDAY=2SU", "0311"))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{_tzid(style, zone)}"]
    for part, before, after, rule, day in changes:
        # 4 November and 11 March 2007: the first changes under the present rule
        begin = {"1101": "20071104", "0311": "20070311"}[day] if zone.summer else "19700101"
        lines += [f"BEGIN:{part}", f"DTSTART:{begin}T{'02' if zone.summer else '00'}0000"]
        lines += [f"RRULE:FREQ=YEARLY;BYMONTH={rule}"] if zone.summer else []
        lines += [f"TZOFFSETFROM:{before:+03}00", f"TZOFFSETTO:{after:+03}00"]
        lines += [f"TZNAME:{zone.letter}{part[0]}T", f"END:{part}"]
    return [*lines, "END:VTIMEZONE"]


def _tzid(style: Style, zone: Zone) -> str:
    return zone.iana if style.tzid == "iana" else zone.windows


def _period(start: datetime, end: datetime) -> str:
    """Short ones as a length, long ones as an end: readers meet both."""
    minutes = (end - start) // timedelta(minutes=1)
    last = f"PT{minutes}M" if minutes < 60 else f"{end:%Y%m%dT%H%M%SZ}"
    return f"{start:%Y%m%dT%H%M%SZ}/{last}"


def _text(text: str) -> str:
    for mark in "\\;,":
        text = text.replace(mark, "\\" + mark)
    return text.replace("\n", "\\n")


def _bytes(lines: Sequence[str]) -> bytes:
    return b"".join(_folded(line) + b"\r\n" for line in lines)


def _folded(line: str) -> bytes:
    """Fold at 75 octets, never inside a letter."""
    done, now = b"", b""
    for letter in line:
        octets = letter.encode()
        if len(now) + len(octets) > 75:
            done, now = done + now + b"\r\n", b" "
        now += octets
    return done + now


def _clock(moment: date | datetime) -> datetime:
    return moment if isinstance(moment, datetime) else datetime.combine(moment, time())


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment
