"""When calendars are read again: soon while somebody needs them, a few times a day otherwise.

A group is awake for two days after a plan of it was made or looked at, and for two days before
each date of its series. What counts in it is read every quarter of an hour then. Nobody is read
twice within a minute, whoever asks for it, but by the one who presses a button for it.
"""

import random
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from services.flow import rests
from services.flow.memory import Memory
from services.storage import accounts, tries
from services.storage import calendars as calendars_stored
from services.storage import polling as stored
from services.storage.rows.accounts import AccountRow, Host
from services.storage.rows.calendars import READ_AGAIN, CalendarRow
from services.storage.work import InTrouble, Work

SOON = timedelta(minutes=15)  # how old what is known may be while somebody needs it
AWAKE = timedelta(hours=48)  # since somebody planned with it, and until a date
ONCE = timedelta(minutes=1)  # in which nothing is read twice
_IN_THE_QUEUE = timedelta(minutes=1)  # a reading may wait for a worker, and take its time
_LATE = 1.25  # times the usual time: something kept us from reading, and from others too
_NOT_TODAY = timedelta(hours=1)  # until whoever is not urgent is looked at again
_NOTED = timedelta(hours=1)  # in which a second look at a plan is not written down
Chance = Callable[[], float]


def between(usual: timedelta, since: timedelta | None, chance: Chance = random.random) -> timedelta:
    """How long until something is read again that was read well.

    usual   how old what is known of it may become
    since   how long the reading before is ago; None: there was none
    chance  a number from 0 up to but not including 1

    The time is shortened by up to a tenth, so that what was read together is not read together
    again. After an outage everybody is read at about the same time: then by up to nine tenths.
    """
    longest = max(usual - _IN_THE_QUEUE, usual * 0.9)
    together = since is None or since > usual * _LATE
    shortest: timedelta = longest * (0.1 if together else 0.9)
    return longest - (longest - shortest) * chance()


def in_time(usual: timedelta, ahead: timedelta | None, soon: timedelta = SOON) -> timedelta:
    """How old something may become for a date: never more than `soon` in the two days before.

    usual  how old it may become otherwise
    ahead  how long until the next date; None: none is to come
    """
    if ahead is None:
        return usual
    return min(usual, max(ahead - AWAKE, timedelta()) + soon)


def usual(work: Work, calendar_ids: Collection[UUID], refresh: timedelta) -> timedelta:
    """How old what is known of these calendars may become.

    refresh  the same of those that nobody needs
    """
    return _longest(work, stored.groups_of(work, calendar_ids), refresh)


def expect(work: Work, series_id: UUID, refresh: timedelta) -> None:
    """Have what counts in a group read in time for the next date of a series: it may be new.

    refresh  as for `usual`
    """
    for group, start in stored.next_date(work, series_id).items():
        longest = in_time(refresh, start - work.now)
        if longest < refresh:
            _hasten(work, group, longest)


def wake(work: Work, group_id: UUID) -> None:
    """Let a group be awake from now on; within a quarter of an hour all that counts is read."""
    tries.hold(work, _awake_key(group_id), work.now + AWAKE)
    _hasten(work, group_id, SOON)


def looked_at(memory: Memory, group_id: UUID) -> None:
    """Keep a group awake at whose plan somebody looks; that is written down once an hour.

    They see it all the same where nothing can be written.
    """
    with memory.reading() as work:
        until = tries.until(work, _awake_key(group_id))
    if until is None or until < work.now + AWAKE - _NOTED:
        with suppress(InTrouble), memory.work() as writing:
            wake(writing, group_id)


def has_news(work: Work, group_id: UUID) -> bool:
    """Whether something changed in a group's calendars, and nobody has looked what follows yet."""
    return stored.has_task(work, group_id, "planning.look_again")


def oldest(work: Work, group_id: UUID) -> datetime | None:
    """As of when a plan of a group knows everybody's time; None: nothing is read by itself."""
    return stored.oldest(work, group_id)


