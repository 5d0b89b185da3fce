"""Knocks at our own door from outside, as Graph does before it tells an address anything."""

import secrets
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import quote

import httpcore

from calendar_sync.errors import Unreadable
from calendar_sync.ics.connect import CheckedBackend, Deadline, Resolve
from calendar_sync.ics.link import Link
from calendar_sync.ics.reachable import Address
from calendar_sync.trust import trust

_SECONDS = 8.0  # for everything; Graph waits ten for an answer
_LONGEST = 2000  # bytes
_ANYWHERE = (ip_network("0.0.0.0/0"), ip_network("::/0"))  # an operator's own address is no trap


@dataclass(slots=True)
class Knocked:
    """What came of it.

    places   where the address leads from here
    silence  why nobody was met; empty: somebody was
    wrong    what is wrong with who was met; empty: it is us
    untrusted  whether that is the certificate
    """

    places: Sequence[Address] = field(default=())
    silence: str = ""
    wrong: str = ""
    untrusted: bool = False


def knock(push_url: str, ca_file: Path | None, resolve: Resolve) -> Knocked:
    """Send a random word to an address and see whether it comes back.

    ca_file  certificates (PEM) that are trusted besides the public ones
    resolve  how names are looked up

    Raises Unreadable if the certificates cannot be read.
    """
    found, word = Knocked(), f"Common Hour: {secrets.token_urlsafe(16)}"

    def noting(host: str, port: int) -> Sequence[Address]:
        found.places = resolve(host, port)
        return found.places

    trusted = trust(ca_file, Unreadable)
    try:
        link = Link.parse(f"{push_url}/hooks/graph?validationToken={quote(word, safe='')}")
        found.wrong = _heard(link, word, trusted, noting)
    except Unreadable:
        found.silence = "its name leads nowhere"
    except (httpcore.ConnectTimeout, httpcore.ConnectError) as error:
        _unmet(found, error)
    except httpcore.TimeoutException:
        found.wrong = f"takes longer than {_SECONDS:g} seconds to answer"
    except (httpcore.NetworkError, httpcore.ProtocolError):
        found.wrong = "breaks off"
    return found


def _heard(link: Link, word: str, trusted: ssl.SSLContext, resolve: Resolve) -> str:
    """Return what is wrong with the answer."""
    backend = CheckedBackend(link, Deadline(_SECONDS), resolve, _ANYWHERE)
    url = httpcore.URL(
        scheme=b"https", host=link.host.encode(), port=link.port, target=link.target.encode()
    )
    headers = [(b"Host", link.place.encode()), (b"Content-Length", b"0")]
    with (
        httpcore.ConnectionPool(trusted, network_backend=backend) as pool,
        pool.stream("POST", url, headers=headers) as response,
    ):
        if 300 <= response.status < 400:
            return f"sends whoever knocks elsewhere (HTTP {response.status})"
        if response.status != 200:
            return f"answers HTTP {response.status}"
        return "" if _body(response) == word.encode() else "does not repeat the word it is sent"


def _body(response: httpcore.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_stream():
        body += chunk
        if len(body) > _LONGEST:
            break
    return bytes(body)


def _unmet(found: Knocked, error: httpcore.ConnectTimeout | httpcore.ConnectError) -> None:
    """Note why there was no connection, or none that can be trusted."""
    causes = [each for each in error.args if isinstance(each, ssl.SSLError)]
    if not causes:
        late = isinstance(error, httpcore.ConnectTimeout)
        found.silence = "nobody answers in time" if late else "nobody takes the connection"
        return
    found.untrusted = isinstance(causes[0], ssl.SSLCertVerificationError)
    why = getattr(causes[0], "verify_message", "") or "there is none"
    found.wrong = (
        f"has a certificate that is not trusted ({why})"
        if found.untrusted
        else "does not speak https"
    )
