"""A host that speaks as much of Graph as reading takes, and can be told to misbehave.

It lists calendars, and tells what they hold, by itself and several in one; what is new since; and
what colleagues take. A calendar holds what a test puts into it, whatever span is asked for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from calendar_sync.outlook.calendar import OutlookCalendar
from calendar_sync.outlook.where import Where
from tests.calendar_sync.minimal_google import HOME, Asked, Host, Json, Said, serving
from tests.calendar_sync.stages import Counter, Tokens

READ = frozenset({"Calendars.Read"})


def no(status: int, code: str, **headers: str) -> Said:
    error = {"code": code, "message": "SECRET words of the host", "innerError": {"date": "x"}}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Said({"error": error}, status, named)


def said(status: int = 200, body: Any = None, **headers: str) -> Json:
    """An answer within an answer."""
    own = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "headers": own, "body": {"value": []} if body is None else body}


def an_event(start: str, end: str, shown: str = "busy") -> Json:
    times = {"start": start, "end": end}
    moments = {name: {"dateTime": f"{at}:00", "timeZone": "UTC"} for name, at in times.items()}
    return {"subject": "SECRET", "showAs": shown, **moments}


@dataclass
class GraphHost(Host):
    """Each calendar by its id.

    inner   what is said of a calendar within an answer, instead of what it holds; once each
    people  what is told of colleagues; those without digits are free
    """

    events: dict[str, list[Json]] = field(default_factory=dict)
    inner: dict[str, list[Json | None]] = field(default_factory=dict)
    people: list[Json] = field(default_factory=list)

    @property
    def base(self) -> str:
        return self.url.rstrip("/")

    def link(self, path: str) -> str:
        return f"{self.url}{path}"

    def done(self, asked: Asked) -> Said:
        match asked.method, *map(unquote, asked.path.removeprefix(HOME).split("/")):
            case "GET", "me", "calendars":
                return Said({"value": [{"id": each, "name": "Ada"} for each in self.events]})
            case "GET", "me", "calendars", str(calendar), "calendarView" if calendar in self.events:
                return Said({"value": self.events[calendar]})
            case ("GET", "me", "calendars", _, "calendarView", "delta") | ("GET", "me", "changed"):
                return Said({"value": [], "@odata.deltaLink": self.link("me/changed?$deltatoken")})
            case "POST", "me", "calendar", "getSchedule":
                row = {"availabilityView": "0" * _slots(asked.json)}
                return Said({"value": [row | each for each in self.people]})
            case "POST", "$batch":
                return Said({"responses": list(self._several(asked))})
        return no(404, "ErrorItemNotFound")

    def _several(self, asked: Asked) -> Iterator[Json]:
        for each in asked.json["requests"]:
            parts = urlsplit(HOME.rstrip("/") + each["url"])
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            [*_, calendar, _] = map(unquote, parts.path.split("/"))
            if self.inner.get(calendar):
                told = self.inner[calendar].pop(0)
            else:
                found = self.done(Asked(each["method"], parts.path, query, each["headers"], b""))
                told = {"status": found.status, "headers": {}, "body": found.body}
            if told is not None:
                yield {"id": each["id"], **told}


def _slots(question: Json) -> int:
    """How many digits are asked for."""
    start, end = (
        datetime.fromisoformat(question[each]["dateTime"]) for each in ("startTime", "endTime")
    )
    return (end - start) // timedelta(minutes=question["availabilityViewInterval"])


def within(asked: Asked) -> list[str]:
    """The calendars that one request asks for."""
    return [unquote(each["url"].split("/")[3]) for each in asked.json["requests"]]


@contextmanager
def a_graph(*calendars: str) -> Iterator[GraphHost]:
    host = GraphHost(events={each: [] for each in calendars})
    with serving(host):
        yield host


def outlook_at(
    host: Host,
    tokens: Tokens | None = None,
    gate: Counter | None = None,
    scopes: frozenset[str] = READ,
    now: float | None = None,
) -> OutlookCalendar:
    where = Where(client_id="us", graph_url=host.url.rstrip("/"))
    told = (where, tokens or Tokens(), gate or Counter(), scopes)
    return OutlookCalendar(*told) if now is None else OutlookCalendar(*told, lambda: now)
