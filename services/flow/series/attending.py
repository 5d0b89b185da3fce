"""Who comes to a committed series: members from a date on, and guests of one date."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from services.facts import GuestAdded
from services.flow import persons, rights
from services.flow.errors import Conflict
from services.flow.groups import line
from services.flow.rights import missing
from services.flow.series import arranging, farewells, invited, organising, share
from services.flow.series.arranging import SETTLE
from services.flow.series.farewells import Seal
from services.storage import answers, groups
from services.storage import attendees as stored_attendees
from services.storage import series as stored
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, MeetingRow, SeriesRow
from services.storage.work import Work


def join(  # noqa: PLR0913 -- who comes to what, each by its name
    work: Work,
    group_id: UUID,
    series_id: UUID,
    member_id: UUID,
    since: UUID | None,
    *,
    settle: timedelta = SETTLE,
) -> AttendeeRow:
    """Invite a member to the dates from one on; None: to all that are to come."""
    groups.locked(work, group_id)  # or they could leave it just now
    row = arranging.opened(work, group_id, series_id)
    member, person = rights.member_of(work, group_id, member_id)
    meetings = stored.meetings(work, row.id)
    first = _from(work, meetings, since)
    mine = stored_attendees.of_person(work, row.id, person.id)
    known = next((each for each in mine if each.meeting_id is None), None)
    if known is None:
        known = AttendeeRow(series_id=row.id, person_id=person.id, created_at=work.now)
        work.add(known)
        share.keep_to(known, share.later(first, meetings), meetings)
    elif all(invited.is_invited(known, each) for each in share.later(first, meetings)):
        raise Conflict(f"{member.name} is invited already", remedy="there is nothing to do")
    else:
        share.invite_again(known, first, meetings, work.now)
    later = {one.id for one in share.later(first, meetings)}
    guests = [each for each in mine if each.meeting_id in later]
    for each in guests:  # they would be invited twice
        _uninvite(each, meetings)
    known.member_id, known.name = member.id, member.name
    arranging.changed(work, row, settle, [known, *guests])
    organising.answer_for_owner(work, row)
    work.note("attendee.joined", known.id, row.revision)
    return known


def leave(  # noqa: PLR0913 -- who leaves what, each by its name
    work: Work,
    group_id: UUID,
    series_id: UUID,
    attendee_id: UUID,
    since: UUID | None,
    *,
    settle: timedelta = SETTLE,
) -> AttendeeRow:
    """Invite somebody no more to the dates from one on; None: from the next one."""
    row = arranging.opened(work, group_id, series_id)
    attendee = _attendee(work, row, attendee_id)
    meetings = stored.meetings(work, row.id)
    first = _from(work, meetings, since)
    if attendee.meeting_id is not None:
        raise Conflict("They are a guest of one date", remedy="take that invitation back instead")
    if not invited.still([attendee], share.later(first, meetings), work.now):
        raise Conflict(f"{attendee.name} is not invited then", remedy="there is nothing to do")
    share.let_go(attendee, first, meetings)
    arranging.changed(work, row, settle, [attendee])
    work.note("attendee.left", attendee.id, row.revision)
    return attendee


def add_guest(  # noqa: PLR0913, PLR0917 -- who comes to what, each by its name
    work: Work,
    group_id: UUID,
    series_id: UUID,
    meeting_id: UUID,
    name: str,
    email: str,
    *,
    settle: timedelta = SETTLE,
) -> AttendeeRow:
    """Invite somebody to one date; they hear of that date and of nothing else."""
    row = arranging.opened(work, group_id, series_id)
    meeting = _date_to_come(work, row, meeting_id)
    name = line(name, "name")
    person = persons.found_or_made(work, email, name)
    mine = stored_attendees.of_person(work, row.id, person.id)
    if invited.to(mine, meeting):
        raise Conflict(f"{name} is invited to that date already", remedy="there is nothing to do")
    guest = next((each for each in mine if each.meeting_id == meeting.id), None)
    if guest is None:
        guest = AttendeeRow(
            series_id=row.id,
            person_id=person.id,
            meeting_id=meeting.id,
            name=name,
            created_at=work.now,
        )
        work.add(guest)
    guest.until_at, guest.name = None, name
    arranging.changed(work, row, settle, [guest])
    work.note("attendee.added", guest.id, row.revision)
    work.record(GuestAdded(guest.id, row.revision))
    return guest


def remove_guest(
    work: Work, group_id: UUID, series_id: UUID, attendee_id: UUID, *, settle: timedelta = SETTLE
) -> AttendeeRow:
    """Take the invitation to one date back."""
    row = arranging.opened(work, group_id, series_id)
    guest = _attendee(work, row, attendee_id)
    meetings = stored.meetings(work, row.id)
    if guest.meeting_id is None:
        raise Conflict("They are invited to more than one date", remedy="let them leave instead")
    if not invited.still([guest], meetings, work.now):
        raise Conflict(f"{guest.name} is not invited any more", remedy="there is nothing to do")
    _uninvite(guest, meetings)
    arranging.changed(work, row, settle, [guest])
    answers.erase(work, [group_id])
    work.note("attendee.removed", guest.id, row.revision)
    return guest


def left_group(work: Work, member_id: UUID, *, settle: timedelta = SETTLE) -> None:
    """Invite a member who leaves the group to nothing more that is to come.

    It comes before the membership is deleted, in the same transaction.
    """
    for series_id in stored_attendees.attended_by(work, member_id):
        row = stored.locked(work, series_id)
        if row is None:
            continue
        meetings = stored.meetings(work, row.id)
        mine = [
            each for each, _ in stored_attendees.of(work, row.id) if each.member_id == member_id
        ]
        staying = invited.still(mine, meetings, work.now)
        if not staying:
            continue
        first = min(invited.to_come(meetings, work.now), key=share.start)
        for each in staying:
            share.let_go(each, first, meetings)
            work.note("attendee.left", each.id, row.revision + 1)
        arranging.changed(work, row, settle, staying)


def forgotten(
    work: Work, person: PersonRow, seal: Seal | None, *, settle: timedelta = SETTLE
) -> None:
    """Have somebody taken off the dates to come who is about to be deleted.

    The organiser's host tells them, or we do by mail.

    seal  None: no mail of ours gets anywhere
    """
    person_id = person.id
    for series_id in stored_attendees.attended_by_person(work, person_id):
        row = stored.locked(work, series_id)
        if row is None:
            continue
        meetings = stored.meetings(work, row.id)
        for each in stored_attendees.of_person(work, row.id, person_id):
            told = seal and farewells.begin(work, row, each, meetings, person.email, seal)
            if not told:
                work.session.delete(each)
        work.session.flush()
        arranging.changed(work, row, settle, [])
    stored.forget_calendar(work, person_id)


def _from(work: Work, meetings: Sequence[MeetingRow], since: UUID | None) -> MeetingRow:
    """The first date that is meant."""
    coming = invited.to_come(meetings, work.now)
    if not coming:
        raise Conflict("No date is to come", remedy="there is nothing to do")
    if since is None:
        return min(coming, key=share.start)
    if all(each.id != since for each in meetings):
        raise missing("date")
    found = next((each for each in coming if each.id == since), None)
    if found is None:
        raise Conflict("That date is over or cancelled", remedy="name one that is to come")
    return found


def _date_to_come(work: Work, row: SeriesRow, meeting_id: UUID) -> MeetingRow:
    return _from(work, stored.meetings(work, row.id), meeting_id)


def _attendee(work: Work, row: SeriesRow, attendee_id: UUID) -> AttendeeRow:
    found = stored_attendees.one(work, row.id, attendee_id)
    if found is None:
        raise missing("attendee")
    return found


def _uninvite(guest: AttendeeRow, meetings: Sequence[MeetingRow]) -> None:
    guest.until_at = next(each.original_at for each in meetings if each.id == guest.meeting_id)
