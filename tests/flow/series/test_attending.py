"""Who comes: members from a date on, guests of one date, and those who leave."""

from threading import Thread

import pytest

from services.flow import groups, members, people
from services.flow.errors import Conflict, Missing, NotAllowed, Unfit
from services.flow.series import attending, changing, invited
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, SeriesRow
from tests.flow.series.house import House


def dates_of(house: House, row: SeriesRow, name: str) -> list[int]:
    """To which dates somebody is invited, by their place."""
    attendee = house.attendees(row)[name]
    dates = enumerate(house.dates(row))
    return [place for place, each in dates if invited.is_invited(attendee, each)]


def joined(house: House, row: SeriesRow, name: str, since: int | None = None) -> AttendeeRow:
    member = house.member(name)
    date = None if since is None else house.dates(row)[since].id
    with house.work() as work:
        return attending.join(work, house.group, row.id, member, date)


def left(house: House, row: SeriesRow, name: str, since: int | None = None) -> None:
    date = None if since is None else house.dates(row)[since].id
    attendee = house.attendees(row)[name].id
    with house.work() as work:
        attending.leave(work, house.group, row.id, attendee, date)


def added(house: House, row: SeriesRow, number: int, name: str = "Gus") -> AttendeeRow:
    date, email = house.dates(row)[number].id, f"{name.lower()}@example.org"
    with house.work() as work:
        return attending.add_guest(work, house.group, row.id, date, name, email)


def new_member(house: House, name: str = "Zoe") -> None:
    with house.work() as work:
        members.add(
            work, house.group, members.Entry(name=name, email=f"{name.lower()}@example.org")
        )


def test_a_new_member_is_invited_when_a_coordinator_says_so(house: House) -> None:
    row = house.committed()
    new_member(house)
    assert "Zoe" not in house.attendees(row)
    joined(house, row, "Zoe")
    assert dates_of(house, row, "Zoe") == [0, 1, 2, 3, 4, 5]
    assert house.row(row).revision == 2


def test_who_joins_in_the_course_of_it_is_invited_from_the_next_date_on(house: House) -> None:
    row = house.committed()
    new_member(house)
    house.pass_until(house.dates(row)[1].start_at)
    joined(house, row, "Zoe")
    assert dates_of(house, row, "Zoe") == [2, 3, 4, 5]


def test_who_joins_later_is_invited_from_that_date_on_and_then_earlier(house: House) -> None:
    row = house.committed()
    new_member(house)
    joined(house, row, "Zoe", 4)
    assert dates_of(house, row, "Zoe") == [4, 5]
    joined(house, row, "Zoe", 2)
    assert dates_of(house, row, "Zoe") == [2, 3, 4, 5]
    with pytest.raises(Conflict, match="Zoe is invited already"):
        joined(house, row, "Zoe", 3)


def test_who_leaves_is_invited_no_more_from_the_next_date_on(house: House) -> None:
    row = house.committed()
    house.pass_until(house.dates(row)[1].start_at)
    left(house, row, "Ben")
    assert dates_of(house, row, "Ben") == [0, 1]
    with pytest.raises(Conflict, match="Ben is not invited then"):
        left(house, row, "Ben")


def test_who_leaves_later_may_leave_sooner(house: House) -> None:
    row = house.committed()
    left(house, row, "Ben", 4)
    left(house, row, "Ben", 2)
    assert dates_of(house, row, "Ben") == [0, 1]
    with pytest.raises(Conflict):
        left(house, row, "Ben", 3)


def test_who_left_and_joins_again_is_the_same_attendee(house: House) -> None:
    row = house.committed()
    before = house.attendees(row)["Ben"].id
    left(house, row, "Ben")
    joined(house, row, "Ben")
    assert dates_of(house, row, "Ben") == [0, 1, 2, 3, 4, 5]
    assert house.attendees(row)["Ben"].id == before
    assert len(house.attendees(row)) == 3


def test_who_joins_again_is_not_invited_to_what_they_missed(house: House) -> None:
    row = house.committed()
    left(house, row, "Ben", 1)
    joined(house, row, "Ben", 4)
    assert dates_of(house, row, "Ben") == [4, 5]


def test_a_guest_is_invited_to_one_date_once(either_house: House) -> None:
    row = either_house.committed()
    guest = added(either_house, row, 2)
    assert dates_of(either_house, row, "Gus") == [2]
    assert either_house.row(row).revision == 2
    for name in ("Gus", "Ben"):
        with pytest.raises(Conflict, match="invited to that date already"):
            added(either_house, row, 2, name)
    with either_house.work() as work:
        attending.remove_guest(work, either_house.group, row.id, guest.id)
    assert dates_of(either_house, row, "Gus") == []
    assert added(either_house, row, 2).id == guest.id
    assert dates_of(either_house, row, "Gus") == [2]


def test_a_guest_of_two_dates_has_an_invitation_to_each(house: House) -> None:
    row = house.committed()
    assert added(house, row, 2).id != added(house, row, 3).id


