"""The requests that Google Calendar knows, as Google's client writes them; nothing is sent.

The client knows the API's own description: a parameter or a name that Google does not have
fails here, before anything leaves. It is made once for each address, without the network.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import httplib2  # type: ignore[import-untyped]
from googleapiclient.discovery import build  # type: ignore[import-untyped]

from calendar_sync.google.wire import Json
from calendar_sync.provider import CalendarId

Request = Any  # googleapiclient.http.HttpRequest: uri, method, headers, body
Page = Callable[[str | None], Request]

_LIST = "nextPageToken,items(id,summary,summaryOverride,primary,deleted)"
_TIMES = "nextPageToken,timeZone,items(start,end,status,transparency,eventType)"
_EVENT = (
    "id,status,etag,attendees,recurrence,recurringEventId,originalStartTime,"
    "extendedProperties/private"
)


class Requests:
    """Requests to the API at an address, up to and including `/calendar/v3/`."""

    def __init__(self, api_url: str) -> None:
        self._api = _client(api_url)
        self._events = _events(api_url)

    def calendars(self, page: str | None) -> Request:
        """A page of the list of calendars."""
        return self._api.calendarList().list(fields=_LIST, maxResults=250, pageToken=page)

    def busy(self, question: Json) -> Request:
        """A question for busy times."""
        return self._api.freebusy().query(body=question)

    def changes(self, calendar: CalendarId, asked: Json, page: str | None) -> Request:
        """A page of a listing of events, with parameters that stay the same."""
        return self._events.list(calendarId=calendar, pageToken=page, **asked)

    def times(self, calendar: CalendarId, span: tuple[str, str], page: str | None) -> Request:
        """A page of the times of a calendar's events, each instance for itself."""
        return self._events.list(
            calendarId=calendar,
            timeMin=span[0],
            timeMax=span[1],
            singleEvents=True,
            fields=_TIMES,
            maxResults=2500,
            pageToken=page,
        )

    def ours(self, calendar: CalendarId, search: str, page: str | None) -> Request:
        """A page of the events that carry a private property of ours; no title is asked for."""
        return self._events.list(
            calendarId=calendar,
            privateExtendedProperty=[search],
            fields=f"nextPageToken,items({_EVENT})",
            maxResults=2500,
            pageToken=page,
        )

    def event(self, calendar: CalendarId, name: str) -> Request:
        """One event of ours, also if it is removed; no title is asked for."""
        return self._events.get(calendarId=calendar, eventId=name, fields=_EVENT)

    def instances(
        self, calendar: CalendarId, name: str, page: str | None, *, removed: bool
    ) -> Request:
        """A page of the dates of a series of ours; `removed`: also those that were removed."""
        return self._events.instances(
            calendarId=calendar,
            eventId=name,
            fields=f"nextPageToken,items({_EVENT})",
            maxResults=2500,
            showDeleted=removed,
            pageToken=page,
        )

    def insert(self, calendar: CalendarId, body: Json, **mails: str) -> Request:
        """A new event."""
        return self._events.insert(calendarId=calendar, body=body, fields=_EVENT, **mails)

    def patch(self, calendar: CalendarId, there: Json, change: Json, **mails: str) -> Request:
        """Some fields of the event that is there, if it is still as we read it."""
        return _if_match(
            self._events.patch(
                calendarId=calendar, eventId=there["id"], body=change, fields=_EVENT, **mails
            ),
            there,
        )

    def update(self, calendar: CalendarId, there: Json, body: Json, **mails: str) -> Request:
        """All of an event in place of the one that is there, if it is still as we read it."""
        return _if_match(
            self._events.update(
                calendarId=calendar, eventId=there["id"], body=body, fields=_EVENT, **mails
            ),
            there,
        )

    def delete(self, calendar: CalendarId, name: str, **mails: str) -> Request:
        """No event any more."""
        return self._events.delete(calendarId=calendar, eventId=name, **mails)

    def watch(self, calendar: CalendarId, question: Json) -> Request:
        """A channel for an account's calendar. It takes no sync token."""
        return self._events.watch(calendarId=calendar, body=question)

    def stop(self, name: str, resource: str) -> Request:
        """No channel any more."""
        return self._api.channels().stop(body={"id": name, "resourceId": resource})


def _if_match(request: Request, there: Json) -> Request:
    if isinstance(there.get("etag"), str):
        request.headers["If-Match"] = there["etag"]
    return request


@cache
def _client(api_url: str) -> Any:
    return build(
        "calendar",
        "v3",
        http=httplib2.Http(proxy_info=None),  # never used: we send by ourselves
        static_discovery=True,
        cache_discovery=False,
        client_options={"api_endpoint": api_url, "universe_domain": "googleapis.com"},
    )


@cache
def _events(api_url: str) -> Any:
    """Return what writes requests about events: each one costs more to make than a request."""
    return _client(api_url).events()
