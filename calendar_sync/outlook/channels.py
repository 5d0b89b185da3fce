"""Subscriptions, by which Outlook tells that something has changed. Pure: no network, no clock.

A subscription covers all calendars of a mailbox: a notification says that there is news, and
never in which calendar. Outlook asks the address for a sign of life while it opens one.
"""

from dataclasses import replace
from datetime import UTC, datetime

from calendar_sync.errors import broken
from calendar_sync.outlook.requests import Json
from calendar_sync.provider import Channel

_LONGEST = 10_000 * 60  # seconds; Outlook takes 10,080 minutes, by its own clock
_LONGEST_SECRET = 128


def question(channel: Channel, now: float) -> Json:
    """Return the body that opens a channel; it ends a little before a week has passed.

    now  UTC seconds
    """
    if len(channel.secret) > _LONGEST_SECRET:
        raise ValueError("Outlook takes secrets of at most 128 letters")
    return {
        "changeType": "created,updated,deleted",
        "resource": "/me/events",
        "notificationUrl": channel.address,
        "lifecycleNotificationUrl": channel.address,  # also when it ends, or lost something
        "expirationDateTime": _stamp(min(channel.until, int(now) + _LONGEST)),
        "clientState": channel.secret,
        "latestSupportedTlsVersion": "v1_2",
    }


def answer(channel: Channel, said: object) -> Channel:
    """Return the channel as it was opened: Outlook names it, and says when it ends."""
    if not isinstance(said, dict) or not isinstance(said.get("id"), str) or not said["id"]:
        raise broken()
    try:
        until = datetime.fromisoformat(str(said.get("expirationDateTime")))
    except ValueError:
        raise broken() from None
    whole = until if until.tzinfo else until.replace(tzinfo=UTC)
    return replace(channel, resource=said["id"], until=int(whole.timestamp()))


def _stamp(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
