"""A host that speaks the least of Google Calendar, and can be told to misbehave.

It lists calendars; lists, inserts and deletes events; tells busy times. It knows no sync tokens,
no filters, no channels, no change of an event, and names events itself. Calendars that it does
not know are left out of an answer about busy times.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.serving import answering

Json = dict[str, Any]
TOKEN = "a-token"
HOME = "/calendar/v3/"


@dataclass(frozen=True)
class Said:
    """An answer. `cut` closes the connection after so many bytes of the body."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None

    def bytes(self) -> bytes:
        if isinstance(self.body, bytes):
            return self.body
        return b"" if self.body is None else json.dumps(self.body).encode()


def refusal(status: int, reason: str, domain: str = "global", **headers: str) -> Said:
    error = {"domain": domain, "reason": reason, "message": "SECRET words of the host"}
    body = {"error": {"code": status, "message": "SECRET words", "errors": [error]}}
    return Said(body, status, {name.replace("_", "-"): value for name, value in headers.items()})


@dataclass(frozen=True)
class Asked:
    """A request that came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Host:
    """A running host. Each of `script` stands in for one answer; a function gets the request.

    after   answers that are given instead of a 2xx once what was asked has been done
    tokens  those that it takes
    """

    url: str = ""
    calendars: dict[str, dict[str, Json]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    script: list[Said | Callable[[Asked], Said]] = field(default_factory=list)
    after: list[Said] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    lock: Any = field(default_factory=Lock)
    count: int = 0

    def add(self, calendar: str, name: str) -> None:
        self.calendars[calendar], self.names[calendar] = {}, name

    def answer(self, asked: Asked) -> Said:
        with self.lock:
            self.asked.append(asked)
            if self.script:
                said = self.script.pop(0)
                return said if isinstance(said, Said) else said(asked)
            if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                return refusal(401, "authError")
            found = self.done(asked)
            return self.after.pop(0) if self.after and found.status < 300 else found

    def done(self, asked: Asked) -> Said:  # noqa: PLR0911 -- all that it knows
        if not asked.path.startswith(HOME):
            return Said(b"Not Found", 404)
        match asked.method, *map(unquote, asked.path.removeprefix(HOME).split("/")):
            case "GET", "users", "me", "calendarList":
                return Said({"items": [{"id": i, "summary": n} for i, n in self.names.items()]})
            case "POST", "freeBusy":
                return Said(self._busy(asked.json))
            case "GET", "calendars", str(calendar), "events" if calendar in self.calendars:
                return Said({"items": list(self.calendars[calendar].values())})
            case "POST", "calendars", str(calendar), "events" if calendar in self.calendars:
                return Said(self.insert(calendar, asked.json))
            case "DELETE", "calendars", str(calendar), "events", str(event):
                gone = self.calendars.get(calendar, {}).pop(event, None) is None
                return Said(b"Not Found", 404) if gone else Said(None, 204)
        return Said(b"Not Found", 404)

    def insert(self, calendar: str, event: Json) -> Json:
        self.count += 1
        kept = {**event, "id": f"event{self.count}", "status": "confirmed"}
        self.calendars[calendar][kept["id"]] = kept
        return kept

    def _busy(self, question: Json) -> Json:
        asked = [each["id"] for each in question["items"] if each["id"] in self.calendars]
        start, end = question["timeMin"], question["timeMax"]
        busy = {each: {"busy": self._times(each, start, end)} for each in asked}
        return {"timeMin": start, "timeMax": end, "calendars": busy}

    def _times(self, calendar: str, start: str, end: str) -> list[Json]:
        events = self.calendars[calendar].values()
        times = [(each["start"]["dateTime"], each["end"]["dateTime"]) for each in events]
        found = [(a, b) for a, b in times if _at(a) < _at(end) and _at(b) > _at(start)]
        return [{"start": a, "end": b} for a, b in sorted(found, key=lambda each: _at(each[0]))]


def _at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


@contextmanager
def a_minimal_google() -> Iterator[Host]:
    host = Host()
    with serving(host):
        yield host


@contextmanager
def serving(host: Host) -> Iterator[None]:
    """Let a host answer at an address of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65_536  # head and body in one packet

        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            said = host.answer(Asked(self.command, parts.path, query, headers, body))
            whole = said.bytes()
            self.send_response_only(said.status)
            for name, value in {"Date": self.date_time_string(), **said.headers}.items():
                self.send_header(name, value)
            if said.status != 204:
                self.send_header("Content-Length", str(len(whole)))
            self.close_connection = said.cut is not None
            if said.cut != 0:
                self.end_headers()
                self.wfile.write(whole[: said.cut])

        do_GET = do_POST = do_DELETE = do_PATCH = do_PUT = handle_one  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    host.url = f"http://127.0.0.1:{server.server_address[1]}{HOME}"
    with answering(server):
        yield
