"""The service on a port of its own, jobs done at once, mails in its outbox."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from werkzeug.serving import WSGIRequestHandler, make_server

from services.app import create_app
from services.config import Settings
from services.storage import migrate
from services.storage.engine import url_of
from services.wiring import Runtime
from tests.runtimes import drained

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Served:
    """A running service."""

    runtime: Runtime
    address: str


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None: ...


@contextmanager
def served(home: Path, **settings: Any) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        runtime = _runtime(Settings(home=home, base_url=address, **settings))
        server = make_server(
            "127.0.0.1", 0, _AtOnce(runtime), threaded=True, request_handler=_Silent,
            fd=listener.fileno(),
        )  # fmt: skip
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield Served(runtime, address)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            runtime.engine.dispose()


class _AtOnce:
    """Answers nobody before all that follows from what they sent is done."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime, self._app = runtime, create_app(runtime)
        self._turn = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> list[bytes]:
        with ExitStack() as ending:
            answer = self._app(environ, start)
            ending.callback(getattr(answer, "close", lambda: None))
            body = list(answer)
        if environ["REQUEST_METHOD"] != "GET":
            with self._turn:
                drained(self._runtime)
        return body


def _runtime(settings: Settings) -> Runtime:
    migrate.upgrade(url_of(settings))
    runtime = Runtime.of(settings)
    runtime.clock = lambda: NOW
    return runtime
