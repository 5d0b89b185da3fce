"""Finding a person by their address of mail, or remembering a new one."""

from uuid import UUID

from notifications.addresses import Address
from notifications.errors import Undeliverable
from services.flow.errors import Unfit
from services.storage import farewells, people, traces
from services.storage.rows.people import PersonRow
from services.storage.work import Work

_MOST_SHOWN = 60  # letters
_NOBODY = ".invalid"  # RFC 2606: no mail ever gets there


def address(text: str) -> str:
    """An address of mail as we keep it, in lower case. Raises Unfit.

    What mail cannot be sent to is refused here already: a link would be waited for in vain.
    """
    tidy = text.strip().lower()
    if tidy.endswith(farewells.NOBODY):  # it stands for somebody who was forgotten
        raise _no_address(text)
    try:
        Address.parse(tidy)
    except Undeliverable:
        raise _no_address(text) from None
    return tidy


def _no_address(text: str) -> Unfit:
    return Unfit(
        f"{text.strip()[:_MOST_SHOWN]!r} is not an address of mail",
        remedy="write one such as ada@example.org",
    )


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
