"""People whose CalDAV accounts, which the sandbox plays, are connected to the service."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, ClassVar
from uuid import UUID

from calendar_sync.caldav.host import READING, CalDavHost
from calendar_sync.caldav.where import Where
from calendar_sync.ics.fetch import Network
from services.flow import entering
from services.flow.entering import Typed
from services.sandbox.caldav import passwords
from services.sandbox.serving import Running
from services.storage.rows.accounts import Host
from tests.calendar_sync.hosts import LOOPBACK
from tests.flow.google_town import GoogleTown, a_town
from tests.flow.town import Hands


class CalDavTown(GoogleTown):
    """A group of Cora's; whoever moves in has made an app password, and entered it here."""

    at: ClassVar[Host] = Host.CALDAV
    api: ClassVar[str] = "/caldav/"
    scopes: ClassVar[frozenset[str]] = frozenset({READING})

    @classmethod
    def there(cls, running: Running, clock: Hands) -> Any:
        del clock
        return CalDavHost(Where(network=network(running)))

    def connects(self, email: str) -> None:
        self.accounts[email] = self.enters(email, passwords.make(self.running.world, email))

    def enters(self, email: str, password: str, **otherwise: Any) -> UUID:
        """Let somebody type what lets us in; return the id of their account."""
        typed = Typed(
            otherwise.get("address", self.running.base), otherwise.get("user", email), password
        )
        return entering.enter(
            self.runtime,
            self.runtime.opening,
            self.people[email],
            typed,
            otherwise.get("again", self.accounts.get(email)),
        )


def network(running: Running) -> Network:
    """What may be reached: this sandbox, on this machine."""
    return Network((LOOPBACK,), running.ca_file)


def a_caldav_town(home: Path, url: str | None = None) -> AbstractContextManager[CalDavTown]:
    return a_town(CalDavTown, home, url)
