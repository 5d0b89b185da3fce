"""What lets us in at a CalDAV host: an address, a user and an app password, kept as one secret."""

import json
from base64 import b64encode
from dataclasses import asdict, dataclass, field
from typing import Self

from calendar_sync.errors import Refused, Unreadable, reconnect
from calendar_sync.ics.link import Link
from scheduler.errors import Explained
from scheduler.model.zone import zone as known_zone

_LONGEST = 1000  # letters of a user's name or a password
_SHARED = (".icloud.com",)  # hosts that send each person on to a machine next to them


@dataclass(frozen=True, slots=True)
class Login:
    """A person at a host.

    address   https, where the host's calendars are looked for
    zone      IANA, in which whole days are read where the host names no zone
    """

    address: str = field(repr=False)
    user: str = field(repr=False)
    password: str = field(repr=False)
    zone: str = "UTC"

    @classmethod
    def typed(cls, address: str, user: str, password: str, zone: str) -> Self:
        """Take what somebody typed. Raises Refused, in words for them."""
        address, user, password = address.strip(), user.strip(), password.strip()
        if "://" not in address:
            address = f"https://{address}"
        if not user or ":" in user or not password or max(len(user), len(password)) > _LONGEST:
            raise Refused(
                "The user's name or the password is missing, or is none",
                remedy="copy both from where the host shows them",
            )
        known_zone(zone)
        found = cls(address, user, password, zone)
        link = found.link
        if Link.parse(address).login is not None:
            raise Refused(
                "The address holds more than an address: something stands before an @",
                remedy="leave that out, and type name and password in fields of their own",
            )
        return cls(f"https://{link.place}{link.target}", user, password, zone)

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `as_text` wrote. Raises ReconnectNeeded for anything else."""
        try:
            found = cls(**json.loads(text))
            known_zone(found.zone)
        except (ValueError, TypeError, Explained):
            raise reconnect() from None
        return found

    def as_text(self) -> str:
        """Write it down. Whoever reads it can read the person's calendars."""
        return json.dumps(asdict(self))

    @property
    def link(self) -> Link:
        """The address, taken apart, without a login in it. Raises Refused."""
        try:
            found = Link.parse(self.address)
        except Unreadable as error:
            raise Refused(error.what, remedy=error.remedy) from None
        return Link(found.host, found.port, found.target)

    def goes_to(self, link: Link) -> bool:
        """Say whether the password may be sent there: to the host it is for, and to no other."""
        here = self.link
        if (here.host, here.port) == (link.host, link.port):
            return True
        return here.port == link.port and any(
            here.host.endswith(each) and link.host.endswith(each) for each in _SHARED
        )

    @property
    def header(self) -> bytes:
        """What goes with each request (RFC 7617)."""
        return b"Basic " + b64encode(f"{self.user}:{self.password}".encode())
