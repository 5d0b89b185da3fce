"""What we last wrote of an event, kept with the event as digests. Pure.

By them we know what our draft changed since, and which guests are ours, without keeping a word
of anybody's event. They are kept for years: what they are made of never changes.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from calendar_sync.errors import Superseded

_REVISION = "revision"  # beside the digests: of the draft that was written


def digest(value: object) -> str:
    """Return ten letters that tell a value from another one."""
    return sha256(repr(value).encode()).hexdigest()[:10]


def of_guests(guests: Iterable[str]) -> set[str]:
    """Return the digests of addresses, whatever the case of their letters."""
    return {digest(each.casefold()) for each in guests}


def written(digests: Mapping[str, str], revision: int = 0) -> str:
    """Return digests by their names as one line, with the revision of what was written."""
    said = {**digests, _REVISION: str(revision)} if revision else digests
    return " ".join(f"{name}={each}" for name, each in said.items())


def read(line: str) -> dict[str, str]:
    """Return the digests of a line, by their names; what is none is left out."""
    return dict(part.split("=", 1) for part in line.split() if "=" in part)


def check_latest(digests: Mapping[str, str], revision: int) -> None:
    """Raise Superseded if what was last written, by its digests, is of a later revision."""
    said = digests.get(_REVISION, "")
    if said.isdecimal() and int(said) > revision:
        raise Superseded(int(said))
