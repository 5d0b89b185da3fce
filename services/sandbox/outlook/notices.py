"""What a notification of Graph says: which event changed, or what became of the subscription."""

from typing import Any

from services.sandbox.entra.tenants import oid, tenant
from services.sandbox.events.times import Event
from services.sandbox.outlook.deliveries import Notice
from services.sandbox.outlook.ids import event_id
from services.sandbox.outlook.wire import etag
from services.sandbox.store import Document
from services.sandbox.world import World

JSON = dict[str, Any]


class Seen:
    """Which events there were already: a change is told apart from what is new by that.

    Whoever asks holds the world's lock.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._known: dict[str, set[str]] = {}

    def begin(self, email: str) -> None:
        """Know what is in a person's calendars."""
        for calendar in self._world.calendars(email):
            self._known[calendar.id] = {each["id"] for each in self._world.events(calendar.id)}

    def last(self, calendar_id: str) -> tuple[Event, str]:
        """Return what was changed just now, and how: created, updated or deleted.

        The calendar is somebody's with whom it was begun. What changes an occurrence changes its
        series.
        """
        shelf = self._world.shelf(calendar_id)
        (kept,) = shelf.kept(self._world.number - 1)
        known = self._known.setdefault(calendar_id, set())
        new = kept.event["id"] not in known
        known.add(kept.event["id"])
        series = shelf.get(kept.event.get("recurringEventId", ""))
        if series is not None:
            return series, "updated"
        if kept.event["status"] == "cancelled":
            return kept.event, "deleted"
        return kept.event, "created" if new else "updated"


def changed(world: World, subscription: Document, calendar_id: str, event: Event, how: str) -> JSON:
    """Return what is told of a changed event."""
    immutable = subscription["immutable"]
    named = event_id(calendar_id, event["id"], immutable=immutable)
    where = f"Users/{oid(world.person(subscription['person']))}/Events/{named}"
    data = {"@odata.type": "#Microsoft.Graph.Event", "@odata.id": where, "id": named}
    data |= {"@odata.etag": etag(event)}
    return _head(world, subscription) | {
        "changeType": how,
        "resource": where,
        "resourceData": data,
    }


def lived(world: World, subscription: Document, what: str) -> Notice:
    """Return what is told of an event in a subscription's own life."""
    where = f"Users/{oid(world.person(subscription['person']))}/Events"
    says = _head(world, subscription) | {"lifecycleEvent": what, "resource": where}
    return Notice(subscription["id"], what, says, always=True)


def _head(world: World, subscription: Document) -> JSON:
    return {
        "subscriptionId": subscription["id"],
        "subscriptionExpirationDateTime": subscription["expirationDateTime"],
        "clientState": subscription["clientState"],
        "tenantId": tenant(world.person(subscription["person"])),
    }