def test_a_guest_who_becomes_a_member_is_not_invited_twice(house: House) -> None:
    row = house.committed()
    first, second = added(house, row, 1), added(house, row, 3)
    new_member(house, "Gus")
    joined(house, row, "Gus", 2)
    with house.flat.runtime.reading() as work:
        assert work.session.get_one(AttendeeRow, first.id).until_at is None
        assert work.session.get_one(AttendeeRow, second.id).until_at is not None


def test_wrong_guests_are_refused(house: House) -> None:
    row = house.committed()
    date = house.dates(row)[2].id
    for name, email in (("Gus", "nowhere"), ("", "gus@example.org")):
        with house.work() as work, pytest.raises(Unfit):
            attending.add_guest(work, house.group, row.id, date, name, email)
    with house.work() as work, pytest.raises(Missing):
        attending.add_guest(work, house.group, row.id, row.id, "Gus", "gus@example.org")
    house.pass_until(house.dates(row)[2].start_at)
    with pytest.raises(Conflict, match="over or cancelled"):
        added(house, row, 2)


def test_members_and_guests_are_not_mistaken_for_each_other(house: House) -> None:
    row = house.committed()
    guest, ben = added(house, row, 2), house.attendees(row)["Ben"]
    with house.work() as work, pytest.raises(Conflict):
        attending.leave(work, house.group, row.id, guest.id, None)
    with house.work() as work, pytest.raises(Conflict):
        attending.remove_guest(work, house.group, row.id, ben.id)


def test_who_leaves_the_group_is_invited_no_more(either_house: House) -> None:
    row = either_house.committed()
    either_house.pass_until(either_house.dates(row)[0].start_at)
    with either_house.work() as work:
        members.remove(work, either_house.group, either_house.member("Ben"))
    assert dates_of(either_house, row, "Ben") == [0]
    ben = either_house.attendees(row)["Ben"]
    assert ben.member_id is None
    assert either_house.row(row).settle_at is not None
    with either_house.flat.runtime.reading() as work:  # they still have to hear of it
        assert work.session.get(PersonRow, ben.person_id) is not None


def test_who_comes_back_to_the_group_may_be_invited_again(house: House) -> None:
    row = house.committed()
    with house.work() as work:
        members.remove(work, house.group, house.member("Ben"))
    new_member(house, "Ben")
    joined(house, row, "Ben")
    assert dates_of(house, row, "Ben") == [0, 1, 2, 3, 4, 5]
    assert house.attendees(row)["Ben"].member_id == house.member("Ben")


def test_leaving_a_group_oneself_is_the_same(house: House) -> None:
    row = house.committed()
    with house.work(house.person("Eve")) as work:
        members.leave(work, house.group)
    assert dates_of(house, row, "Eve") == []


def test_somebody_who_is_forgotten_is_taken_off_the_dates(either_house: House) -> None:
    row = either_house.committed()
    added(either_house, row, 2)
    gus = either_house.attendees(row)["Gus"].person_id
    either_house.published(row)
    with either_house.flat.runtime.work() as work:
        people.forget(work, gus, mails=lambda *_: 0)
    assert set(either_house.attendees(row)) == {"Ada", "Ben", "Eve"}
    found = either_house.row(row)
    assert (found.revision, found.settle_at is None) == (3, False)


def test_who_is_invited_is_not_forgotten_by_the_way(house: House) -> None:
    row = house.committed()
    added(house, row, 2)
    gus = house.attendees(row)["Gus"].person_id
    with house.work() as work:
        guest = groups.add_guest(
            work, house.group, "gus@example.org", "Gus", house.dates(row)[2].start_at.date()
        )
        groups.remove_guest(work, house.group, guest.id)
    with house.flat.runtime.reading() as work:
        assert work.session.get(PersonRow, gus) is not None


def test_nothing_of_a_concluded_series_can_be_joined_or_left(house: House) -> None:
    row = house.committed()
    with house.work() as work:
        changing.conclude(work, house.group, row.id)
    for change in (
        lambda: joined(house, row, "Ben"),
        lambda: left(house, row, "Ben"),
        lambda: added(house, row, 2),
    ):
        with pytest.raises(Conflict, match="is concluded"):
            change()


def test_only_coordinators_say_who_comes(house: House) -> None:
    row = house.committed()
    member, date = house.member("Ben"), house.dates(row)[2].id
    ben = house.person("Ben")
    with house.work(ben) as work, pytest.raises(NotAllowed):
        attending.join(work, house.group, row.id, member, None)
    with house.work(ben) as work, pytest.raises(NotAllowed):
        attending.add_guest(work, house.group, row.id, date, "Gus", "gus@example.org")


def test_who_is_removed_while_they_are_being_invited_is_not_invited(either_house: House) -> None:
    house, row = either_house, either_house.committed()
    new_member(house)
    member = house.member("Zoe")

    def remove() -> None:
        with house.work() as work:
            members.remove(work, house.group, member)

    removal = Thread(target=remove)
    with house.work() as work:
        attending.join(work, house.group, row.id, member, None)
        removal.start()
        removal.join(0.3)  # seconds: it waits for us
    removal.join()
    assert dates_of(house, row, "Zoe") == []
