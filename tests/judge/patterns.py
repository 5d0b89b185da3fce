"""Every pattern of a case, and how far its dates may move."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise, product

from tests.judge.states import Case, Slot


@dataclass(frozen=True)
class Pattern:
    """A rule for dates: its local days and its start; `missing` is how many it falls short of."""

    kind: str
    days: tuple[date, ...]
    minute: int
    weekday: int | None = None
    ordinals: tuple[int, ...] | None = None
    every: int | None = None
    phase: int | None = None
    missing: int = 0

    @property
    def slots(self) -> list[Slot]:
        """The starts as the pattern says them."""
        return [Slot(day, self.minute) for day in self.days]

    @property
    def rest(self) -> tuple[int, int, tuple[int, ...], int, int]:
        """The last resort of the order: every, phase, ordinals, weekday, time."""
        weekday = self.weekday or 0
        return (self.every or 0, self.phase or 0, self.ordinals or (), weekday, self.minute)


def patterns(case: Case) -> list[Pattern]:
    """Return every pattern with at least one date; not for spread, which has them by start."""
    found = {"weekly": _weekly, "monthly": _monthly, "once": _once}[case.kind](case)
    wanted = case.cadence.get("count") if case.kind != "once" else None
    first: dict[tuple[tuple[date, ...], int], Pattern] = {}
    for pattern in found:
        days = pattern.days[:wanted]
        missing = max(0, (wanted or 0) - len(days))
        if days:
            first.setdefault((days, pattern.minute), _cut(pattern, days, missing))
    return list(first.values())


def _cut(whole: Pattern, days: tuple[date, ...], missing: int) -> Pattern:
    return Pattern(
        whole.kind,
        days,
        whole.minute,
        whole.weekday,
        whole.ordinals,
        whole.every,
        whole.phase,
        missing,
    )


def _weekly(case: Case) -> Iterator[Pattern]:
    every = case.cadence.get("every", 1)
    for phase, weekday in product(range(every), range(7)):
        same = [day for day in case.days if day.weekday() == weekday]
        # The list holds every such weekday from the first on, so a step in it is seven days.
        days = tuple(same[phase::every])
        for at in case.starts_by_weekday[weekday]:
            yield Pattern("weekly", days, at, weekday=weekday, every=every, phase=phase)


def _monthly(case: Case) -> Iterator[Pattern]:
    for item in case.cadence.get("ordinals", [1, 2, 3, 4, -1]):
        ordinals = tuple(item) if isinstance(item, list) else (item,)
        for weekday in range(7):
            days = tuple(
                day
                for day in case.days
                if day.weekday() == weekday and any(_is_nth(day, nth) for nth in ordinals)
            )
            for at in case.starts_by_weekday[weekday]:
                yield Pattern("monthly", days, at, weekday=weekday, ordinals=ordinals)


def _is_nth(day: date, nth: int) -> bool:
    if nth == -1:
        return (day + timedelta(days=7)).month != day.month
    return (day.day - 1) // 7 + 1 == nth


def _once(case: Case) -> Iterator[Pattern]:
    for day in case.days:
        if not case.in_blackout(day):
            for at in case.starts_on(day):
                yield Pattern("once", (day,), at, weekday=day.weekday())


def move_limits(case: Case, pattern: Pattern) -> tuple[int, int]:
    """Return how many days a date of the pattern may move, and how many dates may."""
    if pattern.kind not in {"weekly", "monthly"}:
        return (0, 0)
    gaps = [(late - early).days for early, late in pairwise(pattern.days)]
    limit = min([7, *((gap - 1) // 2 for gap in gaps)])
    quarter = -(-len(pattern.days) // 4)
    return (min(limit, case.moves.get("max_days", limit)), case.moves.get("max_count", quarter))


def spread_starts(case: Case) -> list[int]:
    """Return the starts that fit a window on some day of the term outside blackouts."""
    return sorted({at for day in case.days if case.is_open(day) for at in case.starts_on(day)})
