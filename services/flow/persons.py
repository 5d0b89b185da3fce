"""Finding a person by their address of mail, or remembering a new one."""

import re
from uuid import UUID

from services.flow.errors import Unfit
from services.storage import people, traces
from services.storage.rows.people import PersonRow
from services.storage.work import Work

# One "@", a domain with a dot or localhost, nothing that could end a header or hide.
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]\x00-\x20\x7f-\xa0]+@[^\s@<>(),;:\\\"\[\]_]+")
_MOST = 254  # RFC 5321, 4.5.3.1.3
_NOBODY = ".invalid"  # RFC 2606: no mail ever gets there


def address(text: str) -> str:
    """An address of mail as we keep it, in lower case. Raises Unfit."""
    tidy = text.strip().lower()
    if len(tidy) > _MOST or not tidy.isprintable() or not _ADDRESS.fullmatch(tidy):
        raise Unfit(
            f"{text.strip()[:60]!r} is not an address of mail",
            remedy="write one such as ada@example.org",
        )
    return tidy


def reachable(email: str) -> bool:
    """Whether mail may be sent there at all."""
    return not email.endswith(_NOBODY)


def found_or_made(work: Work, email: str, name: str) -> PersonRow:
    """Find the person with this address, or remember a new one. Raises Unfit.

    The name is for who is new. Somebody who is known is not renamed by others, and what they are
    called is not told to whoever knows an address: each row that others see has a name of its own.
    """
    return people.found_or_made(work, address(email), name)


def let_go(work: Work, *those: UUID) -> None:
    """Forget those whom others entered, once they are nowhere and never came in themselves."""
    work.session.flush()
    traces.drop_unheld(work, those)
