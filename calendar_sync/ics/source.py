"""The door of this package: calendars by file or address, to busy time."""

import os
import re
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from queue import SimpleQueue

from calendar_sync.errors import Unreadable
from calendar_sync.ics import fetch, files, link
from calendar_sync.ics.fetch import OPEN, Network
from calendar_sync.ics.limits import USUAL, Limits
from calendar_sync.ics.reader import Reader
from calendar_sync.ics.reasons import Refused
from calendar_sync.ics.seen import Seen
from calendar_sync.ics.sentences import unreadable
from scheduler.model.busy import BusyInterval

_ADDRESS = re.compile(r"\s*([a-z][a-z0-9+.-]*://|(https?|webcals?):)", re.IGNORECASE)
_MOST_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Source:
    """One calendar, and the time we want to know about.

    place  the path of an ICS file, or an https or webcal address, which is a secret; with `data`
           what to call it in a sentence
    span   UTC seconds, [from, to)
    zone   the IANA zone of floating times and whole days; the caller knows that it exists
    """

    place: str = field(repr=False)
    span: tuple[int, int]
    zone: str
    data: bytes | None = field(default=None, repr=False)  # the file itself, where it is at hand


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading an address gave. intervals None: nothing has changed since it was `seen`."""

    intervals: list[BusyInterval] | None
    seen: Seen


def read_all(
    sources: Sequence[Source], *, limits: Limits = USUAL, network: Network = OPEN
) -> list[list[BusyInterval]]:
    """Return what each source takes of its span, in the order of the sources.

    One interval per instance that overlaps the span, whole and unmerged, sorted by start, end
    and kind (busy, unavailable or tentative). Events that are free or take no time are left out.

    Each source is read for itself, several at once. Raises Unreadable for the first of them,
    in their order, that cannot be read.
    """
    workers = min(len(sources), os.cpu_count() or 1, _MOST_AT_ONCE)
    if not workers:
        return []
    with ExitStack() as stack:
        readers = SimpleQueue[Reader]()
        for _ in range(workers):
            readers.put(stack.enter_context(Reader(limits)))
        pool = stack.enter_context(ThreadPoolExecutor(workers))
        answers = [pool.submit(_read, source, readers, limits, network) for source in sources]
        return _in_order(pool, answers)


def read_again(
    source: Source, seen: Seen | None, *, limits: Limits = USUAL, network: Network = OPEN
) -> Reading:
    """Return what an address takes of the span, as `read_all` does, if it has changed since.

    seen  of the last Reading of this address, for this very span and zone; None reads anew

    While nothing changes, no child is started; a host that knows conditional requests is not
    even asked for the bytes. Raises Unreadable if the address cannot be read.
    """
    found = fetch.fetch(source.place, limits=limits, network=network, seen=seen)
    if found.data is None:
        return Reading(None, found.seen)
    with Reader(limits) as reader:
        return Reading(_busy(reader, source, link.shown(source.place), found.data), found.seen)


def _in_order(
    pool: ThreadPoolExecutor, answers: Sequence[Future[list[BusyInterval]]]
) -> list[list[BusyInterval]]:
    try:
        return [_result(index, answer) for index, answer in enumerate(answers)]
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _result(index: int, answer: Future[list[BusyInterval]]) -> list[BusyInterval]:
    try:
        return answer.result()
    except Unreadable as error:
        error.source = index
        raise


def _read(
    source: Source, readers: "SimpleQueue[Reader]", limits: Limits, network: Network
) -> list[BusyInterval]:
    if source.data is not None:
        place, data = source.place, files.fitting(source.data, source.place, limits)
    elif _ADDRESS.match(source.place):
        found = fetch.fetch(source.place, limits=limits, network=network)
        assert found.data is not None  # nothing was seen before that it could equal
        place, data = link.shown(source.place), found.data
    else:
        place, data = source.place, files.load(source.place, limits)
    reader = readers.get()
    try:
        return _busy(reader, source, place, data)
    finally:
        readers.put(reader)


def _busy(reader: Reader, source: Source, place: str, data: bytes) -> list[BusyInterval]:
    try:
        return reader.read(data, source.span, source.zone)
    except Refused as refused:
        raise unreadable(place, refused) from None
