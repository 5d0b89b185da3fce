"""What every provider promises, tried on each. What one cannot do is asked of its capabilities."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

import pytest

from calendar_sync.errors import CursorExpired, NotThere, Superseded, Unsupported
from calendar_sync.provider import (
    Answer,
    CalendarId,
    Capability,
    Channel,
    Cursor,
    Draft,
    Reply,
    SeriesDraft,
)
from scheduler.model.busy import BusyInterval, Kind
from scheduler.model.series import Occurrence, Series
from scheduler.series import arranged
from tests.calendar_sync.builders import utc
from tests.calendar_sync.stages import STAGES, Stage

DAY, HOUR = 86_400, 3600
SPAN = (utc("2027-03-01"), utc("2027-09-01"))
NINE = (utc("2027-03-10 09:00"), utc("2027-03-10 10:00"))
TEN = (utc("2027-03-10 10:00"), utc("2027-03-10 11:00"))
WEDNESDAYS = tuple(
    Occurrence(each, each, 60) for each in range(NINE[0], NINE[0] + 28 * DAY, 7 * DAY)
)
RULE = "FREQ=WEEKLY;BYDAY=WE;UNTIL=20270331T090000Z"
SERIES = SeriesDraft("series/3", "Group", Series("UTC", RULE, 60, WEDNESDAYS), "Room 4")
DRAFT = Draft("series/1/ada", "Peer group", NINE, "America/New_York", "Room 4", "Bring goals")


@pytest.fixture(params=list(STAGES), scope="module")
def place(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], Stage]]:
    with STAGES[request.param](tmp_path_factory.mktemp("place")) as found:
        yield found


@pytest.fixture
def stage(place: Callable[[], Stage]) -> Stage:
    return place()


def busy(stage: Stage, calendar: CalendarId | None = None) -> object:
    asked = calendar or stage.main
    return stage.provider.busy([asked], SPAN)[asked]


def taken(*spans: tuple[int, int]) -> list[BusyInterval]:
    return [BusyInterval(*span, Kind.BUSY) for span in spans]


def needs(stage: Stage, capability: Capability) -> None:
    if capability not in stage.provider.capabilities:
        pytest.skip(f"this account has no {capability}")


def test_the_calendars_are_listed_the_main_one_first(stage: Stage) -> None:
    needs(stage, Capability.CHOOSES)

    found = [each.calendar for each in stage.provider.calendars()]

    assert found[0] == stage.main
    assert set(found) >= {stage.main, stage.other}


def test_an_empty_calendar_takes_nothing(stage: Stage) -> None:
    assert busy(stage) == []


def test_busy_time_is_sorted_and_what_touches_leaves_no_gap(stage: Stage) -> None:
    stage.occupy(stage.main, TEN)
    stage.occupy(stage.main, NINE)

    assert busy(stage) in (taken((NINE[0], TEN[1])), taken(NINE, TEN))


def test_busy_time_is_clipped_to_what_was_asked(stage: Stage) -> None:
    stage.occupy(stage.main, NINE)

    found = stage.provider.busy([stage.main], (NINE[0] + 60, NINE[1] - 60))

    assert found[stage.main] == taken((NINE[0] + 60, NINE[1] - 60))


@pytest.mark.parametrize("days", [59, 60, 120])
def test_an_event_over_the_border_of_two_questions_stays_one(stage: Stage, days: int) -> None:
    long = (SPAN[0] + days * DAY - 3600, SPAN[0] + (days + 1) * DAY)
    stage.occupy(stage.main, long)

    assert busy(stage) == taken(long)


def test_an_unknown_calendar_is_an_error_of_its_own_and_never_free(stage: Stage) -> None:
    stage.occupy(stage.main, NINE)
    unknown = CalendarId("nobody@example.org")

    found = stage.provider.busy([unknown, stage.main, stage.other], SPAN)

    assert isinstance(found[unknown], Exception)
    assert found[stage.main] == taken(NINE)
    assert found[stage.other] == []


def test_every_one_of_many_calendars_is_answered(stage: Stage) -> None:
    many = [CalendarId(f"person{n}@example.org") for n in range(120)]

    found = stage.provider.busy([*many, stage.main], SPAN)

    assert set(found) == {*many, stage.main}
    assert all(isinstance(found[each], Exception) for each in many)


def test_what_has_not_changed_is_said_to_be_so(stage: Stage) -> None:
    needs(stage, Capability.CURSORS)
    stage.occupy(stage.main, TEN)
    begun = stage.provider.changes(stage.main, None)
    assert begun.anything
    if begun.cursor is None:
        return  # a host that gives no cursors is read each time

    again = stage.provider.changes(stage.main, begun.cursor)
    assert not again.anything
    stage.occupy(stage.main, NINE)
    assert stage.provider.changes(stage.main, again.cursor).anything


def test_a_cursor_nobody_knows_has_expired(stage: Stage) -> None:
    needs(stage, Capability.CURSORS)

    with pytest.raises(CursorExpired):
        stage.provider.changes(stage.main, Cursor("another version's"))


def test_a_cursor_that_the_host_forgot_hides_no_change_and_a_new_one_begins(stage: Stage) -> None:
    needs(stage, Capability.CURSORS)
    begun = stage.provider.changes(stage.main, None)
    if begun.cursor is None:
        return
    stage.forget()
    stage.occupy(stage.main, NINE)

    with suppress(CursorExpired):  # or what there is now is compared with what there was
        assert stage.provider.changes(stage.main, begun.cursor).anything

    assert stage.provider.changes(stage.main, None).anything


def test_what_happens_in_one_calendar_is_no_change_of_another(stage: Stage) -> None:
    needs(stage, Capability.CURSORS)
    begun = stage.provider.changes(stage.main, None)
    if begun.cursor is not None:
        stage.occupy(stage.other, NINE)
        assert not stage.provider.changes(stage.main, begun.cursor).anything


def test_an_event_that_is_put_takes_its_time(stage: Stage) -> None:
    needs(stage, Capability.WRITES)

    stage.provider.put(stage.main, DRAFT)

    assert busy(stage) == taken(NINE)


def test_putting_the_same_again_leaves_one(stage: Stage) -> None:
    needs(stage, Capability.WRITES)

    for written in (False, False, True):
        stage.provider.put(stage.main, DRAFT, written=written)

    assert stage.events(stage.main) == 1


def test_a_changed_draft_changes_the_one(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    stage.provider.put(stage.main, DRAFT)

    stage.provider.put(stage.main, replace(DRAFT, when=TEN, title="Later"), written=True)

    assert stage.events(stage.main) == 1
    assert busy(stage) == taken(TEN)


def test_events_of_several_keys_are_several(stage: Stage) -> None:
    needs(stage, Capability.WRITES)

    stage.provider.put(stage.main, DRAFT)
    stage.provider.put(stage.main, replace(DRAFT, key="series/2/ada", when=TEN))
    stage.provider.put(stage.other, DRAFT)

    assert stage.events(stage.main) == 2
    assert stage.events(stage.other) == 1


def test_a_cancelled_event_is_gone_and_may_be_cancelled_again(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    stage.provider.put(stage.main, DRAFT)

    stage.provider.cancel(stage.main, DRAFT.key)
    stage.provider.cancel(stage.main, DRAFT.key)
    stage.provider.cancel(stage.main, "never written")

    assert stage.events(stage.main) == 0
    assert busy(stage) == []


def test_a_cancelled_event_can_be_put_anew(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    stage.provider.put(stage.main, DRAFT)
    stage.provider.cancel(stage.main, DRAFT.key)

    stage.provider.put(stage.main, DRAFT)

    assert stage.events(stage.main) == 1
    assert busy(stage) == taken(NINE)


def test_an_event_that_a_person_removed_stays_removed(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    stage.provider.put(stage.main, DRAFT)
    stage.remove_all(stage.main)

    with pytest.raises(NotThere):
        stage.provider.put(stage.main, replace(DRAFT, when=TEN), written=True)

    assert stage.events(stage.main) == 0


def test_a_series_is_one_event_however_often_it_is_put(stage: Stage) -> None:
    needs(stage, Capability.WRITES)

    for written in (False, False, True):
        stage.provider.put_series(stage.main, SERIES, written=written)

    assert stage.events(stage.main) == 1


def test_a_series_takes_the_times_at_which_its_dates_are_held(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    one, two, _, four = WEDNESDAYS
    held = (one, replace(two, start=two.start + DAY, minutes=90), four)
    [series] = arranged(SERIES.series, held)
    try:
        for _ in range(2):
            stage.provider.put_series(stage.main, replace(SERIES, series=series))
    except Unsupported:
        return  # known only once it was asked

    assert busy(stage) == taken(*((each.start, each.end) for each in held))


def test_a_date_alone_is_put_as_an_event(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    single = Series("America/New_York", "", 60, (Occurrence(NINE[0], TEN[0], 60),))

    for _ in range(2):
        stage.provider.put_series(stage.main, replace(SERIES, series=single))

    assert stage.events(stage.main) == 1
    assert busy(stage) == taken(TEN)


def test_a_cancelled_series_is_gone_and_can_be_put_anew(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    stage.provider.put_series(stage.main, SERIES)

    for _ in range(2):
        stage.provider.cancel(stage.main, SERIES.key)
    assert stage.events(stage.main) == 0
    assert busy(stage) == []

    stage.provider.put_series(stage.main, SERIES)
    assert stage.events(stage.main) == 1


def test_a_series_that_a_person_removed_stays_removed(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    stage.provider.put_series(stage.main, SERIES)
    stage.remove_all(stage.main)

    with pytest.raises(NotThere):
        stage.provider.put_series(stage.main, replace(SERIES, title="Later"), written=True)

    assert stage.events(stage.main) == 0


def test_what_was_written_of_a_later_revision_stays(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    as_of = {
        revision: replace(
            SERIES, series=Series("America/New_York", "", 60, (occurrence,)), revision=revision
        )
        for revision, occurrence in (
            (9, Occurrence(NINE[0], NINE[0], 60)),
            (10, Occurrence(NINE[0], TEN[0], 60)),
            (11, Occurrence(NINE[0], NINE[0], 60)),
        )
    }
    stage.provider.put_series(stage.main, as_of[10])

    with pytest.raises(Superseded) as raised:
        stage.provider.put_series(stage.main, as_of[9], written=True)

    assert raised.value.revision == 10
    assert busy(stage) == taken(TEN)
    stage.provider.put_series(stage.main, as_of[11], written=True)
    assert busy(stage) == taken(NINE)


def test_a_date_that_was_written_of_a_later_revision_stays(stage: Stage) -> None:
    needs(stage, Capability.WRITES)
    one, two, *others = WEDNESDAYS

    def put(revision: int, hours: int) -> None:
        dates = one, replace(two, start=two.start + hours * HOUR), *others
        series = replace(SERIES.series, occurrences=dates)
        draft = replace(SERIES, series=series, revision=revision)
        stage.provider.put_series(stage.main, draft, written=revision > 1)

    put(1, hours=0)
    try:
        put(3, hours=2)
    except Unsupported:
        return  # known only once it was asked
    before = busy(stage)

    with pytest.raises(Superseded):
        put(2, hours=1)

    assert busy(stage) == before
    put(4, hours=1)
    assert busy(stage) != before


def test_guests_of_a_series_have_not_answered_at_first(stage: Stage) -> None:
    needs(stage, Capability.REPLIES)
    needs(stage, Capability.INVITES)
    with pytest.raises(NotThere):
        stage.provider.series_replies(stage.main, SERIES.key)
    stage.provider.put_series(stage.main, replace(SERIES, guests=("grace@example.org",)))

    found = stage.provider.series_replies(stage.main, SERIES.key)

    assert found == {None: [Reply("grace@example.org", Answer.WAITING)]}


def test_guests_have_not_answered_at_first(stage: Stage) -> None:
    needs(stage, Capability.REPLIES)
    needs(stage, Capability.INVITES)
    stage.provider.put(stage.main, replace(DRAFT, guests=("grace@example.org",)))

    found = stage.provider.replies(stage.main, DRAFT.key)

    assert found == [Reply("grace@example.org", Answer.WAITING)]


def test_there_are_no_replies_to_an_event_that_is_not_there(stage: Stage) -> None:
    needs(stage, Capability.REPLIES)

    with pytest.raises(NotThere):
        stage.provider.replies(stage.main, "never written")


def test_a_channel_opens_and_closes_and_may_be_closed_again(stage: Stage) -> None:
    needs(stage, Capability.WATCHES)
    asked = Channel("channel-1", "secret", stage.hook, utc("2027-03-02"))
    try:
        opened = stage.provider.watch(stage.main, asked)
    except (Unsupported, NotThere):
        return  # known only once it was asked

    assert opened.resource
    assert opened.secret == asked.secret
    stage.provider.stop(opened)
    stage.provider.stop(opened)


def test_nothing_of_an_account_is_in_what_is_written_to_a_log(stage: Stage) -> None:
    needs(stage, Capability.CHOOSES)
    told = repr(stage.provider.calendars())

    assert str(stage.main) not in told
    assert "Ada" not in told
