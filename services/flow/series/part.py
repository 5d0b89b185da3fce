"""Which dates of a series are an attendee's: as objects that are written, and as they are told."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from notifications.itip.pieces import between, single
from scheduler.model.series import Series
from services.storage.rows.series import AttendeeRow, MeetingRow

_MANY = 2  # dates left out at the end: then a shorter rule says it in one letter


@dataclass(frozen=True, slots=True)
class Part:
    """The dates of one attendee, by their originals (UTC seconds).

    only    the date of a guest; None: any
    since   None: from the first date on
    until   before which; None: to the last one
    without  those among them that are not theirs
    joined  when they were invited: what had begun by then says nothing of them
    """

    only: int | None
    since: int | None
    until: int | None
    joined: int
    without: frozenset[int] = frozenset()

    @classmethod
    def of(cls, attendee: AttendeeRow, meetings: Iterable[MeetingRow]) -> Self:
        """Read it from the rows."""
        only = [each.original_at for each in meetings if each.id == attendee.meeting_id]
        return cls(
            _seconds(only[0]) if only else None,
            _seconds(attendee.since_at),
            _seconds(attendee.until_at),
            int(attendee.created_at.timestamp()),
            frozenset(attendee.without or ()),
        )

    def has(self, original: int) -> bool:
        """Whether that date is theirs."""
        return (
            self.only in (None, original)
            and (self.since is None or self.since <= original)
            and (self.until is None or original < self.until)
            and original not in self.without
        )

    def has_all(self, series: Series) -> bool:
        """Whether all of its dates are theirs that were to come when they were invited."""
        ahead = [each for each in series.occurrences if each.start > self.joined]
        return bool(ahead) and all(self.has(each.original) for each in ahead)

    def told(self, series: Series) -> Series | None:
        """Return what of an object is theirs, as it is told by mail; None: nothing."""
        dates = [each for each in series.occurrences if self.has(each.original)]
        if not dates:
            return None
        if self.only is not None:
            return single(series.zone, dates[0])
        late = [each for each in series.skipped if each > dates[-1].original]
        if len(dates) == len(series.occurrences) and len(late) < _MANY:
            return series
        part = between(series, dates[0].original, dates[-1].original + 1)
        lacking = [] if part is None else [each for each in part.occurrences if each not in dates]
        if part is None or not lacking:
            return part
        skipped = sorted({*part.skipped, *(each.original for each in lacking)})
        return replace(part, occurrences=tuple(dates), skipped=tuple(skipped))


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
