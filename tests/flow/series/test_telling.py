"""Series told by mail: each attendee hears each thing once, in the fewest letters."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifications.message import Message
from scheduler.errors import TryLater
from services.flow import groups, proof, secrets
from services.flow.errors import Conflict
from services.flow.series import answers, changing
from services.storage import replies
from services.storage.people import found_or_made
from tests.flow.series.post import BO, CLEO, GUS, Mailed, a_mailed, lines
from tests.flow.series.rows import (
    FIRST,
    WEEK,
    a_cancellation,
    a_change,
    a_guest,
    a_leaving,
    a_member,
    a_move,
    the_attendees,
    the_series,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def mailed(tmp_path: Path) -> Iterator[Mailed]:
    mailed = a_mailed(tmp_path)
    yield mailed
    mailed.runtime.engine.dispose()


@pytest.fixture
def either(tmp_path: Path, database_url: str) -> Iterator[Mailed]:
    """Once on each database."""
    mailed = a_mailed(tmp_path, database_url)
    yield mailed
    mailed.runtime.engine.dispose()


def methods(messages: list[Message]) -> list[str]:
    return [each.enclosed.method for each in messages if each.enclosed]


def test_everybody_gets_one_letter_with_the_rule(either: Mailed) -> None:
    either.done()
    letters = either.news()
    assert sorted(each.to_address for each in letters) == [BO, CLEO]
    for each in letters:
        [rule] = lines(each, "RRULE")
        assert rule == "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270215T150000Z"
        assert lines(each, "SUMMARY", "LOCATION") == ["SUMMARY:Early birds", "LOCATION:Room 5"]
    assert the_series(either.runtime, either.series).published == 1
    either.later(days=1)
    assert either.news() == []


def test_a_date_moved_at_first_is_a_letter_in_the_same_thread(tmp_path: Path) -> None:
    mailed = a_mailed(tmp_path, emails=[BO], moved={2: HOUR})
    mailed.done()
    whole, moved = mailed.news()
    assert lines(whole, "EXDATE") == ["EXDATE;TZID=UTC:20270125T150000"] or lines(whole, "EXDATE")
    assert lines(moved, "RRULE") == []
    assert moved.enclosed is not None
    assert moved.enclosed.thread == whole.key


def test_a_change_is_told_alone(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    a_move(mailed.runtime, mailed.series, 1, HOUR)
    a_cancellation(mailed.runtime, mailed.series, 3)
    mailed.done()
    letters = mailed.news(BO)
    assert methods(letters) == ["REQUEST", "CANCEL"]
    assert [len(lines(each, "RECURRENCE-ID")) for each in letters] == [1, 1]
    assert [lines(each, "SEQUENCE") for each in letters] == [["SEQUENCE:2"], ["SEQUENCE:2"]]


def test_a_new_place_is_told_to_all(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    a_change(mailed.runtime, mailed.series, place="Room 7")
    mailed.done()
    letters = mailed.news()
    assert [lines(each, "LOCATION") for each in letters] == [["LOCATION:Room 7"]] * 2


def test_a_date_that_passes_its_neighbour_is_told_as_moved(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    a_move(mailed.runtime, mailed.series, 1, 3 * WEEK + HOUR)
    mailed.done()
    letters = mailed.news(BO)
    assert methods(letters) == ["REQUEST", "CANCEL"]  # it is nowhere gone in between
    subject = "Moved: Early birds, Mon 18 Jan to Mon 8 Feb"
    assert [each.subject for each in letters] == [subject] * 2
    moved = "Moved from Monday 18 January 2027, 15:00, to Monday 8 February 2027, 16:00 to 17:00"
    for each in letters:
        assert moved in each.text
        assert each.text.count("18 January") == 1
        assert "Your 6 dates to come, as they are held now:" in each.text
    assert ["1 more mail follows" in each.text for each in letters] == [True, False]


def test_old_times_do_not_stand_as_held_and_the_last_ones_are_taken_back(mailed: Mailed) -> None:
    mailed.done()
    a_move(mailed.runtime, mailed.series, 1, 2 * DAY)
    mailed.done()
    mailed.news()
    a_change(mailed.runtime, mailed.series, title="Larks")
    mailed.done()
    for each in mailed.news(BO):
        assert "18 January" not in each.text
        assert "Wednesday 20 January 2027, 15:00 to 16:00" in each.text
    bo, _ = the_attendees(mailed.runtime, mailed.series)
    a_leaving(mailed.runtime, mailed.series, bo.id, 0)
    mailed.done()
    [letter] = mailed.news()
    assert letter.subject == "No longer invited: Larks"
    assert "no longer expected at 6 dates, which the others keep:" in letter.text
    assert "Wednesday 20 January 2027" in letter.text
    assert ("18 January" in letter.text, "/l/" in letter.text) == (False, False)


def test_letters_tell_the_time_on_the_clock_of_their_reader(tmp_path: Path) -> None:
    mailed = a_mailed(tmp_path, emails=[BO])
    with mailed.runtime.work() as work:
        found_or_made(work, BO, "Bo").timezone = "America/Chicago"
    mailed.done()
    [letter] = mailed.news()
    assert "15:00 to 16:00 (UTC; 09:00 in America/Chicago)" in letter.text


def test_the_first_letter_says_how_many_follow(tmp_path: Path) -> None:
    mailed = a_mailed(tmp_path, emails=[BO], moved={1: HOUR, 2: HOUR})
    mailed.done()
    texts = [each.text for each in mailed.news()]
    follow = [re.findall(r"(\d) more mail", each) for each in texts]
    assert follow == [["2"], ["1"], []]
    assert all("Your 6 dates to come" in each for each in texts)


def test_a_guest_hears_of_one_date_and_nobody_else_of_anything(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    guest = a_guest(mailed.runtime, mailed.series, 2, GUS)
    mailed.done()
    [letter] = mailed.news()
    assert letter.to_address == GUS
    assert (lines(letter, "RRULE"), len(lines(letter, "DTSTART"))) == ([], 1)
    a_leaving(mailed.runtime, mailed.series, guest, 0)
    mailed.done()
    [letter] = mailed.news()
    assert (letter.to_address, methods([letter]), lines(letter, "STATUS")) == (GUS, ["CANCEL"], [])


def test_whoever_leaves_has_one_letter_with_what_is_left(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    bo, _ = the_attendees(mailed.runtime, mailed.series)
    a_leaving(mailed.runtime, mailed.series, bo.id, 2)
    mailed.done()
    [letter] = mailed.news()
    assert letter.to_address == BO
    assert lines(letter, "RRULE") == ["RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270118T150000Z"]
    assert "You are no longer expected at 4 dates, which the others keep:" in letter.text
    assert "Your 2 dates to come, as they are held now:\n- Monday 11 January" in letter.text


@pytest.mark.parametrize(("place", "by"), [(0, DAY), (2, -DAY)])
def test_whoever_leaves_keeps_a_moved_date_before_that(
    mailed: Mailed, place: int, by: timedelta
) -> None:
    mailed.done()
    a_move(mailed.runtime, mailed.series, place, by)
    mailed.done()
    mailed.news()
    bo, _ = the_attendees(mailed.runtime, mailed.series)
    a_leaving(mailed.runtime, mailed.series, bo.id, 3)
    mailed.done()
    whole, moved = mailed.news()
    assert lines(whole, "DTSTART", "RRULE") == [
        "DTSTART;TZID=UTC:20270111T150000",
        "RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20270125T150000Z",
    ]
    start = FIRST + place * WEEK + by
    assert lines(moved, "DTSTART") == [f"DTSTART;TZID=UTC:{start:%Y%m%dT%H%M%S}"]


def test_a_guest_who_becomes_a_member_is_told_of_their_date_under_another_name(
    mailed: Mailed,
) -> None:
    mailed.done()
    a_move(mailed.runtime, mailed.series, 2, HOUR)
    guest = a_guest(mailed.runtime, mailed.series, 2, GUS)
    mailed.done()
    [before] = mailed.news(GUS)
    a_leaving(mailed.runtime, mailed.series, guest, 2)
    a_member(mailed.runtime, mailed.series, GUS)
    mailed.done()
    letters = mailed.news(GUS)
    assert sorted(methods(letters)) == ["CANCEL", "REQUEST", "REQUEST"]
    [cancelled] = [each for each in letters if methods([each]) == ["CANCEL"]]
    asked = {lines(each, "UID")[0] for each in letters if each is not cancelled}
    assert lines(cancelled, "UID") == lines(before, "UID")
    assert not {*lines(cancelled, "UID")} & asked  # or it would take away what they are invited to


def test_a_group_stays_until_the_cancellations_have_left(mailed: Mailed) -> None:
    def is_away(_: int) -> None:
        raise TryLater("It is away", remedy="wait", seconds=60)

    mailed.done()
    mailed.news()
    usual, mailed.server.says = mailed.server.says, is_away
    with mailed.runtime.work(mailed.cora) as work:
        changing.conclude(work, mailed.group, mailed.series, settle=timedelta())
    mailed.done()
    assert the_series(mailed.runtime, mailed.series).published == 2
    with mailed.runtime.work(mailed.cora) as work, pytest.raises(Conflict, match="on their way"):
        groups.dissolve(work, mailed.group, None)
    mailed.server.says = usual
    mailed.later(minutes=5)
    assert methods(mailed.news()) == ["CANCEL", "CANCEL"]
    with mailed.runtime.work(mailed.cora) as work:
        groups.dissolve(work, mailed.group, None)


def test_the_end_of_a_series_is_one_letter_each(mailed: Mailed) -> None:
    mailed.done()
    mailed.news()
    a_cancellation(mailed.runtime, mailed.series, 3, 4, 5)
    mailed.done()
    letters = mailed.news()
    assert methods(letters) == ["REQUEST", "REQUEST"]
    a_cancellation(mailed.runtime, mailed.series, 0, 1, 2)
    mailed.done()
    letters = mailed.news()
    assert methods(letters) == ["CANCEL", "CANCEL"]
    assert lines(letters[0], "STATUS") == ["STATUS:CANCELLED"]


def test_an_answer_finds_the_date_and_the_writer(mailed: Mailed) -> None:
    mailed.done()
    [letter] = mailed.news(BO)
    [uid] = lines(letter, "UID")
    with mailed.runtime.reading() as work:
        assert replies.by_uid(work, proof.hashed(uid.removeprefix("UID:"))) is not None
        [bo, _] = the_attendees(mailed.runtime, mailed.series)
        secret = letter.text.partition("/l/")[2][:43]
        found = replies.by_secret(work, proof.hashed(secret))
    assert found is not None
    assert found.id == bo.id


def test_links_that_were_ended_stay_so_and_the_next_letter_has_another(mailed: Mailed) -> None:
    mailed.done()
    before = link_of(mailed.news()[0])
    with mailed.runtime.work() as work:
        assert answers.is_link(work, before)
        secrets.revoke_all(work)
        assert not answers.is_link(work, before)
    a_move(mailed.runtime, mailed.series, 2, HOUR)
    mailed.later(minutes=5)
    after = link_of(mailed.news()[0])
    with mailed.runtime.reading() as work:
        assert (answers.is_link(work, before), answers.is_link(work, after)) == (False, True)


def link_of(letter: Message) -> str:
    found = re.search(r"/l/([\w-]+)", letter.text)
    assert found
    return found[1]


@pytest.mark.parametrize(("server", "says"), [("", False), ("mx.mail.test", True)])
def test_a_letter_says_whether_an_answer_by_mail_counts(
    mailed: Mailed, server: str, *, says: bool
) -> None:
    mailed.runtime.settings = replace(mailed.runtime.settings, authserv_id=server)
    mailed.done()
    [letter, _] = mailed.news()
    for each in (letter.text, letter.html):
        assert ("Accept in your mail program or on the page" in each) == says
        assert ("Answer on the page: it is what counts" in each) != says
