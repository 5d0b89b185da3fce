"""Calendars at https addresses.

Users choose the address, and we connect from inside a hospital's network: so only public
machines are reached (see `reachable`), over a checked certificate, within a time and a size.
Nothing of the environment is asked: no proxy, no certificate file.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from time import time

import httpcore

from calendar_sync import hostclock
from calendar_sync.errors import Unreadable
from calendar_sync.ics import reachable
from calendar_sync.ics.connect import CheckedBackend, Deadline, Resolve, system_resolve
from calendar_sync.ics.limits import Limits
from calendar_sync.ics.link import Link
from calendar_sync.ics.seen import Seen
from calendar_sync.ics.statuses import failure, refusal
from calendar_sync.trust import trust

_REDIRECTS = 3
_MOVED = (301, 302, 303, 307, 308)


@dataclass(frozen=True, slots=True)
class Network:
    """What we may connect to, and whom we trust there.

    allow    networks that may be reached besides the public ones, on any port
    ca_file  certificates (PEM) trusted besides those of certifi
    resolve  how names are looked up
    """

    allow: tuple[reachable.Network, ...] = ()
    ca_file: Path | None = None
    resolve: Resolve = field(default=system_resolve, repr=False)


OPEN = Network()


@dataclass(frozen=True, slots=True)
class Fetched:
    """What is at an address. data None: the same bytes as when it was seen."""

    data: bytes | None = field(repr=False)
    seen: Seen


def fetch(address: str, *, limits: Limits, network: Network, seen: Seen | None = None) -> Fetched:
    """Return what is at an https or webcal address, after at most three redirects.

    Given what was `seen` there, asks whether it has changed since. Each redirect is checked
    like a first address. Raises Unreadable if nothing comes of it.
    """
    deadline, link = Deadline(limits.address_seconds), Link.parse(address)
    for _ in range(_REDIRECTS + 1):
        answer = _get(link, deadline, limits, network, seen)
        if isinstance(answer, Fetched):
            return answer
        link = link.follow(answer)
    raise Unreadable(
        f"{Link.parse(address)} redirects more than {_REDIRECTS} times",
        remedy="use the address that it leads to in the end",
    )


def _get(
    link: Link, deadline: Deadline, limits: Limits, network: Network, seen: Seen | None
) -> Fetched | str:
    """Return what is there, or the location of a redirect."""
    backend = CheckedBackend(link, deadline, network.resolve, network.allow)
    url = httpcore.URL(
        scheme=b"https", host=link.host.encode(), port=link.port, target=link.target.encode()
    )
    try:
        with (
            httpcore.ConnectionPool(
                trust(network.ca_file, Unreadable), network_backend=backend
            ) as pool,
            pool.stream("GET", url, headers=_headers(link, seen)) as response,
        ):
            return _taken(response, link, limits, seen)
    except httpcore.TimeoutException:
        raise Unreadable(
            f"{link} takes longer than {limits.address_seconds:g} seconds",
            remedy="try again later, or export the calendar to a file",
        ) from None
    except (httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise failure(link, error) from None


def _headers(link: Link, seen: Seen | None) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"Host", link.place.encode()),
        (b"Accept", b"text/calendar, */*;q=0.1"),
        (b"Accept-Encoding", b"identity"),
        (b"User-Agent", b"common-hour"),
    ]
    if link.login is not None:
        headers.append((b"Authorization", link.login))
    return headers + seen.conditions(link) if seen else headers


def _taken(
    response: httpcore.Response, link: Link, limits: Limits, seen: Seen | None
) -> Fetched | str:
    headers = {name.lower(): value.decode("latin-1") for name, value in response.headers}
    if response.status in _MOVED and b"location" in headers:
        return headers[b"location"]
    if response.status == HTTPStatus.NOT_MODIFIED and seen and seen.conditions(link):
        return Fetched(None, seen)
    now = _now(headers)
    if response.status != HTTPStatus.OK:
        raise refusal(link, response.status, hostclock.wait(headers.get(b"retry-after", ""), now))
    if headers.get(b"content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Unreadable(
            f"{link} answers in a compressed form that was not asked for",
            remedy="export the calendar to a file",
        )
    data = _body(response, link, limits)
    found = Seen.of(data, link, headers, now)
    return Fetched(None if seen and seen.digest == found.digest else data, found)


def _now(headers: Mapping[bytes, str]) -> float:
    """Return when an answer was given (UTC seconds): by the host's clock, or else by ours."""
    said = hostclock.moment(headers.get(b"date", ""))
    return time() if said is None else said


def _body(response: httpcore.Response, link: Link, limits: Limits) -> bytes:
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > limits.address_bytes:
            raise Unreadable(
                f"{link} is larger than {limits.address_bytes / 1e6:g} MB",
                remedy="publish a shorter time of the calendar, or export it to a file",
            )
    return bytes(body)
