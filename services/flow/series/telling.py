"""Telling an attendee by mail how a series stands: the fewest letters, each of them once.

What is told is fixed, then sent letter by letter, then noted as told. Whoever dies between goes
on with the same letters, which have the same names: a mail that was sent twice is one mail to
whoever reads it. While it is certain that no letter has left, what is told is fixed anew with each
try, so that many changes during a silence of the mail server become one.
"""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from random import random
from typing import NamedTuple
from uuid import UUID

from notifications.errors import Doubtful, Undeliverable
from notifications.itip.letters import Envelope
from notifications.itip.pieces import told_apart
from scheduler.errors import Explained, TryLater
from services.flow import persons, proof
from services.flow.memory import Task
from services.flow.series import asking, farewells
from services.flow.series import said as saying
from services.flow.series.planned import Wanted, wanted
from services.flow.series.said import Guest, Post, Said
from services.storage import gates, tellings
from services.storage.rows.series import TellingRow
from services.storage.work import Work

_MINUTE = timedelta(minutes=1)
_AT_ONCE = 5  # a fifth of a minute's letters may leave at once


class _Begun(NamedTuple):
    """What is being told.

    fresh  whether we fixed it ourselves just now, so that we know of each try
    """

    telling_id: UUID
    event_id: UUID
    sequence: int
    sent: int
    opened: str
    told: Said | None
    said: Said
    apart: list[int]
    fresh: bool

    def key(self, place: int) -> str:
        """The name of one letter."""
        return f"{self.telling_id.hex}-{self.sequence}-{place}"


def tell(task: Task, post: Post, attendee_id: UUID) -> None:
    """Tell somebody what they do not know yet. Raises TryLater when it has to wait."""
    given_up = set[UUID]()
    while True:
        with task.work() as work:
            found = _next(work, post, attendee_id, given_up)
        if found is None:
            return
        guest, begun = found
        try:
            _send(task, post, guest, begun)
        except Undeliverable as error:
            given_up.add(begun.event_id)
            with task.work() as work:
                _put_off(work, begun, error, certain=begun.fresh, failed=True)


def _next(
    work: Work, post: Post, attendee_id: UUID, given_up: set[UUID]
) -> tuple[Guest, _Begun] | None:
    """Go on with what is being told, or fix what is to be told next; None: they know all."""
    found = wanted(work, attendee_id)
    found = found and farewells.addressed(work, found, post.opened)
    if found is None or not persons.reachable(found.guest.email):
        return None
    rows = {each.event_id: each for each in tellings.of_attendee(work, attendee_id)}
    for each in found.in_order(rows):
        if each.event_id in given_up:
            continue
        row = rows.get(each.event_id)
        if row is not None and row.pending is not None:
            found.attendee.secret_hash = proof.hashed(post.derived(found.guest.link_id))
            return found.guest, _begun(row, fresh=False)
        if each.is_told(row):
            continue
        _allow(work, post)
        row = rows[each.event_id] = row or tellings.made(work, each.event_id, attendee_id)
        _fix(work, post, found, found.said(each, rows, work.now), row)
        found.attendee.secret_hash = proof.hashed(post.derived(found.guest.link_id))
        return found.guest, _begun(row, fresh=True)
    farewells.end(work, found.attendee)
    return None


def _fix(work: Work, post: Post, found: Wanted, said: Said, row: TellingRow) -> None:
    """Fix what is told, and let its names be known before anybody can answer to them."""
    if row.told is None and said.series is not None:
        row.apart = sorted(told_apart(said.series))
    row.pending, row.sequence, row.sent = saying.to_kept(said), row.sequence + 1, 0
    row.opened = row.opened or f"{row.id.hex}-{row.sequence}-0"
    for change in saying.changed(saying.from_kept(row.told), said, row.apart):
        uid, original = saying.uid(post, row.event_id, found.guest, change)
        at = None if original is None else datetime.fromtimestamp(original, UTC)
        tellings.name(work, proof.hashed(uid), row.event_id, at)
        row.asked = asking.told(row.asked, change, row.sequence)


def _begun(row: TellingRow, *, fresh: bool) -> _Begun:
    told, said = saying.from_kept(row.told), saying.from_kept(row.pending)
    assert said is not None
    return _Begun(
        row.id, row.event_id, row.sequence, row.sent, row.opened, told, said, row.apart, fresh
    )


def _send(task: Task, post: Post, guest: Guest, begun: _Begun) -> None:
    """Send what has not left yet. Raises TryLater or Undeliverable."""
    changes = saying.changed(begun.told, begun.said, begun.apart)
    for place in range(begun.sent, len(changes)):
        first = begun.fresh and place == 0
        if not first:
            with task.work() as work:
                _allow(work, post)
        key = begun.key(place)
        envelope = Envelope(key, "" if key == begun.opened else begun.opened)
        try:
            post.channel.send(
                saying.letter(
                    post, envelope, guest, begun.event_id, begun.sequence,
                    begun.said.followed(len(changes) - place - 1), changes[place],
                )
            )  # fmt: skip
        except TryLater as error:
            certain = first and not isinstance(error, Doubtful)
            with task.work() as work:
                _put_off(work, begun, error, certain=certain)
            raise
        with task.work() as work:
            _sent(work, begun, place + 1, len(changes))


def _sent(work: Work, begun: _Begun, sent: int, of: int) -> None:
    """Note that a letter has left; after the last one, all of it is told."""
    row = tellings.one(work, begun.telling_id)
    if row is None or row.pending is None:
        return
    row.sent, row.failed_at, row.failed_what, row.failed_remedy = sent, None, None, None
    if sent == of:
        row.told = saying.once_told(row.pending) if begun.said.series is not None else None
        row.pending, row.revision, row.sent = None, begun.said.revision, 0


def _put_off(
    work: Work, begun: _Begun, error: Explained, *, certain: bool, failed: bool = False
) -> None:
    """Note why a letter does not leave.

    certain  none has: what is told is fixed anew next time
    """
    row = tellings.one(work, begun.telling_id)
    if row is None:
        return
    row.failed_at = (row.failed_at or work.now) if failed else None
    row.failed_what, row.failed_remedy = error.what, error.remedy
    if certain and row.sent == 0 and row.sequence == begun.sequence:
        row.opened = "" if row.opened == begun.key(0) else row.opened
        row.pending, row.sequence = None, row.sequence - 1
    elif failed:
        _give_up(row)


def _give_up(row: TellingRow) -> None:
    """Leave what was being told, as one of its letters is refused for good.

    Nobody knows which of the others are known: the next change tells all of it anew.
    """
    known = saying.perhaps_known(saying.from_kept(row.told), saying.from_kept(row.pending))
    row.told = None if known is None else saying.once_told(saying.to_kept(known))
    row.pending, row.revision, row.sent = None, 0, 0


def _allow(work: Work, post: Post) -> None:
    """Take a letter of the minute's share. Raises TryLater, and takes nothing."""
    burst = max(1, post.rate // _AT_ONCE)
    every = _MINUTE / max(1, post.rate - burst)
    bucket = sha256(b"letters").digest()
    if gates.take(work, bucket, 1, every=every, burst=burst):
        return
    free = gates.free_at(work, bucket, 1, every=every, burst=burst) - work.now
    raise TryLater(
        "So many letters were sent that the mail server might refuse more",
        remedy="it goes on by itself in a moment",
        seconds=free.total_seconds() + random() * 8 * every.total_seconds(),  # noqa: S311 -- spreads
    )
