"""Fills a new world: fourteen physicians with believable weeks, or any number of plain people."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from scheduler.model.zone import zone
from services.sandbox.events.times import Event
from services.sandbox.people.roster import PEOPLE, Session, Someone
from services.sandbox.people.weeks import Pen, Term

if TYPE_CHECKING:
    from services.sandbox.world import Person, World

WEEKS = 30  # a term, and what is left of the one before
BY = "seed"
_ZONES = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles")
_DAYS = ("MO", "TU", "WE", "TH", "FR")
_COMMON = (
    ("Patient messages", "55", ("12:30", "16:30")),
    ("Patient messages", "55", ("12:30", "16:30")),
    ("Division meeting", "55", ("16:00", "12:00")),
    ("One-to-one with a trainee", "45", ("11:00", "14:00", "16:00")),
    ("Notes and letters", "50", ("10:00", "14:00", "09:00")),
)
_SINGLE = (
    "Dentist",
    "Grant call",
    "Visiting speaker",
    "Thesis committee",
    "Interview day",
    "Accreditation visit",
    "Piano recital",
)


def plant(world: "World") -> None:
    """Give a world its people, their calendars, and a term from this week on."""
    term = term_from(world.clock.now())
    for someone in PEOPLE:
        world.add_person(someone.email, someone.name, someone.zone, host=someone.host)
        pen = Pen(someone.email, someone.zone, term)
        for event in _own(someone, pen):
            world.put(someone.email, event, by=BY)
        clinic = world.add_calendar(someone.email, "Clinical schedule", clinical=True)
        for event in _clinical(someone, pen):
            world.put(clinic.id, event, by=BY)


def many(world: "World", n: int, seed: int, *, host: str = "google") -> list["Person"]:
    """Add n plain people with a few weekly sessions each; the same ones for the same seed.

    Their addresses are person-<seed>-<number>@many.example; `host` is where all of them are.
    """
    term = term_from(world.clock.now())
    return [_plain(world, number, seed, term, host) for number in range(n)]


def term_from(now: datetime) -> Term:
    """Return the term that begins with this week's Monday."""
    today = now.date()
    return Term(today - timedelta(days=today.weekday()), WEEKS)


def _own(someone: Someone, pen: Pen) -> Iterator[Event]:
    chance, term = Random(someone.email), pen.term  # noqa: S311 -- a seed, not a secret
    meeting, title = someone.meeting
    off = sorted({someone.away})
    for number, session in enumerate(someone.usual):
        series = pen.weekly(session, off if session[3] != "School run" else ())
        yield series
        if number == 0:
            yield _shifted(pen, series, session, chance, off)
    for session in _everybody(someone, chance):
        yield pen.weekly(session, off)
    yield pen.days("Leave", term.day(someone.away), 5)
    yield pen.days(title, term.day(meeting, 2), 3)
    yield pen.days(
        f"{someone.name.split()[0]}'s birthday", term.day(chance.randrange(20), 3), 1, free=True
    )
    for title in chance.sample(_SINGLE, 4):
        day = term.day(chance.randrange(1, 20), chance.randrange(5))
        hour = chance.randrange(9, 17)
        status = "tentative" if title == "Visiting speaker" else "confirmed"
        yield pen.once(title, day, f"{hour:02}:00", f"{hour:02}:45", status=status)


def _everybody(someone: Someone, chance: Random) -> Iterator[Session]:
    """Yield what nobody is spared, at the first hours of theirs that are clear."""
    taken = [*someone.clinics, *someone.usual]
    for title, minutes, hours in _COMMON:
        days = chance.sample(_DAYS, 5)
        slots = [(day, hour, f"{hour[:2]}:{minutes}", title) for hour in hours for day in days]
        clear = [slot for slot in slots if not any(_clash(slot, each) for each in taken)]
        taken += clear[:1]
        yield from clear[:1]


def _clash(one: Session, other: Session) -> bool:
    same_day = set(one[0].split(",")) & set(other[0].split(","))
    return bool(same_day) and one[1] < other[2] and other[1] < one[2]


def _clinical(someone: Someone, pen: Pen) -> Iterator[Event]:
    off = sorted({someone.away, *someone.service})
    for session in someone.clinics:
        yield pen.weekly(session, off)
    for week in someone.service:
        for weekday in range(7):
            yield pen.once(someone.team, pen.term.day(week, weekday), "07:00", "18:00")


def _shifted(pen: Pen, series: Event, session: Session, chance: Random, off: list[int]) -> Event:
    """Move one instance of a session to Thursday evening."""
    week = chance.choice([week for week in range(1, 18) if week not in off])
    first = datetime.fromisoformat(series["start"]["dateTime"]).astimezone(zone(pen.zone)).date()
    to = pen.term.day(week, 3), "17:00", "17:45"
    return pen.moved(series, first + timedelta(weeks=week), session[1], to)


def _plain(world: "World", number: int, seed: int, term: Term, host: str) -> "Person":
    chance = Random(f"{seed}/{number}")  # noqa: S311 -- a seed, not a secret
    email = f"person-{seed}-{number}@many.example"
    person = world.add_person(email, f"Person {number}", chance.choice(_ZONES), host=host)
    pen = Pen(email, person.timezone, term)
    for title in ("Clinic", "Rounds", "Teaching"):
        days = ",".join(sorted(chance.sample(["MO", "TU", "WE", "TH", "FR"], 2)))
        hour = chance.randrange(7, 16)
        world.put(email, pen.weekly((days, f"{hour:02}:00", f"{hour + 2:02}:00", title)), by=BY)
    return person
