"""Who belongs where: the organizations of work accounts, and the one home of all personal ones.

The first part of an address says who may sign in there: `common` everybody, `organizations` work
accounts, `consumers` personal ones, and the id of a tenant its own people.
"""

import re
from uuid import NAMESPACE_DNS, UUID, uuid5

from werkzeug.routing import BaseConverter

from services.sandbox.world import Person

CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"
"""The tenant of personal accounts."""

_GUID = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_REGEX = f"(?:common|organizations|consumers|{_GUID})"
_PATH = re.compile(f"/{_REGEX}/")


class TenantConverter(BaseConverter):
    """The first part of an address of sign-in; other pages keep theirs."""

    regex = _REGEX


def is_sign_in(path: str) -> bool:
    """Whether a path is one of sign-in's."""
    return _PATH.match(path) is not None


def domain(email: str) -> str:
    """The organization of a work account."""
    return email.rpartition("@")[2].lower()


def tenant(person: Person) -> str:
    """The id of the tenant that this person's account is in."""
    if person.host == "personal":
        return CONSUMERS
    return str(uuid5(NAMESPACE_DNS, domain(person.email)))


def oid(person: Person) -> str:
    """The id of this person in their tenant, for ever."""
    made = uuid5(NAMESPACE_DNS, f"account of {person.email}")
    # A personal account is numbered by Microsoft with 64 bits; its id is that number.
    return str(UUID(int=made.int & 0xFFFF_FFFF_FFFF_FFFF) if person.host == "personal" else made)


def has(name: str, person: Person) -> bool:
    """Whether this person can sign in where the address begins so."""
    if person.host == "google":
        return False
    if name in ("common", "organizations", "consumers"):
        return name == "common" or (name == "consumers") == (person.host == "personal")
    return name.lower() == tenant(person)
