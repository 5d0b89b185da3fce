"""What signing in by OAuth 2 has in common, at whichever host."""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Any

from calendar_sync.errors import broken

_USUAL, _LONGEST = 3600, 86_400  # seconds that an access token lives


def challenge(verifier: str) -> str:
    """Return the verifier's digest, which may be seen (RFC 7636 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")


def lifetime(said: object) -> int:
    """Return for how many seconds a token lives; an hour where what is said makes no sense."""
    try:
        seconds = int(said) if isinstance(said, int | str) else _USUAL
    except ValueError:
        return _USUAL
    return seconds if 0 < seconds <= _LONGEST else _USUAL


def answered(body: bytes) -> dict[str, Any]:
    """Return the JSON object that a host answered. Raises Wait if it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise broken() from None
    if not isinstance(found, dict):
        raise broken()
    return found
