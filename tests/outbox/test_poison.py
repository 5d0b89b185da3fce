"""Poison is set aside, with a reason that tells nothing private; the others go on."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from scheduler.errors import Explained, TryLater
from services.claims import DEATHS, FAILURES, Claim
from services.storage.outbox import records, retrying
from services.storage.rows.outbox import TaskState
from tests.outbox.yard import TELL, Changed, Read, Yard, failing, thing
from tests.sizes import size

MANY = size(60, 1000)
POISON = thing(MANY // 2)
AGE = 1000  # seconds
NAME = "Ada Lovelace"
ADDRESS = "ada.lovelace@example.org"


def explained() -> Explained:
    return Explained(f"'{NAME}' cannot be reached at {ADDRESS}", remedy=f"ask {NAME}")


def test_one_that_always_fails_is_set_aside_and_all_others_are_done(
    yard: Yard, caplog: pytest.LogCaptureFixture
) -> None:
    yard.doing[TELL] = failing(explained, POISON)
    yard.record(*(Changed(thing(number), 1) for number in range(1, MANY + 1)))

    for _ in range(FAILURES):
        yard.work_on()
        yard.pass_time(AGE)
    yard.work_on()

    [aside] = yard.tasks(TaskState.QUARANTINED)
    assert len(yard.lines()) == len(yard.tasks(TaskState.DONE)) == MANY - 1
    assert (aside.subject, aside.failures, aside.deaths) == (POISON, FAILURES, 0)
    assert aside.reason == "... cannot be reached at ..."
    assert "task set aside" in caplog.text


def test_one_that_kills_its_process_is_set_aside_and_all_others_are_done(yard: Yard) -> None:
    """A worker does eight at once, and dies with all of them."""
    yard.record(*(Read(thing(number)) for number in range(1, MANY + 1)))

    while handed := yard.turned():
        for job, ids in handed:
            die_or_do(yard, job, ids)
        yard.pass_time(AGE)

    [aside] = yard.tasks(TaskState.QUARANTINED)
    assert (aside.subject, aside.deaths) == (POISON, DEATHS)
    assert len(yard.lines()) == len(yard.tasks(TaskState.DONE)) == MANY - 1
    assert max(row.deaths for row in yard.tasks(TaskState.DONE)) == 1


def die_or_do(yard: Yard, job: str, ids: list[int]) -> None:
    """Do a batch, eight at a time; with the poison among them they are begun and never ended."""
    for first in range(0, len(ids), 8):
        together = ids[first : first + 8]
        if MANY // 2 in together:  # ids are in the order of their keys
            for each in together:
                yard.begin(each, job)
            return
        yard.do(job, together)


def test_failures_wait_longer_each_time(sqlite_yard: Yard) -> None:
    sqlite_yard.doing[TELL] = failing(ValueError, thing())
    sqlite_yard.record(Changed(thing(), 1))
    waits = []

    for _ in range(FAILURES - 1):
        before = sqlite_yard.runtime.clock()
        sqlite_yard.do(TELL, [1])
        waits.append(round((sqlite_yard.task().due_at - before).total_seconds(), -1))
        sqlite_yard.pass_time(AGE)

    assert waits == [10, 20, 40, 80]
    assert sqlite_yard.task().failures == FAILURES - 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (ValueError(NAME), "ValueError at "),
        (explained(), "... cannot be reached at ..."),
        (Explained(f"Ada's plan of '{NAME}' and 'it's'", remedy="no"), "Ada..."),
        (Explained(f'It said "{NAME}\n{NAME}"', remedy="no"), "It said ..."),
        (Explained(f"See https://{NAME}/secret", remedy="no"), "See ..."),
    ],
    ids=["of others", "with an address", "with apostrophes", "on two lines", "with a link"],
)
def test_a_reason_holds_no_private_words(sqlite_yard: Yard, error: Exception, reason: str) -> None:
    sqlite_yard.doing[TELL] = failing(lambda: error, thing())
    sqlite_yard.record(Changed(thing(), 1))

    sqlite_yard.do(TELL, [1])

    said = sqlite_yard.task().reason or ""
    assert said.startswith(reason)
    assert "Ada L" not in said
    assert ADDRESS not in said


@pytest.mark.parametrize("seconds", [0.0, 5.0])
def test_to_be_told_to_wait_is_no_failure(sqlite_yard: Yard, seconds: float) -> None:
    sqlite_yard.doing[TELL] = failing(
        lambda: TryLater("Busy", remedy="wait", seconds=seconds), thing()
    )
    sqlite_yard.record(Changed(thing(), 1))

    for _ in range(3 * FAILURES):
        sqlite_yard.do(TELL, [1])
        sqlite_yard.pass_time(AGE)

    assert sqlite_yard.task().fence == 3 * FAILURES
    assert (sqlite_yard.task().failures, sqlite_yard.task().state) == (0, TaskState.WAITING)


class Said(Exception):
    """What a driver raises."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    "trouble",
    [
        OperationalError("", {}, Said("57P01")),
        OperationalError("", {}, Said("40P01")),
        OperationalError("", {}, Said("53100")),
        OperationalError("", {}, Exception()),
        PoolTimeout(),
    ],
    ids=["away", "deadlock", "full", "silent", "all in use"],
)
def test_a_database_in_trouble_is_no_failure_of_the_task(
    sqlite_yard: Yard, trouble: Exception
) -> None:
    sqlite_yard.doing[TELL] = failing(lambda: trouble, thing())
    sqlite_yard.record(Changed(thing(), 1))

    for _ in range(2 * FAILURES):
        sqlite_yard.do(TELL, [1])
        sqlite_yard.pass_time(AGE)

    assert sqlite_yard.task().fence == 2 * FAILURES
    assert (sqlite_yard.task().failures, sqlite_yard.task().state) == (0, TaskState.WAITING)


