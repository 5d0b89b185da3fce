"""A host of accounts in this process, and somebody who consents there."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded, SyncError
from calendar_sync.host import Access, Asked, Gate, Grant, Limits
from calendar_sync.memory import MemoryProvider
from calendar_sync.provider import Capability, Provider
from services.flow import accounts, consent, listing
from services.storage import accounts as stored
from services.storage import people
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host
from services.wiring import Runtime

_LIMITS = Limits(10_000, 600, 500_000)
LISTS, SEES = "see the list of calendars", "see when calendars are busy"


@dataclass
class AHost:
    """Every account here shows the same calendars. The code of an answer says who consents."""

    title: str = "Google Calendar"
    limits: Limits = _LIMITS
    is_open: bool = True
    origin: str = "https://host.test"
    ends: str | None = None
    account: MemoryProvider = field(default_factory=MemoryProvider)
    scopes: frozenset[str] = frozenset((LISTS, SEES))
    given_back: list[str] = field(default_factory=list)
    redeemed: list[Asked] = field(default_factory=list)
    trouble: SyncError | None = None

    def __post_init__(self) -> None:
        self.account.add("Mia's own week", main=True)
        self.account.add("Ward 7")

    def question(self, asked: Asked, hint: str) -> str:
        return f"{self.origin}/consent?{urlencode({'state': asked.state, 'login_hint': hint})}"

    def redeem(self, asked: Asked, code: str, now: datetime) -> Grant:
        if code == "spent":
            raise ReconnectNeeded("The code is spent", remedy="connect again")
        self.redeemed.append(asked)
        return Grant(
            "access", now + timedelta(hours=1), f"renewal of {code}", self.scopes, code, code
        )

    def renew(self, grant: Grant, now: datetime) -> Grant:
        return grant

    def lacking(self, scopes: frozenset[str]) -> list[str]:
        return [each for each in (LISTS, SEES) if each not in scopes]

    def kind(self, scopes: frozenset[str]) -> str:
        return ""

    def capabilities(self, scopes: frozenset[str]) -> frozenset[Capability]:
        return self.account.capabilities

    def ends_at(self, scopes: frozenset[str]) -> str | None:
        return self.ends

    def allows(self, described: str) -> str | None:
        return "the application 7c0a" if described.startswith("AADSTS90094") else None

    def give_back(self, grant: Grant) -> None:
        self.given_back.append(grant.email)

    def provider(self, access: Access, gate: Gate, scopes: frozenset[str]) -> Provider:
        access.token()
        if self.trouble is not None:
            raise self.trouble
        return self.account


def connected(runtime: Runtime, person: UUID) -> UUID:
    """Let somebody have connected their own account; return its id."""
    asked = Asked("", "", "", "")
    with runtime.work(person) as work:
        who = people.by_id(work, person)
        assert who is not None
        grant = AHost().redeem(asked, who.email, work.now)
        answer = consent.Answer(Host.GOOGLE, asked, None)
        row = consent.granted(work, runtime.keys, answer, grant, new_id())
        assert isinstance(row, AccountRow)
        return row.id


def chosen(runtime: Runtime, person: UUID) -> tuple[UUID, UUID]:
    """Let somebody have chosen the main calendar of their account; return the ids of both."""
    account_id = connected(runtime, person)
    offered = listing.offered(runtime, runtime.opening, person, account_id)
    with runtime.work(person) as work:
        row = accounts.own(work, account_id)
        accounts.choose(work, runtime.keys, row, offered, {offered[0].mark: "work"})
        [calendar] = stored.calendars_of(work, account_id)
        return account_id, calendar.id
