"""Where accounts are connected: asking for consent, and what it gives.

Like `provider`, in our own words; each host's ways stay in its folder.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from calendar_sync.provider import Capability, Provider


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody consented to, and what lets us in.

    access   goes with each request, until `until` (UTC)
    renewal  gets another access; the host may exchange it whenever it is used
    scopes   what was consented to, in the host's short words
    subject  who this is at the host, for good
    email    the address they have there, as the host says
    """

    access: str = field(repr=False)
    until: datetime
    renewal: str = field(repr=False)
    scopes: frozenset[str]
    subject: str = field(repr=False)
    email: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes with a question for consent, and proves that its answer is the answer to it.

    redirect  where the host sends the answer
    state     comes back with it; nobody else can know it
    verifier  proves to the host that we are the ones who asked (RFC 7636)
    nonce     comes back in what the host says of the person (OpenID Connect Core 3.1.2.1)
    inviting  whether to add events and invite people is asked for, besides seeing busy time
    """

    redirect: str
    state: str = field(repr=False)
    verifier: str = field(repr=False)
    nonce: str = field(repr=False)
    inviting: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """How many requests a host takes from us: in a minute of all, in one of each, in a day.

    each_at_once  how many it answers at the same time for one account; None: it does not say
    sends         whether guests are told by letters of the account's own mailbox, which sends but
                  so many in a minute
    """

    all_in_a_minute: int
    each_in_a_minute: int
    all_in_a_day: int
    each_at_once: int | None = None
    sends: bool = False


class Access(Protocol):
    """What lets a provider in."""

    def token(self, refused: str | None = None) -> str:
        """Return what goes with each request; never again what the host has `refused`.

        Raises ReconnectNeeded, or Wait while somebody else renews it.
        """


class Gate(Protocol):
    """Our own share of a host's limits."""

    def take(self, requests: int = 1) -> None:
        """Take so many requests. Raises Wait when the share is used up for now."""

    def have_letter(self) -> None:
        """See to it that the account's mailbox may send a letter. Raises Wait if it may not yet."""

    def send_letter(self) -> None:
        """Take that letter. Raises Wait if the mailbox may not send one yet."""


class Host(Protocol):
    """One kind of account that can be connected."""

    @property
    def title(self) -> str:
        """What people call it."""

    @property
    def limits(self) -> Limits:
        """How much it takes from us."""

    @property
    def is_open(self) -> bool:
        """Whether accounts can be connected: it knows us by a name."""

    @property
    def origin(self) -> str:
        """Where people give consent: scheme, host and port; of several places, spaces between."""

    def question(self, asked: Asked, hint: str) -> str:
        """Return the address where consent is asked for.

        hint  an address of mail that the person probably has there
        """

    def redeem(self, asked: Asked, code: str, now: datetime) -> Grant:
        """Exchange the code of the answer. Raises Refused, ReconnectNeeded or Wait."""

    def renew(self, grant: Grant, now: datetime) -> Grant:
        """Get another access. Raises ReconnectNeeded when consent is over, or Wait."""

    def lacking(self, scopes: frozenset[str]) -> list[str]:
        """Return what was not consented to and is needed to read busy time, in plain words."""

    def capabilities(self, scopes: frozenset[str]) -> frozenset[Capability]:
        """Return what an account can be asked whose owner consented to this."""

    def kind(self, scopes: frozenset[str]) -> str:
        """Return in words what kind of account it is, if its owner may take it for another.

        "": a host has one kind, or it is the one that is expected.
        """

    def ends_at(self, scopes: frozenset[str]) -> str | None:
        """Return where the owner of an account ends consent, as an address of https.

        "": where they sign in; we know no address. None: we give it back for them.
        """

    def allows(self, described: str) -> str | None:
        """Return what an administrator has to allow before somebody may consent.

        described  how the host described that nothing was allowed; None: not for that reason
        """

    def give_back(self, grant: Grant) -> None:
        """Give all access back; succeed if it is gone already. Raises Wait."""

    def provider(self, access: Access, gate: Gate, scopes: frozenset[str]) -> Provider:
        """Return what a connected account can be asked."""
