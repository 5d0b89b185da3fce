"""Who could come at another time, as the page of a date tells it before the date is moved."""

from dataclasses import dataclass
from datetime import datetime

from scheduler.model.problem import State
from services import door
from services.flow.series import forecast
from services.flow.series.forecast import Forecast
from services.planning.page.marks import STATES, Mark
from services.planning.page.words import counted, joined
from services.storage.rows.series import SeriesRow
from services.web import clocks
from services.web.semester import machine


@dataclass(frozen=True, slots=True)
class Told:
    """What is said of a time.

    time       which time that is, as the form sends it back
    elsewhere  the same by other clocks than the group's
    found      None: nobody can tell
    """

    time: str
    elsewhere: tuple[str, ...]
    found: Forecast | None

    @property
    def holds(self) -> bool:
        """Whether nothing is known against it."""
        return self.found is None or self.found.holds

    @property
    def sentence(self) -> str:
        """Write how many can come, of how many nothing is known, and how many are needed."""
        if self.found is None:
            return "Who could come then cannot be told."
        needed = self.found.needed
        unknown, size = len(self.found.members[State.UNKNOWN]), counted(self.found.size, "member")
        perhaps = f", and of {unknown} nothing is known" if unknown else ""
        return (
            f"{self.found.sure} of {size} can come, as far as calendars tell{perhaps}; "
            f"{needed} {'is' if needed == 1 else 'are'} needed."
        )

    @property
    def required(self) -> str:
        """Name those without whom it is not held, and who cannot come; "": nobody."""
        return "" if self.found is None else joined(self.found.lacking)

    @property
    def others(self) -> list[tuple[Mark, str]]:
        """Name those who are not simply free, by how they stand."""
        there = {} if self.found is None else self.found.members
        named = [(mark, there.get(state, ())) for state, mark in STATES.items()]
        return [(mark, joined(names)) for mark, names in named[1:] if names]


def told(row: SeriesRow, start: datetime, minutes: int) -> Told:
    """Look who could come then."""
    work, time = door.reading(), f"{machine(start)} {minutes}"
    found = forecast.at(work, row, start, minutes)
    return Told(time, clocks.of(work, row).elsewhere(start), found)
