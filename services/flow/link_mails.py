"""Writing the mails with links. Read, speak, write: no transaction is open while a mail is sent."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from notifications import compose
from notifications.errors import Undeliverable
from notifications.message import Channel, Message
from services.flow import persons, proof
from services.flow.memory import Task
from services.flow.signin import LIFETIMES
from services.storage import links
from services.storage.links import Waiting
from services.storage.rows.people import Purpose

_log = logging.getLogger(__name__)
_NEVER = 99_999  # tries, of a mail that can never arrive
_US = "Common Hour"  # who invites, where nobody did or they are gone


@dataclass(frozen=True, slots=True)
class _Letter:
    """What is needed to write one mail, read from the database."""

    link_id: UUID
    purpose: Purpose
    to_name: str
    to_address: str
    group_title: str
    invited_by: str
    secret: str = field(repr=False)


def deliver(
    task: Task, channel: Channel, address: str, link_id: UUID, derived: Callable[[UUID], str]
) -> None:
    """Write the mail of a link, if it still waits for one. Raises TryLater when it has to wait.

    Every try has the same secret and the same key: should two mails arrive, because nobody knew
    of the first, they are one mail with one link, which works.

    address  where people reach us, without a final slash
    derived  the secret of a link, which nobody can derive who does not have our key
    """
    with task.reading() as work:
        row = links.waiting(work, link_id, _NEVER)
    if row is None:
        return  # it went out, it is over, or there is nobody to write to
    letter = _letter(row, derived(link_id))
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


def _letter(row: Waiting, secret: str) -> _Letter:
    link, person, group, inviter = row
    return _Letter(
        link_id=link.id,
        purpose=link.purpose,
        to_name=person.name if person else "",
        to_address=person.email if person else link.email or "",
        group_title=group.title if group else "",
        invited_by=inviter or _US,
        secret=secret,
    )


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
    if letter.purpose is Purpose.CALENDAR_LOST:
        return compose.calendar_lost(**to, group_title=letter.group_title)
    if letter.purpose is Purpose.RECONNECT:
        return compose.reconnect(**to)
    write = (
        compose.invitation
        if letter.purpose is Purpose.INVITATION
        else compose.coordinator_invitation
    )
    return write(
        **to,
        group_title=letter.group_title,
        invited_by=letter.invited_by,
        days=LIFETIMES[letter.purpose].days,
    )
