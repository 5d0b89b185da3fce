"""Two workers, one effect; and none where there is nothing left to do."""

from functools import partial
from uuid import UUID

from services.claims import Claim
from services.flow import calendars
from services.storage.rows.calendars import CalendarKind, CalendarRow
from services.storage.rows.outbox import TaskState
from tests.outbox.crowd import together
from tests.outbox.yard import READ, TELL, Changed, Read, Yard, thing
from tests.runtimes import a_person, drained
from tests.sizes import size

ROUNDS = size(20, 200)


def test_the_same_job_started_five_times_at_once_has_one_effect(yard: Yard) -> None:
    for number in range(1, ROUNDS + 1):
        yard.record(Changed(thing(number), number))
        [task] = yard.ids(TaskState.WAITING)

        together(*[partial(yard.do, TELL, [task])] * 5)

        assert len(yard.lines()) == number
    assert [line[2] for line in yard.lines()] == [*range(1, ROUNDS + 1)]
    assert {row.fence for row in yard.tasks()} == {1}


def test_jobs_that_share_some_of_their_tasks_have_one_effect_each(yard: Yard) -> None:
    yard.record(*(Read(thing(number)) for number in range(1, 21)))
    ids = yard.ids()

    together(*(partial(yard.do, READ, ids[first : first + 12]) for first in (0, 4, 8)))
    yard.pass_time(1000)
    yard.work_on()

    assert sorted(str(line[1]) for line in yard.lines()) == [str(thing(n)) for n in range(1, 21)]


def test_a_job_that_is_repeated_long_after_it_was_done_has_no_effect(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))
    yard.do(TELL, [1])

    yard.do(TELL, [1, 1])

    assert len(yard.lines()) == 1


def test_a_job_is_done_for_its_own_tasks_alone(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))

    yard.do("notices.carry", [1])
    yard.do(TELL, [999])

    assert yard.lines() == []
    assert yard.ids(TaskState.WAITING) == [1]


def test_an_effect_is_called_the_same_at_every_try(yard: Yard) -> None:
    names = []

    def job(claim: Claim) -> None:
        names.append(claim.name)
        if len(names) < 3:
            raise ValueError

    yard.doing[TELL] = job
    yard.record(Changed(thing(), 1))
    for _ in range(3):
        yard.pass_time(1000)
        yard.work_on()

    assert names == ["notices-tell-1"] * 3


def test_a_task_whose_subject_was_deleted_meanwhile_has_no_effect_and_ends(yard: Yard) -> None:
    runtime, person = yard.runtime, a_person(yard.runtime, "ada@example.org")
    calendar = a_calendar(yard, person)
    with runtime.work() as work:
        row = work.session.get(CalendarRow, calendar)
        assert row is not None
        work.session.delete(row)
    before = yard.lines()

    done = drained(runtime)

    assert done == ["planning.look_again"]
    assert yard.lines() == before
    assert {row.state for row in yard.tasks()} == {TaskState.DONE}


def a_calendar(yard: Yard, person: UUID) -> UUID:
    """Somebody's calendar that was just added."""
    with yard.runtime.work(person) as work:
        row = calendars.add_weekly(
            work,
            calendars.own(work),
            CalendarKind.WORK,
            [{"days": ["mon"], "start": "08:00", "end": "12:00"}],
        )
        return row.id
