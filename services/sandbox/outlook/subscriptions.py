"""Subscriptions: who wants to hear of changes in a mailbox, and until when."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from flask import Blueprint, Response, jsonify, request

from services.sandbox.entra.tenants import oid
from services.sandbox.google.tokens import Grant
from services.sandbox.outlook import asking
from services.sandbox.outlook.access import READ
from services.sandbox.outlook.deliveries import Deliveries, Notice
from services.sandbox.outlook.errors import Refusal
from services.sandbox.outlook.notices import Seen, changed, lived
from services.sandbox.store import Document
from services.sandbox.world import World

JSON = dict[str, Any]

LONGEST, SHORTEST = timedelta(minutes=10_080), timedelta(minutes=45)
"""How long a subscription may live; and how long it does, whoever asks for less."""

MOST = 1000
"""Subscriptions of a mailbox."""

_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_RESOURCE = re.compile(r"/?(?:me|users/([^/]+))/(?:calendar/)?events/?", re.IGNORECASE)
_CHANGES = ("created", "updated", "deleted")


def add_to(blueprint: Blueprint, world: World) -> None:
    """Add these endpoints. Whoever is subscribed is told of changes until the world closes."""
    deliveries, seen = Deliveries(world, world.faults), Seen(world)
    for each in _living(world):
        seen.begin(each["person"])
    world.on_close(deliveries.stop)
    world.on_change(lambda calendar_id: _tell(world, deliveries, seen, calendar_id))
    world.lives.append(lambda what, person: _befall(world, deliveries, what, person))

    @blueprint.post("/subscriptions")
    def subscribe() -> tuple[Response, int]:
        grant = world.entra.require(request, *READ)
        opened = _opened(world, grant, asking.body())
        # Whoever answers here may need the world meanwhile: nothing is held.
        for address in {opened["notificationUrl"], opened["lifecycleNotificationUrl"]} - {None}:
            deliveries.handshake(address)
        with world.lock:
            seen.begin(grant.email)
            world.store.put("subscription", opened["id"], opened)
        world.history.note("watch", subscription=opened["id"], by=f"api:{grant.email}")
        return jsonify(_told(opened)), 201

    @blueprint.get("/subscriptions")
    def list_subscriptions() -> Response:
        grant = world.entra.require(request, *READ)
        own = [each for each in _living(world) if each["person"] == grant.email]
        return jsonify({"value": [_told(each) for each in own]})

    @blueprint.get("/subscriptions/<name>")
    def get_subscription(name: str) -> Response:
        return jsonify(_told(_own(world, name)))

    @blueprint.patch("/subscriptions/<name>")
    def renew(name: str) -> Response:
        known, asked = _own(world, name), asking.body()
        renewed = {**known, "expirationDateTime": _until(world, asked)}
        if asked.get("notificationUrl"):
            renewed["notificationUrl"] = _address(asked, "notificationUrl")
            deliveries.handshake(renewed["notificationUrl"])
        world.store.put("subscription", name, renewed)
        world.history.note("renew", subscription=name, by=f"api:{known['person']}")
        return jsonify(_told(renewed))

    @blueprint.post("/subscriptions/<name>/reauthorize")
    def reauthorize(name: str) -> Response:
        _own(world, name)
        return Response(status=204)

    @blueprint.delete("/subscriptions/<name>")
    def unsubscribe(name: str) -> Response:
        known = _own(world, name)
        world.store.remove("subscription", name)
        world.history.note("stop", subscription=name, by=f"api:{known['person']}")
        return Response(status=204)


def _befall(world: World, deliveries: Deliveries, what: str, person: str | None) -> int:
    """Let that befall the subscriptions of a person, or of everybody; return how many."""
    hit = [each for each in _living(world) if person in (None, each["person"])]
    for each in hit:
        if what == "subscriptionRemoved":
            world.store.remove("subscription", each["id"])
        if each["lifecycleNotificationUrl"]:
            deliveries.send(each["lifecycleNotificationUrl"], lived(world, each, what))
    return len(hit)


def _tell(world: World, deliveries: Deliveries, seen: Seen, calendar_id: str) -> None:
    owner = world.calendar(calendar_id).owner
    theirs = [each for each in _living(world) if each["person"] == owner]
    if not theirs:
        return
    event, how = seen.last(calendar_id)
    for each in theirs:
        if how in each["changeType"].split(","):
            says = changed(world, each, calendar_id, event, how)
            deliveries.send(each["notificationUrl"], Notice(each["id"], how, says))


def _living(world: World) -> Iterator[Document]:
    """Yield the subscriptions that are open; forget those that are over."""
    now = world.clock.now()
    for each in list(world.store.all("subscription").values()):
        if datetime.fromisoformat(each["expirationDateTime"]) <= now:
            world.store.remove("subscription", each["id"])
        else:
            yield each


def _own(world: World, name: str) -> Document:
    grant = world.entra.require(request, *READ)
    for each in _living(world):
        if (each["id"], each["person"]) == (name, grant.email):
            return each
    raise Refusal(404, "ResourceNotFound", "The object was not found.")


def _told(subscription: Document) -> JSON:
    return {name: value for name, value in subscription.items() if name not in _OURS} | {
        "includeResourceData": None,
        "notificationQueryOptions": None,
        "encryptionCertificate": None,
        "encryptionCertificateId": None,
        "notificationUrlAppId": None,
    }


_OURS = ("person", "immutable")


def _opened(world: World, grant: Grant, asked: JSON) -> Document:
    if asked.get("includeResourceData"):
        raise _bad("Notifications that carry the resource are not played here.")
    _check_resource(world, grant, asked.get("resource"))
    if sum(each["person"] == grant.email for each in _living(world)) >= MOST:
        raise Refusal(403, "ExtensionError", "The mailbox has too many subscriptions.")
    if len(asked.get("clientState") or "") > 128:
        raise _bad("clientState has at most 128 characters.")
    alive = asked.get("lifecycleNotificationUrl")
    return {
        "id": str(uuid4()),
        "person": grant.email,
        "immutable": asking.preferences().immutable,
        "applicationId": grant.client_id,
        "creatorId": oid(world.person(grant.email)),
        "resource": asked["resource"],
        "changeType": _changes(asked.get("changeType")),
        "clientState": asked.get("clientState"),
        "notificationUrl": _address(asked, "notificationUrl"),
        "lifecycleNotificationUrl": _address(asked, "lifecycleNotificationUrl") if alive else None,
        "expirationDateTime": _until(world, asked),
        "latestSupportedTlsVersion": asked.get("latestSupportedTlsVersion") or "v1_2",
    }


def _check_resource(world: World, grant: Grant, resource: Any) -> None:
    found = _RESOURCE.fullmatch(resource) if isinstance(resource, str) else None
    if found is None:
        raise Refusal(400, "ExtensionError", f"Resource '{resource}' is not supported.")
    own = (grant.email.lower(), oid(world.person(grant.email)))
    if found[1] is not None and found[1].lower() not in own:
        raise Refusal(403, "ErrorAccessDenied")


def _changes(said: Any) -> str:
    named = said.split(",") if isinstance(said, str) else []
    if not named or not set(named) <= set(_CHANGES):
        raise _bad("changeType is some of created, updated, deleted.")
    return ",".join(named)


def _address(asked: JSON, name: str) -> str:
    said = asked.get(name)
    parts = urlsplit(said if isinstance(said, str) else "")
    loopback = parts.scheme == "http" and parts.hostname in _LOOPBACK
    if not parts.hostname or (parts.scheme != "https" and not loopback):
        raise _bad(f"{name} is an address of HTTPS.")
    return str(said)


def _until(world: World, asked: JSON) -> str:
    now = world.clock.now()
    try:
        until = datetime.fromisoformat(asked["expirationDateTime"])
    except (KeyError, TypeError, ValueError):
        raise _bad("expirationDateTime is missing, or is no time.") from None
    until = until.astimezone(UTC) if until.tzinfo else until.replace(tzinfo=UTC)
    if until <= now:
        raise _bad("Subscription expiration can only be in the future.")
    if until > now + LONGEST:
        most = int(LONGEST.total_seconds() // 60)
        raise _bad(f"Subscription expiration can only be {most} minutes in the future.")
    until = max(until, now + SHORTEST)
    return until.replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def _bad(message: str) -> Refusal:
    return Refusal(400, "InvalidRequest", message)
