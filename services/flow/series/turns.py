"""When the host of a series is asked for answers by itself.

Most come in the day after something was sent, and they count in the two days before a date: then
it is asked often. Otherwise whoever reads the calendar that invites finds that something changed
there, and it is asked at once; so what is left to ask for is what was missed.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from services.flow import polling, told
from services.flow.series import invited, organising
from services.flow.series.organising import Hosts
from services.storage import accounts, replies, tries
from services.storage import series as stored
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.series import SeriesRow
from services.storage.work import Work

_COME_IN = timedelta(days=1)  # after something was sent
_MISSED = timedelta(hours=6)  # between two questions where changes are found anyway
_UNSEEN = timedelta(hours=1)  # and where they are not


class Here(NamedTuple):
    """How we hear of answers.

    push_url  where hosts tell us of changes; None: they cannot
    often     seconds between two questions while answers come in
    """

    push_url: str | None
    often: float


def apart(
    often: timedelta, ahead: timedelta | None, *, sent: bool, seen: bool, is_told: bool
) -> timedelta:
    """How long it is from one question to the next.

    often    while answers come in, and while they count
    ahead    how long until the next date; None: none is to come
    sent     whether something was sent lately
    seen     whether the calendar that invites is read as well, which finds that somebody answered
    is_told  whether its host tells of that
    """
    if sent and not is_told:
        return often
    return _MISSED if seen else polling.in_time(_UNSEEN, ahead, often)


def sent(work: Work, series_id: UUID) -> None:
    """Note that something of a series was sent just now, which people are going to answer."""
    tries.hold(work, _key(series_id), work.now + _COME_IN)


def next_at(work: Work, hosts: Hosts, row: SeriesRow, here: Here) -> datetime | None:
    """When a host that was asked just now is asked again; None: never, no date is to come."""
    dates = invited.to_come(stored.meetings(work, row.id), work.now)
    if row.account_id is None or not dates:
        return None
    account = organising.account_of(work, row)
    seen = account is not None and _is_seen(work, account)
    is_told = account is not None and seen and _is_told(work, hosts, account, here.push_url)
    ahead = min(each.start_at for each in dates) - work.now
    lately = bool(tries.holding(work, [_key(row.id)]))
    wait = apart(timedelta(seconds=here.often), ahead, sent=lately, seen=seen, is_told=is_told)
    return work.now + polling.between(wait, wait)


def urgent(work: Work, series_ids: Sequence[UUID], spent: Collection[Host]) -> Sequence[UUID]:
    """Those of these series whose hosts are to be asked now; the others are put off for an hour.

    spent  the hosts of whose day little is left: there only awake groups are asked for
    """
    behind = replies.at(work, spent, series_ids) if spent else {}
    awake = polling.awake(work, set(behind.values())) if behind else ()
    put_off = {each for each, group in behind.items() if group not in awake}
    for each in put_off:
        replies.ask_next(work, each, work.now + polling.between(_UNSEEN, None))
    return [each for each in series_ids if each not in put_off]


def _is_seen(work: Work, account: AccountRow) -> bool:
    """Whether its main calendar, to which series are written, is read, and was well."""
    chosen = accounts.calendars_of(work, account.id)
    main = next((each for each in chosen if each.main), None)
    good = main is not None and main.read_at is not None and main.failed_what is None
    return good and account.lost_at is None


def _is_told(work: Work, hosts: Hosts, account: AccountRow, push_url: str | None) -> bool:
    at = hosts.get(account.host)
    return at is not None and told.is_told(work, at, account, push_url)


def _key(series_id: UUID) -> bytes:
    """The key under which it stands that something of a series was sent lately."""
    return sha256(b"sent" + series_id.bytes).digest()
