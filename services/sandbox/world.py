"""Everything there is in the sandbox: people, their calendars, and what is in them.

Whoever changes something holds `world.lock`, and so does whoever must not see half a change.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from secrets import token_hex
from threading import RLock
from typing import Any

from services.sandbox.clock import Clock
from services.sandbox.entra.grants import EntraGrants
from services.sandbox.events.busy import merged, takes_time
from services.sandbox.events.defaults import completed
from services.sandbox.events.guests import spread
from services.sandbox.events.series import tidied
from services.sandbox.events.shelf import Shelf, happening
from services.sandbox.events.times import Event, in_zone, span
from services.sandbox.faults import Faults
from services.sandbox.google.grants import Grants
from services.sandbox.history import History
from services.sandbox.mail import replies
from services.sandbox.mail.postbox import Postbox
from services.sandbox.store import Store

Instance = Event
"""One happening of an event: a single event, or an instance of a series."""

HOSTS = {
    "google": "Google",
    "work": "Outlook, work account",
    "personal": "Outlook, personal account",
}
"""Where an account can be, and how people say it."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account. `id` is short and fits an address; `timezone` is IANA.

    host  where their account is: one of HOSTS
    """

    id: str
    email: str
    name: str
    timezone: str
    host: str = "google"

    @property
    def at(self) -> str:
        """Where their account is, in words."""
        return HOSTS[self.host]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`owner` is an e-mail address; `feed` the secret in the address of its ICS feed."""

    id: str
    owner: str
    name: str
    timezone: str
    main: bool
    clinical: bool
    feed: str


