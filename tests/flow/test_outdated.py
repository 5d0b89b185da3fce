"""Plans that calendars have overtaken: which are looked at, and what makes them another answer."""

from uuid import UUID

import pytest

from services.facts import BusyChanged
from services.flow import effort, members, outdated, plans, terms
from services.storage.rows.outbox import TaskState
from tests.flow.town import MONDAYS, TUESDAYS, Town, every_week, once
from tests.runtimes import drained, tasks, waiting_jobs

WORKDAYS = [every_week(f"202701{day}") for day in ("04", "05", "06", "07", "08")]


def a_plan(town: Town, *, top: int = 5) -> tuple[UUID, UUID, UUID]:
    """The ids of a term, of the one calendar that counts in it, and of its plan."""
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    plan = town.plan(term, top=top)
    drained(town.runtime)
    return term, calendar, plan


def looked_at(town: Town, calendar: UUID) -> None:
    """Say that a calendar has changed, whether it did or not."""
    with town.runtime.work() as work:
        work.record(BusyChanged(calendar, 7))
    drained(town.runtime)


@pytest.mark.parametrize("top", [1, 5, 10])
def test_a_plan_is_not_out_of_date_by_itself(town: Town, top: int) -> None:
    _, calendar, plan = a_plan(town, top=top)
    town.clock.forward(days=30)  # planned today, clinics would have to be asked sooner
    town.due(calendar)

    looked_at(town, calendar)

    assert town.planned(plan).outdated_at is None


def test_who_can_come_is_part_of_a_proposal(town: Town) -> None:
    term = town.term()
    calendar = town.entered(town.member("Ada"))
    town.entered(town.member("Bea"))
    plan = town.plan(term)
    drained(town.runtime)
    with town.runtime.reading() as work:
        [first, *_] = plans.shown(work, town.planned(plan)).answer.proposals[0].dates
    day = f"{first.day:%Y%m%d}"
    town.publish(MONDAYS, once(day, hours="0600 0900"))  # one of two: the quorum still holds

    town.due(calendar)

    assert town.planned(plan).outdated_at == town.clock.now


def test_only_the_latest_plan_of_a_term_is_looked_at(town: Town) -> None:
    term, calendar, first = a_plan(town)
    second = town.plan(term)
    town.publish(*WORKDAYS)

    town.due(calendar)

    assert town.planned(first).outdated_at is None
    assert town.planned(second).outdated_at is not None


def test_a_plan_of_other_rules_or_members_says_so_by_itself(town: Town) -> None:
    term, calendar, plan = a_plan(town)
    with town.runtime.work(town.cora) as work:
        off = [{"start": "2027-02-01", "end": "2027-02-05"}]
        terms.change(work, town.group, term, None, {"blackouts": off})
    town.publish(*WORKDAYS)
    town.due(calendar)
    assert town.planned(plan).outdated_at is None

    again = town.plan(term)
    town.member("Bea")
    town.publish(TUESDAYS)
    town.due(calendar)

    assert town.planned(again).outdated_at is None


def test_a_plan_of_days_that_are_over_is_left_alone(town: Town) -> None:
    _, calendar, plan = a_plan(town)
    town.clock.forward(days=60)  # the term has begun, and January is not kept
    town.publish(*WORKDAYS)

    town.due(calendar)

    assert town.changes(calendar) == 1
    assert town.planned(plan).outdated_at is None


def test_a_plan_that_could_not_be_made_any_more_is_out_of_date(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, calendar, plan = a_plan(town)
    monkeypatch.setattr(effort, "MOST", 1)  # it asks for too much now

    looked_at(town, calendar)

    assert town.planned(plan).outdated_at is not None


def test_where_others_are_planning_it_is_looked_at_later(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, calendar, plan = a_plan(town)
    town.publish(*WORKDAYS)
    monkeypatch.setattr(effort, "_PATIENCE", 0.01)
    with effort.in_turn(), effort.in_turn():
        town.due(calendar)
        assert waiting_jobs(town.runtime) == ["planning.look_again"]
        assert town.planned(plan).outdated_at is None

    town.clock.forward(seconds=15)
    drained(town.runtime)

    assert town.planned(plan).outdated_at is not None
    assert {each.state for each in tasks(town.runtime)} == {TaskState.DONE}


def test_a_calendar_that_is_gone_concerns_nobody(town: Town) -> None:
    _, calendar, _ = a_plan(town)
    with town.runtime.work(town.cora) as work:
        [(member, _)] = members.page(work, town.group, None, 5)[1]
        members.remove(work, town.group, member.id)

    with town.runtime.reading() as work:
        assert outdated.concerned(work, calendar) == []
