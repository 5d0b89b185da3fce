"""A stalled worker is replaced, and what it does when it wakes up is not kept."""

import os
import time
from datetime import datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.claims import DEATHS, Claim
from services.flow.memory import Lost
from services.leases import Leases
from services.storage.outbox import holding, retrying
from services.storage.rows.outbox import TaskState
from services.storage.work import Work
from services.times import Times
from tests.outbox.yard import TELL, Changed, Yard, a_yard, tell, thing

AGE = 1000  # seconds after which every lease has run out


def replaced(yard: Yard) -> tuple[Claim, Claim]:
    """Somebody who stalled, and whoever began the same task after them."""
    yard.record(Changed(thing(), 1))
    first = yard.begun()
    yard.pass_time(AGE)
    yard.bury()
    return first, yard.begun()


def test_a_lease_that_ran_out_lets_another_begin_under_a_higher_fence(yard: Yard) -> None:
    first, second = replaced(yard)

    tell(second)

    assert (first.task.fence, second.task.fence) == (1, 2)
    assert yard.task().state is TaskState.DONE
    assert yard.task().deaths == 1


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "running"])
@pytest.mark.parametrize("last", [True, False], ids=["last", "between"])
def test_whoever_was_replaced_keeps_nothing(yard: Yard, *, last: bool, ended: bool) -> None:
    first, second = replaced(yard)
    if ended:
        tell(second)
    before = yard.lines()

    with pytest.raises(Lost), first.work(last=last) as work:
        work.note("stale", thing())
        work.record(Changed(thing(2), 1))

    assert not first.done
    assert yard.lines() == before
    assert [row.subject for row in yard.tasks()] == [thing()]


@pytest.mark.parametrize("ended", [True, False], ids=["ended", "running"])
def test_whoever_was_replaced_can_end_nothing(yard: Yard, *, ended: bool) -> None:
    first, second = replaced(yard)
    if ended:
        tell(second)
    before = seen(yard)
    task, old = first.task.id, first.task.fence

    with yard.runtime.work() as work:
        kept = [
            holding.is_held(work.session, task, old),
            holding.finish(work.session, work.now, task, old),
            retrying.put_back(work.session, work.now, task, old, after=work.now - work.now),
            *failed(work, task, old),
        ]
        holding.renew(work.session, work.now, [(task, old)], 1000 * (work.now - work.now))

    assert not any(kept)
    assert seen(yard) == before


def failed(work: Work, task: int, fence: int) -> list[TaskState | None]:
    zero = work.now - work.now
    return [
        retrying.fail(work.session, work.now, task, fence, reason="", most=most, backoff=zero)
        for most in (1, 5)
    ]


def seen(yard: Yard) -> list[object]:
    """Everything that stands in the outbox."""
    with yard.runtime.reading() as work:
        return list(work.session.execute(text("select * from outbox order by id")))


def test_a_lease_that_ran_out_is_still_its_holders_until_somebody_takes_it(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))
    claim = yard.begun()
    yard.pass_time(AGE)

    tell(claim)

    assert yard.bury() == []
    assert yard.lines() == [(TELL, thing(), 1)]


def test_a_slow_job_keeps_its_lease(database_url: str, tmp_path: Path) -> None:
    buried = []

    def slow(claim: Claim) -> None:
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            time.sleep(0.1)
            buried.extend(yard.bury())
        tell(claim)

    with a_yard(database_url, tmp_path, Times(lease=2.0, renew=0.1)) as yard:
        yard.record(Changed(thing(), 1))
        yard.doing[TELL] = slow
        yard.do(TELL, [1])

        assert buried == []
        assert (yard.task().state, yard.task().fence) == (TaskState.DONE, 1)


