"""When a recurring event happens: RRULE, RDATE, EXDATE and EXRULE by its own zone's clocks."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge

from dateutil.rrule import rrule, rrulestr

from services.sandbox.events.times import (
    Event,
    When,
    at_wall,
    days,
    is_all_day,
    moment,
    span,
    timed,
    wall_at,
    whole_day,
)

MOST = 10_000
"""Occurrences that are looked at, in one series. A rule may mean every second."""


def expand(
    master: Event, exceptions: list[Event], zone_name: str, start: datetime, end: datetime
) -> Iterator[Event]:
    """Yield the instances that overlap [start, end), cancelled ones too; exceptions come last.

    Each is an event of its own with `recurringEventId` and `originalStartTime`. An exception
    replaces the instance whose original start it names, and counts at its own time.
    """
    replaced = {moment(each["originalStartTime"], zone_name): each for each in exceptions}
    for original in starts(master, zone_name, start, end):
        if moment(original, zone_name) not in replaced:
            instance = instance_of(master, original, zone_name)
            if overlaps(instance, zone_name, start, end):
                yield instance
    for _, each in sorted(replaced.items()):
        if overlaps(each, zone_name, start, end):
            yield each


def overlaps(event: Event, zone_name: str, start: datetime, end: datetime) -> bool:
    """Whether it ends after `start` and starts before `end`. One without times does not."""
    if "start" not in event or "end" not in event:
        return False
    begins, ends = span(event, zone_name)
    return begins < end and (ends > start or begins == ends == start)


def instance_of(master: Event, original: When, zone_name: str) -> Event:
    """Return the instance that starts then, as far as the master says."""
    instance = {name: value for name, value in master.items() if name != "recurrence"}
    lasts = _lasts(master, zone_name)
    return {
        **instance,
        "id": f"{master['id']}_{suffix(original, zone_name)}",
        "recurringEventId": master["id"],
        "originalStartTime": original,
        "start": original,
        "end": _later(original, lasts, master, zone_name),
    }


def suffix(original: When, zone_name: str) -> str:
    """Return what tells an instance's id from its master's."""
    if "date" in original:
        return days(original).strftime("%Y%m%d")
    return moment(original, zone_name).strftime("%Y%m%dT%H%M%SZ")


def found_by_id(master: Event, instance_id: str, zone_name: str) -> Event | None:
    """Return the instance that has this id, if the series has such a one."""
    name, _, end = instance_id.rpartition("_")
    if name != master["id"] or "recurrence" not in master:
        return None
    try:
        at = _moment_of(end, zone_name)
    except ValueError:
        return None
    for original in starts(master, zone_name, at, at + timedelta(seconds=1)):
        if suffix(original, zone_name) == end:
            return instance_of(master, original, zone_name)
    return None


def starts(master: Event, zone_name: str, start: datetime, end: datetime) -> Iterator[When]:
    """Yield the original starts whose instances overlap [start, end), in order."""
    lasts = _lasts(master, zone_name)
    own_zone = master["start"].get("timeZone") or zone_name
    for seen, (at, wall) in enumerate(occurrences(master, zone_name)):
        if at >= end or seen >= MOST:
            return
        if at + lasts >= start - timedelta(hours=2):
            yield whole_day(wall.date()) if is_all_day(master) else timed(at, own_zone)


def occurrences(master: Event, zone_name: str) -> Iterator[tuple[datetime, datetime]]:
    """Yield each occurrence: the UTC moment, and what the series' clocks show. In order."""
    own_zone = _zone_of(master, zone_name)
    first = _first(master, own_zone)
    lines = [line.partition(":") for line in master["recurrence"]]
    rules = [_rule(text, first, own_zone) for head, _, text in lines if _kind(head) == "RRULE"]
    extra = sorted(_dates(lines, "RDATE", own_zone))
    left_out = {at for at, _ in _dates(lines, "EXDATE", own_zone)}
    not_these = [_rule(text, first, own_zone) for head, _, text in lines if _kind(head) == "EXRULE"]
    excluded = _Passed(merge(*not_these))
    before = None
    for at, wall in merge([(at_wall(first, own_zone), first)], extra, *rules):
        if at != before and at not in left_out and not excluded.has(at):
            yield at, wall
        before = at


class _Passed:
    """Whether a sorted stream has a moment, asked in order."""

    def __init__(self, stream: Iterator[tuple[datetime, datetime]]) -> None:
        self._stream = stream
        self._next = next(stream, None)

    def has(self, at: datetime) -> bool:
        while self._next is not None and self._next[0] < at:
            self._next = next(self._stream, None)
        return self._next is not None and self._next[0] == at


def _rule(text: str, first: datetime, zone_name: str) -> Iterator[tuple[datetime, datetime]]:
    # UNTIL is a moment while the rule counts by wall clocks: so it is judged here.
    parts = dict(part.split("=", 1) for part in text.upper().split(";") if part)
    until = parts.pop("UNTIL", None)
    last = _moment_of(until, zone_name, end_of_day=True) if until else None
    if not int(parts.get("INTERVAL", "1")):
        return  # dateutil would count in place for ever
    rule = rrulestr(";".join(f"{name}={value}" for name, value in parts.items()), dtstart=first)
    assert isinstance(rule, rrule)
    for wall in rule:
        at = at_wall(wall, zone_name)
        if last is not None and at > last:
            return
        yield at, wall


def _dates(
    lines: list[tuple[str, str, str]], kind: str, zone_name: str
) -> list[tuple[datetime, datetime]]:
    found = []
    for head, _, text in lines:
        if _kind(head) == kind:
            named = dict(part.split("=", 1) for part in head.split(";")[1:])
            place = named.get("TZID", zone_name)
            # Of a period, its start; what it lasts is the series' own.
            found += [_moment_of(each.split("/")[0], place) for each in text.split(",")]
    return [(at, wall_at(at, zone_name)) for at in found]


def _moment_of(text: str, zone_name: str, *, end_of_day: bool = False) -> datetime:
    if len(text) == 8:
        clock = time.max if end_of_day else time.min
        return at_wall(datetime.combine(date.fromisoformat(text), clock), zone_name)
    moment_ = datetime.fromisoformat(text)
    return moment_.astimezone(UTC) if moment_.tzinfo else at_wall(moment_, zone_name)


def _kind(head: str) -> str:
    return head.split(";", maxsplit=1)[0].upper()


def _zone_of(master: Event, zone_name: str) -> str:
    return zone_name if is_all_day(master) else master["start"].get("timeZone") or zone_name


def _first(master: Event, zone_name: str) -> datetime:
    if is_all_day(master):
        return datetime.combine(days(master["start"]), time())
    return wall_at(moment(master["start"], zone_name), zone_name)


def _lasts(master: Event, zone_name: str) -> timedelta:
    if is_all_day(master):
        return days(master["end"]) - days(master["start"])
    begins, ends = span(master, zone_name)
    return ends - begins


def _later(original: When, lasts: timedelta, master: Event, zone_name: str) -> When:
    if "date" in original:
        return whole_day(days(original) + lasts)
    place = master["end"].get("timeZone") or _zone_of(master, zone_name)
    return timed(moment(original, zone_name) + lasts, place)
