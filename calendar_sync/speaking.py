"""How an account speaks with its host: with a token, within a share of requests, one at a time."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from calendar_sync.connection import Answer, Connection
from calendar_sync.errors import SyncError, broken
from calendar_sync.host import Access, Gate

Json = dict[str, Any]
_PAGES = 400  # of one listing; a host that has more turns in a circle


class Request(Protocol):
    """What is asked of a host, but for the token that goes with it."""

    @property
    def method(self) -> str: ...
    @property
    def uri(self) -> str: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> str | bytes | None: ...


class No(Protocol):
    """A host's no, as one of our errors."""

    @property
    def token(self) -> bool:
        """Whether the token is refused: another one may be taken."""

    def error(self) -> SyncError:
        """Return the error by what we do next."""


class Speaker:
    """Sends requests for an account, and returns what came of them.

    no         reads an answer other than 2xx
    following  returns the name of the page after one, if there is one
    """

    def __init__(
        self,
        ca_file: Path | None,
        access: Access,
        gate: Gate,
        no: Callable[[Answer], No],
        following: Callable[[Json], str | None],
    ) -> None:
        self._connection = Connection(ca_file)
        self._access = access
        self._gate = gate
        self._no = no
        self._following = following

    def ask(self, request: Request, *, patient: bool = False) -> Any:
        """Send a request and return its answer as JSON; None if the answer is empty.

        patient  whether the host has much to look up, and may be silent for long

        A token that is refused is renewed once. Raises one of our errors; after a Wait it is
        not known whether the host has done what was asked.
        """
        token = self._access.token()
        answer = self._send(request, token, patient)
        no = self._read(answer)
        if no is not None and no.token:
            answer = self._send(request, self._access.token(refused=token), patient)
            no = self._read(answer)
        if no is not None:
            raise no.error()
        return _json(answer.body)

    def pages(
        self, page: Callable[[str | None], Request], *, patient: bool = False
    ) -> Iterator[Json]:
        """Ask for one page after another, up to the last; an empty one is not the last.

        page     asks for the page of that name; None: the first
        patient  as for each of them, see `ask`
        Raises Wait if they do not end.
        """
        seen = set[str]()
        name = None
        while True:
            found = self.ask(page(name), patient=patient)
            if not isinstance(found, dict):
                raise broken()
            yield found
            name = self._following(found)
            if name is None:
                return
            if name in seen or len(seen) >= _PAGES:
                raise broken("a list without an end")
            seen.add(name)

    def _send(self, request: Request, token: str, patient: bool) -> Answer:  # noqa: FBT001
        self._gate.take()
        headers = {**request.headers, "Authorization": f"Bearer {token}"}
        return self._connection.send(
            request.method, request.uri, headers, request.body, patient=patient
        )

    def _read(self, answer: Answer) -> No | None:
        return None if 200 <= answer.status < 300 else self._no(answer)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise broken() from None
