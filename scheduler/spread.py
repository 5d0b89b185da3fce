"""The best days for so many dates at one start, at least so many days apart.

The fields of the score are settled one after another; the value reached in one is a limit to the
next. A field is the largest of some sums over the chosen days, or a single sum. Weighing the
limits gives a bound (scheduler/spread_weights.py) and drops days that cannot matter; a search
(scheduler/spread_search.py) tries the bound itself, then whatever is better than the best known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from scheduler.choice import Key
from scheduler.lanes import unpack_counts
from scheduler.options import Option
from scheduler.spans import Ints
from scheduler.spread_paths import Paths, following
from scheduler.spread_search import Search
from scheduler.spread_weights import Limits, Weighing

STEPS = 40_000_000  # numbers compared, about; no search uses more than half of what is left
_NEVER = 1 << 40  # more than any count of dates
_FEW_ROUNDS = 12

_UNPROVEN = (
    "a plan with {} worst absences is not excluded",
    "a plan with an expected attendance of {} is not excluded",
    "a plan with {} late protections is not excluded",
    "a plan with {} protections is not excluded",
    "a plan with a largest burden of {} minutes is not excluded",
    "a plan with burdens of {} minutes in total is not excluded",
)
_LATER = "a better plan is not excluded"
_EARLIER = "the same score on earlier days is not excluded"


@dataclass(frozen=True, slots=True)
class SpreadChoice:
    """The best days found.

    lost    how many of the dates fail
    key     the score of all dates from worst_absences on, least is best
    chosen  indexes of the days, ascending
    proven  whether everything better is excluded
    gap     what is not excluded, as a phrase; empty when proven
    """

    lost: int
    key: Key
    chosen: tuple[int, ...]
    proven: bool
    gap: str


def best_dates(  # noqa: PLR0913, PLR0917 -- the parts of one question
    options: Sequence[Option],
    days: Sequence[int],
    fails: Sequence[bool],
    count: int,
    min_gap_days: int,
    members: int,
    *,
    steps: int = STEPS,
) -> SpreadChoice | None:
    """Choose `count` days so that the score is the best there is; None when too few fit.

    options       what a date on each day contributes, all at one start
    days          days since the epoch, ascending
    fails         whether a date on that day counts as lost
    min_gap_days  between neighbours; 0 still means different days
    steps         after about so many comparisons the best choice known is taken
    """
    case = _Case.of(days, fails, count, min_gap_days)
    if case is None:
        return None
    best = _Improvement(case, steps)
    fields = _fields(options, members)
    for field in fields:
        best.settle(case.level(field))
    best.take_earliest()
    worst, attendance, late, protections, largest, total = (
        int(field[best.path].sum(axis=0).max()) for field in fields
    )
    key = (worst, attendance, late, protections, largest, total)
    gap = _gap(best.unsettled, key)
    return SpreadChoice(case.lost, key, tuple(best.path.tolist()), not gap, gap)


def _gap(unsettled: Sequence[int | None], key: Key) -> str:
    """Put into words what is not excluded in the first field that is not settled."""
    for phrase, value, bound in zip(_UNPROVEN, key, unsettled, strict=False):
        # A later field may have been searched for with more luck, and have improved this one.
        if bound is not None:
            return phrase.format(abs(bound)) if bound < value else _LATER
    return _EARLIER if len(unsettled) > len(key) else ""


def fewest_lost(
    days: Sequence[int], fails: Sequence[bool], count: int, min_gap_days: int
) -> int | None:
    """Count the dates that fail whichever days are chosen; None when too few days fit."""
    later = following(np.asarray(days, np.int64), min_gap_days)
    lost = np.asarray(fails, np.int64)
    least = np.zeros(len(lost) + 1, np.int64)
    for _ in range(count):
        sums = np.append(lost + least[later], _NEVER)
        least = np.minimum.accumulate(sums[::-1])[::-1]
    return int(least[0]) if least[0] < _NEVER else None


def optimistic(  # noqa: PLR0913, PLR0917 -- the parts of one question
    options: Sequence[Option],
    days: Sequence[int],
    fails: Sequence[bool],
    count: int,
    min_gap_days: int,
    members: int,
) -> tuple[int, int] | None:
    """Bound a start: its least lost dates, and worst absences that these cannot be had below."""
    case = _Case.of(days, fails, count, min_gap_days)
    if case is None:
        return None
    level = case.level(_absences(options, members))
    limits = Limits.none(len(days)).with_level(level.costs, level.unit)
    weighing = Weighing(case.paths, limits, case.path, rounds=_FEW_ROUNDS)
    return case.lost, weighing.bound - level.base


@dataclass(frozen=True, slots=True)
class _Level:
    """A field of the score: the largest of some sums.

    costs  per day and sum. A day that fails costs more than all others can together save, so that
           the sums are least where the fewest dates are lost
    base   what that adds to every choice
    unit   by how much days differ, about
    step   the sums are multiples of it, but for the base
    """

    costs: Ints
    base: int
    unit: float
    step: int

    def rounded_up(self, bound: int) -> int:
        """The least value there can be from a bound on."""
        return self.base - (self.base - bound) // self.step * self.step


@dataclass(frozen=True, slots=True)
class _Case:
    """All paths, and one of those with the fewest lost dates."""

    paths: Paths
    failing: Ints
    path: Ints
    lost: int

    @classmethod
    def of(cls, days: Sequence[int], fails: Sequence[bool], count: int, gap: int) -> "_Case | None":
        """Return None when there are too few days."""
        failing = np.asarray(fails, np.int64)
        paths = Paths.of(np.asarray(days, np.int64), gap, count)
        if not paths:
            return None
        path = paths.best(failing)
        lost = int(failing[path].sum())
        if not lost:
            paths = paths.only([failing[here] == 0 for here in paths.at])
        return cls(paths, failing, path, lost)

    def level(self, costs: Ints) -> _Level:
        """Prepare a field that is the largest of these sums (per day and sum)."""
        told_apart = costs[:, costs.any(axis=0)]
        costs = told_apart if told_apart.size else costs[:, :1]
        dear = len(self.path) * int(np.ptp(costs)) + 1 if self.lost else 0
        return _Level(
            costs + dear * self.failing[:, None],
            dear * self.lost,
            float(costs.std(axis=0).mean()) or 1.0,
            int(np.gcd.reduce(costs, axis=None)) or 1,
        )


def _absences(options: Sequence[Option], members: int) -> Ints:
    return unpack_counts([each.absent for each in options], members).astype(np.int64)


def _fields(options: Sequence[Option], members: int) -> list[Ints]:
    """Per field of the key what each day adds to the sums that it is the largest of."""
    single = np.array(
        [(-each.attendance, each.late, each.protections, each.minutes) for each in options],
        np.int64,
    )
    minutes = b"".join(each.burden.to_bytes(4 * members, "little") for each in options)
    return [
        _absences(options, members),
        *(single[:, [column]] for column in range(3)),
        np.frombuffer(minutes, "<u4").reshape(len(options), members).astype(np.int64),
        single[:, [3]],
    ]


class _Improvement:
    """The best path known, made better in one field after another.

    unsettled  per field None, or a bound where it may be less than it is now; one more item when
               an earlier path with the same score may exist
    """

    def __init__(self, case: _Case, steps: int) -> None:
        self._paths, self.path, self._steps = case.paths, case.path, steps
        self._limits = Limits.none(len(case.failing))
        self.unsettled: list[int | None] = []

    def settle(self, level: _Level) -> None:
        """Make a field as small as it gets without making those before it larger."""
        limits = self._limits.with_level(level.costs, level.unit)
        weighing = Weighing(self._paths, limits, self.path)
        self.path, value = weighing.path, weighing.value
        limits = limits.with_weights(weighing.weights)
        bound = level.rounded_up(weighing.bound)
        # Often the bound is reached, and to try that first leaves least to look at.
        if bound < value:
            value, bound = self._search(limits, bound, value, bound)
            bound = level.rounded_up(bound)
        if bound < value:
            value, bound = self._search(limits, value - 1, value, bound)
        self.unsettled.append(bound - level.base if bound < value else None)
        self._limits = limits.at_most(value)
        self._paths = self._limits.narrow(self._paths)

    def _search(self, limits: Limits, most: int, value: int, bound: int) -> tuple[int, int]:
        """Look for a value from `bound` to `most`; return the least one known and a bound."""
        steps = self._steps // 2
        search = Search(self._paths, limits.at_most(most), steps, enough=bound)
        self._steps -= steps - search.steps
        if search.found is None:
            return value, most + 1 if search.finished else bound
        self.path = search.found
        value = int(limits.costs[self.path, -limits.many :].sum(axis=0).max())
        return value, value if search.finished else bound

    def take_earliest(self) -> None:
        """Of the choices with the same score, take the one whose dates come first."""
        search = Search(self._paths, self._limits, self._steps, earliest=True)
        if search.found is not None:
            self.path = search.found
        if not search.finished:
            self.unsettled.append(None)
