"""A runtime for tests: a database of its own, mails in memory, jobs in a list."""

from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from uuid import UUID

from notifications.memory import MemoryChannel
from notifications.message import Sender
from services import wiring
from services.config import Settings
from services.storage import migrate
from services.storage.rows.people import PersonRow
from services.wiring import Runtime


@dataclass
class Jobs:
    """Remembers what was handed to the workers."""

    handed: list[tuple[str, UUID | None]] = field(default_factory=list)

    def __call__(self, job: str, subject: UUID | None = None) -> None:
        self.handed.append((job, subject))


@dataclass
class AtOnce:
    """Does every job where it is handed on."""

    runtime: Runtime

    def __call__(self, job: str, subject: UUID | None = None) -> None:
        queue, _, name = job.partition(".")
        wiring.use(self.runtime)
        act = getattr(import_module(f"services.jobs.{queue}"), name)
        act(*([] if subject is None else [str(subject)]))


def a_runtime(home: Path, url: str | None = None, **settings: object) -> Runtime:
    """A migrated database at `url`, by default a SQLite file in `home`."""
    place = url or f"sqlite:///{home / 'commonhour.db'}"
    migrate.upgrade(place)
    runtime = Runtime.of(Settings(home=home, database_url=place, **settings))  # type: ignore[arg-type]
    runtime.enqueue = Jobs()
    runtime.channel = MemoryChannel(Sender("commonhour@localhost"))
    return runtime


def a_person(runtime: Runtime, email: str, name: str = "Somebody") -> UUID:
    """Somebody whom the service knows."""
    with runtime.work() as work:
        person = PersonRow(email=email, name=name, created_at=work.now)
        work.add(person)
        work.session.flush()
        return person.id
