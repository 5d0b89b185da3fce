"""The best place for every date of one pattern where there are few choices: each is looked at.

Most patterns that are good lack one date or two. Bounds cost more than they save there.
"""

from collections.abc import Iterator, Sequence
from itertools import product

from scheduler.case import Date
from scheduler.choice import Choice, Key, key_of
from scheduler.options import NOT_HELD, Option

MOST = 64  # choices


def are_few(dates: Sequence[Date], moves: int) -> bool:
    """Whether looking at every choice is quicker than searching."""
    choices = 1
    for date in dates:
        choices *= len(date.moves) + (moves < len(dates))
        if choices > MOST:
            return False
    return True


def choose(fixed: Sequence[Option], dates: Sequence[Date], moves: int, members: int) -> Choice:
    """Choose the places, exactly `moves` of them elsewhere, so that the score is the best."""

    def rank(options: tuple[Option, ...]) -> tuple[Key, list[int]]:
        whole = [*fixed, *options]
        starts = sorted(each.start for each in whole if each.cell != NOT_HELD)
        return key_of(whole, members), starts

    options = min(_choices(dates, moves), key=rank)
    return Choice(rank(options)[0], options, proven=True)


def _choices(dates: Sequence[Date], moves: int) -> Iterator[tuple[Option, ...]]:
    places = [
        [(option, 1) for option in date.moves] + ([(date.stay, 0)] if moves < len(dates) else [])
        for date in dates
    ]
    for chosen in product(*places):
        if sum(moved for _, moved in chosen) == moves:
            yield tuple(option for option, _ in chosen)
