"""Letters and a mail server that fails: none is lost, and twice comes only what nobody can know."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from pytest import MonkeyPatch  # noqa: PT013 -- a type

from notifications.errors import Doubtful, TryLater, Undeliverable
from notifications.message import Message
from services.flow.series import deliveries
from services.flow.series.views import Delivered
from services.storage import series as stored
from tests.flow.series.dying import Death, Killed
from tests.flow.series.post import BO, CLEO, GUS, Mailed, a_mailed, lines
from tests.flow.series.rows import (
    a_cancellation,
    a_change,
    a_guest,
    a_move,
    the_attendees,
    the_series,
)
from tests.sizes import FULL, size

HOUR = timedelta(hours=1)
PARTS = size(1, 8)


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    mailed = a_mailed(tmp_path, emails=[BO])
    yield mailed
    mailed.runtime.engine.dispose()


def saying(error: type[TryLater]) -> Callable[[int], None]:
    def says(_: int) -> None:
        raise error("The mail server is not there", remedy="wait", seconds=30)

    return says


def fine(_: int) -> None:
    pass


def refused(_: int) -> None:
    raise Undeliverable("The mail server does not take this", remedy="check the address")


def test_fifty_changes_while_the_mail_server_is_down_are_one_letter(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    mailed.server.says = saying(TryLater)
    for number in range(50):
        a_change(mailed.runtime, mailed.series, place=f"Room {number}")
        if number % 10 == 0:
            mailed.later(seconds=40)
    mailed.server.says = fine
    mailed.later(minutes=10)
    [letter] = mailed.news()
    assert lines(letter, "LOCATION", "SEQUENCE") == ["SEQUENCE:2", "LOCATION:Room 49"]
    mailed.later(minutes=10)
    assert mailed.news() == []


def test_a_letter_of_which_nobody_knows_is_sent_as_it_was_before_the_next(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    mailed.server.says = saying(Doubtful)
    a_change(mailed.runtime, mailed.series, place="Room 7")
    mailed.done()
    a_change(mailed.runtime, mailed.series, place="Room 8")
    mailed.server.says = fine
    mailed.later(minutes=1)
    letters = mailed.news()
    assert [lines(each, "SEQUENCE", "LOCATION") for each in letters] == [
        ["SEQUENCE:2", "LOCATION:Room 7"],
        ["SEQUENCE:3", "LOCATION:Room 8"],
    ]


def test_a_doubt_is_not_forgotten_when_the_server_goes_away(mailed: Mailed) -> None:
    mailed.server.says = saying(Doubtful)
    mailed.done()
    mailed.server.says = saying(TryLater)
    a_change(mailed.runtime, mailed.series, place="Room 8")
    mailed.later(minutes=1)
    mailed.server.says = fine
    mailed.later(minutes=2)
    places = [lines(each, "LOCATION") for each in mailed.news()]
    assert places == [["LOCATION:Room 5"], ["LOCATION:Room 8"]]


def test_whom_no_mail_reaches_is_said_with_a_reason_and_can_be_tried_again(mailed: Mailed) -> None:
    mailed.server.says = refused
    mailed.done()
    said = set(standing(mailed).values())
    assert said == {(Delivered.FAILED, "The mail server does not take this", "check the address")}
    mailed.server.says = fine
    with mailed.runtime.work(mailed.cora) as work:
        deliveries.resend(work, mailed.group, mailed.series, None)
    mailed.done()
    assert len(mailed.news()) == 1
    assert set(standing(mailed).values()) == {(Delivered.THERE, "", "")}


def after(letters: int, then: Callable[[int], None]) -> Callable[[int], None]:
    """A server that takes some letters, and says something else of all others."""
    left = iter(range(letters))
    return lambda number: then(number) if next(left, None) is None else None


def test_a_letter_that_is_refused_half_way_keeps_no_later_one_back(mailed: Mailed) -> None:
    mailed.done()
    a_move(mailed.runtime, mailed.series, 1, HOUR)
    mailed.done()
    mailed.news()
    mailed.server.says = after(1, refused)
    a_change(mailed.runtime, mailed.series, place="Room 7")
    mailed.done()
    assert len(mailed.news()) == 1
    assert {state for state, _, _ in standing(mailed).values()} == {Delivered.FAILED}

    mailed.server.says = fine
    a_change(mailed.runtime, mailed.series, place="Room 8")
    mailed.done()
    letters = mailed.news()
    assert {line for each in letters for line in lines(each, "LOCATION")} == {"LOCATION:Room 8"}
    assert [len(lines(each, "RECURRENCE-ID")) for each in letters] == [0, 1]
    assert {state for state, _, _ in standing(mailed).values()} == {Delivered.THERE}


def test_a_doubt_that_ends_in_a_refusal_keeps_no_later_letter_back(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    mailed.server.says = saying(Doubtful)
    a_change(mailed.runtime, mailed.series, place="Room 7")
    mailed.done()
    mailed.server.says = refused
    mailed.later(minutes=1)
    mailed.server.says = after(1, refused)  # that mail alone would still be refused
    a_change(mailed.runtime, mailed.series, place="Room 8")
    mailed.done()
    [letter] = mailed.news()
    assert lines(letter, "LOCATION", "SEQUENCE") == ["SEQUENCE:3", "LOCATION:Room 8"]


def test_a_date_is_taken_back_that_a_refused_telling_may_have_told(mailed: Mailed) -> None:
    mailed.done()
    a_move(mailed.runtime, mailed.series, 1, HOUR)
    mailed.done()
    mailed.server.says = after(1, refused)
    a_move(mailed.runtime, mailed.series, 2, HOUR)
    a_change(mailed.runtime, mailed.series, title="Larks")
    mailed.done()
    mailed.news()

    mailed.server.says = fine
    a_move(mailed.runtime, mailed.series, 1, -HOUR)
    a_move(mailed.runtime, mailed.series, 2, -HOUR)
    mailed.done()
    told = [lines(each, "RECURRENCE-ID", "DTSTART") for each in mailed.news()]
    assert [len(each) for each in told] == [1, 2, 2]  # all of it, and both dates where they were
    assert [each[0][-7:] for each in told] == ["T150000"] * 3


def test_what_is_sent_once_more_is_waited_for(mailed: Mailed) -> None:
    mailed.done()
    with mailed.runtime.work(mailed.cora) as work:
        deliveries.resend(work, mailed.group, mailed.series, None)
    assert {state for state, _, _ in standing(mailed).values()} == {Delivered.WAITING}
    mailed.done()
    assert {state for state, _, _ in standing(mailed).values()} == {Delivered.THERE}


def test_sending_once_more_tells_all_of_it_to_one(tmp_path: Path) -> None:
    mailed = a_mailed(tmp_path, emails=[BO, CLEO])
    mailed.done()
    a_move(mailed.runtime, mailed.series, 1, HOUR)
    mailed.done()
    mailed.news()
    bo, _ = the_attendees(mailed.runtime, mailed.series)
    with mailed.runtime.work(mailed.cora) as work:
        deliveries.resend(work, mailed.group, mailed.series, bo.id)
    mailed.done()
    letters = mailed.news()
    assert [each.to_address for each in letters] == [BO, BO]
    assert [len(lines(each, "RRULE")) for each in letters] == [1, 0]
    mailed.runtime.engine.dispose()


def test_what_waits_is_said_date_by_date(mailed: Mailed) -> None:
    assert {state for state, _, _ in standing(mailed).values()} == {Delivered.WAITING}
    mailed.done()
    a_move(mailed.runtime, mailed.series, 1, HOUR)
    places = [state for state, _, _ in standing(mailed).values()]
    assert places == [
        Delivered.THERE,
        Delivered.WAITING,
        Delivered.THERE,
        Delivered.THERE,
        Delivered.THERE,
        Delivered.THERE,
    ]


def test_no_minute_has_more_letters_than_the_server_takes(tmp_path: Path) -> None:
    people = [f"p{number}@mail.test" for number in range(12)]
    mailed = a_mailed(tmp_path, rate=5, emails=people)
    mailed.done()
    counts = [len(mailed.news())]
    for _ in range(30):  # tries are spread at random
        mailed.later(seconds=20)
        counts.append(len(mailed.news()))
    assert sum(counts) == 12
    assert max(sum(counts[at : at + 3]) for at in range(len(counts))) <= 5
    mailed.runtime.engine.dispose()


def standing(mailed: Mailed) -> dict[int, tuple[Delivered, str, str]]:
    """How each date stands with Bo, by its place."""
    with mailed.runtime.reading() as work:
        row = the_series(mailed.runtime, mailed.series)
        [bo, *_] = the_attendees(mailed.runtime, mailed.series)
        meetings = stored.meetings(work, mailed.series)
        found = deliveries.of(work, row, [bo], meetings)
    one = [found[bo.id, each.id] for each in meetings]
    return {place: (each.state, each.what, each.remedy) for place, each in enumerate(one)}


def told(home: Path, patch: MonkeyPatch, at: int) -> tuple[list[Message], Death]:
    """Tell a series and three changes of it, with a death at that point; what was taken."""
    mailed = a_mailed(home, emails=[BO])
    death = Death(patch, at, mailed.server)
    story = (
        lambda: None,
        lambda: a_move(mailed.runtime, mailed.series, 1, HOUR),
        lambda: a_cancellation(mailed.runtime, mailed.series, 3),
        lambda: a_guest(mailed.runtime, mailed.series, 2, GUS),
    )
    for step in story:
        with death.asleep():
            step()
        for _ in range(4):
            with suppress(Killed):
                mailed.later(minutes=1)
    mailed.runtime.engine.dispose()
    return mailed.server.taken, death


@pytest.mark.parametrize("part", range(PARTS))
def test_death_at_any_point_loses_and_doubles_nothing_but_in_one_window(
    tmp_path: Path, monkeypatch: MonkeyPatch, part: int
) -> None:
    with monkeypatch.context() as patch:
        wanted, death = told(tmp_path / "0", patch, 0)
    every = range(1, death.points + 1)
    some = every if FULL else sorted(Random(9).sample(every, 2) + death.marks[:1])
    contents = [lines(each, "") for each in wanted]
    for at in some[part::PARTS]:
        with monkeypatch.context() as patch:
            taken, _ = told(tmp_path / str(at), patch, at)
        keys = [each.key for each in taken]
        once = list({each.key: each for each in taken}.values())
        assert len(once) == len(wanted), at
        assert [lines(each, "DTSTART", "RRULE") for each in once] == [
            [line for line in each if line.startswith(("DTSTART", "RRULE"))] for each in contents
        ], at
        doubled = len(keys) - len(once)
        assert doubled <= (1 if at in death.marks or at - 1 in death.marks else 0), at
        for each in taken:  # the second is the first, word for word
            assert each == next(one for one in taken if one.key == each.key), at
