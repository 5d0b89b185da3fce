"""Connected accounts: which calendars of them count, and letting them go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hmac import compare_digest
from uuid import UUID

from calendar_sync.provider import CalendarId, Listed
from services.facts import AccountDue, BusyChanged, CalendarConnected
from services.flow import access, calendars, connecting, consent, rights
from services.flow.calendars import MOST
from services.flow.dropping import drop
from services.flow.errors import Conflict, Unfit
from services.flow.rights import missing
from services.keys import Keys, Unsealable
from services.storage import accounts, colleagues
from services.storage import calendars as stored
from services.storage.erasing import erase
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Choice:
    """A calendar that may be chosen, as its owner sees it. The name is shown, and never kept.

    name  as the host says
    mark  stands for the calendar in a form; it means nothing to anybody else
    kind  None: it is not chosen
    """

    calendar: CalendarId = field(repr=False)
    name: str = field(repr=False)
    main: bool
    mark: str
    kind: CalendarKind | None


def of(work: Work) -> Sequence[AccountRow]:
    """The accounts of the one who asks."""
    return accounts.of_person(work, rights.actor(work))


def own(work: Work, account_id: UUID) -> AccountRow:
    """One account of the one who asks. Raises Missing."""
    return connecting.own(work, account_id)


def choices(work: Work, keys: Keys, row: AccountRow, listed: Sequence[Listed]) -> list[Choice]:
    """Put what a host lists together with what was chosen of it."""
    chosen = {name: each.kind for name, each in _named(work, keys, row).items()}
    return [
        Choice(
            each.calendar,
            each.name,
            each.main,
            keys.hashed(f"{row.id} {each.calendar}").hex()[:24],
            chosen.get(each.calendar),
        )
        for each in listed
    ]


def choose(
    work: Work, keys: Keys, row: AccountRow, offered: Sequence[Choice], said: Mapping[str, str]
) -> int:
    """Let these calendars of an account count, and no others; return how many that are.

    said  kinds by marks. Raises Unfit or Conflict.
    """
    if accounts.locked(work, row.id) is None:  # the same form, sent twice at once, is one choice
        raise missing("account")
    wanted: dict[CalendarId, tuple[bool, CalendarKind]] = {}
    for mark, kind in said.items():
        found = [each for each in offered if compare_digest(each.mark.encode(), mark.encode())]
        if not found:
            raise Unfit("A calendar that was chosen is not there any more", remedy="choose anew")
        wanted[found[0].calendar] = found[0].main, calendars.kind_of(kind)
    if not wanted:
        raise Unfit(
            "No calendar was chosen", remedy="choose at least one, or disconnect the account"
        )
    known = _named(work, keys, row)
    for each in accounts.calendars_of(work, row.id):
        if each not in [known.get(name) for name in wanted]:
            drop(work, each)
    for name, (main, kind) in wanted.items():
        if name not in known:
            _add(work, keys, row, name, kind, main=main)
        elif known[name].kind is not kind:
            _turn(work, known[name], kind)
    row.due_at, row.watch_at = work.now, None
    work.session.flush()
    work.record(AccountDue(row.id))
    return len(wanted)


def disconnect(work: Work, account_id: UUID) -> None:
    """Let an account go: what was read through it at once, its access within a minute."""
    own(work, account_id)
    row = accounts.locked(work, account_id)  # first, as readings do that are being kept
    if row is None:
        raise missing("account")
    for each in accounts.read_through(work, row.id):
        drop(work, each)
    access.let_go(work, row)
    work.session.delete(row)
    work.session.flush()
    erase(work)
    work.note("account.disconnected", account_id)


def let_all_go(work: Work, person: UUID) -> None:
    """Let every account of a person go, and what they were asked for."""
    consent.end(work, person)
    for row in accounts.locked_of(work, person):
        for each in colleagues.of_account(work, row.id):
            drop(work, each)
        access.let_go(work, row)
        work.session.delete(row)
    work.session.flush()


def _named(work: Work, keys: Keys, row: AccountRow) -> dict[CalendarId, CalendarRow]:
    """What is chosen of an account, by what its host calls it."""
    found = {}
    for each in accounts.calendars_of(work, row.id):
        try:
            found[CalendarId(keys.opened(each.address or b"", each.id))] = each
        except Unsealable:
            pass  # it is dropped, and added anew, by the next choice
    return found


def _add(  # noqa: PLR0913 -- what is kept, each by its name
    work: Work, keys: Keys, row: AccountRow, name: CalendarId, kind: CalendarKind, *, main: bool
) -> None:
    if stored.count(work, row.person_id, None) >= MOST:
        raise Conflict(f"There are {MOST} calendars already", remedy="remove one first")
    calendar = CalendarRow(
        id=new_id(),
        person_id=row.person_id,
        kind=kind,
        source=Source.ACCOUNT,
        account_id=row.id,
        main=main,
        revision=1,
        created_at=work.now,
    )
    calendar.address = keys.sealed(name, calendar.id)
    work.add(calendar)
    work.session.flush()
    work.note("calendar.added", calendar.id)
    work.record(CalendarConnected(calendar.id, calendar.revision))


def _turn(work: Work, calendar: CalendarRow, kind: CalendarKind) -> None:
    """Let the time of a calendar be of another kind."""
    calendar.kind = kind
    calendar.revision += 1
    work.session.flush()
    work.note("calendar.changed", calendar.id)
    work.record(BusyChanged(calendar.id, calendar.revision))
