"""The failing dates of one pattern, their places, and the least that open dates add to a score."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from scheduler.lanes import least_minutes, most_counted
from scheduler.options import Option
from scheduler.weights import Absences, Costs

NEVER = 1 << 80  # more than any sum
ATTENDANCE = 1 << 40  # one attendance in a score: more than any sum of protections


@dataclass(frozen=True, slots=True)
class Date:
    """A date that fails where its pattern puts it: it stays (short or skipped) or is moved."""

    stay: Option
    moves: Sequence[Option]


class Place(NamedTuple):
    """A place of an open date, ready to be added to a partial choice."""

    option: Option
    moves: int  # 1 where the date is moved, 0 where it stays
    score: int
    weight: int


class Sum(NamedTuple):
    """What the fixed dates and those placed so far add up to."""

    absent: int
    burden: int
    score: int
    weight: int
    price: int
    minutes: int


class Rest(NamedTuple):
    """The least that open dates add, from one depth on.

    The lists hold it by the number of moves left.
    """

    absent: int
    burden: int
    score: list[int]
    weight: list[int]
    minutes: list[int]


class Case:
    """Dates to be placed, exactly `moves` of them elsewhere, and what bounds every choice.

    fixed        the dates of the semester that stay where they are
    least_worst  worst absences that no choice is below
    """

    def __init__(
        self, fixed: Sequence[Option], dates: Sequence[Date], moves: int, members: int
    ) -> None:
        self.fixed, self.dates, self.moves, self.members = fixed, dates, moves, members
        absent = sum(each.absent for each in fixed)
        self.absences = Absences(
            absent, [date.stay for date in dates], [date.moves for date in dates], moves, members
        )
        self.weights, bound, self.reached = self.absences.worst()
        self.base = Sum(
            absent,
            sum(each.burden for each in fixed),
            sum(map(score_of, fixed)),
            self.weights.base,
            0,
            sum(each.minutes for each in fixed),
        )
        self.places = [self._places(depth) for depth in range(len(dates))]
        self.rest = self._bounds()
        unavoidable = most_counted(absent + self.rest[0].absent, members)
        self.least_worst = max(bound, unavoidable)

    def at_prices(self, prices: Costs) -> tuple[list[list[int]], list[list[int]]]:
        """Per depth the score of each place at these prices, and the least of what comes after."""
        priced, rest = [], [self.rest[-1].score]
        for depth, places in enumerate(self.places):
            costs = [*prices.moves[depth], prices.stay[depth]]  # as `_places` orders them
            priced.append([place.score + cost for place, cost in zip(places, costs, strict=False)])
        for places, scores in zip(reversed(self.places), reversed(priced), strict=True):
            steps = [(each.moves, score) for each, score in zip(places, scores, strict=True)]
            rest.append(least_by_moves(steps, rest[-1]))
        return priced, rest[::-1]

    def _places(self, depth: int) -> list[Place]:
        """Where a date may be."""
        date, weights = self.dates[depth], self.weights
        places = [
            Place(option, 1, score_of(option), weight)
            for option, weight in zip(date.moves, weights.moves[depth], strict=True)
        ]
        if self.moves < len(self.dates):
            places.append(Place(date.stay, 0, score_of(date.stay), weights.stay[depth]))
        return places

    def _bounds(self) -> list[Rest]:
        """Per depth what the dates from there on add at least."""
        beyond = [NEVER] * (self.moves + 1)
        nothing = [0, *beyond[1:]]
        rest = [Rest(0, 0, nothing, nothing, nothing)]
        for places in reversed(self.places):
            after = rest[-1]
            absent = places[0].option.absent
            for place in places:
                absent &= place.option.absent
            burden = least_minutes([place.option.burden for place in places], self.members)
            rest.append(
                Rest(
                    after.absent + absent,
                    after.burden + burden,
                    least_by_moves([(each.moves, each.score) for each in places], after.score),
                    least_by_moves([(each.moves, each.weight) for each in places], after.weight),
                    least_by_moves(
                        [(each.moves, each.option.minutes) for each in places], after.minutes
                    ),
                )
            )
        return rest[::-1]


def least_by_moves(places: Sequence[tuple[int, int]], after: Sequence[int]) -> list[int]:
    """By the number of moves left, the least sum of one of the places and what comes after."""
    stay = min((cost for moves, cost in places if not moves), default=NEVER)
    move = min((cost for moves, cost in places if moves), default=NEVER)
    return [
        min(stay + after[left], move + after[left - 1] if left else NEVER)
        for left in range(len(after))
    ]


def score_of(option: Option) -> int:
    """Attendance, late protections and protections as one number, least is best."""
    return -option.attendance * ATTENDANCE + (option.late << 20) + option.protections
