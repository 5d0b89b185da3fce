"""Whoever is forgotten hears by mail that their dates are cancelled, and is gone all the same."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.errors import TryLater, Undeliverable
from services.flow import people, purge, secrets
from services.storage import attendees as stored_attendees
from services.storage.counts import counts
from services.storage.people import by_email
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, ReplyRow
from tests.flow.series.post import BO, CLEO, GUS, Mailed, a_mailed, lines
from tests.flow.series.rows import FIRST, a_guest, a_leaving, the_attendees
from tests.flow.series.test_telling import methods


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    yield from told(a_mailed(tmp_path))


@pytest.fixture
def either(tmp_path: Path, database_url: str) -> Iterator[Mailed]:
    """Once on each database."""
    yield from told(a_mailed(tmp_path, database_url))


def told(mailed: Mailed) -> Iterator[Mailed]:
    """Everybody knows of their dates."""
    mailed.done()
    mailed.news()
    yield mailed
    mailed.runtime.engine.dispose()


def forget(mailed: Mailed, email: str) -> None:
    keys = mailed.runtime.keys
    with mailed.runtime.work() as work:
        person = by_email(work, email)
        assert person is not None
        people.forget(work, person.id, mails=lambda *_: 0, seal=keys.sealed)


def left(mailed: Mailed) -> tuple[list[str], int]:
    """The addresses that are kept, but for the coordinator's, and how many attendees there are."""
    with mailed.runtime.reading() as work:
        emails = [each.email for each in work.session.query(PersonRow) if each.id != mailed.cora]
        return sorted(emails), work.session.query(AttendeeRow).count()


def away(_: int) -> None:
    raise TryLater("It is away", remedy="wait", seconds=600)


def refuses(_: int) -> None:
    raise Undeliverable(f"It knows no {BO}", remedy="check it")


def test_a_last_letter_takes_every_date_back_and_then_nothing_is_left(either: Mailed) -> None:
    forget(either, BO)
    either.later(minutes=5)
    [letter] = either.news()
    assert (letter.to_address, methods([letter])) == (BO, ["CANCEL"])
    assert "no longer expected at 6 dates" in letter.text
    assert left(either) == ([CLEO], 1)


def test_from_the_first_moment_nobody_sees_who_is_forgotten(mailed: Mailed) -> None:
    with mailed.runtime.reading() as work:
        before = counts(work).people
    mailed.server.says = away
    forget(mailed, BO)
    mailed.done()
    with mailed.runtime.reading() as work:
        assert counts(work).people == before - 1
        seen = [one.name for one, _ in stored_attendees.of(work, mailed.series)]
        assert seen == ["Cleo"]
        assert by_email(work, BO) is None
    emails, _ = left(mailed)
    assert [each for each in emails if not each.endswith(".invalid")] == [CLEO]


def test_a_mail_server_that_comes_back_takes_the_last_letter(mailed: Mailed) -> None:
    mailed.server.says = away
    forget(mailed, BO)
    for _ in range(3):
        mailed.later(minutes=15)
    mailed.server.says = lambda _: None
    mailed.later(minutes=15)
    assert [each.to_address for each in mailed.news()] == [BO]
    assert left(mailed) == ([CLEO], 1)


@pytest.mark.parametrize("how", ["by itself", "purge", "rotate"])
def test_after_half_a_day_nobody_is_waited_for(mailed: Mailed, how: str) -> None:
    mailed.server.says = away
    forget(mailed, BO)
    mailed.done()
    if how == "by itself":
        mailed.later(hours=12, minutes=1)
    else:
        mailed.clock.forward(hours=13)
        with mailed.runtime.work() as work:
            if how == "purge":
                purge.purge(work)
            else:
                secrets.rotate(work, mailed.runtime.keys)
    assert left(mailed) == ([CLEO], 1)
    mailed.server.says = lambda _: None
    mailed.later(hours=1)
    assert mailed.news() == []


def test_a_last_letter_that_is_refused_is_the_end_of_it(mailed: Mailed) -> None:
    mailed.server.says = refuses
    forget(mailed, BO)
    mailed.done()
    assert left(mailed) == ([CLEO], 1)


def test_dates_that_are_over_stay_in_the_calendar(mailed: Mailed) -> None:
    mailed.clock.now = FIRST + timedelta(days=8)  # the second is today in an hour or over
    forget(mailed, BO)
    mailed.later(minutes=5)
    [letter] = mailed.news(BO)
    assert methods([letter]) == ["REQUEST"]
    assert lines(letter, "RRULE") == ["RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270118T150000Z"]


def test_a_guest_of_one_date_hears_of_that_one(mailed: Mailed) -> None:
    a_guest(mailed.runtime, mailed.series, 2, GUS)
    mailed.done()
    mailed.news()
    forget(mailed, GUS)
    mailed.later(minutes=5)
    [letter] = mailed.news()
    assert (letter.to_address, methods([letter])) == (GUS, ["CANCEL"])
    assert left(mailed) == ([BO, CLEO], 2)


def test_whoever_has_left_and_is_forgotten_before_they_hear_of_it_hears_of_it(
    mailed: Mailed,
) -> None:
    bo, _ = the_attendees(mailed.runtime, mailed.series)
    a_leaving(mailed.runtime, mailed.series, bo.id, 0)
    forget(mailed, BO)
    mailed.later(minutes=5)
    [letter] = mailed.news()
    assert (letter.to_address, methods([letter])) == (BO, ["CANCEL"])
    assert left(mailed) == ([CLEO], 1)


def test_whoever_has_left_and_heard_of_it_is_not_waited_for(mailed: Mailed) -> None:
    bo, _ = the_attendees(mailed.runtime, mailed.series)
    a_leaving(mailed.runtime, mailed.series, bo.id, 0)
    mailed.later(minutes=5)
    forget(mailed, BO)
    assert left(mailed) == ([CLEO], 1)


def test_whoever_was_told_nothing_hears_nothing(tmp_path: Path) -> None:
    mailed = a_mailed(tmp_path)
    forget(mailed, BO)
    assert left(mailed) == ([CLEO], 1)
    mailed.later(minutes=5)
    assert {each.to_address for each in mailed.news()} == {CLEO}
    mailed.runtime.engine.dispose()


def test_what_they_answered_goes_at_once(mailed: Mailed) -> None:
    with mailed.runtime.work() as work:
        bo, *_ = [one for one, _ in stored_attendees.of(work, mailed.series)]
        work.add(ReplyRow(attendee_id=bo.id, answer="declined", source="page", said_at=work.now))
    mailed.server.says = away
    forget(mailed, BO)
    with mailed.runtime.reading() as work:
        assert work.session.query(ReplyRow).count() == 0
