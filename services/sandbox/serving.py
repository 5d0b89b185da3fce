"""The sandbox's server: https, many slow requests at once, and nothing in a log.

Addresses may hold secrets, so there is no access log; a failure of ours says its kind alone.
"""

import fcntl
import logging
import signal
import socket
import ssl
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cheroot.server import HTTPConnection
from cheroot.ssl.builtin import BuiltinSSLAdapter
from cheroot.wsgi import Server
from flask import Flask

from scheduler.errors import Explained
from services.sandbox.app import create_app
from services.sandbox.authority import Certified, certified
from services.sandbox.entra import grants as entra
from services.sandbox.faults import Faults
from services.sandbox.google.grants import CLIENT_ID, CLIENT_SECRET
from services.sandbox.mail.carrier import Mails, carrying
from services.sandbox.mail.listener import taking
from services.sandbox.quotas import Quotas
from services.sandbox.world import World

_THREADS = 64
_BACKLOG = 256
_NAP = 0.05  # seconds between two looks whether we were asked to end
_IDLE = 60  # seconds for which a connection is kept between two requests
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Running:
    """A sandbox that answers.

    base  its address, without a final slash
    smtp  where mail for its people is taken, as a URL
    """

    base: str
    smtp: str
    ca_file: Path
    world: World
    faults: Faults
    quotas: Quotas


def certificates(home: Path, host: str = "127.0.0.1") -> Certified:
    """The certificates to serve with at this host, made or renewed as needed."""
    now = datetime.fromtimestamp(time.time(), UTC)  # the real time: certificates know no other
    names = {socket.gethostname(), host} - {"", "0.0.0.0", "::"}  # noqa: S104 -- compared
    return certified(home, now, [each for each in names if each.isascii()])


def listening(host: str, port: int) -> socket.socket:
    """Listen there; port 0 is any that is free. Raises Explained, for one that is taken."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=_BACKLOG)
    except OSError as error:
        reason = (error.strerror or "it cannot be used").lower()
        raise Explained(
            f"The sandbox cannot listen at {host}:{port}: {reason}",
            remedy="name another host or port",
        ) from None


def address(listener: socket.socket) -> str:
    """Where that is reached from this machine, without a final slash."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 -- compared
    return f"https://{f'[{shown}]' if ':' in shown else shown}:{port}"


@contextmanager
def serving(
    world: World,
    *,
    home: Path,
    host: str = "127.0.0.1",
    listener: socket.socket | None = None,
    mails: Mails | None = None,
) -> Iterator[Running]:
    """Serve a world, in threads of its own, until the block ends. `home` holds certificates.

    listener  where to listen; None: at a free port of `host`; it is closed at the end
    mails     None: they are taken at a free port of this machine
    """
    listener = listener or listening(host, 0)
    mails = mails or Mails(listening("127.0.0.1", 0))
    files = certificates(home, host)
    faults, quotas = world.faults, Quotas(world.clock)
    server = _Server(listener, create_app(world, faults, quotas), files)
    server.prepare()
    thread = threading.Thread(target=server.serve, name="sandbox")
    thread.start()
    try:
        with carrying(world.post, mails.door), taking(mails.listener, world.post) as smtp:
            yield Running(address(listener), smtp, files.authority, world, faults, quotas)
    finally:
        server.stop()
        thread.join()


def serve(
    listener: socket.socket,
    home: Path,
    redirects: Iterable[str],
    mails: Mails | None = None,
    said: Callable[[Running], None] = lambda _: None,
) -> None:
    """Serve what is kept in `home` until SIGTERM or SIGINT; `said` is called once it answers."""
    asked: list[int] = []  # a signal may take no lock: whoever it interrupts may hold it
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, _: asked.append(number))
    with _alone(home), closing(World.open(home)) as world:
        addresses = list(redirects)
        world.grants.allow(addresses)
        world.entra.allow(addresses)
        with serving(world, home=home, listener=listener, mails=mails) as running:
            said(running)
            while not asked:
                time.sleep(_NAP)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Be the only sandbox on this folder. Raises Explained."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Explained(
                f"A sandbox already runs on {home}",
                remedy="end that one, or set another COMMONHOUR_HOME",
            ) from None
        yield


def google(base: str) -> dict[str, str]:
    """Where Google is in the sandbox, and the client it knows."""
    return {
        "client_id": CLIENT_ID,
        "client_secret": CLIENT_SECRET,
        "api_url": f"{base}/google/calendar/v3/",
        "oauth_url": f"{base}/google/o/oauth2/v2/auth",
        "token_url": f"{base}/google/token",
        "revoke_url": f"{base}/google/revoke",
    }


def outlook(base: str) -> dict[str, Any]:
    """Where Outlook and its sign-in are in the sandbox, and the client it knows."""
    return {
        "client_id": entra.CLIENT_ID,
        "client_secret": entra.CLIENT_SECRET,
        "authority": f"{base}/common",
        "graph_url": f"{base}/graph/v1.0",
    }


def environment(base: str, ca_file: Path) -> dict[str, str]:
    """The settings with which a service takes this sandbox for Google and Outlook.

    COMMONHOUR_SMTP_URL is not among them: with it, all mail of the service goes to the sandbox.
    """
    microsoft = outlook(base)
    return {
        **{f"COMMONHOUR_GOOGLE_{key.upper()}": each for key, each in google(base).items()},
        "COMMONHOUR_MICROSOFT_CLIENT_ID": microsoft["client_id"],
        "COMMONHOUR_MICROSOFT_CLIENT_SECRET": microsoft["client_secret"],
        "COMMONHOUR_MICROSOFT_AUTHORITY": microsoft["authority"],
        "COMMONHOUR_GRAPH_URL": microsoft["graph_url"],
        "COMMONHOUR_CA_FILE": str(ca_file),
        "COMMONHOUR_ALLOW_PRIVATE_FEEDS": urlsplit(base).hostname or "",
    }


class _Server(Server):
    """Listens where it is told to, and keeps what was asked out of its log."""

    def __init__(self, listener: socket.socket, app: Flask, files: Certified) -> None:
        super().__init__(
            listener.getsockname()[:2],
            app,
            numthreads=_THREADS,
            request_queue_size=_BACKLOG,
            timeout=_IDLE,
            shutdown_timeout=1,
            accepted_queue_timeout=1,
        )
        # Connections have it from here: an answer does not wait for the client's confirmation.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._listener = listener
        self.keep_alive_conn_limit = _THREADS
        self.expiration_interval = 0.1  # seconds until it notices that it has to end
        self.ConnectionClass = _Connection
        self.ssl_adapter = _Adapter(str(files.certificate), str(files.key))

    def bind(self, *_: object) -> socket.socket:
        self.socket = self._listener
        return self._listener

    def error_log(self, *_: object, level: int = logging.INFO, **__: object) -> None:
        if level >= logging.WARNING:
            kind = sys.exc_info()[0]
            _log.error("a request failed: %s", kind.__name__ if kind else "unknown")


class _Adapter(BuiltinSSLAdapter):
    """Leaves the handshake to whoever answers, so that one slow client hinders no other."""

    def wrap(self, sock: socket.socket) -> tuple[ssl.SSLSocket, dict[str, str]]:
        made = self.context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        return made, {"wsgi.url_scheme": "https", "HTTPS": "on"}


class _Connection(HTTPConnection):
    def communicate(self) -> bool:
        try:
            self.socket.do_handshake()  # nothing happens where it is done
        except OSError:
            return False  # they do not trust us, or speak no TLS
        return bool(super().communicate())  # type: ignore[no-untyped-call]
