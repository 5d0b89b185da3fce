"""Writing the mails with links. Read, speak, write: no transaction is open while a mail is sent."""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from notifications import compose
from notifications.errors import TryLater, Undeliverable
from notifications.message import Channel, Message
from services.flow import persons, proof
from services.flow.memory import Memory
from services.flow.signin import LIFETIMES
from services.storage import links
from services.storage.links import Waiting
from services.storage.rows.people import Purpose

_log = logging.getLogger(__name__)
_MOST = 5  # tries for one mail
_NEVER = 99  # tries, of a mail that can never arrive
_LEASE = timedelta(minutes=2)  # after that another process may try, since the first has died
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


def deliver(memory: Memory, channel: Channel, address: str) -> int:
    """Write the mail of every link that waits for one; return how many went out.

    Raises TryLater when some have to wait. Each try has a secret of its own, and so a key of its
    own: mails under one key are taken for one mail, and the reader would keep the first.

    address  where people reach us, without a final slash
    """
    with memory.reading() as work:
        letters = [_letter(each) for each in links.waiting(work, _MOST)]
    sent, later = 0, None
    for letter in letters:
        number = _claimed(memory, letter)
        if number is None:
            continue  # another process has it, or it is over
        try:
            _send(channel, letter, number, address)
        except TryLater as error:
            later = error
            _put_off(memory, letter.link_id, error.seconds, number)
        except Undeliverable:
            _log.warning("the mail of link %s can never arrive", letter.link_id)
            _put_off(memory, letter.link_id, 0, _NEVER)
        else:
            sent += 1
            with memory.work() as work:
                links.sent(work, letter.link_id)
    if later is not None:
        raise later
    return sent


def _letter(row: Waiting) -> _Letter:
    link, person, group, inviter = row
    return _Letter(
        link_id=link.id,
        purpose=link.purpose,
        to_name=person.name if person else "",
        to_address=person.email if person else link.email or "",
        group_title=group.title if group else "",
        invited_by=inviter or _US,
        secret=proof.minted(),
    )


def _claimed(memory: Memory, letter: _Letter) -> int | None:
    """Keep the hash of the secret before anybody can read it; which try it is, or None."""
    with memory.work() as work:
        return links.claim(
            work,
            letter.link_id,
            secret_hash=proof.hashed(letter.secret),
            expires_at=work.now + LIFETIMES[letter.purpose],
            lease=work.now + _LEASE,
            most_attempts=_MOST,
        )


def _put_off(memory: Memory, link_id: UUID, seconds: float, attempts: int) -> None:
    with memory.work() as work:
        links.put_off(work, link_id, work.now + timedelta(seconds=seconds), attempts)


def _send(channel: Channel, letter: _Letter, number: int, address: str) -> None:
    if not persons.reachable(letter.to_address):
        raise Undeliverable("No mail gets there", remedy="add them anew with another address")
    channel.send(_message(letter, number, address))


def _message(letter: _Letter, number: int, address: str) -> Message:
    to = {
        "key": f"{letter.link_id.hex}-{number}",
        "to_name": letter.to_name,
        "to_address": letter.to_address,
        "link": f"{address}/l/{letter.secret}",
    }
    if letter.purpose in (Purpose.SIGN_IN, Purpose.SIGN_UP):
        minutes = int(LIFETIMES[letter.purpose].total_seconds()) // 60
        return compose.sign_in(**to, minutes=minutes)
    if letter.purpose is Purpose.PLAN_AGAIN:
        return compose.plans_discarded(**to, group_title=letter.group_title)
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
