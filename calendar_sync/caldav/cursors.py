"""Whether a calendar has changed: by tokens (RFC 6578), or by what older hosts say instead."""

from calendar_sync.caldav import questions
from calendar_sync.caldav.answers import C, D
from calendar_sync.caldav.discovery import read, told_of
from calendar_sync.caldav.exchange import Exchange
from calendar_sync.caldav.refusals import nowhere
from calendar_sync.errors import CursorExpired, NotAllowed, Refused, Unsupported
from calendar_sync.ics.link import Link
from calendar_sync.provider import Changes, Cursor

_BY_TOKEN, _BY_TAG = "token ", "tag "
_CHANGE_TAG = "{http://calendarserver.org/ns/}getctag"
_LONGEST = 2_000  # letters of a host's words that we keep


def begin(exchange: Exchange, link: Link) -> Changes:
    """Return where the calendar stands now. Raises NotThere if it is no calendar."""
    token, tag = _words(exchange, link)
    return Changes(anything=True, cursor=_cursor(_BY_TOKEN, token) or _cursor(_BY_TAG, tag))


def since(exchange: Exchange, link: Link, cursor: Cursor) -> Changes:
    """Return whether anything has changed since. Raises CursorExpired."""
    if cursor.startswith(_BY_TOKEN):
        return _since_token(exchange, link, cursor.removeprefix(_BY_TOKEN))
    if cursor.startswith(_BY_TAG):
        token, tag = _words(exchange, link)
        now = _cursor(_BY_TAG, tag or token)
        return Changes(now != cursor, now)
    raise _expired()


def _since_token(exchange: Exchange, link: Link, token: str) -> Changes:
    try:
        answer = exchange.ask("REPORT", link, questions.changed(token), depth=0)
    except (NotAllowed, Refused, Unsupported):  # 403 and 409, as RFC 6578 has it, and others
        return _compared(exchange, link, token)
    found = read(answer.status, answer.body)
    now = _cursor(_BY_TOKEN, _kept(found.token))
    if now is None:
        return _compared(exchange, link, token)
    return Changes(bool(found.places), now)


def _compared(exchange: Exchange, link: Link, before: str) -> Changes:
    """Return whether a host that does not answer to its own token gives another one by now.

    The token is too old, or it never answers to any: from here on it is not asked to.
    """
    token, tag = _words(exchange, link)
    now = _cursor(_BY_TAG, tag or token)
    if now is None:
        raise _expired()
    return Changes(token != before, now)


def _words(exchange: Exchange, link: Link) -> tuple[str, str]:
    """Return by which token and tag a calendar's present state is known; "": by none."""
    for _, told in told_of(exchange, link, questions.state()):
        if told.is_a(f"{C}calendar"):
            return _kept(told.text(f"{D}sync-token")), _kept(told.text(_CHANGE_TAG))
    raise nowhere()


def _kept(word: str) -> str:
    return word if len(word) <= _LONGEST else ""


def _cursor(by: str, word: str) -> Cursor | None:
    return Cursor(by + word) if word else None


def _expired() -> CursorExpired:
    return CursorExpired("The calendar host does not know where we stood", remedy="read it afresh")
