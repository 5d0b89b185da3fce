"""From what a guest was told of a series to what holds now: the fewest letters that say it.

Each guest has a telling of their own. Who is there for a part of the series is told that part,
see `pieces.between`; a guest of one date is told that date alone, see `pieces.single`.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from notifications.itip.pieces import as_ruled, pieces
from scheduler.model.series import Occurrence, Series


class Kind(StrEnum):
    """What a letter does in a calendar."""

    INVITED = "invited"
    CHANGED = "changed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Change:
    """One letter: about a whole object, or about one date of a series.

    piece    names the object: None is the series, an original is a date of its own
    series   the object's dates: as they are, or as they were told if it is cancelled
    date     the only one that is meant; None: all of the object
    for_all  False: it is held, and this guest alone no longer comes
    before   the object's dates as they were told; None: nothing was
    """

    kind: Kind
    piece: int | None
    series: Series
    date: Occurrence | None = None
    for_all: bool = True
    before: Series | None = field(default=None, compare=False)


def changes(
    told: Series | None,
    wanted: Series | None,
    apart: Collection[int],
    *,
    anew: bool = False,
    for_all: bool = True,
) -> list[Change]:
    """Return what to tell a guest, in this order.

    told     what was last told; None: nothing
    wanted   what holds; None: nothing, for this guest
    apart    originals told as events of their own: `pieces.told_apart`, of the first telling
    anew     the title, the place or the text is another one
    for_all  see Change
    """
    before = pieces(told, apart) if told else {}
    after = pieces(wanted, apart) if wanted else {}
    ours = sorted(before.keys() | after.keys(), key=lambda piece: (piece is not None, piece or 0))
    return [
        change
        for piece in ours
        for change in _of_one(piece, before.get(piece), after.get(piece), anew, for_all)
    ]


def _of_one(
    piece: int | None,
    told: Series | None,
    wanted: Series | None,
    anew: bool,  # noqa: FBT001 -- as above, and private
    for_all: bool,  # noqa: FBT001
) -> Iterator[Change]:
    if wanted is None:
        assert told is not None  # the piece comes from one of them
        yield Change(Kind.CANCELLED, piece, told, for_all=for_all, before=told)
    elif told is None:
        yield Change(Kind.INVITED, piece, wanted)
        yield from _told_again(piece, None, wanted, set())
    else:
        whole = list(_as_a_whole(piece, told, wanted))
        dates = list(_by_date(piece, told, wanted, for_all))
        alike = not anew and _same_frame(told, wanted)
        yield from dates if alike and len(dates) <= len(whole) else whole


def _same_frame(told: Series, wanted: Series) -> bool:
    """Say whether what is new can be told date by date: nothing, or dates that the rule has."""
    if not told.rule:
        old, new = told.occurrences[0], wanted.occurrences[0]
        return not wanted.rule and told.zone == wanted.zone and _shown(old) == _shown(new)
    frames = {(each.zone, each.rule, each.minutes) for each in (told, wanted)}
    return len(frames) == 1 and _held(wanted).keys() <= _held(told).keys()


def _as_a_whole(piece: int | None, told: Series, wanted: Series) -> Iterator[Change]:
    """Tell the whole object anew, and each date of which a calendar could think otherwise.

    Some forget then what they were told of single dates that remain, and some do not.
    """
    moved = {each.original for each in told.occurrences if not as_ruled(each, told)}
    yield Change(Kind.CHANGED, piece, wanted, before=told)
    yield from _told_again(piece, told, wanted, moved.union(told.skipped))


def _told_again(
    piece: int | None, told: Series | None, series: Series, others: Collection[int]
) -> Iterator[Change]:
    """Tell where dates are that the rule does not tell, and those among the others."""
    for date in series.occurrences if series.rule else ():
        if date.original in others or not as_ruled(date, series):
            yield Change(Kind.CHANGED, piece, series, date, before=told)


def _by_date(
    piece: int | None,
    told: Series,
    wanted: Series,
    for_all: bool,  # noqa: FBT001 -- as above
) -> Iterator[Change]:
    if not told.rule:
        return  # its frame is all there is
    now = _held(wanted)
    for original, date in _held(told).items():
        if original not in now:
            yield Change(Kind.CANCELLED, piece, told, date, for_all=for_all, before=told)
        elif _shown(now[original]) != _shown(date):
            yield Change(Kind.CHANGED, piece, wanted, now[original], before=told)


def _held(series: Series) -> dict[int, Occurrence]:
    return {each.original: each for each in series.occurrences}


def _shown(date: Occurrence) -> tuple[int, int, str]:
    """Return what of a date its guests see; who else comes for it alone is not theirs to know."""
    return date.start, date.minutes, date.place
