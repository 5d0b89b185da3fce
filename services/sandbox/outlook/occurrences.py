"""Occurrences of a series that are changed alone: where they may go, and how they are listed."""

from collections.abc import Iterator
from datetime import date, datetime

from services.sandbox.events.expansion import occurrences
from services.sandbox.events.series import moment_of
from services.sandbox.events.times import Event, is_all_day, moment, span, wall_at
from services.sandbox.outlook.access import Visit
from services.sandbox.outlook.errors import Refusal
from services.sandbox.world import World

Place = tuple[datetime, datetime]


def check_place(world: World, here: Visit, occurrence: Event) -> None:
    """Refuse an occurrence that is on, or past, the day of the one before or after it.

    Raises Refusal (400). One that is called off is nobody's neighbour.
    """
    series = world.shelf(here.calendar.id).get(occurrence.get("recurringEventId", ""))
    if series is None or "recurrence" not in series:
        return
    own_zone = here.calendar.timezone
    place = own_zone if is_all_day(series) else series["start"].get("timeZone") or own_zone
    begins, ends = span(occurrence, own_zone)
    before, after = _neighbours(world, here, series, moment_of(occurrence, own_zone))
    day = _day(begins, place)
    late = before is not None and (day <= _day(before[0], place) or begins < before[1])
    early = after is not None and (day >= _day(after[0], place) or ends > after[0])
    if late or early:
        raise Refusal(
            400,
            "ErrorOccurrenceCrossingBoundary",
            "Modified occurrence is crossing or overlapping adjacent occurrence.",
        )


def _neighbours(
    world: World, here: Visit, series: Event, original: datetime
) -> tuple[Place | None, Place | None]:
    before = None
    for begun, place in _places(world, here, series):
        if begun > original and place is not None:
            return before, place
        if begun < original and place is not None:
            before = place
    return before, None


def _places(world: World, here: Visit, series: Event) -> Iterator[tuple[datetime, Place | None]]:
    """Yield when each should have been, in order, and when it is; None: it is called off."""
    own_zone = here.calendar.timezone
    begins, ends = span(series, own_zone)
    changed = {
        moment_of(each, own_zone): each
        for each in world.shelf(here.calendar.id).exceptions(series["id"])
    }
    for begun, _ in occurrences(series, own_zone):
        other = changed.get(begun)
        if other is None:
            yield begun, (begun, begun + (ends - begins))
        else:
            yield begun, None if other["status"] == "cancelled" else span(other, own_zone)


def _day(at: datetime, zone_name: str) -> date:
    return wall_at(at, zone_name).date()


def begins_anew(before: Event, after: Event, own_zone: str) -> bool:
    """Whether a change moves it, so that whoever accepted has to answer again."""
    moved = any(
        moment(before[name], own_zone) != moment(after[name], own_zone) for name in ("start", "end")
    )
    return moved or before.get("recurrence") != after.get("recurrence")
