"""Calendars that are read again by themselves: what it costs, what changes, what is told."""

import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import mean
from uuid import UUID

import pytest
from cryptography.fernet import Fernet, MultiFernet

from calendar_sync.errors import Unreadable
from calendar_sync.ics.source import Reading
from scheduler.model.busy import Kind
from services import clock
from services.flow import (
    calendars,
    coverage,
    moving,
    plans,
    purge,
    read_now,
    readings,
    rests,
    rights,
)
from services.flow.coverage import Known
from services.flow.errors import Conflict, TooMany
from services.flow.question import TRUSTED
from services.keys import Keys
from services.storage import members
from services.storage.rows.calendars import CalendarKind
from services.storage.rows.outbox import TaskState
from services.storage.rows.plans import PlanState
from tests.calendar_sync.builders import a_calendar
from tests.calendar_sync.hosts import Page
from tests.flow.town import (
    FREE_BUT_MONDAYS,
    MONDAYS,
    PATH,
    TUESDAYS,
    Town,
    every_week,
    once,
)
from tests.runtimes import drained, tasks, ticked, waiting_jobs

Outcome = Reading | Unreadable
CONDITIONS = ("If-None-Match", "If-Modified-Since")


def conditions(town: Town) -> list[dict[str, str]]:
    """The conditions of each request that the host got."""
    return [
        {name: value for name, value in headers.items() if name in CONDITIONS}
        for _, headers in town.host.asked
    ]


def no_more_children(monkeypatch: pytest.MonkeyPatch) -> None:
    def started(*_: object, **__: object) -> None:
        raise AssertionError("a child was started")

    monkeypatch.setattr(subprocess, "Popen", started)


def watched(town: Town) -> UUID:
    """A calendar in a term, read by itself once already."""
    town.term()
    calendar = town.entered(town.member("Ada"))
    drained(town.runtime)
    town.due(calendar)
    return calendar


def waits(town: Town, calendar: UUID) -> timedelta:
    """How long until a calendar is read again."""
    due = town.row(calendar).due_at
    assert due is not None
    return due - town.clock.now


