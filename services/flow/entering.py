"""Entering an account with an app password, at hosts that ask nobody for consent.

What was typed is tried at the host before anything is written, and no transaction is open while
the host thinks. It is kept sealed, with the account, and nowhere else.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable
from uuid import UUID

from calendar_sync.caldav.login import Login
from calendar_sync.errors import ReconnectNeeded, Wait
from calendar_sync.host import Gate, Grant
from services.flow import access, calendars, connecting, limits
from services.flow.access import Opening
from services.flow.errors import Conflict, TooMany, Unfit
from services.flow.limits import Limit
from services.flow.memory import Memory
from services.flow.rights import missing
from services.keys import Keys, Unsealable
from services.storage.rows.accounts import AccountRow, Host
from services.storage.work import Work

TRIES = Limit(  # by the person who tries
    "enter", 10, 15 * 60, "More than 10 passwords for calendars were tried within 15 minutes"
)
TRIES_OF = Limit(  # by the account, whoever tries: its host might lock it
    "enter as", 10, 15 * 60, "More than 10 passwords for this account were tried within 15 minutes"
)
REFUSED = (
    "The calendar host does not let this user in with this password",
    "check the user's name, and make a new app password there; the account's own is often refused",
)


@runtime_checkable
class Entrance(Protocol):
    """A host (`calendar_sync.host.Host`) whose accounts are entered with a password."""

    def enter(self, login: Login, gate: Gate, now: datetime) -> Grant:
        """Try a login. Raises ReconnectNeeded when it is wrong."""


@dataclass(frozen=True, slots=True)
class _Patience:
    """The gate of somebody who waits for an answer: nothing goes on later by itself."""

    gate: Gate

    def take(self, requests: int = 1) -> None:
        try:
            self.gate.take(requests)
        except Wait:
            raise TooMany(
                "Your calendar host was asked too often just now",
                remedy="try again in a minute",
                seconds=60,
            ) from None

    def have_letter(self) -> None:
        self.gate.have_letter()

    def send_letter(self) -> None:
        self.gate.send_letter()


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody types to be let in."""

    address: str = field(repr=False)
    user: str = field(repr=False)
    password: str = field(repr=False)


def enter(
    memory: Memory,
    opening: Opening,
    actor: UUID | None,
    typed: Typed,
    account_id: UUID | None = None,
) -> UUID:
    """Try a login and connect its account; return the account's id.

    account_id  of an account that is entered once more
    Raises Unfit, Conflict, TooMany, and what the host answers: Refused, NotAllowed or Wait.
    """
    with memory.reading(actor) as work:
        owner = calendars.own(work)
        if account_id is None:
            connecting.has_room(work, owner.person_id)
        else:
            own(work, account_id)
    login = _login(typed, owner.zone)
    limits.allow(memory, TRIES, str(owner.person_id))
    limits.allow(memory, TRIES_OF, f"{login.link.place} {login.user.lower()}")
    grant = _tried(opening, owner.person_id, login)
    with memory.work(actor) as work:
        return connecting.entered(work, opening.keys, Host.CALDAV, grant, account_id).id


def own(work: Work, account_id: UUID) -> AccountRow:
    """An account of the one who asks, which is entered with a password. Raises Missing."""
    row = connecting.own(work, account_id)
    if not row.host.is_entered:
        raise missing("account")
    return row


def login_of(keys: Keys, row: AccountRow) -> Login | None:
    """What lets us into an account; None: it is not entered with a password, or does not open."""
    if not row.host.is_entered:
        return None
    try:
        return Login.read(access.opened(keys, row.sealed, access.owner_of(row)).access)
    except (Unsealable, ReconnectNeeded):
        return None


def server_of(keys: Keys, row: AccountRow) -> str | None:
    """Where an account is, if its kind of host does not say it: the name alone, and the port."""
    login = login_of(keys, row)
    return None if login is None else login.link.place


def _login(typed: Typed, zone: str) -> Login:
    for said, what in (
        (typed.address, "address"), (typed.user, "user's name"), (typed.password, "app password"),
    ):  # fmt: skip
        if not said.strip():
            raise Unfit(f"The {what} is missing", remedy="your calendar host shows it to you")
    return Login.typed(typed.address, typed.user, typed.password, zone)


def _tried(opening: Opening, person_id: UUID, login: Login) -> Grant:
    at: object = opening.hosts.get(Host.CALDAV)
    if not isinstance(at, Entrance):
        raise Conflict(
            "This installation cannot connect accounts by a password",
            remedy="add the calendar in another way",
        )
    gate = opening.gates[Host.CALDAV].of(person_id)
    try:
        return at.enter(login, _Patience(gate), opening.now())
    except ReconnectNeeded:
        raise Unfit(REFUSED[0], remedy=REFUSED[1]) from None
    finally:
        gate.done()
