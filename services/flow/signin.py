"""Making the links by which people come in. Their secrets are made when the mail is written."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from services.facts import LinkMade
from services.flow import limits, persons, proof
from services.flow.limits import MAILS_FROM, MAILS_TO
from services.flow.memory import Memory
from services.storage import links, people
from services.storage.rows.people import LinkRow, Purpose
from services.storage.work import Work

LIFETIMES = {
    Purpose.SIGN_IN: timedelta(minutes=20),
    Purpose.SIGN_UP: timedelta(minutes=20),
    Purpose.INVITATION: timedelta(days=14),
    Purpose.COORDINATION: timedelta(days=14),
    Purpose.PLAN_AGAIN: timedelta(days=14),
    Purpose.MEMBER_LEFT: timedelta(days=14),
    Purpose.CALENDAR_LOST: timedelta(days=14),
    Purpose.RECONNECT: timedelta(days=14),
    Purpose.FIRST: timedelta(hours=24),
}
_ALIVE = 3  # links of one kind that one person may hold: the mails may overtake one another


def ask(memory: Memory, email: str, remote: str, *, sign_up: bool = False) -> None:
    """Ask for a mail with a link to sign in. Raises Unfit or TooMany.

    A stranger's address has the same outcome, by the same steps: only the mail is missing.

    sign_up  whether strangers get a link as well, to become a person here
    """
    address = persons.address(email)
    limits.allow(memory, MAILS_FROM, limits.network_of(remote))
    limits.allow(memory, MAILS_TO, address)
    with memory.work() as work:
        person = people.by_email(work, address)
        link = (
            made(work, Purpose.SIGN_UP, email=address)
            if person is None
            else made(work, Purpose.SIGN_IN, person_id=person.id)
        )
        if not persons.reachable(address) or (person is None and not sign_up):
            work.session.delete(link)  # it was written all the same, because that takes its time
            work.session.flush()
        work.note("signin.asked")


def invite(work: Work, person_id: UUID, group_id: UUID, purpose: Purpose) -> LinkRow:
    """Make a link into a group. Whoever calls this notes for the audit who was invited to what."""
    return made(work, purpose, person_id=person_id, group_id=group_id, invited_by=work.actor)


def first_link(work: Work) -> str | None:
    """Make the link of the first coordinator and return its secret; None if there is anybody.

    Earlier ones end: what was printed before may lie in a log.
    """
    if people.anybody(work):
        return None
    links.expire_all(work, Purpose.FIRST)
    secret = proof.minted()
    link = made(work, Purpose.FIRST, secret_hash=proof.hashed(secret), sent_at=work.now)
    work.note("first_link.made", link.id)
    return secret


def handed_over(work: Work, person_id: UUID) -> str:
    """Make a link to sign in for whoever runs the command line, and return its secret."""
    secret = proof.minted()
    link = made(
        work,
        Purpose.SIGN_IN,
        person_id=person_id,
        secret_hash=proof.hashed(secret),
        sent_at=work.now,
    )
    work.note("link.handed_over", link.id)
    return secret


def made(work: Work, purpose: Purpose, **values: Any) -> LinkRow:
    """Make a link that waits for its mail; of those it could stand for, only a few stay alive."""
    link = LinkRow(
        purpose=purpose,
        created_at=work.now,
        due_at=work.now,
        expires_at=work.now + LIFETIMES[purpose],
        **values,
    )
    work.add(link)
    work.session.flush()
    links.expire_older(work, link, _ALIVE)
    if link.sent_at is None:
        work.record(LinkMade(link.id))
    return link
