"""How an account speaks with its host: with a token, within a share of requests, one at a time."""

import json
from collections.abc import Callable, Iterator
from time import time
from typing import Any

from calendar_sync.google import wire
from calendar_sync.google.connection import Answer, Connection
from calendar_sync.google.refusals import Refusal, broken
from calendar_sync.google.requests import Page, Request
from calendar_sync.google.where import Where
from calendar_sync.google.wire import Json
from calendar_sync.host import Access, Gate

_PAGES = 400  # of one listing; a host that has more turns in a circle


class Speaker:
    """Sends requests for an account, and returns what came of them."""

    def __init__(
        self, where: Where, access: Access, gate: Gate, clock: Callable[[], float] = time
    ) -> None:
        self._connection = Connection(where.ca_file)
        self._access = access
        self._gate = gate
        self.clock = clock

    def ask(self, request: Request) -> Any:
        """Send a request and return its answer as JSON; None if the answer is empty.

        A token that is refused is renewed once. Raises one of our errors; after a Wait it is
        not known whether the host has done what was asked.
        """
        token = self._access.token()
        answer = self._send(request, token)
        refusal = self._refusal(answer)
        if refusal is not None and refusal.token:
            answer = self._send(request, self._access.token(refused=token))
            refusal = self._refusal(answer)
        if refusal is not None:
            raise refusal.error()
        return _json(answer.body)

    def pages(self, page: Page) -> Iterator[Json]:
        """Ask for one page after another, up to the last; an empty one is not the last.

        Raises Wait if they do not end.
        """
        seen = set[str]()
        following = None
        while True:
            found = self.ask(page(following))
            if not isinstance(found, dict):
                raise broken()
            yield found
            following = wire.token(found, "nextPageToken")
            if following is None:
                return
            if following in seen or len(seen) >= _PAGES:
                raise broken("a list without an end")
            seen.add(following)

    def _send(self, request: Request, token: str) -> Answer:
        self._gate.take()
        headers = {**request.headers, "Authorization": f"Bearer {token}"}
        return self._connection.send(request.method, request.uri, headers, request.body)

    def _refusal(self, answer: Answer) -> Refusal | None:
        if 200 <= answer.status < 300:
            return None
        return Refusal.read(answer.status, answer.headers, answer.body, self.clock())


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except (ValueError, RecursionError):
        raise broken() from None
