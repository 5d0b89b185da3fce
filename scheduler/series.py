"""A proposal's dates as series: what people accept once, and calendars keep as one object.

A series is one rule (RFC 5545, 3.3.10) with exceptions. What programs read in different ways is
kept out of it, and stands beside it as a single date: a date moved onto the day of a neighbour or
past it, which Outlook refuses; one at an hour that the clocks skip, show twice or are changed in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo  # noqa: TID251 -- the type alone

from scheduler.model.answer import Outcome, PlannedDate, Rule
from scheduler.model.series import Occurrence, Series
from scheduler.model.zone import zone

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WEEK = timedelta(days=7)


def held(dates: Iterable[PlannedDate]) -> list[Occurrence]:
    """Return the dates of a proposal that are held, short ones too."""
    return [
        Occurrence(
            each.start if each.moved_from is None else each.moved_from,
            each.start,
            (each.end - each.start) // 60,
        )
        for each in dates
        if each.outcome is not Outcome.SKIPPED
    ]


def series_of(rule: Rule, dates: Iterable[Occurrence], tz: str, minutes: int) -> list[Series]:
    """Return the series of a rule, then what it does not hold as single dates, by their start.

    tz  IANA, whose wall clock the rule keeps
    An ordinal is a series of its own: no program repeats two of them alike. A series runs from
    the first date it holds to the last, so DTSTART is always a date. Raises UnknownZone.
    """
    left = {each.original: each for each in dates}
    found = list[Series]()
    for ordinal in rule.ordinals or (None,):
        clock = zone(tz)
        puts = _puts(rule, ordinal, sorted(left), clock)
        may = {
            name: each
            for name, each in left.items()
            if _is_put(rule, ordinal, _wall(clock, name))
            and _plain(clock, name, name + minutes * 60)
        }
        whole = _fitting(clock, puts, may)
        if len(whole) > 1:
            first, last = whole[0].original, whole[-1].original
            out = {each for each in puts if first < each < last} - {o.original for o in whole}
            text = f"{_repeated(rule, ordinal)};UNTIL={_stamp(last)}"
            found.append(Series(tz, text, minutes, tuple(whole), tuple(sorted(out))))
            left = {name: each for name, each in left.items() if each not in whole}
    return found + _singles(tz, left.values())


def arranged(series: Series, dates: Iterable[Occurrence]) -> list[Series]:
    """Return a series as it is with these dates, then what it cannot hold as single dates.

    A date that it has left out once never comes back into it, for no host can undo that: it is
    single from then on. Nothing at all is returned of a series without a date.
    """
    left = {each.original: each for each in dates}
    puts = sorted({each.original for each in series.occurrences} | {*series.skipped})
    if not series.rule:
        return _singles(series.zone, left.values())
    may = {name: each for name, each in left.items() if name not in series.skipped}
    whole = _fitting(zone(series.zone), puts, may)
    kept = {each.original for each in whole}
    out = tuple(each for each in puts if each not in kept)
    rest = [each for name, each in left.items() if name not in kept]
    same = Series(series.zone, series.rule, series.minutes, tuple(whole), out)
    return ([same] if whole else []) + _singles(series.zone, rest)


def _singles(tz: str, dates: Iterable[Occurrence]) -> list[Series]:
    ordered = sorted(dates, key=lambda each: each.start)
    return [Series(tz, "", each.minutes, (each,)) for each in ordered]


def _fitting(
    clock: ZoneInfo, puts: Sequence[int], dates: Mapping[int, Occurrence]
) -> list[Occurrence]:
    """Return the dates that a series can hold which the rule puts there, ascending.

    Neighbours are days: where the rule puts them, and where they are held. So a date fits in
    whatever order the moves are written.
    """
    whole = list[Occurrence]()
    for place, original in enumerate(puts):
        each = dates.get(original)
        if each is None:
            continue
        before = _days(clock, puts[place - 1 : place] if place else (), dates)
        after = _days(clock, puts[place + 1 : place + 2], dates)
        day = _wall(clock, each.start).date()
        moved = each.start != original
        if not moved or (all(day > one for one in before) and all(day < one for one in after)):
            whole.append(each)
    return whole


def _days(clock: ZoneInfo, puts: Iterable[int], dates: Mapping[int, Occurrence]) -> set[date]:
    places = {each for put in puts for each in (put, dates[put].start if put in dates else put)}
    return {_wall(clock, each).date() for each in places}


def _puts(rule: Rule, ordinal: int | None, originals: Sequence[int], clock: ZoneInfo) -> list[int]:
    """Return where the rule puts dates, from the first of these it puts there to the last."""
    if rule.kind not in ("weekly", "monthly") or rule.weekday is None:
        return []
    walls = [_wall(clock, each) for each in originals]
    own = [each.date() for each in walls if _is_put(rule, ordinal, each)]
    if not own:
        return []
    step = rule.every or 1 if rule.kind == "weekly" else 1
    days = _weekly(own[0], own[-1], step)
    found = [day for day in days if ordinal is None or _is_nth(day, ordinal)]
    midnight = timedelta(minutes=rule.time)
    return [
        int((datetime(each.year, each.month, each.day, tzinfo=clock) + midnight).timestamp())
        for each in found
    ]


def _weekly(first: date, last: date, every: int) -> Iterator[date]:
    while first <= last:
        yield first
        first += every * _WEEK


def _is_put(rule: Rule, ordinal: int | None, wall: datetime) -> bool:
    there = wall.weekday() == rule.weekday and wall.hour * 60 + wall.minute == rule.time
    return there and (ordinal is None or _is_nth(wall.date(), ordinal))


def _is_nth(day: date, ordinal: int) -> bool:
    """Whether a day is that one of its weekday in its month; -1 is the last."""
    if ordinal == -1:
        return (day + _WEEK).month != day.month
    return (day.day - 1) // 7 + 1 == ordinal


def _repeated(rule: Rule, ordinal: int | None) -> str:
    assert rule.weekday is not None
    weekday = _DAYS[rule.weekday]
    if ordinal is not None:
        return f"FREQ=MONTHLY;BYDAY={ordinal}{weekday}"
    interval = f";INTERVAL={rule.every}" if rule.every and rule.every > 1 else ""
    return f"FREQ=WEEKLY{interval};BYDAY={weekday}"


def _plain(clock: ZoneInfo, start: int, end: int) -> bool:
    """Whether the clock tells start, end and length without a doubt."""
    walls = _wall(clock, start), _wall(clock, end)
    return len({each.replace(fold=fold).utcoffset() for each in walls for fold in (0, 1)}) == 1


def _wall(clock: ZoneInfo, instant: int) -> datetime:
    return datetime.fromtimestamp(instant, clock)


def _stamp(instant: int) -> str:
    return f"{datetime.fromtimestamp(instant, UTC):%Y%m%dT%H%M%SZ}"
