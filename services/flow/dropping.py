"""Deleting calendars, and what they leave behind: their times, and plans in which these show."""

from uuid import UUID

from services.storage import answers, colleagues, members, plans
from services.storage.erasing import erase
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.rows.groups import MemberRow
from services.storage.work import Work


def drop(work: Work, row: CalendarRow) -> None:
    """Delete a calendar with what was read of it, and the plans in which its times show."""
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
    """Note that a member is not to be read through somebody else's account; what was read goes."""
    member.unread_by_others = True
    for row in colleagues.in_group(work, member.group_id, member.person_id):
        drop(work, row)
    work.session.flush()
    erase(work)
    work.note("reading.objected", member.id, member.version)


def give_way(work: Work, person: UUID) -> None:
    """Delete what others read of a person where something else is known of them by now.

    Plans stay: nobody minds their times, and what is new is noticed by itself.
    """
    work.session.flush()
    for row in colleagues.outgrown(work, person):
        work.session.delete(row)
        work.note("calendar.dropped", row.id)
    work.session.flush()


def end_reading(work: Work, group_id: UUID) -> None:
    """Let a group's members be read through nobody's account any more; what was read goes."""
    for row in colleagues.of_group(work, group_id):
        drop(work, row)
    for consent in colleagues.consents_of(work, group_id):
        work.session.delete(consent)
        work.note("reading.withdrawn", group_id)
    work.session.flush()
    erase(work)
