"""What people see of calendars that are read again by themselves, and what they can do about it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.flow import calendars, outdated
from services.storage.rows.calendars import CalendarKind, CalendarRow
from services.storage.rows.outbox import TaskState
from services.storage.rows.people import Purpose
from services.web import words
from tests.api.group import ICS
from tests.runtimes import tasks
from tests.web.house import NOW, House

ADDRESS = "https://calendar.example.org/secret-7d1.ics"
FAILED = {
    "failed_what": "calendar.example.org does not answer",
    "failed_remedy": "try again later",
}


def at_address(house: House, *, entered: bool = False, **changes: Any) -> UUID:
    """A calendar at an address: Mia's own, or one that was entered for Max."""
    role = "coordinator" if entered else "member"
    with house.runtime.work(house.people[role]) as work:
        owner = (
            calendars.entered_for(work, house.group, house.max) if entered else calendars.own(work)
        )
        taken = calendars.read_file(ICS.encode(), "UTC", work.now)
        sealed = calendars.sealed(house.runtime.keys, ADDRESS)
        row = calendars.add_read(work, owner, CalendarKind.WORK, taken, sealed)
        for name, value in changes.items():
            setattr(row, name, value)
        return row.id


def ago(**time: float) -> Any:
    return NOW - timedelta(**time)


def due(house: House) -> list[UUID]:
    """The calendars that are to be read now."""
    return [
        each.subject
        for each in tasks(house.runtime, TaskState.WAITING)
        if each.job == "calendars.read"
    ]


def test_a_calendar_says_when_it_was_read_and_when_it_is_read_again(house: House) -> None:
    at_address(house, read_at=ago(hours=2), due_at=ago(hours=-4))

    page = house.visitor("member").get("/me")

    assert "read 2 hours ago, again in 4 hours" in page.text
    assert "secret-7d1" not in page.text


def test_hours_of_every_week_are_never_read(house: House) -> None:
    page = house.visitor("member").get("/me")

    assert "Mon, Tue 08:00 to 12:00" in page.text
    assert "again in" not in page.text
    assert "Read now" not in page.text


def test_a_calendar_that_fails_says_since_when_why_what_helps_and_when_it_is_tried(
    house: House,
) -> None:
    trouble = {**FAILED, "due_at": ago(minutes=-10)}
    at_address(house, read_at=ago(days=1), **trouble)  # NOW is a Tuesday
    at_address(house, read_at=ago(days=1), entered=True, **trouble)

    for role, path in (
        ("member", "/me"),
        ("coordinator", f"/groups/{house.group}/members/{house.max}"),
    ):
        assert (
            "Not read since Monday: calendar.example.org does not answer; try again later. "
            "Tried again in 10 minutes."
        ) in house.visitor(role).get(path).text


@pytest.mark.parametrize("entered", [False, True])
def test_a_button_has_a_calendar_read_now_at_most_once_a_minute(
    house: House, *, entered: bool
) -> None:
    calendar = at_address(house, entered=entered)
    visitor = house.visitor("coordinator" if entered else "member")
    path = f"/groups/{house.group}/members/{house.max}" if entered else "/me"
    page = visitor.get(path)
    [button] = [each for each in page.forms if each.action.endswith("/read")]

    back = visitor.send(button.action).headers["Location"]

    assert button.method == "post"
    assert back == f"{path}#calendars"
    assert "The calendar is being read." in visitor.get(path).text
    assert due(house) == [calendar]
    visitor.send(button.action)
    assert "at most once a minute: try again in 60 seconds." in visitor.get(path).text
    assert due(house) == [calendar]


def test_a_person_may_have_read_what_was_entered_for_them_and_nobody_elses(house: House) -> None:
    own, entered = at_address(house), at_address(house, entered=True)
    coordinator, member = house.visitor("coordinator"), house.visitor("member")

    coordinator.refused(f"/me/calendars/{own}/read", 404)
    member.refused(f"/me/calendars/{entered}/read", 404)
    member.refused(f"/groups/{house.group}/members/{house.max}/calendars/{entered}/read", 403)
    coordinator.refused(f"/groups/{house.group}/members/{house.mia}/calendars/{own}/read", 404)
    assert due(house) == []

    house.visitor("max").send(f"/me/calendars/{entered}/read")
    assert due(house) == [entered]


