"""Outlook accounts through the whole service: what Microsoft asks of us, and what it takes away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import sleep
from typing import Any

import pytest

from scheduler.errors import TryLater
from scheduler.model.busy import Kind
from services.facts import AccountDue
from services.flow import listing
from services.storage.rows.accounts import Host
from services.storage.rows.outbox import TaskState
from services.storage.rows.people import Purpose
from tests.flow.google_town import DAY, HOUR, MONDAY, WEEK, a_town
from tests.flow.outlook_town import OutlookTown
from tests.runtimes import drained, tasks
from tests.sizes import size

ADA, BOB = "ada@example.org", "bob@example.org"


class Personal(OutlookTown):
    """The same, with accounts that people have for themselves."""

    kind = "personal"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[OutlookTown]:
    with a_town(OutlookTown, tmp_path / "town") as town:
        yield town


@pytest.fixture
def either_town(tmp_path: Path, database_url: str) -> Iterator[OutlookTown]:
    with a_town(OutlookTown, tmp_path / "town", database_url) as town:
        yield town


@pytest.mark.parametrize("of", [OutlookTown, Personal])
def test_each_kind_of_time_is_read_as_what_it_is(of: type[OutlookTown], tmp_path: Path) -> None:
    with a_town(of, tmp_path / "town") as town:
        town.moves_in(ADA)
        shown = ["busy", "tentative", "oof", "free", "workingElsewhere", "unknown"]
        for day, each in enumerate(shown):
            shows(town, each, MONDAY + day * DAY)

        town.later(hours=7)

        _, busy = town.calendars(ADA)[0]
        assert busy is not None
        assert [(each.start, each.kind) for each in busy.events.intervals()] == [
            (MONDAY, Kind.BUSY),
            (MONDAY + DAY, Kind.TENTATIVE),
            (MONDAY + 2 * DAY, Kind.UNAVAILABLE),
            (MONDAY + 5 * DAY, Kind.BUSY),
        ]


def shows(town: OutlookTown, what: str, start: int) -> None:
    """Take an hour in somebody's calendar that shows as this."""
    town.occupy(ADA, (start, start + HOUR))
    world = town.running.world
    event = world.events(ADA)[-1]
    free = what in ("free", "workingElsewhere")
    transparency = "transparent" if free else "opaque"
    own = {"transparency": transparency, "outlook": {"showAs": what}}
    world.put(ADA, {**event, **own}, by=ADA)


WAITS: list[tuple[int, dict[str, str], int]] = [
    (429, {"Retry-After": "7"}, 7),
    (503, {}, 30),
    (429, {"Retry-After": "99999999999"}, DAY),
]


@pytest.mark.parametrize(("status", "headers", "seconds"), WAITS)
def test_a_mailbox_rests_for_as_long_as_microsoft_says_and_others_do_not(
    town: OutlookTown, status: int, headers: dict[str, str], seconds: int
) -> None:
    for each in (ADA, BOB):
        town.moves_in(each, *WEEK)
    town.fault(ADA, status=status, headers=headers, reason="ApplicationThrottled", times=None)
    start = town.mark()

    town.later(hours=7)
    assert len(town.asked(ADA, start)) == 1  # whoever is asked to wait asks nothing more
    assert town.calendars(BOB)[0][0].read_at == town.clock()
    pause = town.mark()
    town.mended()
    town.later(seconds=seconds - 1)
    with town.runtime.work() as work:
        work.record(AccountDue(town.accounts[ADA]))
    drained(town.runtime)
    assert town.asked(ADA, pause) == []
    assert town.busy(ADA) == WEEK

    town.later(seconds=seconds * 0.2 + 360)
    assert town.troubles(ADA) == [None]
    assert tasks(town.runtime, TaskState.QUARANTINED) == []


def test_a_mailbox_is_never_asked_by_more_than_three_at_a_time(either_town: OutlookTown) -> None:
    town = either_town
    town.moves_in(ADA, *WEEK)
    town.running.quotas.forget()
    town.running.faults.take({"delay_all": 0.05})

    def ask(_: int) -> int:
        for _ in range(2000):
            try:
                runtime, account = town.runtime, town.accounts[ADA]
                return len(listing.offered(runtime, runtime.opening, town.people[ADA], account))
            except TryLater:
                sleep(0.02)  # all places are taken, or somebody was told so a moment ago
                town.clock.forward(seconds=0.05)  # a place is kept for minutes
        return 0

    with ThreadPoolExecutor(12) as pool:
        assert set(pool.map(ask, range(size(24, 200)))) == {1}

    told = town.running.quotas.told()
    assert 2 <= told["at_once"]["people"][ADA] <= 3
    assert told["refused"] == {}


def test_twenty_who_find_access_over_renew_it_once(either_town: OutlookTown) -> None:
    town = either_town
    town.moves_in(ADA, *WEEK)
    town.running.world.entra.rule(rotate=True)
    town.running.world.entra.expire("access", ADA)
    start = town.mark()

    def read(_: int) -> int:
        for _ in range(2000):
            try:
                runtime, account = town.runtime, town.accounts[ADA]
                opened = runtime.opening.provider(Host.OUTLOOK, account, town.scopes)
                with opened as provider:
                    return len(provider.calendars())
            except TryLater:
                sleep(0.02)  # somebody else renews it
        return 0

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(read, range(20))) == {1}

    assert town.tokens(start) == 1
    town.clock.forward(hours=2)  # it was kept before it was used: the next one works as well
    town.running.world.clock.advance(2 * HOUR)
    assert read(0) == 1
    assert town.tokens(start) == 2


ENDS: list[dict[str, Any]] = [
    {"interaction_required": [ADA]},
    {"consent": "withdrawn"},
    {"refresh": "expired"},
]


@pytest.mark.parametrize("how", ENDS, ids=str)
def test_an_account_that_lets_us_in_no_more_is_said_once_and_the_group_goes_on(
    town: OutlookTown, how: dict[str, Any]
) -> None:
    for each in (ADA, BOB):
        town.moves_in(each, *WEEK)
    entra = town.running.world.entra
    if "interaction_required" in how:
        entra.rule(**how)
    elif "consent" in how:
        entra.remove(ADA)
    else:
        entra.expire("refresh", ADA)
    start = town.mark()

    for _ in range(8):
        town.later(days=1)

    assert town.account(ADA).lost_at is not None
    assert len(town.asked(ADA, start)) <= 2
    assert town.mails(ADA, Purpose.RECONNECT) == 1
    assert town.mails(BOB, Purpose.RECONNECT) == 0
    assert (town.busy(ADA), town.troubles(BOB)) == (WEEK, [None])
    town.connects(ADA)
    drained(town.runtime)
    assert town.troubles(ADA) == [None]


def test_a_microsoft_that_cannot_renew_just_now_ends_nothing(town: OutlookTown) -> None:
    town.moves_in(ADA, *WEEK)
    town.fault(path="/oauth2/v2.0/token", status=503, times=None)

    town.later(hours=7)
    assert town.account(ADA).lost_at is None
    assert town.busy(ADA) == WEEK
    town.mended()
    town.later(hours=1)

    assert town.troubles(ADA) == [None]
    assert town.mails(ADA, Purpose.RECONNECT) == 0
