"""Google as a host of accounts (`calendar_sync.host.Host`)."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from calendar_sync.google import consent, scopes
from calendar_sync.google.calendar import GoogleCalendar
from calendar_sync.google.where import Where
from calendar_sync.host import Access, Asked, Gate, Grant, Limits
from calendar_sync.provider import Capability, Provider

_LIMITS = Limits(all_in_a_minute=10_000, each_in_a_minute=600, all_in_a_day=500_000)


@dataclass(frozen=True, slots=True)
class GoogleHost:
    """Google's accounts, or those of a host that speaks like it.

    The limits are those of projects made since May 2026; a day's number is ours: so much is more
    than anybody needs, and what a loop may cost.
    https://developers.google.com/workspace/calendar/api/guides/quota
    """

    where: Where
    title: str = "Google Calendar"
    limits: Limits = _LIMITS

    @property
    def is_open(self) -> bool:
        return self.where.client_id is not None

    @property
    def origin(self) -> str:
        parts = urlsplit(self.where.oauth_url)
        return f"{parts.scheme}://{parts.netloc}"

    def question(self, asked: Asked, hint: str) -> str:
        wanted = consent.SCOPES + (consent.INVITING if asked.inviting else ())
        return consent.authorise_url(self.where, asked, wanted, hint)

    def redeem(self, asked: Asked, code: str, now: datetime) -> Grant:
        return consent.redeem(self.where, asked, code, now)

    def renew(self, grant: Grant, now: datetime) -> Grant:
        return consent.refresh(self.where, grant, now)

    def lacking(self, given: frozenset[str]) -> list[str]:
        needed = (scopes.LISTING, scopes.BUSY)
        return [scopes.in_words(each) for each in needed if not each & given]

    def capabilities(self, given: frozenset[str]) -> frozenset[Capability]:
        return scopes.capabilities(given)

    def kind(self, given: frozenset[str]) -> str:
        del given
        return ""

    def ends_at(self, given: frozenset[str]) -> str | None:
        del given
        return None

    def allows(self, described: str) -> str | None:
        del described
        return None

    def give_back(self, grant: Grant) -> None:
        consent.revoke(self.where, grant.renewal or grant.access)

    def provider(self, access: Access, gate: Gate, given: frozenset[str]) -> Provider:
        return GoogleCalendar(self.where, access, gate, given)
