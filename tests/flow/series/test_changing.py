"""Changes of a committed series: what each leaves in its objects, and what is refused."""

from datetime import datetime, timedelta

import pytest

from services.flow import accounts
from services.flow.errors import Conflict, Missing, NotAllowed, Unfit
from services.flow.series import changing, drafts, going_on
from services.storage.rows.doors import AuditRow
from services.storage.rows.series import MeetingRow, MeetingState, SeriesRow, SeriesState
from tests.flow.series.house import House
from tests.flow.town import NOW

DAY = timedelta(days=1)


def moved(
    house: House, row: SeriesRow, number: int, by: timedelta, minutes: int | None = None
) -> MeetingRow:
    date = house.dates(row)[number]
    with house.work() as work:
        start = date.start_at + by
        return changing.move(work, house.group, row.id, date.id, start, minutes)


def cancelled(house: House, row: SeriesRow, number: int) -> None:
    with house.work() as work:
        changing.cancel(work, house.group, row.id, house.dates(row)[number].id)


def seconds(date: MeetingRow) -> int:
    return int(date.original_at.timestamp())


def test_a_moved_date_stays_in_its_object_and_keeps_its_name(house: House) -> None:
    row = house.committed()
    moved(house, row, 1, DAY)
    [series] = house.events(row)
    assert series is not None
    date = house.dates(row)[1]
    [exception] = series.exceptions
    assert (exception.original, exception.start - exception.original) == (seconds(date), 86_400)
    found = house.row(row)
    assert (found.state, found.revision) == (SeriesState.CHANGED, 2)
    assert house.facts("MeetingMoved") == 0  # nothing follows from it yet


def test_a_date_moved_past_a_neighbour_becomes_an_object_of_its_own(either_house: House) -> None:
    row = either_house.committed()
    moved(either_house, row, 1, 8 * DAY)
    series, single = either_house.events(row)
    assert series is not None
    assert single is not None
    name = seconds(either_house.dates(row)[1])
    assert series.skipped == (name,)
    assert [(each.original, each.start) for each in single.occurrences] == [
        (name, name + 8 * 86_400)
    ]


def test_a_single_date_moves_under_its_own_key_and_stays_single(house: House) -> None:
    row = house.committed()
    moved(house, row, 1, 8 * DAY)
    moved(house, row, 1, -8 * DAY)
    series, single = house.events(row)
    assert series is not None
    assert single is not None
    name = seconds(house.dates(row)[1])
    assert (series.skipped, single.first) == ((name,), name)


def test_a_cancelled_date_leaves_its_object_and_never_comes_back(house: House) -> None:
    row = house.committed()
    cancelled(house, row, 2)
    [series] = house.events(row)
    assert series is not None
    assert series.skipped == (seconds(house.dates(row)[2]),)
    for change in (moved, lambda *those: cancelled(*those[:3])):
        with pytest.raises(Conflict, match="cancelled date does not come back"):
            change(house, row, 2, DAY)


def test_a_single_object_whose_date_is_cancelled_holds_nothing(house: House) -> None:
    row = house.committed()
    moved(house, row, 1, 8 * DAY)
    cancelled(house, row, 1)
    series, single = house.events(row)
    assert series is not None
    assert single is None
    assert len(series.occurrences) == 5


def test_when_every_date_is_cancelled_nothing_is_left(house: House) -> None:
    row = house.committed()
    for number in range(6):
        cancelled(house, row, number)
    assert house.events(row) == [None]
    assert house.row(row).state is SeriesState.CHANGED


def test_several_changes_within_minutes_are_one_update(house: House) -> None:
    row = house.committed()
    moved(house, row, 1, DAY)
    assert house.row(row).settle_at == NOW + timedelta(minutes=2)
    house.flat.clock.forward(minutes=1)
    moved(house, row, 2, DAY)
    cancelled(house, row, 3)
    assert house.row(row).settle_at == NOW + timedelta(minutes=2)
    assert house.row(row).revision == 4
    house.flat.later(minutes=2)
    assert house.facts("SeriesDue") == 1


def test_a_change_while_another_is_written_out_waits_no_longer_than_usual(house: House) -> None:
    row = house.committed()
    with house.flat.runtime.work() as work:  # as the clock leaves it once it has taken the series
        work.session.get_one(SeriesRow, row.id).settle_at = work.now + timedelta(minutes=30)
    moved(house, row, 1, DAY)
    assert house.row(row).settle_at == NOW + timedelta(minutes=2)


