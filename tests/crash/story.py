"""The story that is told again and again: a member's calendar takes one hour more than before."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select, update

from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.groups import GroupRow, MemberRow, TermRow
from services.storage.rows.outbox import OutboxRow, TaskState, TimerRow
from services.storage.rows.people import PersonRow
from services.wiring import Runtime
from tests.calendar_sync.builders import a_calendar, an_event
from tests.calendar_sync.hosts import Page

OPEN = (TaskState.WAITING, TaskState.RUNNING)


def told(runtime: Runtime, address: str) -> UUID:
    """Write a group with a term that goes on, and a member with a calendar at this address."""
    with runtime.work() as work:
        group = GroupRow(
            template="", title="Tuesday", timezone="UTC", rules={}, created_at=work.now
        )
        person = PersonRow(email="ada@example.org", name="Ada", created_at=work.now)
        work.add(group, person, TimerRow(name="purge", due_at=work.now + timedelta(days=9)))
        work.session.flush()
        today = work.now.date()
        term = TermRow(
            group_id=group.id,
            start=today - timedelta(days=1),
            end=today + timedelta(days=200),
            rules={},
            blackouts=[],
            created_at=work.now,
        )
        member = MemberRow(
            group_id=group.id,
            person_id=person.id,
            name="Ada",
            joined_at=work.now,
            created_at=work.now,
        )
        calendar = CalendarRow(
            person_id=person.id,
            kind=CalendarKind.PERSONAL,
            source=Source.ADDRESS,
            created_at=work.now,
        )
        work.add(term, member, calendar)
        work.session.flush()
        calendar.address = runtime.keys.sealed(address, calendar.id)
        return calendar.id


def page(number: int, today: datetime) -> Page:
    """The calendar after so many changes: it holds so many hours, each in the term."""
    first = today.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)
    events = [_hour(first, each) for each in range(number)]
    return Page(a_calendar(*events), etag=f'"{number}"')


def _hour(first: datetime, number: int) -> str:
    """One of 20 of a day, for 180 days; there is always a pause between two."""
    start = first + timedelta(days=number // 20 % 180, minutes=72 * (number % 20))
    end = start + timedelta(hours=1)
    lines = (f"DTSTART:{start:%Y%m%dT%H%M%SZ}", f"DTEND:{end:%Y%m%dT%H%M%SZ}")
    return an_event(f"DTSTAMP:{first:%Y%m%dT%H%M%SZ}", *lines, uid=f"{number}@example.org")


def make_due(runtime: Runtime, calendar: UUID) -> None:
    """Have the calendar read now, as after six hours."""
    with runtime.work() as work:
        work.session.execute(
            update(CalendarRow).where(CalendarRow.id == calendar).values(due_at=work.now)
        )


def waits(runtime: Runtime, job: str) -> bool:
    """Whether a task of this job waits."""
    with runtime.reading() as work:
        question = select(OutboxRow.id).where(
            OutboxRow.job == job, OutboxRow.state == TaskState.WAITING
        )
        return work.session.execute(question.limit(1)).first() is not None


def count(runtime: Runtime, *states: TaskState) -> int:
    """How many tasks are in these states."""
    with runtime.reading() as work:
        question = select(func.count()).select_from(OutboxRow).where(OutboxRow.state.in_(states))
        return work.session.execute(question).scalar_one()


def tasks(runtime: Runtime) -> list[str]:
    """The last tasks, a line each, for whoever looks for a mistake."""
    with runtime.reading() as work:
        rows = work.session.scalars(select(OutboxRow).order_by(OutboxRow.id.desc()).limit(8))
        return [
            f"{row.id} {row.fact} {row.job} r{row.revision} {row.state} fence={row.fence} "
            f"deaths={row.deaths} failures={row.failures} due={row.due_at} "
            f"handed={row.handed_at} until={row.lease_until} {row.reason or ''}"
            for row in rows
        ][::-1]
