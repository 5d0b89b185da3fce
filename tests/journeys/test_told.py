"""Hosts that tell, from end to end: what somebody changes there is known here in a moment."""

import socket
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from threading import Thread
from typing import Any

import httpx
import pytest
import trustme
from playwright.sync_api import Browser

from services.config import Settings
from services.storage import calendars, people
from services.wiring import Runtime
from tests.flow.owner import Owner
from tests.journeys.service import started
from tests.journeys.town import COORDINATOR, Somebody, Town, until
from tests.journeys.window import CONNECT, OUTLOOK
from tests.sizes import size
from tests.up.running import free_port

pytestmark = pytest.mark.xdist_group("google")  # no other service beside it
_CHANGES = "select count(*) from outbox where fact = 'BusyChanged'"
_HEARD = "select count(*) from channel where heard_at is not null"
_WATCHED = "select count(*) from channel where renew_at is not null"
_MOST = 5 * 5  # seconds; five are meant
_ROUNDS = size(1, 40)


@contextmanager
def https(port: int) -> Iterator[str]:
    """An https address before ours, as a proxy is; it takes each connection to that port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    taken, _ = listener.accept()
                except OSError:
                    return  # it is closed
                Thread(target=pass_on, args=[taken], daemon=True).start()

        def pass_on(taken: socket.socket) -> None:
            with (
                context.wrap_socket(taken, server_side=True) as theirs,
                socket.create_connection(("127.0.0.1", port)) as ours,
            ):
                ours.settimeout(10)
                Thread(target=pump, args=[ours, theirs], daemon=True).start()
                pump(theirs, ours)

        def pump(one: socket.socket, other: socket.socket) -> None:
            try:
                while said := one.recv(65_536):
                    other.sendall(said)
            except OSError:
                pass  # either has ended

        Thread(target=serve, daemon=True).start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture(scope="module")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """A service that hosts can reach, and that reads by itself every few seconds."""
    home, port = tmp_path_factory.mktemp("told") / "home", free_port()
    with https(port) as address:
        env = {
            "COMMONHOUR_LISTEN": f"127.0.0.1:{port}", "COMMONHOUR_PUSH_URL": address,
            "COMMONHOUR_ONCE": "1", "COMMONHOUR_REFRESH": "6", "COMMONHOUR_TICK": "0.2",
        }  # fmt: skip
        with started(home, env, sandbox=True) as service:
            trusting = ssl.create_default_context(cafile=home / "sandbox" / "ca.pem")
            client = httpx.Client(base_url=service.sandbox, verify=trusting, trust_env=False)
            with client as sandbox:
                yield Town(service, browser, service.api(COORDINATOR), sandbox)


@pytest.mark.parametrize(
    ("who", "button"),
    [
        (Somebody("Ada Quill", "ada@example.org"), CONNECT),
        (Somebody("Bea Lund", "bea@example.org", "work"), OUTLOOK),
    ],
)
def test_what_is_changed_at_a_host_is_known_in_a_moment(
    town: Town, who: Somebody, button: str
) -> None:
    town.let_in(who, town.busy())
    connects(town, who, button)
    a_minute_passes(town)
    before, heard = counted(town, _CHANGES), counted(town, _HEARD)
    began = datetime.now(UTC)

    town.let_in(who, town.clinic() | {"main": True})

    until(lambda: counted(town, _CHANGES), lambda found: found > before)
    seconds = (datetime.now(UTC) - began).total_seconds()
    print(f"{who.host}: {seconds:.1f} s until it was known")
    assert seconds < _MOST
    assert counted(town, _HEARD) > heard  # it was told, and not just read again


def test_whatever_befalls_a_host_all_is_known_and_nothing_is_shown_free(town: Town) -> None:
    chance, runtime = Random(1), Runtime.of(Settings(home=town.service.home))
    owners = []
    with ExitStack() as judging:
        judging.callback(runtime.engine.dispose)
        for who, button in (
            (Somebody("Cyd Marsh", "cyd@example.org"), CONNECT),
            (Somebody("Dee Orton", "dee@example.org", "work"), OUTLOOK),
        ):
            owners.append(Owner(There(town, runtime, who), chance))
            owners[-1].moves_in()
            connects(town, who, button)
            judging.enter_context(owners[-1].judged())
        for _ in range(_ROUNDS):
            befalls(town, chance)
            for owner in owners:
                owner.changes()
            for owner in owners:
                until(owner.is_known, bool)


@dataclass
class There:
    """Somebody's calendar in the sandbox, and what the running service knows of it."""

    town: Town
    runtime: Runtime
    who: Somebody

    def put(self, event: dict[str, Any]) -> None:
        self.town.let_in(self.who, {"main": True, "events": [event]})

    def now(self) -> datetime:
        return datetime.now(UTC)

    def known(self) -> tuple[datetime | None, list[tuple[int, int]]]:
        with self.runtime.reading() as work:
            person = people.by_email(work, self.who.email)
            found = [] if person is None else calendars.of_person(work, person.id)
        row, busy = found[0] if found else (None, None)
        if row is None or busy is None:
            return None, []
        return row.read_at, [(each.start, each.end) for each in busy.events.intervals()]


def befalls(town: Town, chance: Random) -> None:
    """Let something befall the hosts: what they tell, and how they are read."""
    fortunes = {"lose": 0.2, "duplicate": 100, "forge": 5, "reorder": True}
    others: list[dict[str, Any]] = [
        {"expire": "tokens"}, {"expire": "cursors"}, {"lifecycle": "subscriptionRemoved"},
        {"lifecycle": "missed"},
        {"match": {"path": "events|delta"}, "do": {"drop": True}, "nth": chance.randrange(1, 4)},
    ]  # fmt: skip
    town.control("faults", {"notifications": fortunes})
    town.control("faults", chance.choice(others))


def connects(town: Town, who: Somebody, button: str) -> None:
    """Let somebody connect their account; wait until it is watched."""
    town.group(who)
    watched = counted(town, _WATCHED)
    with town.joined(who) as window:
        window.open("/me")
        window.consents(button, who.email)
        window.chooses()
    until(lambda: counted(town, _WATCHED), lambda found: found > watched)


def a_minute_passes(town: Town) -> None:
    """Let what was read have been read a while ago: nothing is read twice within a minute."""
    with closing(sqlite3.connect(town.service.home / "commonhour.db", timeout=20)) as database:
        database.execute("update calendar set tried_at = datetime(tried_at, '-3 minutes')")
        database.commit()


def counted(town: Town, question: str) -> int:
    file = f"file:{town.service.home / 'commonhour.db'}?mode=ro"
    with closing(sqlite3.connect(file, uri=True)) as database:
        return int(database.execute(question).fetchone()[0])
