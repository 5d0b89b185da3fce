"""Several calendars in one request: each a matter of its own, and nobody free by mistake."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any

import httpx
import pytest

from calendar_sync import connection
from calendar_sync.errors import NotAllowed, NotThere, ReconnectNeeded, Wait
from calendar_sync.provider import CalendarId, Found
from scheduler.model.busy import BusyInterval, Kind
from tests.calendar_sync.builders import utc
from tests.calendar_sync.graph_host import (
    GraphHost,
    a_graph,
    an_event,
    no,
    outlook_at,
    said,
    within,
)
from tests.calendar_sync.minimal_google import TOKEN, Asked, Said, serving
from tests.calendar_sync.stages import Counter, Tokens

NAMES = ["A/1=", "B+2=", "C3", "D4", "E5", "F6"]
ONE, TWO, THREE, FOUR, FIVE, SIX = CALENDARS = [CalendarId(each) for each in NAMES]
MARCH = (utc("2027-03-01"), utc("2027-04-01"))
NINE = BusyInterval(utc("2027-03-10 09:00"), utc("2027-03-10 10:00"), Kind.BUSY)
OWN: Any = no(404, "ErrorItemNotFound").body
SLOW: Any = no(429, "ApplicationThrottled").body


@pytest.fixture
def host() -> Iterator[GraphHost]:
    with a_graph(*NAMES) as found:
        for each in NAMES:
            found.events[each] = [an_event("2027-03-10T09:00", "2027-03-10T10:00")]
        yield found


def batches(host: GraphHost) -> list[list[str]]:
    return [within(each) for each in host.asked if each.path.endswith("/$batch")]


def alone(host: GraphHost) -> list[str]:
    return [each.path.split("/")[-2] for each in host.asked if each.method == "GET"]


def test_several_calendars_are_one_request_that_counts_for_as_many(host: GraphHost) -> None:
    gate = Counter()

    found = outlook_at(host, gate=gate).busy(CALENDARS, MARCH)

    assert found == {each: [NINE] for each in CALENDARS}
    assert len(host.asked) == 2
    assert gate.taken == len(CALENDARS)


def test_a_request_holds_few_as_they_are_done_one_after_the_other(host: GraphHost) -> None:
    host.events = {f"C{number}": [] for number in range(11)}
    many = [CalendarId(each) for each in host.events]

    assert set(outlook_at(host).busy(many, MARCH)) == set(many)

    assert [len(each) for each in batches(host)] == [4, 4, 3]


def test_as_many_years_as_are_ever_asked_for_are_one_question(host: GraphHost) -> None:
    outlook_at(host).busy(CALENDARS[:3], (MARCH[0], MARCH[0] + 832 * 86_400))

    assert batches(host) == [NAMES[:3]]


def test_what_was_not_done_behind_one_that_failed_is_asked_with_the_next(host: GraphHost) -> None:
    host.inner = {ONE: [said(404, OWN)], **{each: [said(424, {})] for each in NAMES[1:4]}}

    found = outlook_at(host).busy(CALENDARS, MARCH)

    assert isinstance(found[ONE], NotThere)
    assert all(found[each] == [NINE] for each in CALENDARS[1:])
    assert batches(host) == [NAMES[:4], NAMES[1:5]]
    assert alone(host) == ["F6"]


def test_a_host_that_says_of_everything_that_it_was_not_done_is_asked_for_each(
    host: GraphHost,
) -> None:
    host.inner = {each: [said(424, {})] * 9 for each in NAMES}

    assert outlook_at(host).busy(CALENDARS, MARCH) == {each: [NINE] for each in CALENDARS}


class Slow(GraphHost):
    """Says nothing for long to certain questions, or breaks off."""

    slow: tuple[str, ...] = ()
    calm: Event

    def answer(self, asked: Asked) -> Said:
        if asked.path.endswith(self.slow):
            self.calm.wait(60)
        return super().answer(asked)


@contextmanager
def a_slow_one(monkeypatch: pytest.MonkeyPatch, *paths: str) -> Iterator[Slow]:
    for each in ("_TIMES", "_LONG_TIMES"):
        monkeypatch.setattr(connection, each, httpx.Timeout(1.0).as_dict())
    host = Slow(events={each: [an_event("2027-03-10T09:00", "2027-03-10T10:00")] for each in NAMES})
    host.slow, host.calm = paths, Event()
    with serving(host):
        try:
            yield host
        finally:
            host.calm.set()


def test_where_several_take_too_long_each_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_slow_one(monkeypatch, "/$batch") as host:
        found = outlook_at(host).busy(CALENDARS, MARCH)

    assert found == {each: [NINE] for each in CALENDARS}


def test_a_host_that_is_silent_twice_is_asked_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    with (
        a_slow_one(monkeypatch, "/$batch", "A%2F1%3D/calendarView", "C3/calendarView") as host,
    ):
        found = outlook_at(host).busy(CALENDARS, MARCH)

    assert found[TWO] == [NINE]
    assert all(isinstance(found[each], Wait) for each in CALENDARS if each != TWO)


@pytest.mark.parametrize("answer", [no(409, "ErrorIrresolvableConflict"), no(410, "syncStateX")])
def test_what_makes_no_sense_for_a_calendar_is_its_own_trouble(
    host: GraphHost, answer: Said
) -> None:
    host.inner = {ONE: [said(answer.status, answer.body)]}

    found = outlook_at(host).busy([ONE, TWO], MARCH)

    assert isinstance(found[ONE], Wait)
    assert found[TWO] == [NINE]
    host.script = [answer]
    with pytest.raises(Wait):
        outlook_at(host).busy([ONE], MARCH)


def test_of_a_mixed_answer_only_what_failed_is_asked_again(host: GraphHost) -> None:
    host.inner = {
        TWO: [said(500, {"error": {"code": "UnknownError"}})],
        THREE: [said(404, OWN)],
        FOUR: [None],
        FIVE: [said(424, {"error": {"code": "FailedDependency"}})],
        SIX: [said(403, no(403, "ErrorAccessDenied").body)],
    }

    found = outlook_at(host).busy(CALENDARS, MARCH)

    assert [found[each] for each in (ONE, TWO, FOUR, FIVE)] == [[NINE]] * 4
    assert isinstance(found[THREE], NotThere)
    assert isinstance(found[SIX], NotAllowed)
    assert batches(host) == [NAMES[:4], NAMES[4:]]
    assert alone(host) == ["B%2B2%3D", "D4", "E5"]


def test_what_fails_again_is_an_error_of_its_own(host: GraphHost) -> None:
    host.inner = {TWO: [said(500, {})]}
    host.events.pop(TWO)

    found = outlook_at(host).busy(CALENDARS, MARCH)

    assert isinstance(found[TWO], NotThere)
    assert all(found[each] == [NINE] for each in CALENDARS if each != TWO)


def test_a_host_that_fails_at_one_calendar_twice_does_not_hold_up_the_others(
    host: GraphHost,
) -> None:
    host.inner = {TWO: [said(500, {})], THREE: [said(424, {})]}
    host.script = [host.done, no(500, "UnknownError")]

    found = outlook_at(host).busy([ONE, TWO, THREE], MARCH)

    assert isinstance(found[TWO], Wait)
    assert found[ONE] == found[THREE] == [NINE]


@pytest.mark.parametrize(
    ("headers", "seconds"), [({"Retry_After": "9"}, 9.0), ({"retry_after": "9"}, 9.0), ({}, 30.0)]
)
def test_once_one_is_asked_to_wait_nothing_more_is_asked(
    host: GraphHost, headers: dict[str, str], seconds: float
) -> None:
    host.inner = {
        TWO: [said(429, SLOW, **headers)],
        THREE: [said(424, {"error": {"code": "FailedDependency"}})],
        FOUR: [said(404, OWN)],
        FIVE: [None],
    }

    found = outlook_at(host).busy(CALENDARS, MARCH)

    assert len(host.asked) == 1
    assert found[ONE] == [NINE]
    assert isinstance(found[FOUR], NotThere)
    assert [_seconds(found[each]) for each in (TWO, THREE, FIVE, SIX)] == [seconds] * 4


def test_when_it_is_asked_again_only_who_has_no_answer_is_asked_for(host: GraphHost) -> None:
    host.inner = {TWO: [said(429, SLOW, Retry_After="0")]}
    outlook = outlook_at(host)

    found = dict(outlook.busy(CALENDARS, MARCH))
    left = [each for each in CALENDARS if isinstance(found[each], Wait)]
    found |= outlook.busy(left, MARCH)

    assert found == {each: [NINE] for each in CALENDARS}
    assert left == [TWO, FIVE, SIX]


def test_a_wait_of_all_of_them_is_raised(host: GraphHost) -> None:
    host.script = [no(429, "TooManyRequests", Retry_After="7")]

    with pytest.raises(Wait) as raised:
        outlook_at(host).busy(CALENDARS, MARCH)

    assert raised.value.seconds == 7
    assert len(host.asked) == 1


BROKEN: list[Any] = [
    {"status": 200, "body": "PGh0bWw+"},
    {"status": 200, "body": None},
    {"status": 200},
    {"status": "200", "body": {"value": []}},
    {"status": True, "body": {"value": []}},
    {"body": {"value": []}},
    {"status": 302, "headers": "none", "body": {"value": []}},
    {"id": "0", "status": 200, "body": {"value": []}},
    {"id": 7, "status": 200, "body": {"value": []}},
]


@pytest.mark.parametrize("told", BROKEN)
def test_an_answer_that_cannot_be_believed_is_asked_for_again_and_never_free(
    host: GraphHost, told: Any
) -> None:
    host.inner = {TWO: [told]}

    found = outlook_at(host).busy([ONE, TWO], MARCH)

    assert found == {ONE: [NINE], TWO: [NINE]}


@pytest.mark.parametrize("body", [{}, {"value": None}, {"value": [{}]}, {"error": {}}])
def test_an_answer_without_events_is_an_error_of_that_calendar(host: GraphHost, body: Any) -> None:
    host.inner = {TWO: [said(200, body)]}

    found = outlook_at(host).busy([ONE, TWO], MARCH)

    assert found[ONE] == [NINE]
    assert isinstance(found[TWO], Wait)


@pytest.mark.parametrize("answer", [Said({"responses": None}), Said({}), no(400, "BadRequest")])
def test_a_host_that_does_not_take_several_at_once_is_asked_for_each(
    host: GraphHost, answer: Said
) -> None:
    host.script = [answer]

    assert outlook_at(host).busy([ONE, TWO], MARCH) == {ONE: [NINE], TWO: [NINE]}

    assert alone(host) == ["A%2F1%3D", "B%2B2%3D"]


def test_further_pages_are_asked_for_by_themselves(host: GraphHost) -> None:
    more = {"value": [], "@odata.nextLink": host.link("me/more?$skip=500")}
    host.inner = {TWO: [said(200, more)]}
    host.script = [host.done, Said({"value": host.events[TWO]})]

    found = outlook_at(host).busy([ONE, TWO], MARCH)

    assert found == {ONE: [NINE], TWO: [NINE]}
    assert host.asked[-1].query == {"$skip": "500"}


def test_no_further_page_is_asked_for_once_the_host_asked_to_wait(host: GraphHost) -> None:
    more = {"value": [], "@odata.nextLink": host.link("me/more?$skip=500")}
    host.inner = {each: [said(200, more)] for each in (ONE, THREE)}
    host.script = [host.done, no(503, "ErrorServerBusy", Retry_After="9")]

    found = outlook_at(host).busy([ONE, TWO, THREE], MARCH)

    assert [_seconds(found[each]) for each in (ONE, THREE)] == [9.0, 9.0]
    assert found[TWO] == [NINE]
    assert len(host.asked) == 2


def test_a_token_that_ends_within_an_answer_is_renewed_once(host: GraphHost) -> None:
    host.inner = {TWO: [said(401, no(401, "InvalidAuthenticationToken").body)]}
    host.script = [host.done, no(401, "InvalidAuthenticationToken")]
    tokens = Tokens([TOKEN, TOKEN])

    assert outlook_at(host, tokens).busy([ONE, TWO], MARCH) == {ONE: [NINE], TWO: [NINE]}

    assert tokens.refused == [TOKEN]


def test_an_account_that_lets_nobody_in_needs_consent_whoever_was_answered(host: GraphHost) -> None:
    host.inner = {TWO: [said(401, {})]}
    host.script = [host.done, no(401, "x"), no(401, "x")]

    with pytest.raises(ReconnectNeeded):
        outlook_at(host, Tokens(["old", "new"])).busy([ONE, TWO], MARCH)


def _seconds(found: Found) -> float:
    assert isinstance(found, Wait)
    return found.seconds
