"""What others take of the time, as Outlook tells it of colleagues. Pure: no network, no clock.

It is told twice: as items with exact times, and as a row of digits, one for every five minutes.
What the digits say and no item explains is taken, too: who may not see every item is told the
digits all the same.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from calendar_sync.errors import NotThere, Wait, broken
from calendar_sync.outlook import times, wire
from calendar_sync.outlook.wire import Json
from calendar_sync.provider import Found, Span
from scheduler.model.busy import BusyInterval, Kind

AT_ONCE = 20  # addresses of one question
_SLOT = 300  # seconds that one digit covers
_LONGEST = 41 * 86_400  # seconds that one question spans
_TAKEN = re.compile(r"([^04])\1*", re.DOTALL)  # who works elsewhere may be asked
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
    """Return what each takes of a part of the time, or why that is not known. Raises Trouble.

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
    """Return the parts of a span as one; the first that is not known, if there is one.

    What lies over the border of two parts stands in both. Two events at one time are two.
    """
    whole = Counter[BusyInterval]()
    for part in found:
        if not isinstance(part, list):
            return part
        whole |= Counter(part)  # as often as in the part that has most
    kept = (BusyInterval(max(a, span[0]), min(b, span[1]), kind) for a, b, kind in whole.elements())
    return sorted(each for each in kept if each.start < each.end)


def _found(entry: Json | None, part: Span) -> Found:
    if entry is None:
        return NotThere(
            "The calendar host does not say when this person is busy", remedy="check the address"
        )
    if entry.get("error") is not None:
        return _trouble(entry["error"])
    try:
        items = _items(entry.get("scheduleItems", []))
        return sorted([*items, *_unexplained(entry.get("availabilityView"), items, part)])
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
    if not isinstance(said, list):
        raise broken()
    return [found for each in said if (found := _item(each)) is not None]


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
    if not isinstance(view, str) or len(view) != count:
        raise broken("no row of free and busy times")
    told = dict[Kind, list[Span]]()
    for digits in _TAKEN.finditer(view):
        span = part[0] + digits.start() * _SLOT, part[0] + digits.end() * _SLOT
        told.setdefault(_DIGITS.get(digits[1], Kind.BUSY), []).append(span)
    return [
        BusyInterval(*left, kind)
        for kind, spans in told.items()
        for left in _without(spans, [each for each in items if _RANK[each.kind] >= _RANK[kind]])
    ]


def _without(spans: Sequence[Span], items: Sequence[BusyInterval]) -> Iterator[Span]:
    """Yield what some items leave of spans; both may be in any order, and spans do not overlap."""
    covers = sorted((each.start, each.end) for each in items)
    first = 0
    for begin, end in sorted(spans):
        while first < len(covers) and covers[first][1] <= begin:
            first += 1
        reached = begin
        for start, until in covers[first:]:
            if start >= end:
                break
            if reached < start:
                yield reached, start
            reached = max(reached, until)
        if reached < end:
            yield reached, end