def test_of_two_troubles_the_older_one_tells_how_much_is_known(house: House) -> None:
    at_address(house, entered=True, read_at=ago(hours=8), **FAILED)
    at_address(house, entered=True, read_at=ago(days=4), **FAILED)

    page = house.visitor("coordinator").get(f"/groups/{house.group}")

    assert "could not be read" in page.text
    assert "1 of 2 known" in page.text


def test_a_plan_that_calendars_have_overtaken_says_so_and_is_planned_again(house: House) -> None:
    visitor = house.visitor("coordinator")
    path, group = f"/groups/{house.group}/plans/{house.plan}", f"/groups/{house.group}"
    again = f"/groups/{house.group}/terms/{house.term}/plan"
    assert "A calendar has changed" not in visitor.get(path).text + visitor.get(group).text
    with house.runtime.work() as work:
        outdated.mark(work, [house.plan])

    page, list_ = visitor.get(path), visitor.get(group)

    assert "A calendar has changed since this plan was made" in page.text
    assert [each.action for each in page.forms].count(again) == 1
    assert "A calendar has changed since: plan again." in list_.text
    assert "Plan it , to do" in list_.text
    visitor.send(again)
    assert "A calendar has changed" not in visitor.get(group).text


def test_a_plan_says_how_old_its_calendars_are_and_can_be_refreshed(house: House) -> None:
    calendar = at_address(house, entered=True, read_at=ago(hours=3), tried_at=ago(hours=3))
    visitor = house.visitor("coordinator")
    again = f"/groups/{house.group}/terms/{house.term}/plan"

    planned = visitor.send(again).headers["Location"]
    assert "Made from calendars as of Tue 1 Dec 2026, 07:00" in visitor.get(planned).text
    assert waiting(house, "calendars.read_for") == 0  # read lately enough to plan with
    sent = visitor.send(again, refresh="1")

    assert waiting(house, "calendars.read_for") == 1
    assert "0 of 1" in visitor.get(sent.headers["Location"]).text
    with house.runtime.reading() as work:
        due = work.session.get_one(CalendarRow, calendar).due_at
    assert due is not None
    assert due <= NOW + timedelta(minutes=15)


def waiting(house: House, job: str) -> int:
    return sum(each.job == job for each in tasks(house.runtime, TaskState.WAITING))


@pytest.mark.parametrize(
    ("role", "leads_to"), [("coordinator", "/groups/{group}"), ("member", "/me#calendars")]
)
def test_the_link_of_a_lost_calendar_leads_to_where_it_can_be_mended(
    house: House, role: str, leads_to: str
) -> None:
    values = {"group_id": house.group} if role == "coordinator" else {}
    path = house.link(Purpose.CALENDAR_LOST, role, **values)
    visitor = house.visitor("nobody")

    page = visitor.get(path)
    sent = visitor.send(path)

    assert "A calendar cannot be read" in page.text
    assert ("Thursday circle" in page.text) == (role == "coordinator")
    assert sent.headers["Location"] == leads_to.format(group=house.group)
    again = visitor.get(path, 410)
    assert [each.action for each in again.forms if "again" in each.action] == [f"{path}/again"]


def test_it_leads_nowhere_for_who_coordinates_no_more(house: House) -> None:
    path = house.link(Purpose.CALENDAR_LOST, "outsider", group_id=house.group)

    page = house.visitor("nobody").get(path, 410)

    assert "This link leads nowhere any more" in page.text


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-30, "in a moment"), (59, "in a moment"), (60, "in 1 minute"), (100, "in 2 minutes"),
        (3570, "in 1 hour"), (4 * 3600 - 300, "in 4 hours"), (47.6 * 3600, "in 2 days"),
    ],
)  # fmt: skip
def test_what_lies_ahead_is_told_as_people_tell_it(seconds: float, said: str) -> None:
    assert words.ahead(NOW + timedelta(seconds=seconds), NOW) == said


@pytest.mark.parametrize(
    ("hours", "said"),
    [(1, "09:00"), (12, "Monday"), (24 * 6, "Wednesday"), (24 * 7, "Tue 24 Nov 2026")],
)
def test_since_when_is_told_on_the_wall_clock_of_a_zone(hours: float, said: str) -> None:
    assert words.since(ago(hours=hours), NOW, "America/New_York") == said


def test_nothing_but_an_address_is_read_again(house: House) -> None:
    with house.runtime.reading() as work:
        rows = work.session.query(CalendarRow).all()

    assert {(each.source.value, each.due_at) for each in rows} == {("weekly", None)}
