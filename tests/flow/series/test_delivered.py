"""Whether dates have arrived: only what changed waits, and who cannot be reached is said."""

from collections.abc import Sequence
from datetime import timedelta

from services.flow.series import attending, changing, deliveries
from services.flow.series.views import Delivered
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, SeriesRow
from tests.flow.series.house import House

THERE, WAITING, FAILED = Delivered.THERE, Delivered.WAITING, Delivered.FAILED
HOUR = timedelta(hours=1)


def a_written(house: House) -> SeriesRow:
    """A series that Ada's calendar invites to, and that is written whole."""
    house.flat.connected()
    row = house.committed(house.ada)
    written(house, row)
    return row


def written(house: House, row: SeriesRow) -> None:
    house.published(row)
    with house.flat.runtime.work() as work:
        for each in stored.events(work, row.id):
            each.written_revision = house.row(row).revision


def of(house: House, row: SeriesRow, name: str) -> Sequence[Delivered]:
    """How each date stands with somebody."""
    with house.flat.runtime.reading() as work:
        dates = stored.meetings(work, row.id)
        everybody = [each for each, _ in stored_attendees.of(work, row.id)]
        found = deliveries.of(work, house.row(row), everybody, dates)
        who = next(each.id for each in everybody if each.name == name)
    return [found[who, each.id].state for each in dates if (who, each.id) in found]


def test_a_date_that_is_moved_waits_and_the_others_are_there(house: House) -> None:
    row = a_written(house)
    date = house.dates(row)[2]
    with house.work() as work:
        changing.move(work, house.group, row.id, date.id, date.start_at + HOUR)

    assert of(house, row, "Ben") == [THERE, THERE, WAITING, THERE, THERE, THERE]
    written(house, row)
    assert of(house, row, "Ben") == [THERE] * 6


def test_a_guest_waits_and_nobody_else_does(house: House) -> None:
    row = a_written(house)
    with house.work() as work:
        date = house.dates(row)[1].id
        attending.add_guest(work, house.group, row.id, date, "Gus", "gus@example.org")

    assert of(house, row, "Gus") == [WAITING]
    assert of(house, row, "Ben") == [THERE] * 6


def test_another_title_is_waited_for_everywhere(house: House) -> None:
    row = a_written(house)
    with house.work() as work:
        changing.say(work, house.group, row.id, title="Late birds")

    assert of(house, row, "Ben") == [WAITING] * 6


def test_what_fails_fails_for_what_it_would_have_changed(house: House) -> None:
    row = a_written(house)
    with house.work() as work:
        changing.cancel(work, house.group, row.id, house.dates(row)[5].id)
        for each in stored.events(work, row.id):
            each.failed_at = work.now

    assert of(house, row, "Ben") == [THERE] * 5 + [FAILED]


def test_whoever_cannot_be_reached_never_waits(house: House) -> None:
    with house.work() as work:
        work.session.get_one(PersonRow, house.person("Ben")).email = "ben@group.invalid"
    by_mail = house.committed()
    assert of(house, by_mail, "Ben") == [FAILED] * 6
    assert of(house, by_mail, "Eve") == [WAITING] * 6


def test_nobody_who_cannot_be_reached_is_there_because_others_are(house: House) -> None:
    with house.work() as work:
        work.session.get_one(PersonRow, house.person("Ben")).email = "ben@group.invalid"
    row = a_written(house)
    assert (of(house, row, "Ben"), of(house, row, "Eve")) == ([FAILED] * 6, [THERE] * 6)


def test_who_comes_on_while_a_date_is_held_is_invited_to_all_others_at_once(house: House) -> None:
    from services.flow.series.kept import from_kept  # noqa: PLC0415
    from services.flow.series.part import Part  # noqa: PLC0415

    row = a_written(house)
    house.pass_until(house.dates(row)[1].start_at)
    with house.work() as work:
        new = AttendeeRow(
            series_id=row.id, person_id=house.ada, name="Zoe", created_at=work.now,
            since_at=house.dates(row)[2].original_at,
        )  # fmt: skip
        [event] = stored.events(work, row.id)
        assert event.wanted is not None
        assert Part.of(new, house.dates(row)).has_all(from_kept(event.wanted))
