"""Secrets that prove who somebody is. We keep only their hashes, so nobody can read them here."""

import re
from hashlib import sha256
from secrets import token_urlsafe

_BYTES = 32
_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def minted(prefix: str = "") -> str:
    """Make a secret of 256 random bits, in 43 letters that fit into an address."""
    return prefix + token_urlsafe(_BYTES)


def well_formed(secret: str, prefix: str = "") -> bool:
    """Whether it may be a secret of ours: what is none is not worth a look-up."""
    return secret.startswith(prefix) and bool(_FORM.fullmatch(secret, len(prefix)))


def hashed(secret: str) -> bytes:
    """Hash a secret. Whatever somebody sends instead of one has a hash as well."""
    return sha256(secret.encode(errors="backslashreplace")).digest()
