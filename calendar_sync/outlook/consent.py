"""Consent to an Outlook account: asked for, redeemed, renewed (OAuth 2, OpenID, by msal).

msal writes what is sent for a code and for a renewal, and keeps what came. Here it is asked anew
for each person, with what is kept of that person alone: its own way of remembering answers, good
and bad, would be shared by everybody. Microsoft takes nothing back, so nothing is given back.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from calendar_sync.errors import ReconnectNeeded, Refused, broken, reconnect
from calendar_sync.host import Asked, Grant
from calendar_sync.oauth import challenge, lifetime
from calendar_sync.outlook import claims
from calendar_sync.outlook.authority import Line, asks_at, described
from calendar_sync.outlook.scopes import PERSONAL, READING
from calendar_sync.outlook.where import Where, origin
from scheduler.errors import Explained

_NARROWEST = ("Calendars.ReadBasic",)  # lists calendars, tells when, and whether that has changed
_TOLD = ("Calendars.Read",)  # and lets Microsoft tell of changes by itself

_INVITING = ("Calendars.ReadWrite",)  # and add events, and invite people; there is no narrower one

_SIGN_IN = ("offline_access", "openid", "profile")  # msal asks for them by itself
_GRAPH = "https://graph.microsoft.com"  # whose permissions they are, wherever Graph is

logging.getLogger("msal").setLevel(logging.WARNING)  # it would tell codes


def wanted(where: Where, *, inviting: bool = False) -> tuple[str, ...]:
    """Return what we ask for: the narrowest that lets us do what we do."""
    if inviting:
        return _INVITING
    return _TOLD if where.told else _NARROWEST


def question(where: Where, asked: Asked, hint: str, scopes: Iterable[str] | None = None) -> str:
    """Return where the account's owner is sent to consent; `hint` is the account that is meant.

    They choose the account in any case: a browser may be signed in with several. What comes back
    holds the nonce as a digest, which is how msal knows it.
    """
    question = {
        "client_id": _client(where)[0],
        "redirect_uri": asked.redirect,
        "response_type": "code",
        "response_mode": "query",
        "scope": " ".join([*_SIGN_IN, *(scopes or wanted(where, inviting=asked.inviting))]),
        "prompt": "select_account",
        "state": asked.state,
        "nonce": _digest(asked.nonce),
        "code_challenge": challenge(asked.verifier),
        "code_challenge_method": "S256",
    }
    hinted = {"login_hint": hint} if hint else {}
    return f"{asks_at(where)}?{urlencode({**question, **hinted})}"


def redeem(where: Where, asked: Asked, code: str, now: datetime) -> Grant:
    """Return what the owner has given, for the code that came back with them.

    Raises ReconnectNeeded if the code is spent or old, or if the answer is not about this
    sign-in; Wait if nobody is to blame.
    """
    _client(where)
    issuer = described(where).issuer

    def owner(said: Mapping[str, Any]) -> claims.Owner:
        _lasts(said)
        return claims.owner(said, where, issuer, _digest(asked.nonce), now)

    line, cache = Line(where, now, owner, over=_spent()), _cache()
    flow = {
        "state": asked.state,
        "nonce": asked.nonce,
        "code_verifier": asked.verifier,
        "redirect_uri": asked.redirect,
        "scope": [*_SIGN_IN, *wanted(where, inviting=asked.inviting)],
    }
    with _in_our_words():
        app = _app(line, cache)
        app.acquire_token_by_auth_code_flow(flow, {"state": asked.state, "code": code})
    who = owner(line.said)
    nothing = Grant("", now, "", frozenset(), who.subject, who.email)
    return _granted(line, cache, nothing)


def refresh(where: Where, grant: Grant, now: datetime) -> Grant:
    """Return the grant with a new access token, and what is to be kept from now on.

    Raises ReconnectNeeded if consent is gone; Wait if that is not known.
    """
    _client(where)
    issuer = described(where).issuer

    def same(said: Mapping[str, Any]) -> None:
        claims.same(said, where, issuer, grant.subject, now)

    line, cache = Line(where, now, same, over=reconnect()), _cache(grant.renewal)
    scopes = sorted(READING & grant.scopes) or [*wanted(where)]
    with _in_our_words():
        app = _app(line, cache)
        for account in app.get_accounts():
            app.acquire_token_silent_with_error(scopes, account, force_refresh=True)
    if not line.said:  # another authority gave it
        raise reconnect()
    return _granted(line, cache, grant)


def _app(line: Line, cache: Any) -> Any:
    """Return msal for one exchange: no environment, no other host, no memory but the cache."""
    # It takes long, and most processes renew nobody.
    from msal import (  # type: ignore[import-untyped]  # noqa: PLC0415
        ConfidentialClientApplication,
    )

    name, secret = _client(line.where)
    return ConfidentialClientApplication(
        name,
        client_credential=secret,
        authority=line.where.authority.rstrip("/"),
        token_cache=cache,
        http_client=line,
        instance_discovery=False,
        validate_authority=False,
        azure_region=False,  # else the environment may name one
    )


def _cache(kept: str = "") -> Any:
    from msal import SerializableTokenCache  # noqa: PLC0415 -- as above

    cache = SerializableTokenCache()
    with _in_our_words():
        cache.deserialize(kept)
    return cache


def _renewal(cache: Any) -> str:
    """Return what renews: neither what lets in, which is kept beside, nor what says who it is."""
    kinds = cache.CredentialType
    for each in list(cache.search(kinds.ACCESS_TOKEN)):
        cache.remove_at(each)
    for each in list(cache.search(kinds.ID_TOKEN)):
        cache.remove_idt(each)
    return str(cache.serialize())


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Let nothing out that msal stumbles over: it would quote the answer."""
    try:
        yield
    except Explained:
        raise
    except Exception:  # noqa: BLE001 -- it raises whatever an answer that makes no sense leads to
        raise broken() from None


def _granted(line: Line, cache: Any, before: Grant) -> Grant:
    """Return the grant as it is now; what is not said is as before."""
    said = frozenset(_short(each, line.where) for each in str(line.said.get("scope") or "").split())
    marks = {PERSONAL} if claims.is_personal(before.subject) else set()
    return replace(
        before,
        access=line.said["access_token"],
        renewal=_renewal(cache),
        until=line.now + timedelta(seconds=lifetime(line.said.get("expires_in"))),
        scopes=(said | marks) if said else before.scopes,
    )


def _lasts(said: Mapping[str, Any]) -> None:
    """Raise ReconnectNeeded where we could not come back."""
    renewal = said.get("refresh_token")
    if not isinstance(renewal, str) or not renewal:
        raise ReconnectNeeded(
            "Microsoft gave access for an hour only",
            remedy="connect it again and accept all that is asked",
        )


def _short(scope: str, where: Where) -> str:
    for each in (_GRAPH, origin(where.graph_url)):
        scope = scope.removeprefix(f"{each}/")
    return scope


def _digest(nonce: str) -> str:
    """Return the nonce as it is asked with: msal compares this with what comes back."""
    return sha256(nonce.encode()).hexdigest()


def _spent() -> ReconnectNeeded:
    return ReconnectNeeded(
        "Microsoft does not take this answer: it is too old, was used, or is not yours",
        remedy="try again from your page",
    )


def _client(where: Where) -> tuple[str, str]:
    if where.client_id is None:
        raise Refused("Outlook is not set up here", remedy="ask the operator to set its client id")
    return where.client_id, where.client_secret or ""
