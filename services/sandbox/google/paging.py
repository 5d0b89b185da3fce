"""Pages and sync tokens: where a reader of a list stands, in words only we read.

A page ends at a key, not at a count: what is removed between two pages moves nothing. Some pages
are short or empty on purpose, as Google's are, while more follows.
"""

import base64
import json
from collections.abc import Sequence
from typing import Any
from zlib import crc32

from flask import request

from services.sandbox.google.errors import Refusal

Key = list[str]
_NOT_THE_QUESTION = (
    "pageToken", "syncToken", "fields", "alt", "prettyPrint", "key", "quotaUser", "userIp",
    "maxResults", "timeMin", "timeMax", "oauth_token", "maxAttendees", "alwaysIncludeEmail",
)  # fmt: skip


def sealed(said: dict[str, Any]) -> str:
    """Write what only we read."""
    return base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


def opened(token: str, location: str) -> dict[str, Any]:
    """Read it. Raises Refusal for what was never written here."""
    try:
        said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    except ValueError:
        said = None
    if not isinstance(said, dict):
        message = f"Invalid {'sync' if location == 'syncToken' else 'page'} token value."
        raise Refusal(400, "invalid", message, location=location)
    return said


def question() -> int:
    """Return a number for everything that is asked, and must stay the same from page to page."""
    asked = sorted(
        each for each in request.args.items(multi=True) if each[0] not in _NOT_THE_QUESTION
    )
    return crc32(json.dumps([request.path, asked]).encode())


def page_after(fresh: list[Any]) -> dict[str, Any]:
    """Return where the reader stands: `page`, `after` (a key), and what the first page `noted`."""
    token = request.args.get("pageToken")
    if not token:
        return {"page": 0, "after": None, "noted": fresh, "question": question()}
    stands = opened(token, "pageToken")
    if stands.get("question") != question():
        raise Refusal(400, "invalid", "Invalid page token value.", location="pageToken")
    return stands


def next_page(
    keyed: Sequence[tuple[Key, Any]], stands: dict[str, Any], size: int
) -> tuple[list[Any], str | None]:
    """Return the items of this page, and the token of the next one if anything follows."""
    after = stands["after"]
    left = sorted((each for each in keyed if after is None or each[0] > after), key=_by_key)
    now = left[: _room(stands, size, len(left))]
    if len(now) == len(left):
        return [item for _, item in now], None
    reached = now[-1][0] if now else after
    told = {**stands, "page": stands["page"] + 1, "after": reached}
    return [item for _, item in now], sealed(told)


def _room(stands: dict[str, Any], size: int, left: int) -> int:
    # The same question has the same short pages: a failing test can be run again.
    turn = (stands["question"] + stands["page"]) % 4
    if left < 2:
        return size
    return {0: max(1, min(size, left) // 2), 1: 0}.get(turn, size)


def _by_key(each: tuple[Key, Any]) -> Key:
    return each[0]
