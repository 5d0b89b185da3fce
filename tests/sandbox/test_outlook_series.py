"""Series at Outlook, and the occurrences that somebody changes alone."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.outlook_client import ADA, BO, CLEO
from tests.sandbox.outlook_mailbox import (
    BERLIN,
    Mailbox,
    Writing,
    a_writing,
    at,
    clock,
    guests,
    meeting,
    weekly,
)

FOUR_MONDAYS = ["05 09:00", "12 09:00", "19 09:00", "26 09:00"]


@pytest.fixture
def outlook() -> Iterator[Writing]:
    with a_writing() as there:
        yield there


@pytest.fixture(scope="module")
def untouched() -> Iterator[Mailbox]:
    """A mailbox for what is refused, and so leaves no trace."""
    with a_writing() as there:
        yield there.of(ADA)


@pytest.fixture
def ada(outlook: Writing) -> Mailbox:
    return outlook.of(ADA)


@pytest.fixture
def series(ada: Mailbox) -> dict[str, Any]:
    return ada.make(meeting(recurrence=weekly()))


def moved(day: int, hour: int = 9) -> dict[str, Any]:
    return {"start": clock(day, hour), "end": clock(day, hour + 1)}


def test_a_series_happens_each_week_by_its_own_clocks(ada: Mailbox, series: dict[str, Any]) -> None:
    # Summer time ends on the 25th.
    assert ada.begins() == FOUR_MONDAYS
    assert series["type"] == "seriesMaster"
    assert series["recurrence"]["range"]["numberOfOccurrences"] == 4
    assert {each["seriesMasterId"] for each in ada.seen()} == {series["id"]}


def test_a_series_begins_on_the_first_day_of_its_pattern(ada: Mailbox) -> None:
    made = ada.make(meeting(recurrence=weekly(5, 3, "wednesday")))
    assert ada.begins() == ["07 09:00", "14 09:00", "21 09:00"]
    assert made["start"]["dateTime"].startswith("2026-10-07")


@pytest.mark.parametrize(
    "wrong",
    [
        {"pattern": weekly()["pattern"]},
        weekly(6),
        weekly() | {"pattern": {"type": "hourly", "interval": 1}},
        weekly() | {"pattern": {"type": "daily", "interval": 1, "dayOfMonth": 3}},
    ],
)
def test_a_recurrence_that_cannot_be_is_refused(untouched: Mailbox, wrong: dict[str, Any]) -> None:
    refused = untouched.refused("POST", "/me/events", meeting(recurrence=wrong))
    assert refused == (400, "ErrorPropertyValidationFailure")


def test_an_occurrence_that_is_changed_is_an_exception(
    ada: Mailbox, series: dict[str, Any]
) -> None:
    second = ada.seen()[1]
    after = ada.change(second["id"], {"subject": "Exam", **moved(13, 14)})
    assert (after["type"], after["id"]) == ("exception", second["id"])
    assert after["seriesMasterId"] == series["id"]
    assert ada.begins() == ["05 09:00", "13 14:00", "19 09:00", "26 09:00"]
    assert ada.event(second["id"])["subject"] == "Exam"
    assert ada.event(series["id"])["subject"] == "Lecture"


def test_an_occurrence_that_is_deleted_is_gone_and_the_others_stay(
    ada: Mailbox, series: dict[str, Any]
) -> None:
    second = ada.seen()[1]["id"]
    ada.done("DELETE", at(second))
    assert ada.begins() == ["05 09:00", "19 09:00", "26 09:00"]
    assert ada.refused("GET", at(second)) == (404, "ErrorItemNotFound")
    ada.done("DELETE", at(series["id"]))
    assert ada.begins() == []


@pytest.mark.parametrize("day", [5, 4, 19, 20])
def test_an_occurrence_does_not_come_to_or_past_its_neighbours_day(
    ada: Mailbox, series: dict[str, Any], day: int
) -> None:
    second = at(ada.seen()[1]["id"])
    refused = ada.refused("PATCH", second, moved(day, 18))
    assert refused == (400, "ErrorOccurrenceCrossingBoundary")
    assert ada.begins() == FOUR_MONDAYS


@pytest.mark.parametrize("day", [6, 18])
def test_an_occurrence_goes_as_far_as_its_neighbours(
    ada: Mailbox, series: dict[str, Any], day: int
) -> None:
    ada.change(ada.seen()[1]["id"], moved(day))
    assert ada.begins()[1] == f"{day:02} 09:00"


def test_a_neighbour_is_where_it_was_moved_to_and_nowhere_if_it_is_called_off(
    ada: Mailbox, series: dict[str, Any]
) -> None:
    first, second, third, _ = (each["id"] for each in ada.seen())
    ada.change(second, moved(10))
    crossing = (400, "ErrorOccurrenceCrossingBoundary")
    assert ada.refused("PATCH", at(first), moved(10, 18)) == crossing
    ada.done("DELETE", at(second))
    ada.change(first, moved(14))
    assert ada.refused("PATCH", at(third), moved(14, 18)) == crossing
    assert ada.begins() == ["14 09:00", "19 09:00", "26 09:00"]


def test_an_all_day_occurrence_does_not_grow_into_the_next(ada: Mailbox) -> None:
    daily = weekly() | {"pattern": {"type": "daily", "interval": 1}}
    day = {"start": clock(5, 0), "end": clock(6, 0), "isAllDay": True}
    ada.make(meeting(recurrence=daily) | day)
    second = at(ada.seen()[1]["id"])
    longer = {"start": clock(6, 0), "end": clock(8, 0)}
    assert ada.refused("PATCH", second, longer) == (400, "ErrorOccurrenceCrossingBoundary")


def test_what_the_series_no_longer_has_is_no_exception_of_it(
    ada: Mailbox, series: dict[str, Any]
) -> None:
    ada.change(ada.seen()[3]["id"], moved(27))
    ada.change(series["id"], {"recurrence": weekly(5, 3)})
    assert ada.begins() == FOUR_MONDAYS[:3]


def test_a_series_that_is_moved_takes_its_occurrences_along(
    ada: Mailbox, series: dict[str, Any]
) -> None:
    ada.change(series["id"], moved(6, 10) | {"recurrence": weekly(6)})
    assert ada.begins() == ["06 10:00", "13 10:00", "20 10:00", "27 10:00"]
    ada.change(series["id"], {"recurrence": None})
    assert ada.begins() == ["06 10:00"]


def test_instances_are_those_of_the_series_alone(ada: Mailbox, series: dict[str, Any]) -> None:
    ada.make(meeting(7))
    asked = "startDateTime=2026-10-10T00:00:00Z&endDateTime=2026-10-20T00:00:00Z"
    found, _ = ada.all(f"{at(series['id'], '/instances')}?{asked}")
    assert [each["start"]["dateTime"][:10] for each in found] == ["2026-10-12", "2026-10-19"]
    listed, _ = ada.all("/me/events")
    assert [each["type"] for each in listed] == ["seriesMaster", "singleInstance"]


def test_guests_see_what_becomes_of_each_occurrence(outlook: Writing, ada: Mailbox) -> None:
    ada.make(meeting(recurrence=weekly(), attendees=guests(BO, CLEO)))
    first, second, *_ = (each["id"] for each in ada.seen())
    ada.done("DELETE", at(first))
    ada.change(second, moved(13))
    bo = outlook.of(BO)
    assert bo.begins() == ["13 09:00", "19 09:00", "26 09:00"]
    assert outlook.mails()[1:] == [("cancellation", [BO, CLEO]), ("update", [BO, CLEO])]


def test_whoever_is_invited_later_sees_nothing_of_what_was_called_off_before(
    outlook: Writing, ada: Mailbox, series: dict[str, Any]
) -> None:
    ada.done("DELETE", at(ada.seen()[1]["id"]))
    ada.change(series["id"], {"attendees": guests(BO)})
    assert outlook.of(BO).begins() == ["05 09:00", "19 09:00", "26 09:00"]
    assert outlook.mails() == [("invitation", [BO])]


def test_whoever_left_a_series_and_comes_to_one_occurrence_sees_that_alone(
    outlook: Writing, ada: Mailbox, series: dict[str, Any]
) -> None:
    ada.change(series["id"], {"attendees": guests(BO)})
    ada.change(series["id"], {"attendees": []})
    ada.change(ada.seen()[1]["id"], {"attendees": guests(BO)})
    assert outlook.of(BO).begins() == ["12 09:00"]
    ada.done("DELETE", at(series["id"]))
    assert ada.begins() == []


def test_a_guest_answers_for_one_occurrence(outlook: Writing, ada: Mailbox) -> None:
    series = ada.make(meeting(recurrence=weekly(), attendees=guests(BO)))
    bo = outlook.of(BO)
    bo.done("POST", at(bo.found()[0]["id"], "/accept"), {})
    bo.done("POST", at(bo.seen()[1]["id"], "/decline"), {})
    assert bo.begins() == ["05 09:00", "19 09:00", "26 09:00"]
    answers = [each["attendees"][0]["status"]["response"] for each in ada.seen()]
    assert answers == ["accepted", "declined", "accepted", "accepted"]
    assert ada.event(series["id"])["attendees"][0]["status"]["response"] == "accepted"


def test_an_occurrence_has_both_kinds_of_ids(ada: Mailbox, series: dict[str, Any]) -> None:
    usual = ada.seen()[1]["id"]
    lasting = ada.event(usual, Prefer='IdType="ImmutableId"')["id"]
    assert usual != lasting
    assert ada.event(lasting)["id"] == usual
    ada.change(lasting, {"subject": "Exam"})
    assert ada.event(usual)["subject"] == "Exam"


def test_times_come_in_the_zone_that_is_preferred(ada: Mailbox, series: dict[str, Any]) -> None:
    there = ada.event(ada.seen()[3]["id"], Prefer=f'outlook.timezone="{BERLIN}"')
    assert there["start"] == {"dateTime": "2026-10-26T09:00:00.0000000", "timeZone": BERLIN}
    assert ada.refused("GET", f"/me/events?$filter={quote('nonsense')}") == (
        400,
        "ErrorInvalidUrlQueryFilter",
    )
