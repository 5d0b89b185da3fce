"""The sandbox's time: the real one, moved as far as somebody asked."""

from datetime import UTC, datetime, timedelta

from services.sandbox.store import Store


class Clock:
    """Tells the time. How far it was moved is kept over a restart."""

    def __init__(self, store: Store) -> None:
        self._store = store
        kept = store.get("clock", "offset") or {"seconds": 0.0}
        self._offset = timedelta(seconds=kept["seconds"])

    def now(self) -> datetime:
        """Return the moment, in UTC."""
        return _real() + self._offset

    def advance(self, seconds: float) -> None:
        """Move on, or back if negative."""
        self._move(self._offset + timedelta(seconds=seconds))

    def set(self, moment: datetime) -> None:
        """Make it that moment. It goes on from there."""
        self._move(moment.astimezone(UTC) - _real())

    def _move(self, offset: timedelta) -> None:
        self._offset = offset
        self._store.put("clock", "offset", {"seconds": offset.total_seconds()})


def _real() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 -- the sandbox's one reader of the clock
