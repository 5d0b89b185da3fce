"""A university: everybody's calendars are due at once, and the service reads them as it runs.

The clock, the relay and the workers for calendars are processes, as `up` starts them; each host
is a sandbox in a process of its own, and answers everything late.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select, update

from services.config import Settings
from services.sandbox.serving import environment
from services.storage import migrate
from services.storage.engine import url_of
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarRow, Source
from services.wiring import Runtime
from tests.flow import crowd
from tests.flow.parts import parts
from tests.sandbox.crowded import Crowded, crowded
from tests.servers.valkey import temporary_redis

SHARES = {Host.OUTLOOK: 0.6, Host.GOOGLE: 0.3, None: 0.1}  # None: at addresses
ONCE = 0.01  # seconds in which nothing is read twice: the rounds follow each other
_TICK, _PAGE = os.sysconf("SC_CLK_TCK"), os.sysconf("SC_PAGE_SIZE")
At = Host | None


@dataclass(frozen=True, slots=True)
class Round:
    """One reading of everybody.

    lasted   seconds until the last of each host had been read
    ours     seconds of processor time that our processes took, and theirs the sandboxes'
    refused  requests of all that were made
    memory   megabytes that each process of ours holds at the end of it
    """

    lasted: dict[At, float]
    ours: float
    theirs: float
    asked: int
    refused: int
    memory: dict[str, float]


class University:
    """All of it, while it runs."""

    def __init__(self, runtime: Runtime, hosts: Sequence[Crowded], pids: dict[str, int]) -> None:
        self.runtime, self.hosts, self._pids = runtime, hosts, pids

    def late(self, seconds: float, *only: At) -> None:
        """Let the hosts answer so late from now on: all of them, or only these."""
        for each in self.hosts:
            if not only or each.at in only:
                each.let("faults", delay_all=seconds)

    def round(self, patience: float) -> Round:
        """Let everybody be due now, and wait until all have been read; no longer than so long."""
        for each in self.hosts:
            each.let("quotas", forget=True)
        ours, theirs = self._cpu()
        since, began = self._due(), time.monotonic()
        lasted: dict[At, float] = {}
        while len(lasted) < len(self.hosts):
            left = [each for each in self.hosts if each.at not in lasted]
            for each in left:
                if self.read(each.at, since) == len(each.tokens):
                    lasted[each.at] = time.monotonic() - began
            if time.monotonic() > began + patience:
                found = {each.at: self.read(each.at, since) for each in left}
                raise AssertionError(f"after {patience:.0f} s only these were read: {found}")
            time.sleep(0.05 if patience < 60 else 0.5)
        after = self._cpu()
        told = [each.counted() for each in self.hosts if each.at is not None]
        asked, refused = (
            sum(sum(each[what].values()) for each in told) for what in ("admitted", "refused")
        )
        memory = {name: memory_of(pid) for name, pid in self._pids.items()}
        return Round(lasted, after[0] - ours, after[1] - theirs, asked, refused, memory)

    def read(self, at: At, since: datetime) -> int:
        """How many calendars of a host were read well since then."""
        well = CalendarRow.read_at >= since, CalendarRow.failed_what.is_(None)
        question = select(func.count()).select_from(CalendarRow).where(*well)
        if at is None:
            question = question.where(CalendarRow.source == Source.ADDRESS)
        else:
            question = question.join(AccountRow, AccountRow.id == CalendarRow.account_id)
            question = question.where(AccountRow.host == at)
        with self.runtime.reading() as work:
            return work.session.execute(question).scalar_one()

    def _due(self) -> datetime:
        with self.runtime.work() as work:
            work.session.execute(update(AccountRow).values(due_at=work.now))
            at_addresses = update(CalendarRow).where(CalendarRow.source == Source.ADDRESS)
            work.session.execute(at_addresses.values(due_at=work.now))
            return work.now

    def _cpu(self) -> tuple[float, float]:
        return (
            sum(cpu_of(each) for each in self._pids.values()),
            sum(cpu_of(each.pid) for each in self.hosts),
        )


@contextmanager
def university(
    folder: Path, people: int, *, workers: int, url: str | None = None
) -> Iterator[University]:
    """Run one of so many people, with so many processes that read calendars.

    url  of an empty database; None: a file in the folder
    """
    with ExitStack() as ending:
        redis, _ = ending.enter_context(temporary_redis())
        hosts = [
            ending.enter_context(crowded(folder / (at or "feeds"), round(people * share), at))
            for at, share in SHARES.items()
        ]
        trusted = folder / "trusted.pem"
        trusted.write_text("".join(each.ca_file.read_text() for each in hosts))
        said = _environment(folder, hosts, trusted)
        said |= {"COMMONHOUR_REDIS_URL": redis, "COMMONHOUR_DATABASE_URL": url or ""}
        settings = Settings.from_env(said)
        migrate.upgrade(url_of(settings))
        runtime = Runtime.of(settings)
        for each in hosts:
            if each.at is None:
                crowd.entered(runtime, each)
            else:
                crowd.planted(runtime, each)
        names = ["clock", "relay", *["worker"] * workers]
        yield University(runtime, hosts, ending.enter_context(parts(names, said)))
        runtime.engine.dispose()


def cpu_of(pid: int) -> float:
    """Seconds of processor time that a process took, with those of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / _TICK


def memory_of(pid: int) -> float:
    """Megabytes that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE / 2**20


def _environment(folder: Path, hosts: Sequence[Crowded], trusted: Path) -> dict[str, str]:
    base = {each.at: each.base for each in hosts}
    at_google = environment(base[Host.GOOGLE], trusted)
    return {
        **{name: each for name, each in os.environ.items() if not name.startswith("COMMONHOUR_")},
        **environment(base[Host.OUTLOOK], trusted),
        **{name: each for name, each in at_google.items() if "GOOGLE" in name},
        "COMMONHOUR_HOME": str(folder),
        "COMMONHOUR_ONCE": str(ONCE),
        "COMMONHOUR_LOG": "error",
    }
