"""What one's own page tells of connected accounts, and which ones can be connected."""

from collections.abc import Sequence
from dataclasses import dataclass

from services import door
from services.flow import access, accounts
from services.storage.calendars import Known
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import CalendarRow, Source
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Connected:
    """An account, with those of its calendars that count, the main one first.

    host   what people call where it is
    email  which they have there; None: it cannot be told any more
    """

    row: AccountRow
    host: str
    email: str | None
    calendars: Sequence[CalendarRow]

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


def of_reader(work: Work, known: Sequence[Known]) -> list[Connected]:
    """The accounts of the one who asks, of whom these calendars are known."""
    runtime, rows = door.runtime(), [row for row, _ in known]
    return [
        Connected(
            each,
            runtime.hosts[each.host].title,
            access.email_of(runtime.keys, each),
            sorted((row for row in rows if _is_in(row, each)), key=_order),
        )
        for each in accounts.of(work)
    ]


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
