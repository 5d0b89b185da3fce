"""Dates on the clocks of everybody who comes to them, as a plan writes them too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from scheduler.model.zone import zone
from services.flow.series import clocks
from services.planning.page.words import cities_of, elsewhere, full_day, joined
from services.storage.rows.series import SeriesRow
from services.storage.work import Work


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks of a group.

    home   the zone of its series
    names  who lives by which zone; that of the reader may be nobody else's
    """

    home: str
    names: Mapping[str, Sequence[str]]

    def elsewhere(self, at: datetime) -> tuple[str, ...]:
        """Write "06:00 Chicago", "04:00 Los Angeles": that moment by all clocks but those of home.

        A zone whose clocks show the same is left out.
        """
        here = at.astimezone(zone(self.home)).replace(tzinfo=None)
        apart = {
            place: city
            for place, city in cities_of([self.home, *self.names]).items()
            if at.astimezone(zone(place)).replace(tzinfo=None) != here
        }
        return elsewhere(int(at.timestamp()), self.home, apart)

    def changes(self, originals: Iterable[datetime]) -> list[tuple[str, str]]:
        """Tell from when who meets at another hour, because their clocks change on other days."""
        found = []
        days = sorted(originals)
        for place, names in self.names.items():
            shown = [each.astimezone(zone(place)) for each in days] if names else []
            found += [
                (after, before.strftime("%H:%M"), joined(names))
                for before, after in pairwise(shown)
                if before.time() != after.time()
            ]
        return [
            (f"From {full_day(at.date())} it is at {at:%H:%M} instead of {before} for", names)
            for at, before, names in sorted(found, key=lambda each: each[0])
        ]


def of(work: Work, row: SeriesRow) -> Clocks:
    """The clocks of the group of a series."""
    return Clocks(row.timezone, clocks.of_group(work, row))


def beside(at: datetime, home: str, own: str) -> str:
    """Write "11:00 New York": what the clocks of a series show, to one who lives by others."""
    return ", ".join(Clocks(own, {home: ()}).elsewhere(at))
