"""The week as a map: how many days of the term every weekday and start would keep."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scheduler.model.answer import Heat, Proposal
from scheduler.reasons import WEEKDAYS, hhmm

_MANY = 14  # rows from which equal neighbours are merged
_TOO_MANY = 36  # rows from which starts of the same half hour, hour or two are merged
_BLOCKS = (30, 60, 120)  # minutes
_STEPS = (0.25, 0.5, 0.75, 1)  # shares of the days kept at which the colour deepens


@dataclass(frozen=True, slots=True)
class Square:
    """A cell: the number to show, how deep its colour is, the proposals that meet there."""

    text: str
    depth: int
    ranks: str  # "1" or "1,2"


@dataclass(frozen=True, slots=True)
class Line:
    """Starts that share a row. `after_gap` says that time passes unseen above it."""

    label: str
    after_gap: bool
    squares: tuple[Square | None, ...]


@dataclass(frozen=True, slots=True)
class Week:
    """The map: weekdays with their number of days, and the lines below them.

    merged  whether some line stands for several starts
    spread  whether some of these keep more days than others
    """

    weekdays: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    merged: bool
    spread: bool

    @property
    def long(self) -> bool:
        """Whether the lines must be low for the map to fit a screen."""
        return len(self.lines) > _MANY


def week(heat: Heat, proposals: Sequence[Proposal]) -> Week | None:
    """Lay out the map; None where there is nothing to show."""
    shown = [day for day, kept in enumerate(heat.kept) if any(each is not None for each in kept)]
    if not shown:
        return None
    groups = _groups(heat, shown)
    met = _met(proposals)
    lines = [
        Line(
            _label(heat, group),
            bool(number) and _apart(heat, group[0]),
            tuple(_square(heat, day, group, met) for day in shown),
        )
        for number, group in enumerate(groups)
    ]
    weekdays = tuple((WEEKDAYS[day], heat.days[day]) for day in shown)
    spread = any("-" in each.text for line in lines for each in line.squares if each)
    return Week(weekdays, tuple(lines), len(groups) < len(heat.starts), spread)


def _groups(heat: Heat, shown: Sequence[int]) -> list[list[int]]:
    """Starts by place, those of one row together."""
    groups = [[place] for place in range(len(heat.starts))]
    if len(groups) > _MANY:
        groups = _merged(heat, lambda place: tuple(heat.kept[day][place] for day in shown))
    for minutes in _BLOCKS:
        if len(groups) > _TOO_MANY:
            groups = _merged(heat, _block_of(heat, minutes))
    return groups


def _block_of(heat: Heat, minutes: int) -> Callable[[int], int]:
    return lambda place: heat.starts[place] // minutes


def _merged(heat: Heat, key: Callable[[int], Hashable]) -> list[list[int]]:
    """Join neighbouring starts that are alike by `key`."""
    groups: list[list[int]] = []
    for place in range(len(heat.starts)):
        if groups and not _apart(heat, place) and key(place) == key(place - 1):
            groups[-1].append(place)
        else:
            groups.append([place])
    return groups


def _apart(heat: Heat, place: int) -> bool:
    """Whether more than a step of the grid lies between a start and the one before."""
    step = min((b - a for a, b in pairwise(heat.starts)), default=0)
    return heat.starts[place] - heat.starts[place - 1] > step


def _label(heat: Heat, group: Sequence[int]) -> str:
    first, last = hhmm(heat.starts[group[0]]), hhmm(heat.starts[group[-1]])
    return first if first == last else f"{first} to {last}"


def _met(proposals: Sequence[Proposal]) -> dict[tuple[int, int], list[int]]:
    """Which proposals meet on a weekday at a start; one without a weekday is not on the map."""
    met: dict[tuple[int, int], list[int]] = {}
    for rank, each in enumerate(proposals, start=1):
        if each.rule.weekday is not None:
            met.setdefault((each.rule.weekday, each.rule.time), []).append(rank)
    return met


def _square(
    heat: Heat, day: int, group: Sequence[int], met: dict[tuple[int, int], list[int]]
) -> Square | None:
    kept = [each for place in group if (each := heat.kept[day][place]) is not None]
    if not kept:
        return None
    least, most = min(kept), max(kept)
    ranks = sorted(rank for place in group for rank in met.get((day, heat.starts[place]), ()))
    return Square(
        str(most) if least == most else f"{least}-{most}",
        _depth(most, heat.days[day]),
        ",".join(map(str, ranks)),
    )


def _depth(kept: int, days: int) -> int:
    """0 for none, then one more for every step reached; the deepest is all of them."""
    share = kept / days if days else 0
    return 1 + sum(share >= each for each in _STEPS) if kept else 0
