"""What happens to one subject is worked on in its order, and only the newest where it waits."""

import time
from collections import defaultdict
from datetime import timedelta
from functools import partial
from random import Random
from threading import Lock
from uuid import UUID

import pytest

from scheduler.errors import TryLater
from services.claims import FAILURES, Claim
from services.storage.outbox import retrying
from services.storage.rows.outbox import TaskState
from tests.outbox.crowd import together
from tests.outbox.yard import CARRY, TELL, Changed, Moved, Yard, failing, tell, thing
from tests.sizes import size

AGE = 1000  # seconds


def not_now(seconds: float) -> TryLater:
    return TryLater("The host is busy", remedy="wait", seconds=seconds)


def test_fifty_facts_while_it_cannot_be_done_are_one_task_done_once_with_the_newest(
    yard: Yard,
) -> None:
    yard.doing[TELL] = failing(lambda: not_now(600), thing())

    for number in range(1, 51):
        yard.record(Changed(thing(), number))
        yard.work_on()
    [waiting] = yard.tasks()
    yard.doing.clear()
    yard.work_on()
    early = yard.lines()
    yard.pass_time(700)
    yard.work_on()

    assert (waiting.state, waiting.fence, waiting.failures) == (TaskState.WAITING, 1, 0)
    assert early == []
    assert yard.lines() == [(TELL, thing(), 50)]


def test_facts_that_come_while_it_is_done_are_one_task_that_waits_as_long_as_asked(
    yard: Yard,
) -> None:
    yard.record(Changed(thing(), 1))

    def busy(claim: Claim) -> None:
        for number in range(2, 52):
            yard.record(Changed(thing(), number))
        assert claim.fact.number == 1
        raise not_now(600)

    yard.doing[TELL] = busy
    yard.do(TELL, [1])
    yard.doing.clear()
    yard.work_on()
    first, newer = yard.tasks()
    yard.pass_time(599)
    yard.work_on()
    early = yard.lines()
    yard.pass_time(100)
    yard.work_on()

    assert (first.state, first.reason) == (TaskState.DONE, "joined the newer task 2")
    assert (newer.state, newer.revision) == (TaskState.WAITING, 51)
    assert early == []
    assert yard.lines() == [(TELL, thing(), 51)]


@pytest.mark.parametrize(
    ("said", "obeyed"),
    [(30.0, 30.0), (0.0, 0.0), (-5.0, 0.0), (1e12, 86_400.0), (float("inf"), 86_400.0)],
)
def test_the_time_asked_for_is_obeyed_within_reason(
    sqlite_yard: Yard, said: float, obeyed: float
) -> None:
    yard = sqlite_yard
    yard.record(Changed(thing(), 1))
    yard.doing[TELL] = failing(lambda: not_now(said), thing())

    before = yard.runtime.clock()
    yard.do(TELL, [1])
    after = yard.runtime.clock()

    due = yard.task().due_at
    assert before + timedelta(seconds=obeyed) <= due <= after + timedelta(seconds=obeyed * 1.1)


def test_a_time_that_is_no_number_is_no_time(sqlite_yard: Yard) -> None:
    yard = sqlite_yard
    yard.record(Changed(thing(), 1))
    yard.doing[TELL] = failing(lambda: not_now(float("nan")), thing())

    yard.do(TELL, [1])

    assert (yard.task().state, yard.task().failures) == (TaskState.WAITING, 0)


def test_others_are_not_held_up_by_one_that_waits(yard: Yard) -> None:
    yard.doing[TELL] = failing(lambda: not_now(600), thing(1))
    yard.record(*(Changed(thing(number), 1) for number in range(1, 31)))

    yard.work_on()

    assert yard.ids(TaskState.WAITING) == [1]
    assert len(yard.lines()) == 29


def test_what_follows_for_the_same_subject_waits_its_turn(yard: Yard) -> None:
    yard.doing[TELL] = failing(lambda: not_now(600), thing())
    yard.record(Changed(thing(), 1))
    yard.record(Moved(thing()))

    yard.work_on()
    early = yard.lines()
    begun = yard.begin(2, CARRY)
    yard.doing.clear()
    yard.pass_time(700)
    yard.work_on()

    assert early == []
    assert begun is None
    assert [line[0] for line in yard.lines()] == [TELL, CARRY]


