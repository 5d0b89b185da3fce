"""Reading colleagues through an account: what its host tells of their time, and of whom it does.

They are asked about a few at a time, and each time it is looked up who may be: consent may end
meanwhile. Nothing says whether anything has changed. So what was told is remembered as a hash: the
same again is no news.
"""

import json
from collections.abc import Callable, Collection, Mapping
from hashlib import sha256
from itertools import islice
from uuid import UUID

from calendar_sync.errors import ReconnectNeeded, Unreadable
from calendar_sync.provider import Cursor, Found, Provider, Span
from scheduler.errors import Explained, TryLater
from services.flow.doubts import Told, unread

AT_ONCE = 20  # addresses in a question: as many as hosts take in one request
Allowed = Callable[[], Collection[UUID]]  # the calendars that may be read in this moment
Asked = Mapping[UUID, tuple[str, Cursor | None]]
Outcomes = dict[UUID, Told | Unreadable]


def read(provider: Provider, asked: Asked, span: Span, allowed: Allowed) -> Outcomes:
    """Return what came of each calendar that stands for a colleague.

    asked  per calendar the address of mail, and what was told the last time if that still counts

    Whoever cannot be seen is Unreadable: unknown, and never free. Of whom nobody may be asked any
    more nothing is returned. Raises TryLater when the host asks us to wait before it has told
    anything, and ReconnectNeeded when it no longer lets us in.
    """
    told, left = Outcomes(), dict.fromkeys(email for email, _ in asked.values())
    while left:
        may = allowed()
        wanted = {each: one for each, one in asked.items() if each in may and one[0] in left}
        emails = list(islice(dict.fromkeys(email for email, _ in wanted.values()), AT_ONCE))
        if not emails:
            break
        some = {each: one for each, one in wanted.items() if one[0] in emails}
        try:
            told |= _read(provider, some, emails, span)
        except TryLater as error:  # it is no better with the others
            if not told:
                raise
            return told | {each: unread(error) for each in wanted}
        left = {email: None for email in left if email not in emails}
    return told


def _read(provider: Provider, asked: Asked, emails: list[str], span: Span) -> Outcomes:
    try:
        found = provider.colleagues(emails, span)
    except (ReconnectNeeded, TryLater):
        raise
    except Explained as error:  # this account does not tell of them
        return {each: unread(error) for each in asked}
    return {each: _outcome(found[email], before) for each, (email, before) in asked.items()}


def _outcome(found: Found, before: Cursor | None) -> Told | Unreadable:
    if not isinstance(found, list):
        error = unread(found)
        error.seconds = None  # it concerns one of many: the account goes on with the others
        return error
    now = sha256(repr(found).encode()).hexdigest()
    return Told(None if now == before else found, json.dumps({"cursor": now}))
