"""What Outlook tells of colleagues: times, digits, and those who cannot be seen."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendar_sync.errors import NotAllowed, NotThere, Unsupported, Wait
from calendar_sync.outlook import schedules
from calendar_sync.outlook.scopes import PERSONAL
from calendar_sync.outlook.wire import kind_of
from calendar_sync.provider import Found
from scheduler.model.busy import BusyInterval, Kind
from tests.calendar_sync.builders import utc
from tests.calendar_sync.graph_host import READ, GraphHost, a_graph, no, outlook_at
from tests.calendar_sync.minimal_google import Asked, Said, serving

ADA = "ada@example.org"
GRACE = "grace@example.org"
DAY = (utc("2027-03-10"), utc("2027-03-11"))
SLOT = 300
FREE = "0" * 288


def at(hour: str) -> int:
    return utc(f"2027-03-10 {hour}")


def an_item(start: str, end: str, status: str = "busy", **more: Any) -> Any:
    times = {
        name: {"dateTime": f"2027-03-10T{hour}:00.0000000", "timeZone": "UTC"}
        for name, hour in (("start", start), ("end", end))
    }
    return {"status": status, "subject": "SECRET", "location": "SECRET", **times, **more}


def digits(**slots: str) -> str:
    """A day's digits: `h9="2"` is said of the five minutes from nine o'clock."""
    found = list(FREE)
    for hour, digit in slots.items():
        found[int(hour[1:]) * 12] = digit
    return "".join(found)


def told(items: Any = (), view: Any = FREE, **more: Any) -> Found:
    items = list(items) if isinstance(items, tuple) else items
    entry = {"scheduleId": ADA, "availabilityView": view, "scheduleItems": items, **more}
    return schedules.answer({"value": [entry]}, [ADA], DAY)[ADA]


def taken(*times: tuple[str, str, Kind]) -> list[BusyInterval]:
    return [BusyInterval(at(start), at(end), kind) for start, end, kind in times]


@pytest.fixture
def host() -> Iterator[GraphHost]:
    with a_graph() as found:
        yield found


# Times and digits


def test_times_are_as_exact_as_the_items() -> None:
    items = an_item("09:00", "09:48"), an_item("09:53", "10:10", "tentative")

    assert told(items, digits(h9="2")) == taken(
        ("09:00", "09:48", Kind.BUSY), ("09:53", "10:10", Kind.TENTATIVE)
    )


def test_who_is_free_or_works_elsewhere_is_free() -> None:
    items = an_item("09:00", "09:15", "free"), an_item("11:00", "12:00", "workingElsewhere")

    assert told(items, digits(h11="4")) == []


@pytest.mark.parametrize(
    ("digit", "kind"),
    [
        ("1", Kind.TENTATIVE),
        ("2", Kind.BUSY),
        ("3", Kind.UNAVAILABLE),
        ("5", Kind.BUSY),
        ("x", Kind.BUSY),
    ],
)
@pytest.mark.parametrize(
    "items", [(), (an_item("09:05", "10:00", "free"),), (an_item("09:00", "10:00", "free"),)]
)
def test_a_digit_that_no_item_explains_is_taken(items: Any, digit: str, kind: Kind) -> None:
    assert told(items, digits(h9=digit)) == taken(("09:00", "09:05", kind))


def test_digits_without_any_items_are_taken() -> None:
    entry = {"scheduleId": ADA, "availabilityView": digits(h9="2")}

    found = schedules.answer({"value": [entry]}, [ADA], DAY)

    assert found == {ADA: taken(("09:00", "09:05", Kind.BUSY))}


@pytest.mark.parametrize(
    ("items", "left"),
    [
        ([("09:00", "09:02")], [("09:02", "09:15")]),
        ([("09:01", "09:02"), ("09:10", "09:20")], [("09:00", "09:01"), ("09:02", "09:10")]),
        ([("09:10", "09:12"), ("08:00", "09:11")], [("09:12", "09:15")]),
        ([("08:00", "10:00"), ("09:01", "09:02")], []),
        ([("08:00", "09:00"), ("09:15", "10:00")], [("09:00", "09:15")]),
    ],
)
def test_of_a_digit_that_items_explain_in_part_the_rest_is_taken(
    items: list[tuple[str, str]], left: list[tuple[str, str]]
) -> None:
    view = FREE[:108] + "222" + FREE[111:]

    found = told(tuple(an_item(*each) for each in items), view)

    assert found == sorted(taken(*((*each, Kind.BUSY) for each in items + left)))


def test_a_digit_says_more_than_the_item_that_touches_it() -> None:
    items = (an_item("09:00", "09:10", "tentative"),)

    assert told(items, digits(h9="3")) == taken(
        ("09:00", "09:05", Kind.UNAVAILABLE), ("09:00", "09:10", Kind.TENTATIVE)
    )


def test_two_events_at_one_time_are_two() -> None:
    items = an_item("09:00", "09:05"), an_item("09:00", "09:05")

    assert told(items, digits(h9="2")) == 2 * taken(("09:00", "09:05", Kind.BUSY))


def test_an_event_over_the_border_of_two_questions_is_one() -> None:
    [over] = taken(("09:00", "11:00", Kind.BUSY))
    [twice] = taken(("08:00", "09:00", Kind.BUSY))

    found = schedules.joined([[twice, twice, over], [over]], DAY)

    assert found == [twice, twice, over]


def test_digits_beside_each_other_are_one_time() -> None:
    assert told((), "2" * 24 + "0" * 264) == taken(("00:00", "02:00", Kind.BUSY))


@pytest.mark.parametrize(
    "view", [None, "", "000", 7, ["0"] * 288, FREE[:-1], FREE + "0", FREE[:96]]
)
def test_without_as_many_digits_as_were_asked_for_nothing_is_known(view: Any) -> None:
    assert isinstance(told((an_item("09:00", "10:00"),), view), Wait)


@pytest.mark.parametrize(
    "items",
    ["x", "", 7, None, {}, [None], [{}], [{"status": "busy"}], [an_item("10:00", "09:00")]],
)
def test_an_item_that_cannot_be_read_makes_a_person_unknown_and_never_free(items: Any) -> None:
    assert isinstance(told(items, FREE), Wait)


_HOURS = st.integers(0, 287)
_ITEMS = st.tuples(_HOURS, _HOURS, st.sampled_from(["free", "tentative", "busy", "oof", "new"]))


@given(st.lists(_ITEMS, max_size=6), st.text("012345", min_size=288, max_size=288))
def test_whatever_items_or_digits_say_is_taken_is_taken(
    items: list[tuple[int, int, str]], view: str
) -> None:
    spans = [(min(a, b) * 5, (max(a, b) + 1) * 5 - 1, status) for a, b, status in items]
    found = told(
        tuple(an_item(_clock(start), _clock(end), status) for start, end, status in spans), view
    )

    assert isinstance(found, list)
    for number, digit in enumerate(view):
        start = DAY[0] + number * SLOT
        minutes = range(start, start + SLOT, 60)
        covered = [any(each.start <= one < each.end for each in found) for one in minutes]
        assert all(covered) >= (digit in "1235")
    for begin, end, status in spans:
        interval = kind_of(status) and (DAY[0] + begin * 60, DAY[0] + end * 60)
        assert interval is None or interval in [(each.start, each.end) for each in found]


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


# Those who cannot be seen


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        ({"responseCode": "ErrorMailRecipientNotFound"}, NotThere, "cannot see"),
        ({"responseCode": "5009", "message": "SECRET"}, NotThere, "cannot see"),
        ({"responseCode": "ErrorNoFreeBusyAccess"}, NotThere, "cannot see"),
        ({"responseCode": "of tomorrow"}, NotThere, "cannot see"),
        ("SECRET", NotThere, "cannot see"),
        ({}, NotThere, "cannot see"),
        ("", NotThere, "cannot see"),
        ({"responseCode": "ErrorServerBusy"}, Wait, "too busy"),
        ({"responseCode": "5006"}, NotThere, "more in their calendar"),
        ({"responseCode": "ErrorResultSetTooBig"}, NotThere, "more in their calendar"),
    ],
)
def test_who_cannot_be_seen_is_unknown_and_it_is_said_why(
    error: Any, kind: type[Exception], words: str
) -> None:
    found = told(view=None, error=error)

    assert isinstance(found, kind)
    assert words in str(found)
    assert "SECRET" not in repr(found)


def test_an_error_is_believed_before_free_time_beside_it() -> None:
    assert isinstance(told(error={"responseCode": "5009"}), NotThere)


def test_who_is_missing_in_the_answer_is_unknown_and_addresses_are_any_case() -> None:
    entry = {"scheduleId": "ADA@Example.org", "availabilityView": FREE, "scheduleItems": []}

    found = schedules.answer({"value": [entry]}, ["Ada@example.ORG", GRACE], DAY)

    assert found["Ada@example.ORG"] == []
    assert isinstance(found[GRACE], NotThere)


@pytest.mark.parametrize("answer", [None, [], "<html>", {}, {"value": None}, {"value": [7]}])
def test_an_answer_that_is_none_is_an_error(answer: Any) -> None:
    with pytest.raises(Wait):
        schedules.answer(answer, [ADA], DAY)


# What is asked


@pytest.mark.parametrize("span", [DAY, (DAY[0] + 1, DAY[1] + 1), (DAY[0], DAY[0] + 800 * 86_400)])
def test_a_span_is_asked_for_in_parts_of_whole_digits_without_a_gap(span: tuple[int, int]) -> None:
    parts = schedules.parts(span)

    assert all(one[1] == other[0] for one, other in pairwise(parts))
    assert parts[0][0] <= span[0]
    assert parts[-1][1] >= span[1]
    assert all((end - start) % SLOT == 0 and end - start <= 41 * 86_400 for start, end in parts)


def test_no_question_is_longer_or_wider_than_the_host_takes(host: GraphHost) -> None:
    many = [f"person{number}@example.org" for number in range(45)]
    host.people = [{"scheduleId": each} for each in many]

    found = outlook_at(host).colleagues(many, (DAY[0], DAY[0] + 100 * 86_400))

    assert found == {each: [] for each in many}
    assert sorted(len(each.json["schedules"]) for each in host.asked) == [5] * 3 + [20] * 6
    assert host.asked[0].json["startTime"] == {
        "dateTime": "2027-03-10T00:00:00",
        "timeZone": "UTC",
    }


def test_what_is_told_is_clipped_to_what_was_asked(host: GraphHost) -> None:
    item = an_item("09:00", "10:00")
    host.people = [{"scheduleId": ADA, "scheduleItems": [item]}]

    found = outlook_at(host).colleagues([ADA], (at("09:10"), at("09:20")))

    assert found == {ADA: taken(("09:10", "09:20", Kind.BUSY))}


def test_who_fails_in_a_part_of_the_span_fails_as_a_whole_and_is_asked_no_more(
    host: GraphHost,
) -> None:
    error = {"scheduleId": ADA, "error": {"responseCode": "5009"}}
    host.people = [error, {"scheduleId": GRACE}]

    found = outlook_at(host).colleagues([ADA, GRACE], (DAY[0], DAY[0] + 80 * 86_400))

    assert isinstance(found[ADA], NotThere)
    assert found[GRACE] == []
    assert [each.json["schedules"] for each in host.asked] == [[ADA, GRACE], [GRACE]]


def test_once_a_host_asks_to_wait_it_is_asked_nothing_more(host: GraphHost) -> None:
    many = [f"person{number}@example.org" for number in range(60)]
    host.people = [{"scheduleId": each} for each in many]
    host.script = [host.done, no(429, "TooManyRequests", Retry_After="9")]

    found = outlook_at(host).colleagues(many, DAY)

    assert len(host.asked) == 2
    assert all(found[each] == [] for each in many[:20])
    assert all(isinstance(found[each], Wait) for each in many[20:])


def test_a_host_that_waits_with_everybody_is_heard(host: GraphHost) -> None:
    host.script = [no(429, "TooManyRequests")]

    with pytest.raises(Wait):
        outlook_at(host).colleagues([ADA], DAY)


class Spoilt(GraphHost):
    """Fails at a question that names certain people."""

    bad: frozenset[str] = frozenset()
    answer_to_them: Said = no(500, "ErrorInternalServerError")

    def done(self, asked: Asked) -> Said:
        if self.bad & set(asked.json["schedules"]):
            return self.answer_to_them
        self.people = [{"scheduleId": each} for each in asked.json["schedules"]]
        return super().done(asked)


MANY = [f"person{number}@example.org" for number in range(45)]


@pytest.mark.parametrize(
    "answer",
    [
        no(400, "ErrorInvalidSmtpAddress"),
        no(404, "ErrorItemNotFound"),
        no(500, "ErrorInternalServerError"),
        Said({"value": None}),
    ],
)
@pytest.mark.parametrize("bad", [{0}, {1, 2}, {44}, {7, 20, 39}])
def test_who_spoils_a_question_is_unknown_and_nobody_else(answer: Said, bad: set[int]) -> None:
    host = Spoilt()
    host.bad, host.answer_to_them = frozenset(MANY[each] for each in bad), answer
    with serving(host):
        found = outlook_at(host).colleagues(MANY, DAY)

    assert {each for each in MANY if found[each] != []} == host.bad
    assert all(isinstance(found[each], NotThere | Wait) for each in host.bad)


def test_a_host_that_fails_at_everybody_is_not_asked_for_each() -> None:
    host = Spoilt()
    host.bad = frozenset(MANY)
    with serving(host), pytest.raises(Wait):
        outlook_at(host).colleagues(MANY, DAY)

    assert len(host.asked) < 20


@pytest.mark.parametrize(
    ("answer", "kind"),
    [(no(403, "ErrorAccessDenied"), NotAllowed), (no(405, "x"), NotThere), (no(429, "x"), Wait)],
)
def test_what_was_told_of_some_is_kept_whatever_comes_of_others(
    host: GraphHost, answer: Said, kind: type[Exception]
) -> None:
    host.people = [{"scheduleId": each} for each in MANY]
    host.script = [host.done, answer]

    found = outlook_at(host).colleagues(MANY, DAY)

    assert all(found[each] == [] for each in MANY[:20])
    assert all(isinstance(found[each], kind) for each in MANY[20:])


def test_an_account_of_ones_own_sees_no_colleagues(host: GraphHost) -> None:
    with pytest.raises(Unsupported):
        outlook_at(host, scopes=READ | {PERSONAL}).colleagues([ADA], DAY)

    assert not host.asked


def test_an_account_that_may_not_ask_says_so(host: GraphHost) -> None:
    host.script = [no(403, "ErrorAccessDenied")]

    with pytest.raises(NotAllowed):
        outlook_at(host).colleagues([ADA], DAY)
