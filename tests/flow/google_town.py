"""People whose accounts at Google, which the sandbox plays, are connected to the service."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import func, select

from calendar_sync.google.calendar import GoogleCalendar
from calendar_sync.google.consent import SCOPES
from calendar_sync.google.host import GoogleHost
from calendar_sync.google.where import Where
from calendar_sync.google.wire import stamp
from calendar_sync.host import Access, Asked, Gate, Grant
from calendar_sync.provider import Provider
from services.flow import accounts, consent, groups, listing, members, plans, sessions, terms
from services.flow.consent import Answer
from services.flow.question import Question
from services.sandbox.google.identity import number
from services.sandbox.serving import Running, google
from services.storage import calendars
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import BusyRow, CalendarRow
from services.storage.rows.people import LinkRow, Purpose
from services.wiring import Runtime
from tests.flow.town import NOW, TERM, Hands
from tests.runtimes import a_person, a_runtime, aged, drained, ticked
from tests.sandbox.running import a_sandbox

HOUR, DAY = 3600, 86_400
MONDAY = int(datetime(2027, 1, 4, 9, tzinfo=UTC).timestamp())
WEEK = [(MONDAY + day * DAY, MONDAY + day * DAY + 8 * HOUR) for day in range(7)]
_SECRET = "what nobody may know"
Span = tuple[int, int]
_Town = TypeVar("_Town", bound="GoogleTown")


@dataclass(frozen=True)
class Timely(GoogleHost):
    """Google by the clock of a test, which `GoogleCalendar` asks how late it is."""

    clock: Hands = field(default_factory=Hands)

    def provider(self, access: Access, gate: Gate, given: frozenset[str]) -> Provider:
        return GoogleCalendar(self.where, access, gate, given, lambda: self.clock().timestamp())


@dataclass
class GoogleTown:
    """A group of Cora's; whoever moves in has an account at Google, and it is connected.

    at, kind, api, scopes  which host that is, which people are there, and what is asked of it
    expired, missing       its words for a forgotten cursor, and for what is not there
    """

    at: ClassVar[Host] = Host.GOOGLE
    kind: ClassVar[str] = "google"
    api: ClassVar[str] = "/calendar/v3/"
    scopes: ClassVar[frozenset[str]] = frozenset(SCOPES)
    expired: ClassVar[str] = "fullSyncRequired"
    missing: ClassVar[str] = "notFound"
    runtime: Runtime
    running: Running
    hosts: dict[Host, Any]
    clock: Hands
    cora: UUID
    group: UUID
    term: UUID
    people: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)

    def nowhere(self) -> Any:
        """The host, where nobody answers."""
        dead = "https://127.0.0.1:9/"
        where = replace(self.host.where, api_url=dead, token_url=dead)
        return replace(self.host, where=where)

    @classmethod
    def there(cls, running: Running, clock: Hands) -> Any:
        """The host as the service is to know it."""
        return Timely(at(running), clock=clock)

    def moves_in(self, email: str, *times: Span, also: tuple[str, ...] = ()) -> None:
        """Let somebody with these times connect their account: the main calendar, and others."""
        world = self.running.world
        world.add_person(email, email.partition("@")[0].title(), "Europe/Berlin", host=self.kind)
        for name in also:
            world.add_calendar(email, name)
        for each in world.calendars(email):
            self.occupy(each.id, *times)
        self.joins(email)
        self.connects(email)
        self.chooses(email)

    def joins(self, email: str) -> None:
        with self.runtime.work(self.cora) as work:
            entry = members.Entry(name=email.partition("@")[0], email=email)
            row, person = members.add(work, self.group, entry)
            row.joined_at, self.people[email] = work.now, person.id

    def connects(self, email: str) -> None:
        """Let somebody consent, once more where they did before."""
        grant = self.grant(email)
        with self.runtime.work() as work:
            secret = sessions.opened(work, self.people[email])
        with self.runtime.reading() as work:
            session = sessions.current(work, secret)
        assert session is not None
        answer = Answer(self.at, Asked("", "", "", ""), self.accounts.get(email))
        with self.runtime.work(self.people[email]) as work:
            row = consent.granted(work, self.runtime.keys, answer, grant, session.id)
            assert isinstance(row, AccountRow)
            self.accounts[email] = row.id

    def grant(self, email: str) -> Grant:
        """What somebody gives who consents."""
        given = self.running.world.grants.give(email, SCOPES)
        until = self.clock() + timedelta(seconds=given.seconds)
        return Grant(given.access, until, given.refresh, self.scopes, number(email), email)

    def chooses(self, email: str) -> None:
        """Let every calendar count that is there now; they are read at once."""
        account, person = self.accounts[email], self.people[email]
        offered = listing.offered(self.runtime, self.runtime.opening, person, account)
        with self.runtime.work(person) as work:
            row = accounts.own(work, account)
            said = {each.mark: "work" for each in offered}
            accounts.choose(work, self.runtime.keys, row, offered, said)
        drained(self.runtime)

    def occupy(self, calendar: str, *times: Span) -> None:
        """Take these times, as the owner of a calendar does."""
        world = self.running.world
        for each in times:
            start, end = ({"dateTime": stamp(moment)} for moment in each)
            event = {"id": f"e{world.number + 1}", "summary": _SECRET, "start": start, "end": end}
            world.put(calendar, event, by="somebody")

    def frees(self, calendar: str, left: int = 0) -> None:
        """Let all events be cancelled but the first ones."""
        world = self.running.world
        for each in world.events(calendar)[left:]:
            world.cancel(calendar, each["id"], by="somebody")

    def fault(self, email: str = "", path: str = "", **do: Any) -> None:
        """Let requests go wrong; `nth` and `times` say which of them, and how many (1)."""
        names = ("nth", "times", "method")
        which: dict[str, Any] = {name: do.pop(name) for name in names if name in do}
        match = {"path": path or self.api, "person": email, "method": which.pop("method", "")}
        self.running.faults.take({"match": match, "do": do, **which})

    def mended(self) -> None:
        self.running.faults.take({"clear": True})

    def asked(self, email: str = "", since: int = 0) -> list[dict[str, Any]]:
        """The requests that Google got for somebody's calendars."""
        return [
            each
            for each in self.running.world.history.entries(since)
            if each["kind"] == "request" and each.get("person") == email
        ]

    def limited(self, each_in_a_minute: int = 1_000_000) -> None:
        """Let Google take so many requests from each, before anybody asks it."""
        limits = replace(self.host.limits, each_in_a_minute=each_in_a_minute)
        self.becomes(limits=replace(limits, all_in_a_minute=10**6, all_in_a_day=10**8))

    def becomes(self, **changes: Any) -> None:
        """Let Google be another one from now on."""
        self.hosts[self.at] = replace(self.host, **changes)

    @property
    def host(self) -> Any:
        """The host as the service knows it."""
        return self.hosts[self.at]

    def mark(self) -> int:
        """Where the history ends now."""
        return max((each["n"] for each in self.running.world.history.entries()), default=0)

    def tokens(self, since: int = 0) -> int:
        """How often Google gave access."""
        return sum(e["kind"] == "token" for e in self.running.world.history.entries(since))

    def later(self, **time: float) -> list[str]:
        """Let time pass here and there, and everything that is due be done."""
        self.clock.forward(**time)
        self.running.world.clock.advance(timedelta(**time).total_seconds())
        if self.runtime.engine.dialect.name == "postgresql":
            aged(self.runtime, **time)  # tasks go by its own clock there
        return ticked(self.runtime)

    def account(self, email: str) -> AccountRow:
        with self.runtime.reading() as work:
            return work.session.get_one(AccountRow, self.accounts[email])

    def calendars(self, email: str) -> list[tuple[CalendarRow, BusyRow | None]]:
        """Somebody's calendars, in the order in which they were chosen."""
        with self.runtime.reading() as work:
            return calendars.of_person(work, self.people[email])

    def busy(self, email: str, place: int = 0) -> list[Span]:
        """What is kept of one of somebody's calendars."""
        _, busy = self.calendars(email)[place]
        assert busy is not None
        return [(each.start, each.end) for each in busy.events.intervals()]

    def troubles(self, email: str) -> list[str | None]:
        """What is wrong with each of somebody's calendars."""
        return [row.failed_what for row, _ in self.calendars(email)]

    def question(self) -> Question:
        """What the planner would be asked now."""
        with self.runtime.reading(self.cora) as work:
            return plans.ask(work, self.group, self.term)

    def mails(self, email: str, purpose: Purpose) -> int:
        whose = LinkRow.person_id == self.people[email]
        with self.runtime.reading() as work:
            question = select(func.count()).where(whose, LinkRow.purpose == purpose)
            return work.session.execute(question).scalar_one()


def at(running: Running) -> Where:
    """Where Google is in a sandbox."""
    return Where(**google(running.base), ca_file=running.ca_file)


@contextmanager
def a_town(
    of: type[_Town], home: Path, url: str | None = None, letters: int = 100_000
) -> Iterator[_Town]:
    """A town; a mailbox sends at most so many `letters` in a minute."""
    home.mkdir(exist_ok=True)
    with a_sandbox(home / "sandbox") as running:
        runtime = a_runtime(home, url, mail_rate=letters)
        clock = runtime.clock = Hands()
        running.world.clock.set(NOW)
        runtime.hosts = hosts = {of.at: of.there(running, clock)}
        cora = a_person(runtime, "cora@example.org", "Cora")
        with runtime.work(cora) as work:
            group = groups.form(work, "roadmap", "Early birds", "UTC").id
            term = terms.add(work, group, TERM).id
        yield of(runtime, running, hosts, clock, cora, group, term)
        runtime.engine.dispose()


def a_google_town(home: Path, url: str | None = None) -> AbstractContextManager[GoogleTown]:
    return a_town(GoogleTown, home, url)
