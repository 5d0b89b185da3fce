"""Who signed in, as Google says it: a signed token (OpenID Connect), and the key that proves it."""

import hashlib
from typing import Any

from services.sandbox.clock import Clock
from services.sandbox.google import scopes
from services.sandbox.google.tokens import Given
from services.sandbox.signing import Signer
from services.sandbox.store import Store

ISSUER = "https://accounts.google.com"
_DIGITS = 10**21  # a person's number has that many at most


class Identity:
    """Signs who somebody is."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._signer, self._clock = Signer(store, "identity"), clock

    def token(self, given: Given) -> str:
        """The id_token that comes with these tokens."""
        now = int(self._clock.now().timestamp())
        client, email = given.grant.client_id, given.grant.email
        claims: dict[str, Any] = {"iss": ISSUER, "azp": client, "aud": client, "sub": number(email)}
        if scopes.EMAIL in given.grant.scopes:
            claims |= {"email": email, "email_verified": True}
        if given.nonce:
            claims["nonce"] = given.nonce
        return self._signer.signed(claims | {"iat": now, "exp": now + given.seconds})

    def keys(self) -> dict[str, Any]:
        """What proves the tokens, as a set of keys (RFC 7517)."""
        return self._signer.keys()


def number(email: str) -> str:
    """The number by which Google names a person for ever."""
    return str(int(hashlib.sha256(email.encode()).hexdigest(), 16) % _DIGITS)
