"""What a letter tells its reader of dates that they do not know yet."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from notifications.itip.changes import Change, Kind
from scheduler.model.series import Occurrence, Series


@dataclass(frozen=True, slots=True)
class Reader:
    """What the words of a letter go by, besides the object that it encloses.

    now        all dates that are the guest's, as they are held; None: those of the object
    before     the dates of other objects as they were last told: one may have come from there
    without    originals of dates that are held without the guest
    was        title, place and text as they were last told; None: they are the same
    zone       the guest's own (IANA), whose clock is told too; "": none
    following  how many letters come after this one
    """

    now: tuple[Occurrence, ...] | None = None
    before: tuple[Occurrence, ...] = ()
    without: tuple[int, ...] = ()
    was: tuple[str, str, str] | None = field(default=None, repr=False)
    zone: str = ""
    following: int = 0


class New(NamedTuple):
    """One date that is otherwise than its reader knows it: not both are None."""

    was: Occurrence | None
    now: Occurrence | None

    @property
    def known(self) -> Occurrence:
        """The date as its reader knows it, if they do."""
        found = self.was or self.now
        assert found is not None
        return found

    @property
    def moved(self) -> bool:
        """Whether it is held at another time."""
        return bool(self.was and self.now) and _time(self.was) != _time(self.now)


def news(change: Change, reader: Reader) -> list[New]:
    """Return what is new, by date: a date may have left this object, or come into it."""
    told, held = _of(change.before), _of(change.series)
    if change.kind is Kind.CANCELLED:
        told, held = held, {}
    names = {change.date.original} if change.date else told.keys() | held.keys()
    before, now = _named(reader.before), _named(reader.now or ())
    found = (New(told.get(n) or before.get(n), held.get(n) or now.get(n)) for n in names)
    new = (each for each in found if _shown(each.was) != _shown(each.now))
    return sorted(new, key=lambda each: each.known.start)


def to_come(change: Change, reader: Reader, now: int) -> list[Occurrence]:
    """Return the dates that are the reader's and not over, by their start."""
    dates = reader.now
    if dates is None:
        dates = () if change.kind is Kind.CANCELLED else change.series.occurrences
    return sorted((each for each in dates if each.end > now), key=lambda each: each.start)


def _of(series: Series | None) -> dict[int, Occurrence]:
    return _named(series.occurrences if series else ())


def _named(dates: Iterable[Occurrence]) -> dict[int, Occurrence]:
    return {each.original: each for each in dates}


def _time(date: Occurrence | None) -> tuple[int, int] | None:
    return None if date is None else (date.start, date.minutes)


def _shown(date: Occurrence | None) -> tuple[int, int, str] | None:
    return None if date is None else (date.start, date.minutes, date.place)
