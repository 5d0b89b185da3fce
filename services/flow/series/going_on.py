"""Going on inviting to a series, after the calendar that invited was disconnected.

Only the same account can, connected anew: what everybody holds comes from its calendar.
"""

from datetime import timedelta
from hmac import compare_digest
from uuid import UUID

from services.flow.errors import Conflict, Unfit
from services.flow.rights import actor
from services.flow.series import arranging, drafts, organising
from services.flow.series.arranging import SETTLE
from services.flow.series.organising import Hosts
from services.storage import accounts, groups
from services.storage import series as stored
from services.storage.rows.accounts import AccountRow
from services.storage.rows.series import Organiser, SeriesRow
from services.storage.work import Work


def by(work: Work, row: SeriesRow, hosts: Hosts) -> UUID | None:
    """The account of the one who asks that can go on inviting, where its calendar was lost."""
    if row.organiser is not Organiser.ACCOUNT or organising.account_of(work, row) is not None:
        return None
    mine = accounts.of_person(work, actor(work))
    able = (each.id for each in mine if _is_same(row, each) and not organising.why_not(each, hosts))
    return next(able, None)


def needing_consent(work: Work, row: SeriesRow) -> AccountRow | None:
    """The account of the one who asks that could go on, if they let it invite once more."""
    mine = accounts.of_person(work, actor(work))
    return next((each for each in mine if _is_same(row, each)), None)


def waiting_for(work: Work, hosts: Hosts, account_id: UUID) -> list[SeriesRow]:
    """The series that the one who asks coordinates, and to which this account could go on inviting.

    account_id  of one of their own
    """
    account, me = accounts.one(work, account_id), actor(work)
    rows = [] if account is None else stored.live_of_identity(work, account.identity)
    mine = [each for each in rows if by(work, each, hosts) == account_id]
    return [
        each
        for each in mine
        if me in {person.id for _, person in groups.coordinators(work, each.group_id)}
    ]


def with_own(work: Work, hosts: Hosts, group_id: UUID, series_id: UUID) -> SeriesRow:
    """Let the account of the one who asks go on, and what has changed since go out at once.

    Raises Missing, NotAllowed, and Conflict where no account of theirs can.
    """
    row = drafts.one(work, group_id, series_id)
    account_id = by(work, row, hosts)
    if account_id is None:
        _refuse_what_needs_nothing(work, row)
        raise Conflict(
            "No account of yours can go on inviting", remedy="connect the one that invited before"
        )
    return organise_by(work, group_id, series_id, account_id, settle=timedelta())


def organise_by(
    work: Work, group_id: UUID, series_id: UUID, account_id: UUID, *, settle: timedelta = SETTLE
) -> SeriesRow:
    """Let an account of one's own go on inviting. Raises Unfit unless it is the same account."""
    row = arranging.opened(work, group_id, series_id)
    _refuse_what_needs_nothing(work, row)
    _check_same(work, row, account_id)
    organising.choose(work, row, Organiser.ACCOUNT, account_id)
    arranging.changed(work, row, settle, [])
    work.note("series.reconnected", row.id, row.revision)
    return row


def _refuse_what_needs_nothing(work: Work, row: SeriesRow) -> None:
    if row.organiser is not Organiser.ACCOUNT:
        raise Conflict("This service itself invites by mail", remedy="there is nothing to connect")
    if organising.account_of(work, row) is not None:
        raise Conflict("The calendar that invites is connected", remedy="there is nothing to do")


def _check_same(work: Work, row: SeriesRow, account_id: UUID) -> None:
    mine = {each.id: each for each in accounts.of_person(work, actor(work))}
    if account_id not in mine:
        raise Unfit("There is no such account", remedy="choose an account of your own")
    if not _is_same(row, mine[account_id]):
        raise Unfit(
            "Another calendar invited to this series, and everybody's dates come from there",
            remedy="connect the same account once more, or conclude this series and commit anew",
        )


def _is_same(row: SeriesRow, account: AccountRow) -> bool:
    return row.identity is not None and compare_digest(row.identity, account.identity)
