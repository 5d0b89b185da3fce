"""When calendars are read again: by the numbers of a semester, and in a town."""

import tracemalloc
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from calendar_sync.google.host import GoogleHost
from calendar_sync.google.where import Where
from services import clock
from services.facts import AccountDue, CalendarDue
from services.flow import plans, polling
from services.flow.polling import AWAKE, ONCE, SOON
from services.storage import gates
from services.storage.rows.accounts import Host
from services.storage.rows.plans import PlanState
from services.storage.work import Work
from tests.flow.accounts_town import Flat
from tests.flow.semester import DAY, REFRESH, Semester
from tests.flow.town import MONDAYS, PATH, TUESDAYS, Town, once
from tests.runtimes import drained, ticked
from tests.sizes import size

PEOPLE = size(64, 6_000)
EVERYBODY = 6_000
EXPECTED = 110_000  # requests of a day at Google, for everybody


def usual_plans(chance: Random) -> list[float]:
    """A group plans in the first month, and looks at its plan now and then."""
    planned = chance.uniform(0, 28) * DAY
    return [planned, *(planned + chance.uniform(0, 40) * 3600 for _ in range(2))]


def usual_dates(chance: Random) -> list[float]:
    """It meets about once a month from then on."""
    return [chance.uniform(28, 182) * DAY for _ in range(6)]


@pytest.mark.timeout(size(60, 3_600))
def test_a_semester_stays_within_the_hosts_day_and_nothing_grows_old() -> None:
    seed = 20_270_104
    print("seed", seed)

    found = Semester(PEOPLE, Random(seed)).lived(182, usual_plans, usual_dates)

    days = [found.per_day[day] * EVERYBODY / PEOPLE for day in range(1, 182)]
    print("requests a day: most", max(days), "mean", sum(days) / len(days), "peak", found.peak)
    print("of them for answers", found.answers * EVERYBODY / PEOPLE / 182)
    assert sum(days) / len(days) <= EXPECTED
    assert max(days) <= 400_000  # our share of the host's day
    assert found.soon <= SOON.total_seconds()
    assert found.late <= REFRESH.total_seconds()


