"""A calendar host of our own: https on this machine, with a certificate that only tests trust."""

import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import trustme

from calendar_sync.ics.fetch import Network
from calendar_sync.ics.reachable import Address
from tests.serving import answering

LOOPBACK = ip_network("127.0.0.1/32")
NAME = "calendar.example.org"


@dataclass(frozen=True)
class Page:
    """What a path answers; `drip` is how long it waits before each byte.

    A page with an `etag`, or that says when it was `modified`, is not sent to who has it.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drip: float = 0.0
    etag: str | None = None
    modified: str | None = None

    def said(self) -> dict[str, str]:
        """All its headers."""
        named = {"ETag": self.etag, "Last-Modified": self.modified}
        return {**self.headers, **{name: text for name, text in named.items() if text is not None}}

    def for_one_who_asks(self, asked: Mapping[str, str]) -> "Page":
        """The page, or only that they have it (RFC 9110 13.2.2)."""
        tags, since = asked.get("If-None-Match"), asked.get("If-Modified-Since")
        if tags is not None:
            known = {tag.strip().removeprefix("W/") for tag in tags.split(",")}
            had = self.etag is not None and self.etag.removeprefix("W/") in known
        else:
            had = None not in (since, self.modified) and _moment(self.modified) <= _moment(since)
        return replace(self, body=b"", status=304) if had and self.status == 200 else self


@dataclass
class Host:
    """A running host, what it was asked, and how often somebody connected."""

    port: int
    ca_file: Path
    pages: dict[str, Page]
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    connections: int = 0

    def address(self, path: str, name: str = NAME, login: str = "") -> str:
        return f"https://{login}{name}:{self.port}{path}"

    def network(self, **changes: Any) -> Network:
        """A network in which every name leads here, and here is allowed."""
        usual = Network((LOOPBACK,), self.ca_file, leads_to("127.0.0.1"))
        return replace(usual, **changes)


class leads_to:  # noqa: N801 -- reads as a word
    """A name server that gives these addresses, one set after another, and counts."""

    def __init__(self, *answers: str) -> None:
        self.answers = answers
        self.asked = 0

    def __call__(self, host: str, port: int) -> list[Address]:
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [ip_address(text) for text in answer.split()]


@contextmanager
def a_host(
    folder: Path,
    *,
    names: tuple[str, ...] = (NAME, "other.example.org"),
    place: tuple[str, int] = ("127.0.0.1", 0),
) -> Iterator[Host]:
    """Run one. place: where it listens; at "::" for IPv4 as well."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(context)
    host = Host(0, ca_file, {})
    server = _Server(host, context, place)
    host.port = server.server_address[1]
    with answering(server):
        yield host


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, host: Host, context: ssl.SSLContext, place: tuple[str, int]) -> None:
        self.address_family = socket.AF_INET6 if ":" in place[0] else socket.AF_INET
        super().__init__(place, _Handler)
        self.host = host
        self.context = context

    def finish_request(self, request: Any, client_address: Any) -> None:
        self.host.connections += 1
        request.settimeout(5)
        try:
            with self.context.wrap_socket(request, server_side=True) as secure:
                super().finish_request(secure, client_address)
        except OSError:
            pass  # a client that does not trust us, or has had enough


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.host.asked.append((self.path, dict(self.headers)))
        found = self.server.host.pages.get(self.path, Page(status=404))
        page = found.for_one_who_asks(dict(self.headers))
        self.send_response_only(page.status)
        for name, value in {"Date": self.date_time_string(), **page.said()}.items():
            self.send_header(name, value)
        self.end_headers()
        for byte in page.body if page.drip else ():
            time.sleep(page.drip)
            self.wfile.write(bytes([byte]))
        if not page.drip:
            self.wfile.write(page.body)

    def do_PROPFIND(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


def _moment(text: str | None) -> float:
    return parsedate_to_datetime(text or "").timestamp()
