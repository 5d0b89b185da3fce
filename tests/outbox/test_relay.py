"""The relay: every task is handed on, in batches, and again where it may have been lost."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from services import relay as relays
from services.queue import NoQueue, RedisQueues
from services.reactions import REACTIONS, Reaction
from services.relay import Relay
from services.storage.outbox import handing
from services.storage.rows.outbox import PausedRow, TaskState
from tests.outbox.crowd import together
from tests.outbox.yard import CARRY, HASTY, READ, TELL, Changed, Moved, Read, Yard, a_yard, thing
from tests.runtimes import Jobs
from tests.sizes import size

AGE = 1000  # seconds


@dataclass
class Full(Jobs):
    """Queues some of which have no room."""

    full: frozenset[str] = frozenset()

    def waiting(self, queue: str) -> int:
        return 2 if queue in self.full else 1


@dataclass
class Breaking(Jobs):
    """Queues that go away after so many jobs."""

    after: int = 0

    def hand(self, job: str, tasks: Sequence[int]) -> None:
        if len(self.handed) >= self.after:
            raise NoQueue("Away", remedy="wait")
        super().hand(job, tasks)


def everything(jobs: Jobs) -> list[int]:
    """The tasks that were handed on, in their order."""
    return [task for _, tasks in jobs.handed for task in tasks]


def things(yard: Yard, count: int) -> None:
    yard.record(*(Changed(thing(number), 1) for number in range(1, count + 1)))


def test_batches_hold_as_many_as_one_job_takes_in_their_order(yard: Yard) -> None:
    things(yard, 45)
    yard.record(*(Moved(thing(number)) for number in range(101, 111)), Read(thing(200)))

    handed = yard.turned()

    assert [(job, len(tasks)) for job, tasks in handed] == [
        *((READ, 1), (CARRY, 7), (CARRY, 3), (TELL, 20), (TELL, 20), (TELL, 5)),
    ]
    assert all(tasks == sorted(tasks) for _, tasks in handed)
    assert {row.handed_at is None for row in yard.tasks()} == {False}


def test_what_is_handed_on_is_not_handed_on_again_before_its_time(yard: Yard) -> None:
    things(yard, 3)
    resend = yard.runtime.settings.times.resend

    turns = [yard.turned(), yard.turned()]
    yard.pass_time(resend - 5)
    turns.append(yard.turned())
    yard.pass_time(5)
    turns.append(yard.turned())

    assert turns == [[(TELL, [1, 2, 3])], [], [], [(TELL, [1, 2, 3])]]


def test_a_job_that_is_lost_with_redis_is_handed_on_again_and_done_once(yard: Yard) -> None:
    things(yard, 3)

    lost = yard.turned()
    yard.work_on()
    early = yard.lines()
    yard.pass_time(AGE)
    yard.work_on()
    for job, tasks in lost:  # and it was not lost after all
        yard.do(job, tasks)

    assert early == []
    assert len(yard.lines()) == 3


def test_a_relay_that_is_killed_between_marking_and_handing_on_loses_nothing(yard: Yard) -> None:
    things(yard, 3)
    with yard.runtime.work() as work:
        marked = handing.take(
            work.session, work.now, resend=timedelta(0), most=10, queues=["notices"]
        )

    yard.work_on()
    early = yard.lines()
    yard.pass_time(AGE)
    yard.work_on()

    assert [each.id for each in marked] == [1, 2, 3]
    assert (early, len(yard.lines())) == ([], 3)


@pytest.mark.parametrize("after", [0, 1, 2])
def test_redis_that_goes_away_within_a_turn_loses_nothing(yard: Yard, after: int) -> None:
    things(yard, 50)
    yard.runtime.queues = queues = Breaking(after=after)

    with pytest.raises(NoQueue):
        Relay(yard.runtime).turn()
    marked = [row.id for row in yard.tasks() if row.handed_at is not None]
    next_time = [task for _, tasks in yard.turned() for task in tasks]

    assert marked == everything(queues) == [*range(1, 20 * after + 1)]
    assert marked + next_time == [*range(1, 51)]


def test_a_relay_without_redis_and_then_without_a_database_loses_nothing(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    things(yard, 3)
    yard.runtime.queues = Breaking()
    with monkeypatch.context() as broken:
        broken.setattr(handing, "take_back", refused)
        with pytest.raises(ConnectionError):
            Relay(yard.runtime).turn()

    yard.pass_time(AGE)
    yard.work_on()

    assert len(yard.lines()) == 3


def refused(*_: object) -> None:
    raise ConnectionError


def test_what_was_begun_meanwhile_is_not_taken_back(yard: Yard) -> None:
    things(yard, 2)
    yard.turned()
    yard.begun(1)

    with yard.runtime.work() as work:
        handing.take_back(work.session, [1, 2])

    assert [row.handed_at is None for row in yard.tasks()] == [False, True]


def test_from_a_queue_without_room_nothing_is_taken(yard: Yard) -> None:
    things(yard, 2)
    yard.record(Read(thing(9)))
    yard.runtime.queues = queues = Full(full=frozenset({"notices"}))

    Relay(yard.runtime).turn()

    assert queues.handed == [(READ, [3])]
    assert [row.handed_at is None for row in yard.tasks()] == [True, True, False]


def test_what_lies_in_a_full_queue_is_not_handed_on_again_and_again(yard: Yard) -> None:
    things(yard, 2)
    yard.turned()
    yard.pass_time(AGE)
    yard.runtime.queues = queues = Full(full=frozenset({"notices"}))

    Relay(yard.runtime).turn()

    assert queues.handed == []


def test_a_queue_that_was_paused_waits_and_the_others_go_on(yard: Yard) -> None:
    things(yard, 2)
    yard.record(Read(thing(9)))
    with yard.runtime.work() as work:
        work.add(PausedRow(queue="notices", since=work.now))

    begun = yard.begin(1)
    yard.work_on()
    early = yard.lines()
    with yard.runtime.work() as work:
        for row in handing.paused(work.session):
            work.session.delete(work.session.get_one(PausedRow, row))
    yard.work_on()

    assert begun is None
    assert early == [(READ, thing(9), 0)]
    assert len(yard.lines()) == 3


def test_what_is_due_later_is_neither_handed_on_nor_begun(yard: Yard) -> None:
    things(yard, 1)
    yard.pass_time(-60)

    handed, begun = yard.turned(), yard.begin()
    yard.pass_time(60)
    yard.work_on()

    assert (handed, begun) == ([], None)
    assert len(yard.lines()) == 1


def test_what_is_urgent_waits_as_well_where_its_own_queue_has_no_room(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(REACTIONS, Moved, (Reaction(CARRY, batch=7, urgent=True),))
    yard.record(Moved(thing(1)), Changed(thing(2), 1))
    yard.runtime.queues = queues = Full(full=frozenset({"notices-urgent"}))

    Relay(yard.runtime).turn()
    early = list(queues.handed)
    queues.full = frozenset()
    Relay(yard.runtime).turn()

    assert [job for job, _ in early] == [TELL]
    assert [job for job, _ in queues.handed] == [TELL, CARRY]


def test_where_there_is_nothing_to_do_redis_is_not_asked(yard: Yard) -> None:
    yard.runtime.queues = Breaking()

    assert Relay(yard.runtime).turn() is False


def test_a_turn_takes_its_share_and_says_that_there_is_more(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "_MOST", 4)
    things(yard, 6)
    yard.runtime.queues = Jobs()
    relay = Relay(yard.runtime)

    assert [relay.turn() for _ in range(3)] == [True, False, False]


def test_the_dead_are_looked_for_though_there_is_no_redis(yard: Yard) -> None:
    things(yard, 1)
    yard.begun()
    yard.pass_time(AGE)
    yard.runtime.queues = Breaking()

    with pytest.raises(NoQueue):
        Relay(yard.runtime).turn()

    assert (yard.task().state, yard.task().deaths) == (TaskState.WAITING, 1)


def test_whoever_died_beside_others_is_tried_alone(yard: Yard) -> None:
    yard.record(*(Read(thing(number)) for number in range(1, 6)))
    for task in (2, 4):
        yard.begun(task, READ)
    yard.pass_time(AGE)

    handed = yard.turned()

    assert handed == [(READ, [1, 3, 5]), (READ, [2]), (READ, [4])]


def test_it_sweeps_no_more_often_than_it_should(postgres_url: str, tmp_path: Path) -> None:
    with a_yard(postgres_url, tmp_path, replace(HASTY, sweep=60.0)) as yard:
        relay = Relay(yard.runtime)
        relay.swept = time.monotonic()
        things(yard, 1)
        yard.begun()
        yard.pass_time(AGE)

        relay.turn()
        early = yard.task().state
        relay.swept -= 60
        relay.turn()

    assert early is TaskState.RUNNING


def test_relays_at_once_hand_each_task_on_once(
    postgres_yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relays, "_MOST", 7)
    yard, count = postgres_yard, size(120, 1200)
    things(yard, count)
    jobs = yard.runtime.queues = Jobs()

    def until_nothing_is_left() -> None:
        relay = Relay(yard.runtime)
        while any(row.handed_at is None for row in yard.tasks()):
            relay.turn()

    together(*[until_nothing_is_left] * 3)

    assert Counter(everything(jobs)) == Counter(range(1, count + 1))


def test_relays_at_once_bury_each_dead_once(postgres_yard: Yard) -> None:
    yard = postgres_yard
    things(yard, 20)
    for task in range(1, 21):
        yard.begun(task)
    yard.pass_time(AGE)

    together(*[partial(Relay(yard.runtime).sweep)] * 4)

    assert {row.deaths for row in yard.tasks()} == {1}


def test_a_real_redis_gets_names_and_ids_and_can_be_away(redis_url: str, yard: Yard) -> None:
    things(yard, 25)
    yard.runtime.queues = RedisQueues(redis_url)

    Relay(yard.runtime).turn()
    waiting = [yard.runtime.queues.waiting(each) for each in ("notices", "calendars")]
    yard.pass_time(AGE)
    yard.runtime.queues = RedisQueues("redis://127.0.0.1:1/0")

    with pytest.raises(NoQueue):
        Relay(yard.runtime).turn()
    assert waiting == [2, 0]


def test_a_fact_that_comes_again_after_it_was_handed_on_needs_no_second_job(yard: Yard) -> None:
    things(yard, 1)
    handed = yard.turned()
    yard.record(Changed(thing(1), 2))

    again = yard.turned()
    yard.do(*handed[0])

    assert again == []
    assert yard.lines() == [(TELL, thing(1), 2)]
