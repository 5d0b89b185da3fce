"""The requests that Microsoft Graph knows about reading calendars; nothing is sent.

Every request asks for names that stay the same when an event moves (`IdType`), and carries a
name of its own by which Microsoft's support finds it. Addresses of further pages are the host's
own words and are asked as they are, but only at the host itself: our token goes with them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

from calendar_sync.errors import broken
from calendar_sync.outlook.times import stamp
from calendar_sync.provider import CalendarId, Span

Json = dict[str, Any]

IMMUTABLE = 'IdType="ImmutableId"'
_UTC = 'outlook.timezone="UTC"'
_PAGE = 500  # events, of which only the times are asked for
_WHOLE = 100  # events, of which all is told
_VIEW = (_UTC, f"odata.maxpagesize={_PAGE}")
_LISTED = "id,name,isDefaultCalendar"
_TIMES = "start,end,showAs,isAllDay,isCancelled,originalStartTimeZone,originalEndTimeZone"


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of Graph, but for the token that goes with it.

    tells  whether Outlook tells guests of it, by a letter
    """

    method: str
    uri: str
    headers: Mapping[str, str]
    body: bytes | None = field(default=None, repr=False)
    tells: bool = False


def request(
    method: str, uri: str, body: object = None, *, prefer: Sequence[str] = (), **headers: str
) -> Request:
    """Return a request; in the names of headers, `_` stands for `-`.

    prefer  what is asked for beside names that stay the same
    """
    found = {
        "Accept": "application/json",
        "Prefer": ", ".join([IMMUTABLE, *prefer]),
        "client-request-id": str(uuid4()),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    if body is None:
        return Request(method, uri, found)
    found["Content-Type"] = "application/json"
    return Request(method, uri, found, json.dumps(body).encode())


class Requests:
    """Requests to Graph at an address, up to and including `/v1.0`.

    basic  whether the account tells little of an event: no text, no files
    """

    def __init__(self, graph_url: str, *, basic: bool = False) -> None:
        self._base = graph_url.rstrip("/")
        # Changes come with all that may be seen of an event, whatever is asked. Text is at least
        # short.
        size = f"odata.maxpagesize={_PAGE if basic else _WHOLE}"
        self._changes = (_UTC, size, 'outlook.body-content-type="text"')

    def calendars(self, page: str | None) -> Request:
        """A page of the list of calendars."""
        if page is not None:
            return self.page(page)
        asked = {"$select": _LISTED, "$top": 100}
        return request("GET", self._address("me/calendars", asked))

    def view(self, calendar: CalendarId, span: Span) -> Request:
        """The first page of the times of what a calendar holds, each occurrence for itself."""
        asked = {**_window(span), "$select": _TIMES, "$top": _PAGE}
        address = self._address(f"{_calendar(calendar)}/calendarView", asked)
        return request("GET", address, prefer=_VIEW)

    def page(self, address: str) -> Request:
        """A further page of anything but changes."""
        return request("GET", address, prefer=_VIEW)

    def began(self, calendar: CalendarId, span: Span) -> Request:
        """The first page of all that a calendar holds, from which its changes are followed."""
        address = self._address(f"{_calendar(calendar)}/calendarView/delta", _window(span))
        return request("GET", address, prefer=self._changes)

    def changed(self, address: str) -> Request:
        """What has changed since, or a further page of it."""
        return request("GET", address, prefer=self._changes)

    def schedules(self, question: Json) -> Request:
        """A question for what others take of the time."""
        address = self._address("me/calendar/getSchedule")
        return request("POST", address, question, prefer=[_UTC])

    def batch(self, asked: Sequence[Request]) -> Request:
        """Several requests in one, each done once the one before it is.

        The host takes several for one mailbox at the same time, and refuses the fifth. Chains
        other than one after the other are not taken.
        https://learn.microsoft.com/graph/json-batching
        """
        inner = [self._inner(number, each) for number, each in enumerate(asked)]
        return request("POST", self._address("$batch"), {"requests": inner})

    def own(self, address: str) -> str:
        """Return an address if it is the host's own: our token goes nowhere else. Raises Wait."""
        found, base = urlsplit(address), urlsplit(self._base)
        plain = address.isascii() and address.isprintable() and not set(' "<>\\') & set(address)
        inside = found.path.startswith(f"{base.path}/") and ".." not in found.path
        if plain and inside and (found.scheme, found.netloc) == (base.scheme, base.netloc):
            return address
        raise broken("an address that is not its own")

    def _address(self, path: str, asked: Mapping[str, object] | None = None) -> str:
        query = urlencode(asked or {}, safe="$,:", quote_via=quote)
        return f"{self._base}/{path}{'?' if query else ''}{query}"

    def _inner(self, number: int, each: Request) -> Json:
        found = {
            "id": str(number),
            "method": each.method,
            "url": each.uri.removeprefix(self._base),
            "headers": dict(each.headers),
        }
        return found if number == 0 else {**found, "dependsOn": [str(number - 1)]}


def _calendar(calendar: CalendarId) -> str:
    return f"me/calendars/{quote(calendar, safe='')}"


def _window(span: Span) -> Json:
    return {"startDateTime": stamp(span[0]), "endDateTime": stamp(span[1])}
