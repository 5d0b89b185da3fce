"""What a Graph may make of series that the sandbox does not: as little as it says, and as much.

Marks are not handed on from a series to its dates, and occurrences tell neither who comes nor
where they were at first; whoever changes one date changes the tag of all; and whoever is invited
to a series, or leaves it, is so at its exceptions as well.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from calendar_sync.outlook.events import Events
from calendar_sync.outlook.requests import Request
from calendar_sync.outlook.series import SeriesEvents
from calendar_sync.outlook.writing import Writings
from tests.calendar_sync.minimal_graph import BASE, GONE, MEANWHILE, Graph, Json


@dataclass
class DatesGraph(Graph):
    """One mailbox with one weekly series. mails: what was mailed, by address and date."""

    dates: dict[str, Json] = field(default_factory=dict)
    mails: "Counter[tuple[str, str]]" = field(default_factory=Counter)

    @property
    def series(self) -> SeriesEvents:
        writings = Writings(BASE)
        events = Events(self, writings)  # type: ignore[arg-type]  # all that is used of it
        return SeriesEvents(self, writings, events)  # type: ignore[arg-type]

    def held(self) -> dict[str, tuple[str, list[str]]]:
        """When each date is, and who comes, by where it was at first."""
        everybody = _people(next(iter(self.events.values())))
        return {
            name.partition("/")[2]: (each["start"]["dateTime"][5:16], _people(each) or everybody)
            for name, each in self.dates.items()
        }

    def _do(self, request: Request) -> Any:
        parts = urlsplit(request.uri)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        match request.method, *map(unquote, parts.path.removeprefix("/v1.0/me/").split("/")):
            case "GET", "events", str(), "instances":
                return {"value": [self._date(name, query) for name in self.dates]}
            case method, "events", str(name) if "/" in name and name[0] == "d":
                if name not in self.dates:
                    raise GONE
                return self._one_date(method, name, request, query)
        before = {name: _people(each) for name, each in self.events.items()}
        found = super()._do(request)
        for name, each in self.events.items():
            self._carry(set(before.get(name, [])), each)
            if request.method == "POST":
                self._spread(each)
        return found

    def _one_date(self, method: str, name: str, request: Request, query: Json) -> Any:
        if method == "GET":
            return self._date(name, query)
        if request.headers.get("If-Match", self._tag()) != self._tag():
            raise MEANWHILE
        self.edit(self._master())
        if method == "DELETE":
            del self.dates[name]
            return None
        return self._patch(name, json.loads(request.body or b"{}"))

    def _patch(self, name: str, body: Json) -> Json:
        was = self.dates[name]
        guests = [] if was["type"] == "exception" else self._master()["attendees"]
        after = {"attendees": guests, **was, **body, "type": "exception"}
        before = was.get("attendees", guests)
        for each in set(_people(after)) - set(_people({"attendees": before})):
            self.mails[each, name[-5:]] += 1
        self.dates[name] = after
        return after

    def _date(self, name: str, query: Json) -> Json:
        told = {each: self.dates[name].get(each) for each in query["$select"].split(",")}
        own = self.dates[name].get("singleValueExtendedProperties", [])
        marks = {"singleValueExtendedProperties": own} if own else {}
        return {**told, "id": name, "@odata.etag": self._tag(), **marks}

    def _carry(self, before: set[str], series: Json) -> None:
        now = set(_people(series))
        for each in now - before:
            self.mails[each, ""] += 1
        for date_ in self.dates.values():
            if date_["type"] == "exception" and now != before:
                stay = [one for one in date_["attendees"] if not set(_named(one)) & (before - now)]
                known = set(_people({"attendees": stay}))
                more = [e for e in series["attendees"] if not set(_named(e)) & known]
                date_["attendees"] = stay + more

    def _spread(self, series: Json) -> None:
        days, start = series["recurrence"]["range"], series["start"]["dateTime"]
        day, last = (date.fromisoformat(days[each]) for each in ("startDate", "endDate"))
        while day <= last:
            shown = {"dateTime": f"{day}{start[10:]}.0000000", "timeZone": "UTC"}
            self.dates[f"d/{day:%m-%d}"] = {"type": "occurrence", "start": shown}
            day += timedelta(days=7)

    def _tag(self) -> str:
        return str(self._master()["@odata.etag"])

    def _master(self) -> Json:
        [found] = self.events.values()
        return {"attendees": [], **found}


def _people(event: Json) -> list[str]:
    return [name for each in event.get("attendees", []) for name in _named(each)]


def _named(person: Json) -> list[str]:
    return [person["emailAddress"]["address"]]
