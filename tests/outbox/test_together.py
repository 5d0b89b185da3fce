"""State and outbox commit together: whatever statement fails, there is both or neither."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from calendar_sync.errors import Unreadable
from calendar_sync.ics.seen import Seen
from calendar_sync.ics.source import Reading
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.events import Events
from services.claims import Claim
from services.flow import calendars, due, groups, members, plans, readings, terms
from services.flow.question import Question
from services.storage.rows.calendars import CalendarKind
from services.storage.rows.outbox import TaskState
from services.storage.tables import TABLES
from services.storage.work import Work
from services.wiring import Runtime
from tests.outbox.faults import Fault, failing_at
from tests.outbox.yard import Changed, Moved, Yard, a_yard, tell, thing
from tests.runtimes import a_person, waiting_jobs

DAY = timedelta(days=1)
HOUR = 3600  # seconds


@dataclass
class Case:
    """A group with one member, whose calendar is at an address and was read long ago."""

    runtime: Runtime
    coordinator: UUID
    group: UUID
    member: UUID
    calendar: UUID
    asked: Question


@pytest.fixture
def case(yard: Yard) -> Case:
    runtime = yard.runtime
    person = a_person(runtime, "cora@example.org")
    with runtime.work(person) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC")
        member, _ = members.add(work, group.id, members.Entry(name="Ada", email="ada@example.org"))
        owner = calendars.entered_for(work, group.id, member.id)
        sealed = calendars.sealed(runtime.keys, "https://example.org/ada.ics")
        taken = calendars.Taken(Events.of(busy(work, 8)), *calendars.window(work.now))
        row = calendars.add_read(work, owner, CalendarKind.WORK, taken, sealed)
        row.read_at = row.tried_at = row.due_at = work.now - DAY
        row.failures = 100
        first = work.now.date()
        said = {"start": first.isoformat(), "end": (first + 100 * DAY).isoformat()}
        term = terms.add(work, group.id, said)
    with runtime.reading(person) as work:
        asked = plans.ask(work, group.id, term.id)
    with runtime.work() as work:
        work.session.execute(text("delete from outbox"))
    return Case(runtime, person, group.id, member.id, row.id, asked)


def busy(work: Work, hours: int) -> list[BusyInterval]:
    """So many hours of tomorrow."""
    start = int((work.now + DAY).timestamp())
    return [BusyInterval(start, start + hours * HOUR, Kind.BUSY)]


def ask_for_a_plan(case: Case, work: Work) -> None:
    assert case.asked.stale
    plans.wait(work, case.asked)


def invite(case: Case, work: Work) -> None:
    members.invite(work, case.group, case.member)


def add_a_calendar(case: Case, work: Work) -> None:
    owner = calendars.entered_for(work, case.group, case.member)
    ranges = [{"days": ["mon"], "start": "08:00", "end": "12:00"}]
    calendars.add_weekly(work, owner, CalendarKind.WORK, ranges)


def let_the_clock_tick(_case: Case, work: Work) -> None:
    due.record(work)


def read_another_time(case: Case, work: Work) -> None:
    place = readings.place_of(work, case.runtime.keys, case.calendar)
    assert place is not None
    outcome = Reading(busy(work, 9), Seen("0" * 64, None, None))
    readings.keep(work, case.runtime.keys, place, outcome, refresh=600)


def lose_the_calendar(case: Case, work: Work) -> None:
    place = readings.place_of(work, case.runtime.keys, case.calendar)
    assert place is not None
    error = Unreadable("The host does not answer", remedy="wait")
    readings.keep(work, case.runtime.keys, place, error, refresh=600)


USE_CASES: list[tuple[Callable[[Case, Work], None], list[str], set[str]]] = [
    (ask_for_a_plan, ["calendars.read_for"], {"plan"}),
    (invite, ["notices.send_link"], {"link"}),
    (add_a_calendar, ["planning.look_again"], {"calendar"}),
    (let_the_clock_tick, ["calendars.read", "notices.purge"], {"calendar", "timer"}),
    (read_another_time, ["planning.look_again"], {"calendar", "busy"}),
    (lose_the_calendar, ["notices.tell_lost"], {"calendar"}),
]


def everything(runtime: Runtime) -> dict[str, list[str]]:
    """Every row of every table."""
    with runtime.reading() as work:
        return {
            each.name: sorted(map(repr, work.session.execute(each.select())))
            for each in TABLES.sorted_tables
        }


def changed(before: dict[str, list[str]], after: dict[str, list[str]]) -> set[str]:
    return {name for name in before if before[name] != after[name]}


@pytest.mark.parametrize(
    ("use", "jobs", "tables"), USE_CASES, ids=[each.__name__ for each, _, _ in USE_CASES]
)
def test_whatever_statement_fails_there_is_no_row_without_its_task(
    case: Case, use: Callable[[Case, Work], None], jobs: list[str], tables: set[str]
) -> None:
    runtime, chosen, ended = case.runtime, 0, False
    before = everything(runtime)

    while not ended:
        chosen += 1
        with failing_at(runtime.engine, chosen) as counter:
            try:
                with runtime.work(case.coordinator) as work:
                    use(case, work)
            except Fault:
                assert changed(before, everything(runtime)) == set(), f"at statement {chosen}"
            else:
                ended = counter.count < chosen

    assert chosen > 3  # BEGIN, at least one row, its task, COMMIT
    assert changed(before, everything(runtime)) >= {*tables, "outbox"}
    assert sorted(waiting_jobs(runtime)) == sorted(jobs)


def test_whatever_statement_fails_a_task_never_ends_without_what_follows_it(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))
    claim, chosen, ended = yard.begun(), 0, False
    before = everything(yard.runtime)

    while not ended:
        chosen += 1
        with failing_at(yard.runtime.engine, chosen) as counter:
            try:
                end_and_go_on(claim)
            except Fault:
                assert changed(before, everything(yard.runtime)) == set(), f"at {chosen}"
                assert not claim.done
            else:
                ended = counter.count < chosen

    assert [(row.job, row.state) for row in yard.tasks()] == [
        ("notices.tell", "done"),
        ("notices.carry", "waiting"),
    ]
    assert len(yard.lines()) == 1


def end_and_go_on(claim: Claim) -> None:
    with claim.work(last=True) as work:
        work.note("told", claim.subject)
        work.record(Moved(claim.subject))


def test_what_is_given_up_by_its_own_error_leaves_no_task(yard: Yard) -> None:
    with pytest.raises(Fault), yard.runtime.work() as work:
        work.record(Changed(thing(), 1))
        work.session.flush()
        raise Fault

    assert yard.tasks() == []


def test_a_commit_that_fails_locks_nobody_out(yard: Yard, database_url: str) -> None:
    with failing_at(yard.runtime.engine, 0) as counted:
        yard.record(Changed(thing(1), 1))
    with failing_at(yard.runtime.engine, counted.count), pytest.raises(Fault):
        yard.record(Changed(thing(2), 1))

    with a_yard(database_url, yard.runtime.settings.home) as other:
        other.record(Changed(thing(3), 1))

    assert [row.subject for row in yard.tasks()] == [thing(1), thing(3)]


def test_whatever_statement_fails_a_task_is_begun_and_told_of_or_neither(yard: Yard) -> None:
    yard.record(Changed(thing(), 1))
    before, chosen, claim = everything(yard.runtime), 0, None

    while claim is None:
        chosen += 1
        with failing_at(yard.runtime.engine, chosen) as counter:
            try:
                begun = yard.begun()
            except Fault:
                assert changed(before, everything(yard.runtime)) == set()
            else:
                claim = begun if counter.count < chosen else None
    tell(claim)

    assert yard.ids(TaskState.DONE) == [1]
