"""The web server, as one process: it drains before it ends."""

import errno
import gc
import logging
import signal
import socket
import time
from dataclasses import dataclass
from typing import Any

from flask import Flask
from waitress import create_server  # type: ignore[import-untyped]
from waitress.server import BaseWSGIServer  # type: ignore[import-untyped]

from scheduler.errors import Explained

SPARE = 50  # ports after the one asked for that `up` may take instead
_THREADS = 8
_BACKLOG = 1024
_MOST_BYTES = 64 * 1024 * 1024  # of one request; routes allow less
_DRAIN = 8.0  # seconds for requests that have begun


def bind(listen: tuple[str, int], *, spare: int = 0) -> socket.socket:
    """Listen there, or at the next free of so many ports after it. Raises Explained."""
    host, port = listen
    last = min(port + spare, 65535) if port else 0
    for each in range(port, last + 1):
        try:
            return _listening(host, each)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                reason = (error.strerror or "it cannot be used").lower()
                raise Explained(
                    f"Nobody can listen at {host}:{each}: {reason}",
                    remedy="name another host and port in COMMONHOUR_LISTEN",
                ) from None
    ports = f"Port {port} is" if last == port else f"The ports {port} to {last} are"
    raise Explained(f"{ports} taken", remedy="name a free one in COMMONHOUR_LISTEN")


def _listening(host: str, port: int) -> socket.socket:
    family, kind, number, _, place = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, number)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(place)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


@dataclass(slots=True)
class _Ending:
    """Whether we were asked to end, and by when."""

    server: BaseWSGIServer
    by: float | None = None

    def ask(self, *_: object) -> None:
        """Note it, and wake the loop."""
        self.by = self.by or time.monotonic() + _DRAIN
        self.server.pull_trigger()


def serve(app: Flask, listener: socket.socket) -> None:
    """Answer requests until SIGTERM or SIGINT; those that have begun are answered first."""
    logging.getLogger("waitress").addFilter(_without_path)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line a waiting request
    server = create_server(
        app,
        sockets=[listener],
        threads=_THREADS,
        connection_limit=1000,
        max_request_body_size=_MOST_BYTES,
        asyncore_use_poll=True,
        ident=None,
        # They stay: the application believes as many proxies as it was told to, and a page for
        # this machine alone must see that somebody else is asking.
        clear_untrusted_proxy_headers=False,
    )
    ending = _Ending(server)
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, ending.ask)
    gc.collect()
    gc.freeze()  # the application stays: to look through it for garbage takes a tenth of our time
    while ending.by is None:
        _turn(server)
    server.accepting = False
    while time.monotonic() < ending.by and any(map(_busy, server.active_channels.values())):
        _turn(server)
    server.task_dispatcher.shutdown(timeout=max(0.1, ending.by - time.monotonic()))


def _turn(server: BaseWSGIServer) -> None:
    server.asyncore.loop(timeout=1, use_poll=True, map=server._map, count=1)  # noqa: SLF001 -- as its run() does


def _busy(channel: Any) -> bool:
    return bool(channel.requests) or channel.total_outbufs_len > 0


def _without_path(record: logging.LogRecord) -> bool:
    """Keep addresses out of the log: some of them let their reader in."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg, record.args = f"a request failed: {record.exc_info[0].__name__}", ()
        record.exc_info = None
        return True
    return record.levelno >= logging.WARNING
