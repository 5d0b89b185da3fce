"""The whole application in this process, and those who ask it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from werkzeug.test import TestResponse

from notifications.memory import MemoryChannel
from notifications.message import Sender
from services.app import create_app
from services.config import Settings
from services.flow import tokens
from services.flow.tokens import SCOPES
from services.storage import audit
from services.storage import work as units
from services.storage.outbox import records
from services.storage.rows.accounts import Host
from services.storage.rows.row import Row
from services.storage.work import Work
from services.wiring import Runtime
from tests.hosts import AHost
from tests.runtimes import Jobs, a_runtime

V1 = "/api/v1"
_BEGAN = time.monotonic()


def _clock() -> datetime:
    """It goes on, but from a day that is always the same."""
    return datetime(2026, 12, 1, 9, tzinfo=UTC) + timedelta(seconds=time.monotonic() - _BEGAN)


class Reply(TestResponse):
    """An answer, whose JSON a test knows."""

    @property
    def json(self) -> Any:
        return super().json


@dataclass
class Caller:
    """Somebody's program, with a token of theirs."""

    client: FlaskClient
    secret: str | None
    person: UUID | None = None

    def get(self, path: str, **more: Any) -> Reply:
        return self.ask("GET", path, **more)

    def post(self, path: str, said: Any = None, **more: Any) -> Reply:
        return self.ask("POST", path, json=said, **more)

    def patch(self, path: str, said: Any, **more: Any) -> Reply:
        """Change it as it is now, unless a version is named."""
        headers = more.pop("headers", None) or {"If-Match": "*"}
        return self.ask("PATCH", path, json=said, headers=headers, **more)

    def delete(self, path: str, **more: Any) -> Reply:
        return self.ask("DELETE", path, **more)

    def made(self, path: str, said: Any = None, **more: Any) -> dict[str, Any]:
        """Make something that has to be there."""
        response = self.post(path, said, **more)
        assert response.status_code == 201, response.text
        return cast(dict[str, Any], response.json)

    def got(self, path: str, **more: Any) -> dict[str, Any]:
        """Look at something that has to be there."""
        response = self.get(path, **more)
        assert response.status_code == 200, response.text
        return cast(dict[str, Any], response.json)

    def ask(self, method: str, path: str, **more: Any) -> Reply:
        known = {} if self.secret is None else {"Authorization": f"Bearer {self.secret}"}
        headers = {**known, **(more.pop("headers", None) or {})}
        response = self.client.open(V1 + path, method=method, headers=headers, **more)
        return cast(Reply, response)


@dataclass
class House:
    """An application with a database of its own."""

    runtime: Runtime
    app: Flask

    def caller(
        self, name: str, scopes: Sequence[str] = SCOPES, *, operator: bool = False
    ) -> Caller:
        """Somebody called so, with a token; the same person however often they are asked for."""
        with self.runtime.work() as work:
            person, secret = tokens.create(
                work, f"{name.lower()}@example.org", name=name, scopes=scopes, operator=operator
            )
        return Caller(self.app.test_client(), secret, person.id)

    def nobody(self) -> Caller:
        return Caller(self.app.test_client(), None)

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Every row of every table."""
        with self.runtime.reading() as work:
            return {
                table.name: sorted(map(tuple, work.session.execute(select(table))), key=str)
                for table in Row.metadata.sorted_tables
            }


def moved_in(home: Path) -> House:
    """A house whose database and keys were copied to this folder."""
    runtime = Runtime.of(Settings(home=home, database_url=f"sqlite:///{home / 'commonhour.db'}"))
    runtime.queues, runtime.channel = Jobs(), MemoryChannel(Sender("commonhour@localhost"))
    runtime.clock, runtime.hosts = _clock, {Host.GOOGLE: AHost()}
    return House(runtime, create_app(runtime))


def a_house(home: Path, url: str | None = None, **settings: object) -> House:
    runtime = a_runtime(home, url, **settings)
    runtime.clock, runtime.hosts = _clock, {Host.GOOGLE: AHost()}
    return House(runtime, create_app(runtime))


def undo_everything(patch: pytest.MonkeyPatch) -> None:
    """Let every unit of work do all that it does, and keep nothing of it."""

    def all_but_the_end(work: Work) -> None:
        work.session.flush()
        records.append(work.session, work.now, work._facts)  # noqa: SLF001 -- as `commit` does
        audit.append(work.session, work._lines)  # noqa: SLF001

    patch.setattr(Work, "commit", all_but_the_end)


def undo_requests(patch: pytest.MonkeyPatch) -> None:
    """Let nothing of what a request does be kept, but what it counts and claims beforehand."""
    commit = Work.commit

    @contextmanager
    def begin(engine: Engine, now: datetime, actor: UUID | None = None) -> Iterator[Work]:
        work = units.open_work(engine, now, actor)
        try:
            yield work
            commit(work)
        finally:
            work.session.close()

    undo_everything(patch)
    patch.setattr(units, "begin", begin)


def changed(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    """The tables that are different."""
    return {name for name in before if before[name] != after[name]}
