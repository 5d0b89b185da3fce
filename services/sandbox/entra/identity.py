"""Who signed in, as Entra says it: a signed token (OpenID Connect), and the key that proves it."""

import hashlib
from typing import Any

from services.sandbox.clock import Clock
from services.sandbox.entra import scopes
from services.sandbox.entra.tenants import oid, tenant
from services.sandbox.google.tokens import Given
from services.sandbox.signing import Signer, encoded
from services.sandbox.store import Store
from services.sandbox.world import Person

_LIFE = 3600  # seconds for which Entra's word is good, whatever the access token's
Claims = dict[str, Any]


class Identity:
    """Signs who somebody is."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._signer, self._clock = Signer(store, "entra identity"), clock

    def token(self, base: str, person: Person, given: Given, lies: Claims) -> str:
        """The id_token that comes with these tokens.

        base  where we are, with a final slash
        lies  claims in place of the true ones; None leaves one out, "alg": "none" the signature
        """
        told = self._claims(base, person, given) | lies
        unsigned = told.pop("alg", None) == "none"
        claims = {name: value for name, value in told.items() if value is not None}
        if unsigned:
            return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(claims)}."
        return self._signer.signed(claims)

    def keys(self) -> dict[str, Any]:
        """What proves the tokens, as a set of keys (RFC 7517)."""
        return self._signer.keys()

    def _claims(self, base: str, person: Person, given: Given) -> Claims:
        now, theirs = int(self._clock.now().timestamp()), tenant(person)
        client, held = given.grant.client_id, given.grant.scopes
        claims: Claims = {
            "ver": "2.0",
            "iss": f"{base}{theirs}/v2.0",
            "aud": client,
            "sub": hashlib.sha256(f"{client} {person.email}".encode()).hexdigest()[:43],
            "tid": theirs,
            "iat": now,
            "nbf": now,
            "exp": now + _LIFE,
        }
        if scopes.PROFILE in held:
            named = {"oid": oid(person), "name": person.name, "preferred_username": person.email}
            claims |= named
        if scopes.EMAIL in held:
            claims["email"] = person.email
        return claims | ({"nonce": given.nonce} if given.nonce else {})


def client_info(person: Person) -> str:
    """Whose account it is, as msal reads it."""
    return encoded({"uid": oid(person), "utid": tenant(person)})
