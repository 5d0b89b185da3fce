"""Reading the members of a group through the account of one of its coordinators.

Only members are read of whom no calendar of their own is read, and who do not mind; consent is
given for one group. Both are looked up when the account is read: whatever was asked for before,
nobody is asked about any more. Who becomes a member later is found by the next reading, and adding
members brings that on.
"""

from collections.abc import Collection, Mapping, Sequence
from uuid import UUID

from calendar_sync.host import Host as At
from calendar_sync.provider import Capability
from services.facts import AccountDue
from services.flow import access, connecting, dropping, persons, polling, rights
from services.flow.errors import Conflict
from services.flow.rights import missing
from services.keys import Keys
from services.storage import accounts
from services.storage import colleagues as stored
from services.storage.colleagues import Given, Read, Reader
from services.storage.ids import new_id
from services.storage.rows.accounts import AccountRow, Host, ProgrammeConsentRow
from services.storage.rows.calendars import CalendarKind, CalendarRow, Source
from services.storage.rows.groups import MemberRow
from services.storage.work import Work

Hosts = Mapping[Host, At]
_Place = tuple[UUID, UUID]  # a group and a person in it


def capable(work: Work, hosts: Hosts) -> list[AccountRow]:
    """The accounts of the one who asks that tell when colleagues are busy."""
    rows = accounts.of_person(work, rights.actor(work))
    return [row for row in rows if row.lost_at is None and _tells(row, hosts)]


def allow(work: Work, keys: Keys, hosts: Hosts, group_id: UUID, account_id: UUID) -> Given:
    """Let the members of a group be read through one's own account, in place of any other.

    They are read at once, where it is not this account already. Raises Missing or NotAllowed, or
    Conflict where the account cannot tell.
    """
    rights.coordinating_alone(work, group_id)
    connecting.own(work, account_id)
    account = accounts.locked(work, account_id)
    if account is None:
        raise missing("account")
    if account.lost_at is not None:
        raise Conflict(access.OVER[0], remedy=access.OVER[1])
    if not _tells(account, hosts):
        raise Conflict(
            "This account does not tell when colleagues are busy",
            remedy="choose an account of your organisation that does",
        )
    before = stored.given(work, group_id)
    if before is not None and before[1].id == account.id:
        return before
    _give(work, account, group_id)
    settle(work, keys, account)
    have_read(work, group_id)
    found = stored.given(work, group_id)
    assert found is not None
    return found


def withdraw(work: Work, group_id: UUID) -> None:
    """Let a group's members be read so no more, whoever allowed it; what was read goes."""
    rights.coordinating_alone(work, group_id)
    dropping.end_reading(work, group_id)


def given(work: Work, group_id: UUID) -> Given | None:
    """Through which account the members of a group are read, and who allowed it."""
    rights.coordinating(work, group_id)
    return stored.given(work, group_id)


def willing(work: Work, group_id: UUID) -> list[MemberRow]:
    """The members who would be read, or are."""
    rights.coordinating(work, group_id)
    found = stored.willing(work, group_id)
    return [member for member, person in found if persons.reachable(person.email)]


def calendars_of(work: Work, group_id: UUID) -> Mapping[UUID, CalendarRow]:
    """What is read of a group's members so, by their persons."""
    rights.coordinating(work, group_id)
    return {row.person_id: row for row in stored.of_group(work, group_id)}


def of_own(work: Work) -> list[Read]:
    """What is read of the one who asks through the accounts of others."""
    return stored.reading(work, rights.actor(work))


def without(
    work: Work, calendar_ids: Collection[UUID], account_id: UUID | None = None
) -> list[Reader]:
    """Who would begin to read the one who asks, if these calendars and this account were gone."""
    return stored.reading_without(work, rights.actor(work), calendar_ids, account_id)


def have_read(work: Work, group_id: UUID) -> None:
    """Have the account read soon through which a group's members are read, if there is one.

    It is read at once, but no more than once a minute, however often somebody wants it.
    """
    found = stored.given(work, group_id)
    if found is None or found[1].lost_at is not None:
        return
    later = polling.press(work, found[1].id)
    if later is None:
        work.record(AccountDue(found[1].id))
    else:
        stored.bring_on(work, found[1].id, later)


def allowed(work: Work, account_id: UUID) -> Sequence[CalendarRow]:
    """What may be read of colleagues through an account in this moment."""
    read = stored.of_account(work, account_id)
    if not read:
        return []  # as of nearly every account
    places = {place for place, _, _ in _places(work, account_id)}
    return [row for row in read if _place(row) in places]


def settle(work: Work, keys: Keys, account: AccountRow) -> bool:
    """Let what an account reads of colleagues be what it may; whether there is more to read now.

    The account is locked by whoever calls this. No consent is withdrawn meanwhile.
    """
    consented = stored.lock_consents_to(work, account.id)
    if not consented and not stored.of_account(work, account.id):
        return False  # as with nearly every account
    dropping.give_way_through(work, account.id)
    places = _places(work, account.id)
    covered = {place for place, _, _ in places}
    known = {_place(row): row for row in stored.of_account(work, account.id)}
    for place, row in known.items():
        if place not in covered:
            dropping.drop(work, row)
    new = [(place, email) for place, email, begins in places if begins and place not in known]
    for place, email in new:
        _add(work, keys, account, place, email)
    work.session.flush()
    return bool(new)


def _give(work: Work, account: AccountRow, group_id: UUID) -> None:
    dropping.end_reading(work, group_id)
    work.add(
        ProgrammeConsentRow(
            account_id=account.id,
            group_id=group_id,
            given_by=rights.actor(work),
            given_at=work.now,
        )
    )
    work.session.flush()
    work.note("reading.allowed", group_id)


def _places(work: Work, account_id: UUID) -> list[tuple[_Place, str, bool]]:
    """Whom an account may be asked about, their addresses of mail, and whether that may begin."""
    return [
        ((group_id, person.id), person.email, begins)
        for group_id, person, begins in stored.readable(work, account_id)
        if persons.reachable(person.email)
    ]


def _place(row: CalendarRow) -> _Place:
    assert row.group_id is not None
    return row.group_id, row.person_id


def _add(work: Work, keys: Keys, account: AccountRow, place: _Place, email: str) -> None:
    row = CalendarRow(
        id=new_id(),
        group_id=place[0],
        person_id=place[1],
        kind=CalendarKind.WORK,
        source=Source.COLLEAGUE,
        account_id=account.id,
        created_at=work.now,
    )
    row.address = keys.sealed(email, row.id)
    work.add(row)
    work.note("calendar.added", row.id)


def _tells(row: AccountRow, hosts: Hosts) -> bool:
    return Capability.COLLEAGUES in hosts[row.host].capabilities(frozenset(row.scopes))
