"""A small server to which effects are sent. It forgets nothing: its history is the judge."""

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

from tests.serving import answering


@dataclass(frozen=True, slots=True)
class Line:
    """What was said by whom: `begun` an effect, `put` its object, `again` put it, `kept` its end.

    name     of the effect: the same for every try
    subject  what it happened to
    host     where it was said
    """

    at: float
    what: str
    name: str
    subject: str
    pid: int
    attempt: int
    host: str


@dataclass
class Recorder:
    """A running server, its history, and the objects that are there."""

    address: str = ""
    history: list[Line] = field(default_factory=list)
    names: set[str] = field(default_factory=set, repr=False)
    lock: Lock = field(default_factory=Lock, repr=False)

    def lines(self, what: str | None = None, subject: object = None) -> list[Line]:
        """What was said, of a kind and about a subject, or all of it."""
        with self.lock:
            told = list(self.history)
        return [
            each
            for each in told
            if what in (None, each.what) and (subject is None or each.subject == str(subject))
        ]

    def objects(self) -> Counter[str]:
        """How many objects there are of each subject."""
        return Counter(each.subject for each in self.lines("put"))

    def note(self, what: str, name: str, said: dict[str, Any]) -> bool:
        """Write a line; whether it was new, of an object."""
        with self.lock:
            if what == "put" and name in self.names:
                what = "again"
            elif what == "put":
                self.names.add(name)
            self.history.append(Line(time.monotonic(), what, name, **said))
        return what != "again"


@contextmanager
def a_recorder(host: str = "127.0.0.1") -> Iterator[Recorder]:
    """Start one that listens there."""
    recorder = Recorder()
    server = _Server((host, 0), _Handler)
    server.recorder = recorder
    recorder.address = f"{host}:{server.server_address[1]}"
    with answering(server):
        yield recorder


class _Server(ThreadingHTTPServer):
    daemon_threads = True  # a client that was stopped keeps its connection
    block_on_close = False
    request_queue_size = 128
    recorder: Recorder

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed hears no answer."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_PUT(self) -> None:
        _, what, name = self.path.split("/")
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        said["host"] = self.client_address[0]
        new = self.server.recorder.note(what, name, said)
        self.send_response_only(201 if new else 412)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass
