"""Transactions that meet: nobody waits in a circle, and nothing is lost between two."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random
from threading import Event, Timer
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.claims import Claim
from services.facts import Fact
from services.relay import Relay
from services.storage.outbox import handing, holding, records, retrying
from services.storage.rows.outbox import TaskState
from services.storage.work import Work
from tests.outbox.crowd import T, together
from tests.outbox.yard import CARRY, TELL, Changed, Moved, Yard, a_yard, tell, thing
from tests.sizes import size

ROUNDS = size(15, 150)
LEASE = timedelta(seconds=60)


def begin(work: Work, task: int, job: str = TELL, lease: timedelta = LEASE) -> holding.Begun | None:
    return holding.begin(work.session, work.now, task, job=job, lease=lease, holder="us")


def beside(yard: Yard, pool: ThreadPoolExecutor, act: Callable[[], T]) -> Future[T]:
    """Begin to do something that has to wait for somebody; return once it does."""
    question = "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
    question += " and datname = current_database()"
    doing = pool.submit(act)
    for _ in range(1000):
        with yard.runtime.reading() as work:
            if work.session.execute(text(question)).first() is not None:
                return doing
        assert not doing.done()
        time.sleep(0.01)
    raise AssertionError("it does not wait for anybody")


def test_what_is_recorded_while_the_same_is_begun_is_a_task_of_its_own(
    postgres_yard: Yard,
) -> None:
    yard = postgres_yard
    yard.record(Changed(thing(), 1))

    with ThreadPoolExecutor() as pool:
        with yard.runtime.work() as work:
            begun = begin(work, 1)
            recording = beside(yard, pool, partial(yard.record, Changed(thing(), 2)))
        recording.result(60)

    assert begun is not None
    assert begun.revision == 1
    assert [(row.state, row.revision) for row in yard.tasks()] == [
        (TaskState.RUNNING, 1),
        (TaskState.WAITING, 2),
    ]


def test_what_is_begun_while_the_same_is_recorded_is_the_newest(postgres_yard: Yard) -> None:
    yard = postgres_yard
    yard.record(Changed(thing(), 1))

    with ThreadPoolExecutor() as pool:
        with yard.runtime.work() as work:
            records.append(work.session, work.now, [Changed(thing(), 2)])
            beginning = beside(yard, pool, yard.begun)
        claim = beginning.result(60)

    assert claim.fact == Changed(thing(), 2)
    assert len(yard.tasks()) == 1


def test_recording_and_beginning_at_once_loses_nothing(yard: Yard) -> None:
    for number in range(1, ROUNDS + 1):
        yard.record(Changed(thing(), 2 * number - 1))
        [task] = yard.ids(TaskState.WAITING)

        together(partial(yard.record, Changed(thing(), 2 * number)), partial(yard.do, TELL, [task]))
        yard.pass_time(1000)
        yard.work_on()

        assert yard.lines()[-1] == (TELL, thing(), 2 * number)


def test_what_is_recorded_while_the_same_is_put_back_is_not_lost(postgres_yard: Yard) -> None:
    yard = postgres_yard
    yard.record(Changed(thing(), 1))
    claim = yard.begun()
    said = []

    def put_back() -> None:
        with yard.runtime.work() as work:
            retrying.put_back(work.session, work.now, 1, claim.task.fence, after=timedelta())

    with ThreadPoolExecutor() as pool:
        with yard.runtime.work() as work:
            records.append(work.session, work.now, [Changed(thing(), 2)])
            putting = beside(yard, pool, put_back)
        said.append(putting.exception(60))

    assert isinstance(said[0], IntegrityError)  # whoever puts back tries again
    assert yard.ids(TaskState.RUNNING) == [1]


def test_a_job_puts_its_task_back_though_the_same_is_recorded_just_then(
    postgres_yard: Yard,
) -> None:
    yard = postgres_yard
    yard.record(Changed(thing(), 1))

    def job(claim: Claim) -> None:
        work = stack.enter_context(yard.runtime.work())
        records.append(work.session, work.now, [Changed(thing(), 2)])
        raise ValueError

    yard.doing[TELL] = job
    with ThreadPoolExecutor() as pool:
        with ExitStack() as stack:
            doing = beside(yard, pool, partial(yard.do, TELL, [1]))
        doing.result(60)

    assert [(row.state, row.failures) for row in yard.tasks()] == [
        (TaskState.DONE, 1),
        (TaskState.WAITING, 1),
    ]


def test_the_sweeper_comes_back_for_what_was_recorded_just_then(postgres_yard: Yard) -> None:
    yard = postgres_yard
    yard.record(Changed(thing(), 1))
    yard.begun()
    yard.pass_time(1000)
    relay = Relay(yard.runtime)

    with ThreadPoolExecutor() as pool:
        with yard.runtime.work() as work:
            records.append(work.session, work.now, [Changed(thing(), 2)])
            sweeping = beside(yard, pool, relay.sweep)
        sweeping.result(60)
    relay.sweep()

    assert [(row.state, row.deaths) for row in yard.tasks()] == [
        (TaskState.DONE, 1),
        (TaskState.WAITING, 1),
    ]


def test_a_task_that_is_kept_late_is_not_done_beside_a_later_one(postgres_yard: Yard) -> None:
    yard = postgres_yard
    with yard.runtime.work() as late:
        records.append(late.session, late.now, [Changed(thing(), 1)])
        yard.record(Moved(thing()))
        later = yard.begun(2, CARRY)

    handed, too_early = yard.turned(), yard.begin(1)
    tell(later)

    assert (handed, too_early) == ([], None)
    assert yard.begin(1) is not None


def test_of_two_tasks_of_a_subject_that_are_begun_at_once_one_waits(postgres_yard: Yard) -> None:
    yard = postgres_yard
    with ExitStack() as stack:
        late = stack.enter_context(yard.runtime.work())
        records.append(late.session, late.now, [Changed(thing(), 1)])
        yard.record(Moved(thing()))
        with ThreadPoolExecutor() as pool:
            with yard.runtime.work() as work:
                later = begin(work, 2, CARRY)
                stack.close()  # the earlier one is kept, and somebody begins it
                earlier = beside(yard, pool, partial(yard.begin, 1))
            found = earlier.result(60)

    assert later is not None
    assert found is None
    assert yard.ids(TaskState.RUNNING) == [2]


def test_transactions_with_many_facts_in_any_order_wait_for_each_other_in_none(
    postgres_yard: Yard,
) -> None:
    yard, seed = postgres_yard, 7
    print(f"seed {seed}")

    def recorder(number: int) -> None:
        chance = Random(seed + number)
        for _ in range(ROUNDS):
            facts: list[Fact] = [Changed(thing(each), number) for each in range(1, 13)]
            facts += [Moved(thing(each)) for each in range(1, 13)]
            yard.record(*chance.sample(facts, 12))

    def relay() -> None:
        for _ in range(ROUNDS):
            with yard.runtime.work() as work:
                taken = handing.take(
                    work.session, work.now, resend=LEASE, most=50, queues=["notices"]
                )
            with yard.runtime.work() as work:
                handing.take_back(work.session, [each.id for each in reversed(taken)])

    def worker() -> None:
        for _ in range(ROUNDS):
            for row in yard.tasks(TaskState.WAITING)[:4]:
                with yard.runtime.work() as work:
                    begin(work, row.id, row.job, lease=timedelta())
            Relay(yard.runtime).sweep()

    together(*(partial(recorder, number) for number in range(4)), relay, relay, worker, worker)

    assert yard.tasks()


@pytest.fixture
def hasty_file(tmp_path: Path) -> Iterator[Yard]:
    """A yard on a file of SQLite that waits for others for a moment only."""
    with a_yard(f"sqlite:///{tmp_path / 'commonhour.db'}", tmp_path) as yard:
        yard.runtime.engine.dispose()
        event.listen(yard.runtime.engine, "connect", hurry)
        yield yard


def hurry(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("pragma busy_timeout=20")


@contextmanager
def locked(yard: Yard) -> Iterator[None]:
    """Somebody else writes, for as long as this lasts."""
    place = str(yard.runtime.engine.url.database)
    other = sqlite3.connect(place, isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    try:
        yield
    finally:
        other.close()


def test_what_a_file_that_is_locked_too_long_lets_nobody_begin_is_handed_on_again_at_once(
    hasty_file: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    yard, real = hasty_file, holding.begin
    yard.record(*(Changed(thing(number), 1) for number in (1, 2, 3)))
    [(_, ids)] = yard.turned()

    def late(session: Session, now: datetime, task: int, **more: Any) -> holding.Begun | None:
        with locked(yard) if task == ids[1] else nullcontext():
            return real(session, now, task, **more)

    with monkeypatch.context() as patch:
        patch.setattr(holding, "begin", late)
        yard.do(TELL, ids)
    states = [row.state for row in yard.tasks()]

    assert states == [TaskState.DONE, TaskState.WAITING, TaskState.DONE]
    assert (yard.task(ids[1]).fence, yard.task(ids[1]).failures) == (0, 0)
    assert yard.turned() == [(TELL, [ids[1]])]


def test_a_file_that_stays_locked_lets_a_job_begin_nothing(hasty_file: Yard) -> None:
    yard = hasty_file
    yard.record(Changed(thing(), 1))

    with locked(yard):
        yard.do(TELL, [1])
    before = yard.task()
    yard.do(TELL, [1])

    assert (before.state, before.fence, before.failures) == (TaskState.WAITING, 0, 0)
    assert yard.task().state is TaskState.DONE


def test_a_file_that_is_locked_too_long_for_a_job_is_no_failure_of_the_task(
    hasty_file: Yard,
) -> None:
    yard = hasty_file
    yard.record(Changed(thing(), 1))

    def job(claim: Claim) -> None:
        with locked(yard):
            tell(claim)

    yard.doing[TELL] = job
    yard.do(TELL, [1])
    before = yard.task()
    yard.doing.clear()
    yard.pass_time(5)
    yard.work_on()

    assert (before.state, before.failures, before.deaths) == (TaskState.WAITING, 0, 0)
    assert yard.lines() == [(TELL, thing(), 1)]


def test_what_became_of_a_task_is_written_once_the_file_is_free(hasty_file: Yard) -> None:
    yard = hasty_file
    yard.record(Changed(thing(), 1))
    stack = ExitStack()

    def job(_claim: Claim) -> None:
        stack.enter_context(locked(yard))
        Timer(0.2, free.set).start()
        raise ValueError

    free = Event()
    with ThreadPoolExecutor() as pool:
        yard.doing[TELL] = job
        doing = pool.submit(yard.do, TELL, [1])
        assert free.wait(60)
        stack.close()
        doing.result(60)

    assert (yard.task().state, yard.task().failures) == (TaskState.WAITING, 1)


def test_a_file_that_stays_locked_leaves_the_task_to_its_lease(hasty_file: Yard) -> None:
    yard = hasty_file
    yard.record(Changed(thing(), 1))
    stack = ExitStack()

    def job(_claim: Claim) -> None:
        stack.enter_context(locked(yard))
        raise ValueError

    yard.doing[TELL] = job
    yard.do(TELL, [1])
    stack.close()
    before = yard.task()
    yard.doing.clear()
    yard.pass_time(5)
    yard.work_on()

    assert (before.state, before.failures) == (TaskState.RUNNING, 0)
    assert yard.lines() == [(TELL, thing(), 1)]
