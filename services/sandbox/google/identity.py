"""Who signed in, as Google says it: a signed token (OpenID Connect), and the key that proves it."""

import base64
import hashlib
import json
from functools import cached_property
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from services.sandbox.clock import Clock
from services.sandbox.google import scopes
from services.sandbox.google.tokens import Given
from services.sandbox.store import Store

ISSUER = "https://accounts.google.com"
_DIGITS = 10**21  # a person's number has that many at most


class Identity:
    """Signs who somebody is. Its key is made once, when it is first needed, and kept."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._lock = Lock()

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        with self._lock:
            return _key(self._store)

    def token(self, given: Given) -> str:
        """The id_token that comes with these tokens."""
        now = int(self._clock.now().timestamp())
        client, email = given.grant.client_id, given.grant.email
        claims: dict[str, Any] = {"iss": ISSUER, "azp": client, "aud": client, "sub": number(email)}
        if scopes.EMAIL in given.grant.scopes:
            claims |= {"email": email, "email_verified": True}
        if given.nonce:
            claims["nonce"] = given.nonce
        return self._signed(claims | {"iat": now, "exp": now + given.seconds})

    def keys(self) -> dict[str, Any]:
        """What proves the tokens, as a set of keys (RFC 7517)."""
        public = self._key.public_key().public_numbers()
        named = {"kid": self._name(), "kty": "RSA", "alg": "RS256", "use": "sig"}
        return {"keys": [named | {"n": _number(public.n), "e": _number(public.e)}]}

    def _signed(self, claims: dict[str, Any]) -> str:
        head = {"alg": "RS256", "kid": self._name(), "typ": "JWT"}
        said = f"{_text(json.dumps(head).encode())}.{_text(json.dumps(claims).encode())}"
        proof = self._key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{said}.{_text(proof)}"

    def _name(self) -> str:
        public = self._key.public_key().public_numbers()
        return hashlib.sha256(str(public.n).encode()).hexdigest()[:40]


def number(email: str) -> str:
    """The number by which Google names a person for ever."""
    return str(int(hashlib.sha256(email.encode()).hexdigest(), 16) % _DIGITS)


def _key(store: Store) -> rsa.RSAPrivateKey:
    kept = store.get("key", "identity")
    if kept is None:
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kept = {"pem": pem.decode()}
        store.put("key", "identity", kept)
    key = serialization.load_pem_private_key(kept["pem"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
