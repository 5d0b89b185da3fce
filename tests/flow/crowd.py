"""Many members whose accounts are connected, planted where the service keeps them."""

import json
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from hashlib import sha256
from uuid import UUID

from sqlalchemy import func, select, update

from calendar_sync.host import Grant
from calendar_sync.provider import CalendarId, Cursor, Provider
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from services.config import Settings
from services.facts import AccountDue
from services.flow import access
from services.flow.calendars import window
from services.sandbox.serving import google, outlook
from services.storage import calendars
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.people import PersonRow
from services.storage.work import Work
from services.wiring import Runtime
from tests.sandbox.crowded import Crowded


@dataclass(frozen=True, slots=True)
class Member:
    """A member with an account, and where we stand in the changes of its one calendar.

    calendar  what its host calls it
    """

    at: Host
    email: str
    calendar: CalendarId
    token: str
    renewal: str
    cursor: Cursor
    account: UUID
    scopes: frozenset[str]


def using(settings: Settings, crowd: Crowded) -> Settings:
    """The settings with which a service takes the crowd's sandbox for Google and Outlook."""
    at_google, at_outlook = google(crowd.base), outlook(crowd.base)
    return replace(
        settings,
        google=replace(settings.google, **at_google, ca_file=crowd.ca_file),
        outlook=replace(settings.outlook, **at_outlook, ca_file=crowd.ca_file),
    )


def planted(runtime: Runtime, crowd: Crowded) -> list[Member]:
    """Connect everybody's account; their calendars were read, and nothing has changed since."""
    assert crowd.at is not None
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(partial(_member, runtime, crowd), crowd.tokens.items()))
    with runtime.work() as work:
        for each in found:
            _plant(runtime, work, each)
    return found


def entered(runtime: Runtime, crowd: Crowded) -> None:
    """Enter everybody's address; nobody has read it yet."""
    with runtime.work() as work:
        for email, (path, _) in crowd.tokens.items():
            person = _person(work, email)
            row = CalendarRow(
                id=new_id(), person_id=person, kind=CalendarKind.WORK, source=Source.ADDRESS,
                created_at=work.now, due_at=work.now + timedelta(days=1),
            )  # fmt: skip
            row.address = runtime.keys.sealed(f"{crowd.base}{path}", row.id)
            work.add(row)


def forget(runtime: Runtime, members: Collection[Member]) -> None:
    """Forget where we stand, so that everything is read anew."""
    with runtime.work() as work:
        ids = [each.account for each in members]
        work.session.execute(
            update(CalendarRow).where(CalendarRow.account_id.in_(ids)).values(seen=None)
        )


def due(runtime: Runtime, members: Collection[Member]) -> datetime:
    """Let all of these be due at once; return since when."""
    with runtime.work() as work:
        for each in members:
            work.record(AccountDue(each.account))
        return work.now


def read(runtime: Runtime, since: datetime) -> int:
    """How many calendars were read well since then."""
    with runtime.reading() as work:
        well = CalendarRow.read_at >= since, CalendarRow.failed_what.is_(None)
        question = select(func.count()).select_from(CalendarRow).where(*well)
        return work.session.execute(question).scalar_one()


def provider(runtime: Runtime, member: Member) -> Provider:
    """What a member's account can be asked, by whoever counts and renews nothing."""
    return _provider(runtime, member.at, member.token, member.scopes)


@dataclass(frozen=True, slots=True)
class _Open:
    """Lets everybody in who has this token (`calendar_sync.host.Access`, and its `Gate`)."""

    access: str

    def token(self, refused: str | None = None) -> str:
        return self.access

    def take(self, requests: int = 1) -> None:
        return None

    def have_letter(self) -> None:
        return None

    def send_letter(self) -> None:
        return None


def _member(runtime: Runtime, crowd: Crowded, given: tuple[str, tuple[str, str]]) -> Member:
    email, (token, renewal) = given
    assert crowd.at is not None
    asked = _provider(runtime, crowd.at, token, crowd.scopes)
    calendar = asked.calendars()[0].calendar
    cursor = asked.changes(calendar, None).cursor
    assert cursor is not None
    return Member(crowd.at, email, calendar, token, renewal, cursor, new_id(), crowd.scopes)


def _provider(runtime: Runtime, at: Host, token: str, scopes: frozenset[str]) -> Provider:
    open_ = _Open(token)
    return runtime.hosts[at].provider(open_, open_, scopes)


def _plant(runtime: Runtime, work: Work, member: Member) -> None:
    person, keys, now = _person(work, member.email), runtime.keys, work.now
    grant = Grant(
        member.token, now + timedelta(hours=1), member.renewal, member.scopes,
        member.email, member.email,
    )  # fmt: skip
    account = AccountRow(
        id=member.account, person_id=person, host=member.at, scopes=sorted(member.scopes),
        identity=sha256(member.email.encode()).digest(), created_at=now,
        consented_at=now,
    )  # fmt: skip
    account.sealed = access.sealed(keys, grant, access.owner_of(account))
    work.add(account)
    work.session.flush()
    earlier = now - timedelta(minutes=5)  # nothing is read twice within a minute
    calendar = CalendarRow(
        id=new_id(), person_id=person, account_id=account.id, kind=CalendarKind.WORK, main=True,
        source=Source.ACCOUNT, created_at=now, read_at=earlier, tried_at=earlier,
    )  # fmt: skip
    calendar.address = keys.sealed(member.calendar, calendar.id)
    calendar.seen = keys.sealed(json.dumps({"cursor": member.cursor}), calendar.id)
    work.add(calendar)
    work.session.flush()
    first, last = window(now)
    start = int(now.timestamp())
    busy = Events.of([BusyInterval(start, start + 3600, Kind.BUSY)])
    calendars.keep(work, calendar.id, busy, first, last)


def _person(work: Work, email: str) -> UUID:
    person = PersonRow(id=new_id(), email=email, name="Member", created_at=work.now)
    work.add(person)
    work.session.flush()
    return person.id
