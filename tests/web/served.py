"""The service on a port of its own, jobs done at once, mails in its outbox."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from uuid import UUID

from werkzeug.serving import WSGIRequestHandler, make_server

from services import wiring
from services.app import create_app
from services.config import Settings
from services.storage import migrate
from services.storage.engine import url_of
from services.wiring import Runtime

NOW = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Served:
    """A running service."""

    runtime: Runtime
    address: str


class _Silent(WSGIRequestHandler):
    def log(self, *_: object) -> None: ...


@contextmanager
def served(home: Path) -> Iterator[Served]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        runtime = _runtime(Settings(home=home, base_url=address))
        server = make_server(
            "127.0.0.1", 0, create_app(runtime), threaded=True, request_handler=_Silent,
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


def _runtime(settings: Settings) -> Runtime:
    migrate.upgrade(url_of(settings))
    runtime = Runtime.of(settings)
    runtime.clock = lambda: NOW

    def at_once(job: str, subject: UUID | None = None) -> None:
        wiring.use(runtime)
        module, _, name = job.partition(".")
        act = getattr(import_module(f"services.jobs.{module}"), name)
        act() if subject is None else act(str(subject))

    runtime.enqueue = at_once
    return runtime