def test_an_unchanged_calendar_costs_one_conditional_request_and_nothing_follows(
    either_town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, calendar = either_town, watched(either_town)
    town.host.pages[PATH] = replace(town.host.pages[PATH], drip=60)  # its body would take for ever
    no_more_children(monkeypatch)

    town.due(calendar)

    assert conditions(town) == [{}, {"If-None-Match": '"mondays"'}]
    row = town.row(calendar)
    assert (row.read_at, row.failures, row.failed_what) == (town.clock.now, 0, None)
    assert timedelta(hours=5.3) <= waits(town, calendar) <= timedelta(hours=6)
    assert town.changes(calendar) == 0


def test_a_changed_calendar_marks_the_plan_that_it_overtakes(either_town: Town) -> None:
    town = either_town
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    plan = town.plan(term)
    drained(town.runtime)
    town.publish(*(every_week(f"202701{day}") for day in ("04", "05", "06", "07")))

    town.due(calendar)

    assert town.changes(calendar) == 1
    assert town.planned(plan).outdated_at == town.clock.now
    assert town.audit(plan) == ["plan.made", "plan.outdated"]
    town.due(calendar)
    assert town.audit(plan) == ["plan.made", "plan.outdated"]


def test_a_change_that_moves_no_proposal_is_a_fact_and_marks_no_plan(town: Town) -> None:
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    plan = town.plan(term)
    drained(town.runtime)
    before = town.facts("BusyChanged")
    town.publish(MONDAYS, once("20270210", hours="1900 2000"))  # nobody meets in the evening

    town.due(calendar)

    assert (town.changes(calendar), town.facts("BusyChanged")) == (1, before + 1)
    assert town.planned(plan).outdated_at is None
    assert town.audit(plan) == ["plan.made"]


@pytest.mark.parametrize("day", ["20261220", "20270103", "20270701", "20280210"])
def test_what_changes_outside_of_every_term_is_kept_silently(town: Town, day: str) -> None:
    calendar = watched(town)
    known = len(town.busy(calendar).events)
    town.publish(MONDAYS, once(day))

    town.due(calendar)

    assert len(town.busy(calendar).events) == known + 1
    assert (town.changes(calendar), town.facts("BusyChanged")) == (0, 0)


def test_nor_does_what_is_over_change_anything(town: Town) -> None:
    calendar = watched(town)
    town.clock.now = datetime(2027, 2, 2, 8, tzinfo=UTC)
    town.due(calendar)
    before = town.changes(calendar)
    town.publish(MONDAYS, once("20270202", hours="0700 0800"))

    town.due(calendar)

    assert town.changes(calendar) == before


def test_what_nobody_read_for_long_is_not_believed_whatever_kept_us_from_reading(
    town: Town,
) -> None:
    calendar = watched(town)
    town.clock.forward(days=9)
    assert known(town) is Known.KNOWN
    town.clock.forward(days=2)
    assert known(town) is Known.UNREAD  # though no reading ever failed

    town.due(calendar)

    assert known(town) is Known.KNOWN
    assert town.changes(calendar) == 1  # unknown before, known again


def known(town: Town) -> Known:
    with town.runtime.reading(town.cora) as work:
        group = rights.coordinating(work, town.group)
        [found] = coverage.of_group(work, group, members.of(work, town.group)).values()
        return found.known


@pytest.mark.parametrize("hours", ["20270104 0000 0015", "20270630 2345 2359"])
def test_the_first_and_the_last_day_of_a_term_belong_to_it(town: Town, hours: str) -> None:
    town.publish(TUESDAYS)
    calendar = watched(town)
    town.publish(TUESDAYS, once(hours[:8], hours=hours[9:]))

    town.due(calendar)

    assert town.changes(calendar) == 1


def test_where_a_calendar_counts_in_no_term_nothing_follows(town: Town) -> None:
    town.term()
    member = town.member("Ada")
    own = town.own("Ada")  # she has not joined: it counts nowhere
    drained(town.runtime)
    town.due(own)
    town.publish(TUESDAYS)
    town.due(own)
    assert town.changes(own) == 0

    town.joined(member)
    town.publish(MONDAYS, TUESDAYS)
    town.due(own)

    assert town.changes(own) == 1


def test_time_that_becomes_tentative_is_other_time(town: Town) -> None:
    town.publish(MONDAYS, once("20270210"))
    calendar = watched(town)
    town.publish(MONDAYS, once("20270210", "STATUS:TENTATIVE"))

    town.due(calendar)

    assert town.changes(calendar) == 1
    kinds = [each.kind for each in town.busy(calendar).events.intervals()]
    assert kinds.count(Kind.TENTATIVE) == 1


def test_the_same_time_written_twice_is_the_same_time(town: Town) -> None:
    calendar = watched(town)
    known = len(town.busy(calendar).events)
    town.publish(MONDAYS, MONDAYS.replace("UID:", "UID:copy"))

    town.due(calendar)

    assert len(town.busy(calendar).events) == 2 * known
    assert town.changes(calendar) == 0


@pytest.mark.parametrize(
    "page",
    [Page(a_calendar()), Page(a_calendar(once("20250101"))), Page(b"<html>"), Page(status=404)],
)
def test_an_emptied_or_broken_calendar_never_empties_what_is_known(town: Town, page: Page) -> None:
    calendar = watched(town)
    before = town.busy(calendar).events.intervals()
    town.host.pages[PATH] = page

    town.due(calendar)

    row = town.row(calendar)
    assert town.busy(calendar).events.intervals() == before
    assert row.failures == 1
    assert row.failed_what
    assert town.changes(calendar) == 0


def test_after_a_failure_it_is_tried_again_soon_then_ever_later(town: Town) -> None:
    calendar = watched(town)
    town.host.pages[PATH] = Page(status=500)

    for minutes in (5, 10, 20, 40, 80, 160, 320, 360, 360):
        town.due(calendar)
        usual = timedelta(minutes=minutes)
        assert usual <= waits(town, calendar) <= 1.1 * usual
    town.publish(MONDAYS, etag='"mondays"')
    town.due(calendar)

    row = town.row(calendar)
    assert (row.failures, row.failed_what, row.failed_remedy) == (0, None, None)
    assert waits(town, calendar) <= timedelta(hours=6)


def test_a_host_that_asks_to_wait_is_left_alone_until_then(town: Town) -> None:
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    drained(town.runtime)
    town.host.pages[PATH] = Page(status=503, headers={"Retry-After": "43200"})
    town.due(calendar)
    until, asked = town.clock.now + timedelta(hours=12), len(town.host.asked)
    assert waits(town, calendar) >= timedelta(hours=12)

    town.clock.forward(hours=7)  # by now a plan would have it read first
    with town.runtime.reading(town.cora) as work:
        question = plans.ask(work, town.group, term)
    assert question.stale == [calendar]
    with town.runtime.work(town.cora) as work:
        plan = plans.wait(work, question).id
    ticked(town.runtime)
    with pytest.raises(TooMany) as refused, town.runtime.work(town.people["Ada"]) as work:
        read_now.own(work, calendar)

    assert len(town.host.asked) == asked
    assert str(refused.value) == (
        "The host of this calendar has asked us to wait: try again in 300 minutes."
    )
    row = town.planned(plan)
    assert (row.state, row.read, row.to_read) == (PlanState.READY, 1, 1)
    town.due(calendar)
    assert town.clock.now >= until
    assert len(town.host.asked) == asked + 1


def test_another_wall_clock_needs_all_of_it(town: Town) -> None:
    calendar = watched(town)
    with town.runtime.work(town.cora) as work:
        [(member, _)] = members.of_person(work, town.people["Ada"])
        member.timezone = "America/New_York"

    town.due(calendar)
    town.due(calendar)

    assert conditions(town) == [{}, {}, {"If-None-Match": '"mondays"'}]


def test_once_a_week_all_is_read_whatever_the_host_says(town: Town) -> None:
    calendar = watched(town)
    read, whole = town.clock.now, []
    for _ in range(17):
        town.clock.forward(days=1)
        town.due(calendar)
        if conditions(town)[-1] == {}:
            whole.append(town.clock.now)
        with town.runtime.work() as work:
            purge.purge(work)  # what is over goes

    assert [(each - read).days for each in whole] == [8, 16]
    assert town.busy(calendar).last == whole[-1] + calendars.AHEAD


def test_of_two_readings_the_one_that_began_later_stays(either_town: Town) -> None:
    town, calendar = either_town, watched(either_town)
    runtime = town.runtime

    def begun(*events: str) -> tuple[readings.Due, Outcome]:
        town.clock.forward(seconds=1)
        town.publish(*events)
        with runtime.reading() as work:
            due = readings.place_of(work, runtime.keys, calendar)
        assert due is not None
        return due, readings.read(due, runtime.settings.network)

    def kept(found: tuple[readings.Due, Outcome]) -> None:
        with runtime.work() as work:
            readings.keep(work, runtime.keys, *found, 3600)

    first, second = begun(MONDAYS), begun(TUESDAYS)
    failed = begun("nonsense")
    kept(second)
    kept(first)
    assert town.busy(calendar).events.intervals()[0].start % (7 * 86_400) == 5 * 86_400  # Tuesday
    assert town.row(calendar).read_at == second[0].began

    kept(failed)
    kept(second)

    assert town.row(calendar).failures == 1


def test_that_nothing_has_changed_says_nothing_of_what_was_replaced(town: Town) -> None:
    calendar = watched(town)
    runtime = town.runtime
    with runtime.reading() as work:
        early = readings.place_of(work, runtime.keys, calendar)
    town.clock.forward(seconds=1)
    with runtime.reading() as work:
        late = readings.place_of(work, runtime.keys, calendar)
    assert early is not None
    assert late is not None
    same = readings.read(late, runtime.settings.network)
    town.publish(TUESDAYS, etag='"tuesdays"')
    other = readings.read(early, runtime.settings.network)

    for due, outcome in ((early, other), (late, same)):
        with runtime.work() as work:
            readings.keep(work, runtime.keys, due, outcome, 3600)

    town.due(calendar)
    assert conditions(town)[-1] == {"If-None-Match": '"tuesdays"'}


@pytest.mark.parametrize("moved_first", [True, False])
@pytest.mark.parametrize(
    "old",
    [
        Page(a_calendar(MONDAYS, once("20270301"))),
        Page(status=503, headers={"Retry-After": "43200"}),
    ],
)
def test_what_is_read_at_an_old_address_says_nothing_of_the_calendar_that_moved(
    town: Town, old: Page, *, moved_first: bool
) -> None:
    calendar = watched(town)
    runtime, network = town.runtime, town.runtime.settings.network
    town.publish(TUESDAYS, path="/new.ics")
    town.host.pages[PATH] = old
    with runtime.reading() as work:
        new = moving.due_at(work, town.row(calendar), town.host.address("/new.ics"))
    town.clock.forward(seconds=1)
    with runtime.reading() as work:
        late = readings.place_of(work, runtime.keys, calendar)
    assert late is not None
    there, here = moving.read(new, network), readings.read(late, network)
    town.clock.forward(seconds=1)

    for is_move in (moved_first, not moved_first):
        with runtime.work() as work:
            if is_move:
                moving.move(work, runtime.keys, new, there, 3600)
            else:
                readings.keep(work, runtime.keys, late, here, 3600)

    assert town.busy(calendar).events.intervals()[0].start % (7 * 86_400) == 5 * 86_400  # Tuesday
    assert (town.row(calendar).failures, town.row(calendar).failed_what) == (0, None)
    with runtime.reading() as work:
        assert rests.until(work, calendar) is None


def test_a_calendar_that_is_deleted_before_it_is_read_is_not_read(town: Town) -> None:
    calendar = watched(town)
    asked = len(town.host.asked)
    town.clock.forward(hours=6)
    clock.tick(town.runtime)
    assert waiting_jobs(town.runtime) == ["calendars.read"]
    with town.runtime.work(town.people["Ada"]) as work:
        calendars.drop_own(work, calendar)

    drained(town.runtime)

    assert len(town.host.asked) == asked
    assert {task.state for task in tasks(town.runtime)} == {TaskState.DONE}


def test_nor_is_anything_kept_of_one_that_is_deleted_while_it_is_read(town: Town) -> None:
    calendar = watched(town)
    runtime = town.runtime
    with runtime.reading() as work:
        due = readings.place_of(work, runtime.keys, calendar)
    assert due is not None
    outcome = readings.read(due, runtime.settings.network)
    with runtime.work(town.people["Ada"]) as work:
        calendars.drop_own(work, calendar)

    with runtime.work() as work:
        readings.keep(work, runtime.keys, due, outcome, 3600)

    with runtime.reading(town.people["Ada"]) as work:
        assert calendars.of_own(work) == []


def test_hours_of_every_week_and_files_are_never_due(town: Town) -> None:
    member = town.member("Ada")
    with town.runtime.work(town.cora) as work:
        owner = calendars.entered_for(work, town.group, member)
        weekly = calendars.add_weekly(
            work,
            owner,
            CalendarKind.WORK,
            [{"days": ["mon"], "start": "08:00", "end": "12:00"}],
        )
        taken = calendars.read_file(FREE_BUT_MONDAYS, "UTC", work.now)
        upload = calendars.add_read(work, owner, CalendarKind.WORK, taken, None)
    town.clock.forward(days=30)

    ticked(town.runtime)

    assert town.facts("CalendarDue") == 0
    for each in (weekly, upload):
        assert town.row(each.id).due_at is None
        with (
            pytest.raises(Conflict, match="not read from an address"),
            town.runtime.work(town.people["Ada"]) as work,
        ):
            read_now.own(work, each.id)


def test_a_day_reads_each_calendar_about_four_times_and_not_all_at_once(town: Town) -> None:
    town.term()
    for number in range(6):
        path = f"/{number}.ics"
        town.publish(MONDAYS, etag=f'"{number}"', path=path)
        town.entered(town.member(f"Ada{number}"), path)
    moments: dict[str, list[float]] = {f"/{number}.ics": [] for number in range(6)}
    begun = town.clock.now

    while town.clock.now < begun + timedelta(hours=24):
        town.clock.forward(minutes=15)
        before = len(town.host.asked)
        ticked(town.runtime)
        for path, _ in town.host.asked[before:]:
            moments[path].append((town.clock.now - begun).total_seconds() / 60)

    counts = [len(each) for each in moments.values()]
    assert set(counts) <= {4, 5}
    assert 4 <= mean(counts) <= 4.6
    assert len({each[-1] for each in moments.values()}) >= 2  # by chance, but hardly ever one
    assert town.facts("BusyChanged") == 0


def test_read_now_is_done_at_once_and_once_a_minute(town: Town) -> None:
    calendar = watched(town)
    ada, asked = town.people["Ada"], len(town.host.asked)

    with town.runtime.work(ada) as work:
        read_now.own(work, calendar)
    with (
        pytest.raises(TooMany, match="at most once a minute: try again in 60 seconds"),
        town.runtime.work(ada) as work,
    ):
        read_now.own(work, calendar)
    drained(town.runtime)
    assert len(town.host.asked) == asked + 1
    town.clock.forward(seconds=60)
    with town.runtime.work(ada) as work:
        read_now.own(work, calendar)
    drained(town.runtime)

    assert len(town.host.asked) == asked + 2
    assert town.row(calendar).read_at == town.clock.now


def test_time_that_was_not_read_for_three_days_is_told_to_have_become_unknown_once(
    town: Town,
) -> None:
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    plan = town.plan(term)
    drained(town.runtime)
    town.due(calendar)
    read = town.clock.now
    good, town.host.pages[PATH] = town.host.pages[PATH], Page(status=404)

    while town.clock.now <= read + TRUSTED:
        assert (town.changes(calendar), town.planned(plan).outdated_at) == (0, None)
        town.due(calendar)
    assert town.changes(calendar) == 1
    assert town.planned(plan).outdated_at == town.clock.now
    for _ in range(5):
        town.due(calendar)
    assert town.changes(calendar) == 1

    again = town.plan(term)
    town.host.pages[PATH] = good
    town.due(calendar)

    assert town.changes(calendar) == 2
    assert town.planned(again).outdated_at == town.clock.now


def test_an_address_that_no_key_opens_is_a_reading_that_failed(town: Town) -> None:
    calendar = watched(town)
    asked = len(town.host.asked)
    town.runtime.keys = Keys("x" * 32, MultiFernet([Fernet(Fernet.generate_key())]))

    town.due(calendar)

    row = town.row(calendar)
    assert (row.failures, len(town.host.asked)) == (1, asked)
    assert row.failed_what
    assert {task.state for task in tasks(town.runtime)} == {TaskState.DONE}


def test_nothing_that_a_host_says_is_legible_in_the_database(town: Town) -> None:
    said = ("planted-etag-77", "planted-title-77", "planted-path-77", "planted-date")
    path = f"/{said[2]}.ics"
    town.publish(MONDAYS, once("20270210", f"SUMMARY:{said[1]}"), etag=f'"{said[0]}"', path=path)
    town.term()
    calendar = town.entered(town.member("Ada"), path)
    drained(town.runtime)
    town.due(calendar)
    town.due(calendar)
    assert conditions(town)[-1] == {"If-None-Match": f'"{said[0]}"'}
    town.publish(TUESDAYS, f"X-{said[1]}", etag=f'"{said[0]}-2"', path=path)
    town.due(calendar)
    town.host.pages[path] = Page(said[1].encode(), status=500, headers={"Retry-After": said[3]})
    town.due(calendar)

    home = town.runtime.settings.home
    raw = b"".join(each.read_bytes() for each in home.glob("commonhour.db*"))

    assert b"cora@example.org" in raw, "the files are those of the database"
    for word in said:
        assert word.encode() not in raw