def test_what_no_database_can_do_is_a_failure_and_ends(sqlite_yard: Yard) -> None:
    sqlite_yard.doing[TELL] = failing(lambda: OperationalError("", {}, Said("54000")), thing())
    sqlite_yard.record(Changed(thing(), 1))

    for _ in range(FAILURES):
        sqlite_yard.do(TELL, [1])
        sqlite_yard.pass_time(AGE)

    assert sqlite_yard.task().state is TaskState.QUARANTINED


@pytest.mark.parametrize("last", [True, False], ids=["in the last work", "between"])
def test_a_connection_that_breaks_in_a_job_is_no_failure_of_the_task(
    postgres_yard: Yard, *, last: bool
) -> None:
    yard = postgres_yard
    yard.record(Changed(thing(), 1))

    def job(claim: Claim) -> None:
        with claim.work(last=last) as work:
            work.note("never", thing())
            work.session.flush()
            mine = work.session.execute(text("select pg_backend_pid()")).scalar_one()
            with yard.runtime.reading() as other:
                other.session.execute(text(f"select pg_terminate_backend({mine}, 5000)"))

    yard.doing[TELL] = job
    yard.do(TELL, [1])
    before = yard.task()
    yard.doing.clear()
    yard.pass_time(AGE)
    yard.work_on()

    assert (before.state, before.failures, before.deaths) == (TaskState.WAITING, 0, 0)
    assert yard.lines() == [(TELL, thing(), 1)]


def test_a_task_that_ended_badly_too_often_and_is_requeued_begins_anew(yard: Yard) -> None:
    yard.doing[TELL] = failing(ValueError, thing())
    yard.record(Changed(thing(), 1))
    for _ in range(FAILURES):
        yard.do(TELL, [1])
        yard.pass_time(AGE)

    with yard.runtime.work() as work:
        retrying.requeue(work.session, work.now, 1)
    yard.do(TELL, [1])

    assert (yard.task().state, yard.task().failures) == (TaskState.WAITING, 1)


def test_ids_that_nobody_can_read_are_set_aside_alone(yard: Yard) -> None:
    yard.record(Changed(thing(1), 1), Changed(thing(2), 1))
    with yard.runtime.work() as work:
        for row in yard.tasks():
            if row.subject == thing(1):
                work.session.merge(row).ids = {"thing_id": "no id", "other": "neither"}

    for _ in range(FAILURES):
        yard.do(TELL, [1, 2])
        yard.pass_time(AGE)

    assert yard.lines() == [(TELL, thing(2), 1)]
    assert [row.state for row in yard.tasks()] == [TaskState.QUARANTINED, TaskState.DONE]


def test_a_job_that_ends_its_own_process_is_counted_as_a_death(yard: Yard) -> None:
    yard.doing[TELL] = failing_with_exit
    yard.record(Changed(thing(), 1))

    with pytest.raises(SystemExit):
        yard.do(TELL, [1])
    before = yard.task()
    yard.pass_time(AGE)
    yard.bury()

    assert (before.state, before.failures) == (TaskState.RUNNING, 0)
    assert (yard.task().state, yard.task().deaths) == (TaskState.WAITING, 1)


def failing_with_exit(_claim: Claim) -> None:
    raise SystemExit


def test_drop_done_drops_what_is_done_and_old_alone(yard: Yard) -> None:
    yard.doing[TELL] = failing(ValueError, thing(1))
    yard.record(Changed(thing(1), 1), Changed(thing(2), 1), Read(thing(3)))
    for _ in range(FAILURES):
        yard.do(TELL, [1, 2, 3])
        yard.pass_time(AGE)

    with yard.runtime.work() as work:
        early = records.drop_done(work.session, work.now - timedelta(hours=1))
        late = records.drop_done(work.session, work.now + timedelta(hours=1))

    assert (early, late) == (0, 1)
    assert {row.state for row in yard.tasks()} == {TaskState.QUARANTINED, TaskState.WAITING}
