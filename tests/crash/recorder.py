"""A server outside that keeps what it is told: who names an object first has made it.

Its history is only ever added to, and is what the judge reads.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

MADE, THERE_ALREADY = 201, 200
_PATIENCE = 25.0  # seconds that an answer is held back at most


@dataclass(frozen=True, slots=True)
class Put:
    """One whole request: what an object is called, and what is told of it.

    status    201: the object was made by it; 200: it was there already
    revision  of the calendar, as the service counts
    events    how many the calendar held: that is the number of the change
    """

    name: str
    status: int
    calendar: str
    revision: int
    events: int


@dataclass
class Recorder:
    """A running recorder. answering is cleared to hold answers back, after they were kept."""

    port: int = 0
    history: list[Put] = field(default_factory=list)
    answering: Event = field(default_factory=Event)
    held: Event = field(default_factory=Event)
    _lock: Lock = field(default_factory=Lock)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def keep(self, name: str, body: bytes) -> Put:
        told = json.loads(body)
        with self._lock:
            known = any(each.name == name for each in self.history)
            put = Put(name, THERE_ALREADY if known else MADE, **told)
            self.history.append(put)
        return put

    def hold(self) -> None:
        """Answer nobody until told to."""
        self.held.clear()
        self.answering.clear()

    def answer(self) -> None:
        self.answering.set()


@contextmanager
def a_recorder() -> Iterator[Recorder]:
    recorder = Recorder()
    recorder.answering.set()
    server = _Server(recorder)
    recorder.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield recorder
    finally:
        recorder.answer()
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = False

    def __init__(self, recorder: Recorder) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.recorder = recorder


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10.0

    def do_PUT(self) -> None:
        recorder, size = self.server.recorder, int(self.headers["Content-Length"])
        body = self.rfile.read(size)
        if len(body) < size:
            return  # whoever asked died over it: nothing was told
        put = recorder.keep(self.path.removeprefix("/effects/"), body)
        if not recorder.answering.is_set():
            recorder.held.set()
            recorder.answering.wait(_PATIENCE)
        try:
            self.send_response_only(put.status)
            self.send_header("Content-Length", "0")
            self.end_headers()
        except OSError:
            pass  # whoever asked died meanwhile

    def log_message(self, *_: object) -> None:
        pass
