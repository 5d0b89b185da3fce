"""What Graph makes of the events we write, in this process: a speaker that nobody listens to.

It finds events by their extended properties, makes, changes and removes them, and knows a
repeated transaction. It says no in our own errors, as reading a host's is not its business.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from calendar_sync.errors import ChangedMeanwhile, NotThere, Refused, SyncError, Wait
from calendar_sync.outlook.events import Events
from calendar_sync.outlook.requests import Request
from calendar_sync.outlook.writing import Writings

Json = dict[str, Any]
BASE = "https://graph.test/v1.0"
GONE = NotThere("It is not there", remedy="choose another")
MEANWHILE = ChangedMeanwhile("It was changed", remedy="read it again")
SILENT = Wait("Nobody answered", remedy="try again", seconds=1.0)
NO = Refused("It does not take this", remedy="report it")

_SAID = re.compile(r"ep/id eq '([^']+)' and ep/value eq '([^']+)'")


@dataclass(frozen=True)
class Fault:
    """What goes wrong with a request, before it is done or after."""

    error: SyncError
    done: bool = False


@dataclass
class Graph:
    """One mailbox.

    faults    of each request, counted from 0
    first     what somebody else does just before a request
    repeated  what it makes of a transaction that it knows: "answered" or "refused"
    forgets   whether a removed event's transaction is new again
    hidden    whether a search does not find what it has
    zones     those that it knows; None: all
    link      where it says that the rest of a listing is
    """

    faults: dict[int, Fault] = field(default_factory=dict)
    first: dict[int, Callable[[], object]] = field(default_factory=dict)
    repeated: str = "answered"
    forgets: bool = True
    hidden: bool = False
    zones: set[str] | None = None
    link: str | None = None
    events: dict[str, Json] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)
    transactions: dict[str, str] = field(default_factory=dict)
    now: datetime = datetime(2027, 1, 1, tzinfo=UTC)
    count: int = 0

    @property
    def ours(self) -> Events:
        return Events(self, Writings(BASE))  # type: ignore[arg-type]  # all that is used of it

    def ask(self, request: Request) -> Any:
        number = len(self.asked)
        self.asked.append(request)
        self.first.get(number, lambda: None)()
        fault = self.faults.get(number)
        if fault and not fault.done:
            raise fault.error
        found = self._do(request)
        if fault:
            raise fault.error
        return json.loads(json.dumps(found))

    def pages(self, page: Callable[[str | None], Request]) -> Iterator[Json]:
        name = None
        while True:
            found = self.ask(page(name))
            yield found
            name = found.get("@odata.nextLink")
            if name is None:
                return

    def methods(self) -> list[str]:
        return [each.method for each in self.asked]

    def bodies(self, method: str) -> list[Json]:
        return [json.loads(each.body or b"") for each in self.asked if each.method == method]

    def add(self, calendar: str, body: Json) -> Json:
        self.count += 1  # names count down: they tell nothing about who came first
        made = {
            "id": f"e/{1000 - self.count}=",
            "createdDateTime": f"{self.now:%Y-%m-%dT%H:%M:%SZ}",
        }
        whole = {**body, **made, "calendar": calendar, "organizer": {}}
        self.events[whole["id"]] = self._tagged(whole)
        return self.events[whole["id"]]

    def later(self, **time: int) -> None:
        self.now += timedelta(**time)

    def edit(self, event: Json, **changes: Any) -> Json:
        self.events[event["id"]] = self._tagged({**event, **changes})
        return self.events[event["id"]]

    def _tagged(self, event: Json) -> Json:
        self.count += 1
        return {**event, "@odata.etag": f'W/"{self.count}"'}

    def _do(self, request: Request) -> Any:
        parts = urlsplit(request.uri)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        body = json.loads(request.body) if request.body else {}
        match request.method, *map(unquote, parts.path.removeprefix("/v1.0/me/").split("/")):
            case "GET", "calendars", str(calendar), "events":
                return {"value": list(self._found(calendar, query)), "@odata.nextLink": self.link}
            case "GET", "events":
                return {"value": []}
            case "POST", "calendars", str(calendar), "events":
                return self._make(calendar, body)
            case method, "events", str(name):
                if name not in self.events:
                    raise GONE
                return self._one(method, self.events[name], request, body, query)
        raise AssertionError(request.uri)

    def _one(self, method: str, event: Json, request: Request, body: Json, query: Json) -> Any:
        if method == "DELETE":
            del self.events[event["id"]]
            return None
        if method == "PATCH":
            if request.headers.get("If-Match") != event["@odata.etag"]:
                raise MEANWHILE
            self._read(body)
            kept = {each["id"]: each for each in event.get("singleValueExtendedProperties", [])}
            kept |= {each["id"]: each for each in body.get("singleValueExtendedProperties", [])}
            both = {**body, "singleValueExtendedProperties": list(kept.values())}
            return self.edit(event, **both)
        return self._told(event, query)

    def _found(self, calendar: str, query: Json) -> Iterator[Json]:
        found = _SAID.search(query["$filter"])
        assert found is not None
        wanted = {"id": found[1], "value": found[2]}
        for each in () if self.hidden else self.events.values():
            if each["calendar"] == calendar and wanted in each["singleValueExtendedProperties"]:
                yield self._told(each, query)

    def _told(self, event: Json, query: Json) -> Json:
        """Return what was asked for, its properties' names as Outlook spells them."""
        told = {each: event.get(each) for each in query["$select"].split(",")}
        asked = [
            each
            for each in event["singleValueExtendedProperties"]
            if each["id"] in query["$expand"]
        ]
        own = [{**each, "id": each["id"].replace("{5d0f", "{5D0F")} for each in asked]
        return {**told, "@odata.etag": event["@odata.etag"], "singleValueExtendedProperties": own}

    def _make(self, calendar: str, body: Json) -> Json:
        self._read(body)
        known = self.transactions.get(body["transactionId"])
        if known and (known in self.events or not self.forgets):
            if self.repeated == "refused":
                raise MEANWHILE
            return {"id": known}
        made = self.add(calendar, body)
        self.transactions[body["transactionId"]] = made["id"]
        return made

    def _read(self, body: Json) -> None:
        named = {body[each]["timeZone"] for each in ("start", "end") if each in body}
        if self.zones is not None and not named <= self.zones:
            raise NO
