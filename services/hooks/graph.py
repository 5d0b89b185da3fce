"""Graph's notifications: a list in which each item proves itself, whatever the others are."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from uuid import UUID

from flask import Response, request

from scheduler.errors import Explained
from services import door
from services.flow import channels as flow
from services.flow.proof import hashed
from services.hooks import echo
from services.hooks.answers import accepted
from services.hooks.coming import is_look_coming
from services.hooks.proof import is_from_host
from services.storage import channels
from services.storage.rows.channels import ChannelRow
from services.storage.work import Work

_RENEW, _REMOVED = "reauthorizationRequired", "subscriptionRemoved"


@dataclass(frozen=True, slots=True)
class Item:
    """One notification: which subscription it claims to be of, and what proves it.

    life  what befell the subscription itself; "" for news of the calendar
    """

    subscription: str
    secret: str = field(repr=False)
    life: str = ""


def told() -> Response:
    """Take notifications, or repeat a word."""
    if echo.NAME in request.args:
        return echo.repeated(request.args.getlist(echo.NAME))
    believed = list(_believed(items(request.get_data(cache=False))))
    for row, item in sorted(believed, key=_turn):
        _happened(door.work(), row.id, item)
    return accepted()


def items(body: bytes) -> list[Item]:
    """Read what was sent, each item once; what is none is left out. Raises Explained.

    All of it is looked at, as what is answered well is not sent again. How many there can be is
    bounded by the size of what is taken.
    """
    try:
        listed = json.loads(body)["value"]
    except (ValueError, RecursionError, TypeError, KeyError):
        listed = None
    if not isinstance(listed, list):
        raise Explained("These are no notifications", remedy='send {"value": [...]} in JSON')
    return list(dict.fromkeys(_items(listed)))


def _items(listed: list[object]) -> Iterator[Item]:
    for each in listed:
        if isinstance(each, dict):
            names = ("subscriptionId", "clientState", "lifecycleEvent")
            subscription, secret, life = (each.get(name) or "" for name in names)
            if all(isinstance(word, str) for word in (subscription, secret, life)):
                yield Item(subscription, secret, life)


def _turn(believed: tuple[ChannelRow, Item]) -> tuple[bytes, bytes, str]:
    """Of several at once: accounts are locked in the order of their ids, as everybody does."""
    row, item = believed
    return (row.account_id or row.id).bytes, row.id.bytes, item.life


def _believed(said: list[Item]) -> Iterator[tuple[ChannelRow, Item]]:
    """Yield what is true and not known yet, each with its channel.

    However much is made up, one question is asked: for the secrets, as whoever knows none is not
    believed whatever else they say. Of a channel that is just being opened we know nothing else.
    """
    secrets = {hashed(each.secret) for each in said}
    known = {each.secret_hash: each for each in channels.by_secrets(door.reading(), secrets)}
    for each in said:
        row = known.get(hashed(each.secret))
        if row is None or not is_from_host(row, each.secret, each.subscription):
            continue
        if each.life in (_RENEW, _REMOVED) or not is_look_coming(door.reading(), row):
            yield row, each


def _happened(work: Work, channel_id: UUID, item: Item) -> None:
    row = channels.by_name(work, channel_id)
    if row is None:
        return  # closed since we looked
    once = door.runtime().settings.times.once
    if row.remote is None:
        flow.met(work, door.runtime().keys, row, item.subscription, once)
    if item.life == _RENEW:
        flow.renew_now(work, row)
    elif item.life == _REMOVED:
        flow.removed(work, row, once)
    else:
        flow.heard(work, row, once)  # also of "missed": news was lost, so look
