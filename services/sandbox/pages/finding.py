"""An event that an address of the pages names."""

from datetime import timedelta

from flask import abort

from services.sandbox.events.times import Event, moment
from services.sandbox.world import Calendar, World

_AROUND = timedelta(days=2)


def event_there(world: World, calendar: Calendar, event_id: str, *, gone: bool = False) -> Event:
    """Return an event, or an instance that nobody changed yet, or answer 404.

    gone  whether it may be one that was called off
    """
    kept = world.shelf(calendar.id).get(event_id)
    if kept is None:
        return _instance(world, calendar, event_id)
    if kept["status"] == "cancelled" and not gone:
        abort(404)
    return kept


def _instance(world: World, calendar: Calendar, event_id: str) -> Event:
    """Return the instance whose id says when it usually begins."""
    text = event_id.rpartition("_")[2]
    try:
        when = (
            {"date": f"{text[:4]}-{text[4:6]}-{text[6:8]}"}
            if len(text) == 8
            else {"dateTime": text}
        )
        at = moment(when, calendar.timezone)
    except ValueError:
        abort(404)
    around = world.instances(calendar.id, at - _AROUND, at + _AROUND)
    return next((each for each in around if each["id"] == event_id), None) or abort(404)
