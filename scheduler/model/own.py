"""Our own meetings in what a calendar takes: nobody is kept from a meeting by the meeting itself.

Calendars tell no more than times, so ours are known by theirs. We write them as busy, and a host
shows one that waits for an answer as tentative: time of another kind is never ours.

Where a host tells events apart, one event that begins and ends as a meeting is that meeting. A
second one like it is somebody else's, and so is whatever overlaps; of two that are alike, what
takes more stays. Where a host joins what touches, the span of a meeting is cut out of busy time
that covers all of it; the rest stays, as does time that covers only a part of it.

What stays unknown:

- in joined time, whether something else lies within the span of a meeting: it is taken for ours;
- a meeting that its guest has moved or shortened no longer matches, and counts as theirs. What
  lies where it was is kept, unless it is alike or joined;
- a guest who has removed a meeting and has something else at exactly its time seems free then;
- of two alike, a reading must tell both: where it tells one, that is taken for the meeting.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scheduler.model.busy import Kind
from scheduler.model.events import KINDS, Events
from scheduler.spans import Spans

Span = tuple[int, int]
Rows = NDArray[np.int64]
_OURS = [KINDS.index(each) for each in (Kind.TENTATIVE, Kind.BUSY)]  # what takes less, first


def without(events: Events, meetings: Sequence[Span], *, apart: bool) -> Events:
    """What one calendar takes besides meetings of ours that were written into it.

    events    as they were read, before a whole calendar is taken for clinical time
    meetings  [from, to), UTC seconds; two at the same time are named twice
    apart     whether the host tells events apart: False where it joins what touches
    """
    if apart:
        return Events(np.delete(events.rows, _alike(events.rows, meetings), axis=0))
    rows = events.rows
    for span in _covered(rows, meetings):
        rows = _cut(rows, span)
    return Events(rows)


def _alike(rows: Rows, meetings: Sequence[Span]) -> list[int]:
    """Where the meetings stand: one row for each, or none."""
    found: list[int] = []
    for start, end in meetings:
        there = (rows[:, 0] == start) & (rows[:, 1] == end)
        places = [place for kind in _OURS for place in np.flatnonzero(there & (rows[:, 2] == kind))]
        found += [int(place) for place in places if place not in found][:1]
    return found


def _covered(rows: Rows, meetings: Sequence[Span]) -> list[Span]:
    """The meetings for all of whose time something is taken that may be ours."""
    busy = rows[np.isin(rows[:, 2], _OURS)]
    busy = busy[np.argsort(busy[:, 0])]
    spans = np.array(meetings, np.int64).reshape(-1, 2)
    taken = Spans.join(busy[:, 0], busy[:, 1])
    seconds = taken.seconds_before(spans[:, 1]) - taken.seconds_before(spans[:, 0])
    whole = seconds == spans[:, 1] - spans[:, 0]
    return [(start, end) for start, end in spans[whole].tolist()]


def _cut(rows: Rows, span: Span) -> Rows:
    """Leave of what may be ours only what is before and after a span."""
    hit = (rows[:, 0] < span[1]) & (rows[:, 1] > span[0]) & np.isin(rows[:, 2], _OURS)
    before, after = rows[hit], rows[hit]
    before[:, 1] = np.minimum(before[:, 1], span[0])
    after[:, 0] = np.maximum(after[:, 0], span[1])
    pieces = np.concatenate([before, after])
    return np.concatenate([rows[~hit], pieces[pieces[:, 0] < pieces[:, 1]]])