class World:
    """The sandbox's memory. Every change is kept, written to the history, and told on."""

    def __init__(self, home: Path | None) -> None:
        self.lock = RLock()
        self.store = Store(home)
        self.clock = Clock(self.store)
        self.history = History(home, self.clock)
        self.grants = Grants(self.store, self.clock)
        self.entra = EntraGrants(self.store, self.clock)
        self.faults = Faults()
        self.post = Postbox(self)
        self.people = {key: Person(**each) for key, each in self.store.all("person").items()}
        self._calendars = {
            key: Calendar(**each) for key, each in self.store.all("calendar").items()
        }
        self._shelves = {key: Shelf(self.store, key) for key in self._calendars}
        self._listeners: list[Callable[[str], None]] = []
        self._closers: list[Callable[[], None]] = []
        # Whoever can let something befall subscriptions, a person's or all; each says how many.
        self.lives: list[Callable[[str, str | None], int]] = []
        self._number = 1  # of the last change; a token that says 0 would say nothing
        for each in self.store.all("event").values():
            self._shelves[each["calendar"]].take_in(each)
            self._number = max(self._number, each["number"])

    @classmethod
    def open(cls, home: Path | None, *, seed: bool = True) -> "World":
        """Open what is kept in that folder. An empty world gets its people, if `seed`."""
        world = cls(home)
        if seed and not world.people:
            from services.sandbox.people.seeds import plant  # noqa: PLC0415 -- it builds on us

            plant(world)
        return world

    def person(self, email: str) -> Person:
        """Return the person. Raises KeyError."""
        return self.people[email]

    def add_person(
        self,
        email: str,
        name: str,
        timezone: str,
        *,
        password: str | None = None,
        host: str = "google",
    ) -> Person:
        """Let somebody in, with a main calendar whose id is the address; `host`: see Person."""
        with self.lock:
            person = Person(self._short(email), email, name, timezone, host)
            self.people[email] = person
            # A password is for CalDAV, and is nobody's real one.
            self.store.put("person", email, asdict(person))
            self.store.put("password", email, {"password": password})
            self._open(Calendar(email, email, name, timezone, True, False, token_hex(16)))
            return person

    def add_calendar(self, email: str, name: str, *, clinical: bool = False) -> Calendar:
        """Give a person another calendar."""
        timezone = self.person(email).timezone
        named = f"{token_hex(16)}@group.calendar.google.com"
        with self.lock:
            return self._open(
                Calendar(named, email, name, timezone, False, clinical, token_hex(16))
            )

    def change_calendar(
        self, calendar_id: str, *, clinical: bool | None = None, feed: str | None = None
    ) -> Calendar:
        """Mark a calendar as clinical or not; give its feed another secret. Raises KeyError."""
        with self.lock:
            changed = self.calendar(calendar_id)
            if clinical is not None:
                changed = replace(changed, clinical=clinical)
            if feed is not None:
                changed = replace(changed, feed=feed)
            self._calendars[calendar_id] = changed
            self.store.put("calendar", calendar_id, asdict(changed))
            return changed

    def remove_calendar(self, calendar_id: str) -> None:
        """Delete a calendar with all that is in it, as its owner can. Raises KeyError."""
        with self.lock:
            for event in self.events(calendar_id):
                self.store.remove("event", f"{calendar_id}/{event['id']}")
            del self._calendars[calendar_id], self._shelves[calendar_id]
            self.store.remove("calendar", calendar_id)

    def calendars(self, email: str) -> list[Calendar]:
        """Return the calendars of a person, the main one first."""
        own = [each for each in list(self._calendars.values()) if each.owner == email]
        return sorted(own, key=lambda each: not each.main)

    def calendar(self, calendar_id: str) -> Calendar:
        """Return the calendar. Raises KeyError."""
        return self._calendars[calendar_id]

    def shelf(self, calendar_id: str) -> Shelf:
        """Return what the calendar holds, with the numbers of changes. Raises KeyError."""
        return self._shelves[calendar_id]

    def events(self, calendar_id: str) -> list[Event]:
        """Return series, their exceptions and single events; cancelled ones have that status."""
        return [kept.event for kept in self.shelf(calendar_id).kept()]

    @property
    def number(self) -> int:
        """How many changes there have been."""
        return self._number

    def put(self, calendar_id: str, event: dict[str, Any], *, by: str) -> Event:
        """Create the event, or replace the one with its id; bring its guests' copies in line.

        `event` is whole: a field that it leaves out is gone, except what no client writes (who
        organizes it, since when it exists). `by` is who did it, for the history.
        """
        with self.lock:
            shelf = self.shelf(calendar_id)
            before = shelf.get(event.get("id", ""))
            after = self._write(calendar_id, event, before, by)
            for instance in tidied(self, calendar_id, before, after):
                self._write(calendar_id, {**instance, "status": "cancelled"}, instance, by)
            spread(self, calendar_id, before, after, by)
            replies.tell(self, calendar_id, before, after, by)
            return after

    def cancel(self, calendar_id: str, event_id: str, *, by: str) -> None:
        """Cancel the event. It stays, with that status. Raises KeyError."""
        with self.lock:
            event = self.shelf(calendar_id).get(event_id)
            if event is None:
                raise KeyError(event_id)
            self.put(calendar_id, {**event, "status": "cancelled"}, by=by)

    def instances(self, calendar_id: str, start: datetime, end: datetime) -> list[Instance]:
        """Return what happens in [start, end), by start; nothing that is cancelled."""
        return happening(self.shelf(calendar_id), self.calendar(calendar_id).timezone, start, end)

    def busy(
        self, calendar_id: str, start: datetime, end: datetime
    ) -> list[tuple[datetime, datetime]]:
        """Return when its owner is taken, in UTC, merged, and cut to [start, end)."""
        calendar = self.calendar(calendar_id)
        spans = [
            span(each, calendar.timezone)
            for each in self.instances(calendar_id, start, end)
            if takes_time(each, calendar.owner)
        ]
        return merged([(max(start, since), min(end, until)) for since, until in spans])

    def on_change(self, callback: Callable[[str], None]) -> None:
        """Call back with the calendar's id after each change. It holds the lock: be quick."""
        self._listeners.append(callback)

    def on_close(self, callback: Callable[[], None]) -> None:
        """Call back when the world ends, before its file closes."""
        self._closers.append(callback)

    def close(self) -> None:
        """End everything that works on its own, and close the files."""
        for closer in self._closers:
            closer()
        with self.lock:
            self.history.close()
            self.store.close()

    def password(self, email: str) -> str | None:
        """Return what this person signs in to CalDAV with, if anything."""
        kept = self.store.get("password", email)
        return kept["password"] if kept else None

    def expire_cursors(self, email: str | None = None) -> None:
        """Let every sync token of that person, or of everybody, be too old from now on."""
        with self.lock:
            for each in [email] if email else list(self.people):
                self.store.put("cursors", each, {"generation": self.generation(each) + 1})

    def generation(self, email: str) -> int:
        """How often this person's sync tokens were expired."""
        kept = self.store.get("cursors", email)
        return int(kept["generation"]) if kept else 0

    def _write(self, calendar_id: str, event: Event, before: Event | None, by: str) -> Event:
        calendar = self.calendar(calendar_id)
        whose = {"email": calendar.id, "displayName": calendar.name}
        told = in_zone(event, calendar.timezone)
        # What was handed out, or comes in, may be changed by whoever holds it.
        after = deepcopy(completed(told, before, whose=whose, at=self.clock.now()))
        self._number += 1
        after["etag"] = f'"{self._number:015d}"'
        self.shelf(calendar_id).write(after, self._number)
        action = "cancelled" if after["status"] == "cancelled" else "changed"
        self.history.note(
            "event",
            calendar=calendar_id,
            id=after["id"],
            action=action if before else "created",
            by=by,
        )
        for listener in self._listeners:
            listener(calendar_id)
        return after

    def _open(self, calendar: Calendar) -> Calendar:
        self._calendars[calendar.id] = calendar
        self._shelves[calendar.id] = Shelf(self.store, calendar.id)
        self.store.put("calendar", calendar.id, asdict(calendar))
        return calendar

    def _short(self, email: str) -> str:
        base = "".join(each for each in email.partition("@")[0].lower() if each.isalnum())
        taken = {each.id for each in self.people.values()}
        names = [base, *(f"{base}{n}" for n in range(2, len(taken) + 3))]
        return next(each for each in names if each not in taken)
