"""What others take of the time, as Outlook tells it of colleagues. Pure: no network, no clock.

It is told twice: as items with exact times, and as a row of digits, one for each quarter of an
hour. What the digits say and no item explains is taken, too: who may not see every item is told
the digits all the same.
"""

import re
from collections.abc import Sequence
from typing import Any

from calendar_sync.errors import NotThere, Wait, broken
from calendar_sync.ics.merge import busy_time
from calendar_sync.outlook import times, wire
from calendar_sync.outlook.wire import Json
from calendar_sync.provider import Found, Span
from scheduler.model.busy import BusyInterval, Kind

AT_ONCE = 20  # addresses of one question
_SLOT = 900  # seconds that one digit covers
_LONGEST = 41 * 86_400  # seconds that one question spans
_TAKEN = re.compile(r"[^04]", re.DOTALL)  # who works elsewhere may be asked
_DIGITS = {"1": Kind.TENTATIVE, "2": Kind.BUSY, "3": Kind.UNAVAILABLE}
_RANK = {Kind.TENTATIVE: 1, Kind.BUSY: 2, Kind.UNAVAILABLE: 3}
_BUSY_HOST = (
    "errorserverbusy",
    "errortimeoutexpired",
    "errorinternalservererror",
    "errorinternalservertransienterror",
    "errorfreebusygenerationfailed",
    "errormailboxmoveinprogress",
    "errormailboxstoreunavailable",
)
_TOO_MUCH = ("5006", "errorresultsettoobig", "errortoomanyentries", "errortoomanycalendarentries")


def parts(span: Span) -> list[Span]:
    """Return a span as parts that one question takes, each of whole digits; they may reach out."""
    first, last = span[0] // _SLOT * _SLOT, -(-span[1] // _SLOT) * _SLOT
    return [(start, min(start + _LONGEST, last)) for start in range(first, last, _LONGEST)]


def question(emails: Sequence[str], part: Span) -> Json:
    """Return the body of a question for what some people take."""
    return {
        "schedules": list(emails),
        "startTime": _moment(part[0]),
        "endTime": _moment(part[1]),
        "availabilityViewInterval": _SLOT // 60,
    }


def _moment(seconds: int) -> Json:
    return {"dateTime": times.stamp(seconds).rstrip("Z"), "timeZone": "UTC"}


def answer(said: object, emails: Sequence[str], part: Span) -> dict[str, Found]:
    """Return what each takes of a part of the time, or why that is not known. Raises Wait.

    Graph answers 200 even where it could not look somebody up, and says so inside.
    """
    told: dict[str, list[Json]] = {}
    for each in wire.items(said):
        told.setdefault(str(each.get("scheduleId")).lower(), []).append(each)
    return {each: _one(told.get(each.lower(), []), part) for each in emails}


def _one(entries: Sequence[Json], part: Span) -> Found:
    """Return what somebody takes who is told of once; whoever is told of twice is not known."""
    return _found(entries[0] if len(entries) == 1 else None, part)


def joined(found: Sequence[Found], span: Span) -> Found:
    """Return the parts of a span as one; the first that is not known, if there is one."""
    whole = set[BusyInterval]()
    for part in found:
        if not isinstance(part, list):
            return part
        whole |= set(part)
    kept = (BusyInterval(max(a, span[0]), min(b, span[1]), kind) for a, b, kind in whole)
    return sorted(each for each in kept if each.start < each.end)


def _found(entry: Json | None, part: Span) -> Found:
    if entry is None:
        return broken("nothing about this person")
    if entry.get("error"):
        return _trouble(entry["error"])
    try:
        items = _items(entry.get("scheduleItems"))
        return sorted({*items, *_unexplained(entry.get("availabilityView"), items, part)})
    except Wait as error:
        return error


def _trouble(error: object) -> NotThere | Wait:
    """Return what an error in place of somebody's time means.

    What nobody knows is no reason to wait: that would hold up everybody who is asked with them.
    """
    code = str(error.get("responseCode")).lower() if isinstance(error, dict) else ""
    if code in _BUSY_HOST:
        return broken("word that it is too busy to look this person up")
    if code in _TOO_MUCH:
        return NotThere(
            "This person has more in their calendar than the host tells at once",
            remedy="ask them to connect the calendar themselves",
        )
    return NotThere(
        "The connected account cannot see when this person is busy",
        remedy="check the address, or ask them to share their free/busy time",
    )


def _items(said: Any) -> list[BusyInterval]:
    """Return what the items take. Nothing but their times and status is looked at."""
    if not isinstance(said or [], list):
        raise broken()
    return [found for each in said or [] if (found := _item(each)) is not None]


def _item(said: object) -> BusyInterval | None:
    item = wire.whole(said)
    kind = wire.kind_of(item.get("status"))
    if kind is None:
        return None
    start, end = times.between(item.get("start"), item.get("end"))
    if end < start:
        raise broken("a busy time that ends before it starts")
    return BusyInterval(start, end, kind) if start < end else None


def _unexplained(view: object, items: Sequence[BusyInterval], part: Span) -> list[BusyInterval]:
    """Return the time that the digits say is taken, more than any item there does."""
    count = (part[1] - part[0]) // _SLOT
    if not isinstance(view, str) or len(view) < count:
        raise broken("no row of free and busy times")
    ranks = _ranks(items, part, count)
    found = list[BusyInterval]()
    for digit in _TAKEN.finditer(view, 0, count):
        kind = _DIGITS.get(digit[0], Kind.BUSY)
        if ranks[digit.start()] < _RANK[kind]:
            start = part[0] + digit.start() * _SLOT
            found.append(BusyInterval(start, start + _SLOT, kind))
    return busy_time(found, part)


def _ranks(items: Sequence[BusyInterval], part: Span, count: int) -> list[int]:
    """Return how much each digit is explained: by the greatest rank of an item that touches it."""
    found = [0] * count
    for start, end, kind in items:
        first = max(0, (start - part[0]) // _SLOT)
        for number in range(first, min(count, -((part[0] - end) // _SLOT))):
            found[number] = max(found[number], _RANK[kind])
    return found
