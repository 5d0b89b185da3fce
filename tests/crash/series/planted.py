"""Mistakes that a sweep has to notice."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, cast
from uuid import uuid4

from notifications.message import Channel, Message, Receipt
from services.claims import Claim, Job
from services.storage.work import Work
from services.wiring import Runtime
from services.worker import JOBS


def plant(runtime: Runtime, mistake: str) -> None:
    """Let a process make it, from now on; "" is none."""
    if mistake:
        MISTAKES[mistake](runtime)


def named_by_chance(runtime: Runtime) -> None:
    """Make up a name at each try."""
    runtime.hosts = {name: cast(Any, _Host(at)) for name, at in runtime.hosts.items()}
    runtime.channel = _Channel(runtime.channel)


def ended_first(_: Runtime) -> None:
    """End a task before it is done."""
    for name in ("services.jobs.calendars.publish", "services.jobs.notices.tell_dates"):
        JOBS[name] = _hasty(JOBS[name])


MISTAKES: Mapping[str, Callable[[Runtime], None]] = {
    each.__name__: each for each in (named_by_chance, ended_first)
}


def _hasty(job: Job) -> Job:
    def hasty(claim: Claim) -> None:
        with claim.work(last=True):
            pass
        careless = _Careless(claim.runtime, claim.task)
        careless.done = True
        job(careless)

    return hasty


class _Careless(Claim):
    """Writes whoever's task it is."""

    @contextmanager
    def work(self, *, last: bool = False) -> Iterator[Work]:
        with self.runtime.work() as work:
            yield work


@dataclass(frozen=True)
class _Host:
    at: Any

    def provider(self, *words: Any) -> Any:
        return _Provider(self.at.provider(*words))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.at, name)


@dataclass(frozen=True)
class _Provider:
    real: Any

    def put_series(self, calendar: Any, draft: Any, **more: Any) -> Any:
        return self.real.put_series(calendar, replace(draft, key=uuid4().hex), **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.real, name)


@dataclass(frozen=True)
class _Channel:
    real: Channel

    def send(self, message: Message) -> Receipt:
        return self.real.send(replace(message, key=uuid4().hex))
