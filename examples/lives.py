"""A person's semester: habits, clinics, service weeks, calls and chance, as calendar entries."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from calendars import Change, Entry
from people import Habit, Person, TimeKind
from wallclock import DAY, HOUR, Slot

T = TypeVar("T")
NOTHING = timedelta()
WEEK = 7 * DAY
HALF_HOUR = timedelta(minutes=30)

ONE_OFFS = (
    "Manuscript call",
    "Search committee",
    "Mentee check-in",
    "Trial enrolment review",
    "Coffee with a new colleague",
    "Site visit planning",
    "Quality improvement huddle",
    "Visiting speaker",
    "Budget review",
    "Resident feedback",
    "Data safety call",
    "Dentist",
    "Grant subcommittee",
    "Thesis committee",
)
AGENDA = (
    "Agenda, minutes and slides are in the shared folder; please read the draft beforehand, "
    "naïve questions are welcome."
)


class Chance:
    """Dice that fall the same way everywhere: `random()` alone is promised to stay as it is."""

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(seed)

    def happens(self, share: float) -> bool:
        """Say yes this often."""
        return self._dice.random() < share

    def pick(self, items: Sequence[T]) -> T:
        """Take one."""
        return items[int(self._dice.random() * len(items))]


def clinics(person: Person) -> list[Entry]:
    """The clinical file: weekly half-days, less holidays, absences and service weeks."""
    return [
        _recurring(
            person,
            Habit(when, "Clinic", since=person.term.start),
            uid=f"{person.key}-session-{number}@clinics.example.org",
            away=True,
        )
        for number, when in enumerate(person.clinics, 1)
    ]


def everyday(person: Person) -> list[Entry]:
    """The ordinary calendar. The contract drops a clinic session that stands in here as well."""
    entries = [*_habits(person), *_absences(person), *_calls(person), *_one_offs(person)]
    if person.copies:
        entries += [replace(each, title="Clinic (copy)") for each in clinics(person)]
    return [
        replace(entry, uid=f"{person.key}-{number:03}@calendar.example.org")
        for number, entry in enumerate(entries, 1)
    ]


def _habits(person: Person) -> Iterator[Entry]:
    for number, habit in enumerate(person.habits, 1):
        yield _recurring(person, habit, uid=f"habit-{number}", away=False)


def _recurring(person: Person, habit: Habit, *, uid: str, away: bool) -> Entry:
    """Write a habit out; a few of its dates are called off or moved, as happens.

    away  whether it also pauses while the person is away or on service
    """
    chance = Chance(f"{person.key}/{habit.when}/{habit.title}")
    slot = Slot.parse(habit.when)
    term = person.term
    days = slot.dates(habit.since or term.habits, person.last)
    absent = _absent(person) if away else set[date]()
    missing = [day for day in days if day in term.holidays or day in absent or chance.happens(0.02)]
    changes = [
        _change(day, slot, chance)
        for day in days
        if day >= term.start and day not in missing and chance.happens(0.05)
    ]
    return Entry(
        uid=uid,
        title=habit.title,
        start=datetime.combine(days[0], slot.start),
        length=slot.length,
        kind=habit.kind,
        slot=slot,
        last=person.last,
        goes_on=person.known_until is None,
        missing=tuple(missing),
        changes=tuple(changes),
        note=AGENDA if slot.ordinals else "",
    )


def _change(day: date, slot: Slot, chance: Chance) -> Change:
    """Call it off, or move it: later that day, or to the day beside where that is not its own."""
    usual = datetime.combine(day, slot.start)
    beside = usual + (DAY if day.weekday() < 4 else -DAY)  # a Friday's goes to Thursday
    if beside.weekday() in slot.days:
        beside = usual + 3 * HOUR
    return Change(day, chance.pick((None, None, usual + HOUR, usual + 2 * HOUR, beside)))


def _absences(person: Person) -> Iterator[Entry]:
    for away in person.away:
        yield _days(away.title, away.start, away.end - away.start + DAY, away.kind)
    for monday in _service_weeks(person):
        service = person.service
        if service and service.blocks:
            for day in (monday + DAY * n for n in range(7)):
                yield _timed(service.title, day, time(7), timedelta(hours=11))
        elif service:
            yield _days(service.title, monday, WEEK, "away")
    for number, (day, title) in enumerate(person.term.holidays.items()):
        if day <= person.last:
            yield _days(title, day, DAY, "away" if number % 2 else "free")


def _calls(person: Person) -> Iterator[Entry]:
    """Nights on call; a Friday's lasts until Monday morning."""
    if person.calls is None:
        return
    first, every = person.calls
    for ahead in range(first, (person.last - person.term.start).days, every):
        day = person.term.start + DAY * ahead
        hours = 61 if day.weekday() == 4 else 13
        yield _timed("On call", day, time(18), timedelta(hours=hours))


def _one_offs(person: Person) -> Iterator[Entry]:
    chance = Chance(f"{person.key}/once")
    kinds: tuple[TimeKind, ...] = ("busy",) * 7 + ("tentative", "tentative", "free", "elsewhere")
    for monday in _mondays(person):
        for _ in range(person.one_offs):
            day = monday + DAY * chance.pick(range(5))
            start = datetime.combine(day, time(7)) + HALF_HOUR * chance.pick(range(22))
            length = HALF_HOUR * chance.pick((1, 1, 2, 2, 3))
            entry = _timed(chance.pick(ONE_OFFS), day, start.time(), length, chance.pick(kinds))
            yield replace(entry, cancelled=chance.happens(0.05))
        if chance.happens(0.15):
            yield _days("Birthday of a friend", monday + DAY * 2, DAY, "free")
        if chance.happens(0.2):  # a reminder has a start and no end: it takes no time
            yield _timed("Submit timesheet", monday + DAY * 4, time(16), NOTHING)


def _service_weeks(person: Person) -> list[date]:
    service = person.service
    return _mondays(person)[service.first :: service.every] if service else []


def _mondays(person: Person) -> list[date]:
    """Every Monday of the term, with the one on or before its first day."""
    first = person.term.start - DAY * person.term.start.weekday()
    weeks = (person.last - first).days // 7 + 1
    return [first + WEEK * n for n in range(weeks)]


def _absent(person: Person) -> set[date]:
    """The days on which there is no clinic; used for membership only, its order shows nowhere."""
    spans = [(away.start, away.end) for away in person.away]
    spans += [(monday, monday + 6 * DAY) for monday in _service_weeks(person)]
    return {start + DAY * n for start, end in spans for n in range((end - start).days + 1)}


def _days(title: str, start: date, length: timedelta, kind: TimeKind) -> Entry:
    return Entry(uid="", title=title, start=start, length=length, kind=kind)


def _timed(title: str, day: date, start: time, length: timedelta, kind: TimeKind = "busy") -> Entry:
    begin = datetime.combine(day, start)
    return Entry(uid="", title=title, start=begin, length=length, kind=kind)
