"""Signed words (JWT) and the key that proves them, as a host's sign-in gives them out."""

import base64
import hashlib
import json
from functools import cached_property
from threading import Lock
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from services.sandbox.store import Store


class Signer:
    """Signs claims with the key of that name. It is made once, when first needed, and kept."""

    def __init__(self, store: Store, name: str) -> None:
        self._store, self._of = store, name
        self._lock = Lock()

    @cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        with self._lock:
            return _key(self._store, self._of)

    def signed(self, claims: dict[str, Any]) -> str:
        """The claims, signed (RS256)."""
        head = {"alg": "RS256", "kid": self._name(), "typ": "JWT"}
        said = f"{encoded(head)}.{encoded(claims)}"
        proof = self._key.sign(said.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{said}.{_text(proof)}"

    def keys(self) -> dict[str, Any]:
        """What proves them, as a set of keys (RFC 7517)."""
        public = self._key.public_key().public_numbers()
        named = {"kid": self._name(), "kty": "RSA", "alg": "RS256", "use": "sig"}
        return {"keys": [named | {"n": _number(public.n), "e": _number(public.e)}]}

    def _name(self) -> str:
        public = self._key.public_key().public_numbers()
        return hashlib.sha256(str(public.n).encode()).hexdigest()[:40]


def encoded(part: dict[str, Any]) -> str:
    """A JSON object as it stands in a token."""
    return _text(json.dumps(part).encode())


def _key(store: Store, name: str) -> rsa.RSAPrivateKey:
    kept = store.get("key", name)
    if kept is None:
        made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        kept = {"pem": pem.decode()}
        store.put("key", name, kept)
    key = serialization.load_pem_private_key(kept["pem"].encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
