"""What becomes of changed instances when their series changes."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from services.sandbox.events.expansion import starts
from services.sandbox.events.times import Event, moment

if TYPE_CHECKING:
    from services.sandbox.world import World


def tidied(world: "World", calendar_id: str, before: Event | None, after: Event) -> list[Event]:
    """Return the exceptions that go with this change: those the series no longer has."""
    if before is None or "recurrence" not in before or _timing(before) == _timing(after):
        return []
    zone_name = world.calendar(calendar_id).timezone
    own = world.shelf(calendar_id).exceptions(after["id"])
    live = [each for each in own if each["status"] != "cancelled"]
    return [each for each in live if not _has(after, moment_of(each, zone_name), zone_name)]


def moment_of(exception: Event, zone_name: str) -> datetime:
    """Return when it would have started, in UTC."""
    return moment(exception["originalStartTime"], zone_name)


def _has(series: Event, at: datetime, zone_name: str) -> bool:
    if series["status"] == "cancelled" or "recurrence" not in series:
        return False
    near = starts(series, zone_name, at, at + timedelta(seconds=1))
    return any(moment(each, zone_name) == at for each in near)


def _timing(event: Event) -> tuple[object, ...]:
    cancelled = event["status"] == "cancelled"
    return cancelled, event.get("start"), event.get("end"), event.get("recurrence")
