"""The parser's child: nothing but numbers comes out of it, and nothing it meets hurts us."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from calendar_sync.ics import wire
from calendar_sync.ics.limits import USUAL, Limits
from calendar_sync.ics.reader import Reader
from calendar_sync.ics.reasons import Reason, Refused
from calendar_sync.ics.sentences import unreadable
from scheduler.model.busy import BusyInterval, Kind
from tests.calendar_sync.builders import (
    SPRING,
    a_calendar,
    a_clock,
    a_zone,
    an_event,
    an_hour,
    starts,
    utc,
)

HALF_YEAR = (utc("2027-01-01"), utc("2027-07-01"))
STRICT = Limits(cpu_seconds=1, instances=5_000)
GOOD = a_calendar(an_hour("20270301"))
SECRET = "Oncology-review-with-Dr-Canary"


@pytest.fixture(scope="module")
def reader() -> Iterator[Reader]:
    with Reader(STRICT) as shared:
        yield shared


def secretive(*lines: str) -> bytes:
    """A calendar with a secret in every property that may hold words, and in strange places."""
    words = (
        "SUMMARY", "DESCRIPTION", "LOCATION", "COMMENT", "CONTACT", "CATEGORIES", "RESOURCES",
        "URL", "X-ALT-DESC", "ORGANIZER", "ATTENDEE", "ATTACH", "RELATED-TO", "UID",
    )  # fmt: skip
    event = an_event(
        *(f"{name}:{SECRET}" for name in words),
        f"ATTENDEE;CN={SECRET}:mailto:{SECRET}@example.org",
        f"STATUS;X-WHY={SECRET}:{SECRET}",
        f"TRANSP:{SECRET}",
        f"BEGIN:VALARM\nDESCRIPTION:{SECRET}\nEND:VALARM",
        *lines,
        uid="",
    )
    return a_calendar(f"X-WR-CALNAME:{SECRET}", f"METHOD:{SECRET}", event)


SECRETIVE = {
    "good": secretive("DTSTART:20270301T090000Z", "DTEND:20270301T100000Z"),
    "date": secretive(f"DTSTART:{SECRET}"),
    "duration": secretive("DTSTART:20270301T090000Z", f"DURATION:{SECRET}"),
    "rule": secretive("DTSTART:20270301T090000Z", f"RRULE:FREQ={SECRET}"),
    "until": secretive("DTSTART:20270301T090000Z", f"RRULE:FREQ=DAILY;UNTIL={SECRET}"),
    "zone": secretive(f"DTSTART;TZID={SECRET}:20270301T090000"),
    "parameter": secretive(f"DTSTART;={SECRET};:20270301T090000"),
    "component": secretive(f"BEGIN:{SECRET}", "DTSTART:20270301T090000Z"),
    "words": SECRET.encode(),
    "own zone": a_calendar(
        a_zone(SECRET, a_clock("STANDARD", SECRET, "+0100", "+0100")),
        an_event(f"DTSTART;TZID={SECRET}:20270301T090000"),
    ),
}


@pytest.mark.parametrize("data", SECRETIVE.values(), ids=SECRETIVE)
def test_no_word_of_a_calendar_leaves_the_child(data: bytes) -> None:
    question = BytesIO()
    wire.ask(
        question,
        wire.Question(data=data, span=SPRING, zone="UTC", instances=10, cpu_seconds=5),
    )

    child = subprocess.run(  # stderr too, which the reader does not even open
        [sys.executable, "-m", "calendar_sync.ics.child", str(USUAL.memory_bytes)],
        input=question.getvalue(),
        capture_output=True,
        cwd=Path(__file__).parents[2],
        check=True,
    )

    assert child.stderr == b""
    assert len(child.stdout) in (17, 17 + 17)  # one answer, with one interval if it is good
    assert all(piece.encode() not in child.stdout for piece in _pieces(SECRET))


@pytest.mark.parametrize("data", SECRETIVE.values(), ids=SECRETIVE)
def test_nor_reaches_a_sentence(reader: Reader, data: bytes) -> None:
    try:
        said = str(reader.read(data, SPRING, "UTC"))
    except Refused as refused:
        said = f"{refused!r} {refused} {unreadable('the calendar', refused)}"

    assert not any(piece in said for piece in _pieces(SECRET))


def _pieces(text: str) -> list[str]:
    return [text[place : place + 5] for place in range(len(text) - 4)]


def test_every_reason_has_a_sentence() -> None:
    for reason in Reason:
        with_line = str(unreadable("ada.ics", Refused(reason, 12)))

        assert with_line.startswith("ada.ics ")
        assert "(line 12): " in with_line
        assert with_line.endswith(".")
        assert "line" not in str(unreadable("ada.ics", Refused(reason))).split(":")[0]


def test_times_and_kinds_come_through_as_they_are() -> None:
    stream = BytesIO()
    found = [BusyInterval(-5, 7, Kind.BUSY), BusyInterval(1, 2**40, Kind.TENTATIVE)]

    wire.answer(stream, found)

    stream.seek(0)
    assert wire.answered(stream) == found


def rule(text: str, *others: str) -> bytes:
    return a_calendar(
        an_event("DTSTART:20000101T000000Z", "DURATION:PT1S", f"RRULE:{text}", *others)
    )


EVERY_MINUTE = ";".join(
    [
        "BYYEARDAY=" + ",".join(map(str, range(1, 367))),
        "BYHOUR=" + ",".join(map(str, range(24))),
        "BYMINUTE=" + ",".join(map(str, range(60))),
    ]
)
REFUSED = {
    "every second since 2000": rule("FREQ=SECONDLY"),
    "every minute since 2000": rule("FREQ=MINUTELY"),
    "a thousand million times": rule("FREQ=SECONDLY;COUNT=999999999"),
    "a count past the digits": rule("FREQ=DAILY;COUNT=" + "9" * 5000),
    "every minute by lists": rule(f"FREQ=YEARLY;{EVERY_MINUTE}"),
    "the fifth of one, each second": rule("FREQ=SECONDLY;BYSETPOS=5"),
    "a thousand rules that never come": rule(
        "FREQ=DAILY", *["RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"] * 1000
    ),
    "100,000 added dates": rule("FREQ=DAILY", "RDATE:" + ",".join(["20270301T000000Z"] * 100_000)),
    "a zone that changes every second": a_calendar(
        a_zone(
            "Z", a_clock("STANDARD", "19700101T000000", "+0000", "+0100", "RRULE:FREQ=SECONDLY")
        ),
        an_event("DTSTART;TZID=Z:20270301T090000", "DURATION:PT1H"),
    ),
    "deep nesting": b"BEGIN:VCALENDAR\n" + b"BEGIN:VALARM\n" * 200_000,
    "deep nesting of calendars": b"BEGIN:VCALENDAR\n" * 200_000,
    "one enormous date": a_calendar(an_event("DTSTART:" + "2" * 5_000_000)),
    "one enormous fold": a_calendar(an_event("DTSTART:" + "\n 2" * 500_000)),
    "one enormous zone": a_calendar(an_event(f"DTSTART;TZID={'z' * 1_000_000}:20270301T090000")),
    "a duration of ages": a_calendar(an_event("DTSTART:20270301", "DURATION:P999999999999W")),
    "after the end of time": a_calendar(
        an_event("DTSTART:99991231T000000Z", "DURATION:P3000000D", "RRULE:FREQ=DAILY")
    ),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_a_bomb_ends_with_a_reason_and_the_reader_lives(reader: Reader, data: bytes) -> None:
    begun = time.monotonic()

    with pytest.raises(Refused) as refused:
        reader.read(data, HALF_YEAR, "UTC")

    assert refused.value.reason is not Reason.BROKEN
    assert time.monotonic() - begun < 30  # 3 at the most, when nothing else runs
    assert starts(reader.read(GOOD, SPRING, "UTC")) == ["03-01 09:00"]


HARMLESS = {
    "a day that never comes": rule("FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"),
    "steps of a thousand million": rule("FREQ=SECONDLY;INTERVAL=999999999"),
    "100,000 lines": a_calendar(an_event("DTSTART:20270301", *["X-LINE:text"] * 100_000)),
    "an enormous title": a_calendar(an_event("DTSTART:20270301", "SUMMARY:" + "x" * 5_000_000)),
    "an alarm that repeats": a_calendar(
        an_event("DTSTART:20270301", "BEGIN:VALARM\nREPEAT:999999999\nDURATION:PT1S\nEND:VALARM")
    ),
    "a sequence past the digits": a_calendar(
        an_event("DTSTART:20270301", "SEQUENCE:" + "9" * 5000)
    ),
    "50,000 parameters": a_calendar(an_event("DTSTART" + ";A=b" * 50_000 + ":20270301")),
    "10,000 empty components": a_calendar(*["BEGIN:X\nEND:X"] * 10_000),
}


@pytest.mark.parametrize("data", HARMLESS.values(), ids=HARMLESS)
def test_what_only_looks_like_a_bomb_is_read(reader: Reader, data: bytes) -> None:
    assert len(reader.read(data, HALF_YEAR, "UTC")) <= 1


def test_a_calendar_that_eats_memory_is_refused_and_the_reader_lives() -> None:
    eater = b"ab\n" * 6_000_000

    with Reader(Limits(memory_bytes=300_000_000)) as small:
        reason = why(small, eater)
        found = small.read(GOOD, SPRING, "UTC")

    assert reason is Reason.TOO_MUCH_MEMORY
    assert starts(found) == ["03-01 09:00"]


def test_a_child_that_hangs_is_replaced() -> None:
    with Reader(Limits(wall_seconds=2, cpu_seconds=60)) as hasty:
        reason = why(hasty, rule("FREQ=SECONDLY;BYSETPOS=5"))
        found = hasty.read(GOOD, SPRING, "UTC")

    assert reason is Reason.TOO_MUCH_WORK
    assert starts(found) == ["03-01 09:00"]


def why(reader: Reader, data: bytes) -> Reason:
    with pytest.raises(Refused) as refused:
        reader.read(data, HALF_YEAR, "UTC")
    return refused.value.reason


@pytest.mark.parametrize("program", ["false", "no-such-program"])
def test_a_child_that_cannot_start_is_said_to_be_broken(
    program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which(program) or program)

    with Reader(USUAL) as reader, pytest.raises(Refused) as refused:
        reader.read(GOOD, SPRING, "UTC")

    assert refused.value.reason is Reason.BROKEN


def test_the_folder_we_stand_in_lends_no_modules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("icalendar", "dateutil", "calendar_sync", "struct"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)

    with Reader(USUAL) as reader:
        assert starts(reader.read(GOOD, SPRING, "UTC")) == ["03-01 09:00"]


def test_no_child_is_left_behind() -> None:
    with Reader(USUAL) as reader:
        reader.read(GOOD, SPRING, "UTC")
        child = reader._child  # noqa: SLF001 -- there is no other sign of it
        assert child is not None

    assert child.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(child.pid, 0)
