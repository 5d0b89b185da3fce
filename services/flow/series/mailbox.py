"""The mailbox of the service: each mail in it is read once, and does what it says, or nothing."""

from collections.abc import Sequence
from typing import Protocol

from notifications.itip.names import Names
from scheduler.errors import TryLater
from services.flow.memory import Memory
from services.flow.series.mail_answers import from_mail
from services.log import logger
from services.outline import outline
from services.storage.work import Refused

_log = logger(__name__)
MOST = 200  # mails at a time; the others are read the next time
LARGEST = 300_000  # bytes of one


class Letters(Protocol):
    """The mails of an open mailbox that nobody has dealt with."""

    def waiting(self, most: int) -> Sequence[str]:
        """Return the ids of some, the oldest first."""

    def fetch(self, letter: str) -> bytes | None:
        """Return a mail; None: it is gone, or too large."""

    def done(self, letter: str) -> None:
        """Mark a mail as read."""

    def set_aside(self, letter: str) -> None:
        """Mark a mail as read, and flag it for a person."""


def read(memory: Memory, names: Names, authserv_id: str, letters: Letters) -> int:
    """Read what waits, each mail in a transaction of its own; return how many there were.

    A mail is marked as read after what it says was kept, so one that is read twice says the same
    twice. One that cannot be read, for a mistake of ours, keeps no other from being read.
    """
    waiting = letters.waiting(MOST)
    for each in waiting:
        raw = letters.fetch(each)
        if raw is None:
            letters.set_aside(each)
            continue
        try:
            said = taken(memory, names, authserv_id, raw)
        except (Refused, TryLater):
            raise  # the database is in trouble: it stays unread
        except Exception as error:  # noqa: BLE001 -- whatever it is, the others are read
            _log.error("a mail cannot be read", why=outline(error))
            letters.set_aside(each)
            continue
        letters.done(each)
        _log.info("mail read", outcome=said)
    return len(waiting)


def taken(memory: Memory, names: Names, authserv_id: str, raw: bytes) -> str:
    """Take one mail in, from wherever it came, and say what became of it."""
    return from_mail(memory, names, authserv_id, raw)
