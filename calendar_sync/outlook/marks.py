"""The marks that an event of ours carries, in extended properties of its own mailbox alone. Pure.

One says which of our events it is; by that it is found, as Graph names events by itself. The
others are digests of what we wrote: by them we know what we would change ourselves, and leave
alone what only a person did.
"""

from base64 import b32hexencode
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256

from calendar_sync.digests import check_latest, of_guests, read, written
from calendar_sync.outlook.requests import Json
from calendar_sync.provider import CalendarId

_OURS = "String {5d0f3c1e-8b7a-4e62-9c41-2f6a7d90b3e8} Name"
MARK = f"{_OURS} commonHour"  # the property that says which of our events it is
_WROTE = f"{_OURS} commonHourWrote"  # of each part of our draft, a digest of what we last wrote
_GUESTS = f"{_OURS} commonHourGuests"  # digests of the addresses that we invited
PROPERTIES = (MARK, _WROTE, _GUESTS)
FIELD = "singleValueExtendedProperties"  # in which they stand


@dataclass(frozen=True, slots=True)
class Marks:
    """What an event says of us.

    name    which of our events it is; "" where it does not say
    wrote   of each part, a digest of what we last wrote
    guests  digests of the addresses that we invited; None where it does not say
    """

    name: str
    wrote: Mapping[str, str]
    guests: frozenset[str] | None

    @classmethod
    def of(cls, event: Json) -> "Marks":
        """Read an event's. A host may write the names of properties otherwise than we."""
        there = event.get(FIELD)
        found = {
            str(each.get("id")).casefold(): str(each.get("value"))
            for each in (there if isinstance(there, list) else [])
            if isinstance(each, dict)
        }
        name, wrote, guests = (found.get(each.casefold()) for each in PROPERTIES)
        invited = None if guests is None else frozenset(guests.split())
        return cls(name or "", read(wrote or ""), invited)

    @property
    def invited(self) -> frozenset[str]:
        """Digests of the addresses that we invited, as far as it says."""
        return self.guests or frozenset()

    def check(self, revision: int) -> None:
        """Raise Superseded if a later revision was written."""
        check_latest(self.wrote, revision)


def event_name(calendar: CalendarId, key: str) -> str:
    """Return how an event is marked: the same for the same key, and small letters only."""
    found = sha256(f"{calendar}\n{key}".encode()).digest()
    return b32hexencode(found).decode().rstrip("=").lower()


def marked(name: str, wrote: Mapping[str, str], guests: Iterable[str], revision: int = 0) -> Json:
    """Return the field by which an event says so; a date of a series is found without a name."""
    values = (name, written(wrote, revision), " ".join(sorted(of_guests(guests))))
    pairs = list(zip(PROPERTIES, values, strict=True))[0 if name else 1 :]
    return {FIELD: [{"id": i, "value": v} for i, v in pairs]}
