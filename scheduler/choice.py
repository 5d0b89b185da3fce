"""The best place for every date of one pattern: branch and bound over whole scores.

The places of different dates meet in two terms only, the worst absences and the largest burden;
everything else is a sum. The least worst absences come first: a cap on them is raised, from a
bound no choice can beat, until some choice keeps it. Under that cap the rest of the score is
searched depth first. A partial choice is given up when what it has, and the least that the dates
still open add to it with the moves still left, shows that it cannot keep the cap or cannot win:

- per member, the absences and the minutes that no place of an open date avoids;
- the sums, by dynamic programming over open dates and moves left;
- absences weighted by member (a Lagrangian bound: whatever the weights, their weighted sum stays
  below the cap times the sum of the weights);
- attendance at a price for absences, which also says what to try first. See scheduler/weights.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from scheduler.case import ATTENDANCE, NEVER, Case, Place, Rest, Sum
from scheduler.lanes import above, most_counted, most_minutes
from scheduler.options import NOT_HELD, Option

Key: TypeAlias = tuple[int, int, int, int, int, int]  # a score from worst_absences on, least best
# Places looked at before a search stops early; up to 64 people need so many only over years.
STEPS, FEW_STEPS = 2_000_000, 500


@dataclass(frozen=True, slots=True)
class Choice:
    """The best place for each date, in their order, and the score of the whole semester."""

    key: Key
    options: tuple[Option, ...]
    proven: bool


def key_of(options: Sequence[Option], members: int) -> Key:
    """The score of these dates from worst_absences on, least is best."""
    return (
        most_counted(sum(each.absent for each in options), members),
        -sum(each.attendance for each in options),
        sum(each.late for each in options),
        sum(each.protections for each in options),
        most_minutes(sum(each.burden for each in options), members),
        sum(each.minutes for each in options),
    )


def choose(case: "Case") -> Choice:
    """Choose the places of a case, so that the whole score is the best there is."""
    cap, proven = case.least_worst, True
    while not (search := _Search(case, cap)).found:
        # A search that was stopped excludes nothing: go where a choice is known to be.
        proven = proven and search.finished
        cap = cap + 1 if search.finished else max(cap + 1, case.reached)
    options = tuple(search.found)
    key = key_of([*case.fixed, *options], case.members)
    return Choice(key, options, proven and search.finished)


class _Search:
    """The best choice in which nobody is absent more often than the cap; none may be found."""

    def __init__(self, case: Case, cap: int) -> None:
        self._case = case
        self._added, self._looked_at = above(cap, case.members)
        self._most_weight = cap * case.weights.total
        prices = case.absences.prices(cap, ATTENDANCE)
        self._priced, self._rest = case.at_prices(prices)
        self._given_back = cap * prices.total
        self._path: list[Option] = []
        self._best: tuple[int, int, int] | None = None  # score, largest burden, minutes
        self._starts: list[int] = []
        self._most_score = NEVER >> 1  # what is above it cannot win, or cannot be reached
        self._steps = FEW_STEPS if case.members > 64 else STEPS
        self.found: list[Option] = []
        self._descend(0, case.moves, case.base._replace(price=prices.base))

    @property
    def finished(self) -> bool:
        """Whether everything was looked at."""
        return self._steps > 0

    def _descend(self, depth: int, left: int, sofar: Sum) -> None:
        """Place the dates from `depth` on, `left` of them elsewhere."""
        case = self._case
        if depth == len(case.dates):
            self._arrive(sofar)
            return
        rest = case.rest[depth + 1]
        self._steps -= len(case.places[depth])
        for bound, _, at in self._in_order(depth, left):
            place = case.places[depth][at]
            after = left - place.moves
            if sofar.score + sofar.price + bound - self._given_back > self._most_score:
                break
            if self._out_of_reach(place, sofar, rest, after):
                continue
            option = place.option
            self._path.append(option)
            grown = Sum(
                sofar.absent + option.absent,
                sofar.burden + option.burden,
                sofar.score + place.score,
                sofar.weight + place.weight,
                sofar.price + self._priced[depth][at] - place.score,
                sofar.minutes + option.minutes,
            )
            if not self._level_but_worse(depth + 1, after, grown):
                self._descend(depth + 1, after, grown)
            self._path.pop()
            if self._steps < 0:
                return

    def _in_order(self, depth: int, left: int) -> list[tuple[int, int, int]]:
        """The places of a date, as (the least that they and what follows cost, start, which).

        Of places that are level the earliest comes first; so of all choices that are level the
        earliest is met first, and the others end where they differ.
        """
        rest, scores = self._rest[depth + 1], self._priced[depth]
        return sorted(
            (scores[at] + rest[left - place.moves], place.option.start or NEVER, at)
            for at, place in enumerate(self._case.places[depth])
            if place.moves <= left
        )

    def _out_of_reach(self, place: Place, sofar: Sum, rest: Rest, left: int) -> bool:
        """Whether with this place the moves cannot be made, the best beaten or the cap kept."""
        score = sofar.score + place.score + rest.score[left]
        absent = sofar.absent + place.option.absent + rest.absent
        return (
            score > self._most_score
            or sofar.weight + place.weight + rest.weight[left] > self._most_weight
            or (absent + self._added) & self._looked_at != 0
        )

    def _level_but_worse(self, depth: int, left: int, sofar: Sum) -> bool:
        """Whether a choice that can at best have the best score cannot win by what comes after."""
        rest = self._case.rest[depth]
        if self._best is None or sofar.score + rest.score[left] < self._best[0]:
            return False
        burden = most_minutes(sofar.burden + rest.burden, self._case.members)
        least = (burden, sofar.minutes + rest.minutes[left])
        if least != self._best[1:]:
            return least > self._best[1:]
        return self._earliest(depth) >= self._starts

    def _arrive(self, total: Sum) -> None:
        burden = most_minutes(total.burden, self._case.members)
        reached = (total.score, burden, total.minutes)
        starts = self._earliest(len(self._case.dates))
        if self._best is None or (reached, starts) < (self._best, self._starts):
            self._best, self._starts, self.found = reached, starts, list(self._path)
            self._most_score = total.score

    def _earliest(self, depth: int) -> list[int]:
        """The earliest held starts that can come of the path so far.

        A date that may be skipped comes as early as it can, but cannot be counted on at the end,
        because of two lists the beginning of the other comes first.
        """
        held = [*self._case.fixed, *self._path]
        starts = [(each.start, False) for each in held if each.cell != NOT_HELD]
        for places in islice(self._case.places, depth, None):
            there = [each.option.start for each in places if each.option.cell != NOT_HELD]
            starts.append((min(there), len(there) < len(places)))
        starts.sort()
        while starts and starts[-1][1]:
            starts.pop()
        return [start for start, _ in starts]
