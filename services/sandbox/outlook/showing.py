"""What Outlook makes of an event: of which kind it is, and how it shows its owner."""

from services.sandbox.events.busy import SHOWN_ONLY, guest
from services.sandbox.events.guests import organizes
from services.sandbox.events.times import Event
from services.sandbox.outlook.patterns import recurrence_of
from services.sandbox.world import Calendar, World


def lingers(event: Event, calendar: Calendar) -> bool:
    """Whether it was called off by its organizer, and its guest has not removed it yet."""
    return (
        event["status"] == "cancelled"
        and "start" in event
        and "recurrence" not in event
        and not organizes(event, calendar.id)
        and not event.get("outlook", {}).get("left")
    )


def kind_of(world: World, calendar: Calendar, event: Event) -> str:
    """Return its `type`. What Outlook has no pattern for is told as single events."""
    if "recurrence" in event:
        return "seriesMaster"
    if master_of(world, calendar, event) is None:
        return "singleInstance"
    stored = world.shelf(calendar.id).get(event["id"])
    return "occurrence" if stored is None else "exception"


def master_of(world: World, calendar: Calendar, event: Event) -> Event | None:
    """Return the series an instance belongs to, if Outlook has a pattern for it."""
    series = world.shelf(calendar.id).get(event.get("recurringEventId", ""))
    if series is None or "recurrence" not in series:
        return None
    return series if recurrence_of(series, calendar.timezone) else None


def show_as(event: Event, owner: str) -> str:
    """Return how an event shows its calendar's owner: `busy`, `free`, `oof` and so on."""
    said = event.get("outlook", {}).get("showAs")
    answer = (guest(event, owner) or {}).get("responseStatus")
    if event["status"] == "cancelled" or answer == "declined":
        return "free"
    if said:
        return str(said)
    kind = event.get("eventType", "default")
    if kind in SHOWN_ONLY or event.get("transparency") == "transparent":
        return "free"
    if kind == "outOfOffice":
        return "oof"
    unsure = event["status"] == "tentative" or answer in ("needsAction", "tentative")
    return "tentative" if unsure else "busy"