def test_what_waits_is_sent_at_once_when_asked(house: House) -> None:
    row = house.committed()
    with house.work() as work:
        changing.at_once(work, house.group, row.id)
    assert house.row(row).settle_at is None
    moved(house, row, 1, DAY)
    with house.work() as work:
        changing.at_once(work, house.group, row.id)
    assert house.row(row).settle_at == NOW


def test_moving_a_date_to_where_it_is_changes_nothing(house: House) -> None:
    row = house.committed()
    moved(house, row, 1, timedelta())
    assert (house.row(row).state, house.row(row).revision) == (SeriesState.COMMITTED, 1)


def test_a_date_may_be_held_for_longer(house: House) -> None:
    row = house.committed()
    moved(house, row, 0, timedelta(), 90)
    [series] = house.events(row)
    assert series is not None
    assert [each.minutes for each in series.exceptions] == [90]


@pytest.mark.parametrize(
    ("start", "minutes", "why"),
    [
        (NOW, None, "That time is over"),
        (NOW - DAY, None, "That time is over"),
        (NOW + 400 * DAY, None, "more than a year"),
        (NOW + timedelta(days=40, seconds=1), None, "whole minute"),
        (datetime(2027, 1, 5, 9), None, "no zone"),  # noqa: DTZ001
        (NOW + 40 * DAY, 0, "cannot take 0 minutes"),
        (NOW + 40 * DAY, 20_000, "cannot take 20000 minutes"),
    ],
)
def test_a_time_that_cannot_be_is_refused(
    house: House, start: datetime, minutes: int | None, why: str
) -> None:
    row = house.committed()
    date = house.dates(row)[1]
    with house.work() as work, pytest.raises(Unfit, match=why):
        changing.move(work, house.group, row.id, date.id, start, minutes)
    assert house.dates(row)[1].start_at == date.start_at
    assert house.row(row).revision == 1


def test_a_date_is_not_moved_onto_the_day_of_another(house: House) -> None:
    row = house.committed()
    with pytest.raises(Conflict, match="Another date is held on Monday 18 January already"):
        moved(house, row, 1, 7 * DAY + timedelta(hours=5))
    assert house.row(row).revision == 1
    cancelled(house, row, 2)
    moved(house, row, 1, 7 * DAY + timedelta(hours=5))
    assert house.row(row).revision == 3


def test_a_date_is_not_moved_into_a_date_of_another_series(house: House) -> None:
    row = house.committed()
    with house.work() as work:
        other = drafts.draft(work, house.group, house.plan, 2, title="Journal club")
    house.commit(other)
    with pytest.raises(Conflict, match="of the series Journal club is held"):
        moved(house, row, 1, timedelta(minutes=30))


def test_a_date_that_has_begun_does_not_change(house: House) -> None:
    row = house.committed()
    house.pass_until(house.dates(row)[0].start_at)
    for change in (
        lambda: moved(house, row, 0, DAY),
        lambda: cancelled(house, row, 0),
        lambda: placed(house, row, 0, "Room 5"),
    ):
        with pytest.raises(Conflict, match="has begun or is over"):
            change()


def placed(house: House, row: SeriesRow, number: int | None, where: str) -> None:
    date = None if number is None else house.dates(row)[number].id
    with house.work() as work:
        changing.place(work, house.group, row.id, date, where)


def test_one_date_or_all_have_another_place(house: House) -> None:
    row = house.committed()
    placed(house, row, None, "Room 4")
    placed(house, row, 2, "https://meet.example.org/x")
    placed(house, row, 2, "https://meet.example.org/x")
    found = house.row(row)
    assert (found.place, found.revision) == ("Room 4", 3)
    [series] = house.events(row)
    assert series is not None
    assert [each.place for each in series.exceptions] == ["https://meet.example.org/x"]


def test_title_and_text_change_when_they_are_others(house: House) -> None:
    row = house.committed()
    with house.work() as work:
        changing.say(work, house.group, row.id, title="Early birds", text="")
    assert house.row(row).revision == 1
    with house.work() as work:
        changing.say(work, house.group, row.id, text="Bring slides")
    assert (house.row(row).text, house.row(row).revision) == ("Bring slides", 2)


