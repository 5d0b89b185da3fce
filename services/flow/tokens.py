"""API tokens: a program acts for a person, with the scopes it was given."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import timedelta
from threading import Lock
from uuid import UUID

from services.flow import groups, limits, persons, proof, rights
from services.flow.errors import Unfit
from services.flow.memory import Memory
from services.flow.rights import missing
from services.storage import people
from services.storage import tokens as stored
from services.storage.rows.people import PersonRow, TokenRow
from services.storage.work import Work

SCOPES = ("read", "groups", "calendars", "plans", "series", "me")
_PREFIX = "ch_"  # so that people, and scanners of published code, know one when they see it
_REMEMBERED = 10_000


def create(  # noqa: PLR0913 -- what a token is, each by its name
    work: Work,
    email: str,
    *,
    name: str | None = None,
    scopes: Sequence[str] = SCOPES,
    days: int | None = None,
    operator: bool = False,
) -> tuple[PersonRow, str]:
    """Make a token for a person, who is made as well when new; return its secret, kept nowhere.

    days  after which it ends; None: never

    Raises Unfit.
    """
    for each in scopes:
        if each not in SCOPES:
            raise Unfit(f"There is no scope {each!r}", remedy=f"choose from {', '.join(SCOPES)}")
    address = persons.address(email)
    person = people.by_email(work, address)
    if person is None:
        called = groups.line(name or address.partition("@")[0], "name")
        person = persons.found_or_made(work, address, called)
        work.note("person.added", person.id)
    secret = proof.minted(_PREFIX)
    token = TokenRow(
        secret_hash=proof.hashed(secret),
        person_id=person.id,
        scopes=[each for each in SCOPES if each in scopes],
        operator=operator,
        created_at=work.now,
        expires_at=None if days is None else work.now + timedelta(days=days),
    )
    work.add(token)
    work.session.flush()
    work.note("token.created", token.id)
    return person, secret


def authenticate(work: Work, secret: str) -> TokenRow | None:
    """The token with this secret, unless it is over. One look-up; what cannot be one needs none."""
    if not proof.well_formed(secret, _PREFIX):
        return None
    return stored.by_hash(work, proof.hashed(secret))


def of(work: Work) -> Sequence[TokenRow]:
    """The tokens of the one who asks."""
    return stored.of_person(work, rights.actor(work))


def revoke(work: Work, token_id: UUID) -> None:
    """End a token of the one who asks. Raises Missing."""
    if not stored.drop(work, token_id, rights.actor(work)):
        raise missing("token")
    work.note("token.revoked", token_id)


class Recogniser:
    """Recognises the tokens of requests, and lets nobody guess them.

    A secret that is wrong counts as a guess; one that was right before in this process costs one
    look-up. Threads may share it.
    """

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self._lock = Lock()
        self._right: OrderedDict[bytes, None] = OrderedDict()  # hashes

    def token(self, work: Work, secret: str, remote: str) -> TokenRow | None:
        """Return the token of a request, or None. Raises TooMany.

        Call it before anything is written, and best before anything is read in `work`.
        """
        key = proof.hashed(secret)
        if key not in self._right and limits.guessed(self._memory, remote, self._looking(secret)):
            self._remember(key)
        found = authenticate(work, secret) if key in self._right else None
        if found is None:
            self._forget(key)
        return found

    def _looking(self, secret: str) -> Callable[[], bool | None]:
        def look() -> bool | None:
            with self._memory.reading() as work:
                return authenticate(work, secret) is not None or None

        return look

    def _remember(self, key: bytes) -> None:
        with self._lock:
            self._right[key] = None
            while len(self._right) > _REMEMBERED:
                self._right.popitem(last=False)

    def _forget(self, key: bytes) -> None:
        with self._lock:
            self._right.pop(key, None)
