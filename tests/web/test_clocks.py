"""Dates of a series on everybody's clocks, and who could come before one is moved."""

from datetime import UTC, datetime

import pytest

from scheduler.model.zone import zone
from services.flow import members
from services.flow.members import Entry
from services.storage.rows.groups import MemberRow
from services.storage.rows.people import PersonRow
from services.web.clocks import Clocks
from tests.web.house import House
from tests.web.test_series_pages import committed, dates_of, drafted, press

CHICAGO, NEW_YORK, PHOENIX = "America/Chicago", "America/New_York", "America/Phoenix"
TUESDAY_9 = {"day": "2027-02-09", "time": "09:00", "minutes": "60"}  # when Mia is busy


def scattered(house: House) -> House:
    """Let Max live in Phoenix and the coordinator in Chicago."""
    with house.runtime.work() as work:
        work.session.get_one(MemberRow, house.max).timezone = PHOENIX
        work.session.get_one(PersonRow, house.people["coordinator"]).timezone = CHICAGO
    return house


def test_coordinators_read_every_date_on_the_clocks_of_all_members_and_their_own(
    house: House,
) -> None:
    path, visitor = drafted(scattered(house)), house.visitor("coordinator")
    first = dates_of(house, path)[0]
    there = f"{first.start_at.astimezone(zone(PHOENIX)):%H:%M} Phoenix"
    own = f"{first.start_at.astimezone(zone(CHICAGO)):%H:%M} Chicago"

    draft = visitor.get(path).text
    press(visitor, path, f"{path}/commit")
    series, date = visitor.get(path).text, visitor.get(f"{path}/dates/{first.id}").text

    for page in (draft, series, date):
        assert own in page
        assert there in page


def test_a_series_says_from_when_somebody_meets_at_another_hour(house: House) -> None:
    path, visitor = committed(scattered(house)), house.visitor("coordinator")

    page = visitor.get(path).text

    assert "Hours that change" in page
    assert "for Max Silent" in page
    assert "for Mia Member" not in page


def test_clocks_that_show_the_same_are_not_told_twice() -> None:
    there = Clocks(NEW_YORK, {NEW_YORK: ["Mia"], "America/Toronto": ["Max"], CHICAGO: ["Ben"]})

    assert there.elsewhere(datetime(2027, 2, 9, 14, tzinfo=UTC)) == ("08:00 Chicago",)


def test_a_day_that_is_another_one_elsewhere_is_named() -> None:
    there = Clocks(NEW_YORK, {"Asia/Tokyo": ["Max"]})

    assert there.elsewhere(datetime(2027, 2, 9, 23, tzinfo=UTC)) == ("Wed 08:00 Tokyo",)


def test_hours_change_where_clocks_change_on_another_day() -> None:
    there = Clocks(NEW_YORK, {NEW_YORK: ["Mia"], "Europe/Paris": ["Max", "Ben"]})
    noon = (datetime(2027, 3, 9, 17, tzinfo=UTC), datetime(2027, 3, 16, 16, tzinfo=UTC))

    assert there.changes(noon) == [
        ("From Tue 16 Mar 2027 it is at 17:00 instead of 18:00 for", "Max and Ben")
    ]


def test_a_look_at_another_time_tells_who_could_come_and_moves_nothing(house: House) -> None:
    path, visitor = committed(scattered(house)), house.visitor("coordinator")
    before = dates_of(house, path)[0]
    action = f"{path}/dates/{before.id}/move"

    page = visitor.send(action, 200, look="yes", **TUESDAY_9).text

    assert "0 of 2 members can come, as far as calendars tell; 1 is needed." in page
    assert "That is 08:00 Chicago, 07:00 Phoenix." in page
    assert "Busy</b>: <bdi>Mia Member" in page
    assert dates_of(house, path)[0].start_at == before.start_at


def test_a_time_that_would_not_hold_is_asked_about_once_more(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    with house.runtime.work() as work:
        work.session.get_one(MemberRow, house.mia).required = True
    before = dates_of(house, path)[0]
    there = f"{path}/dates/{before.id}"

    page = visitor.refused(f"{there}/move", 409, **TUESDAY_9)

    assert "Mia Member must be there" in page.text
    assert page.typed("time") == ["09:00"]
    assert dates_of(house, path)[0].start_at == before.start_at
    [sure] = next(each for each in page.forms if each.action.endswith("/move")).fields["sure"]
    other = {**TUESDAY_9, "time": "10:00"}
    visitor.refused(f"{there}/move", 409, **other, sure=sure)  # of which nobody was told
    visitor.send(f"{there}/move", **TUESDAY_9, sure=sure)
    assert dates_of(house, path)[0].start_at == datetime(2027, 2, 9, 14, tzinfo=UTC)


def test_members_of_whom_nothing_is_known_stand_in_no_ones_way(house: House) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    there = f"{path}/dates/{dates_of(house, path)[0].id}"
    with house.runtime.work(house.people["coordinator"]) as work:
        new = Entry(name="Nell New", email="nell@example.org", required=True)
        members.add(work, house.group, new)

    visitor.send(f"{there}/move", day="2027-02-12", time="14:30", minutes="45")

    page = visitor.get(path).text
    assert "2 of 3 members can come, as far as calendars tell, and of 1 nothing is known" in page


@pytest.mark.parametrize(
    ("day", "time", "said"),
    [
        ("2027-02-12", "23:30", "0 of 2 members can come"),  # ends on the next day
        ("2027-07-20", "12:00", "2 of 2 members can come"),  # past the term
    ],
)
def test_any_time_can_be_looked_at(house: House, day: str, time: str, said: str) -> None:
    path, visitor = committed(house), house.visitor("coordinator")
    action = f"{path}/dates/{dates_of(house, path)[0].id}/move"

    assert said in visitor.send(action, 200, look="yes", day=day, time=time, minutes="60").text
