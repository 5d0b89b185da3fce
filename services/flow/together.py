"""Reading for a plan and by itself: whoever comes second to an account lets the first one end.

They may meet in one moment, as a plan has everything read soon. What was read just now is not
read again, so all that is to be seen to is that the second one waits until it was. Two that look
in the very same moment may still both read; that costs a request, and nothing else.
"""

from datetime import timedelta
from hashlib import sha256
from uuid import UUID

from scheduler.errors import TryLater
from services.storage import polling as stored
from services.storage import tries
from services.storage.work import Work

_LONGEST = timedelta(seconds=30)  # for which others wait: whoever reads may have died
_SOON = 2.0  # seconds until somebody looks again whether it is their turn


def begin(work: Work, subject: UUID) -> bool:
    """Begin to read a calendar or an account for a plan; False: somebody is reading it."""
    if stored.is_being_read(work, subject):
        return False
    return tries.count(work, _key(subject), 1, work.now + _LONGEST)


def end(work: Work, subject: UUID) -> None:
    """Note that it was read for a plan."""
    tries.drop(work, _key(subject))


def let_end(work: Work, subject: UUID) -> None:
    """Raise TryLater while something is being read for a plan."""
    until = tries.until(work, _key(subject))
    if until is not None and until > work.now:
        raise later()


def later() -> TryLater:
    """What is said to whoever came second."""
    return TryLater("It is being read", remedy="it goes on by itself in a moment", seconds=_SOON)


def _key(subject: UUID) -> bytes:
    return sha256(b"read for a plan" + subject.bytes).digest()
