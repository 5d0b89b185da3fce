"""A plan and the clock may want an account read in one moment: the second one waits for that."""

from contextlib import ExitStack
from datetime import timedelta
from uuid import UUID

import pytest

from services.facts import AccountDue, CalendarDue
from services.flow import crowding, plans, rests, terms, together
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.rows.plans import PlanRow, PlanState
from tests.flow.accounts_town import Flat
from tests.flow.test_plan_age import a_calendar_of
from tests.flow.town import TERM, Town
from tests.runtimes import aged, do, drained, tasks

READING, FOR_A_PLAN = "calendars.read_account", "calendars.read_for"


def waiting_plan(flat: Flat | Town) -> UUID:
    with flat.runtime.work(flat.cora) as work:
        term = terms.add(work, flat.group, TERM).id
        return plans.wait(work, plans.ask(work, flat.group, term, refresh=True)).id


def plan(flat: Flat | Town, plan_id: UUID) -> PlanRow:
    with flat.runtime.reading() as work:
        return work.session.get_one(PlanRow, plan_id)


def due(flat: Flat, account: UUID) -> int:
    with flat.runtime.work() as work:
        work.record(AccountDue(account))
    return waits(flat, READING)


def waits(flat: Flat | Town, job: str) -> int:
    return next(each.id for each in tasks(flat.runtime, TaskState.WAITING) if each.job == job)


def state(flat: Flat | Town, task: int, state: TaskState) -> None:
    with flat.runtime.work() as work:
        row = work.session.get_one(OutboxRow, task)
        row.state, row.waiting_key = state, None if state is TaskState.RUNNING else "again"


def test_a_plan_waits_for_a_reading_that_is_under_way_but_not_for_ever(either_flat: Flat) -> None:
    flat = either_flat
    account = flat.connected()
    flat.clock.forward(minutes=5)
    reading = due(flat, account)
    state(flat, reading, TaskState.RUNNING)
    waiting, before = waiting_plan(flat), flat.calendars()[0][0].tried_at

    for _ in range(3):
        drained(flat.runtime)
        assert flat.calendars()[0][0].tried_at == before
        assert plan(flat, waiting).state is PlanState.READING
        aged(flat.runtime, seconds=5)
        state(flat, reading, TaskState.RUNNING)
    drained(flat.runtime)

    assert flat.calendars()[0][0].tried_at == flat.clock.now
    assert (plan(flat, waiting).state, plan(flat, waiting).read) == (PlanState.READY, 1)


def test_a_plan_finds_read_what_was_being_read(flat: Flat) -> None:
    account = flat.connected()
    flat.clock.forward(minutes=5)
    reading = due(flat, account)
    state(flat, reading, TaskState.RUNNING)
    waiting = waiting_plan(flat)
    drained(flat.runtime)
    state(flat, reading, TaskState.WAITING)
    do(flat.runtime, READING, [reading])
    read = flat.calendars()[0][0].tried_at
    flat.clock.forward(seconds=5)
    aged(flat.runtime, seconds=5)

    drained(flat.runtime)

    assert flat.calendars()[0][0].tried_at == read
    assert plan(flat, waiting).state is PlanState.READY


def test_a_reading_that_is_due_waits_for_one_that_a_plan_has_made(flat: Flat) -> None:
    account = flat.connected()
    flat.clock.forward(minutes=5)
    before = flat.calendars()[0][0].tried_at
    with flat.runtime.work() as work:
        assert together.begin(work, account)
    with flat.runtime.work() as work:
        assert not together.begin(work, account)  # another plan waits, too
    due(flat, account)

    drained(flat.runtime)

    assert flat.calendars()[0][0].tried_at == before
    with flat.runtime.work() as work:
        together.end(work, account)
    aged(flat.runtime, seconds=5)
    drained(flat.runtime)
    assert flat.calendars()[0][0].tried_at == flat.clock.now


def test_an_address_that_is_due_waits_for_a_plan_that_reads_it(town: Town) -> None:
    calendar = a_calendar_of(town, "Ada")
    drained(town.runtime)
    town.clock.forward(minutes=30)
    with town.runtime.work() as work:
        assert together.begin(work, calendar)
        work.record(CalendarDue(calendar))

    drained(town.runtime)

    assert not town.host.asked
    with town.runtime.work() as work:
        together.end(work, calendar)
    aged(town.runtime, seconds=5)
    drained(town.runtime)
    assert len(town.host.asked) == 1


def test_a_calendar_that_rests_takes_the_place_of_none_for_which_a_plan_waits(town: Town) -> None:
    resting = a_calendar_of(town, "Ada")
    town.clock.forward(minutes=5)
    waited_for = a_calendar_of(town, "Bea")
    drained(town.runtime)
    town.clock.forward(minutes=30)
    with town.runtime.work() as work:
        rests.begin(work, resting, timedelta(hours=2))
        work.record(CalendarDue(waited_for))
    reading = waits(town, "calendars.read")
    state(town, reading, TaskState.RUNNING)
    waiting = waiting_plan(town)

    drained(town.runtime)

    assert (plan(town, waiting).state, plan(town, waiting).read) == (PlanState.READING, 0)
    state(town, reading, TaskState.DONE)
    aged(town.runtime, seconds=5)
    drained(town.runtime)
    assert town.row(waited_for).tried_at == town.clock.now
    found = plan(town, waiting)
    assert (found.state, found.read, found.failed) == (PlanState.READY, 2, 1)


def test_a_plan_does_not_wait_for_ever_for_a_host_with_no_place_left(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "PATIENCE", 0.0)
    calendar = a_calendar_of(town, "Ada")
    drained(town.runtime)
    town.clock.forward(minutes=30)
    with ExitStack() as places:
        for _ in range(crowding.MOST):
            places.enter_context(crowding.place_at(town.host.address("/Ada.ics")))
        waiting = waiting_plan(town)
        for _ in range(3):
            drained(town.runtime)
            with town.runtime.reading() as work:
                together.let_end(work, calendar)  # nobody else is kept from reading it
            assert plan(town, waiting).state is PlanState.READING
            aged(town.runtime, seconds=5)
        drained(town.runtime)

    found = plan(town, waiting)
    assert (found.state, found.read, found.failed) == (PlanState.READY, 1, 1)
    assert (town.row(calendar).failures, town.host.asked) == (0, [])
