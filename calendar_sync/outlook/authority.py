"""How msal speaks with the authority: by our own connection, and it hears only what was checked.

An answer that is no, or is not what was asked for, becomes an error of ours here, read by its
codes: msal would quote it, keep it for others who ask, or log it. What the authority says of
itself is the same for everybody, and kept as long as the process; nothing else is.
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from calendar_sync import hostclock
from calendar_sync.connection import Answer, Connection
from calendar_sync.errors import ReconnectNeeded, Wait, broken
from calendar_sync.oauth import answered
from calendar_sync.outlook.where import Where, origin

_ENDED = ("invalid_grant", "interaction_required", "login_required", "consent_required")
_UNKNOWN = ("invalid_client", "unauthorized_client")
# AADSTS: consent lacks or was withdrawn; an administrator has to give it; theirs took us out.
_NOT_GIVEN = {65001, 65004, 90094, 90095}
_ADMINISTRATORS = {65001, 90094, 90095}
_NUMBER = re.compile(r"AADSTS([0-9]{1,9})(?![0-9])")
_NOT_ADMITTED = {700016, 7000112}
_SOON = 30.0  # seconds to wait where the authority does not say
_MENDED = 300.0  # seconds until somebody may have mended our own settings
_MENDED = 300.0  # seconds until somebody may have mended our own settings


@dataclass(frozen=True, slots=True)
class Described:
    """What an authority says of itself.

    issuer  who signs, with `{tenantid}` in the place of each tenant
    token   where codes are exchanged; never at another host than the authority's
    """

    issuer: str
    token: str


def is_for_administrators(refusal: str) -> bool:
    """Whether people were sent back because an administrator alone may consent; by its number."""
    found = _NUMBER.match(refusal)
    return found is not None and int(found[1]) in _ADMINISTRATORS


def described(where: Where) -> Described:
    """Return what the authority says of itself, asked for once. Raises Wait."""
    return _described(where.authority.rstrip("/"), where.ca_file)


@dataclass(slots=True)
class Line:
    """What msal calls an HTTP client, for one exchange.

    check  raises what is wrong with an answer before msal hears of it
    over   what it means if what we came with counts no more
    said   the answer
    """

    where: Where
    now: datetime
    check: Callable[[Mapping[str, Any]], object]
    over: ReconnectNeeded
    said: dict[str, Any] = field(default_factory=dict, repr=False)

    def get(self, url: str, **_: Any) -> "Heard":
        """Say how the authority describes itself; msal asks for nothing else."""
        del url
        found = described(self.where)
        return Heard({"authorization_endpoint": asks_at(self.where), "token_endpoint": found.token})

    def post(
        self, url: str, *, headers: Mapping[str, str], data: Mapping[str, Any], **_: Any
    ) -> "Heard":
        """Exchange something for tokens. Raises ReconnectNeeded or Wait."""
        form = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        answer = Connection(self.where.ca_file).send("POST", url, form, urlencode(data))
        found = answered(answer.body) if answer.status < 500 and answer.status != 429 else {}
        if answer.status != 200 or "error" in found:
            raise _no(answer, found, self.now, self.over)
        if not isinstance(found.get("access_token"), str) or not found["access_token"]:
            raise broken("no access token")
        self.check(found)
        self.said = found
        return Heard(found)

    def close(self) -> None:
        """Keep nothing open: connections are the process's."""


class Heard:
    """An answer as msal reads it."""

    status_code = 200
    headers: Mapping[str, str] = {}

    def __init__(self, found: Mapping[str, Any]) -> None:
        self.text = json.dumps(found)


def asks_at(where: Where) -> str:
    """Return where people are asked for consent: known without asking the authority."""
    return where.authority.rstrip("/") + "/oauth2/v2.0/authorize"


@lru_cache(maxsize=16)
def _described(authority: str, ca_file: Path | None) -> Described:
    url = f"{authority}/v2.0/.well-known/openid-configuration"
    answer = Connection(ca_file).send("GET", url, {"Accept": "application/json"})
    if answer.status != 200:
        raise _wait("Microsoft does not describe its sign-in", answer, _SOON, whole=True)
    found = answered(answer.body)
    issuer, token = str(found.get("issuer")), str(found.get("token_endpoint"))
    if not all(each.startswith(f"{origin(authority)}/") for each in (issuer, token)):
        raise broken("a description of its sign-in that leads elsewhere")
    return Described(issuer, token)


def _no(
    answer: Answer, found: Mapping[str, Any], now: datetime, over: ReconnectNeeded
) -> ReconnectNeeded | Wait:
    """Return what a no means, by its codes and never by its text."""
    error, numbers = found.get("error"), _numbers(found.get("error_codes"))
    if numbers & _NOT_ADMITTED:
        return ReconnectNeeded(
            "The organisation of this account does not admit us any more",
            remedy="ask its administrator, and connect the account again",
        )
    if error in _UNKNOWN:
        return Wait(
            f"Microsoft does not know this installation (HTTP {answer.status})",
            remedy="tell whoever runs it: its client secret has ended, or is another one",
            seconds=_MENDED,
            whole=True,
        )
    if error not in _ENDED:
        seconds = hostclock.asked(answer.headers, now.timestamp())
        return _wait("Microsoft does not give access just now", answer, seconds)
    if "consent_required" in (error, found.get("suberror")) or numbers & _NOT_GIVEN:
        return ReconnectNeeded(
            "The account does not let us read its calendars any more",
            remedy="connect it again and accept what is asked, or ask whoever administers it",
        )
    if error == "invalid_grant":
        return over
    return ReconnectNeeded(
        "Microsoft wants the owner of this account to sign in again", remedy="connect it again"
    )


def _numbers(said: object) -> set[int]:
    return {each for each in said if isinstance(each, int)} if isinstance(said, list) else set()


def _wait(what: str, answer: Answer, asked: float | None, *, whole: bool = False) -> Wait:
    seconds = _SOON if asked is None else asked
    said = f"{what} (HTTP {answer.status})"
    return Wait(said, remedy="try again later", seconds=seconds, whole=whole)
