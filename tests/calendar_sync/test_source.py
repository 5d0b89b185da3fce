"""The door: files and addresses in, busy time or one sentence out."""

from collections.abc import Callable
from pathlib import Path

import pytest

from calendar_sync.errors import Unreadable
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.source import Source, read_all
from tests.calendar_sync.builders import SPRING, a_calendar, an_event, an_hour, starts, utc

GOOD = a_calendar(an_hour("20270301"))
Save = Callable[[bytes], str]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    """Write a calendar to a file, and say where."""
    names = (f"{number}.ics" for number in range(100))

    def write(data: bytes) -> str:
        path = tmp_path / next(names)
        path.write_bytes(data)
        return str(path)

    return write


def source(place: str, zone: str = "UTC", span: tuple[int, int] = SPRING) -> Source:
    return Source(place, span, zone)


def refusal(place: str, limits: Limits | None = None) -> str:
    with pytest.raises(Unreadable) as unreadable:
        read_all([source(place)], limits=limits or Limits())
    return str(unreadable.value)


def test_sources_are_read_in_order_each_in_its_zone_and_span(save: Save) -> None:
    floating = save(a_calendar(an_event("DTSTART:20270301T090000", "DURATION:PT1H")))
    other = save(a_calendar(an_hour("20270415")))
    april = (utc("2027-04-01"), utc("2027-05-01"))

    found = read_all(
        [
            source(floating, "Asia/Tokyo"),
            source(other, span=april),
            source(other),
            source(floating, "America/New_York"),
            source(floating),
            source(floating),
        ]
    )

    assert [starts(each) for each in found] == [
        ["03-01 00:00"], ["04-15 09:00"], [], ["03-01 14:00"], ["03-01 09:00"], ["03-01 09:00"],
    ]  # fmt: skip


def test_no_sources_are_no_answers() -> None:
    assert read_all([]) == []


def test_the_same_event_in_two_sources_counts_in_both(save: Save) -> None:
    newer = save(a_calendar(an_hour("20270302", "SEQUENCE:5")))

    found = read_all([source(save(GOOD)), source(newer)])

    assert [starts(each) for each in found] == [["03-01 09:00"], ["03-02 09:00"]]


def test_the_first_of_several_bad_sources_is_named(save: Save, tmp_path: Path) -> None:
    slow = save(a_calendar(an_hour("20000101", "RRULE:FREQ=MINUTELY")))
    quick = str(tmp_path / "missing.ics")

    with pytest.raises(Unreadable, match="more events in this time than can be read"):
        read_all([source(save(GOOD)), source(slow), source(quick)], limits=Limits(instances=100))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    place = str(tmp_path / "ada.ics")

    assert refusal(place) == f"There is no file '{place}': check the path."
    assert refusal("a\0b").startswith("There is no file 'a\\x00b'")


def test_a_folder(tmp_path: Path) -> None:
    assert refusal(str(tmp_path)) == f"{tmp_path} is a folder: give the ICS file in it."


def test_a_file_that_may_not_be_read(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError

    place = save(GOOD)
    monkeypatch.setattr(Path, "open", forbidden)  # as root, nothing is forbidden

    assert refusal(place).startswith(f"{place} may not be read by this user: ")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "is empty: export the calendar again."),
        (b"Hello", "is not a calendar: give an ICS file, or "),
        (b"<html>", "is a web page, not a calendar: use the calendar's secret iCal address "),
        (GOOD[:-15], "ends before the calendar does: export"),
        (GOOD.replace(b"END:VEVENT\r\n", b""), "is damaged or cut short (line 8): export"),
        (GOOD.replace(b"0301", b"0331", 1).replace(b"0331", b"0231"), "(line 6): mend"),
        (
            GOOD.replace(b"DTSTART:", b"DTSTART;TZID=Shire:").replace(b"Z\r", b"\r"),
            "nobody knows (line ",
        ),
        (GOOD.replace(b"DTSTART", b"DTSTAR"), "has an event without a start (line 4): "),
    ],
)
def test_a_file_that_cannot_be_read(save: Save, data: bytes, what: str) -> None:
    place = save(data)

    assert refusal(place).startswith(f"{place} ")
    assert what in refusal(place)


def test_a_file_that_is_too_large(save: Save) -> None:
    place = save(GOOD)

    assert refusal(place, Limits(file_bytes=100)) == (
        f"{place} is larger than 0.0001 MB: export a shorter time of the calendar."
    )
    assert refusal("/dev/zero", Limits(file_bytes=100_000)).startswith("/dev/zero is no ordinary")
