"""What somebody was invited to, as their page shows it."""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.model.zone import zone
from services.sandbox.events.times import Event, moment
from services.sandbox.mail.answers import ANSWERS, answer_of, invited
from services.sandbox.world import Person, World

_AHEAD = timedelta(days=366)
_WORDS = {"needsAction": "no answer yet", **{key: word.lower() for key, word in ANSWERS.items()}}


@dataclass(frozen=True, slots=True)
class Date:
    """One date of an invitation, by the clocks where its reader lives."""

    id: str
    start: datetime
    said: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """A series or a single event that somebody else organizes, with its dates to come."""

    id: str
    title: str
    organizer: str
    said: str
    dates: list[Date]


def of(world: World, person: Person) -> list[Invitation]:
    """Return what this person is invited to from now on, the next first."""
    now = world.clock.now()
    found = dict[str, list[Event]]()
    for each in world.instances(person.email, now, now + _AHEAD):
        if invited(person.email, each):
            series = str(each.get("recurringEventId", each["id"]))
            found.setdefault(series, []).append(each)
    rows = [_invitation(world, person, key, dates) for key, dates in found.items()]
    return rows + [_invitation(world, person, each, []) for each in _left(world, person, found)]


def words(said: str) -> str:
    """Say an answer."""
    return _WORDS.get(said, said)


def _left(world: World, person: Person, found: Container[str]) -> Iterator[str]:
    """Yield what was declined at Outlook, where it is not to be seen any more."""
    for each in world.events(person.email):
        gone = each["status"] == "cancelled" and each["id"] not in found
        if gone and "recurringEventId" not in each and invited(person.email, each):
            yield each["id"]


def _invitation(world: World, person: Person, key: str, dates: list[Event]) -> Invitation:
    event = world.shelf(person.email).get(key) or dates[0]
    organizer = event["organizer"]
    return Invitation(
        key,
        event.get("summary") or "(no title)",
        organizer.get("displayName") or organizer["email"],
        words(_said(event, person)),
        [_date(person, each) for each in dates],
    )


def _date(person: Person, event: Event) -> Date:
    start = moment(event["start"], person.timezone).astimezone(zone(person.timezone))
    return Date(event["id"], start, words(_said(event, person)))


def _said(event: Event, person: Person) -> str:
    return "declined" if event["status"] == "cancelled" else answer_of(event, person.email)
