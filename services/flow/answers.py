"""A repeated request gets the stored answer: one effect, however often it is sent.

claim, then the effect and `keep` in one transaction; or `release` when there was no effect.
"""

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from services.flow.errors import Gone, StillRunning, Unfit
from services.storage import answers
from services.storage.answers import Headers
from services.storage.work import Work

KEPT = timedelta(hours=24)
_PATIENCE = timedelta(seconds=60)  # with a request that is being answered
_KEY = re.compile(r"[\x21-\x7e]{1,255}")

Begin = Callable[[], AbstractContextManager[Work]]


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a request, and since when: who took too long has lost it."""

    key: bytes
    since: datetime


@dataclass(frozen=True, slots=True)
class Stored:
    """What was answered the first time."""

    status: int
    headers: Headers
    body: bytes = field(repr=False)


def claim(begin: Begin, who: UUID, key: str, request: bytes) -> Claim | Stored:
    """Claim the answer to a request, in a transaction of its own; or get the answer it had.

    who      whose keys these are: nobody meets anybody else's
    key      as the request names itself
    request  hash of all that makes it this request: method, path and body

    Raises Unfit when the key is none or belongs to another request, Conflict while the first one
    is still being answered, and Gone when its answer was erased.
    """
    if not _KEY.fullmatch(key):
        raise Unfit("The Idempotency-Key is none", remedy="write 1 to 255 visible ASCII letters")
    name = sha256(f"{who}\0{key}".encode()).digest()
    with begin() as work:
        if answers.begin(work, name, request, who):
            return Claim(name, work.now)
        row = answers.one(work, name)
        if row is None:  # released at this moment
            raise _still_running()
        if row.created_at <= work.now - KEPT:
            answers.take_over(work, row, request)
            return Claim(name, work.now)
        if row.request != request:
            raise Unfit(
                "This Idempotency-Key belongs to another request", remedy="choose a new key"
            )
        if row.status == answers.ERASED:
            raise Gone(
                "This was done already, and its answer is no longer kept",
                remedy="read the group to see how it stands",
            )
        if row.status is not None:
            return Stored(row.status, row.headers or [], row.body or b"")
        if row.created_at > work.now - _PATIENCE:
            raise _still_running()
        answers.take_over(work, row, request)
        return Claim(name, work.now)


def keep(work: Work, claimed: Claim, answer: Stored, group_id: UUID | None = None) -> None:
    """Keep the answer in the transaction of the effect: both stand or neither does.

    group_id  what it tells of; None: the one who asked alone

    Raises Conflict when the claim was taken over; the effect must not stand then either.
    """
    told = (answer.status, answer.headers, answer.body)
    if not answers.finish(work, claimed.key, claimed.since, told, group_id):
        raise _still_running()


def release(begin: Begin, claimed: Claim) -> None:
    """Let the next one answer, because this try had no effect."""
    with begin() as work:
        answers.drop(work, claimed.key, claimed.since)


def _still_running() -> StillRunning:
    return StillRunning("The same request is still being answered", remedy="repeat it in a moment")
