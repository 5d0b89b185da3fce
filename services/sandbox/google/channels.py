"""events.watch and channels.stop: who wants to hear of changes, and until when."""

import secrets
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Blueprint, Response, request

from services.sandbox.google import asking
from services.sandbox.google.access import READ_EVENTS, Visit, visit
from services.sandbox.google.deliveries import Deliveries
from services.sandbox.google.errors import Refusal
from services.sandbox.google.events import EVENTS
from services.sandbox.store import Document
from services.sandbox.world import World

DEFAULT_LIFE = timedelta(days=7)
LONGEST_LIFE = timedelta(days=30)
LOOPBACK = ("localhost", "127.0.0.1", "::1")


def add_to(blueprint: Blueprint, world: World, deliveries: Deliveries) -> None:
    """Add these endpoints."""

    @blueprint.post(f"{EVENTS}/watch")
    def watch(calendar_id: str) -> dict[str, Any]:
        here = visit(world, calendar_id, *READ_EVENTS)
        asked = asking.body()
        with world.lock:
            channel = _opened(world, here, asked)
            world.store.put("channel", channel["id"], channel)
        world.history.note("watch", channel=channel["id"], calendar=here.calendar.id, by=here.by)
        deliveries.send(channel["id"], "sync")
        return told(channel)

    @blueprint.post("/channels/stop")
    def stop() -> Response:
        grant = world.grants.require(request, *READ_EVENTS, "calendar.calendarlist.readonly")
        asked = asking.body()
        channel = world.store.get("channel", str(asked.get("id", "")))
        mine = channel is not None and (
            (channel["person"], channel["client"], channel["resourceId"])
            == (grant.email, grant.client_id, asked.get("resourceId"))
        )
        if channel is None or not mine:
            message = f"Channel '{asked.get('id')}' not found for project"
            raise Refusal(404, "notFound", message)
        world.store.remove("channel", channel["id"])
        world.history.note("stop", channel=channel["id"], by=f"api:{grant.email}")
        return Response(status=204)


def watching(world: World, calendar_id: str) -> Iterator[Document]:
    """Yield the channels that are open on this calendar; forget those that are over."""
    now = world.clock.now().timestamp() * 1000
    for channel in world.store.all("channel").values():
        if int(channel["expiration"]) <= now:
            world.store.remove("channel", channel["id"])
        elif channel["calendar"] == calendar_id:
            yield channel


def told(channel: Document) -> dict[str, Any]:
    """Return the channel as the API tells it."""
    names = ("id", "resourceId", "resourceUri", "token", "expiration")
    return {"kind": "api#channel"} | {name: channel[name] for name in names if channel.get(name)}


def _opened(world: World, here: Visit, asked: dict[str, Any]) -> Document:
    name = asked.get("id")
    if not isinstance(name, str) or not 1 <= len(name) <= 64:
        raise Refusal(400, "required", "entity.id is 1 to 64 letters.", location="id")
    if asked.get("type") not in ("web_hook", "webhook"):
        raise Refusal(400, "invalid", "entity.type is web_hook.", location="type")
    if len(str(asked.get("token") or "")) > 256:
        raise Refusal(400, "invalid", "entity.token has at most 256 letters.", location="token")
    _check_address(asked.get("address"))
    # A name is taken for good, by whoever opened it.
    if world.store.get("channel name", name) is not None:
        raise Refusal(400, "channelIdNotUnique", f"Channel id {name} not unique")
    world.store.put("channel name", name, {"person": here.grant.email})
    return {
        "id": name,
        "calendar": here.calendar.id,
        "person": here.grant.email,
        "client": here.grant.client_id,
        "address": asked["address"],
        "token": asked.get("token"),
        "resourceId": _resource(world, here),
        "resourceUri": f"{request.url_root}google/calendar/v3/calendars/"
        f"{quote(here.calendar.id, safe='@')}/events?alt=json",
        "expiration": str(_until(world, asked)),
    }


def _resource(world: World, here: Visit) -> str:
    key = f"{here.grant.email} {here.calendar.id}"
    known = world.store.get("resource", key)
    if known is None:
        known = {"id": secrets.token_urlsafe(20)}
        world.store.put("resource", key, known)
    return str(known["id"])


def _check_address(address: Any) -> None:
    parts = urlsplit(address if isinstance(address, str) else "")
    if not parts.hostname:
        raise Refusal(400, "push.webhookUrlUnauthorized", "Unauthorized WebHook callback channel")
    loopback = parts.scheme == "http" and parts.hostname in LOOPBACK
    if parts.scheme != "https" and not loopback:
        raise Refusal(400, "push.webhookUrlNotHttps", "WebHook callback must be HTTPS")


def _until(world: World, asked: dict[str, Any]) -> int:
    now = world.clock.now()
    ttl = (asked.get("params") or {}).get("ttl")
    try:
        life = timedelta(seconds=int(ttl)) if ttl is not None else DEFAULT_LIFE
        latest = int((now + min(life, LONGEST_LIFE)).timestamp() * 1000)
        if asked.get("expiration") is not None:
            latest = min(latest, int(asked["expiration"])) if ttl else int(asked["expiration"])
    except (ValueError, TypeError, OverflowError):
        raise Refusal(400, "invalid", "Invalid ttl or expiration.", location="params") from None
    latest = min(latest, int((now + LONGEST_LIFE).timestamp() * 1000))
    if latest <= now.timestamp() * 1000:
        raise Refusal(400, "invalid", "The channel is over already.", location="expiration")
    return latest
