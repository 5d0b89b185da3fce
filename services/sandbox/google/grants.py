"""Who allowed which client what at Google, and what its requests may do."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from werkzeug.wrappers import Request

from services.sandbox.clock import Clock
from services.sandbox.consents import Consents
from services.sandbox.google import scopes as names
from services.sandbox.google.errors import Refusal
from services.sandbox.google.tokens import Given, Grant
from services.sandbox.manner import GOOGLE
from services.sandbox.store import Store

CLIENT_ID, CLIENT_SECRET = "commonhour-sandbox", "commonhour-sandbox-secret"
_REALM = 'Bearer realm="https://accounts.google.com/", error='


@dataclass(frozen=True, slots=True)
class Client:
    """An application that asks for people's calendars."""

    id: str
    secret: str
    redirects: frozenset[str]


class Grants(Consents):
    """The client, what people allow it, and what its requests may do."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock, GOOGLE)

    def client(self, client_id: str) -> Client | None:
        """The client of that name."""
        if client_id != CLIENT_ID:
            return None
        return Client(CLIENT_ID, CLIENT_SECRET, self.redirects)

    def consent(self, email: str, client_id: str = CLIENT_ID) -> frozenset[str]:
        """What this person allows this client, as far as they were ever asked."""
        return self.allowed(email, client_id)

    def remove(self, email: str, client_id: str = CLIENT_ID) -> bool:
        """Take all consent back, and with it every token. Whether there was any."""
        whose = (email, client_id)
        there = self.withdraw(email, client_id)
        for kind in ("access", "refresh", "code"):
            self.tokens.drop(kind, lambda each: (each["email"], each["client_id"]) == whose)
        return there

    def revoke(self, token: str) -> Grant | None:
        """Take back all consent this token comes from; what it was, None if it is unknown."""
        grant = self.tokens.origin(token)
        if grant is not None:
            self.remove(grant.email, grant.client_id)
        return grant

    def give(self, email: str, scopes: Iterable[str], client_id: str = CLIENT_ID) -> Given:
        """Tokens without a page that was looked at: for tests of everything else."""
        grant = Grant(email, frozenset(map(names.short, scopes)), client_id)
        self.agree(email, client_id, grant.scopes)
        return self.tokens.make(grant, secrets.token_hex(8), again=True)

    def bearer(self, request: Request) -> Grant:
        """Who asks. Raises Refusal (401) without a token that is worth something."""
        grant = self.holder(request)
        if grant is None:
            raise Refusal(
                401,
                "authError",
                "Invalid Credentials",
                location="Authorization",
                headers={"WWW-Authenticate": f'{_REALM}"invalid_token"'},
            )
        return grant

    def require(self, request: Request, *any_of: str) -> Grant:
        """Who asks, if they may do one of these. Raises Refusal (401, 403)."""
        grant = self.bearer(request)
        if not any(names.allows(grant.scopes, each) for each in any_of):
            wanted = f'"insufficient_scope", scope="{names.text(any_of)}"'
            raise Refusal(
                403,
                "insufficientPermissions",
                "Request had insufficient authentication scopes.",
                headers={"WWW-Authenticate": _REALM + wanted},
            )
        return grant
