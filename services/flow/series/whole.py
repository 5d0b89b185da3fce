"""Which object of a series stands for all of it: an answer to that one is to all dates."""

from collections.abc import Iterable
from uuid import UUID

from services.flow.series.kept import from_kept
from services.storage.rows.series import EventRow


def whole(events: Iterable[EventRow]) -> UUID | None:
    """Return the only object by a rule; None: there are several, or none."""
    repeated = [each.id for each in events if _is_repeated(each)]
    return repeated[0] if len(repeated) == 1 else None


def _is_repeated(event: EventRow) -> bool:
    return event.wanted is not None and bool(from_kept(event.wanted).rule)
