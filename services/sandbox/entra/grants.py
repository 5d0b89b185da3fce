"""Who allowed which client what at Microsoft, and what its requests may do.

Consent withdrawn ends no token at once: refreshing finds it gone, as at Microsoft.
"""

import secrets
from collections.abc import Iterable
from typing import Any

from werkzeug.wrappers import Request

from services.sandbox.clock import Clock
from services.sandbox.consents import Consents
from services.sandbox.entra import scopes as names
from services.sandbox.entra.errors import Refused
from services.sandbox.google.grants import Client
from services.sandbox.google.tokens import Given, Grant
from services.sandbox.manner import ENTRA
from services.sandbox.outlook.errors import Refusal
from services.sandbox.store import Store

CLIENT_ID, CLIENT_SECRET = "7c0a3d5e-1f2b-4c6d-8e9f-0a1b2c3d4e5f", "commonhour-sandbox-secret"
CLIENT_NAME = "commonhour-sandbox"

_RULES: dict[str, Any] = {"lies": {}, "interaction_required": [], "admin_approval": []}


class EntraGrants(Consents):
    """The client, what people allow it, and what its requests may do."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(store, clock, ENTRA)

    @property
    def rules(self) -> dict[str, Any]:
        """What holds for sign-ins.

        expires_in, rotate    as for Google; where they rotate, an old refresh token ends
        lies                  claims that are put into id_tokens in place of the true ones
        interaction_required  addresses of whom a page has to be shown before the next refresh
        admin_approval        organizations whose people cannot consent by themselves
        """
        return _RULES | self.tokens.rules

    def rule(self, **changes: Any) -> None:
        """Change some of these."""
        self.tokens.rule(**changes)

    def client(self, client_id: str) -> Client | None:
        """The client of that id."""
        if client_id.lower() != CLIENT_ID:
            return None
        return Client(CLIENT_ID, CLIENT_SECRET, self.redirects)

    def consent(self, email: str) -> frozenset[str]:
        """What this person allows our client, as far as they were ever asked."""
        return self.allowed(email, CLIENT_ID)

    def remove(self, email: str, client_id: str = CLIENT_ID) -> bool:
        """Take all consent back. Whether there was any. Tokens live on until they end."""
        return self.withdraw(email, client_id)

    def must_be_shown(self, email: str) -> bool:
        """Whether this person has to be shown a page before anything else."""
        return email in self.rules["interaction_required"]

    def signed_in(self, email: str) -> None:
        """Note that this person was shown a page."""
        waiting = self.rules["interaction_required"]
        if email in waiting:
            self.rule(interaction_required=[each for each in waiting if each != email])

    def refresh(self, token: str, wanted: frozenset[str]) -> Given:
        """What a refresh token gives: all that is allowed by now, if that is what is wanted.

        Raises BadGrant, and Refused where the person has to be shown a page.
        """

        def allowed(held: Grant) -> frozenset[str]:
            if self.must_be_shown(held.email):
                raise needs_page()
            now = self.consent(held.email)
            if not now or wanted - now - names.IDENTITY:
                raise unconsented()
            return now

        return self.tokens.refresh(token, CLIENT_ID, allowed)

    def give(self, email: str, scopes: Iterable[str]) -> Given:
        """Tokens without a page that was looked at: for tests of everything else."""
        wanted = frozenset(map(names.short, scopes))
        self.agree(email, CLIENT_ID, wanted)
        return self.tokens.make(Grant(email, wanted, CLIENT_ID), secrets.token_hex(8), again=True)

    def bearer(self, request: Request) -> Grant:
        """Who asks. Raises Refusal (401) without a token that is worth something."""
        grant = self.holder(request)
        if grant is None:
            header = {"WWW-Authenticate": 'Bearer realm="", error="invalid_token"'}
            raise Refusal(401, "InvalidAuthenticationToken", headers=header)
        return grant

    def require(self, request: Request, *any_of: str) -> Grant:
        """Who asks, if they may do one of these. Raises Refusal (401, 403)."""
        grant = self.bearer(request)
        if not any(names.allows(grant.scopes, each) for each in any_of):
            raise Refusal(403, "ErrorAccessDenied")
        return grant


def needs_page() -> Refused:
    """What is said of somebody who has to be shown a page."""
    said = "Due to a configuration change you must use multi-factor authentication."
    return Refused("interaction_required", 50076, said, suberror="basic_action")


def unconsented() -> Refused:
    """What is said where somebody has not allowed what is asked for."""
    return Refused(
        "invalid_grant",
        65001,
        f"The user or administrator has not consented to use the application with ID '{CLIENT_ID}'"
        f" named '{CLIENT_NAME}'. Send an interactive authorization request for this user and"
        " resource.",
        suberror="consent_required",
    )
