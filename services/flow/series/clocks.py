"""By which clocks the people of a series live, where they are others than the group's."""

from services.flow import rights
from services.storage import members
from services.storage.rows.groups import MemberRow
from services.storage.rows.people import PersonRow
from services.storage.rows.series import AttendeeRow, SeriesRow
from services.storage.work import Work


def own(work: Work, attendee: AttendeeRow) -> str:
    """The zone of somebody as they say, else as a coordinator wrote it down; "": nobody did."""
    person = work.session.get(PersonRow, attendee.person_id)
    member = work.session.get(MemberRow, attendee.member_id) if attendee.member_id else None
    return (person and person.timezone) or (member and member.timezone) or ""


def of_group(work: Work, row: SeriesRow) -> dict[str, list[str]]:
    """The zones of a group, its own first, each with the names of the members who live by it.

    That of the one who asks is among them, member or not. Whoever has not joined said nothing
    yet: of them counts what a coordinator wrote down.
    """
    found: dict[str, list[str]] = {row.timezone: []}
    for member, person in members.of(work, row.group_id):
        theirs = person.timezone if member.joined_at is not None else None
        found.setdefault(theirs or member.timezone or row.timezone, []).append(member.name)
    asking = work.session.get(PersonRow, rights.actor(work))
    if asking is not None and asking.timezone:
        found.setdefault(asking.timezone, [])
    return found
