"""A service in this process: a clock that tests turn, mails that they read."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import TypeVar
from uuid import UUID

from sqlalchemy import func, select

from notifications.memory import MemoryChannel
from notifications.message import Message, Sender
from services.config import Settings
from services.flow import links, signin
from services.flow.errors import TooMany
from services.storage.rows.doors import AuditRow
from services.storage.rows.groups import CoordinatorRow, GroupRow, MemberRow, TermRow
from services.storage.rows.people import PersonRow, Purpose
from services.storage.rows.plans import PlanRow, PlanState
from services.storage.rows.row import Row
from services.storage.tables import TABLES
from services.wiring import Runtime
from tests.runtimes import drained

T = TypeVar("T")
HERE = "203.0.113.7"  # an address that somebody asks from
ADDRESS = "http://127.0.0.1:8000"


@dataclass
class Clock:
    """Stands still until it is told to go on."""

    now: datetime = datetime(2027, 1, 4, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def on(self, **time: float) -> None:
        self.now += timedelta(**time)


@dataclass
class House:
    """A runtime, and what a test wants to do with it."""

    runtime: Runtime
    clock: Clock
    channel: MemoryChannel

    def person(self, name: str = "Ada") -> UUID:
        """Somebody with an address of example.org."""
        row = PersonRow(email=f"{name.lower()}@example.org", name=name, created_at=self.clock.now)
        with self.runtime.work() as work:
            work.add(row)
        return row.id

    def group(self, coordinator: UUID, *members: UUID, title: str = "Roadmap") -> UUID:
        """A group with these people, who have not joined yet."""
        row = GroupRow(
            template="roadmap",
            title=title,
            timezone="UTC",
            rules={},
            created_at=self.clock.now,
        )
        with self.runtime.work() as work:
            work.add(row)
            work.session.flush()
            work.add(
                CoordinatorRow(
                    group_id=row.id,
                    person_id=coordinator,
                    name="Coordinator",
                    since=self.clock.now,
                )
            )
            for number, each in enumerate(members):
                name = f"Member {number}"
                work.add(
                    MemberRow(group_id=row.id, person_id=each, name=name, created_at=self.clock.now)
                )
        return row.id

    def plan(self, group: UUID, *, end: datetime | None = None) -> UUID:
        """A plan of the group, whose term ends then."""
        last = (end or self.clock.now).date()
        term = TermRow(
            group_id=group,
            start=last - timedelta(days=100),
            end=last,
            rules={},
            blackouts=[],
            created_at=self.clock.now,
        )
        with self.runtime.work() as work:
            work.add(term)
            work.session.flush()
            plan = PlanRow(
                group_id=group,
                term_id=term.id,
                term_version=1,
                state=PlanState.READY,
                members=[],
                created_at=self.clock.now,
            )
            work.add(plan)
        return plan.id

    def invited(self, person: UUID, group: UUID, purpose: Purpose = Purpose.INVITATION) -> str:
        """Invite somebody and return the secret of the link in their mail."""
        with self.runtime.work() as work:
            signin.invite(work, person, group, purpose)
        return self.secret()

    def asked(self, email: str = "ada@example.org") -> str:
        """Ask for a link to sign in and return its secret."""
        signin.ask(self.runtime, email, HERE)
        return self.secret()

    def asked_and_followed(self, name: str = "Ada") -> UUID:
        """Somebody who has signed in."""
        person = self.person(name)
        self.follow(self.asked(f"{name.lower()}@example.org"))
        return person

    def deliver(self) -> list[Message]:
        """Let the workers write the mails that wait; return them."""
        before = len(self.channel.messages)
        drained(self.runtime)
        return self.channel.messages[before:]

    def secret(self) -> str:
        """Write the one mail that waits and return the secret of its link."""
        [message] = self.deliver()
        return secret_of(message)

    def follow(self, secret: str) -> tuple[PersonRow, str]:
        return links.follow(self.runtime, secret, HERE)

    def count(self, table: type[Row]) -> int:
        """How many rows a table has."""
        with self.runtime.reading() as work:
            return work.session.scalar(select(func.count()).select_from(table)) or 0

    def everything(self) -> dict[str, int]:
        """How many rows every table has."""
        with self.runtime.reading() as work:
            return {
                each.name: work.session.scalar(select(func.count()).select_from(each)) or 0
                for each in TABLES.sorted_tables
            }

    def audited(self) -> list[str]:
        """The actions in the audit, oldest first."""
        with self.runtime.reading() as work:
            return list(work.session.scalars(select(AuditRow.action).order_by(AuditRow.number)))


def secret_of(message: Message) -> str:
    """The secret of the one link in a mail."""
    [secret] = re.findall(rf"{re.escape(ADDRESS)}/l/(\S+)", message.text)
    return str(secret)


@contextmanager
def a_house(url: str, home: Path) -> Iterator[House]:
    """Open a house on an empty database."""
    clock, channel = Clock(), MemoryChannel(Sender("us@example.org"))
    runtime = Runtime.of(Settings(home=home, database_url=url))
    runtime.channel, runtime.clock = channel, clock
    house = House(runtime, clock, channel)
    TABLES.create_all(runtime.engine)
    yield house
    runtime.engine.dispose()


def at_once(times: int, act: Callable[[int], T]) -> list[T | Exception]:
    """Do something so many times at the same moment; return what came of each."""
    together = Barrier(times)

    def one(number: int) -> T | Exception:
        together.wait()
        try:
            return act(number)
        except Exception as error:  # noqa: BLE001 -- what came of it
            return error

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))


def patient(act: Callable[[], T]) -> T | None:
    """Do something; None when it was refused as tried too often."""
    try:
        return act()
    except TooMany:
        return None
