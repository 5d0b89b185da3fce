"""What is read of accounts: whatever goes wrong at their host, no taken time is ever free."""

import multiprocessing
import os
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest

from calendar_sync import connection
from calendar_sync.google.consent import SCOPES
from calendar_sync.google.host import GoogleHost
from calendar_sync.google.where import Where
from calendar_sync.host import Grant
from services.config import Settings
from services.facts import AccountDue
from services.flow import access, consent, doubts, sessions
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.outbox import TaskState
from services.storage.rows.people import Purpose
from services.wiring import Runtime
from tests.flow.google_town import (
    DAY,
    HOUR,
    MONDAY,
    WEEK,
    GoogleTown,
    a_town,
    at,
)
from tests.flow.outlook_town import OutlookTown
from tests.runtimes import drained, tasks
from tests.sandbox.running import RETURN, a_client
from tests.sizes import size

ADA, BOB = "ada@example.org", "bob@example.org"
TOWNS = [GoogleTown, OutlookTown]


@pytest.fixture(params=TOWNS)
def town(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[GoogleTown]:
    with a_town(request.param, tmp_path / "town") as town:
        yield town


@pytest.fixture(params=TOWNS)
def either_town(
    tmp_path: Path, database_url: str, request: pytest.FixtureRequest
) -> Iterator[GoogleTown]:
    with a_town(request.param, tmp_path / "town", database_url) as town:
        yield town


@pytest.fixture
def google_town(tmp_path: Path) -> Iterator[GoogleTown]:
    with a_town(GoogleTown, tmp_path / "town") as town:
        yield town


def trouble(town: GoogleTown) -> list[dict[str, Any]]:
    """What may come of a request."""
    return [
        {"status": 410, "reason": town.expired},
        {"status": 500},
        {"status": 200},
        {"status": 404, "reason": town.missing},
        {"cut": 20},
        {"drop": True},
        {"commit_then_drop": True},
    ]


@contextmanager
def watched(town: GoogleTown) -> Iterator[list[int]]:
    """Ask what a plan would take somebody's time for, twenty times a second."""
    seen: list[int] = []
    over = Event()

    def watch() -> None:
        while not over.wait(0.05):
            [events] = town.question().events
            assert events is not None
            rows = events.rows
            seen.append(int((rows[:, 1] - rows[:, 0]).sum()))

    thread = Thread(target=watch)
    thread.start()
    try:
        yield seen
    finally:
        over.set()
        thread.join()


def test_whatever_page_is_lost_no_time_was_ever_free(either_town: GoogleTown) -> None:
    town = either_town
    town.limited()
    town.moves_in(ADA, *WEEK)
    town.running.world.expire_cursors()
    start = town.mark()
    town.later(hours=7)
    requests = len(town.asked(ADA, start))
    assert requests >= 4
    rounds = [(nth, do) for do in trouble(town) for nth in range(1, requests + 1)]
    some = rounds[:: size(max(1, len(rounds) // 8), 1)]

    with watched(town) as seen:
        for number, (nth, do) in enumerate(some, 1):
            town.occupy(ADA, (MONDAY + number * DAY, MONDAY + number * DAY + 9 * HOUR))
            town.running.world.expire_cursors()
            town.fault(ADA, nth=nth, **do)
            with town.runtime.work() as work:
                work.record(AccountDue(town.accounts[ADA]))
            town.later(minutes=6)
            town.mended()
    assert len(seen) >= 5
    assert seen == sorted(seen)  # time was only ever added

    town.later(hours=7)
    town.later(hours=7)
    assert town.troubles(ADA) == [None]
    assert sum(end - start for start, end in town.busy(ADA)) >= len(some) * 9 * HOUR
    assert tasks(town.runtime, TaskState.QUARANTINED) == []


@pytest.mark.parametrize("left", [0, 2], ids=["emptied", "shrunken"])
def test_a_calendar_that_suddenly_holds_less_is_a_question(town: GoogleTown, left: int) -> None:
    town.moves_in(ADA, *WEEK)
    town.frees(ADA, left)

    town.later(hours=7)

    [(row, _)] = town.calendars(ADA)
    assert row.doubted_at is not None
    assert town.busy(ADA) == WEEK
    town.later(hours=7)
    assert town.busy(ADA) == WEEK
    with town.runtime.work(town.people[ADA]) as work:
        doubts.believe(work, row.id)
    drained(town.runtime)
    assert (town.busy(ADA), town.troubles(ADA)) == (WEEK[:left], [None])


def test_a_calendar_that_was_deleted_is_said_and_the_others_are_read(town: GoogleTown) -> None:
    town.moves_in(ADA, *WEEK, also=("Lectures",))
    gone = town.running.world.calendars(ADA)[1].id
    town.running.world.remove_calendar(gone)
    town.occupy(ADA, (MONDAY - 2 * HOUR, MONDAY - HOUR))

    town.later(hours=7)

    told = {row.main: row for row, _ in town.calendars(ADA)}
    assert told[True].failed_what is None
    assert re.search("not there|gone", str(told[False].failed_what))
    assert "choose another calendar" in str(told[False].failed_remedy)
    assert sorted(len(town.busy(ADA, place)) for place in (0, 1)) == [7, 8]
    for _ in range(20):
        town.later(hours=1)
    assert town.mails(ADA, Purpose.CALENDAR_LOST) == 1

    town.chooses(ADA)
    assert town.troubles(ADA) == [None]


def test_a_host_that_hangs_is_given_up_and_asked_later(
    town: GoogleTown, monkeypatch: pytest.MonkeyPatch
) -> None:
    town.moves_in(ADA, *WEEK)
    town.fault(ADA, delay=0.4, times=None)

    with monkeypatch.context() as hasty:
        for each in ("_TIMES", "_LONG_TIMES"):
            hasty.setattr(connection, each, httpx.Timeout(0.1).as_dict())
        town.later(hours=7)
    town.mended()
    town.later(minutes=6)

    assert (town.troubles(ADA), town.busy(ADA)) == ([None], WEEK)
    assert town.calendars(ADA)[0][0].read_at == town.clock()


def test_a_host_that_is_down_for_a_day_is_one_notice_for_each(town: GoogleTown) -> None:
    for each in (ADA, BOB):
        town.moves_in(each, *WEEK, also=("Lectures",))
    here = town.host
    town.hosts[town.at] = town.nowhere()

    for _ in range(48):
        town.later(minutes=30)

    for each in (ADA, BOB):
        assert town.mails(each, Purpose.CALENDAR_LOST) == 1
        assert town.mails(each, Purpose.RECONNECT) == 0
        assert [town.busy(each, place) for place in (0, 1)] == [WEEK, WEEK]
        assert town.account(each).lost_at is None
    town.hosts[town.at] = here
    town.later(hours=7)
    assert town.troubles(ADA) == town.troubles(BOB) == [None, None]
    assert tasks(town.runtime, TaskState.QUARANTINED) == []


def test_an_account_is_connected_by_consent(google_town: GoogleTown) -> None:
    town = google_town
    town.running.world.add_person(ADA, "Ada", "Europe/Berlin")
    town.occupy(ADA, *WEEK)
    town.joins(ADA)
    keys, ada = town.runtime.keys, town.people[ADA]
    with town.runtime.work() as work:
        secret = sessions.opened(work, ada)
    with town.runtime.reading() as work:
        session = sessions.current(work, secret)
    assert session is not None
    with town.runtime.work(ada) as work:
        url = consent.ask(work, keys, town.host, Host.GOOGLE, session.id, redirect=RETURN)
    with a_client(town.running) as person:
        said = {"decision": "allow", "scope": list(SCOPES)}
        back = person.post(f"{url}&as=ada", data=said).headers["Location"]
    told = parse_qs(urlsplit(back).query)
    with town.runtime.work(ada) as work:
        answer = consent.answered(work, keys, Host.GOOGLE, session.id, told["state"][0])
    grant = town.host.redeem(answer.asked, told["code"][0], town.clock())
    with town.runtime.work(ada) as work:
        row = consent.granted(work, keys, answer, grant, session.id)
        assert isinstance(row, AccountRow)
        town.accounts[ADA] = row.id

    town.chooses(ADA)

    assert (town.busy(ADA), town.troubles(ADA)) == (WEEK, [None])


class Dying(GoogleHost):
    """Is killed when the new access has arrived and nothing of it is kept."""

    def renew(self, grant: Grant, now: datetime) -> Grant:
        super().renew(grant, now)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def die(settings: Settings, where: Where, account: UUID, now: datetime) -> None:
    """Renew access in a process of its own."""
    runtime = Runtime.of(settings)
    runtime.clock = lambda: now
    access.Held(runtime, runtime.keys, Dying(where), account, runtime.clock).token()


@pytest.mark.parametrize("rotate", [False, True])
def test_whoever_is_killed_between_the_answer_and_keeping_it_costs_one_consent_at_most(
    google_town: GoogleTown, *, rotate: bool
) -> None:
    town = google_town
    town.moves_in(ADA, *WEEK)
    town.running.world.grants.tokens.rule(rotate=rotate)
    town.clock.forward(hours=7)
    town.running.world.clock.advance(7 * HOUR)
    start = town.mark()
    said = town.runtime.settings, at(town.running), town.accounts[ADA], town.clock()
    process = multiprocessing.get_context("spawn").Process(target=die, args=said)
    process.start()
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert town.tokens(start) == 1

    town.later()  # whoever comes next waits for the lease of the one who died
    town.later(minutes=4)

    assert (town.account(ADA).lost_at is not None) == rotate
    assert town.mails(ADA, Purpose.RECONNECT) == rotate
    assert town.busy(ADA) == WEEK
    if rotate:
        town.connects(ADA)
        drained(town.runtime)
    assert town.troubles(ADA) == [None]
    assert town.mails(ADA, Purpose.RECONNECT) == rotate