def test_a_task_that_is_put_back_joins_the_newer_one_with_what_it_went_through(
    yard: Yard,
) -> None:
    yard.record(Changed(thing(), 1))
    first = yard.begun()
    yard.record(Changed(thing(), 2))

    with yard.runtime.work() as work:
        retrying.fail(
            work.session, work.now, 1, first.task.fence,
            reason="no", most=FAILURES, backoff=timedelta(seconds=60),
        )  # fmt: skip
    old, newer = yard.tasks()

    assert (old.state, newer.state) == (TaskState.DONE, TaskState.WAITING)
    assert (newer.failures, newer.handed_at) == (1, None)
    assert newer.due_at - yard.runtime.clock() > timedelta(seconds=50)


def test_what_is_set_aside_does_not_hold_up_what_follows(yard: Yard) -> None:
    yard.doing[TELL] = failing(ValueError, thing())
    yard.record(Changed(thing(), 1))
    yard.record(Moved(thing()))
    for _ in range(FAILURES):
        yard.work_on()
        yard.pass_time(AGE)
    yard.doing.clear()

    yard.record(Changed(thing(), 2))
    yard.work_on()

    assert yard.ids(TaskState.QUARANTINED) == [1]
    assert yard.lines() == [(CARRY, thing(), 0), (TELL, thing(), 2)]


def test_what_is_requeued_is_not_done_beside_a_later_one(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))
    with yard.runtime.work() as work:
        [row] = [work.session.merge(each) for each in yard.tasks()]
        row.state, row.waiting_key = TaskState.QUARANTINED, None
    yard.record(Moved(thing()))
    later = yard.begun(2, CARRY)

    with yard.runtime.work() as work:
        retrying.requeue(work.session, work.now, 1)
    beside, handed = yard.begin(1), yard.turned()
    tell(later)
    yard.work_on()

    assert beside is None
    assert handed == []
    assert [line[0] for line in yard.lines()] == [CARRY, TELL]


def test_what_is_requeued_joins_what_waits_for_the_same(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))
    with yard.runtime.work() as work:
        [row] = [work.session.merge(each) for each in yard.tasks()]
        row.state, row.waiting_key = TaskState.QUARANTINED, None
    yard.record(Changed(thing(), 2))

    with yard.runtime.work() as work:
        retrying.requeue(work.session, work.now, 1)
    yard.work_on()

    assert yard.lines() == [(TELL, thing(), 2)]
    assert {row.state for row in yard.tasks()} == {TaskState.DONE}


def test_with_several_workers_and_recorders_each_subject_keeps_its_order(yard: Yard) -> None:
    seed = 20270104
    print(f"seed {seed}")
    subjects, each_of = [thing(number) for number in range(1, 7)], size(12, 120)
    busy: defaultdict[UUID, Lock] = defaultdict(Lock)
    overlaps, done, recorded = [], defaultdict(list), []

    def job(claim: Claim) -> None:
        mine = busy[claim.subject]
        if not mine.acquire(blocking=False):
            overlaps.append(claim.subject)
            return
        time.sleep(Random(claim.task.id).random() / 200)
        with claim.work(last=True) as work:
            work.note(claim.task.job, claim.subject, claim.fact.number)
            done[claim.subject].append(claim.fact.number)
            mine.release()  # the next one may begin in the moment in which this is kept

    def recorder(subject: UUID) -> None:
        for number in range(1, each_of + 1):
            yard.record(Changed(subject, number), Moved(subject))
            recorded.append(number)

    def worker(number: int) -> None:
        chance = Random(seed + number)
        while len(recorded) < len(subjects) * each_of or yard.ids(TaskState.WAITING):
            rows = yard.tasks(TaskState.WAITING)
            for row in chance.sample(rows, min(3, len(rows))):
                yard.do(row.job, [row.id])

    yard.doing = {TELL: job, CARRY: job}
    together(
        *(partial(recorder, each) for each in subjects), *(partial(worker, n) for n in range(4))
    )
    yard.work_on()

    assert overlaps == []
    for subject in subjects:
        told = [number for number in done[subject] if number]  # those of `Changed`
        assert told == sorted(told)
        assert told[-1] == each_of
