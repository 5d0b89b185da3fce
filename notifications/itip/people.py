"""Who invites, who is invited, and what they answered."""

from dataclasses import dataclass, field
from enum import StrEnum

from notifications.addresses import Address


class Answer(StrEnum):
    """What stands in PARTSTAT (RFC 5545, 3.2.12), as far as invitations need it."""

    WAITING = "NEEDS-ACTION"
    ACCEPTED = "ACCEPTED"
    TENTATIVE = "TENTATIVE"
    DECLINED = "DECLINED"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an address of mail. The name may be empty."""

    address: Address = field(repr=False)
    name: str = field(default="", repr=False)
