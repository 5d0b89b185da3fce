"""Outlook as a host of accounts (`calendar_sync.host.Host`)."""

from dataclasses import dataclass
from datetime import datetime

from calendar_sync.host import Access, Asked, Gate, Grant, Limits
from calendar_sync.outlook import authority, consent, scopes
from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.where import Where
from calendar_sync.provider import Capability, Provider

_LIMITS = Limits(
    all_in_a_minute=60_000, each_in_a_minute=1_000, all_in_a_day=1_000_000, each_at_once=4,
    sends=True,
)  # fmt: skip
# Microsoft sends owners of personal accounts on; a browser follows a form only where it may lead.
_MICROSOFT = "https://login.microsoftonline.com"
_PERSONAL_TOO = (_MICROSOFT, "https://login.live.com")
_ENDS_WORK = "https://myapplications.microsoft.com"
_ENDS_PERSONAL = "https://account.live.com/consent/Manage"


@dataclass(frozen=True, slots=True)
class OutlookHost:
    """Microsoft's accounts, of work and of one's own, or those of a host that speaks like it.

    Microsoft answers 10,000 requests of one mailbox in ten minutes, and four at the same time;
    all that it takes of everybody is far more than we ever ask for, and a day's number is ours.
    Guests are told by letters of the mailbox, of which Exchange sends 30 in a minute.
    https://learn.microsoft.com/graph/throttling-limits
    """

    where: Where
    title: str = "Outlook"
    limits: Limits = _LIMITS

    @property
    def is_open(self) -> bool:
        return self.where.client_id is not None

    @property
    def origin(self) -> str:
        found = self.where.origin
        return " ".join(_PERSONAL_TOO) if found == _MICROSOFT else found

    def question(self, asked: Asked, hint: str) -> str:
        return consent.question(self.where, asked, hint)

    def redeem(self, asked: Asked, code: str, now: datetime) -> Grant:
        return consent.redeem(self.where, asked, code, now)

    def renew(self, grant: Grant, now: datetime) -> Grant:
        return consent.refresh(self.where, grant, now)

    def lacking(self, given: frozenset[str]) -> list[str]:
        return [] if scopes.READING & given else [scopes.in_words(scopes.READING)]

    def capabilities(self, given: frozenset[str]) -> frozenset[Capability]:
        return scopes.capabilities(given)

    def kind(self, given: frozenset[str]) -> str:
        return "a private Microsoft account" if scopes.PERSONAL in given else ""

    def ends_at(self, given: frozenset[str]) -> str | None:
        if self.where.origin != _MICROSOFT:
            return ""
        return _ENDS_PERSONAL if scopes.PERSONAL in given else _ENDS_WORK

    def allows(self, described: str) -> str | None:
        if not authority.is_for_administrators(described):
            return None
        asked = ", ".join(consent.wanted(self.where))
        return f"the application {self.where.client_id}, with Graph's delegated permission {asked}"

    def give_back(self, grant: Grant) -> None:
        """Do nothing: Microsoft takes no access back when asked. It is forgotten."""

    def provider(self, access: Access, gate: Gate, given: frozenset[str]) -> Provider:
        return OutlookCalendar(self.where, access, gate, given)
