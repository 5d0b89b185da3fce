"""Dates that were moved: who is invited to them, and whose answers still count."""

from datetime import timedelta

import pytest

from calendar_sync.provider import Answer
from services.flow.series import answers, attending, changing, showing
from services.storage import series as stored
from services.storage.rows.series import AttendeeRow
from tests.flow.series.house import House
from tests.flow.series.test_attending import dates_of, joined, left, new_member
from tests.flow.series.test_changing import moved

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
YES, OPEN = Answer.ACCEPTED, Answer.WAITING


def test_who_leaves_from_a_date_on_leaves_what_stands_after_it_now(house: House) -> None:
    row = house.committed()
    moved(house, row, 1, 22 * DAY)  # behind the fifth
    left(house, row, "Ben", 3)
    assert dates_of(house, row, "Ben") == [0, 2]


def test_who_leaves_keeps_a_date_that_was_moved_before_it(house: House) -> None:
    row = house.committed()
    moved(house, row, 4, -20 * DAY)
    left(house, row, "Ben", 3)
    assert dates_of(house, row, "Ben") == [0, 1, 2, 4]
    moved(house, row, 4, 20 * DAY)  # and it stays theirs
    assert dates_of(house, row, "Ben") == [0, 1, 2, 4]


def test_who_joins_from_a_date_on_comes_to_what_stands_after_it_now(house: House) -> None:
    row = house.committed()
    new_member(house)
    moved(house, row, 1, 22 * DAY)
    joined(house, row, "Zoe", 3)
    assert dates_of(house, row, "Zoe") == [1, 3, 4, 5]


def test_who_comes_back_has_all_that_stands_after_that(house: House) -> None:
    row = house.committed()
    moved(house, row, 1, 22 * DAY)
    left(house, row, "Ben", 3)
    joined(house, row, "Ben", 3)
    assert dates_of(house, row, "Ben") == [0, 1, 2, 3, 4, 5]


def test_a_member_who_leaves_the_group_keeps_no_date_that_was_moved(house: House) -> None:
    row = house.committed()
    moved(house, row, 0, 22 * DAY)
    with house.work() as work:
        attending.left_group(work, house.member("Ben"))
    assert dates_of(house, row, "Ben") == []


@pytest.mark.parametrize("by_account", [True, False])
def test_what_was_answered_here_to_an_earlier_time_is_asked_anew(
    house: House, *, by_account: bool
) -> None:
    if by_account:
        house.flat.connected()
    row = house.committed(house.ada if by_account else None)
    ben = house.attendees(row)["Ben"]
    date = house.dates(row)[1].id
    with house.work() as work:
        again = work.session.get_one(AttendeeRow, ben.id)
        answers.answer(work, again, None, YES, answers.PAGE, work.now)
    moved(house, row, 1, HOUR)
    with house.work() as work:
        found = answers.of(work, house.row(row))[ben.id]
        assert answers.effective(found, None) is YES
        assert answers.effective(found, date) is OPEN


def test_whoever_invites_by_mail_comes_without_being_asked(house: House) -> None:
    row = house.committed(house.ada)
    ada = house.attendees(row)["Ada"]
    moved(house, row, 1, HOUR)
    with house.work() as work:
        found = answers.of(work, house.row(row))[ada.id]
        assert [answers.effective(found, each.id) for each in house.dates(row)] == [YES] * 6


def test_a_member_who_came_later_is_named_until_they_are_invited(house: House) -> None:
    row = house.committed()
    new_member(house)
    with house.work() as work:
        assert showing.shown(work, house.row(row)).lacking == ("Zoe",)
    joined(house, row, "Zoe", 3)
    with house.work() as work:
        assert showing.shown(work, house.row(row)).lacking == ()


def test_where_a_date_stood_is_kept_for_a_while(house: House) -> None:
    row = house.committed()
    before = int(house.dates(row)[1].start_at.timestamp())
    moved(house, row, 1, HOUR)
    with house.work() as work:
        changing.cancel(work, house.group, row.id, house.dates(row)[1].id)
    with house.work() as work:
        stood = stored.meetings(work, row.id)[1].stood
    assert [each[0] - before for each in stood] == [0, 3600]