def urgent(work: Work, account_ids: Sequence[UUID], spent: Collection[Host]) -> Sequence[UUID]:
    """Those of these accounts that are to be read now; the others are put off for an hour.

    spent  the hosts of whose day little is left: there only awake groups are read
    """
    behind = stored.at(work, spent, account_ids) if spent else ()
    if not behind:
        return account_ids
    groups = stored.groups_of_accounts(work, [each.id for each in behind])
    known = awake(work, {group for each in groups.values() for group in each})
    asleep = [each for each in behind if not groups[each.id] & known]
    for each in asleep:
        each.due_at = work.now + between(_NOT_TODAY, None)
    put_off = {each.id for each in asleep}
    return [each for each in account_ids if each not in put_off]


def awake(work: Work, groups: Collection[UUID]) -> set[UUID]:
    """Those of these groups that need to know soon what changes: they plan, or are about to meet.

    This is the one place that says who they are.
    """
    dates = stored.next_dates(work, groups)
    meeting = {each for each, at in dates.items() if at <= work.now + AWAKE}
    return _planning(work, groups) | meeting


def press(work: Work, subject: UUID) -> datetime | None:
    """Count that somebody wants a calendar or an account read; or say when they may once more."""
    key = _pressed_key(subject)
    if tries.count(work, key, 1, work.now + ONCE):
        return None
    return tries.until(work, key) or work.now


def is_pressed(work: Work, subject: UUID, rows: Sequence[CalendarRow]) -> bool:
    """Whether somebody pressed the button, and waits for what is not read since; a minute long."""
    until = tries.until(work, _pressed_key(subject))
    if until is None or until <= work.now:
        return False
    return any(row.tried_at is None or row.tried_at < until - ONCE for row in rows)


def calendar_again(work: Work, calendar_id: UUID, once: float) -> datetime | None:
    """When a calendar at an address may be read again; None: at once. `once`: seconds apart."""
    row = calendars_stored.one(work, calendar_id)
    return None if row is None else _again(work, row.id, [row], timedelta(seconds=once))


def account_again(work: Work, account_id: UUID, once: float) -> datetime | None:
    """When an account may be read again; None: at once. `once`: seconds apart."""
    row = accounts.one(work, account_id)
    if row is None:
        return None
    apart = timedelta(seconds=once)
    again = _again(work, row.id, accounts.read_through(work, row.id), apart)
    return None if again is None or row.consented_at > again - apart else again


def put_off(row: AccountRow | CalendarRow | None, again: datetime) -> None:
    """Read it when its minute is over: what we heard of may have come after the reading."""
    if row is not None:
        row.due_at = again


def _again(
    work: Work, subject: UUID, rows: Sequence[CalendarRow], apart: timedelta
) -> datetime | None:
    tried = [row.tried_at for row in rows if row.source in READ_AGAIN]
    since = min((each for each in tried if each is not None), default=None)
    if since is None or None in tried or not work.now - apart < since <= work.now:
        return None
    if any(row.believed_at is not None for row in rows):
        return None  # its owner waits for it to be read
    until = tries.until(work, _pressed_key(subject))
    if until is not None and until - ONCE >= since:
        return None  # so does whoever pressed the button
    return since + apart


def _longest(work: Work, groups: Collection[UUID], refresh: timedelta) -> timedelta:
    """How old what counts in these groups may become; `refresh`: while nobody needs it."""
    if _planning(work, groups):
        return min(SOON, refresh)
    first = min(stored.next_dates(work, groups).values(), default=None)
    return in_time(refresh, None if first is None else first - work.now)


def _hasten(work: Work, group_id: UUID, longest: timedelta) -> None:
    """Have all that counts in a group read before it is older than that."""
    for row in stored.due_after(work, group_id, work.now + longest - _IN_THE_QUEUE):
        if rests.until(work, row.id) is None:
            row.due_at = work.now + between(longest, None)
    work.session.flush()


def _planning(work: Work, groups: Collection[UUID]) -> set[UUID]:
    """Those of these groups of which a plan was made or looked at lately."""
    keys = {_awake_key(each): each for each in groups}
    return {keys[each] for each in tries.holding(work, keys)}


def _awake_key(group_id: UUID) -> bytes:
    return sha256(b"awake" + group_id.bytes).digest()


def _pressed_key(subject: UUID) -> bytes:
    return sha256(b"read now" + subject.bytes).digest()
