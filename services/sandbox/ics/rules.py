"""How often: a series' own instances, and its `recurrence` lines as Google takes them."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from dateutil.rrule import rruleset, rrulestr

from services.sandbox.ics.moments import UNIVERSAL, Clock, Moment, listed, moment

MOST = 1000  # instances of one series that must be written one by one


class Repetition(NamedTuple):
    """What a series is made of, each moment on the clock of its beginning.

    rules   RRULEs without COUNT or UNTIL left as they were written; UNTIL as that clock reads
    extras  RDATEs, with the length of those that are periods
    """

    begin: Moment
    rules: tuple[str, ...]
    extras: tuple[tuple[Moment, timedelta | None], ...]
    excluded: tuple[Moment, ...]

    @property
    def once(self) -> bool:
        """Whether there is nothing but the beginning."""
        return not (self.rules or self.extras)

    def starts(self, most: int = MOST) -> Iterator[Moment]:
        """Yield the starts of the instances in order, `most` of them at the most."""
        for wall in islice(self.walls(), most):
            yield self.begin._replace(wall=wall)

    def walls(self) -> rruleset:
        """Return the readings of the clock at which instances begin."""
        found = rruleset(cache=True)
        found.rdate(self.begin.wall)
        for rule in self.rules:
            found.rrule(rrulestr(rule, dtstart=self.begin.wall))  # type: ignore[arg-type]
        for extra, _ in self.extras:
            found.rdate(extra.wall)
        for gone in self.excluded:
            found.exdate(gone.wall)
        return found

    def lines(self) -> list[str]:
        """Return Google's `recurrence`: UNTIL, RDATE and EXDATE in UTC, or as dates."""
        kind = ";VALUE=DATE" if self.begin.whole_day else ""
        lines = [f"RRULE:{self._until(rule)}" for rule in self.rules]
        lines += [f"RDATE{kind}:{extra.stamp()}" for extra, _ in self.extras]
        return lines + [f"EXDATE{kind}:{gone.stamp()}" for gone in self.excluded]

    def _until(self, rule: str) -> str:
        parts = dict(part.split("=", 1) for part in rule.split(";"))
        if "UNTIL" in parts:
            wall = datetime.fromisoformat(parts["UNTIL"])
            parts["UNTIL"] = self.begin._replace(wall=wall).stamp()
        return ";".join(f"{name}={value}" for name, value in parts.items())


def repetition(component: Any, begin: Moment, floating: Clock) -> Repetition:
    """Read how a VEVENT that begins there comes back."""
    return Repetition(
        begin,
        tuple(
            _counted(_rule(rule, begin, floating), begin) for rule in every(component.get("RRULE"))
        ),
        tuple(
            (each.like(begin), length) for each, length in listed(component.get("RDATE"), floating)
        ),
        tuple(_unlike(listed(component.get("EXDATE"), floating), begin)),
    )


def every(found: Any) -> list[Any]:
    """Return a property that may be there never, once or often as a list."""
    return found if isinstance(found, list) else [] if found is None else [found]


def _unlike(found: Iterable[tuple[Moment, timedelta | None]], begin: Moment) -> Iterator[Moment]:
    seen = set[datetime]()
    for each, _ in found:
        gone = each.like(begin)
        if gone.wall not in seen:
            seen.add(gone.wall)
            yield gone


def _rule(rule: Any, begin: Moment, floating: Clock) -> str:
    """Return the rule as text, its UNTIL as the clock of the beginning reads.

    A date lets the whole of its day in.
    """
    parts = dict(part.split("=", 1) for part in rule.to_ical().decode().split(";"))
    if "UNTIL" in parts:
        until = moment(rule["UNTIL"][0], {}, floating)
        if begin.whole_day:
            wall = until.wall
        elif until.whole_day:
            wall = until.wall + timedelta(hours=23, minutes=59, seconds=59)
        elif until.clock == UNIVERSAL:
            wall = until.onto(begin.clock).wall
        else:
            wall = until.wall
        parts["UNTIL"] = f"{wall:%Y%m%d}" if begin.whole_day else f"{wall:%Y%m%dT%H%M%S}"
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _counted(rule: str, begin: Moment) -> str:
    """Let COUNT leave out a beginning that the rule does not give: it counts as well (3.8.5.3)."""
    head, counts, rest = rule.partition("COUNT=")
    if not counts or next(iter(rrulestr(rule, dtstart=begin.wall)), None) == begin.wall:
        return rule
    count, *others = rest.split(";")
    return ";".join([f"{head}COUNT={max(int(count) - 1, 1)}", *others])
