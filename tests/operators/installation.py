"""An installation with something to look after: tasks in every state, and who asks about it."""

import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select, update

from services import claims
from services.app import create_app
from services.claims import Claim
from services.facts import CalendarDue, Fact
from services.storage import beats
from services.storage.ids import new_id
from services.storage.outbox import holding
from services.storage.rows.outbox import BeatRow, OutboxRow, TaskState
from services.times import Times
from services.wiring import Runtime, now
from tests.runtimes import a_runtime, do, tasks

READ = "calendars.read"
FAR = {"REMOTE_ADDR": "203.0.113.7"}  # somebody on another machine


def poison(_claim: Claim) -> None:
    """A job that never ends well."""
    raise ValueError("Ada Lovelace <ada@example.org> broke it")


@dataclass
class Installation:
    """One, with its application."""

    runtime: Runtime
    app: Flask

    def recorded(self, fact: Fact | None = None) -> int:
        """Record a fact, by default that a calendar is due; its task."""
        with self.runtime.work() as work:
            work.record(fact or CalendarDue(new_id()))
        return tasks(self.runtime)[-1].id

    def set_aside(self) -> int:
        """A task that failed for good."""
        task = self.recorded()
        for _ in range(claims.FAILURES):
            claims.run(self.runtime, READ, poison, [task])
            self.now_due(task)
        assert self.row(task).state is TaskState.QUARANTINED
        return task

    def done(self) -> int:
        """A task that went well: its calendar is gone."""
        task = self.recorded()
        do(self.runtime, READ, [task])
        return task

    def running(self) -> int:
        """A task that somebody has in hand."""
        task = self.recorded()
        with self.runtime.work() as work:
            begun = holding.begin(
                work.session, work.now, task,
                job=READ, lease=timedelta(seconds=20), holder="elsewhere/7",
            )  # fmt: skip
        assert begun is not None
        return task

    def parked(self) -> int:
        """A task of a later version."""
        task = self.recorded()
        self.changed(task, version=99)
        return task

    def changed(self, task: int, **values: Any) -> None:
        """Let a task stand otherwise."""
        with self.runtime.work() as work:
            work.session.execute(update(OutboxRow).where(OutboxRow.id == task).values(values))

    def now_due(self, task: int) -> None:
        """Let a task not wait any longer after a failure."""
        if self.row(task).state is TaskState.WAITING:
            self.changed(task, due_at=now() - timedelta(seconds=1))

    def row(self, task: int) -> OutboxRow:
        [row] = [each for each in tasks(self.runtime) if each.id == task]
        return row

    def beat(self, part: str, ago: float = 0) -> None:
        """Let a part have turned so many seconds ago."""
        with self.runtime.work() as work:
            beats.beat(work, part)
            at = work.session.scalars(select(BeatRow.at).where(BeatRow.part == part)).one()
            work.session.execute(
                update(BeatRow).where(BeatRow.part == part).values(at=at - timedelta(seconds=ago))
            )

    def long_after_the_start(self) -> None:
        """From now on nobody is waited for."""
        self.app.extensions["commonhour-began"] = time.monotonic() - 31

    def readyz(self) -> tuple[int, str, dict[str, str]]:
        """What whoever balances load is told."""
        answer = self.app.test_client().get("/readyz")
        said: Any = answer.json
        return answer.status_code, said["status"], said["parts"]

    def numbers(self) -> dict[str, float]:
        """What whoever watches is told: `name{label="value"}` -> number."""
        answer = self.app.test_client().get("/metrics")
        assert answer.status_code == 200, answer.text
        return named(answer.text)


def named(text: str) -> dict[str, float]:
    """Numbers for Prometheus, by `name{label="value"}`."""
    return {
        _named(each.name, each.labels): each.value
        for family in text_string_to_metric_families(text)
        for each in family.samples
    }


def _named(name: str, labels: dict[str, str]) -> str:
    said = ",".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
    return (
        f"{name.removeprefix('commonhour_')}{{{said}}}"
        if said
        else name.removeprefix("commonhour_")
    )


def an_installation(home: Path, url: str | None = None, **settings: object) -> Installation:
    """One whose clock is the machine's, as that of its database is."""
    return of(a_runtime(home, url, times=Times(retry=60.0), **settings))


def of(runtime: Runtime) -> Installation:
    """What there is to look after on a runtime."""
    return Installation(runtime, create_app(runtime))
