"""Reading colleagues through an account: what its host tells of their time, and of whom it does.

Nothing says whether anything has changed. So what was told is remembered as a hash: the same
again is no news.
"""

import json
from collections.abc import Mapping
from hashlib import sha256
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded, Unreadable
from calendar_sync.provider import Cursor, Found, Provider, Span
from scheduler.errors import Explained, TryLater
from services.flow.doubts import Told, unread


def read(
    provider: Provider, asked: Mapping[UUID, tuple[str, Cursor | None]], span: Span
) -> Mapping[UUID, Told | Unreadable]:
    """Return what came of each calendar that stands for a colleague.

    asked  per calendar the address of mail, and what was told the last time if that still counts

    Whoever cannot be seen is Unreadable: unknown, and never free. Raises TryLater when the host
    asks us to wait with all of them, and ReconnectNeeded when it no longer lets us in.
    """
    emails = list(dict.fromkeys(email for email, _ in asked.values()))
    try:
        found = provider.colleagues(emails, span)
    except (ReconnectNeeded, TryLater):
        raise
    except Explained as error:  # this account does not tell of anybody
        return {each: unread(error) for each in asked}
    return {each: _outcome(found[email], before) for each, (email, before) in asked.items()}


def _outcome(found: Found, before: Cursor | None) -> Told | Unreadable:
    if not isinstance(found, list):
        return unread(found)
    now = sha256(repr(found).encode()).hexdigest()
    return Told(None if now == before else found, json.dumps({"cursor": now}))
