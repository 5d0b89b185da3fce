"""Places at hosts of calendars that answer only so many requests of one account at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from time import monotonic

from services.storage import gates
from services.storage.work import Work

_LEASE = timedelta(minutes=2)  # longer than a request takes; whoever dies leaves a place no longer
_OLD = 30.0  # seconds after which it is kept on before the next request


@dataclass(slots=True)
class Place:
    """A place at a host, for one who asks: one of these keys, for as long as it is used.

    What a transaction has taken is ours only once that transaction is kept.
    """

    keys: Sequence[bytes]
    held: tuple[bytes, int] | None = None
    since: float = 0.0
    _next: tuple[bytes, int] | None = None

    @classmethod
    def among(cls, name: str, count: int) -> "Place":
        """One of so many places of this name."""
        keys = [f"{name} place {each}" for each in range(count)]
        return cls([sha256(each.encode()).digest() for each in keys])

    def take(self, work: Work) -> bool:
        """Take a place, or have ours for longer; False: others have them all."""
        self._next = self._kept(work) or self._new(work)
        return self._next is not None

    def taken(self) -> None:
        """Know that what was taken is kept."""
        self.held, self.since = self._next, monotonic()

    def is_old(self) -> bool:
        """Whether ours is to be kept on before anything else is asked."""
        return self.held is not None and monotonic() > self.since + _OLD

    def leave(self, work: Work) -> None:
        """Give ours up."""
        if self.held is not None:
            gates.leave(work, *self.held)
            self.held = None

    def _kept(self, work: Work) -> tuple[bytes, int] | None:
        if self.held is None:
            return None
        proof = gates.keep_on(work, *self.held, _LEASE)
        return None if proof is None else (self.held[0], proof)

    def _new(self, work: Work) -> tuple[bytes, int] | None:
        for key in self.keys:
            proof = gates.occupy(work, key, _LEASE)
            if proof is not None:
                return key, proof
        return None
