"""From calendar files (RFC 5545) to Google's event resources.

A series stays a series: its rules become `recurrence`, its overrides exceptions. What Google
has no words for (an override of all later instances, periods among the added dates, several
masters of one UID, a zone that only the file knows) becomes single events.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from icalendar import Calendar

from scheduler.errors import Explained
from services.sandbox.ics.moments import Clock, Moment
from services.sandbox.ics.resources import Event, Part, identity, part, periods, resource
from services.sandbox.ics.rules import Repetition, repetition

if TYPE_CHECKING:
    from services.sandbox.world import World


class NotACalendar(Explained):
    """A text that cannot be read as a calendar."""


def put_all(world: "World", calendar_id: str, text: str | bytes, *, by: str) -> list[Event]:
    """Put the events of a calendar file into a calendar; return them. Raises NotACalendar."""
    events = read(text, world.calendar(calendar_id).timezone)
    with world.lock:
        return [world.put(calendar_id, event, by=by) for event in events]


def read(text: str | bytes, timezone: str, known: Mapping[str, str] | None = None) -> list[Event]:
    """Return the events of a calendar file, masters before their exceptions.

    timezone  IANA zone of floating times and whole days
    known     the id of the event that has a UID already; others get one made of the UID

    Raises NotACalendar. A VEVENT without a start is left out.
    """
    floating = Clock.of(timezone)
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, IndexError) as error:
        raise NotACalendar(
            f"This is not a calendar file ({error})", remedy="send iCalendar text (RFC 5545)"
        ) from None
    series = dict[str, list[Part]]()
    for component in calendar.walk("VEVENT"):
        if "DTSTART" in component:
            uid = str(component.get("UID") or identity(component.to_ical().decode()))
            series.setdefault(uid, []).append(part(component, floating))
    events = [
        event
        for uid, parts in series.items()
        for event in _series((known or {}).get(uid) or identity(uid), uid, parts, floating)
    ]
    return events + [
        each for found in calendar.walk("VFREEBUSY") for each in periods(found, floating)
    ]


def _series(own: str, uid: str, parts: list[Part], floating: Clock) -> Iterator[Event]:
    """Yield the events of one UID."""
    newest = max((each.sequence for each in parts if not each.named), default=0)
    masters = [each for each in parts if not each.named and each.sequence == newest]
    overrides = _latest(each for each in parts if each.named)
    living = [each for each in masters if not each.cancelled]
    repeats = [repetition(each.component, each.begin, floating) for each in living]
    if len(living) == 1 and _sayable(repeats[0], overrides):
        yield from _said(own, uid, living[0], repeats[0], overrides)
        return
    for master, found in zip(living, repeats, strict=True):
        yield from _one_by_one(uid, master, found, overrides)
    yield from _orphans(uid, overrides)


def _latest(overrides: Iterable[Part]) -> list[Part]:
    """Of those that name the same instance, keep the one made last."""
    kept = dict[str, Part]()
    for each in overrides:
        assert each.named is not None
        rival = kept.get(each.named.stamp())
        if rival is None or each.age >= rival.age:
            kept[each.named.stamp()] = each
    return list(kept.values())


def _sayable(found: Repetition, overrides: Iterable[Part]) -> bool:
    lasting = any(length is not None for _, length in found.extras)
    onwards = any(each.onwards for each in overrides)
    unnamed = found.begin.clock.name is None and not found.begin.whole_day
    return not (lasting or onwards or (unnamed and not found.once))


def _said(
    own: str, uid: str, master: Part, found: Repetition, overrides: list[Part]
) -> Iterator[Event]:
    """Yield a master and its exceptions."""
    lines = found.lines()
    walls = found.walls()
    yield resource(own, uid, master, master.begin, **({"recurrence": lines} if lines else {}))
    for each in overrides:
        assert each.named is not None
        named = each.named.like(found.begin)
        if named.wall not in walls:  # it takes nobody's place
            yield from _orphans(uid, [each])
            continue
        link = {"recurringEventId": own, "originalStartTime": named.field()}
        event = resource(f"{own}_{named.stamp()}", uid, each, each.begin, **link)
        yield event | ({"status": "cancelled"} if each.cancelled else {})


def _orphans(uid: str, overrides: Iterable[Part]) -> Iterator[Event]:
    for each in overrides:
        if not each.cancelled and each.named:
            own = identity(uid, "alone", each.named.stamp())
            yield resource(own, f"{own}@orphans", each, each.begin)


def _one_by_one(
    uid: str, master: Part, found: Repetition, overrides: list[Part]
) -> Iterator[Event]:
    """Yield an event for each instance that no override of its own stands for."""
    named = [(each.named.like(found.begin), each) for each in overrides if each.named]
    taken = {first.wall for first, _ in named}
    turns = sorted((first.wall, each) for first, each in named if each.onwards)
    lengths = {extra.wall: length for extra, length in found.extras if length is not None}
    for start in found.starts():
        if start.wall in taken:
            continue
        since, pattern = next((t for t in reversed(turns) if t[0] <= start.wall), (None, master))
        moved = start if since is None else _moved(start, pattern.begin, pattern.begin.wall - since)
        own = identity(uid, "at", start.stamp())
        if not pattern.cancelled:
            lasting = pattern._replace(length=lengths.get(start.wall, pattern.length))
            yield resource(own, f"{own}@instances", lasting, moved)


def _moved(start: Moment, pattern: Moment, by: timedelta) -> Moment:
    return pattern._replace(wall=start.wall + by)
