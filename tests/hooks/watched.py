"""A service with many accounts that are watched, as a process of its own, and what it is told."""

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from threading import Event
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from services.app import create_app
from services.flow import sessions
from services.flow.proof import hashed
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.channels import ChannelRow
from services.storage.rows.outbox import OutboxRow
from services.wiring import Runtime, now
from tests.runtimes import a_person, a_runtime
from tests.up.running import ROOT, await_, clean_environment, free_port
from tests.web.house import PAGE, House, furnished, peopled

MADE_UP = 0.1  # of what is forged, whole lists of it


@dataclass(frozen=True)
class Knock:
    """What is sent once: true, again, forged or garbage; of which account, if it is true."""

    kind: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    account: UUID | None = None


@dataclass
class Watched:
    """Accounts by their channels: half of them at Google, half at Outlook.

    house  a group beside them, at whose pages its coordinator looks
    """

    runtime: Runtime
    port: int
    channels: dict[UUID, UUID]
    house: House
    process: "subprocess.Popen[bytes]"

    def knocks(self, chance: random.Random) -> Iterator[Knock]:
        """60 % are true, 20 % are told again, 15 % are forged, 5 % are garbage."""
        told: list[Knock] = []
        while True:
            [kind] = chance.choices(["true", "again", "forged", "garbage"], [60, 20, 15, 5])
            channel, account = chance.choice(list(self.channels.items()))
            if kind == "again" and told:
                yield chance.choice(told[-20:])
            elif kind == "forged":
                forged = chance.choice([(uuid4(), secret_of(channel)), (channel, "a guess")])
                many = chance.random() < MADE_UP
                yield _made_up() if many else _knock(chance, kind, *forged, None)
            elif kind == "garbage":
                yield Knock(kind, "/hooks/graph", {}, chance.randbytes(chance.randrange(2000)))
            else:
                told.append(_knock(chance, "true", channel, secret_of(channel), account))
                yield told[-1]

    def send(self, connection: HTTPConnection, knock: Knock) -> int:
        connection.request("POST", knock.path, knock.body, knock.headers)
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def looked_at(self, ending: Event) -> list[float]:
        """Look at the group's pages, one after the other, and return the seconds of each."""
        group, connection = self.house.group, HTTPConnection("127.0.0.1", self.port, timeout=30)
        pages = [f"/groups/{group}", f"/groups/{group}/plans/{self.house.plan}", "/me"]
        with self.runtime.work() as work:
            secret = sessions.opened(work, self.house.people["coordinator"])
        found: list[float] = []
        while not ending.wait(0.1):
            began = time.perf_counter()
            path = pages[len(found) % len(pages)]
            connection.request("GET", path, headers={**PAGE, "Cookie": f"session={secret}"})
            answer = connection.getresponse()
            assert (answer.status, b"Sign in</h1>" in answer.read()) == (200, False), path
            found.append(time.perf_counter() - began)
        connection.close()
        return found

    def rows(self, table: type[Any]) -> list[Any]:
        with self.runtime.reading() as work:
            return list(work.session.scalars(select(table)))

    def looks(self) -> list[UUID]:
        """The accounts that somebody is to look at, as often as they are."""
        return [row.subject for row in self.rows(OutboxRow) if row.fact == "AccountDue"]


def secret_of(channel: UUID) -> str:
    return f"what only the host of {channel} knows"


def _made_up() -> Knock:
    """As many forged notifications as are taken at once, none like another."""
    items = [{"subscriptionId": str(uuid4()), "clientState": str(uuid4())} for _ in range(500)]
    return Knock("forged", "/hooks/graph", {}, json.dumps({"value": items}).encode())


def _knock(
    chance: random.Random, kind: str, channel: UUID, secret: str, account: UUID | None
) -> Knock:
    if chance.random() < 0.5:
        headers = {
            "X-Goog-Channel-ID": str(channel),
            "X-Goog-Channel-Token": secret,
            "X-Goog-Resource-ID": f"remote {channel}",
            "X-Goog-Resource-State": "exists",
        }
        return Knock(kind, "/hooks/google", headers, b"", account)
    item = {"subscriptionId": f"remote {channel}", "clientState": secret, "resource": "x" * 300}
    return Knock(kind, "/hooks/graph", {}, json.dumps({"value": [item]}).encode(), account)


@contextmanager
def watched(home: Path, url: str, accounts: int) -> Iterator[Watched]:
    runtime = a_runtime(home, url)
    channels = _channels(runtime, accounts)
    house = furnished(peopled(House(runtime, create_app(runtime))))
    port = free_port()
    env = clean_environment(HOME=str(home), DATABASE_URL=url, LISTEN=f"127.0.0.1:{port}")
    with (home / "said").open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "services", "web"], cwd=ROOT, env=env, stdout=said, stderr=said
        )
    found = Watched(runtime, port, channels, house, process)
    try:
        await_(lambda: _answers(port), "a service that answers")
        yield found
    finally:
        process.kill()
        process.wait()
        runtime.engine.dispose()


def _channels(runtime: Runtime, accounts: int) -> dict[UUID, UUID]:
    person, ago = a_person(runtime, "ada@example.org"), now() - timedelta(hours=1)
    found = {}
    with runtime.work() as work:
        for number in range(accounts):
            account, channel = new_id(), uuid4()
            found[channel] = account
            work.add(
                AccountRow(
                    id=account, person_id=person, host=Host.GOOGLE,
                    identity=f"{number}".encode(), sealed=b"", scopes=[],
                    created_at=ago, consented_at=ago, due_at=now() + timedelta(hours=6),
                )
            )  # fmt: skip
            work.session.flush()
            work.add(
                CalendarRow(
                    person_id=person, kind=CalendarKind.WORK, source=Source.ACCOUNT,
                    account_id=account, main=True, created_at=ago, tried_at=ago, read_at=ago,
                ),
                ChannelRow(
                    id=channel, account_id=account, address="", opened_at=ago, sealed=b"",
                    secret_hash=hashed(secret_of(channel)), remote=hashed(f"remote {channel}"),
                    until_at=now() + timedelta(days=7), renew_at=now() + timedelta(days=3),
                ),
            )  # fmt: skip
    return found


def _answers(port: int) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
