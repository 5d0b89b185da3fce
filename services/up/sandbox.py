"""The sandbox beside the service: hosts and feeds of our own, so that nothing real is needed."""

import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass, replace
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_network
from pathlib import Path
from secrets import token_urlsafe

from scheduler.errors import Explained
from services.config import Settings
from services.sandbox.mail.carrier import Door, Mails
from services.sandbox.mail.listener import taken_at
from services.sandbox.mail.replies import SERVER
from services.sandbox.serving import Running, address, certificates, google, outlook, serve
from services.up import web
from services.variables import is_local

RETURNS = ("/connect/google/return", "/connect/outlook/return")  # where sign-in comes back to
ANSWERS = "/hooks/mail"  # where the people's answers by mail come to
_LISTEN = ("127.0.0.1", 8443)
_MAIL = ("127.0.0.1", 8025)
_MAILS = 1000  # letters in a minute: there is nobody whose patience is limited
_ONCE = 5.0  # seconds in which nothing is read twice


@dataclass(frozen=True, slots=True)
class Beside:
    """A sandbox that is about to run.

    home      its folder
    ca_file   the authority that makes its certificates
    returns   where its sign-in may come back to
    mails     where it takes invitations, and brings answers
    """

    listener: socket.socket
    home: Path
    ca_file: Path
    returns: tuple[str, ...]
    mails: Mails

    @property
    def base(self) -> str:
        """Where it is, without a final slash."""
        return address(self.listener)

    def run(self) -> None:
        """Be the sandbox, until SIGTERM."""
        serve(self.listener, self.home, self.returns, self.mails, _patient)

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
    """Listen, at 8443 and 8025 or the next free ports, and have certificates. Raises Explained."""
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
    door = Door(settings.address + ANSWERS, settings.mail_hook_secret or token_urlsafe())
    mails = Mails(web.bind(_MAIL, spare=web.SPARE), door)
    home = settings.home / "sandbox"
    ca_file = certificates(home).authority
    returns = tuple(settings.address + each for each in RETURNS)
    return Beside(listener, home, ca_file, returns, mails)


def using(settings: Settings, beside: Beside) -> Settings:
    """The settings with which the service takes the sandbox for both hosts, and trusts it.

    Without a mail server, what invites is handed to the sandbox, and kept to be read as ever; the
    answers of its people come to a door of ours.

    These hosts are on this machine, so they can tell of changes without https; no other host is
    ever given such an address. Whoever changes something there wants to see it here: what was
    read is read again sooner than at hosts whose patience is limited.
    """
    network, mails = settings.network, beside.mails
    trusted = _joined(beside.home / "trusted.pem", [beside.ca_file, network.ca_file])
    allow = (*network.allow, ip_network(_LISTEN[0]))
    return replace(
        settings,
        times=replace(settings.times, once=min(settings.times.once, _ONCE)),
        push_url=settings.push_url or settings.address,
        copies_url=None if settings.smtp_url else taken_at(mails.listener),
        authserv_id=settings.authserv_id if settings.smtp_url else SERVER,
        mail_hook_secret=mails.door.secret if mails.door else settings.mail_hook_secret,
        mail_rate=max(settings.mail_rate, _MAILS),
        google=replace(settings.google, **google(beside.base), ca_file=trusted),
        outlook=replace(settings.outlook, **outlook(beside.base), ca_file=trusted, told=True),
        network=replace(network, allow=allow, ca_file=trusted),
    )


def _patient(running: Running) -> None:
    running.quotas.limit(letters=_MAILS)


def _joined(file: Path, parts: Iterable[Path | None]) -> Path:
    """All certificates of these files in one."""
    file.write_bytes(b"\n".join(each.read_bytes() for each in parts if each is not None))
    return file