def test_concluding_cancels_what_is_to_come_and_nothing_changes_any_more(
    either_house: House,
) -> None:
    row = either_house.committed()
    either_house.pass_until(either_house.dates(row)[1].start_at)
    with either_house.work() as work:
        changing.conclude(work, either_house.group, row.id)
    states = [each.state for each in either_house.dates(row)]
    assert states == [MeetingState.HELD] * 2 + [MeetingState.CANCELLED] * 4
    found = either_house.row(row)
    assert (found.state, found.revision, found.settle_at is None) == (
        SeriesState.CONCLUDED, 2, False,
    )  # fmt: skip
    [series] = either_house.events(row)
    assert series is not None
    assert len(series.occurrences) == 2
    for change in (
        lambda: moved(either_house, row, 1, DAY),
        lambda: cancelled(either_house, row, 1),
        lambda: placed(either_house, row, None, "Nowhere"),
    ):
        with pytest.raises(Conflict, match="is concluded"):
            change()


def test_a_semester_that_is_over_is_concluded_without_a_word(house: House) -> None:
    row = house.committed()
    house.pass_until(house.dates(row)[-1].start_at)
    with house.work() as work:
        changing.conclude(work, house.group, row.id)
    found = house.row(row)
    assert (found.state, found.revision, found.settle_at) == (SeriesState.CONCLUDED, 1, None)


def test_a_draft_does_not_change_date_by_date(house: House) -> None:
    row = house.draft()
    with pytest.raises(Conflict, match="commit it first"):
        moved(house, row, 0, DAY)


def test_only_coordinators_change_and_only_dates_of_theirs(house: House) -> None:
    row = house.committed()
    date = house.dates(row)[0]
    later = date.start_at + DAY
    with house.work(house.person("Ben")) as work, pytest.raises(NotAllowed):
        changing.move(work, house.group, row.id, date.id, later)
    for series, meeting in ((row.id, row.id), (date.id, date.id)):
        with house.work() as work, pytest.raises(Missing):
            changing.move(work, house.group, series, meeting, later)


def test_each_change_is_one_line_of_the_audit(house: House) -> None:
    row = house.committed()
    moved(house, row, 0, DAY)

    with house.flat.runtime.reading() as work:
        lines = work.session.query(AuditRow).order_by(AuditRow.number).all()
    told = [(each.action, each.version) for each in lines if "series" in each.action
            or "meeting" in each.action]  # fmt: skip
    assert told == [("series.drafted", 1), ("series.committed", 2), ("meeting.moved", 2)]
    assert lines[-1].subject == house.dates(row)[0].id


def test_the_calendar_that_invites_goes_on_when_it_is_connected_anew(house: House) -> None:
    account = house.flat.connected()
    row = house.committed(house.ada)
    with house.work(house.ada) as work:
        accounts.disconnect(work, account)
    assert house.row(row).account_id is None
    again = house.flat.connected()
    with house.work() as work, pytest.raises(Unfit, match="no such account"):
        going_on.organise_by(work, house.group, row.id, again)  # it is not Cora's
    with house.work(house.ada) as work:
        going_on.organise_by(work, house.group, row.id, again)
    assert (house.row(row).account_id, house.row(row).revision) == (again, 2)
    with house.work(house.ada) as work, pytest.raises(Conflict, match="is connected"):
        going_on.organise_by(work, house.group, row.id, again)


def test_another_calendar_does_not_go_on_inviting(house: House) -> None:
    account = house.flat.connected()
    row = house.committed(house.ada)
    with house.work(house.ada) as work:
        accounts.disconnect(work, account)
        work.session.get_one(SeriesRow, row.id).identity = b"somebody else"
    again = house.flat.connected()
    with house.work(house.ada) as work, pytest.raises(Unfit, match="Another calendar"):
        going_on.organise_by(work, house.group, row.id, again)
    with house.work(house.ada) as work:
        hosts = house.flat.runtime.hosts
        assert going_on.by(work, house.row(row), hosts) is None


def test_the_owner_is_shown_that_their_calendar_can_go_on(house: House) -> None:
    account = house.flat.connected()
    row, hosts = house.committed(house.ada), house.flat.runtime.hosts
    with house.work(house.ada) as work:
        assert going_on.by(work, house.row(row), hosts) is None
        accounts.disconnect(work, account)
    again = house.flat.connected()
    with house.work(house.ada) as work:
        assert going_on.by(work, house.row(row), hosts) == again
    with house.work() as work:
        assert going_on.by(work, house.row(row), hosts) is None
