"""A CalDAV host that says what a test has it say: every misunderstanding there is."""

import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event
from typing import Any

import trustme

from calendar_sync.caldav.calendar import CalDavCalendar
from calendar_sync.caldav.login import Login
from calendar_sync.caldav.where import Where
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.limits import Limits
from calendar_sync.provider import CalendarId
from tests.calendar_sync.hosts import LOOPBACK, NAME, leads_to
from tests.calendar_sync.radicale_host import Free, Given
from tests.serving import answering

CALENDAR = "/dav/ada/day/"
_ROOT = re.compile(rb"<(?:\w+:)?([a-z-]+)[ >]")


@dataclass(frozen=True)
class Dav:
    """An answer; `held` back until a test is over, after its first bytes."""

    status: int = 404
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    held: Event | None = None


@dataclass
class DavHost:
    """A running host: what it says by question and path, and what it was asked.

    A question is its method, or the report's name: "PROPFIND /", "free-busy-query /dav/ada/day/".
    """

    port: int
    ca_file: Path
    says: dict[str, Dav] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)  # host and password that came with each

    def address(self, path: str = "", name: str = NAME) -> str:
        return f"https://{name}:{self.port}{path}"

    @property
    def calendar(self) -> CalendarId:
        return CalendarId(self.address(CALENDAR))

    def where(self, limits: Limits | None = None, **changes: Any) -> Where:
        """What may be reached: this host by every name, but for these changes."""
        usual = Network((LOOPBACK,), self.ca_file, leads_to("127.0.0.1"))
        return Where(network=replace(usual, **changes), limits=limits or Limits())

    def provider(
        self, path: str = "", limits: Limits | None = None, **changes: Any
    ) -> CalDavCalendar:
        login = Login.typed(self.address(path), "ada", "open sesame", "America/New_York")
        return CalDavCalendar(self.where(limits, **changes), Given(login), Free())


def told(*places: tuple[str, str], token: str = "") -> Dav:
    """An answer 207 about places: (href, properties)."""
    inside = "".join(
        f"<d:response><d:href>{href}</d:href><d:propstat><d:prop>{properties}</d:prop>"
        "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response>"
        for href, properties in places
    )
    more = f"<d:sync-token>{token}</d:sync-token>" if token else ""
    spaces = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"'
    body = f'<?xml version="1.0"?><d:multistatus {spaces}>{inside}{more}</d:multistatus>'
    return Dav(207, body.encode())


def data(*calendars: bytes) -> Dav:
    """An answer to a calendar-query."""
    return told(
        *((f"{CALENDAR}{number}.ics", f"<c:calendar-data>{each.decode()}</c:calendar-data>")
          for number, each in enumerate(calendars))
    )  # fmt: skip


A_CALENDAR = "<d:resourcetype><d:collection/><c:calendar/></d:resourcetype>"


@contextmanager
def a_dav_host(folder: Path) -> Iterator[DavHost]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(NAME, "other.example.org").configure_cert(context)
    host = DavHost(0, folder / "ca.pem")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = 65_536  # head and body in one packet

        def setup(self) -> None:
            self.request.settimeout(5)
            super().setup()

        def one(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            root = _ROOT.search(body.partition(b"?>")[2])
            verb = root[1].decode() if self.command == "REPORT" and root else self.command
            host.asked.append(f"{verb} {self.path}")
            host.logins.append(f"{self.headers['Host']} {self.headers['Authorization']}")
            said = host.says.get(f"{verb} {self.path}", Dav())
            self.send_response_only(said.status)
            for name, value in {"Content-Length": str(len(said.body)), **said.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            if said.held is not None:
                self.wfile.flush()
                said.held.wait(30)
            self.wfile.write(said.body)

        do_PROPFIND = do_REPORT = one  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def finish_request(self, request: Any, client_address: Any) -> None:
            try:
                with context.wrap_socket(request, server_side=True) as secure:
                    super().finish_request(secure, client_address)
            except OSError:
                pass  # a client that has had enough

    server = Server(("127.0.0.1", 0), Handler)
    host.port = server.server_address[1]
    with answering(server):
        yield host