def test_after_an_outage_it_is_not_everybodys_turn_at_once_again() -> None:
    chance = Random(7)
    first, last = 3 * DAY, 5 * DAY

    found = Semester(1_500, chance, outage=(first, last)).lived(7, lambda _: [])

    # Read as fast as the workers can, once; from then on spread over the hours that follow.
    an_hour = int(last // 60) + 60
    later = [found.per_minute[each] for each in range(an_hour, an_hour + 24 * 60)]
    assert sum(found.per_minute[int(last // 60) + each] for each in range(3)) >= 1_500
    assert max(later) <= 8 * sum(later) / len(later)


def test_what_is_remembered_does_not_grow_with_time() -> None:
    def grown(days: int) -> int:
        tracemalloc.start()
        semester = Semester(8, Random(1))
        semester.lived(days, lambda chance: [chance.uniform(0, days) * DAY])
        semester.per_minute.clear()
        held, _ = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return held

    assert grown(40) < 2 * grown(10) + 10_000


@pytest.mark.parametrize("usual", [SOON, REFRESH, timedelta(seconds=1)])
def test_the_next_reading_comes_before_what_is_known_is_too_old(usual: timedelta) -> None:
    chance = Random(3)
    waits = [polling.between(usual, usual, chance.random) for _ in range(200)]
    late = [polling.between(usual, 3 * usual, chance.random) for _ in range(200)]

    assert usual * 0.8 <= min(waits)
    assert max(waits) < usual
    assert min(late) < usual * 0.2
    assert max(late) < usual


def look(town: Town) -> None:
    polling.looked_at(town.runtime, town.group)


def waits(town: Town, calendar: UUID) -> timedelta:
    due = town.row(calendar).due_at
    assert due is not None
    return due - town.clock.now


def test_who_is_in_a_group_that_plans_is_read_soon_and_for_two_days(either_town: Town) -> None:
    town = either_town
    term, calendar = town.term(), town.entered(town.member("Ada"))
    assert waits(town, calendar) > SOON

    town.plan(term)

    assert waits(town, calendar) < SOON
    town.due(calendar)
    assert waits(town, calendar) < SOON
    town.clock.forward(hours=47)
    look(town)  # that counts as well
    town.clock.forward(hours=2)
    town.due(calendar)
    assert waits(town, calendar) < SOON
    town.clock.now += AWAKE
    town.due(calendar)
    town.due(calendar)
    assert waits(town, calendar) > SOON


def test_a_second_look_within_the_hour_writes_nothing(town: Town) -> None:
    look(town)
    with town.runtime.reading() as work:
        until = held(work, town.group)
    town.clock.forward(minutes=30)
    look(town)
    with town.runtime.reading() as work:
        assert held(work, town.group) == until
    town.clock.forward(minutes=31)
    look(town)
    with town.runtime.reading() as work:
        assert held(work, town.group) == town.clock.now + AWAKE


def held(work: Work, group: UUID) -> object:
    from services.storage import tries  # noqa: PLC0415

    return tries.until(work, polling._awake_key(group))  # noqa: SLF001


def test_an_address_is_read_once_a_minute_whoever_asks_and_no_news_is_lost(
    either_town: Town,
) -> None:
    town = either_town
    town.term()
    calendar = town.entered(town.member("Ada"))
    town.clock.forward(minutes=5)
    asked = len(town.host.asked)

    for _ in range(4):
        with town.runtime.work() as work:
            work.record(CalendarDue(calendar))
        drained(town.runtime)
        town.clock.forward(seconds=10)

    assert len(town.host.asked) == asked + 1
    town.publish(MONDAYS, once("20270210"))
    town.clock.forward(seconds=30)
    ticked(town.runtime)  # the minute is over
    assert len(town.host.asked) == asked + 2
    assert town.changes(calendar) == 1


def test_an_account_is_read_once_a_minute_but_by_who_presses_the_button(
    either_flat: Flat,
) -> None:
    flat = either_flat
    account = flat.connected()
    flat.clock.forward(minutes=5)

    def read() -> object:
        drained(flat.runtime)
        return flat.calendars()[0][0].tried_at

    def heard() -> object:
        with flat.runtime.work() as work:
            work.record(AccountDue(account))
        return read()

    first = heard()
    flat.clock.forward(seconds=20)
    assert heard() == first
    assert flat.account(account).due_at == first + ONCE  # type: ignore[operator]
    with flat.runtime.work(flat.ada) as work:
        assert polling.press(work, account) is None
    flat.clock.forward(seconds=1)
    assert heard() == flat.clock.now
    flat.clock.forward(seconds=20)
    assert heard() == flat.clock.now - timedelta(seconds=20)


def test_when_little_is_left_of_a_hosts_day_only_awake_groups_are_read(flat: Flat) -> None:
    account = flat.connected()
    full = flat.runtime.opening.gates[Host.GOOGLE]
    with flat.runtime.work() as work:
        assert not full.is_nearly_spent(work)
        day = full._day  # noqa: SLF001
        assert gates.take(work, day.key, int(day.burst * 0.85), every=day.every, burst=day.burst)
    with flat.runtime.work() as work:
        flat_due(work, flat, account)

    clock.tick(flat.runtime)

    due = flat.account(account).due_at
    assert due is not None
    assert flat.clock.now < due <= flat.clock.now + timedelta(hours=1)
    assert "calendars.read_account" not in drained(flat.runtime)
    with flat.runtime.work() as work:
        polling.wake(work, flat.group)
        flat_due(work, flat, account)
    assert "calendars.read_account" in ticked(flat.runtime)


def flat_due(work: Work, flat: Flat, account: UUID) -> None:
    from services.storage.rows.accounts import AccountRow  # noqa: PLC0415

    flat.clock.forward(minutes=2)
    work.session.get_one(AccountRow, account).due_at = flat.clock.now - timedelta(
        minutes=1, hours=1
    )


def test_a_refresh_reads_everything_and_plans_anew(either_town: Town) -> None:
    town = either_town
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    town.publish(TUESDAYS)
    town.clock.forward(minutes=5)
    asked = len(town.host.asked)
    with town.runtime.reading(town.cora) as work:
        assert plans.ask(work, town.group, term).stale == []
        question = plans.ask(work, town.group, term, refresh=True)
    assert question.stale == [calendar]

    with town.runtime.work(town.cora) as work:
        plan = plans.wait(work, question).id
    drained(town.runtime)

    row = town.planned(plan)
    assert (row.state, row.read, row.to_read) == (PlanState.READY, 1, 1)
    assert town.host.asked[asked:][0][0] == PATH
    with town.runtime.reading(town.cora) as work:
        assert polling.oldest(work, town.group) == town.clock.now


def test_googles_day_is_the_one_that_is_counted_with() -> None:
    assert GoogleHost(Where()).limits.all_in_a_day * 0.8 == 400_000
