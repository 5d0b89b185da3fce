"""Deleting calendars, and what they leave behind: their times, and plans in which these show."""

from collections.abc import Sequence
from uuid import UUID

from services.flow import again
from services.storage import accounts, answers, colleagues, members, objections, plans
from services.storage.erasing import erase
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.groups import MemberRow
from services.storage.work import Work


def drop(work: Work, row: CalendarRow) -> None:
    """Delete a calendar with what was read of it, and the plans in which its times show."""
    if row.account_id is not None and row.source is Source.ACCOUNT:
        account = accounts.locked(work, row.account_id)  # before the plans, as whoever lets it go
        if account is None:
            return  # it was let go meanwhile, with all that was read of it
        account.watch_at = None  # its channel is closed
    concerned = (
        [row.group_id]
        if row.group_id is not None
        else [group.id for _, group in members.of_person(work, row.person_id)]
    )
    plans.drop_of_groups(work, concerned)
    answers.erase(work, concerned)
    answers.erase_of(work, row.person_id)
    work.session.delete(row)
    work.note("calendar.dropped", row.id)


def drop_by_owner(work: Work, row: CalendarRow) -> None:
    """Delete a calendar because whoever it is about wants that.

    Of what others read of them it means more: that they do not want to be read so.
    """
    if row.source is Source.COLLEAGUE and row.group_id is not None:
        member = members.person_in(work, row.group_id, row.person_id)
        if member is not None:
            object_to(work, member)
            return
    drop(work, row)


def object_to(work: Work, member: MemberRow) -> None:
    """Note that a member is not to be read through somebody else's account; what was read goes.

    So do the plans in which it shows: the group's coordinators hear that.
    """
    objections.make(work, member.person_id, member.group_id)
    rows = colleagues.in_group(work, member.group_id, member.person_id)
    if rows and plans.drop_of_groups(work, [member.group_id]):
        again.tell(work, [member.group_id], but=member.person_id)
    for row in rows:
        drop(work, row)
    work.session.flush()
    erase(work)
    work.note("reading.objected", member.id, member.version)


def give_way(work: Work, person: UUID) -> None:
    """Delete what others read of a person where a calendar of their own is read well by now.

    Until then both count: nothing that is known to be taken becomes free by what is added. Plans
    stay: nobody minds their times, and what is new is noticed by itself.
    """
    work.session.flush()
    _end(work, colleagues.outgrown_of(work, person))


def give_way_through(work: Work, account_id: UUID) -> None:
    """Do so for all who are read through an account."""
    work.session.flush()
    _end(work, colleagues.outgrown_through(work, account_id))


def end_reading(work: Work, group_id: UUID) -> None:
    """Let a group's members be read through nobody's account any more; what was read goes."""
    consents = colleagues.consents_of(work, group_id, locked=True)  # first, as readings do
    for row in colleagues.of_group(work, group_id):
        drop(work, row)
    for consent in consents:
        work.session.delete(consent)
        work.note("reading.withdrawn", group_id)
    work.session.flush()
    erase(work)


def _end(work: Work, rows: Sequence[CalendarRow]) -> None:
    for row in rows:
        work.session.delete(row)
        work.note("calendar.dropped", row.id)
    if rows:
        work.session.flush()
        erase(work)
