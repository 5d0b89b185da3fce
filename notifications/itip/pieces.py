"""What of a series is told as one object, and what apart.

Mail programs read the first event of a mail and no more. So the dates that are not held as the
rule puts them, when the series is first told, are left out of it and are events of their own.
"""

import re
from collections.abc import Collection
from dataclasses import replace

from notifications.itip.moments import universal
from scheduler.model.series import Occurrence, Series


def told_apart(series: Series) -> frozenset[int]:
    """Return the originals that are events of their own for who is told of the series now."""
    moved = (each.original for each in series.occurrences if not as_ruled(each, series))
    return frozenset(moved if series.rule else ())


def pieces(series: Series, apart: Collection[int]) -> dict[int | None, Series]:
    """Return the objects of a series: under None what keeps the rule, the others by original.

    apart  what `told_apart` said when this guest was first told: a date stays in its object

    There is nothing under None if no date is left for the rule.
    """
    if not series.rule:
        return {None: series}
    rest = tuple(each for each in series.occurrences if each.original not in apart)
    kept = replace(series, occurrences=rest, skipped=tuple(sorted({*series.skipped, *apart})))
    whole: dict[int | None, Series] = {None: kept} if rest else {}
    alone = (each for each in series.occurrences if each.original in apart)
    return whole | {each.original: single(series.zone, each) for each in alone}


def single(zone: str, occurrence: Occurrence) -> Series:
    """Return the one date as an event of its own: for the series, or for a guest of that date."""
    return Series(zone, "", occurrence.minutes, (occurrence,))


def between(series: Series, since: int, until: int) -> Series | None:
    """Return the part of a series that begins in [since, until), UTC seconds; None: there is none.

    For who joins from a date on, for who leaves, and for a series that ends early.
    """
    held = tuple(each for each in series.occurrences if since <= each.original < until)
    if not held:
        return None
    first, last = held[0].original, held[-1].original
    skipped = tuple(each for each in series.skipped if first < each < last)
    rule = re.sub(r"(?<=UNTIL=)[0-9TZ]+", universal(last), series.rule)
    return replace(series, rule=rule, occurrences=held, skipped=skipped)


def as_ruled(occurrence: Occurrence, series: Series) -> bool:
    """Say whether the date is held as the rule puts it."""
    return occurrence.start == occurrence.original and (
        (occurrence.minutes, occurrence.place) == (series.minutes, "")
    )
