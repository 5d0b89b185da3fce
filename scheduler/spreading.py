"""Spread: a number of dates at one time of day; the best set of days of every start."""

from scheduler.field import Field
from scheduler.model.cadence import Spread
from scheduler.ranking import Pattern


def best(field: Field, cadence: Spread, top: int) -> list[Pattern]:
    """The best starts with their best days, each distinct from all before it."""
    return []


def fewest_lost(field: Field, cadence: Spread) -> int | None:
    """The fewest dates that any start loses."""
    return None
