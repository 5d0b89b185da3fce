"""Series at a Graph that says less than the sandbox, and does more by itself."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import pytest

from calendar_sync.errors import ChangedMeanwhile, Refused, SyncError, Wait
from calendar_sync.outlook import recurrence
from calendar_sync.outlook.writing import Writings
from calendar_sync.provider import CalendarId, SeriesDraft
from scheduler.model.series import Occurrence, Series
from tests.calendar_sync.builders import utc
from tests.calendar_sync.minimal_dates import DatesGraph
from tests.calendar_sync.minimal_graph import BASE, GONE, MEANWHILE, SILENT, Fault

MAIN = CalendarId("AQMk/main=")
GRACE, ALAN, MARY = (f"{each}@example.org" for each in ("grace", "alan", "mary"))


def on(day: str, to: str = "", **more: tuple[str, ...]) -> Occurrence:
    return Occurrence(utc(f"2027-{day} 17:00"), utc(f"2027-{to or day} 17:00"), 60, **more)  # type: ignore[arg-type]


SERIES = Series(
    "UTC",
    "FREQ=WEEKLY;BYDAY=TU;UNTIL=20270413T170000Z",
    60,
    (
        on("03-09"),
        on("03-23", "03-24"),
        on("03-30", "04-01"),
        on("04-06", guests=(ALAN,)),
        on("04-13"),
    ),
    (utc("2027-03-16 17:00"),),
)
DRAFT = SeriesDraft("series/1", "Group", SERIES, "Room 4", "Bring goals", (GRACE, MARY))
PLANNED = {
    "03-09": ("03-09T17:00", [GRACE, MARY]),
    "03-23": ("03-24T17:00", [GRACE, MARY]),
    "03-30": ("04-01T17:00", [GRACE, MARY]),
    "04-06": ("04-06T17:00", [GRACE, MARY, ALAN]),
    "04-13": ("04-13T17:00", [GRACE, MARY]),
}
ONCE = {(GRACE, ""): 1, (MARY, ""): 1, (ALAN, "04-06"): 1}


@pytest.fixture
def graph() -> DatesGraph:
    return DatesGraph()


def put(graph: DatesGraph, draft: SeriesDraft = DRAFT) -> None:
    graph.series.put(MAIN, draft, written=False)


def test_each_date_is_in_its_place_and_everybody_told_once(graph: DatesGraph) -> None:
    put(graph)

    assert graph.held() == PLANNED
    assert graph.mails == ONCE


def test_all_dates_can_be_moved_where_each_change_is_one_of_all(graph: DatesGraph) -> None:
    days = ["03-09", "03-16", "03-23", "03-30", "04-06", "04-13"]
    nexts = ["03-10", "03-17", "03-24", "03-31", "04-07", "04-14"]
    moved = [on(day, to) for day, to in zip(days, nexts, strict=True)]

    put(graph, replace(DRAFT, series=replace(SERIES, occurrences=tuple(moved), skipped=())))

    assert [when for when, _ in graph.held().values()] == [f"{each}T17:00" for each in nexts]


def test_what_is_there_already_is_not_written_again(graph: DatesGraph) -> None:
    put(graph)
    before = len(graph.asked)

    put(graph)

    assert set(graph.methods()[before:]) == {"GET"}


@pytest.mark.parametrize("error", [SILENT, MEANWHILE, GONE])
@pytest.mark.parametrize("done", [False, True])
def test_wherever_it_breaks_it_comes_about_once_it_is_repeated(
    error: SyncError, *, done: bool
) -> None:
    whole = DatesGraph()
    put(whole)
    for position in range(2, len(whole.asked)):  # at first, the calendar would be gone
        graph = DatesGraph(faults={position: Fault(error, done=done)})

        for _ in range(3):
            try:
                put(graph)
            except (Wait, ChangedMeanwhile):
                continue

        assert (position, graph.held()) == (position, PLANNED)
        assert (position, graph.mails) == (position, ONCE)


def test_who_joins_and_who_leaves_does_so_at_every_date(graph: DatesGraph) -> None:
    put(graph)
    graph.mails.clear()

    put(graph, replace(DRAFT, guests=(GRACE, "dora@example.org")))

    assert {tuple(sorted(people)) for _, people in graph.held().values()} == {
        ("dora@example.org", GRACE),
        (ALAN, "dora@example.org", GRACE),
    }
    assert graph.mails == {("dora@example.org", ""): 1}


def test_a_date_that_somebody_made_another_is_not_written_for_what_it_does_not_say(
    graph: DatesGraph,
) -> None:
    put(graph)
    theirs = graph.dates["d/03-09"]
    theirs |= {"type": "exception", "attendees": []}
    before = len(graph.asked)

    put(graph)

    assert set(graph.methods()[before:]) == {"GET"}


def test_all_of_it_goes_and_who_came_once_is_told(graph: DatesGraph) -> None:
    put(graph)

    graph.series.cancel(MAIN, DRAFT.key)

    assert not graph.events
    [told] = [each for each in graph.bodies("PATCH")[-1:] if "attendees" in each]
    assert [each["emailAddress"]["address"] for each in told["attendees"]] == [GRACE, MARY]


def test_a_zone_that_the_host_does_not_know_is_not_left_for_another(graph: DatesGraph) -> None:
    graph.zones = {"UTC"}
    there = replace(SERIES, zone="Europe/Berlin")

    with pytest.raises(Refused):
        put(graph, replace(DRAFT, series=there))

    assert not graph.events


def test_no_word_of_a_date_is_asked_for() -> None:
    asked = Writings(BASE).instances("AQMk/1=", (0, 86_400), None)

    assert "/me/events/AQMk%2F1%3D/instances?startDateTime=1970-01-01T00:00:00Z&" in asked.uri
    assert not any(word in asked.uri for word in ("subject", "body", "location"))


def test_a_series_is_looked_for_as_far_as_it_goes_and_a_little_further() -> None:
    span = partial(_window, "2027-03-09")

    assert span(type="endDate", endDate="2027-06-08") == ("2027-01-08", "2027-08-07")
    assert span(type="noEnd") == ("2027-01-08", "2032-01-07")
    assert span(type="endDate", endDate="2199-01-01") == ("2027-01-08", "2032-01-07")
    assert recurrence.window({"recurrence": None}) is None


def _window(first: str, **more: str) -> tuple[str, str]:
    found = recurrence.window({"recurrence": {"range": {"startDate": first, **more}}})
    assert found is not None
    start, end = (f"{datetime.fromtimestamp(each, UTC):%Y-%m-%d}" for each in found)
    return start, end


@pytest.mark.parametrize("said", [[], {}, {"range": {"startDate": "soon"}}, {"range": []}])
def test_a_recurrence_of_which_nothing_can_be_believed_is_none(said: object) -> None:
    with pytest.raises(Wait):
        recurrence.window({"recurrence": said})
