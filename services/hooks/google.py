"""Google's notifications: a few headers, and no body."""

from uuid import UUID

from flask import Response, request

from services import door
from services.flow import channels as flow
from services.hooks.answers import accepted
from services.hooks.coming import is_look_coming
from services.hooks.proof import is_from_host
from services.storage import channels

_OPENED = "sync"  # the first message of a channel: nothing has changed yet


def told() -> Response:
    """Take a notification."""
    channel_id = _channel_id(_said("Channel-ID"))
    resource, state = _said("Resource-ID"), _said("Resource-State")
    if channel_id is None:
        return accepted()
    known = channels.by_name(door.reading(), channel_id)
    if known is None or not is_from_host(known, _said("Channel-Token"), resource):
        return accepted()
    nothing_new = state == _OPENED or is_look_coming(door.reading(), known)
    if known.remote is None or not nothing_new:
        _happened(channel_id, resource, state)
    return accepted()


def _happened(channel_id: UUID, resource: str, state: str) -> None:
    work, once = door.work(), door.runtime().settings.times.once
    row = channels.by_name(work, channel_id)
    if row is None:
        return  # closed since we looked
    if row.remote is None:
        flow.met(work, door.runtime().keys, row, resource, once)
    if state != _OPENED:
        flow.heard(work, row, once)


def _said(name: str) -> str:
    return request.headers.get(f"X-Goog-{name}", "")


def _channel_id(name: str) -> UUID | None:
    """Read a channel's name, written as we write it."""
    try:
        found = UUID(name)
    except ValueError:
        return None
    return found if str(found) == name else None
