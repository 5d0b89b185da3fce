"""The places of the CalDAV host, by their addresses."""

from dataclasses import dataclass
from urllib.parse import quote

from services.sandbox.caldav.resources import Resource, resource
from services.sandbox.world import Calendar, Person, World

ROOT = "/caldav/"


@dataclass(frozen=True, slots=True)
class Place:
    """The root, a principal, a home, a calendar, or a resource in it.

    kind  which of them; what lies further in is None
    name  of the resource that is meant, whether or not it is there
    """

    kind: str
    person: Person
    calendar: Calendar | None = None
    name: str = ""
    resource: Resource | None = None

    @property
    def path(self) -> str:
        """Its address on this host."""
        if self.kind == "root":
            return ROOT
        if self.kind == "principal":
            return f"{ROOT}principals/{self.person.id}/"
        home = f"{ROOT}calendars/{self.person.id}/"
        if self.calendar is None:
            return home
        return f"{home}{quote(self.calendar.id, safe='@')}/{quote(self.name)}"

    def at(self, kind: str) -> "Place":
        """Return another place of the same person."""
        return Place(kind, self.person)

    def within(self, found: Resource) -> "Place":
        """Return the place of a resource of this calendar."""
        return Place("resource", self.person, self.calendar, found.name, found)


def place(world: World, person: Person, path: str) -> Place | None:
    """Return the place behind an address below the root; None if there is none.

    Raises Foreign for what belongs to somebody else.
    """
    match [part for part in path.split("/") if part]:
        case []:
            return Place("root", person)
        case ["principals", whose]:
            return _own(Place("principal", person), whose)
        case ["calendars", whose]:
            return _own(Place("home", person), whose)
        case ["calendars", whose, calendar_id, *rest] if len(rest) < 2:
            _own(Place("home", person), whose)
            alike = (each for each in world.calendars(person.email) if each.id == calendar_id)
            return next((_below(world, person, each, rest) for each in alike), None)
    return None


def _below(world: World, person: Person, calendar: Calendar, rest: list[str]) -> Place:
    if not rest:
        return Place("calendar", person, calendar)
    return Place("resource", person, calendar, rest[0], resource(world, calendar, rest[0]))


class Foreign(Exception):
    """It is somebody else's."""


def _own(found: Place, whose: str) -> Place:
    if whose != found.person.id:
        raise Foreign
    return found
