"""Exchanges with a CalDAV host: each by a connection that is checked as a feed's is.

One look-up per connection, every address of it checked, no proxy, no cookie, nothing of the
environment; the password goes to the host it is for, and a redirect is followed there only.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import time
from types import TracebackType
from typing import Self

import httpcore

from calendar_sync.caldav.login import Login
from calendar_sync.caldav.refusals import Elsewhere, Unreached, refusal, unusable
from calendar_sync.caldav.where import Where
from calendar_sync.errors import Refused, Silence, Unreadable
from calendar_sync.host import Gate
from calendar_sync.ics.connect import CheckedBackend, Deadline
from calendar_sync.ics.link import Link
from calendar_sync.ics.statuses import failure
from calendar_sync.trust import trust

_REDIRECTS = 3
_MOVED = (301, 302, 307, 308)
_AGAIN = 60.0  # seconds until a host that could not be heard is asked again
_LONGEST = 2_000  # letters of an address
_CHECK = "check the address, or try later"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The names of headers are in small letters; `link` is who said it."""

    link: Link
    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class _Sooner(Deadline):
    """So many seconds from now, or another deadline if that ends sooner."""

    def __init__(self, seconds: float, other: Deadline | None) -> None:
        super().__init__(seconds)
        self._other = other

    def left(self) -> float:
        left = super().left()
        return left if self._other is None else min(left, self._other.left())

    def is_over(self) -> bool:
        """Say whether nothing is left."""
        try:
            return self.left() <= 0
        except httpcore.TimeoutException:
            return True


class Exchange:
    """A few questions after one another, by one deadline and over the same connections.

    whole  by when everything must be done of which these questions are a part
    """

    def __init__(
        self, where: Where, login: Login, gate: Gate, whole: Deadline | None = None
    ) -> None:
        self._where = where
        self._login = login
        self._gate = gate
        self._deadline = _Sooner(where.limits.address_seconds, whole)
        self._pools = dict[str, httpcore.ConnectionPool]()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for pool in self._pools.values():
            pool.close()

    def ask(self, method: str, link: Link, body: bytes, *, depth: int) -> Answer:
        """Return the answer 2xx of where at most three redirects lead. Raises one of our errors."""
        for _ in range(_REDIRECTS + 1):
            answer = self._once(method, link, body, depth)
            if answer.status not in _MOVED or "location" not in answer.headers:
                break
            link = self.follow(link, answer.headers["location"])
        else:
            raise Refused(
                f"{link} redirects more than {_REDIRECTS} times",
                remedy="use the address that it leads to in the end",
            )
        if answer.status // 100 != 2:
            raise refusal(answer.status, answer.headers, time())
        return answer

    def follow(self, link: Link, location: str) -> Link:
        """Return where a host points to.

        Raises Elsewhere for another host than ours, and Refused for no address to follow.
        """
        if len(location) > _LONGEST:
            raise Refused(f"{link} leads to an address without an end", remedy=_CHECK)
        try:
            there = link.follow(location)
        except Unreadable as error:
            raise Refused(error.what, remedy=error.remedy) from None
        if not self._login.goes_to(there):
            raise Elsewhere(
                f"{link} sends us on to {there}, for which the password was not given",
                remedy="if you trust that host, connect with its address",
            )
        return Link(there.host, there.port, there.target)

    def _once(self, method: str, link: Link, body: bytes, depth: int) -> Answer:
        if not self._login.goes_to(link):  # whoever asks has a wrong address
            raise Refused(f"The password is not for {link}", remedy="connect it again")
        if self._deadline.is_over():  # before a request is counted that nobody makes
            raise self._unheard(link, "takes too long to answer")
        self._gate.take()
        url = httpcore.URL(
            scheme=b"https", host=link.host.encode(), port=link.port, target=link.target.encode()
        )
        try:
            headers = self._headers(link, depth)
            with self._pool(link).stream(method, url, headers=headers, content=body) as response:
                return Answer(link, response.status, _names(response), self._body(response))
        except Unreadable as error:  # of the connection: where it would lead
            raise self._unreached(error) from None
        except httpcore.TimeoutException:
            raise self._unheard(link, "takes too long to answer") from None
        except httpcore.ConnectError as error:  # nor will it for another calendar
            raise self._unreached(failure(link, error)) from None
        except (httpcore.NetworkError, httpcore.ProtocolError):
            raise self._unheard(link, "broke off") from None

    def _headers(self, link: Link, depth: int) -> list[tuple[bytes, bytes]]:
        return [
            (b"Host", link.place.encode()),
            (b"Authorization", self._login.header),
            (b"Depth", b"%d" % depth),
            (b"Content-Type", b"application/xml; charset=utf-8"),
            (b"Accept", b"text/xml, application/xml, text/calendar"),
            (b"Accept-Encoding", b"identity"),
            (b"User-Agent", b"common-hour"),
        ]

    def _pool(self, link: Link) -> httpcore.ConnectionPool:
        if link.place not in self._pools:
            network = self._where.network
            self._pools[link.place] = httpcore.ConnectionPool(
                trust(network.ca_file, Refused),
                network_backend=CheckedBackend(
                    link, self._deadline, network.resolve, network.allow
                ),
            )
        return self._pools[link.place]

    def _body(self, response: httpcore.Response) -> bytes:
        if _names(response).get("content-encoding", "identity").strip().lower() != "identity":
            raise unusable("answers in a compressed form that was not asked for")
        most, body = self._where.limits.address_bytes, bytearray()
        for chunk in response.iter_stream():
            body += chunk
            if len(body) > most:
                raise unusable(f"answers with more than {most / 1e6:g} MB")
        return bytes(body)

    @staticmethod
    def _unreached(error: Unreadable) -> Unreached:
        return Unreached(error.what, remedy=error.remedy, seconds=_AGAIN)

    @staticmethod
    def _unheard(link: Link, what: str) -> Silence:
        return Silence(f"{link} {what}", remedy=_CHECK, seconds=_AGAIN)


def _names(response: httpcore.Response) -> dict[str, str]:
    return {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in response.headers
    }
