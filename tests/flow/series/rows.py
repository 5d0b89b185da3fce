"""Committed series made from rows alone, and what is done with them in tests."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from scheduler.model.answer import Rule
from scheduler.model.series import Occurrence
from scheduler.series import series_of
from services.facts import SeriesCommitted
from services.flow.series import arranging
from services.flow.series.kept import rule_to_kept, to_kept
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.ids import new_id
from services.storage.people import found_or_made
from services.storage.rows.accounts import AccountRow
from services.storage.rows.groups import CoordinatorRow
from services.storage.rows.series import (
    AttendeeRow,
    EventRow,
    MeetingRow,
    MeetingState,
    Organiser,
    SeriesRow,
    SeriesState,
)
from services.storage.work import Work
from services.wiring import Runtime

FIRST = datetime(2027, 1, 11, 15, tzinfo=UTC)  # a Monday
WEEK = timedelta(days=7)
RULE = Rule(kind="weekly", weekday=0, time=15 * 60, every=1)
AT_ONCE = timedelta()


def a_committed(
    runtime: Runtime,
    group: UUID,
    term: UUID,
    emails: Sequence[str],
    *,
    dates: int = 6,
    account: UUID | None = None,
    organiser: UUID | None = None,
    moved: dict[int, timedelta] | None = None,
) -> UUID:
    """A weekly series that has just been committed; nothing is done for it yet.

    account  whose calendar invites; None: the service does, by mail
    moved    by how much dates are moved from where the rule puts them, by their places
    """
    with runtime.work(organiser) as work:
        if account is not None:
            its_owner_coordinates(work, group, account)
        row = SeriesRow(
            group_id=group,
            term_id=term,
            state=SeriesState.COMMITTED,
            title="Early birds",
            place="Room 5",
            text="Bring a question.",
            timezone="UTC",
            minutes=60,
            rule=rule_to_kept(RULE),
            organiser=Organiser.MAILBOX if account is None else Organiser.ACCOUNT,
            organiser_id=organiser,
            account_id=account,
            created_at=work.now,
            committed_at=work.now,
        )
        work.add(row)
        work.session.flush()
        held = [(FIRST + place * WEEK, (moved or {}).get(place)) for place in range(dates)]
        meetings = [
            MeetingRow(
                series_id=row.id,
                original_at=original,
                start_at=original + (by or timedelta()),
                minutes=60,
                state=MeetingState.HELD,
            )
            for original, by in held
        ]
        work.add(*meetings)
        for email in emails:
            invited(work, row, email)
        found = series_of(RULE, [_occurrence(each) for each in meetings], "UTC", 60)
        for place, each in enumerate(found):
            work.add(EventRow(id=new_id(), series_id=row.id, place_in=place, wanted=to_kept(each)))
        work.record(SeriesCommitted(row.id, row.revision))
        return row.id


def its_owner_coordinates(work: Work, group: UUID, account: UUID) -> None:
    """Let the owner of an account coordinate a group, as whoever invites does."""
    owner = work.session.get_one(AccountRow, account).person_id
    if work.session.get(CoordinatorRow, (group, owner)) is None:
        work.add(CoordinatorRow(group_id=group, person_id=owner, name="Ines", since=work.now))


def invited(work: Work, row: SeriesRow, email: str, meeting: UUID | None = None) -> AttendeeRow:
    """Invite somebody to a series, or to one date of it."""
    name = email.partition("@")[0].title()
    found = AttendeeRow(
        series_id=row.id,
        person_id=found_or_made(work, email, name).id,
        meeting_id=meeting,
        name=name,
        created_at=work.now,
    )
    work.add(found)
    work.session.flush()
    return found


def a_change(runtime: Runtime, series: UUID, **of: object) -> None:
    """Change words of a series: its title, its place or its text."""
    with runtime.work() as work:
        row = stored.locked(work, series)
        assert row is not None
        for name, value in of.items():
            setattr(row, name, value)
        arranging.changed(work, row, AT_ONCE)


def a_move(runtime: Runtime, series: UUID, place: int, by: timedelta) -> None:
    """Move one date."""
    with runtime.work() as work:
        row = stored.locked(work, series)
        assert row is not None
        stored.meetings(work, series)[place].start_at += by
        work.session.flush()
        arranging.changed(work, row, AT_ONCE)


def a_cancellation(runtime: Runtime, series: UUID, *places: int) -> None:
    """Cancel dates."""
    with runtime.work() as work:
        row = stored.locked(work, series)
        assert row is not None
        meetings = stored.meetings(work, series)
        for place in places:
            meetings[place].state = MeetingState.CANCELLED
        work.session.flush()
        arranging.changed(work, row, AT_ONCE)


def a_guest(runtime: Runtime, series: UUID, place: int, email: str) -> UUID:
    """Invite somebody to one date."""
    with runtime.work() as work:
        row = stored.locked(work, series)
        assert row is not None
        meeting = stored.meetings(work, series)[place]
        found = invited(work, row, email, meeting.id)
        arranging.changed(work, row, AT_ONCE)
        return found.id


def a_member(runtime: Runtime, series: UUID, email: str) -> UUID:
    """Invite somebody to all of it."""
    with runtime.work() as work:
        row = stored.locked(work, series)
        assert row is not None
        found = invited(work, row, email)
        arranging.changed(work, row, AT_ONCE)
        return found.id


def a_leaving(runtime: Runtime, series: UUID, attendee: UUID, place: int) -> None:
    """Let somebody leave from a date on."""
    with runtime.work() as work:
        row = stored.locked(work, series)
        assert row is not None
        found = work.session.get_one(AttendeeRow, attendee)
        found.until_at = stored.meetings(work, series)[place].original_at
        arranging.changed(work, row, AT_ONCE)


def the_series(runtime: Runtime, series: UUID) -> SeriesRow:
    """The series as it stands."""
    with runtime.reading() as work:
        row = stored.by_id(work, series)
    assert row is not None
    return row


def the_attendees(runtime: Runtime, series: UUID) -> list[AttendeeRow]:
    """Who is invited, in the order in which they were."""
    with runtime.reading() as work:
        return [attendee for attendee, _ in stored_attendees.of(work, series)]


def _occurrence(meeting: MeetingRow) -> Occurrence:
    start, original = (int(each.timestamp()) for each in (meeting.start_at, meeting.original_at))
    return Occurrence(original, start, meeting.minutes)
