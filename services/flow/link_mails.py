"""Writing the mails with links. Read, speak, write: no transaction is open while a mail is sent."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from calendar_sync.host import Host as At
from notifications import compose
from notifications.errors import Undeliverable
from notifications.message import Channel, Message
from services.flow import persons, proof, read_by
from services.flow.memory import Task
from services.flow.series import organising
from services.flow.signin import LIFETIMES
from services.storage import accounts, colleagues, links
from services.storage.links import Waiting
from services.storage.rows.accounts import Host
from services.storage.rows.people import LinkRow, Purpose
from services.storage.work import Work

_log = logging.getLogger(__name__)
_NEVER = 99_999  # tries, of a mail that can never arrive
_US = "Common Hour"  # who invites, where nobody did or they are gone


class Ended(NamedTuple):
    """What has ended of what somebody let us in with."""

    consents: bool = False
    passwords: bool = False


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is needed to write one mail, read from the database."""

    link_id: UUID
    purpose: Purpose
    to_name: str
    to_address: str
    group_title: str
    invited_by: str
    read_by: str
    read_at: str
    read_groups: str
    invites: str
    ended: Ended
    secret: str = field(repr=False)


def deliver(  # noqa: PLR0913 -- what a mail needs, each by its name
    task: Task,
    channel: Channel,
    address: str,
    link_id: UUID,
    *,
    derived: Callable[[UUID], str],
    hosts: Mapping[Host, At],
) -> None:
    """Write the mail of a link, if it still waits for one. Raises TryLater when it has to wait.

    Every try has the same secret and the same key: should two mails arrive, because nobody knew
    of the first, they are one mail with one link, which works.

    address  where people reach us, without a final slash
    derived  the secret of a link, which nobody can derive who does not have our key
    hosts    of accounts, for what people call them
    """
    with task.reading() as work:
        row = links.waiting(work, link_id, _NEVER)
        if row is None:
            return  # it went out, it is over, or there is nobody to write to
        letter = _letter(work, row, derived(link_id), hosts)
    with task.work() as work:
        waits = links.give_secret(
            work,
            link_id,
            secret_hash=proof.hashed(letter.secret),
            expires_at=work.now + LIFETIMES[letter.purpose],
        )
    if not waits:
        return  # it was used, ended or forgotten since it was looked up
    try:
        _send(channel, letter, address)
    except Undeliverable:
        _log.warning("the mail of link %s can never arrive", link_id)
        with task.work(last=True) as work:
            links.take_secret(work, link_id, attempts=_NEVER)
        return
    with task.work(last=True) as work:
        links.sent(work, link_id)


def _letter(work: Work, row: Waiting, secret: str, hosts: Mapping[Host, At]) -> _Letter:
    link, person, group, inviter = row
    by = None
    if link.purpose is Purpose.INVITATION and person is not None and group is not None:
        by = read_by.reader_of(work, person.id, group.id)
    return _Letter(
        link_id=link.id,
        purpose=link.purpose,
        to_name=person.name if person else "",
        to_address=person.email if person else link.email or "",
        group_title=group.title if group else "",
        invited_by=inviter or ("" if link.purpose is Purpose.MEMBER_LEFT else _US),
        read_by=by.coordinator.name if by else "",
        read_at=hosts[by.account.host].title if by else "",
        read_groups=_read_groups(work, link),
        invites=_invites(work, link),
        ended=_ended(work, link),
        secret=secret,
    )


def _read_groups(work: Work, link: LinkRow) -> str:
    """The groups whose members are read through accounts of somebody who lost them."""
    if link.purpose is not Purpose.RECONNECT or link.person_id is None or link.group_id is not None:
        return ""
    given = colleagues.given_by(work, link.person_id)
    lost = accounts.lost_among(work, {consent.account_id for consent, _ in given})
    return " and ".join(group.title for consent, group in given if consent.account_id in lost)


def _invites(work: Work, link: LinkRow) -> str:
    """The semesters to which accounts of somebody invite who lost them."""
    if link.purpose is not Purpose.RECONNECT or link.person_id is None or link.group_id is not None:
        return ""
    lost = [each for each in accounts.of_person(work, link.person_id) if each.lost_at]
    return " and ".join(row.title for each in lost for row in organising.invited_by(work, each))


def _ended(work: Work, link: LinkRow) -> Ended:
    """What somebody is to give us once more."""
    if link.purpose is not Purpose.RECONNECT or link.person_id is None:
        return Ended()
    lost = {
        each.host.is_entered for each in accounts.of_person(work, link.person_id) if each.lost_at
    }
    return Ended(consents=False in lost, passwords=True in lost)


def _send(channel: Channel, letter: _Letter, address: str) -> None:
    if not persons.reachable(letter.to_address):
        raise Undeliverable("No mail gets there", remedy="add them anew with another address")
    channel.send(_message(letter, address))


def _message(letter: _Letter, address: str) -> Message:
    to = {
        "key": letter.link_id.hex,
        "to_name": letter.to_name,
        "to_address": letter.to_address,
        "link": f"{address}/l/{letter.secret}",
    }
    if letter.purpose in (Purpose.SIGN_IN, Purpose.SIGN_UP):
        minutes = int(LIFETIMES[letter.purpose].total_seconds()) // 60
        return compose.sign_in(**to, minutes=minutes)
    if letter.purpose is Purpose.PLAN_AGAIN:
        return compose.plans_discarded(**to, group_title=letter.group_title)
    if letter.purpose is Purpose.MEMBER_LEFT:
        return compose.member_left(**to, group_title=letter.group_title, who=letter.invited_by)
    if letter.purpose is Purpose.CALENDAR_LOST:
        return compose.calendar_lost(**to, group_title=letter.group_title)
    if letter.purpose is Purpose.RECONNECT:
        return _reconnect(letter, to)
    return _invitation(letter, to)


def _reconnect(letter: _Letter, to: Mapping[str, str]) -> Message:
    if letter.group_title:
        return compose.reader_lost(**to, group_title=letter.group_title, owner=letter.invited_by)
    consents, passwords = letter.ended
    return compose.reconnect(
        **to,
        consents=consents,
        passwords=passwords,
        read_groups=letter.read_groups,
        invites=letter.invites,
    )


def _invitation(letter: _Letter, to: Mapping[str, str]) -> Message:
    into = {"group_title": letter.group_title, "invited_by": letter.invited_by}
    days = LIFETIMES[letter.purpose].days
    if letter.purpose is Purpose.INVITATION:
        by = {"read_by": letter.read_by, "read_at": letter.read_at}
        return compose.invitation(**to, **into, days=days, **by)
    return compose.coordinator_invitation(**to, **into, days=days)
