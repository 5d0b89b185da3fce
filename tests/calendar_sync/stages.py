"""Places where the contract of a provider is tried: each with a person's hands on its calendars."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol

from calendar_sync.caldav.calendar import CalDavCalendar
from calendar_sync.caldav.login import Login
from calendar_sync.caldav.where import Where as CalDavWhere
from calendar_sync.google.calendar import GoogleCalendar
from calendar_sync.google.where import Where
from calendar_sync.google.wire import stamp
from calendar_sync.ics.fetch import Network
from calendar_sync.memory import MemoryProvider
from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.where import Where as OutlookWhere
from calendar_sync.provider import CalendarId, Provider, Span
from services.sandbox.serving import Running
from tests.calendar_sync.builders import a_calendar, an_event
from tests.calendar_sync.hosts import LOOPBACK, leads_to
from tests.calendar_sync.minimal_google import (
    TOKEN,
    Asked,
    Host,
    Said,
    a_minimal_google,
    serving,
)
from tests.calendar_sync.radicale_host import Radicale, a_radicale
from tests.sandbox.running import a_sandbox, signed_in, signed_in_at_outlook

ALL = frozenset({"calendar"})
ALL_AT_OUTLOOK = frozenset({"Calendars.ReadWrite"})
HOOK = "https://us.example.org/hook"
_NUMBERS = count(1)


@dataclass
class Tokens:
    """Gives one token after another, and notes which were refused."""

    tokens: list[str] = field(default_factory=lambda: [TOKEN])
    refused: list[str] = field(default_factory=list)

    def token(self, refused: str | None = None) -> str:
        if refused is not None:
            self.refused.append(refused)
            self.tokens.pop(0)
        return self.tokens[0]


@dataclass
class Counter:
    """A gate that lets everybody through, and counts."""

    taken: int = 0
    letters: int = 0

    def take(self, requests: int = 1) -> None:
        self.taken += requests

    def have_letter(self) -> None:
        pass

    def send_letter(self) -> None:
        self.letters += 1


class Stage(Protocol):
    """A provider, and what its owner does at the host. `hook` is where we may be told of news."""

    provider: Provider
    main: CalendarId
    other: CalendarId
    hook: str

    def occupy(self, calendar: CalendarId, span: Span) -> None: ...
    def events(self, calendar: CalendarId) -> int: ...
    def remove_all(self, calendar: CalendarId) -> None: ...
    def forget(self) -> None: ...


class MemoryStage:
    hook = HOOK

    def __init__(self) -> None:
        self.memory = MemoryProvider()
        self.provider: Provider = self.memory
        self.other = self.memory.add("Clinic")
        self.main = self.memory.add("Ada", main=True)

    def occupy(self, calendar: CalendarId, span: Span) -> None:
        self.memory.occupy(calendar, span)

    def events(self, calendar: CalendarId) -> int:
        return len([*self.memory.events(calendar), *self.memory.series(calendar)])

    def remove_all(self, calendar: CalendarId) -> None:
        events = [each.key for each in self.memory.events(calendar)]
        for key in events + [each.key for each in self.memory.series(calendar)]:
            self.memory.remove(calendar, key)

    def forget(self) -> None:
        self.memory.forget()


class MinimalStage:
    """The least that speaks like Google."""

    hook = HOOK

    def __init__(self, host: Host) -> None:
        self.host = host
        host.add("ada@example.org", "Ada")
        host.add("clinic@example.org", "Clinic")
        self.main, self.other = CalendarId("ada@example.org"), CalendarId("clinic@example.org")
        self.tokens, self.gate = Tokens(), Counter()
        self.provider: Provider = google_at(host, self.tokens, self.gate)

    def occupy(self, calendar: CalendarId, span: Span) -> None:
        start, end = ({"dateTime": stamp(each)} for each in span)
        self.host.insert(calendar, {"summary": "SECRET", "start": start, "end": end})

    def events(self, calendar: CalendarId) -> int:
        return sum("extendedProperties" in e for e in self.host.calendars[calendar].values())

    def remove_all(self, calendar: CalendarId) -> None:
        self.host.calendars[calendar].clear()

    def forget(self) -> None:
        pass  # it never knew


def google_at(
    host: Host,
    tokens: Tokens | None = None,
    gate: Counter | None = None,
    scopes: frozenset[str] = ALL,
) -> GoogleCalendar:
    where = Where(client_id="us", api_url=host.url)
    return GoogleCalendar(where, tokens or Tokens(), gate or Counter(), scopes)


@contextmanager
def memory(folder: Path) -> Iterator[Callable[[], Stage]]:
    yield MemoryStage


@contextmanager
def minimal(folder: Path) -> Iterator[Callable[[], Stage]]:
    with a_minimal_google() as host:
        yield lambda: MinimalStage(host)


class SandboxStage:
    """The sandbox, which plays all of Google."""

    hook = HOOK

    def __init__(self, running: Running, email: str = "ada@example.org") -> None:
        self.world, self.faults, self.email = running.world, running.faults, email
        self.world.add_person(email, "Ada", "America/New_York")
        self.main = CalendarId(email)
        self.other = CalendarId(self.world.add_calendar(email, "Clinic").id)
        token = signed_in(running, email, ["calendar"])
        where = Where(api_url=f"{running.base}/google/calendar/v3/", ca_file=running.ca_file)
        self.provider: Provider = GoogleCalendar(where, Tokens([token]), Counter(), ALL)
        self._count = 0

    def occupy(self, calendar: CalendarId, span: Span) -> None:
        self._count += 1
        start, end = ({"dateTime": stamp(each)} for each in span)
        event = {"id": f"theirs{self._count}", "summary": "SECRET", "start": start, "end": end}
        self.world.put(calendar, event, by=self.email)

    def events(self, calendar: CalendarId) -> int:
        return sum(
            "extendedProperties" in each and each["status"] == "confirmed"
            for each in self.world.events(calendar)
        )

    def remove_all(self, calendar: CalendarId) -> None:
        for each in self.world.events(calendar):
            self.world.cancel(calendar, each["id"], by=self.email)

    def forget(self) -> None:
        self.world.expire_cursors()


def somebody() -> str:
    """An address that nobody has yet."""
    return f"ada{next(_NUMBERS)}@example.org"


@contextmanager
def sandbox(folder: Path) -> Iterator[Callable[[], Stage]]:
    with a_sandbox(folder / "sandbox") as running:
        yield lambda: SandboxStage(running, somebody())


class Hook(Host):
    """Ourselves, as a host finds us that asks for a sign of life."""

    def answer(self, asked: Asked) -> Said:
        word = asked.query.get("validationToken", "").encode()
        return Said(word, headers={"Content-Type": "text/plain"})


class OutlookStage:
    """The sandbox, which plays all of Outlook. It names calendars in its own way."""

    def __init__(self, running: Running, email: str, hook: str) -> None:
        self.world, self.email, self.hook = running.world, email, hook
        self.world.add_person(email, "Ada", "America/New_York", host="work")
        clinic = self.world.add_calendar(email, "Clinic").id
        token = signed_in_at_outlook(running, email, ALL_AT_OUTLOOK)
        where = OutlookWhere(graph_url=f"{running.base}/graph/v1.0", ca_file=running.ca_file)
        self.provider: Provider = OutlookCalendar(where, Tokens([token]), Counter(), ALL_AT_OUTLOOK)
        first, second = (each.calendar for each in self.provider.calendars())
        self.main, self.other = first, second
        self._ids = {first: email, second: clinic}
        self._count = 0

    def occupy(self, calendar: CalendarId, span: Span) -> None:
        self._count += 1
        start, end = ({"dateTime": stamp(each)} for each in span)
        event = {"id": f"theirs{self._count}", "summary": "SECRET", "start": start, "end": end}
        self.world.put(self._ids[calendar], event, by=self.email)

    def events(self, calendar: CalendarId) -> int:
        return sum(
            bool(each.get("outlook", {}).get("properties")) and each["status"] == "confirmed"
            for each in self.world.events(self._ids[calendar])
        )

    def remove_all(self, calendar: CalendarId) -> None:
        for each in self.world.events(self._ids[calendar]):
            self.world.cancel(self._ids[calendar], each["id"], by=self.email)

    def forget(self) -> None:
        self.world.expire_cursors()


@contextmanager
def outlook(folder: Path) -> Iterator[Callable[[], Stage]]:
    hook = Hook()
    with serving(hook), a_sandbox(folder / "sandbox") as running:
        yield lambda: OutlookStage(running, somebody(), hook.url)


class CalDavStage(SandboxStage):
    """The sandbox, as a CalDAV host: read by an app password, at addresses of its own."""

    def __init__(self, running: Running, email: str) -> None:
        self.world, self.email = running.world, email
        self.world.add_person(email, "Ada", "America/New_York", password="open sesame")
        clinic = self.world.add_calendar(email, "Clinic").id
        self.provider: Provider = caldav_at(running, email, "open sesame")
        first, second = (each.calendar for each in self.provider.calendars())
        self.main, self.other = first, second
        self._ids = {first: email, second: clinic}
        self._count = 0

    def occupy(self, calendar: CalendarId, span: Span) -> None:
        super().occupy(CalendarId(self._ids[calendar]), span)

    def events(self, calendar: CalendarId) -> int:
        return 0  # we write none

    def remove_all(self, calendar: CalendarId) -> None:
        raise NotImplementedError


def caldav_at(running: Running, email: str, password: str) -> CalDavCalendar:
    login = Login.typed(running.base, email, password, "America/New_York")
    network = Network((LOOPBACK,), running.ca_file, leads_to("127.0.0.1"))
    return CalDavCalendar(CalDavWhere(network=network), Tokens([login.as_text()]), Counter())


@contextmanager
def caldav(folder: Path) -> Iterator[Callable[[], Stage]]:
    with a_sandbox(folder / "sandbox") as running:
        yield lambda: CalDavStage(running, somebody())


class RadicaleStage:
    """A CalDAV server that others wrote."""

    hook = HOOK

    def __init__(self, running: Radicale, email: str) -> None:
        self.running, self.email = running, email
        running.add(email, "ada", "clinic")
        self.provider: Provider = running.provider(email)
        self.main, self.other = (each.calendar for each in self.provider.calendars())
        self._count = 0

    def occupy(self, calendar: CalendarId, span: Span) -> None:
        self._count += 1
        start, end = (f"{datetime.fromtimestamp(each, UTC):%Y%m%dT%H%M%SZ}" for each in span)
        times = (f"DTSTART:{start}", f"DTEND:{end}", "DTSTAMP:20270101T000000Z")
        event = an_event(*times, "SUMMARY:SECRET", uid=f"theirs{self._count}")
        name = f"{calendar.rstrip('/').rpartition('/')[2]}/{self._count}.ics"
        self.running.ask(self.email, "PUT", name, a_calendar(event))

    def events(self, calendar: CalendarId) -> int:
        return 0  # we write none

    def remove_all(self, calendar: CalendarId) -> None:
        raise NotImplementedError

    def forget(self) -> None:
        self.occupy(self.main, (0, 3600))  # it knows its present state without looking it up
        self.running.forget()


@contextmanager
def radicale(folder: Path) -> Iterator[Callable[[], Stage]]:
    with a_radicale(folder / "radicale") as running:
        yield lambda: RadicaleStage(running, somebody())


# Each place serves many tests, and makes a stage of its own for each of them.
STAGES = {
    "memory": memory,
    "google on a minimal host": minimal,
    "google on the sandbox": sandbox,
    "outlook on the sandbox": outlook,
    "caldav on the sandbox": caldav,
    "caldav on radicale": radicale,
}
