"""Rule 1: how an event fills its time."""

import pytest

from scheduler.model.busy import Kind
from tests.calendar_sync.builders import a_component, an_event, an_hour, busy, kinds, starts, utc

OUTLOOK = "X-MICROSOFT-CDO-BUSYSTATUS"


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ((), [Kind.BUSY]),
        (("STATUS:CONFIRMED",), [Kind.BUSY]),
        (("STATUS:TENTATIVE",), [Kind.TENTATIVE]),
        (("STATUS:CANCELLED",), []),
        (("TRANSP:OPAQUE",), [Kind.BUSY]),
        (("TRANSP:TRANSPARENT",), []),
        (("TRANSP:TRANSPARENT", "STATUS:TENTATIVE"), []),
        (("status:tentative", "transp:opaque"), [Kind.TENTATIVE]),
        (("STATUS;X-A=b:TENTATIVE ",), [Kind.TENTATIVE]),
        (("STATUS:SOMETHING-NEW", "TRANSP:WHATEVER"), [Kind.BUSY]),
    ],
)
def test_status_and_transparency_decide(lines: tuple[str, ...], expected: list[Kind]) -> None:
    assert kinds(busy(an_hour("20270301", *lines))) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("FREE", []),
        ("TENTATIVE", [Kind.TENTATIVE]),
        ("BUSY", [Kind.BUSY]),
        ("OOF", [Kind.UNAVAILABLE]),
        ("WORKINGELSEWHERE", []),
        ("oof", [Kind.UNAVAILABLE]),
        ("ANYTHING", [Kind.BUSY]),
        ("", [Kind.BUSY]),
    ],
)
@pytest.mark.parametrize("others", [(), ("TRANSP:TRANSPARENT",), ("STATUS:TENTATIVE",)])
def test_outlooks_word_decides_alone(
    word: str, expected: list[Kind], others: tuple[str, ...]
) -> None:
    event = an_hour("20270301", f"{OUTLOOK}:{word}", *others)

    assert kinds(busy(event)) == expected


def test_a_cancelled_event_is_free_whatever_else_is_said() -> None:
    event = an_hour("20270301", "STATUS:CANCELLED", f"{OUTLOOK}:OOF", "TRANSP:OPAQUE")

    assert busy(event) == []


def test_an_override_is_of_its_own_kind() -> None:
    series = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=3")
    override = an_hour("20270302", "RECURRENCE-ID:20270302T090000Z", f"{OUTLOOK}:OOF")

    found = busy(series, override)

    assert kinds(found) == [Kind.BUSY, Kind.UNAVAILABLE, Kind.BUSY]


def test_a_cancelled_override_frees_its_instance() -> None:
    series = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=3")
    override = an_hour("20270302", "RECURRENCE-ID:20270302T090000Z", "STATUS:CANCELLED")

    assert starts(busy(series, override)) == ["03-01 09:00", "03-03 09:00"]


def test_a_bare_cancellation_needs_no_start() -> None:
    series = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=2")
    override = an_event("RECURRENCE-ID:20270302T090000Z", "STATUS:CANCELLED")

    assert starts(busy(series, override)) == ["03-01 09:00"]


def test_a_busy_override_of_a_free_series_is_busy() -> None:
    series = an_hour("20270301", "RRULE:FREQ=DAILY", "TRANSP:TRANSPARENT")
    override = an_hour("20270302", "RECURRENCE-ID:20270302T090000Z")

    assert starts(busy(series, override)) == ["03-02 09:00"]


def test_free_busy_periods_are_of_their_type() -> None:
    published = a_component(
        "VFREEBUSY",
        "UID:free-busy",
        "FREEBUSY:20270301T090000Z/20270301T100000Z",
        "FREEBUSY;FBTYPE=BUSY:20270302T090000Z/PT1H,20270303T090000Z/PT2H",
        "FREEBUSY;FBTYPE=BUSY-UNAVAILABLE:20270304T090000Z/PT1H",
        "FREEBUSY;FBTYPE=BUSY-TENTATIVE:20270305T090000Z/PT1H",
        "FREEBUSY;FBTYPE=FREE:20270306T090000Z/PT1H",
        "FREEBUSY;FBTYPE=X-SURGERY:20270307T090000Z/PT1H",
        "FREEBUSY:20270308T090000Z/20270308T090000Z",
    )

    found = busy(published)

    assert starts(found) == [f"03-0{day} 09:00" for day in (1, 2, 3, 4, 5, 7)]
    assert kinds(found) == [
        Kind.BUSY,
        Kind.BUSY,
        Kind.BUSY,
        Kind.UNAVAILABLE,
        Kind.TENTATIVE,
        Kind.BUSY,
    ]
    assert found[2].end - found[2].start == 2 * 3600


def test_only_what_overlaps_the_span_is_given_and_given_whole() -> None:
    event = an_hour("20270301", "RRULE:FREQ=DAILY;COUNT=4")
    span = (utc("2027-03-02 09:30"), utc("2027-03-04 09:00"))

    found = busy(event, span=span)

    assert starts(found) == ["03-02 09:00", "03-03 09:00"]
