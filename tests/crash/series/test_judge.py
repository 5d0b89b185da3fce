"""The judge can say no."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from icalendar import Event

from tests.crash.series.judge import Deaths, Objects, Seen, Wanted, faults, ordered
from tests.crash.series.letters import Letter, Span, known

TUESDAY = datetime(2027, 1, 5, 17, tzinfo=UTC)
HOUR, WEEK = timedelta(hours=1), timedelta(weeks=1)
ADA, GUS = "ada@example.org", "gus@example.org"


def span(week: int, later: timedelta = timedelta()) -> Span:
    start = TUESDAY + week * WEEK + later
    return start, start + HOUR


DATES = [span(0), span(1), span(2)]
WANTED = Wanted({ADA: DATES, GUS: [span(1)]}, objects=1)
DUE = [{ADA: 1}, {ADA: 2, GUS: 1}]
UPDATES = [[(ADA, "s")], [(ADA, "s-1"), (ADA, "s-2"), (GUS, "s-1")]]
GUEST: Objects = {"s": [span(1)]}


def wrong(ada: Objects, gus: Objects = GUEST, *more: tuple[str, object]) -> list[str]:
    seen = Seen({ADA: ada, GUS: gus}, [UPDATES[0], [*UPDATES[1], *more]])
    return faults(WANTED, seen, DUE)


def test_nothing_is_wrong_with_what_is_as_it_is_wanted() -> None:
    assert wrong({"s": DATES}) == []


@pytest.mark.parametrize(
    ("ada", "said"),
    [
        ({}, "lost: ada@example.org lacks the date at 05 January 17:00"),
        ({"s": DATES[:2]}, "lost: ada@example.org lacks the date at 19 January 17:00"),
        ({"s": [*DATES, span(3)]}, "stale: ada@example.org has a date at 26 January 17:00"),
        ({"s": [*DATES, span(2)]}, "twice: ada@example.org has a date at 19 January 17:00"),
        ({"s": DATES, "t": DATES}, "twice: ada@example.org had 2 objects where 1 were due"),
        ({"s": DATES, "t": []}, "twice: ada@example.org had 2 objects where 1 were due"),
    ],
)
def test_what_is_lost_stale_or_there_twice_is_seen(ada: Objects, said: str) -> None:
    assert any(each.startswith(said) for each in wrong(ada))


def test_a_guest_who_sees_more_than_a_date_is_seen() -> None:
    assert wrong({"s": DATES}, {"s": DATES})[0].startswith("stale: gus@example.org")


def test_a_mail_about_the_same_thing_again_is_one_too_many() -> None:
    assert wrong({"s": DATES}, GUEST, (ADA, "s-1")) == [
        "update 2: twice: ada@example.org had 2 mails about s-1"
    ]


def test_a_mail_that_nobody_needed_is_one_too_many() -> None:
    assert wrong({"s": DATES}, GUEST, (GUS, "s")) == [
        "update 2: gus@example.org was mailed about 2 things, not 1"
    ]


def letter(at: float, message: str = "m1", sequence: int = 1, **more: Any) -> Letter:
    week, method = more.get("week"), more.get("method", "REQUEST")
    event = Event()
    event.add("DTSTART", more.get("start", TUESDAY))
    event.add("DURATION", HOUR)
    for name in ("RRULE", "EXDATE"):
        if name in more:
            event.add(name, more[name])
    date = None if week is None else TUESDAY + week * WEEK
    return Letter(at, ADA, message, method, "s", sequence, date, "Semester", event)


def test_who_died_over_a_letter_may_have_told_it_already() -> None:
    letters = [letter(1), letter(3)]

    once, found = Deaths(times=[2]).told_again(letters)

    assert (once, found) == ([letters[1]], [])


@pytest.mark.parametrize(
    ("deaths", "letters", "said"),
    [
        ([], [letter(1), letter(3)], "again for no reason"),
        ([4.0], [letter(1), letter(3)], "again for no reason"),
        ([2.5], [letter(1), letter(2, "m2"), letter(3)], "again for no reason"),
        ([2.0], [letter(1), letter(3, sequence=2)], "was told two things by m1"),
        ([2.0], [letter(1), letter(3, start=TUESDAY + HOUR)], "was told two things by m1"),
    ],
)
def test_a_letter_that_comes_again_needs_a_reason(
    deaths: list[float], letters: list[Letter], said: str
) -> None:
    _, found = Deaths(times=deaths).told_again(letters)

    assert any(said in each for each in found)


def test_who_is_told_the_older_thing_later_is_told_wrong() -> None:
    assert ordered([letter(1, sequence=2), letter(2, sequence=1)]) == [
        "stale: ada@example.org was told 1 of s too late"
    ]


WEEKLY: dict[str, Any] = {"RRULE": {"freq": "weekly", "count": 4}}


def test_a_series_is_held_where_its_letters_put_it() -> None:
    series = letter(1, EXDATE=[TUESDAY + WEEK], **WEEKLY)
    moved = letter(2, "m2", 2, week=2, start=TUESDAY + 2 * WEEK + HOUR)
    off = letter(3, "m3", 2, week=3, method="CANCEL")

    assert known([series, moved, off]) == {"s": [span(0), span(2, HOUR)]}


def test_an_older_letter_changes_nothing() -> None:
    moved = letter(1, "m2", 2, week=1, start=TUESDAY + WEEK + HOUR)

    assert known([letter(0, **WEEKLY), moved, letter(2, **WEEKLY)]) == {
        "s": [span(0), span(1, HOUR), span(2), span(3)]
    }


def test_what_is_called_off_is_not_held() -> None:
    assert known([letter(0, **WEEKLY), letter(1, "m2", 2, method="CANCEL")]) == {"s": []}
