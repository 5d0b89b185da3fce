"""One exchange with a host over https: sent once, read whole, or an error.

Google's client writes our requests, but does not send them: it would speak through httplib2,
which sends a request a second time when the answer to the first never came. The first may have
been done, and then a host that gives events names of its own would have two. httpx's transport
sends once, may be shared by threads, and asks the environment for nothing (no proxy, no
certificates). Nothing is logged, as addresses name calendars; redirects are not followed, as a
token is meant for one host only.
"""

import atexit
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from time import monotonic

import httpx

from calendar_sync.errors import Refused, Silence, Wait
from calendar_sync.trust import trust

_LONGEST, _PATIENTLY = 30.0, 45.0  # seconds in which an answer is read, however it drips
_TIMES = httpx.Timeout(10.0, connect=5.0).as_dict()  # seconds of silence
_LONG_TIMES = httpx.Timeout(30.0, connect=5.0).as_dict()  # where a host has much to look up
_MOST = 32 * 2**20  # bytes of an answer
_AGAIN = 30.0  # seconds until a host that could not be heard is asked again
_LATER = "try again later"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. The names of headers are in small letters."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class Connection:
    """Speaks to the hosts that Google's addresses name."""

    def __init__(self, ca_file: Path | None) -> None:
        self._ca_file = ca_file

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: str | bytes | None = None,
        *,
        patient: bool = False,
    ) -> Answer:
        """Send a request, once, and return its answer. Raises Wait if none came whole.

        patient  whether to bear a longer silence than usual: the host has much to look up

        After a Wait it is not known whether the host has done what was asked. It is a Silence if
        the host can be reached.
        """
        end = monotonic() + (_PATIENTLY if patient else _LONGEST)
        times = _LONG_TIMES if patient else _TIMES
        request = httpx.Request(
            method, url, headers=headers, content=body, extensions={"timeout": times}
        )
        try:
            response = _transport(self._ca_file, os.getpid()).handle_request(request)
            try:
                return Answer(response.status_code, dict(response.headers), _read(response, end))
            finally:
                response.close()
        except (httpx.ConnectError, httpx.ConnectTimeout):
            what = "The calendar host cannot be reached"
            raise Wait(what, remedy=_LATER, seconds=_AGAIN, whole=True) from None
        except httpx.TimeoutException:
            raise _unheard("takes too long to answer") from None
        except httpx.TransportError:
            raise _unheard("broke off") from None
        except httpx.DecodingError:
            raise _unheard("sent an answer that is damaged") from None


def _read(response: httpx.Response, end: float) -> bytes:
    body = bytearray()
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > _MOST:
            raise _unheard("answers with far too much")
        if monotonic() > end:
            raise _unheard("takes too long to answer")
    return bytes(body)


def _unheard(what: str) -> Silence:
    return Silence(f"The calendar host {what}", remedy=_LATER, seconds=_AGAIN)


@cache
def _transport(ca_file: Path | None, process: int) -> httpx.HTTPTransport:
    """Return what this process keeps its connections in: a child must not use its parent's."""
    del process
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=16, keepalive_expiry=60)
    checked = trust(ca_file, Refused)
    found = httpx.HTTPTransport(verify=checked, trust_env=False, limits=limits, retries=0)
    atexit.register(found.close)
    return found
