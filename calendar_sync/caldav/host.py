"""CalDAV hosts as one host of accounts (`calendar_sync.host.Host`), entered with a password.

There is no page of theirs on which somebody consents: they type where their calendars are, who
they are there and an app password, and `enter` tries it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from calendar_sync.caldav import discovery
from calendar_sync.caldav.calendar import CAPABILITIES, CalDavCalendar
from calendar_sync.caldav.exchange import Exchange
from calendar_sync.caldav.login import Login
from calendar_sync.caldav.where import Where
from calendar_sync.errors import Unsupported, reconnect
from calendar_sync.host import Access, Asked, Gate, Grant, Limits
from calendar_sync.provider import Capability, Provider

READING = "calendars"
"""All that a password is asked for, in place of what elsewhere is consented to."""

# All that is entered here lies at many hosts that have nothing in common, so what is asked of all
# of them is not limited: else one person could use up everybody's share. Each account has its own.
_LIMITS = Limits(
    all_in_a_minute=1_000_000, each_in_a_minute=300, all_in_a_day=1_000_000_000, each_at_once=2
)
_FOREVER = timedelta(days=36_500)


@dataclass(frozen=True, slots=True)
class CalDavHost:
    """Calendars at iCloud, Fastmail, a Nextcloud or any other host that speaks CalDAV.

    Few of them say how much they take from us; the limits are modest, and ours.
    """

    where: Where
    title: str = "CalDAV"
    limits: Limits = _LIMITS
    is_open: bool = True
    origin: str = ""  # nobody is sent anywhere

    def enter(self, login: Login, gate: Gate, now: datetime) -> Grant:
        """Try a login. Raises Refused where there are no calendars, ReconnectNeeded, or Wait."""
        with Exchange(self.where, login, gate) as exchange:
            discovery.calendars(exchange, login.link)
        text = login.as_text()
        return Grant(
            access=text,
            until=now + _FOREVER,
            renewal="",
            scopes=frozenset({READING}),
            subject=f"{login.link.place} {login.user}",
            email=login.user,
        )

    def ends_at(self, given: frozenset[str]) -> str | None:
        """Return nothing but that they do it themselves, where they made the app password."""
        del given
        return ""

    def allows(self, described: str) -> str | None:
        del described
        return None

    def kind(self, given: frozenset[str]) -> str:
        del given
        return ""

    def question(self, asked: Asked, hint: str) -> str:
        del asked, hint
        raise _no_page()

    def redeem(self, asked: Asked, code: str, now: datetime) -> Grant:
        del asked, code, now
        raise _no_page()

    def renew(self, grant: Grant, now: datetime) -> Grant:
        """Raise ReconnectNeeded: no other password follows from one that is refused."""
        del grant, now
        raise reconnect()

    def lacking(self, given: frozenset[str]) -> list[str]:
        del given
        return []

    def capabilities(self, given: frozenset[str]) -> frozenset[Capability]:
        return CAPABILITIES if READING in given else frozenset()

    def give_back(self, grant: Grant) -> None:
        """Do nothing: a password is taken back where it was made. It is forgotten."""

    def provider(self, access: Access, gate: Gate, given: frozenset[str]) -> Provider:
        del given
        return CalDavCalendar(self.where, access, gate)


def _no_page() -> Unsupported:
    return Unsupported(
        "A CalDAV host asks nobody for consent", remedy="type the address, user and app password"
    )
