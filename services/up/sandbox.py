"""The sandbox beside the service: hosts and feeds of our own, so that nothing real is needed."""

import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_network
from pathlib import Path

from scheduler.errors import Explained
from services.config import Settings, is_local
from services.sandbox.serving import address, certificates, google, outlook, serve
from services.up import web

RETURNS = ("/connect/google/return", "/connect/outlook/return")  # where sign-in comes back to
_LISTEN = ("127.0.0.1", 8443)
_ONCE = 5.0  # seconds in which nothing is read twice


@dataclass(frozen=True, slots=True)
class Beside:
    """A sandbox that is about to run.

    home      its folder
    ca_file   the authority that makes its certificates
    returns   where its sign-in may come back to
    """

    listener: socket.socket
    home: Path
    ca_file: Path
    returns: tuple[str, ...]

    @property
    def base(self) -> str:
        """Where it is, without a final slash."""
        return address(self.listener)

    def run(self) -> None:
        """Be the sandbox, until SIGTERM."""
        serve(self.listener, self.home, self.returns)

    def answers(self) -> bool:
        """Whether it does."""
        trusting = ssl.create_default_context(cafile=self.ca_file)
        host, port = self.listener.getsockname()[:2]
        connection = HTTPSConnection(host, port, timeout=2, context=trusting)
        try:
            connection.request("GET", "/_sandbox/clock")
            return connection.getresponse().status == 200
        except (OSError, HTTPException):
            return False
        finally:
            connection.close()


def prepare(settings: Settings) -> Beside:
    """Listen, at 8443 or the next free port, and have certificates. Raises Explained."""
    if not settings.local:
        raise Explained(
            "A sandbox is for this machine alone, and COMMONHOUR_BASE_URL names another",
            remedy="leave out --sandbox, or unset COMMONHOUR_BASE_URL",
        )
    if not is_local(settings.listen[0]):
        raise Explained(
            "A sandbox is for this machine alone, and COMMONHOUR_LISTEN lets others in",
            remedy="leave out --sandbox, or listen at 127.0.0.1",
        )
    listener = web.bind(_LISTEN, spare=web.SPARE)
    home = settings.home / "sandbox"
    ca_file = certificates(home).authority
    return Beside(listener, home, ca_file, tuple(settings.address + each for each in RETURNS))


def using(settings: Settings, beside: Beside) -> Settings:
    """The settings with which the service takes the sandbox for both hosts, and trusts it.

    These hosts are on this machine, so they can tell of changes without https; no other host is
    ever given such an address. Whoever changes something there wants to see it here: what was
    read is read again sooner than at hosts whose patience is limited.
    """
    network = settings.network
    trusted = _joined(beside.home / "trusted.pem", [beside.ca_file, network.ca_file])
    allow = (*network.allow, ip_network(_LISTEN[0]))
    return replace(
        settings,
        times=replace(settings.times, once=min(settings.times.once, _ONCE)),
        push_url=settings.push_url or settings.address,
        google=replace(settings.google, **google(beside.base), ca_file=trusted),
        outlook=replace(settings.outlook, **outlook(beside.base), ca_file=trusted, told=True),
        network=replace(network, allow=allow, ca_file=trusted),
    )


def _joined(file: Path, parts: Iterable[Path | None]) -> Path:
    """All certificates of these files in one."""
    file.write_bytes(b"\n".join(each.read_bytes() for each in parts if each is not None))
    return file
