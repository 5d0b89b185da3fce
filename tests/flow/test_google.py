"""Accounts at Google through the whole service: what Google asks of us, and what it takes away."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from time import sleep

import pytest

from calendar_sync.errors import ReconnectNeeded, Wait
from calendar_sync.google.consent import SCOPES
from calendar_sync.host import Grant
from scheduler.errors import TryLater
from services.facts import AccountDue
from services.flow import access, listing, plans, read_now
from services.flow.errors import TooMany
from services.storage.rows.accounts import Host
from services.storage.rows.outbox import TaskState
from services.storage.rows.people import Purpose
from services.times import Times
from tests.flow.google_town import DAY, HOUR, MONDAY, WEEK, GoogleTown, Timely, a_google_town
from tests.runtimes import drained, tasks
from tests.sizes import size

ADA, BOB = "ada@example.org", "bob@example.org"
DATE = {"Date": "Tue, 01 Dec 2026 16:00:00 GMT", "Retry-After": "Tue, 01 Dec 2026 16:02:00 GMT"}
PAST = {**DATE, "Retry-After": "Tue, 01 Dec 2026 15:00:00 GMT"}


@pytest.fixture
def town(tmp_path: Path) -> Iterator[GoogleTown]:
    with a_google_town(tmp_path / "town") as town:
        yield town


@pytest.fixture
def either_town(tmp_path: Path, database_url: str) -> Iterator[GoogleTown]:
    with a_google_town(tmp_path / "town", database_url) as town:
        yield town


def everybody_asks(town: GoogleTown, email: str) -> None:
    """Let a plan, the owner and the page on which they choose want to know of an account now."""
    with town.runtime.work(town.cora) as work:
        asked = plans.ask(work, town.group, town.term)
        plans.wait(work, replace(asked, stale=[row.id for row, _ in town.calendars(email)]))
    with town.runtime.work(town.people[email]) as work, pytest.raises(TooMany):
        read_now.own(work, town.calendars(email)[0][0].id)
    with pytest.raises(Wait):
        listing.offered(
            town.runtime, town.runtime.opening, town.people[email], town.accounts[email]
        )
    with town.runtime.work() as work:
        work.record(AccountDue(town.accounts[email]))


WAITS = [
    pytest.param(429, {"Retry-After": "7"}, 7, id="soon"),
    pytest.param(429, DATE, 120, id="date"),
    pytest.param(503, {}, 30, id="absent"),
    pytest.param(429, {"Retry-After": "99999999999"}, DAY, id="absurd"),
]
MORE = [
    pytest.param(503, {"Retry-After": "900"}, 900, id="long"),
    pytest.param(503, {"Retry-After": "soon"}, 30, id="words"),
    pytest.param(503, {"Retry-After": "-8"}, 30, id="negative"),
    pytest.param(429, PAST, 30, id="past"),
]


@pytest.mark.parametrize(("status", "headers", "seconds"), size(WAITS, WAITS + MORE))
def test_an_account_rests_for_as_long_as_google_says_and_others_do_not(
    town: GoogleTown, status: int, headers: dict[str, str], seconds: int
) -> None:
    for each in (ADA, BOB):
        town.moves_in(each, *WEEK)
    town.fault(ADA, status=status, headers=headers, reason="rateLimitExceeded", times=None)
    start = town.mark()

    town.later(hours=7)
    assert len(town.asked(ADA, start)) == 1  # whoever is asked to wait asks nothing more
    assert town.calendars(BOB)[0][0].read_at == town.clock()
    pause = town.mark()
    town.mended()
    for passed in (0, seconds // 2, seconds - seconds // 2 - 1):
        town.later(seconds=passed)
        everybody_asks(town, ADA)
        drained(town.runtime)
    assert town.asked(ADA, pause) == []
    assert town.busy(ADA) == WEEK

    town.later(seconds=seconds * 0.2 + 360)
    assert town.troubles(ADA) == [None]
    assert town.calendars(ADA)[0][0].failures == 0
    assert tasks(town.runtime, TaskState.QUARANTINED) == []


def test_nothing_more_is_asked_of_an_account_once_it_has_to_wait(town: GoogleTown) -> None:
    town.moves_in(ADA, *WEEK, also=("Lectures", "Travel"))
    everywhere = [each.id for each in town.running.world.calendars(ADA)]
    for each in everywhere:
        town.occupy(each, (MONDAY + 8 * HOUR, MONDAY + 9 * HOUR))
    start = town.mark()
    town.later(hours=7)
    listed = [each for each in town.asked(ADA, start) if each["path"].endswith("/events")]
    times = [n for n, each in enumerate(listed, 1) if "timeMax" in each["asks"]]
    second = next(n for n in times if listed[n - 1]["path"] != listed[times[0] - 1]["path"])
    for each in everywhere:
        town.occupy(each, (MONDAY + 9 * HOUR, MONDAY + 10 * HOUR))
    wait = {"status": 429, "headers": {"Retry-After": "2000"}, "reason": "rateLimitExceeded"}
    town.fault(ADA, path="/events", nth=second, **wait)
    start = town.mark()

    town.later(hours=7)

    refused = [n for n, each in enumerate(town.asked(ADA, start), 1) if each["status"] == 429]
    assert refused == [len(town.asked(ADA, start))]
    assert [len(town.busy(ADA, place)) for place in range(3)] == [8, 8, 8]
    assert None not in town.troubles(ADA)
    pause = town.mark()
    everybody_asks(town, ADA)
    town.later(seconds=1999)
    assert town.asked(ADA, pause) == []
    town.later(minutes=6)
    assert [len(town.busy(ADA, place)) for place in range(3)] == [9, 9, 9]


LIMITED = [
    ("rateLimitExceeded", 30, 400),
    ("quotaExceeded", HOUR, 2 * HOUR),
    ("a reason that nobody knows", HOUR, 2 * HOUR),
    ("userRateLimitExceeded", 30, 400),
]


@pytest.mark.parametrize(("reason", "least", "most"), size(LIMITED[:2], LIMITED))
def test_a_403_about_limits_takes_nothing_away(
    town: GoogleTown, reason: str, least: int, most: int
) -> None:
    town.moves_in(ADA, *WEEK)
    town.fault(ADA, status=403, reason=reason)
    town.later(hours=7)
    pause = town.mark()

    town.later(seconds=least - 1)
    assert town.asked(ADA, pause) == []
    town.later(seconds=most - least)

    assert town.asked(ADA, pause)
    assert town.account(ADA).lost_at is None
    assert (town.troubles(ADA), town.busy(ADA)) == ([None], WEEK)
    assert town.mails(ADA, Purpose.RECONNECT) == 0


def test_who_may_not_see_what_is_new_is_read_all_the_same(town: GoogleTown) -> None:
    town.moves_in(ADA, *WEEK)
    town.occupy(ADA, (MONDAY - 5 * HOUR, MONDAY - 4 * HOUR))
    town.fault(ADA, "/events", status=403, reason="insufficientPermissions", times=None)

    town.later(hours=7)

    assert (len(town.busy(ADA)), town.troubles(ADA)) == (len(WEEK) + 1, [None])


@pytest.mark.parametrize("reason", ["insufficientPermissions", "forbidden"][: size(1, 2)])
def test_a_403_about_rights_says_what_lacks(town: GoogleTown, reason: str) -> None:
    town.moves_in(ADA, *WEEK)
    town.occupy(ADA, (MONDAY - 5 * HOUR, MONDAY - 4 * HOUR))
    town.fault(ADA, "/freeBusy", status=403, reason=reason, times=None)

    town.later(hours=7)

    [(row, _)] = town.calendars(ADA)
    assert "does not let us" in str(row.failed_what)
    assert "connect it again" in str(row.failed_remedy)
    assert town.busy(ADA) == WEEK
    assert tasks(town.runtime, TaskState.QUARANTINED) == []
    with town.runtime.work(town.cora) as work:  # and a plan goes on without it
        asked = plans.ask(work, town.group, town.term)
        plan = plans.wait(work, replace(asked, stale=[row.id])).id
    drained(town.runtime)
    with town.runtime.reading(town.cora) as work:
        assert plans.one(work, town.group, plan).state == "ready"


@pytest.mark.parametrize("how", ["revoked", "refused"])
def test_an_account_that_lets_us_in_no_more_is_said_once_and_the_group_goes_on(
    town: GoogleTown, how: str
) -> None:
    for each in (ADA, BOB):
        town.moves_in(each, *WEEK)
    if how == "revoked":
        town.running.world.grants.remove(ADA)
    else:  # although every token is new
        town.fault(ADA, status=401, reason="authError", times=None)
    start = town.mark()

    town.later(hours=7)

    assert town.account(ADA).lost_at == town.clock()
    assert town.troubles(ADA) == [access.OVER[0]]
    assert town.calendars(BOB)[0][0].read_at == town.clock()
    assert len(town.asked(ADA, start)) <= 2
    pause = town.mark()
    for _ in range(6):
        town.later(days=1)
    assert town.asked(ADA, pause) == []
    assert town.mails(ADA, Purpose.RECONNECT) == 1
    assert town.mails(BOB, Purpose.RECONNECT) == 0
    assert town.busy(ADA) == WEEK
    town.mended()
    town.connects(ADA)
    drained(town.runtime)
    assert town.troubles(ADA) == [None]


@pytest.mark.parametrize("rotate", [False, True])
def test_twenty_who_find_access_over_renew_it_once(
    either_town: GoogleTown, *, rotate: bool
) -> None:
    town = either_town
    town.limited()
    town.moves_in(ADA, *WEEK)
    town.running.world.grants.tokens.rule(rotate=rotate)
    town.running.world.grants.expire("access", ADA)
    start = town.mark()

    def read(_: int) -> int:
        for _ in range(2000):
            try:
                with town.runtime.opening.provider(
                    Host.GOOGLE, town.accounts[ADA], frozenset(SCOPES)
                ) as provider:
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


def test_consent_that_is_given_while_the_old_one_is_refused_stays(town: GoogleTown) -> None:
    town.moves_in(ADA, *WEEK)
    town.running.world.grants.remove(ADA)

    class Slow(Timely):
        def renew(self, grant: Grant, now: datetime) -> Grant:
            town.connects(ADA)
            raise ReconnectNeeded("The account no longer admits us", remedy="connect it again")

    held = access.Held(
        town.runtime,
        town.runtime.keys,
        Slow(town.host.where),
        town.accounts[ADA],
        town.clock,
    )
    town.clock.forward(hours=2)
    with pytest.raises(Wait):
        held.token()

    assert town.account(ADA).lost_at is None
    town.later(minutes=1)
    assert town.troubles(ADA) == [None]


def test_our_share_ends_before_googles_limit(town: GoogleTown) -> None:
    town.limited(each_in_a_minute=400)
    town.running.quotas.limit(per_person=400)
    town.moves_in(ADA, *WEEK)
    start = town.mark()

    town.runtime.settings = replace(town.runtime.settings, times=Times(once=0.5))
    for turn in range(30):  # a reading every other second is more than Google takes
        town.occupy(ADA, (MONDAY + turn * DAY, MONDAY + turn * DAY + 9 * HOUR))
        with town.runtime.work() as work:
            work.record(AccountDue(town.accounts[ADA]))
        town.later(seconds=2)

    asked = town.asked(ADA, start)
    assert len(asked) > 250
    assert {each["status"] for each in asked} == {200}
    town.later(hours=1)
    assert town.troubles(ADA) == [None]
