"""Following a link. Opening one shows what it is for; using it takes a button, and works once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.flow import groups, joining, limits, persons, proof, read_by, sessions, signin
from services.flow.errors import Gone, Missing, Unfit
from services.flow.limits import MAILS_FROM, MAILS_TO
from services.flow.memory import Memory
from services.flow.read_by import ReadBy
from services.storage import groups as stored_groups
from services.storage import links as stored
from services.storage import members, people
from services.storage.rows.groups import GroupRow, MemberRow
from services.storage.rows.people import LinkRow, PersonRow, Purpose
from services.storage.work import Work


class LinkGone(Gone):
    """A link that is used up or over.

    renewable  whether `again` can send a new one to the same address
    """

    def __init__(self, what: str, *, remedy: str, purpose: Purpose, renewable: bool) -> None:
        super().__init__(what, remedy=remedy)
        self.purpose = purpose
        self.renewable = renewable


@dataclass(frozen=True, slots=True)
class LinkView:
    """What a link is for, as its page says it.

    name         of the person it signs in; None: its reader is asked for one
    email        None: its reader is asked for one as well
    group_id, group_title  None unless it leads into a group
    invited_by   the name of whoever invited them
    read_by      how their time is read for the group before they join; None: it is not
    """

    purpose: Purpose
    name: str | None
    email: str | None
    group_id: UUID | None
    group_title: str | None
    invited_by: str | None
    read_by: ReadBy | None
    expires_at: datetime


def look(memory: Memory, secret: str, remote: str) -> LinkView:
    """Say what a link is for, and change nothing. Raises Missing, LinkGone or TooMany."""
    _counted(memory, secret, remote)
    with memory.reading() as work:
        link = _alive(work, secret)
        person = _person(work, link)
        group = None if link.group_id is None else work.session.get(GroupRow, link.group_id)
        inviter = None if link.invited_by is None else people.by_id(work, link.invited_by)
        return LinkView(
            purpose=link.purpose,
            name=person.name if person else None,
            email=person.email if person else link.email,
            group_id=link.group_id,
            group_title=group.title if group else None,
            invited_by=inviter.name if inviter else None,
            read_by=_read_by(work, link),
            expires_at=link.expires_at,
        )


def follow(
    memory: Memory, secret: str, remote: str, *, name: str | None = None, email: str | None = None
) -> tuple[PersonRow, str]:
    """Use a link: return who has come in, and the secret of their session.

    Whoever is new here says their name, and with the first link their address as well. Raises
    Missing, LinkGone, TooMany, or Unfit when that is wanting; only then can the link be used again.
    """
    _counted(memory, secret, remote)
    with memory.work() as work:
        link = _alive(work, secret)
        if stored.use(work, proof.hashed(secret)) is None:
            raise _used(link)  # by somebody quicker
        person = _person(work, link) or _newcomer(work, link, name, email)
        work.actor = person.id
        if link.purpose is Purpose.INVITATION:
            _join(work, link)
        return person, sessions.opened(work, person.id)


def again(memory: Memory, secret: str, remote: str) -> None:
    """Send a new link in place of one that is over, to the same address.

    Raises Missing, TooMany, or Gone when there is nothing it could lead to any more.
    """
    _counted(memory, secret, remote)
    with memory.reading() as work:
        address = _address(work, _known(work, secret))
    limits.allow(memory, MAILS_FROM, limits.network_of(remote))
    limits.allow(memory, MAILS_TO, address)
    with memory.work() as work:
        link = _known(work, secret)
        _address(work, link)
        purpose = link.purpose
        if purpose is Purpose.INVITATION and _membership(work, link, joined=True):
            purpose = Purpose.SIGN_IN
        signin.made(
            work,
            purpose,
            person_id=link.person_id,
            email=link.email,
            group_id=None if purpose is Purpose.SIGN_IN else link.group_id,
            invited_by=link.invited_by,
        )
        work.note("link.renewed", link.id)


def _read_by(work: Work, link: LinkRow) -> ReadBy | None:
    if link.purpose is not Purpose.INVITATION or link.person_id is None or link.group_id is None:
        return None
    return read_by.reader_of(work, link.person_id, link.group_id)


def _counted(memory: Memory, secret: str, remote: str) -> None:
    """Count a look-up that finds nothing as a guess. Raises Missing or TooMany."""

    def known() -> LinkRow | None:
        if not proof.well_formed(secret):
            return None
        with memory.reading() as work:
            return stored.by_hash(work, proof.hashed(secret))

    if limits.guessed(memory, remote, known) is None:
        raise _missing()


def _known(work: Work, secret: str) -> LinkRow:
    link = stored.by_hash(work, proof.hashed(secret))
    if link is None:
        raise _missing()
    return link


def _alive(work: Work, secret: str) -> LinkRow:
    """Find a link that can still be used. Raises Missing or LinkGone."""
    link = _known(work, secret)
    if not _leads_somewhere(work, link):
        raise LinkGone(
            "This link leads nowhere any more",
            remedy="ask a coordinator of the group, or sign in by mail",
            purpose=link.purpose,
            renewable=False,
        )
    if link.used_at is not None:
        raise _used(link)
    if link.expires_at <= work.now:
        raise LinkGone(
            "This link is too old",
            remedy="ask for a new one",
            purpose=link.purpose,
            renewable=link.purpose is not Purpose.FIRST,
        )
    return link


def _leads_somewhere(work: Work, link: LinkRow) -> bool:
    """Whether what the link was made for still stands: not gone, and not made anew since."""
    match link.purpose:
        case Purpose.INVITATION:
            member = _membership(work, link)
            return member is not None and member.created_at <= link.created_at
        case Purpose.COORDINATION | Purpose.PLAN_AGAIN | Purpose.MEMBER_LEFT:
            return _coordinates(work, link)
        case Purpose.CALENDAR_LOST | Purpose.RECONNECT:  # one's own, or one of a group
            return link.group_id is None or _coordinates(work, link)
        case Purpose.FIRST:
            return link.used_at is not None or not people.anybody(work)
        case _:
            return True


def _coordinates(work: Work, link: LinkRow) -> bool:
    assert link.group_id is not None
    return any(
        row.person_id == link.person_id and row.since <= link.created_at
        for row, _ in stored_groups.coordinators(work, link.group_id)
    )


def _membership(work: Work, link: LinkRow, *, joined: bool = False) -> MemberRow | None:
    assert link.group_id is not None
    assert link.person_id is not None
    member = members.person_in(work, link.group_id, link.person_id)
    return None if member is None or (joined and member.joined_at is None) else member


def _person(work: Work, link: LinkRow) -> PersonRow | None:
    """Whom the link signs in, who may have become a person since it was made."""
    if link.person_id is not None:
        return people.by_id(work, link.person_id)
    return None if link.email is None else people.by_email(work, link.email)


def _newcomer(work: Work, link: LinkRow, name: str | None, email: str | None) -> PersonRow:
    if name is None or (email is None and link.email is None):
        raise Unfit("We do not know you yet", remedy="write your name and your address of mail")
    person = persons.found_or_made(work, link.email or email or "", groups.line(name, "name"))
    work.note("person.added", person.id)
    return person


def _join(work: Work, link: LinkRow) -> None:
    member = _membership(work, link)
    if member is not None:
        joining.join(work, member)


def _address(work: Work, link: LinkRow) -> str:
    """Where a new link of this kind may go. Raises LinkGone."""
    person = _person(work, link)
    address = person.email if person else link.email
    if address is None or not _leads_somewhere(work, link):
        raise LinkGone(
            "There is nothing that a new link could lead to",
            remedy="ask a coordinator of the group, or sign in by mail",
            purpose=link.purpose,
            renewable=False,
        )
    return address


def _used(link: LinkRow) -> LinkGone:
    return LinkGone(
        "This link was used already",
        remedy="ask for a new one",
        purpose=link.purpose,
        renewable=link.purpose is not Purpose.FIRST,
    )


def _missing() -> Missing:
    return Missing("There is no such link", remedy="copy the whole address out of the mail")
