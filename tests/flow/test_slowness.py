"""A host that answers nobody keeps no worker from the others."""

from datetime import timedelta

import pytest

from calendar_sync.errors import Silence
from scheduler.errors import TryLater
from services.flow import polling, slowness
from services.storage.rows.accounts import Host
from tests.flow.accounts_town import MAIN, Flat
from tests.flow.test_together import READING, due, waiting_plan
from tests.runtimes import aged, drained


def asked_in_vain(flat: Flat, times: int, seconds: float = 10.0) -> None:
    with flat.runtime.work() as work:
        for _ in range(times):
            slowness.note(work, Host.GOOGLE, seconds)


def test_after_a_few_vain_readings_nobody_of_a_host_is_read_for_a_while(
    either_flat: Flat,
) -> None:
    flat = either_flat
    account = flat.connected()
    flat.clock.forward(minutes=5)
    before = flat.calendars()[0][0]
    asked_in_vain(flat, slowness.VAIN)
    due(flat, account)

    assert READING in drained(flat.runtime)

    [(calendar, _)] = flat.calendars()
    assert (calendar.tried_at, calendar.failures) == (before.tried_at, before.failures)
    flat.clock.forward(minutes=2)
    aged(flat.runtime, minutes=2)
    drained(flat.runtime)
    assert flat.calendars()[0][0].tried_at == flat.clock.now


def test_who_is_silent_alone_keeps_their_host_from_nobody(either_flat: Flat) -> None:
    flat = either_flat
    account = flat.connected()
    flat.clock.forward(minutes=5)
    asked_in_vain(flat, slowness.VAIN - 1)
    due(flat, account)

    drained(flat.runtime)  # this one is told
    asked_in_vain(flat, slowness.VAIN - 1)

    with flat.runtime.reading() as work:
        slowness.let_rest(work, Host.GOOGLE)


def test_a_rest_makes_nothing_older_than_is_promised_to_those_who_plan() -> None:
    last = polling.between(polling.SOON, polling.SOON, lambda: 0.0)
    put_off = 1.1 * slowness.REST  # `claims` spreads what is put off

    assert last + put_off < polling.SOON


def test_a_plan_asks_all_the_same(flat: Flat) -> None:
    flat.connected()
    flat.clock.forward(minutes=5)
    asked_in_vain(flat, slowness.VAIN)

    waiting_plan(flat)
    drained(flat.runtime)

    assert flat.calendars()[0][0].tried_at == flat.clock.now


@pytest.mark.parametrize("seconds", [0.0, 10.0])
def test_quick_answers_and_few_vain_ones_mean_nothing(flat: Flat, seconds: float) -> None:
    account = flat.connected()
    flat.clock.forward(minutes=5)
    asked_in_vain(flat, slowness.VAIN - 1 if seconds else 50, seconds)
    due(flat, account)

    drained(flat.runtime)

    assert flat.calendars()[0][0].tried_at == flat.clock.now


def test_a_reading_that_tells_nothing_and_takes_long_is_one(
    flat: Flat, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = flat.connected()
    monkeypatch.setattr(slowness, "LONG", 0.0)
    said = Silence("It takes too long to answer", remedy="wait", seconds=30)
    flat.host.accounts["ada@example.org"].trouble(MAIN, said)

    flat.clock.forward(minutes=5)
    asked_in_vain(flat, slowness.VAIN - 1)
    due(flat, account)
    drained(flat.runtime)

    with flat.runtime.reading() as work, pytest.raises(TryLater) as told:
        slowness.let_rest(work, Host.GOOGLE)
    assert told.value.seconds <= timedelta(minutes=1).total_seconds()


def test_an_address_that_somebody_entered_says_nothing_of_others(flat: Flat) -> None:
    with flat.runtime.work() as work:
        for _ in range(9):
            slowness.note(work, Host.CALDAV, 10.0)
    with flat.runtime.reading() as work:
        slowness.let_rest(work, Host.CALDAV)
