"""What guests answer in their own calendars, at both hosts, reaches the series and nobody else."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from calendar_sync.provider import Answer
from services.flow.series import answers, arranging, attending, changing
from services.sandbox.mail import control
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow
from services.storage.work import Work
from tests.flow.series.rows import the_series
from tests.flow.series.towns import BO, CLEO, Semester, a_semester

YES, NO, OPEN = Answer.ACCEPTED, Answer.DECLINED, Answer.WAITING
MAYBE = Answer.TENTATIVE


@pytest.fixture(params=["google", "outlook"])
def semester(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Semester]:
    with a_semester(tmp_path, request.param) as semester:
        semester.begins()
        semester.done()
        yield semester


def test_an_acceptance_of_all_and_a_decline_of_one_date_reach_the_group(
    semester: Semester,
) -> None:
    semester.later(minutes=16)
    answer(semester, BO, "accepted")
    answer(semester, CLEO, "declined", "2027-01-25")
    semester.later(minutes=16)
    said = known(semester)
    assert said[BO] == [YES] * 6
    assert said[CLEO] == [OPEN, OPEN, NO, OPEN, OPEN, OPEN]
    assert semester.runtime.channel.messages == []  # type: ignore[attr-defined]


def test_a_date_that_is_moved_counts_what_the_host_says_of_it(semester: Semester) -> None:
    answer(semester, BO, "accepted")
    semester.later(minutes=16)
    move(semester, 1)
    semester.later(minutes=16)
    keeps = semester.town.kind == "google"  # Outlook has everybody asked once more
    assert known(semester)[BO] == [YES, YES if keeps else OPEN, YES, YES, YES, YES]

    answer(semester, BO, "tentative")
    semester.later(minutes=16)
    assert known(semester)[BO] == [MAYBE, YES if keeps else MAYBE, MAYBE, MAYBE, MAYBE, MAYBE]


def test_who_answers_to_all_means_the_dates_that_were_committed_elsewhere(
    semester: Semester,
) -> None:
    semester.begins(moved={2: timedelta(hours=25)})
    semester.done()
    answer(semester, BO, "accepted")
    semester.later(minutes=16)
    assert known(semester)[BO] == [YES] * 6


def test_who_leaves_from_a_date_on_keeps_what_they_answered_to_the_dates_they_keep(
    semester: Semester,
) -> None:
    answer(semester, BO, "accepted")
    answer(semester, BO, "declined", "2027-01-18")
    semester.later(minutes=16)
    leave(semester, BO, 3)
    semester.settled()
    semester.later(minutes=16)
    assert known(semester)[BO][:3] == [YES, NO, YES]

    answer(semester, BO, "tentative", "2027-01-11")  # they may answer to each that they keep
    answer(semester, BO, "declined", "2027-01-25")
    semester.later(minutes=16)
    assert known(semester)[BO][:3] == [MAYBE, NO, NO]

    come_back(semester, BO)  # they are asked anew, of the others too
    semester.settled()
    semester.later(minutes=16)
    assert known(semester)[BO][:3] == [MAYBE, NO, NO]


def test_who_leaves_is_asked_anew_by_outlook_to_moved_dates_and_what_our_page_knows_stays(
    semester: Semester,
) -> None:
    answer(semester, BO, "accepted")
    semester.later(minutes=16)
    move(semester, 0)
    semester.settled()
    semester.later(minutes=16)
    say(semester, BO, 0, NO)
    say(semester, BO, 1, NO)
    move(semester, 2)
    leave(semester, BO, 4)
    semester.settled()
    semester.later(minutes=16)
    keeps = semester.town.kind == "google"
    assert known(semester)[BO][:4] == [NO, NO, YES if keeps else OPEN, YES]


def leave(semester: Semester, person: str, place: int) -> None:
    """Have somebody invited no more, from a date on."""
    with semester.runtime.work(semester.town.cora) as work:
        row = the_series(semester.runtime, semester.series)
        date = stored.meetings(work, row.id)[place]
        one = attendee(work, row.id, person)
        attending.leave(work, row.group_id, row.id, one.id, date.id, settle=timedelta())


def come_back(semester: Semester, person: str) -> None:
    """Have somebody invited to everything again that is to come."""
    with semester.runtime.work(semester.town.cora) as work:
        row = stored.locked(work, semester.series)
        assert row is not None
        one = attendee(work, row.id, person)
        one.until_at = None
        arranging.changed(work, row, timedelta(), [one])


def say(semester: Semester, person: str, place: int, said: Answer) -> None:
    """Answer to a date on our page."""
    with semester.runtime.work() as work:
        date = stored.meetings(work, semester.series)[place]
        one = attendee(work, semester.series, person)
        answers.answer(work, one, date.id, said, answers.PAGE, work.now)


def attendee(work: Work, series: UUID, email: str) -> AttendeeRow:
    found = stored_attendees.of(work, series)
    return next(one for one, person in found if person.email == email)


def move(semester: Semester, place: int) -> None:
    """Hold a date a day and an hour later."""
    with semester.runtime.work(semester.town.cora) as work:
        row = the_series(semester.runtime, semester.series)
        date = stored.meetings(work, row.id)[place]
        start = date.start_at + timedelta(hours=25)
        changing.move(work, row.group_id, row.id, date.id, start, settle=timedelta())


def answer(semester: Semester, person: str, said: str, date: str | None = None) -> None:
    title = the_series(semester.runtime, semester.series).title
    control.answer(
        semester.town.running.world,
        {"person": person, "title": title, "answer": said, **({"date": date} if date else {})},
    )


def known(semester: Semester) -> Mapping[str, list[Answer]]:
    """What everybody's answers mean for each date."""
    with semester.runtime.reading() as work:
        row = the_series(semester.runtime, semester.series)
        said = answers.of(work, row)
        meetings = stored.meetings(work, row.id)
        people = {each.id: each.email for each in work.session.scalars(select(PersonRow))}
        return {
            people[attendee.person_id]: [
                answers.effective(said.get(attendee.id, ()), each.id) for each in meetings
            ]
            for attendee, _ in stored_attendees.of(work, row.id)
        }
