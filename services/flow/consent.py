"""Asking somebody for consent at a host of calendars, in their own browser.

What comes back counts for the browser that was sent, for the person who was signed in there, and
once. Another account than the one that was expected is connected only after a word of its owner.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from calendar_sync.host import Asked, Grant
from calendar_sync.host import Host as At
from calendar_sync.provider import Capability
from services.flow import access, connecting, proof, rights
from services.flow.errors import Conflict, Unfit
from services.flow.rights import missing
from services.keys import Keys, Unsealable
from services.storage import accounts, people
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, ConsentRow, Host
from services.storage.work import Work

_TIME = timedelta(minutes=10)  # in which somebody answers
_ANOTHER = "begin again on your page, in this browser"


@dataclass(frozen=True, slots=True)
class Answer:
    """Consent as it was asked for: what proves that an answer answers it.

    account_id  of the account to be connected once more; None: a new one
    """

    host: Host
    asked: Asked
    account_id: UUID | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """The account is not the one that was expected: does its owner want it?

    secret  goes with the form that says so
    email   of the account; shown to the one who asks, kept sealed
    kind    of account, in words, if there are several kinds with one address
    """

    secret: str = field(repr=False)
    email: str
    expected: str
    kind: str = ""


def ask(  # noqa: PLR0913 -- what is asked, each by its name
    work: Work,
    keys: Keys,
    at: At,
    host: Host,
    session_id: UUID,
    *,
    redirect: str,
    account_id: UUID | None = None,
    inviting: bool = False,
) -> str:
    """Return the address at which this browser asks for consent. Raises Conflict or Missing.

    account_id  of an account that is to be connected once more; what it was asked for before is
                asked for again
    inviting    whether it is to invite people as well
    """
    person = people.by_id(work, rights.actor(work))
    if person is None:
        raise missing("person")
    if not at.is_open:
        raise Conflict(
            f"This installation cannot connect {at.title}",
            remedy="add the calendar in another way, or ask whoever runs it",
        )
    row = None if account_id is None else connecting.own(work, account_id)
    if row is None:
        connecting.has_room(work, person.id)
    end(work, person.id)
    before = frozenset[str]() if row is None else frozenset(row.scopes)
    inviting = inviting or Capability.INVITES in at.capabilities(before)
    asked = Asked(redirect, proof.minted(), proof.minted(), proof.minted(), inviting)
    consent = ConsentRow(
        id=new_id(),
        state_hash=proof.hashed(asked.state),
        session_id=session_id,
        person_id=person.id,
        host=host,
        sealed=b"",
        account_id=account_id,
        expires_at=work.now + _TIME,
    )
    consent.sealed = keys.sealed(
        json.dumps([redirect, asked.verifier, asked.nonce, inviting]), _owner(consent)
    )
    work.add(consent)
    work.session.flush()
    hint = None if row is None else access.email_of(keys, row)
    return at.question(asked, hint or person.email)


def answered(work: Work, keys: Keys, host: Host, session_id: UUID | None, state: str) -> Answer:
    """Take the answer that came to this browser; it is used up, whatever comes of it.

    Raises Unfit where it is not the answer to what this person was asked here.
    """
    row = accounts.take_consent(work, proof.hashed(state), answered=False)
    if row is None or row.expires_at <= work.now:
        raise Unfit("This answer was used already, or its time is over", remedy=_ANOTHER)
    if row.host is not host:
        raise Unfit("This answer comes from another host than was asked", remedy=_ANOTHER)
    if session_id is None or row.session_id != session_id or row.person_id != work.actor:
        raise Unfit("This answer belongs to another browser or person", remedy=_ANOTHER)
    redirect, verifier, nonce, *inviting = json.loads(keys.opened(row.sealed, _owner(row)))
    asked = Asked(redirect, state, verifier, nonce, any(inviting))  # an earlier version said none
    return Answer(host, asked, row.account_id)


def granted(  # noqa: PLR0913 -- what was given, each by its name
    work: Work, keys: Keys, answer: Answer, grant: Grant, session_id: UUID, *, kind: str = ""
) -> AccountRow | Doubt:
    """Connect the account that consent was given for, or ask whether it is the right one.

    kind  what kind of account it is, if that alone is a reason to ask
    Raises Conflict where it cannot be connected.
    """
    person = people.by_id(work, rights.actor(work))
    if person is None:
        raise missing("person")
    if answer.account_id is not None:
        return connecting.again(work, keys, answer.account_id, grant)
    known = accounts.known_as(work, answer.host, connecting.identity(keys, answer.host, grant))
    if known is not None and known.person_id != person.id:
        raise Conflict(
            "This account is connected to another person here",
            remedy="choose another account, or disconnect it there",
        )
    if known is not None:
        return connecting.again(work, keys, known.id, grant)
    if grant.email.lower() == person.email and not kind:
        return connecting.connected(work, keys, answer.host, grant)
    secret = _doubt(work, keys, answer.host, grant, session_id)
    return Doubt(secret, grant.email, person.email, kind)


def confirmed(work: Work, keys: Keys, session_id: UUID | None, secret: str) -> AccountRow:
    """Connect an account after all that is not the one that was expected. Raises Unfit."""
    row = accounts.take_consent(work, proof.hashed(secret), answered=True)
    if row is None or row.expires_at <= work.now:
        raise Unfit("This was decided already, or its time is over", remedy=_ANOTHER)
    if session_id is None or row.session_id != session_id or row.person_id != work.actor:
        raise Unfit("This belongs to another browser or person", remedy=_ANOTHER)
    grant = access.opened(keys, row.sealed, _owner(row))
    if accounts.known_as(work, row.host, connecting.identity(keys, row.host, grant)) is not None:
        raise Conflict("This account is connected already", remedy="choose another account")
    connecting.has_room(work, row.person_id)
    return connecting.connected(work, keys, row.host, grant)


def refused(work: Work, keys: Keys, host: Host, grant: Grant) -> None:
    """Have a grant given back that nothing came of."""
    owner = f"refused {new_id()}"
    access.release(work, host, access.sealed(keys, grant, owner), owner)


def given(work: Work, keys: Keys, person: UUID) -> list[tuple[Host, frozenset[str]]]:
    """What a person has consented to, and where, while it waits for their word."""
    found = []
    for each in accounts.consents_of(work, person):
        if each.answered:
            with suppress(Unsealable):
                found.append((each.host, access.opened(keys, each.sealed, _owner(each)).scopes))
    return found


def end(work: Work, person: UUID) -> None:
    """Forget what a person was asked for, and give back what was not wanted."""
    for each in accounts.consents_of(work, person):
        _drop(work, each)


def end_over(work: Work) -> int:
    """Forget what nobody answered in time."""
    rows = accounts.consents(work, before=work.now)
    for each in rows:
        _drop(work, each)
    return len(rows)


def end_all(work: Work) -> None:
    """Forget what anybody was asked for; what was given goes back in any case."""
    for each in accounts.consents(work):
        _drop(work, each, always=True)


def _doubt(work: Work, keys: Keys, host: Host, grant: Grant, session_id: UUID) -> str:
    """Keep a grant until its owner says whether it is the right account; return their secret."""
    secret = proof.minted()
    row = ConsentRow(
        id=new_id(),
        state_hash=proof.hashed(secret),
        session_id=session_id,
        person_id=rights.actor(work),
        host=host,
        sealed=b"",
        answered=True,
        identity=connecting.identity(keys, host, grant),
        expires_at=work.now + _TIME,
    )
    row.sealed = access.sealed(keys, grant, _owner(row))
    work.add(row)
    work.session.flush()
    return secret


def _drop(work: Work, row: ConsentRow, *, always: bool = False) -> None:
    if row.answered:
        access.release(work, row.host, row.sealed, _owner(row), always=always)
    work.session.delete(row)
    work.session.flush()


def _owner(row: ConsentRow) -> str:
    return f"consent {row.host.value} {row.person_id} {row.id}"
