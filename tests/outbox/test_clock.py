"""The clock: what is due is recorded once, by whichever clock sees it first."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest
from sqlalchemy import select

from services import clock
from services.flow import due
from services.storage import due as stored
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.outbox import TaskState, TimerRow
from services.wiring import Runtime
from tests.outbox.crowd import together
from tests.outbox.faults import Fault, failing_at
from tests.outbox.yard import Yard
from tests.runtimes import a_person, tasks
from tests.sizes import size

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MANY = size(40, 1200)


def calendars(runtime: Runtime, count: int, ago: timedelta = HOUR) -> list[UUID]:
    """So many calendars at addresses that have been due for that long."""
    person = a_person(runtime, "ada@example.org")
    with runtime.work() as work:
        rows = [
            CalendarRow(
                person_id=person, kind=CalendarKind.WORK, source=Source.ADDRESS,
                created_at=work.now - DAY, due_at=work.now - ago,
            )
            for _ in range(count)
        ]  # fmt: skip
        work.add(*rows)
    return [row.id for row in rows]


def recorded(runtime: Runtime, job: str) -> list[UUID]:
    return sorted(row.subject for row in tasks(runtime) if row.job == job)


def test_what_is_due_is_recorded_once_and_is_due_again_later(yard: Yard) -> None:
    made = calendars(yard.runtime, 3)

    more = [clock.tick(yard.runtime) for _ in range(3)]

    assert more == [False] * 3
    assert recorded(yard.runtime, "calendars.read") == sorted(made)
    assert len(recorded(yard.runtime, "notices.purge")) == 1


def test_two_clocks_at_once_record_each_thing_once(yard: Yard) -> None:
    made = calendars(yard.runtime, MANY)

    together(*[partial(clock.tick, yard.runtime)] * 4)
    for row in tasks(yard.runtime):
        assert yard.begin(row.id, row.job)  # so that a second fact would be a second task
    together(*[partial(clock.tick, yard.runtime)] * 4)

    assert recorded(yard.runtime, "calendars.read") == sorted(made)
    assert len(recorded(yard.runtime, "notices.purge")) == 1
    assert yard.ids(TaskState.WAITING) == []


def test_a_clock_that_was_away_for_days_finds_everything_once(yard: Yard) -> None:
    runtime = yard.runtime
    made = calendars(runtime, 5, ago=10 * DAY)
    clock.tick(runtime)
    start = runtime.clock()
    for row in tasks(runtime):
        yard.do(row.job, [row.id])

    runtime.clock = lambda: start + 10 * DAY
    for _ in range(3):
        clock.tick(runtime)

    assert len(recorded(runtime, "notices.purge")) == 2
    assert recorded(runtime, "calendars.read") == sorted(made * 2)
    with runtime.reading() as work:
        timer = work.session.scalars(select(TimerRow)).one()
        assert timer.due_at == start + 11 * DAY


def test_what_is_due_while_nobody_works_is_recorded_again_as_the_same_task(yard: Yard) -> None:
    runtime, start = yard.runtime, yard.runtime.clock()
    made = calendars(runtime, 2)

    for number in range(5):
        runtime.clock = partial(start.__add__, number * HOUR)
        clock.tick(runtime)

    assert recorded(runtime, "calendars.read") == sorted(made)


def test_more_than_one_look_finds_is_found_by_the_next_at_once(
    yard: Yard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "_MOST", 4)
    made = calendars(yard.runtime, 10)

    more = [clock.tick(yard.runtime) for _ in range(4)]

    assert more == [True, True, False, False]
    assert recorded(yard.runtime, "calendars.read") == sorted(made)


def test_calendars_that_are_not_read_and_others_not_yet_due_are_left_alone(yard: Yard) -> None:
    upload, later = calendars(yard.runtime, 2)
    with yard.runtime.work() as work:
        uploaded = work.session.get_one(CalendarRow, upload)
        uploaded.source, uploaded.due_at = Source.UPLOAD, None
        work.session.get_one(CalendarRow, later).due_at = work.now + HOUR

    clock.tick(yard.runtime)

    assert recorded(yard.runtime, "calendars.read") == []


def test_a_calendar_of_earlier_code_that_does_not_say_when_is_due(yard: Yard) -> None:
    made = calendars(yard.runtime, 1)
    clock.tick(yard.runtime)
    with yard.runtime.work() as work:
        work.session.get_one(CalendarRow, made[0]).due_at = None
    yard.begun(1, "calendars.read")

    for _ in range(2):
        clock.tick(yard.runtime)

    assert recorded(yard.runtime, "calendars.read") == made * 2


def test_a_timer_that_our_code_does_not_know_hides_none_of_ours(yard: Yard) -> None:
    clock.tick(yard.runtime)
    with yard.runtime.work() as work:
        work.session.scalars(select(TimerRow)).one().due_at = work.now
        work.add(TimerRow(name="of newer code", due_at=work.now + 5 * DAY))
    yard.do("notices.purge", yard.ids())

    clock.tick(yard.runtime)

    assert len(recorded(yard.runtime, "notices.purge")) == 2


def test_a_timer_that_our_code_does_not_know_is_left_alone(yard: Yard) -> None:
    clock.tick(yard.runtime)
    with yard.runtime.work() as work:
        work.add(TimerRow(name="of newer code", due_at=work.now - 5 * DAY))

    clock.tick(yard.runtime)

    assert len(tasks(yard.runtime)) == 1


def test_timers_ring_by_their_names(yard: Yard) -> None:
    clock.tick(yard.runtime)
    [row] = tasks(yard.runtime)

    with yard.runtime.reading() as work:
        assert stored.name_of(work, row.subject) == "purge"
        assert stored.name_of(work, UUID(int=1)) is None


def test_a_tick_that_fails_at_any_statement_leaves_everything_due(yard: Yard) -> None:
    made, chosen = calendars(yard.runtime, 2), 0

    while not recorded(yard.runtime, "calendars.read"):
        chosen += 1
        with failing_at(yard.runtime.engine, chosen):
            try:
                clock.tick(yard.runtime)
            except Fault:
                with yard.runtime.reading() as work:
                    assert due.anything(work)

    assert chosen > 5
    assert recorded(yard.runtime, "calendars.read") == sorted(made)


def test_nothing_is_written_where_nothing_is_due(yard: Yard) -> None:
    clock.tick(yard.runtime)

    with failing_at(yard.runtime.engine, 0) as counted:
        clock.tick(yard.runtime)

    assert counted.count <= 4  # BEGIN and two questions
