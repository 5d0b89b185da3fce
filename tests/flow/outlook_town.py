"""People whose Outlook accounts, which the sandbox plays, are connected to the service."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

from calendar_sync.host import Access, Asked, Gate, Grant
from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.host import OutlookHost
from calendar_sync.outlook.where import Where
from calendar_sync.provider import Provider
from services.sandbox.serving import Running, outlook
from services.storage.rows.accounts import Host
from tests.flow.google_town import GoogleTown, a_town
from tests.flow.town import Hands
from tests.sandbox.crowded import SCOPES
from tests.sandbox.running import a_client

RETURN = "https://service.test/connect/outlook/return"


@dataclass(frozen=True)
class Timely(OutlookHost):
    """Outlook by the clock of a test, which `OutlookCalendar` asks how late it is."""

    clock: Hands = field(default_factory=Hands)

    def provider(self, access: Access, gate: Gate, given: frozenset[str]) -> Provider:
        return OutlookCalendar(self.where, access, gate, given, lambda: self.clock().timestamp())


class OutlookTown(GoogleTown):
    """A group of Cora's; whoever moves in has an Outlook account at work."""

    at: ClassVar[Host] = Host.OUTLOOK
    kind: ClassVar[str] = "work"
    api: ClassVar[str] = "/graph/v1.0/"
    scopes: ClassVar[frozenset[str]] = SCOPES[Host.OUTLOOK]
    expired: ClassVar[str] = "syncStateNotFound"
    missing: ClassVar[str] = "ErrorItemNotFound"

    def nowhere(self) -> Any:
        dead = "https://127.0.0.1:9/"
        where = replace(self.host.where, graph_url=f"{dead}v1.0", authority=f"{dead}common")
        return replace(self.host, where=where)

    @classmethod
    def there(cls, running: Running, clock: Hands) -> Any:
        running.world.entra.allow([RETURN])
        return Timely(at(running), clock=clock)

    def grant(self, email: str) -> Grant:
        asked = Asked(RETURN, "state", "verifier" * 8, "nonce")
        question = f"{self.host.question(asked, email)}&as={self.running.world.person(email).id}"
        with a_client(self.running) as person:
            back = person.post(question, data={"decision": "accept"}).headers["Location"]
        [code] = parse_qs(urlsplit(back).query)["code"]
        grant: Grant = self.host.redeem(asked, code, self.clock())
        return grant


def at(running: Running) -> Where:
    """Where Outlook is in a sandbox."""
    return Where(**outlook(running.base), ca_file=running.ca_file)


def an_outlook_town(home: Path, url: str | None = None) -> AbstractContextManager[OutlookTown]:
    return a_town(OutlookTown, home, url)
