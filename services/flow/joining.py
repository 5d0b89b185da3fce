"""Becoming a member: by the link of an invitation, or by a button for who is signed in already."""

from uuid import UUID

from services.facts import MemberJoined
from services.flow import dropping, rights
from services.flow.rights import missing
from services.storage import members
from services.storage.rows.groups import MemberRow
from services.storage.work import Work


def join(work: Work, member: MemberRow) -> None:
    """Note that somebody accepted to be a member; twice is once."""
    if member.joined_at is not None:
        return
    member.joined_at = work.now
    work.session.flush()
    work.note("member.joined", member.id, member.version)
    work.record(MemberJoined(member.id))
    dropping.give_way(work, member.person_id)  # calendars of their own count from now on


def oneself(work: Work, group_id: UUID) -> None:
    """Join a group in which one was entered: whoever is signed in has shown who they are.

    Raises SignInNeeded or Missing.
    """
    rights.standing(work, group_id)
    member = members.person_in(work, group_id, rights.actor(work))
    if member is None:
        raise missing("membership")
    join(work, member)
