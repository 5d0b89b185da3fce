"""What a calendar is, how its lines are put together, and what a damaged one looks like."""

import pytest

from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.sieve import sieve
from tests.calendar_sync.builders import (
    a_calendar,
    a_clock,
    a_component,
    a_zone,
    an_event,
    an_hour,
    busy,
    busy_of,
    starts,
)

GOOD = a_calendar(an_hour("20270301"))
ONE = ["03-01 09:00"]


@pytest.mark.parametrize(
    "data",
    [
        GOOD,
        GOOD.replace(b"\r\n", b"\n"),
        GOOD.replace(b"\r\n", b"\r"),
        GOOD.replace(b"\r\n", b"\r\r\n"),
        GOOD.replace(b"\r\n", b"\r\n\r\n"),
        GOOD.lower(),
        GOOD.rstrip(),
        b"\xef\xbb\xbf" + GOOD,
        GOOD.decode().encode("utf-16"),
        b"\xfe\xff" + GOOD.decode().encode("utf-16-be"),
        b"Content-Type: text/calendar\r\n\r\n" + GOOD + b"\r\n--boundary--\r\n",
        GOOD.replace(b"DTSTART:2027", b"DTSTART:\r\n 20\r\n\t27"),
        GOOD.replace(b"DTSTART:", b"DTSTART ; X-A = b :"),
        GOOD.replace(b"END:VEVENT", b"END:VEVENT "),
        GOOD.replace(b"UID:one", b"UID:\xff\xfe\x00one"),
    ],
)
def test_a_calendar_is_read_however_its_lines_end_and_fold(data: bytes) -> None:
    assert starts(busy_of(data)) == ONE


def test_a_fold_may_fall_inside_a_character() -> None:
    tokyo = "TZID=東京".encode()
    zone = a_zone("東京", a_clock("STANDARD", "19700101T000000", "+0900", "+0900"))
    event = an_event("DTSTART;TZID=東京:20270301T180000", "DURATION:PT1H")

    data = a_calendar(zone, event).replace(tokyo, tokyo[:6] + b"\r\n " + tokyo[6:])

    assert starts(busy_of(data)) == ONE


def test_alarms_tasks_and_journals_take_no_time() -> None:
    alarm = a_component("VALARM", "TRIGGER:-PT15M", "DURATION:PT15M", "REPEAT:99999")
    event = an_event("DTSTART:20270301T090000Z", alarm, "DTEND:20270301T100000Z")
    task = a_component("VTODO", "DTSTART:20270302T090000Z", "DTEND:20270302T100000Z")
    journal = a_component("VJOURNAL", "DTSTART:nonsense")

    assert starts(busy(event, task, journal)) == ONE


def test_a_calendar_without_events_is_free() -> None:
    assert busy() == []


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b" \r\n\r\n", Reason.EMPTY),
        (b"\xef\xbb\xbf", Reason.EMPTY),
        (b"\0" * 1000, Reason.EMPTY),
        (b"Hello", Reason.NOT_A_CALENDAR),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), Reason.NOT_A_CALENDAR),
        (b"BEGIN:VCARD\nUID:x\nEND:VCARD\n", Reason.NOT_A_CALENDAR),
        (b'{"kind": "calendar#events"}', Reason.NOT_A_CALENDAR),
        (b"\n<!doctype html><title>Sign in</title>", Reason.WEB_PAGE),
        (b"<?xml version='1.0'?><x/>", Reason.WEB_PAGE),
    ],
)
def test_what_is_not_a_calendar_is_not_a_free_one(data: bytes, reason: Reason) -> None:
    with pytest.raises(Refused) as refused:
        busy_of(data)

    assert refused.value.reason is reason


def test_a_cut_calendar_never_looks_free() -> None:
    cuts = [GOOD[:kept] for kept in range(len(GOOD.rstrip()))]

    assert all(is_refused(cut) for cut in cuts)


def test_nor_does_one_that_lost_its_beginning() -> None:
    cuts = [GOOD[lost:] for lost in range(1, len(GOOD))]

    assert all(is_refused(cut) for cut in cuts)


def is_refused(data: bytes) -> bool:
    try:
        busy_of(data)
    except Refused:
        return True
    return False


@pytest.mark.parametrize("line", ["BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "END:VCALENDAR"])
def test_a_calendar_that_lost_a_line_of_its_frame_is_damaged(line: str) -> None:
    event = an_hour("20270302", uid="two@example.org")
    two = a_calendar(an_hour("20270301"), event) + a_calendar(an_hour("20270303"))

    with pytest.raises(Refused) as refused:
        busy_of(two.replace(line.encode() + b"\r\n", b"", 1))

    assert refused.value.reason in (Reason.DAMAGED, Reason.CUT_SHORT)


def test_an_event_inside_something_else_is_not_overlooked() -> None:
    with pytest.raises(Refused) as refused:
        busy(a_component("X-FOLDER", an_hour("20270301")))

    assert (refused.value.reason, refused.value.line) == (Reason.DAMAGED, 5)


def test_no_line_about_anything_but_time_passes_the_sieve() -> None:
    event = an_event(
        "DTSTART:20270301T090000Z",
        "SUMMARY:secret",
        "DESCRIPTION:secret",
        "\tsecret",
        " secret:DTSTART",
        "ATTENDEE;CN=secret:mailto:secret",
        "X-DTSTART:secret",
        "DTSTART-X:secret",
        "LOCATION;X=y:secret",
        "",
        " secret",
    )

    assert not any("secret" in line.text for line in sieve(a_calendar(event)))


def test_lines_are_numbered_as_an_editor_does() -> None:
    data = a_calendar("X-LONG:one\n two\n three", an_hour("20270301"))

    lines = {line.text: line.number for line in sieve(data)}

    assert lines["BEGIN:VEVENT"] == 7
    assert lines["DTSTART:20270301T090000Z"] == 9
