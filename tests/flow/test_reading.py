"""Plans whose calendars are read first: from a real https host, by the job of a worker."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from calendar_sync.errors import Unreadable
from scheduler.model.problem import State
from services.flow import calendars, coverage, groups, members, plans, terms
from services.flow.coverage import Known
from services.storage import calendars as stored
from services.storage.rows.calendars import CalendarKind
from services.storage.rows.doors import AuditRow
from services.storage.rows.plans import PlanState
from services.wiring import Runtime
from tests.calendar_sync.hosts import Host, Page, a_host
from tests.runtimes import a_person, a_runtime, drained

FREE_BUT_MONDAYS = b"""BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//test//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20260101T000000Z\r
DTSTART:20270104T000000Z\r
DURATION:P1D\r
RRULE:FREQ=WEEKLY\r
END:VEVENT\r
END:VCALENDAR\r
"""


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with a_host(tmp_path) as host:
        host.pages["/ada.ics"] = Page(FREE_BUT_MONDAYS)
        yield host


@pytest.fixture
def runtime(tmp_path: Path, host: Host) -> Runtime:
    return a_runtime(tmp_path, network=host.network())


def a_plan_that_waits(runtime: Runtime, address: str) -> tuple[UUID, UUID, UUID]:
    """A group of one whose calendar is at an address and was read long ago."""
    person = a_person(runtime, "cora@example.org")
    with runtime.work(person) as work:
        group = groups.form(work, "roadmap", "Early birds", "UTC")
        member, _ = members.add(work, group.id, members.Entry(name="Ada", email="ada@example.org"))
        owner = calendars.entered_for(work, group.id, member.id)
        known = calendars.read_file(FREE_BUT_MONDAYS, "UTC", work.now)
        sealed = calendars.sealed(runtime.keys, address)
        row = calendars.add_read(work, owner, CalendarKind.WORK, known, sealed)
        row.read_at = row.tried_at = work.now - timedelta(days=1)
        term = terms.add(work, group.id, {"start": "2027-01-04", "end": "2027-06-30"})
    with runtime.reading(person) as work:
        asked = plans.ask(work, group.id, term.id)
    with runtime.work(person) as work:
        plan = plans.wait(work, asked)
    return person, group.id, plan.id


def test_a_plan_waits_until_its_calendars_are_read(runtime: Runtime, host: Host) -> None:
    person, group_id, plan_id = a_plan_that_waits(runtime, host.address("/ada.ics"))

    drained(runtime)

    with runtime.reading(person) as work:
        row = plans.one(work, group_id, plan_id)
        shown = plans.shown(work, row)
    assert (row.state, row.read, row.to_read) == (PlanState.READY, 1, 1)
    assert len(host.asked) == 1
    assert {date.day.weekday() for date in shown.answer.proposals[0].dates}.isdisjoint({0})


def test_what_is_done_is_not_done_again(runtime: Runtime, host: Host) -> None:
    a_plan_that_waits(runtime, host.address("/ada.ics"))

    drained(runtime)
    drained(runtime)

    assert len(host.asked) == 1


def test_when_a_reading_fails_what_was_known_stays_and_the_reason_is_told(
    runtime: Runtime, host: Host
) -> None:
    person, group_id, plan_id = a_plan_that_waits(runtime, host.address("/gone.ics"))

    drained(runtime)

    with runtime.reading(person) as work:
        row = plans.one(work, group_id, plan_id)
        [first, *_] = plans.shown(work, row).answer.proposals[0].dates
        _, pairs = members.page(work, group_id, None, 10)
        group = groups.page(work, None, 1)[0].group
        found = coverage.of_group(work, group, pairs)[pairs[0][0].id]
    assert row.state is PlanState.READY
    assert first.attendance[State.FREE] == (0,)
    assert found.known is Known.PARTLY
    assert found.what is not None
    assert "404" in found.what


def test_what_was_not_read_for_days_counts_as_unknown(runtime: Runtime, host: Host) -> None:
    person, group_id, plan_id = a_plan_that_waits(runtime, host.address("/gone.ics"))
    with runtime.work() as work:
        [(_, row, _)] = stored.of_group(work, group_id)
        row.read_at = work.now - timedelta(days=4)

    drained(runtime)

    with runtime.reading(person) as work:
        shown = plans.shown(work, plans.one(work, group_id, plan_id))
    for date in shown.answer.proposals[0].dates:
        assert date.attendance[State.FREE] == ()
        assert date.attendance[State.UNKNOWN] + date.attendance[State.BUSY] == (0,)


def test_the_address_is_sealed_and_opens_for_its_calendar_alone(
    runtime: Runtime, host: Host
) -> None:
    a_plan_that_waits(runtime, host.address("/ada.ics?key=secret-part"))

    raw = (runtime.settings.home / "commonhour.db").read_bytes()
    wal = runtime.settings.home / "commonhour.db-wal"
    raw += wal.read_bytes() if wal.exists() else b""

    assert b"secret-part" not in raw


def test_what_is_no_address_is_refused_in_a_sentence(runtime: Runtime) -> None:
    with pytest.raises(Unreadable, match="no address"):
        calendars.read_address("ada.ics", "UTC", runtime.clock(), runtime.settings.network)


def test_a_plan_that_cannot_be_made_fails_with_a_reason(runtime: Runtime) -> None:
    person, group_id, plan_id = a_plan_that_waits(runtime, "https://calendar.example.org/x.ics")
    with runtime.work(person) as work:
        term = plans.one(work, group_id, plan_id).term_id
        terms.change(work, group_id, term, None, {"start": "2020-01-06", "end": "2020-02-03"})

    drained(runtime)

    with runtime.reading(person) as work:
        row = plans.one(work, group_id, plan_id)
    assert (row.state, row.failed_what) == (PlanState.FAILED, "The term is over")


def test_the_end_of_a_plan_that_waited_has_its_line_in_the_audit(
    runtime: Runtime, host: Host
) -> None:
    _, _, plan_id = a_plan_that_waits(runtime, host.address("/ada.ics"))
    drained(runtime)
    drained(runtime)
    assert of_plan(runtime, plan_id) == ["plan.asked", "plan.made"]


def test_so_has_the_failure_of_one(runtime: Runtime) -> None:
    person, group_id, plan_id = a_plan_that_waits(runtime, "https://calendar.example.org/x.ics")
    with runtime.work(person) as work:
        term = plans.one(work, group_id, plan_id).term_id
        terms.change(work, group_id, term, None, {"start": "2020-01-06", "end": "2020-02-03"})

    drained(runtime)

    assert of_plan(runtime, plan_id) == ["plan.asked", "plan.failed"]


def of_plan(runtime: Runtime, plan_id: UUID) -> list[str]:
    with runtime.reading() as work:
        lines = select(AuditRow.action).where(AuditRow.subject == plan_id)
        return list(work.session.scalars(lines.order_by(AuditRow.number)))
