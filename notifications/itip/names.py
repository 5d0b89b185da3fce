"""Names that nobody can guess, and that need not be kept: of an event, and of a guest's answer.

Both are made from a secret of the service. Whoever answers writes to an address that is theirs
alone, so an answer shows that its writer has seen an invitation to that guest and that event.
"""

import hmac
from base64 import b32encode
from dataclasses import dataclass, field
from hashlib import sha256

from notifications.addresses import Address

_OCTETS = 20  # 160 bits, which are 32 letters


@dataclass(frozen=True, slots=True)
class Names:
    """Names of one service.

    secret   at least 16 bytes; with another one, all names are others
    mailbox  where answers arrive; its server must take mail for `local+tag@domain` as well

    Raises Undeliverable if the mailbox has no room for a tag.
    """

    secret: bytes = field(repr=False)
    mailbox: Address

    def __post_init__(self) -> None:
        if len(self.secret) < 16:
            raise ValueError("too short to be a secret")
        Address.parse(str(self.organizer("", self.mailbox)))  # a local part has 64 characters

    def uid(self, key: str, original: int | None = None) -> str:
        """Return the UID of a series, or of a date of it that is an event of its own."""
        return f"{self._digest('uid', key, str(original))}@{self.mailbox.domain}"

    def tag(self, uid: str, guest: Address) -> str:
        """Return what marks that guest's answers about that event."""
        return self._digest("tag", uid, guest.identity)

    def organizer(self, uid: str, guest: Address) -> Address:
        """Return the address that this guest's answers go to."""
        return Address(f"{self.mailbox.local}+{self.tag(uid, guest)}", self.mailbox.domain)

    def tag_of(self, address: Address) -> str | None:
        """Return the tag of an address of ours, or None."""
        local, plus, tag = address.local.rpartition("+")
        same = (local.casefold(), address.domain) == (
            self.mailbox.local.casefold(),
            self.mailbox.domain,
        )
        return tag.casefold() if same and plus else None

    def fits(self, tag: str, uid: str, guest: Address) -> bool:
        """Say whether the tag is the guest's for that event, in the same time whatever it is."""
        return hmac.compare_digest(tag.encode(), self.tag(uid, guest).encode())

    def _digest(self, *about: str) -> str:
        # Lengths stand before the parts, so that no two lists of parts look the same.
        told = "".join(f"{len(part)}:{part}" for part in about).encode()
        digest = hmac.digest(self.secret, told, sha256)[:_OCTETS]
        return b32encode(digest).decode().lower()
