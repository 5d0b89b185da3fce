"""From instances to busy time."""

from collections.abc import Iterable

from scheduler.model.busy import BusyInterval, Kind


def busy_time(intervals: Iterable[BusyInterval], span: tuple[int, int]) -> list[BusyInterval]:
    """Return the intervals clipped to [from, to) and merged per kind, touching ones too.

    Kinds may overlap each other. Sorted by start, end, kind.
    """
    merged = dict[Kind, list[BusyInterval]]()
    for start, end, kind in sorted(intervals):
        begin, stop = max(start, span[0]), min(end, span[1])
        if begin < stop:
            _add(merged.setdefault(kind, []), BusyInterval(begin, stop, kind))
    return sorted(each for same in merged.values() for each in same)


def _add(before: list[BusyInterval], new: BusyInterval) -> None:
    """Add an interval that starts no earlier than the last."""
    if before and new.start <= before[-1].end:
        last = before.pop()
        new = last._replace(end=max(last.end, new.end))
    before.append(new)
