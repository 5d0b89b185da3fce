"""Guests of a group's dates while a series is held: what is entered reaches calendars."""

from collections.abc import Iterator
from datetime import date

import pytest

from services.flow import groups, guests
from services.flow.series import changing, invited
from services.storage.rows.series import SeriesRow
from tests.flow.series.house import House


def day_of(house: House, row: SeriesRow, place: int) -> date:
    return house.dates(row)[place].start_at.date()


def added(house: House, day: date, name: str = "Gus") -> None:
    with house.work() as work:
        guests.add(work, house.group, f"{name.lower()}@example.org", name, day)


def comes(house: House, row: SeriesRow, name: str) -> Iterator[int]:
    attendee = house.attendees(row).get(name)
    for place, each in enumerate(house.dates(row)):
        if attendee is not None and invited.is_invited(attendee, each):
            yield place


def test_a_guest_of_a_day_on_which_a_date_is_held_is_invited_to_it(house: House) -> None:
    row = house.committed()
    added(house, day_of(house, row, 2))
    assert list(comes(house, row, "Gus")) == [2]
    assert house.row(row).revision == 2


def test_a_guest_of_another_day_is_on_the_list_alone(house: House) -> None:
    row = house.committed()
    added(house, date(2027, 1, 5))
    assert list(comes(house, row, "Gus")) == []
    assert house.row(row).revision == 1


def test_a_member_who_is_entered_as_a_guest_is_not_invited_twice(house: House) -> None:
    row = house.committed()
    added(house, day_of(house, row, 2), "Ben")
    assert len(house.attendees(row)) == 3
    assert house.row(row).revision == 1


@pytest.mark.parametrize("moved", [False, True])
def test_whose_invitation_is_taken_back_is_invited_no_more(house: House, *, moved: bool) -> None:
    day = day_of(house, row := house.committed(), 2)
    added(house, day)
    first = house.dates(row)[2]
    if moved:
        with house.work() as work:
            later = first.start_at.replace(day=first.start_at.day + 1)
            changing.move(work, house.group, row.id, first.id, later)
    with house.work() as work:
        [guest] = [each for each, _ in groups.guests(work, house.group)]
        guests.remove(work, house.group, guest.id)
    assert list(comes(house, row, "Gus")) == []
