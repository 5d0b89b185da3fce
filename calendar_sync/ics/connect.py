"""Connections that go where they were checked to go, and end when time is up."""

import socket
import ssl
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from ipaddress import ip_address
from threading import Thread
from time import monotonic
from typing import Any

import httpcore

from calendar_sync.errors import Unreadable
from calendar_sync.ics.link import Link
from calendar_sync.ics.reachable import Address, Network, is_allowed, reachable

Resolve = Callable[[str, int], Sequence[Address]]

_PORTS = (443, 8443)
_PATIENCE = 5.0  # seconds for one of several addresses of a host


class Deadline:
    """One moment by which everything about a source must be done."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds

    def left(self) -> float:
        """Return the seconds that are left. Raises httpcore's timeout if there are none."""
        left = self._end - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout
        return left


def system_resolve(host: str, port: int) -> list[Address]:
    """Return the addresses of a host, as this machine looks them up; none if it has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    return list(dict.fromkeys(ip_address(sockaddr[0]) for *_, sockaddr in found))


class CheckedBackend(httpcore.NetworkBackend):
    """Connects to a link's host, by one look-up of its name, if all it names may be reached."""

    def __init__(
        self, link: Link, deadline: Deadline, resolve: Resolve, allow: Sequence[Network]
    ) -> None:
        self._link = link
        self._deadline = deadline
        self._resolve = resolve
        self._allow = allow
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to one of the host's addresses, in the order the look-up gave them."""
        del timeout, local_address, socket_options  # httpcore's; the deadline is ours
        addresses = self._checked(host, port)
        for last, address in enumerate(addresses, start=1 - len(addresses)):
            patience = self._deadline.left() if not last else min(_PATIENCE, self._deadline.left())
            try:
                stream = self._plain.connect_tcp(str(address), port, patience)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                if not last:
                    raise
            else:
                return TimedStream(stream, self._deadline)
        raise Unreadable(
            f"The host of {self._link} cannot be found",
            remedy="check the address, and this machine's connection",
        )

    def _checked(self, host: str, port: int) -> Sequence[Address]:
        addresses = _within(self._deadline, self._resolve, host, port)
        if not all(reachable(address, self._allow) for address in addresses):
            raise Unreadable(
                f"{self._link} lies in a private network",
                remedy="use a public address, or export the calendar to a file",
            )
        if port not in _PORTS and not all(is_allowed(each, self._allow) for each in addresses):
            raise Unreadable(
                f"{self._link} uses port {port}", remedy="use an address on port 443 or 8443"
            )
        return addresses


class TimedStream(httpcore.NetworkStream):
    """A connection on which every wait ends at the deadline, however many bytes drip in."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        del timeout
        try:
            left = self._deadline.left()
        except httpcore.TimeoutException:
            self.close()  # nobody else knows of the connection yet
            raise
        secure = self._stream.start_tls(ssl_context, server_hostname, left)
        return TimedStream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(deadline: Deadline, resolve: Resolve, host: str, port: int) -> Sequence[Address]:
    """Look the host up, waiting no longer than the deadline.

    A look-up cannot be stopped; its thread is left behind, and does not hold up our exit.
    """
    future = Future[Sequence[Address]]()

    def look_up() -> None:
        try:
            future.set_result(resolve(host, port))
        except Exception as error:  # noqa: BLE001 -- raised again by whoever waits
            future.set_exception(error)

    Thread(target=look_up, daemon=True).start()
    try:
        return future.result(deadline.left())
    except TimeoutError:
        raise httpcore.ConnectTimeout from None
