"""The composition root: what a process needs, put together from its settings."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from sqlalchemy import Engine

from calendar_sync.host import Host as At
from notifications import outbox
from notifications.copies import CopyingChannel
from notifications.itip.names import Names
from notifications.message import Channel, Sender
from notifications.outbox import OutboxChannel
from notifications.smtp import SmtpChannel
from services.config import Settings
from services.flow.access import Opening
from services.flow.gates import Gates
from services.keys import Keys
from services.queue import Queues, queues_at
from services.storage import work
from services.storage.engine import engine_for, url_of
from services.storage.rows.accounts import Host
from services.storage.work import Work


def now() -> datetime:
    """Read the clock, UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- the one reader of the clock


@dataclass(slots=True)
class Runtime:
    """What a process runs on. Nothing is connected before it is used, so a process may fork."""

    settings: Settings
    keys: Keys = field(repr=False)
    engine: Engine
    queues: Queues
    channel: Channel
    clock: Callable[[], datetime] = now
    hosts: Mapping[Host, At] = field(default_factory=dict)
    _opening: Opening | None = field(default=None, init=False, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Assemble."""
        keys = Keys.of(settings)
        return cls(
            settings,
            keys,
            engine_for(url_of(settings), keys),
            queues_at(settings.redis_url),
            _channel(settings),
            hosts=_hosts(settings),
        )

    @property
    def opening(self) -> Opening:
        """What opens connected accounts, shared by the threads of this process."""
        if self._opening is None:
            rate = self.settings.mail_rate
            gates = {host: Gates(self, host, at.limits, rate) for host, at in self.hosts.items()}
            self._opening = Opening(self, self.keys, self.hosts, gates, self._now)
        return self._opening

    @property
    def names(self) -> Names:
        """What names the events of invitations by mail, and who answers them."""
        return Names(self.keys.secret_of("names"), self.settings.mailbox)

    def _now(self) -> datetime:
        return self.clock()  # whichever we have by then

    def work(self, actor: UUID | None = None) -> AbstractContextManager[Work]:
        """Open a unit of work."""
        return work.begin(self.engine, self.clock(), actor)

    def reading(self, actor: UUID | None = None) -> AbstractContextManager[Work]:
        """Open a transaction that only reads."""
        return work.reading(self.engine, self.clock(), actor)

    def forget_mails(self, address: str, begun: Sequence[str] = ()) -> int:
        """Delete the kept mails to an address, and those whose keys begin so; return how many."""
        return outbox.forget(self.settings.mails, address, begun)

    @property
    def last_seal(self) -> Callable[[str, object], bytes] | None:
        """What seals where a last letter goes; None: kept mails reach nobody who is gone."""
        return None if self.settings.smtp_url is None else self.keys.sealed


def _hosts(settings: Settings) -> dict[Host, At]:
    from calendar_sync.caldav.host import CalDavHost  # noqa: PLC0415 -- its library takes long
    from calendar_sync.caldav.where import Where  # noqa: PLC0415 -- as its host
    from calendar_sync.google.host import GoogleHost  # noqa: PLC0415 -- its client takes long
    from calendar_sync.outlook.host import OutlookHost  # noqa: PLC0415 -- as the other

    return {
        Host.GOOGLE: GoogleHost(settings.google),
        Host.OUTLOOK: OutlookHost(settings.outlook),
        Host.CALDAV: CalDavHost(Where(network=settings.network)),
    }


def _channel(settings: Settings) -> Channel:
    sender = Sender(settings.mail_from)
    if settings.smtp_url is None:
        kept = OutboxChannel(settings.mails, sender, now)
        return _copying(kept, settings, sender) if settings.copies_url else kept
    return SmtpChannel(settings.smtp_url, sender, settings.network.ca_file, now)


def _copying(kept: Channel, settings: Settings, sender: Sender) -> Channel:
    assert settings.copies_url is not None  # or nothing is handed on
    return CopyingChannel(kept, SmtpChannel(settings.copies_url, sender, None, now))


_current: list[Runtime] = []


def use(runtime: Runtime) -> None:
    """Let the jobs of this process run on this runtime."""
    _current[:] = [runtime]


def runtime() -> Runtime:
    """The runtime of this process, assembled from the environment where none was given."""
    if not _current:
        use(Runtime.of(Settings.from_env()))
    return _current[0]
