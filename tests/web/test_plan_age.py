"""What the page of a plan says of the age of what it was made from, and what Refresh does."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.flow import outdated
from services.storage.rows.calendars import CalendarRow
from services.storage.rows.plans import PlanRow
from tests.runtimes import drained
from tests.web.house import NOW, House, Visitor
from tests.web.test_readings import FAILED, ago, at_address

AS_OF = "Made from calendars as of Tue 1 Dec 2026"


def planned_again(house: House, visitor: Visitor, **fields: str) -> str:
    """Plan the term, and return where the plan is."""
    again = f"/groups/{house.group}/terms/{house.term}/plan"
    return visitor.send(again, **fields).headers["Location"]


def changed(house: House, row_id: UUID, **changes: Any) -> None:
    with house.runtime.work() as work:
        for name, value in changes.items():
            setattr(work.session.get_one(CalendarRow, row_id), name, value)


def plans_of(house: House) -> list[PlanRow]:
    with house.runtime.reading() as work:
        return work.session.query(PlanRow).all()


def test_a_plan_keeps_the_age_of_its_calendars_when_they_are_read_again(house: House) -> None:
    calendar = at_address(house, entered=True, read_at=ago(hours=3), tried_at=ago(hours=3))
    visitor = house.visitor("coordinator")
    plan = planned_again(house, visitor)
    assert f"{AS_OF}, 07:00, or later." in visitor.get(plan).text

    drained(house.runtime)
    changed(house, calendar, read_at=ago(hours=-1), tried_at=ago(hours=-1))

    page = visitor.get(plan).text
    assert f"{AS_OF}, 07:00, or later. What was read up to Tue 1 Dec 2026, 11:00" in page
    with house.runtime.work() as work:
        outdated.mark(work, [UUID(plan.rpartition("/")[2])])
    page = visitor.get(plan).text
    assert f"{AS_OF}, 07:00, or later." in page
    assert "11:00 changes nothing" not in page


def test_a_plan_of_which_no_age_is_known_tells_none_and_can_be_refreshed(house: House) -> None:
    at_address(house, entered=True)

    page = house.visitor("coordinator").get(f"/groups/{house.group}/plans/{house.plan}")

    assert "To plan with the calendars as they are now: Refresh" in page.text
    assert "as of Tue" not in page.text


@pytest.mark.parametrize(
    ("hours", "who", "said"),
    [
        ([3], "1 member", "their time is as of Tue 1 Dec 2026, 07:00."),
        ([3, 4], "2 members", "their time is as of Tue 1 Dec 2026, 06:00, or later."),
        ([100], "1 member", "their time is unknown, and never counted as able to come."),
        (
            [100, 3],
            "2 members",
            "1 of them is unknown, and the time of the rest is as of Tue 1 Dec 2026, 07:00.",
        ),
    ],
)
def test_a_plan_warns_of_members_whose_calendars_could_not_be_read(
    house: House, hours: list[int], who: str, said: str
) -> None:
    for each, entered in zip(hours, (True, False), strict=False):
        old = ago(hours=each)
        at_address(house, entered=entered, read_at=old, tried_at=NOW, **FAILED)
    visitor = house.visitor("coordinator")

    page = visitor.get(planned_again(house, visitor))

    assert f"The calendars of {who} could not be read for this plan: {said}" in page.text
    assert f"/groups/{house.group}#members" in page.links


def test_refreshing_once_more_within_the_minute_keeps_to_the_plan_and_says_why(
    house: House,
) -> None:
    at_address(house, entered=True, read_at=ago(seconds=34), tried_at=ago(seconds=34))
    visitor = house.visitor("coordinator")
    plan = planned_again(house, visitor, refresh="1")
    before = len(plans_of(house))

    again = planned_again(house, visitor, refresh="1")

    assert (again, len(plans_of(house))) == (plan, before)
    said = "Every calendar was read less than 35 seconds ago: there is nothing to read yet."
    assert said in visitor.get(again).text


def test_but_what_was_read_since_is_planned_with(house: House) -> None:
    calendar = at_address(house, entered=True, read_at=ago(minutes=9), tried_at=ago(seconds=5))
    visitor = house.visitor("coordinator")
    plan = planned_again(house, visitor, refresh="1")
    changed(house, calendar, read_at=ago(seconds=5))

    later = planned_again(house, visitor, refresh="1")

    assert later != plan
    assert f"{AS_OF}, 09:59, or later." in visitor.get(later).text


def test_a_plan_that_is_overtaken_is_never_what_a_refresh_keeps_to(house: House) -> None:
    at_address(house, entered=True)
    visitor = house.visitor("coordinator")
    plan = planned_again(house, visitor, refresh="1")
    with house.runtime.work() as work:
        outdated.mark(work, [UUID(plan.rpartition("/")[2])])

    later = planned_again(house, visitor, refresh="1")

    assert later != plan
    page = visitor.get(plan)
    assert "There is a newer plan, of Tue 1 Dec 2026, 10:00" in page.text
    assert later in page.links
    assert "There is a newer plan" not in visitor.get(later).text


def test_other_plans_are_told_apart_by_their_seconds_and_what_they_propose(house: House) -> None:
    visitor = house.visitor("coordinator")
    house.runtime.clock = lambda: NOW + timedelta(seconds=7)
    planned_again(house, visitor)
    house.runtime.clock = lambda: NOW + timedelta(seconds=9)

    page = visitor.get(planned_again(house, visitor))

    best = page.text.partition("best: ")[2].partition(" Plan again")[0]
    assert "10:00:07 " + best in page.text
    assert "10:00:00 " + best in page.text


def test_a_reading_that_told_nothing_is_counted_while_the_others_are_waited_for(
    house: House,
) -> None:
    at_address(house, entered=True, read_at=ago(hours=9), tried_at=ago(hours=9))
    visitor = house.visitor("coordinator")
    plan = planned_again(house, visitor, refresh="1")
    with house.runtime.work() as work:
        row = work.session.get_one(PlanRow, UUID(plan.rpartition("/")[2]))
        row.read = row.failed = row.to_read

    assert "1 of 1 read, 1 of them in vain." in visitor.get(plan).text