def test_a_lease_that_could_not_be_renewed_is_renewed_the_next_time(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused: list[int] = []
    leases: list[datetime | None] = []
    real = holding.renew

    def refuse(*_: object) -> None:
        refused.append(1)
        if len(refused) == 2:
            monkeypatch.setattr(holding, "renew", real)
        raise ValueError("whatever it was")

    def slow(_claim: Claim) -> None:
        while len(set(leases)) < 2 and len(leases) < 200:
            leases.append(yard.task().lease_until)
            time.sleep(0.05)

    monkeypatch.setattr(holding, "renew", refuse)
    with a_yard(database_url, tmp_path, Times(lease=60, renew=0.1)) as yard:
        yard.record(Changed(thing(), 1))
        yard.doing[TELL] = slow
        yard.do(TELL, [1])

    assert len(refused) == 2
    assert len(set(leases)) == 2


def test_a_worker_that_was_stopped_and_wakes_up_overwrites_nothing(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holding, "renew", lambda *_: None)  # it was stopped as a whole
    yard.record(Changed(thing(), 1))
    asleep, awake = Event(), Event()

    def stopped(claim: Claim) -> None:
        with claim.work() as work:
            work.note("begun by the first", thing())
        asleep.set()
        assert awake.wait(60)
        with claim.work(last=True) as work:
            work.note("ended by the first", thing())

    yard.doing[TELL] = stopped
    first = Thread(target=yard.do, args=(TELL, [1]))
    first.start()
    assert asleep.wait(60)
    yard.pass_time(AGE)
    yard.bury()
    tell(yard.begun())
    awake.set()
    first.join()

    assert [line[0] for line in yard.lines()] == ["begun by the first", TELL]
    assert (yard.task().state, yard.task().fence) == (TaskState.DONE, 2)


def test_a_task_whose_holders_die_again_and_again_is_set_aside_with_a_reason(yard: Yard) -> None:
    yard.record(*(Changed(thing(number), 1) for number in range(1, 4)))
    found = []

    for _ in range(DEATHS):
        yard.begun(2)
        yard.pass_time(AGE)
        found += yard.bury()
    yard.work_on()

    assert [state for _, _, state in found] == [
        *[TaskState.WAITING] * (DEATHS - 1),
        TaskState.QUARANTINED,
    ]
    assert yard.ids(TaskState.QUARANTINED) == [2]
    assert yard.ids(TaskState.DONE) == [1, 3]
    assert yard.task(2).reason == f"whoever did it died ({DEATHS} of {DEATHS})"
    assert (yard.task(2).holder, yard.task(2).lease_until) == (None, None)


def test_what_was_set_aside_goes_on_when_it_is_requeued(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))
    for _ in range(DEATHS):
        yard.begun()
        yard.pass_time(AGE)
        yard.bury()

    with yard.runtime.work() as work:
        requeued = [retrying.requeue(work.session, work.now, task) for task in (1, 1, 2)]
    yard.work_on()

    assert requeued == [True, False, False]
    assert (yard.task().state, yard.task().deaths) == (TaskState.DONE, 0)
    assert yard.task().fence == DEATHS + 1


def test_the_dead_are_looked_for_in_one_look_however_many_they_are(yard: Yard) -> None:
    yard.record(*(Changed(UUID(int=number), 1) for number in range(1, 21)))
    for task in yard.ids():
        yard.begun(task)
    yard.pass_time(AGE)

    assert sorted(task for task, _, _ in yard.bury()) == yard.ids()
    assert yard.bury() == []


def test_one_that_cannot_be_given_back_keeps_none_of_the_others(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    yard.record(*(Changed(thing(number), 1) for number in (1, 2, 3)))
    codes: list[int] = []
    monkeypatch.setattr(os, "_exit", codes.append)
    real = retrying.put_back

    def put_back(session: Session, now: datetime, task: int, fence: int, **more: Any) -> bool:
        if task == 1:
            raise IntegrityError("", {}, Exception())
        return real(session, now, task, fence, **more)

    monkeypatch.setattr(retrying, "put_back", put_back)
    held = Leases(yard.runtime)
    for task in (1, 2, 3):
        held.hold(yard.begun(task).task)
    held._give_back()  # noqa: SLF001 -- its thread would end this process

    assert codes == [1]
    assert yard.ids(TaskState.WAITING) == [2, 3]
