"""Secrets that prove who somebody is. We keep only their hashes, so nobody can read them here."""

from hashlib import sha256
from secrets import token_urlsafe

_BYTES = 32


def minted(prefix: str = "") -> str:
    """Make a secret of 256 random bits, in 43 letters that fit into an address."""
    return prefix + token_urlsafe(_BYTES)


def hashed(secret: str) -> bytes:
    """Hash a secret. Whatever somebody sends instead of one has a hash as well."""
    return sha256(secret.encode(errors="backslashreplace")).digest()
