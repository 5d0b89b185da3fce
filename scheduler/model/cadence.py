"""Cadences: the rule by which a semester's dates follow each other."""

from dataclasses import dataclass
from typing import TypeAlias

Ordinals: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Once:
    """A single date."""

    kind = "once"


@dataclass(frozen=True, slots=True)
class Weekly:
    """One weekday every `every` weeks; all phases are searched.

    count  dates wanted: the first so many in the term; None for all of them
    """

    kind = "weekly"
    every: int = 1
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Monthly:
    """One weekday of the month by its ordinal (1 to 4, -1 the last).

    choices  alternatives in the order given, each a tuple of ordinals held together
    """

    kind = "monthly"
    choices: tuple[Ordinals, ...] = ((1,), (2,), (3,), (4,), (-1,))
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Spread:
    """Exactly `count` dates at one time of day, at least `min_gap_days` local days apart."""

    kind = "spread"
    count: int
    min_gap_days: int


Cadence: TypeAlias = Once | Weekly | Monthly | Spread
