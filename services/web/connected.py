"""What one's own page tells of connected accounts, and which ones can be connected."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from services import door
from services.flow import access, accounts, entering, polling
from services.flow.restless import is_changing
from services.flow.told import is_told
from services.storage.calendars import Known
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Connected:
    """An account, with those of its calendars that count, the main one first.

    host   what people call where it is, with its name where several are called so
    email  which they have there; None: it cannot be told any more
    told   whether the host tells of changes by itself
    awaited  whether somebody has pressed the button, and it is not read since
    """

    row: AccountRow
    host: str
    email: str | None
    calendars: Sequence[CalendarRow]
    told: bool
    awaited: bool

    @property
    def failing(self) -> bool:
        """Whether a calendar of it cannot be read, so that little is said by how that is done."""
        return any(each.failed_what and not is_changing(each) for each in self.calendars)

    @property
    def reading(self) -> int:
        """How many calendars have not been read yet, and are about to be."""
        lost = self.row.lost_at is not None
        return 0 if lost else sum(_is_awaited(each) for each in self.calendars)


@dataclass(frozen=True, slots=True)
class Way:
    """A host at which accounts can be connected."""

    host: Host
    title: str

    @property
    def invites(self) -> bool:
        """Whether an account there can be let invite people."""
        return not self.host.is_entered


class Often(NamedTuple):
    """How long we wait before we ask a host again that does not tell by itself.

    soon  while somebody plans with what it tells, and in the two days before a group meets
    """

    usual: timedelta
    soon: timedelta


def often() -> Often:
    """How often such hosts are asked in this installation."""
    usual = timedelta(seconds=door.runtime().settings.times.refresh)
    return Often(usual, min(polling.SOON, usual))


def of_reader(work: Work, known: Sequence[Known]) -> list[Connected]:
    """The accounts of the one who asks, of whom these calendars are known."""
    rows = [row for row, _ in known]
    return [
        _connected(work, each, sorted((row for row in rows if _is_in(row, each)), key=_order))
        for each in accounts.of(work)
    ]


def _connected(work: Work, row: AccountRow, chosen: Sequence[CalendarRow]) -> Connected:
    runtime = door.runtime()
    told = is_told(work, runtime.hosts[row.host], row, runtime.settings.push_url)
    awaited = row.lost_at is None and polling.is_pressed(work, row.id, chosen)
    return Connected(row, title_of(row), access.email_of(runtime.keys, row), chosen, told, awaited)


def awaited(work: Work, known: Sequence[Known]) -> set[UUID]:
    """Those of these calendars at addresses that somebody has pressed the button for."""
    rows = [row for row, _ in known if row.source is Source.ADDRESS]
    return {row.id for row in rows if polling.is_pressed(work, row.id, [row])}


def title_of(row: AccountRow) -> str:
    """What people call where an account is, with its name where several are called so."""
    runtime = door.runtime()
    title, server = runtime.hosts[row.host].title, entering.server_of(runtime.keys, row)
    return title if server is None else f"{title} at {server}"


def ways() -> list[Way]:
    """Where accounts can be connected, in this installation."""
    hosts = door.runtime().hosts
    return [Way(host, at.title) for host, at in hosts.items() if at.is_open]


def _is_in(row: CalendarRow, account: AccountRow) -> bool:
    return row.account_id == account.id and row.source is Source.ACCOUNT


def _is_awaited(row: CalendarRow) -> bool:
    return row.read_at is None and row.failed_what is None


def _order(row: CalendarRow) -> tuple[bool, str]:
    return not row.main, str(row.id)
