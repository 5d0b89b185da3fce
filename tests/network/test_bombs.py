"""Calendars made to stop the service are read beside good ones: they end, and it goes on."""

import re
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.fernet import Fernet

from scheduler.model.events import Events
from services.config import Settings
from services.flow import calendars
from services.storage import migrate
from services.storage.rows.calendars import CalendarKind, CalendarRow
from services.storage.rows.outbox import TaskState
from services.wiring import Runtime
from tests.calendar_sync.builders import a_calendar, an_event
from tests.calendar_sync.hosts import Host, Page, a_host
from tests.chaos.nursery import Nursery
from tests.chaos.processes import Service, descendants, seconds_until
from tests.network.bombs import BOMBS, FEW
from tests.runtimes import a_person, tasks
from tests.servers.valkey import temporary_redis
from tests.sizes import size
from tests.up.running import runs

NAMES = size(FEW, tuple(BOMBS))
GOOD = 3
ON_TIME = size(150.0, 600.0)  # seconds for all of them; a machine may be busy with other things
MORE = 130  # megabytes that a job may take: it reads eight at once, of 5 MB each, and copies them
PARTS = {
    "relay": ("relay",),
    "clock": ("clock",),
    "one": ("worker", "calendars"),
    "other": ("worker", "calendars"),
}


@dataclass
class Yard:
    """A service, and a host with the calendars that it is to read."""

    host: Host
    runtime: Runtime
    service: Service
    most: dict[str, int] = field(default_factory=dict)  # megabytes, by kind of process

    def add(self, name: str, page: Page) -> UUID:
        """Let the host have a page, and somebody a calendar there that is due."""
        path = f"/{len(self.host.pages)}"
        self.host.pages[path] = page
        person = a_person(self.runtime, f"somebody{path[1:]}@example.org", name)
        sealed = calendars.sealed(self.runtime.keys, self.host.address(path, name="localhost"))
        with self.runtime.work(person) as work:
            first, last = calendars.window(work.now)
            taken = calendars.Taken(Events.of([]), first, last)
            row = calendars.add_read(work, calendars.own(work), CalendarKind.WORK, taken, sealed)
            row.read_at, row.tried_at, row.due_at = None, None, work.now
            return row.id

    def row(self, calendar: UUID) -> CalendarRow:
        with self.runtime.reading() as work:
            return work.session.get_one(CalendarRow, calendar)

    def seconds_until_read(self, ids: Iterable[UUID]) -> float:
        """Wait until each was read, or tried; return how long that took."""

        def are_tried() -> bool:
            self.weigh()
            return all(self.row(each).tried_at for each in ids)

        return seconds_until(are_tried, "a reading of each", ON_TIME)

    def weigh(self) -> None:
        """Note the most memory that processes have taken."""
        for worker in (self.service.pids["one"], self.service.pids["other"]):
            for each in (worker, *descendants(worker)):
                kind = "worker" if each == worker else _kind(each)
                self.most[kind] = max(_megabytes(each), self.most.get(kind, 0))


@pytest.fixture
def yard(nursery: Nursery, tmp_path: Path) -> Iterator[Yard]:
    url = f"sqlite:///{tmp_path / 'commonhour.db'}"
    key = Fernet.generate_key().decode()
    migrate.upgrade(url)
    runtime = Runtime.of(Settings(home=tmp_path, database_url=url, token_keys=(key,)))
    with ExitStack() as stack:
        host = stack.enter_context(a_host(tmp_path, names=("localhost",)))
        redis, _ = stack.enter_context(temporary_redis())
        settings = {
            "DATABASE_URL": url,
            "REDIS_URL": redis,
            "TOKEN_KEYS": key,
            "CA_FILE": str(host.ca_file),
            "ALLOW_PRIVATE_FEEDS": "127.0.0.1 ::1",
        }
        service = Service(nursery, tmp_path / "home", settings, parts=PARTS)
        stack.callback(runtime.engine.dispose)
        stack.callback(service.kill)
        yield Yard(host, runtime, service)


@pytest.mark.timeout(size(300, 1800))
def test_a_bomb_ends_with_a_reason_and_good_calendars_are_read_on_time(yard: Yard) -> None:
    good = a_calendar(an_event("DTSTART:20270301T090000Z", "DURATION:PT1H"))
    bombs = {name: yard.add(name, BOMBS[name].page()) for name in NAMES}
    others = [yard.add(f"good {number}", Page(good)) for number in range(GOOD)]
    yard.service.start()

    on_time = yard.seconds_until_read(others)
    in_all = yard.seconds_until_read(bombs.values())

    print(f"good ones in {on_time:.1f} s, all {in_all:.1f} s later; megabytes: {yard.most}")
    said = {name: yard.row(each).failed_what for name, each in bombs.items()}
    for name, what in said.items():
        assert (BOMBS[name].said or "None") in str(what), name
    assert [yard.row(each).failed_what for each in others] == [None] * GOOD
    assert all(runs(each) for each in yard.service.pids.values())
    assert not yard.service.said("error")
    assert not tasks(yard.runtime, TaskState.QUARANTINED)
    assert yard.most["job"] <= yard.most["worker"] + MORE


def _kind(pid: int) -> str:
    """Tell the child that reads a calendar from the job that waits for it."""
    return "reader" if b"calendar_sync.ics.child" in _of(pid, "cmdline") else "job"


def _megabytes(pid: int) -> int:
    """Return the most memory that a process has taken; 0 once it has ended."""
    found = re.search(rb"VmHWM:\s+([0-9]+) kB", _of(pid, "status"))
    return int(found[1]) // 1000 if found else 0


def _of(pid: int, what: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
