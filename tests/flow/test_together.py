"""A plan and the clock may want an account read in one moment: the second one waits for that."""

from uuid import UUID

from services.facts import AccountDue
from services.flow import plans, terms, together
from services.storage.rows.outbox import OutboxRow, TaskState
from services.storage.rows.plans import PlanRow, PlanState
from tests.flow.accounts_town import Flat
from tests.flow.town import TERM
from tests.runtimes import aged, do, drained, tasks

READING, FOR_A_PLAN = "calendars.read_account", "calendars.read_for"


def waiting_plan(flat: Flat) -> UUID:
    with flat.runtime.work(flat.cora) as work:
        term = terms.add(work, flat.group, TERM).id
        return plans.wait(work, plans.ask(work, flat.group, term, refresh=True)).id


def plan(flat: Flat, plan_id: UUID) -> PlanRow:
    with flat.runtime.reading() as work:
        return work.session.get_one(PlanRow, plan_id)


def due(flat: Flat, account: UUID) -> int:
    with flat.runtime.work() as work:
        work.record(AccountDue(account))
    return next(each.id for each in tasks(flat.runtime, TaskState.WAITING) if each.job == READING)


def state(flat: Flat, task: int, state: TaskState) -> None:
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
