"""Answers: from the organiser's host, by link, and on one's own page."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import select

from calendar_sync.errors import Trouble
from calendar_sync.provider import Answer, Reply, SeriesDraft
from services.flow.errors import Gone, Missing, NotAllowed, Outdated, Unfit
from services.flow.series import answers, showing
from services.flow.series.host_book import Book, Told
from services.storage.rows.accounts import AccountRow
from services.storage.rows.series import AttendeeRow, MeetingRow, MeetingState, ReplyRow, SeriesRow
from tests.flow.accounts_town import MAIN, Flat
from tests.flow.series.answering import EXTRA, ORIGINALS, Semester, a_semester

HERE = "192.0.2.7"
YES, MAYBE, NO, OPEN = Answer.ACCEPTED, Answer.TENTATIVE, Answer.DECLINED, Answer.WAITING


@pytest.fixture
def semester(flat: Flat) -> Semester:
    return a_semester(flat)


def answered(flat: Flat, semester: Semester, name: str, said: Answer, date: int | None) -> None:
    """Let a guest answer in their own calendar: date 4 is the one beside the rule."""
    event = semester.events[1 if date == 4 else 0]
    original = None if date in (None, 4) else ORIGINALS[date]
    flat.host.accounts[MAIN].answer(MAIN, event.hex, f"{name}@example.org", said, original)


def asked_again(flat: Flat) -> None:
    flat.later(minutes=16)


def test_what_guests_answer_at_the_host_is_known_a_quarter_of_an_hour_later(
    either_flat: Flat,
) -> None:
    semester = a_semester(either_flat)
    asked_again(either_flat)
    answered(either_flat, semester, "ben", YES, None)
    answered(either_flat, semester, "ben", NO, 2)
    answered(either_flat, semester, "dana", MAYBE, 4)
    asked_again(either_flat)
    assert [semester.said("ben", each) for each in range(5)] == [YES, YES, NO, YES, OPEN]
    assert [semester.said("dana", each) for each in range(5)] == [OPEN, OPEN, OPEN, OPEN, MAYBE]


@pytest.mark.parametrize("away", [False, True])
def test_what_was_said_before_somebody_was_away_is_no_answer_when_they_are_invited_again(
    flat: Flat, semester: Semester, *, away: bool
) -> None:
    asked_again(flat)
    answered(flat, semester, "ben", YES, None)
    asked_again(flat)
    flat.later(minutes=1)
    with flat.runtime.work() as work:
        ben = work.session.get_one(AttendeeRow, semester.attendees["ben"])
        ben.until_at = work.session.get_one(MeetingRow, semester.meetings[2]).original_at
        ben.created_at = work.now if away else ben.created_at
        told: Told = {ORIGINALS[0]: [Reply("ben@example.org", OPEN)]}
        Book(work, semester.row(work), "google").keep({semester.events[0]: told})
    assert semester.said("ben", 0) is (OPEN if away else YES)


def test_a_guest_of_one_date_answers_to_that_date(flat: Flat, semester: Semester) -> None:
    answered(flat, semester, "gus", YES, 1)
    asked_again(flat)
    assert semester.said("gus", 1) is YES


def test_an_answer_that_was_taken_back_for_a_date_follows_the_series_again(
    flat: Flat, semester: Semester
) -> None:
    answered(flat, semester, "ben", YES, None)
    answered(flat, semester, "ben", NO, 2)
    asked_again(flat)
    answered(flat, semester, "ben", YES, 2)
    asked_again(flat)
    assert semester.said("ben", 2) is YES


def test_an_unchanged_answer_is_no_news(flat: Flat, semester: Semester) -> None:
    answered(flat, semester, "ben", YES, None)
    asked_again(flat)
    once = semester.recorded()
    for _ in range(4):
        asked_again(flat)
    assert (once, semester.recorded()) == (1, 1)


def test_nobody_is_mailed_because_somebody_answered(flat: Flat, semester: Semester) -> None:
    answered(flat, semester, "ben", NO, None)
    asked_again(flat)
    assert semester.said("ben") is NO
    assert flat.runtime.channel.messages == []  # type: ignore[attr-defined]


def test_what_is_said_on_our_page_stands_until_the_host_tells_something_else(
    flat: Flat, semester: Semester
) -> None:
    answered(flat, semester, "ben", YES, None)
    asked_again(flat)
    say(flat, semester, "ben", NO)
    asked_again(flat)
    assert semester.said("ben") is NO
    answered(flat, semester, "ben", MAYBE, None)
    asked_again(flat)
    assert semester.said("ben") is MAYBE


def test_a_date_beside_the_rule_counts_as_answered_by_who_answered_to_all_on_our_page(
    flat: Flat, semester: Semester
) -> None:
    say(flat, semester, "ben", YES)
    asked_again(flat)
    assert semester.said("ben", 4) is YES


def test_a_host_that_tells_of_news_is_asked_at_once(flat: Flat, semester: Semester) -> None:
    asked_again(flat)
    answered(flat, semester, "ben", YES, None)
    account = flat.account(series_row(flat, semester).account_id)  # type: ignore[arg-type]
    with flat.runtime.work() as work:
        from services.flow import channels  # noqa: PLC0415

        channels._look(work, account, 60)  # noqa: SLF001 -- as a channel that speaks
    flat.later(minutes=1)
    assert semester.said("ben") is YES


def test_a_reading_that_finds_news_has_answers_asked_for(flat: Flat, semester: Semester) -> None:
    asked_again(flat)
    answered(flat, semester, "ben", YES, None)
    flat.host.accounts[MAIN].occupy(MAIN, (ORIGINALS[0], ORIGINALS[0] + 60))
    with flat.runtime.work() as work:
        [account] = work.session.scalars(select(AccountRow))
        account.due_at = work.now
    flat.later(minutes=2)
    assert semester.said("ben") is YES


def test_an_event_that_somebody_removed_keeps_the_other_from_nothing(
    flat: Flat, semester: Semester
) -> None:
    flat.host.accounts[MAIN].remove(MAIN, semester.events[0].hex)
    answered(flat, semester, "ben", YES, 4)
    asked_again(flat)
    assert semester.said("ben", 4) is YES


def test_a_host_in_trouble_is_asked_again(flat: Flat, semester: Semester) -> None:
    asked_again(flat)
    answered(flat, semester, "ben", YES, None)
    host = flat.host.accounts[MAIN]
    host.trouble(MAIN, Trouble("Not just now", remedy="later", seconds=1))
    asked_again(flat)
    assert semester.said("ben") is OPEN
    host.trouble(MAIN, None)
    flat.later(minutes=2)
    asked_again(flat)
    assert semester.said("ben") is YES


def test_nobody_is_asked_once_the_dates_are_over(flat: Flat, semester: Semester) -> None:
    flat.clock.forward(days=120)
    flat.later(minutes=1)
    assert series_row(flat, semester).replies_at is None


def test_an_account_that_is_gone_is_not_asked(flat: Flat, semester: Semester) -> None:
    with flat.runtime.work() as work:
        work.session.get_one(SeriesRow, semester.series).account_id = None
    asked_again(flat)
    assert series_row(flat, semester).replies_at is None


def test_of_two_answers_the_later_one_counts(flat: Flat, semester: Semester) -> None:
    with flat.runtime.work() as work:
        ben = work.session.get_one(AttendeeRow, semester.attendees["ben"])
        answers.answer(work, ben, None, NO, "mail", work.now)
        answers.answer(work, ben, None, YES, "mail", work.now - timedelta(hours=1))
    assert semester.said("ben") is NO


def test_a_link_shows_ones_dates_and_changes_nothing(flat: Flat, semester: Semester) -> None:
    secret = semester.secret("ben")
    own = answers.look(flat.runtime, secret, HERE)
    assert [int(each.meeting.start_at.timestamp()) for each in own.dates] == [*ORIGINALS, EXTRA]
    assert semester.recorded() == 0


def test_a_guest_of_one_date_sees_that_date(flat: Flat, semester: Semester) -> None:
    own = answers.look(flat.runtime, semester.secret("gus"), HERE)
    assert [each.meeting.id for each in own.dates] == [semester.meetings[1]]


def test_one_date_is_answered_by_link(flat: Flat, semester: Semester) -> None:
    say(flat, semester, "ben", NO, 1)
    assert [semester.said("ben", each) for each in range(3)] == [OPEN, NO, OPEN]


def test_whoever_answers_to_all_means_the_dates_as_well_that_they_had_declined(
    either_flat: Flat,
) -> None:
    semester = a_semester(either_flat)
    say(either_flat, semester, "ben", NO, 1)
    say(either_flat, semester, "ben", YES)
    assert {semester.said("ben", each) for each in range(5)} == {YES}


def test_a_link_of_another_answers_to_no_date_of_theirs(flat: Flat, semester: Semester) -> None:
    with pytest.raises(Missing):
        say(flat, semester, "gus", YES, 0)
    assert semester.recorded() == 0


def test_a_page_of_before_a_change_decides_nothing(flat: Flat, semester: Semester) -> None:
    secret = semester.secret("ben")
    with pytest.raises(Outdated):
        answers.say(flat.runtime, secret, HERE, None, YES, revision=99)
    assert semester.recorded() == 0


def test_a_cancelled_date_takes_no_answer(flat: Flat, semester: Semester) -> None:
    with flat.runtime.work() as work:
        row = work.session.get_one(MeetingRow, semester.meetings[1])
        row.state = MeetingState.CANCELLED
    with pytest.raises(Gone):
        say(flat, semester, "ben", YES, 1)


def test_waiting_is_no_answer(flat: Flat, semester: Semester) -> None:
    with pytest.raises(Unfit):
        say(flat, semester, "ben", OPEN)


def test_a_link_ends_when_its_owner_is_not_invited_any_more(flat: Flat, semester: Semester) -> None:
    secret = semester.secret("ben")
    with flat.runtime.work() as work:
        row = work.session.get_one(AttendeeRow, semester.attendees["ben"])
        row.until_at = work.now
    with pytest.raises(Gone):
        answers.say(flat.runtime, secret, HERE, None, YES)
    with pytest.raises(Gone):
        answers.look(flat.runtime, secret, HERE)


def test_a_link_ends_after_the_last_date(flat: Flat, semester: Semester) -> None:
    secret = semester.secret("ben")
    flat.clock.forward(days=120)
    with pytest.raises(Gone):
        answers.look(flat.runtime, secret, HERE)


@pytest.mark.parametrize("wrong", ["", "x", "A" * 43])
def test_a_wrong_link_is_nobodys(flat: Flat, semester: Semester, wrong: str) -> None:
    with pytest.raises(Missing):
        answers.look(flat.runtime, wrong, HERE)


def test_whoever_is_signed_in_answers_for_themselves(flat: Flat, semester: Semester) -> None:
    with flat.runtime.work(person(flat, semester, "ben")) as work:
        [own] = answers.mine(work, semester.group)
        answers.say_mine(work, semester.group, semester.series, own.dates[0].meeting.id, YES)
    assert semester.said("ben", 0) is YES
    assert semester.said("dana", 0) is OPEN


def test_who_belongs_to_no_group_sees_nothing_of_it(flat: Flat, semester: Semester) -> None:
    from tests.runtimes import a_person  # noqa: PLC0415

    stranger = a_person(flat.runtime, "eve@example.org")
    with flat.runtime.work(stranger) as work, pytest.raises((Missing, NotAllowed)):
        answers.mine(work, semester.group)
    with flat.runtime.work(stranger) as work, pytest.raises((Missing, NotAllowed)):
        answers.say_mine(work, semester.group, semester.series, None, YES)


def test_a_date_of_the_mailbox_that_is_moved_is_to_be_answered_anew(flat: Flat) -> None:
    semester = a_semester(flat, mailbox=True)
    say(flat, semester, "ben", YES)
    with flat.runtime.work() as work:
        moved = work.session.get_one(MeetingRow, semester.meetings[2])
        answers.ask_anew(work, semester.row(work), moved)
    assert [semester.said("ben", each) for each in (1, 2, 3)] == [YES, OPEN, YES]


def test_two_answers_to_all_of_it_are_one_row(flat: Flat, semester: Semester) -> None:
    say(flat, semester, "ben", YES)
    say(flat, semester, "ben", NO)
    with flat.runtime.reading() as work:
        assert len(work.session.scalars(select(ReplyRow)).all()) == 1


def say(flat: Flat, semester: Semester, name: str, said: Answer, date: int | None = None) -> None:
    meeting = None if date is None else semester.meetings[date]
    answers.say(flat.runtime, semester.secret(name), HERE, meeting, said)


def person(flat: Flat, semester: Semester, name: str) -> UUID:
    with flat.runtime.reading() as work:
        return work.session.get_one(AttendeeRow, semester.attendees[name]).person_id


def series_row(flat: Flat, semester: Semester) -> SeriesRow:
    with flat.runtime.reading() as work:
        return semester.row(work)


def test_what_was_removed_from_the_organisers_calendar_is_said_at_the_next_reading(
    either_flat: Flat,
) -> None:
    semester = a_semester(either_flat)
    kept = either_flat.host.accounts[MAIN]
    draft = kept._kept(MAIN).events[semester.events[0].hex]  # noqa: SLF001 -- as a person sees it
    assert isinstance(draft, SeriesDraft)
    asked_again(either_flat)
    assert removed(either_flat, semester) == []

    first, *others = draft.series.occurrences
    lacking = replace(draft.series, occurrences=tuple(others), skipped=(first.original,))
    kept._kept(MAIN).events[draft.key] = replace(draft, series=lacking)  # noqa: SLF001
    kept.cancel(MAIN, semester.events[1].hex)
    asked_again(either_flat)
    assert removed(either_flat, semester) == [0, 4]

    kept._kept(MAIN).events[draft.key] = draft  # noqa: SLF001
    asked_again(either_flat)
    assert removed(either_flat, semester) == [4]


def removed(flat: Flat, semester: Semester) -> list[int]:
    """Which dates the page says somebody removed, by their places."""
    with flat.runtime.reading() as work:
        dates = showing.shown(work, semester.row(work)).dates
        said = [next(iter(each.deliveries.values())) for each in dates]
    return [place for place, each in enumerate(said) if "Somebody removed" in each.what]
