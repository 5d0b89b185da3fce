"""An event's times: Google's `{"dateTime": …}` or `{"date": …}`, and the moments they mean."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from scheduler.model.zone import zone

Event = dict[str, Any]
"""An event resource, as in Google's discovery document."""

When = dict[str, str]
"""EventDateTime: `date`, or `dateTime` with an offset or a `timeZone`."""


def is_all_day(event: Event) -> bool:
    """Whether it takes whole days, in whatever zone its calendar is."""
    return "date" in event["start"]


def moment(when: When, zone_name: str) -> datetime:
    """Return the UTC moment. `zone_name` is the calendar's: days begin by its clocks."""
    if "date" in when:
        return at_wall(datetime.combine(date.fromisoformat(when["date"]), time()), zone_name)
    said = datetime.fromisoformat(when["dateTime"])
    if said.tzinfo is None:
        return at_wall(said, when.get("timeZone") or zone_name)
    return said.astimezone(UTC)


def at_wall(wall: datetime, zone_name: str) -> datetime:
    """Return the UTC moment when clocks there show this. In a gap: as far past its start."""
    return wall.replace(tzinfo=zone(zone_name)).astimezone(UTC)


def wall_at(at: datetime, zone_name: str) -> datetime:
    """Return what clocks there show at that moment, without a zone."""
    return at.astimezone(zone(zone_name)).replace(tzinfo=None, fold=0)


def span(event: Event, zone_name: str) -> tuple[datetime, datetime]:
    """Return the UTC moments at which it starts and ends."""
    return moment(event["start"], zone_name), moment(event["end"], zone_name)


def written(at: datetime, zone_name: str) -> str:
    """Write a moment as the API does: RFC 3339 with that zone's offset, `Z` for UTC."""
    return at.astimezone(zone(zone_name)).isoformat().replace("+00:00", "Z")


def in_zone(event: Event, zone_name: str, *, shown_in: str | None = None) -> Event:
    """Return the event with offsets in its times: of their own zone, or of `shown_in`."""
    told = {
        name: _in_zone(event[name], zone_name, shown_in)
        for name in ("start", "end", "originalStartTime")
        if event.get(name)
    }
    return {**event, **told}


def _in_zone(when: When, zone_name: str, shown_in: str | None) -> When:
    if "date" in when:
        return {"date": when["date"]}
    own = when.get("timeZone") or zone_name
    return {
        "dateTime": written(moment(when, zone_name), shown_in or own),
        "timeZone": own,
    }


def stamp(at: datetime) -> str:
    """Write a moment as in `created` and `updated`: UTC, milliseconds."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def timed(at: datetime, zone_name: str) -> When:
    """Write a moment as an EventDateTime in that zone."""
    return {"dateTime": written(at, zone_name), "timeZone": zone_name}


def days(when: When) -> date:
    """Return the day of an all-day time."""
    return date.fromisoformat(when["date"])


def whole_day(day: date) -> When:
    """Write a day as an EventDateTime."""
    return {"date": day.isoformat()}


ONE_DAY = timedelta(days=1)
