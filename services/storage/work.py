"""One unit of work: a transaction with one `now`, one actor, its facts and lines of the audit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from services.facts import Fact
from services.storage import audit
from services.storage.audit import Line
from services.storage.outbox import records
from services.storage.rows.row import Row

_ENGINES = 8  # a process has one or two
# How a database says no, in our words: what was read has changed, what is new is there already,
# it is in trouble (`trouble.trouble_of` tells which), all our connections to it are in use, its
# tables are not those of this version.
Stale = StaleDataError
Taken = IntegrityError
InTrouble = OperationalError
AllInUse = PoolTimeout
NotThere = ProgrammingError
Refused = DBAPIError  # any of these, and others that pass as well


@dataclass(slots=True)
class Work:
    """An open transaction. What it writes is kept when it commits, all of it or nothing.

    actor     who acts; None: the service, or its operator at the command line
    operator  whether the actor looks after this installation
    """

    session: Session
    now: datetime
    actor: UUID | None = None
    operator: bool = False
    _lines: list[Line] = field(default_factory=list)
    _facts: list[Fact] = field(default_factory=list)
    _after: list[Callable[[], None]] = field(default_factory=list)

    def add(self, *rows: Row) -> None:
        """Remember these rows."""
        self.session.add_all(rows)

    def note(self, action: str, subject: UUID | None = None, version: int | None = None) -> None:
        """Write a line of the audit: ids and words of our own, never text from anybody."""
        self._lines.append(Line(self.now, self.actor, action, subject, version))

    def record(self, fact: Fact) -> None:
        """Write what follows from a fact into the outbox of this same transaction."""
        self._facts.append(fact)

    def then(self, act: Callable[[], None]) -> None:
        """Do this once the transaction has been kept."""
        self._after.append(act)

    def commit(self) -> None:
        """Keep everything, then do what was to follow."""
        self.session.flush()
        records.append(self.session, self.now, self._facts)
        audit.append(self.session, self._lines)
        try:
            self.session.commit()
        except BaseException:
            # It may be open still, and would keep everybody else from writing.
            self.session.invalidate()
            raise
        self._lines.clear()
        self._facts.clear()
        following, self._after = self._after, []
        for act in following:
            act()


@contextmanager
def begin(engine: Engine, now: datetime, actor: UUID | None = None) -> Iterator[Work]:
    """Open a unit of work. Leaving it commits; leaving it by an error does not."""
    work = open_work(engine, now, actor)
    try:
        yield work
        work.commit()
    finally:
        work.session.close()


def open_work(engine: Engine, now: datetime, actor: UUID | None = None) -> Work:
    """Open a unit of work whose end its caller decides, by `commit` or by closing its session."""
    return Work(Session(_writing(engine), expire_on_commit=False), now, actor)


@contextmanager
def reading(engine: Engine, now: datetime, actor: UUID | None = None) -> Iterator[Work]:
    """Open a transaction that only reads."""
    work = open_reading(engine, now, actor)
    try:
        yield work
    finally:
        work.session.close()


def open_reading(engine: Engine, now: datetime, actor: UUID | None = None) -> Work:
    """Open a transaction that only reads, whose end its caller decides."""
    return Work(Session(engine, autoflush=False, expire_on_commit=False), now, actor)


@lru_cache(_ENGINES)  # it is made anew more slowly than most of what it is asked
def _writing(engine: Engine) -> Engine:
    return engine.execution_options(writes=True)
