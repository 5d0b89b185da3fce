"""How old what a plan was made from is: kept with the plan, and of whom nothing was told."""

from datetime import timedelta
from uuid import UUID

from services.facts import BusyChanged
from services.flow import ages, history, plans, rights
from services.flow.ages import Age, Unread
from services.flow.question import TRUSTED
from services.storage import terms
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.plans import PlanState
from tests.calendar_sync.hosts import Page
from tests.flow.town import MONDAYS, NOW, PATH, TUESDAYS, Town, every_week
from tests.runtimes import drained, ticked

HOST_IS_ILL = Page(status=500)


def a_calendar_of(town: Town, name: str) -> UUID:
    """Somebody's calendar, at an address of its own."""
    path = f"/{name}.ics"
    town.publish(MONDAYS, path=path)
    return town.entered(town.member(name), path)


def refreshed(town: Town, term: UUID) -> UUID:
    """Have everything read, and planned."""
    with town.runtime.reading(town.cora) as work:
        asked = plans.ask(work, town.group, term, refresh=True)
    with town.runtime.work(town.cora) as work:
        plan = plans.wait(work, asked).id
    drained(town.runtime)
    return plan


def confirmed(town: Town, plan: UUID) -> object:
    """Up to when later readings change nothing in a plan."""
    with town.runtime.reading(town.cora) as work:
        row = plans.one(work, town.group, plan)
        term = terms.one(work, town.group, row.term_id)
        assert term is not None
        return history.confirmed(work, row, rights.coordinating(work, town.group), term)


def test_a_plan_is_as_old_as_what_it_was_made_from_whatever_is_read_later(
    either_town: Town,
) -> None:
    town = either_town
    term, read = town.term(), town.clock.now
    calendar = town.entered(town.member("Ada"))
    town.clock.forward(minutes=5)
    plan = town.plan(term)
    drained(town.runtime)
    assert (town.planned(plan).oldest_reading_at, confirmed(town, plan)) == (read, None)

    town.due(calendar)  # nothing has changed

    assert town.planned(plan).oldest_reading_at == read
    assert confirmed(town, plan) == town.clock.now

    town.publish(*(every_week(f"202701{day}") for day in ("04", "05", "06", "07")))
    town.due(calendar)

    row = town.planned(plan)
    assert row.outdated_at == town.clock.now
    assert (row.oldest_reading_at, confirmed(town, plan)) == (read, None)


def test_only_the_latest_plan_of_what_still_stands_is_confirmed_by_later_readings(
    town: Town,
) -> None:
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    first, second = town.plan(term), town.plan(term)
    drained(town.runtime)
    town.due(calendar)
    assert (confirmed(town, first), confirmed(town, second)) == (None, town.clock.now)

    town.member("Bea")

    assert confirmed(town, second) is None


def test_a_plan_is_not_confirmed_before_somebody_has_looked_what_follows_from_a_change(
    town: Town,
) -> None:
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    town.clock.forward(minutes=5)
    plan = town.plan(term)
    drained(town.runtime)
    town.clock.forward(hours=7)

    with town.runtime.work() as work:  # read, and other time is taken
        row = work.session.get_one(CalendarRow, calendar)
        row.read_at = work.now
        work.record(BusyChanged(calendar, row.revision + 1))
    assert confirmed(town, plan) is None

    drained(town.runtime)
    assert confirmed(town, plan) == town.clock.now


def test_who_could_not_be_read_for_a_plan_is_noted_with_it(either_town: Town) -> None:
    town = either_town
    term, read = town.term(), town.clock.now
    for each in ("Ada", "Bea", "Cem"):
        a_calendar_of(town, each)
    town.clock.forward(hours=2)
    town.host.pages["/Ada.ics"] = town.host.pages["/Bea.ics"] = HOST_IS_ILL

    plan = town.planned(refreshed(town, term))

    assert (plan.state, plan.read, plan.to_read, plan.failed) == (PlanState.READY, 3, 3, 2)
    assert Unread.of_kept(plan.unread) == Unread(members=2, unknown=0, known=read)
    assert plan.oldest_reading_at == read

    town.publish(TUESDAYS, path="/Ada.ics")
    town.clock.forward(hours=2)
    better = town.clock.now
    assert town.planned(refreshed(town, term)).failed == 1
    town.clock.now = read + TRUSTED + timedelta(hours=1)

    plan = town.planned(refreshed(town, term))

    assert Unread.of_kept(plan.unread) == Unread(members=1, unknown=1, known=None)
    assert plan.oldest_reading_at == town.clock.now > better  # who is unknown is not known of old

    town.publish(TUESDAYS, path="/Bea.ics")
    town.clock.forward(hours=2)
    plan = town.planned(refreshed(town, term))
    assert (plan.failed, plan.unread, plan.oldest_reading_at) == (0, None, town.clock.now)


def test_one_calendar_that_counts_no_more_makes_all_of_a_member_unknown() -> None:
    lost = CalendarRow(read_at=NOW - timedelta(days=9), tried_at=NOW, failed_what="It is gone")
    ill = CalendarRow(read_at=NOW - timedelta(days=1), tried_at=NOW, failed_what="It is away")
    well = CalendarRow(read_at=NOW, tried_at=NOW)

    found = ages.age([ages.Member([lost, ill], [ill]), ages.Member([well], [well])])

    assert found == Age(NOW, NOW, Unread(members=1, unknown=1, known=None))


def test_a_calendar_whose_host_asked_to_wait_counts_as_read_in_vain(town: Town) -> None:
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    town.host.pages[PATH] = Page(status=503, headers={"Retry-After": "43200"})
    drained(town.runtime)
    town.due(calendar)
    asked = len(town.host.asked)
    town.clock.forward(hours=1)

    plan = town.planned(refreshed(town, term))

    assert (len(town.host.asked), plan.read, plan.failed) == (asked, 1, 1)
    assert plan.unread is not None


def test_what_was_read_in_this_minute_is_not_counted_as_read_in_vain(town: Town) -> None:
    term = town.term()
    town.clock.forward(hours=1)
    calendar = a_calendar_of(town, "Ada")
    town.clock.forward(minutes=2)
    with town.runtime.reading(town.cora) as work:
        asked = plans.ask(work, town.group, term, refresh=True)
    town.due(calendar)  # by itself, meanwhile
    town.clock.forward(seconds=20)
    with town.runtime.work(town.cora) as work:
        plan = plans.wait(work, asked).id
    ticked(town.runtime)

    row = town.planned(plan)
    assert (row.state, row.failed, row.unread) == (PlanState.READY, 0, None)
