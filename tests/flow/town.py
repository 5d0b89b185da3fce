"""A group, calendars at a real https host, and a clock that a test moves."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from services.flow import calendars, groups, members, plans, terms
from services.storage.rows.calendars import BusyRow, CalendarKind, CalendarRow
from services.storage.rows.doors import AuditRow
from services.storage.rows.groups import MemberRow
from services.storage.rows.plans import PlanRow
from services.storage.work import Work
from services.wiring import Runtime
from tests.calendar_sync.builders import a_calendar, an_event
from tests.calendar_sync.hosts import Host, Page
from tests.runtimes import a_person, a_runtime, tasks, ticked

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
TERM = {"start": "2027-01-04", "end": "2027-06-30"}
PATH = "/private-3f9c2.ics"


def every_week(day: str, *lines: str) -> str:
    """Something that takes a whole day of each week, from a day written 20270104 on."""
    return an_event(
        f"DTSTART:{day}T000000Z", "DURATION:P1D", "RRULE:FREQ=WEEKLY", *lines, uid=f"{day}@x"
    )


def once(day: str, *lines: str, hours: str = "0900 1000") -> str:
    """An hour of a day written 20270104, UTC, or from one time to another."""
    start, end = (f"{day}T{each}00Z" for each in hours.split())
    return an_event(f"DTSTART:{start}", f"DTEND:{end}", *lines, uid=f"{day}{hours[:4]}@x")


MONDAYS, TUESDAYS = every_week("20270104"), every_week("20270105")
FREE_BUT_MONDAYS = a_calendar(MONDAYS)


@dataclass
class Hands:
    """A clock that stands still until it is moved."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class Town:
    """One group of Cora's, with members as they are added."""

    runtime: Runtime
    host: Host
    clock: Hands
    cora: UUID
    group: UUID
    people: dict[str, UUID] = field(default_factory=dict)

    def member(self, name: str, group: UUID | None = None, *, joined: bool = False) -> UUID:
        """Add somebody to a group; return the id of the membership."""
        email = f"{name.lower()}@example.org"
        with self.runtime.work(self.cora) as work:
            entry = members.Entry(name=name, email=email)
            row, person = members.add(work, group or self.group, entry)
            row.joined_at = work.now if joined else None
            self.people[name] = person.id
            return row.id

    def entered(self, member: UUID, path: str = PATH, group: UUID | None = None) -> UUID:
        """Enter a calendar at the host for a member; it is read in that moment."""
        group = group or self.group
        with self.runtime.work(self.cora) as work:
            owner = calendars.entered_for(work, group, member)
            return self._at_address(work, owner, path)

    def own(self, name: str, path: str = PATH) -> UUID:
        """Let somebody add a calendar of their own."""
        with self.runtime.work(self.people[name]) as work:
            return self._at_address(work, calendars.own(work), path)

    def _at_address(self, work: Work, owner: calendars.Owner, path: str) -> UUID:
        taken = calendars.read_file(self.host.pages[path].body, owner.zone, work.now)
        sealed = calendars.sealed(self.runtime.keys, self.host.address(path))
        return calendars.add_read(work, owner, CalendarKind.WORK, taken, sealed).id

    def term(self, **said: str) -> UUID:
        with self.runtime.work(self.cora) as work:
            return terms.add(work, self.group, {**TERM, **said}).id

    def plan(self, term: UUID, *, top: int = 5) -> UUID:
        """Plan a term with what is known."""
        with self.runtime.work(self.cora) as work:
            asked = plans.ask(work, self.group, term)
            return plans.keep(work, asked, plans.answered(asked, top=top)).id

    def row(self, calendar: UUID) -> CalendarRow:
        with self.runtime.reading() as work:
            return work.session.get_one(CalendarRow, calendar)

    def busy(self, calendar: UUID) -> BusyRow:
        with self.runtime.reading() as work:
            return work.session.get_one(BusyRow, calendar)

    def planned(self, plan: UUID) -> PlanRow:
        with self.runtime.reading() as work:
            return work.session.get_one(PlanRow, plan)

    def due(self, calendar: UUID) -> None:
        """Let the time come at which a calendar is read again, and let it be read."""
        at = self.row(calendar).due_at
        assert at is not None
        self.clock.now = max(at, self.clock.now)
        ticked(self.runtime)

    def publish(self, *events: str, etag: str | None = None, path: str = PATH) -> None:
        self.host.pages[path] = Page(a_calendar(*events), etag=etag)

    def facts(self, name: str) -> int:
        """How many tasks have followed from facts of this name."""
        return sum(task.fact == name for task in tasks(self.runtime))

    def changes(self, calendar: UUID) -> int:
        """How often a calendar was found to take other time; tasks that wait join, this counts."""
        return self.row(calendar).revision - 1

    def audit(self, subject: UUID) -> list[str]:
        with self.runtime.reading() as work:
            lines = select(AuditRow.action).where(AuditRow.subject == subject)
            return list(work.session.scalars(lines.order_by(AuditRow.number)))

    def joined(self, member: UUID) -> None:
        with self.runtime.work() as work:
            work.session.get_one(MemberRow, member).joined_at = work.now


def a_town(home: Path, host: Host, url: str | None = None) -> Town:
    host.pages.setdefault(PATH, Page(FREE_BUT_MONDAYS, etag='"mondays"'))
    runtime = a_runtime(home, url, network=host.network())
    clock = runtime.clock = Hands()
    cora = a_person(runtime, "cora@example.org", "Cora")
    with runtime.work(cora) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC").id
    return Town(runtime, host, clock, cora, group)
