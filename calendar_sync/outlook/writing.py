"""The requests that write our events and open channels; nothing is sent. See `requests`."""

from dataclasses import replace
from urllib.parse import quote, urlencode

from calendar_sync.outlook.marks import MARK, PROPERTIES
from calendar_sync.outlook.requests import Json, Request, request
from calendar_sync.outlook.times import stamp
from calendar_sync.provider import CalendarId, Span

_SELECT = "id,type,createdDateTime,isCancelled,isOnlineMeeting,organizer,attendees"
_SERIES, _DATE = f"{_SELECT},recurrence", f"{_SELECT},originalStart,start"
_OUR_OWN_FIELDS = {"singleValueExtendedProperties"}  # of which nobody is told
_OUR_OWN = " or ".join(f"id eq '{each}'" for each in PROPERTIES)
_EXPAND = {"$expand": f"singleValueExtendedProperties($filter={_OUR_OWN})"}
_EVENT, _DATES = {"$select": _SERIES, **_EXPAND}, {"$select": _DATE, **_EXPAND}
_PAGE = "50"  # of our events there is one, but for copies that a person made


class Writings:
    """Requests to Graph at an address, up to and including `/v1.0`."""

    def __init__(self, graph_url: str) -> None:
        self._base = graph_url.rstrip("/")

    def ours(self, calendar: CalendarId, name: str, page: str | None) -> Request:
        """A page of the events that carry a mark of ours; no title is asked for."""
        if page is not None:
            return request("GET", page)
        marked = f"ep/id eq '{MARK}' and ep/value eq '{name}'"
        search = {"$filter": f"singleValueExtendedProperties/Any(ep: {marked})", "$top": _PAGE}
        return request("GET", f"{self._events(calendar)}?{_query({**search, **_EVENT})}")

    def event(self, name: str) -> Request:
        """One event of ours; no title is asked for."""
        return request("GET", f"{self._event(name)}?{_query(_EVENT)}")

    def instances(self, name: str, span: Span, page: str | None) -> Request:
        """A page of the dates of a series; no title is asked for."""
        if page is not None:
            return request("GET", page)
        start, end = (stamp(each) for each in span)
        asked = {"startDateTime": start, "endDateTime": end, "$top": _PAGE, **_DATES}
        return request("GET", f"{self._event(name)}/instances?{_query(asked)}")

    def create(self, calendar: CalendarId, body: Json) -> Request:
        """A new event. Guests are invited at once."""
        asked = request("POST", self._events(calendar), body)
        return replace(asked, tells=bool(body.get("attendees")))

    def patch(self, there: Json, change: Json) -> Request:
        """Some fields of the event that is there, if it is still as we read it.

        Outlook does not promise to look at that, which is why an event is read just before.
        """
        uri, tag = self._event(there["id"]), there.get("@odata.etag")
        if_match = {"If_Match": tag} if isinstance(tag, str) else {}
        guests = bool(there.get("attendees") or change.get("attendees"))
        tells = guests and bool(change.keys() - _OUR_OWN_FIELDS)
        return replace(request("PATCH", uri, change, **if_match), tells=tells)

    def delete(self, there: Json) -> Request:
        """No event any more. Its guests are told at once."""
        asked = request("DELETE", self._event(there["id"]))
        return replace(asked, tells=bool(there.get("attendees")))

    def subscribe(self, question: Json) -> Request:
        """A channel for all of a mailbox."""
        return request("POST", f"{self._base}/subscriptions", question)

    def unsubscribe(self, resource: str) -> Request:
        """No channel any more."""
        return request("DELETE", f"{self._base}/subscriptions/{quote(resource, safe='')}")

    def _events(self, calendar: CalendarId) -> str:
        return f"{self._base}/me/calendars/{quote(calendar, safe='')}/events"

    def _event(self, name: str) -> str:
        return f"{self._base}/me/events/{quote(name, safe='')}"


def _query(parameters: dict[str, str]) -> str:
    return urlencode(parameters, quote_via=quote, safe="$,:/()'")
