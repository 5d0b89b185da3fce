"""Consent to a Google account: asked for, redeemed, renewed, given back (OAuth 2, OpenID)."""

from base64 import urlsafe_b64decode
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Any
from urllib.parse import urlencode, urlsplit

from calendar_sync.connection import Answer, Connection
from calendar_sync.errors import ReconnectNeeded, Refused, Wait, broken, reconnect
from calendar_sync.google.scopes import PREFIX
from calendar_sync.google.where import Where
from calendar_sync.host import Asked, Grant
from calendar_sync.oauth import answered, challenge, lifetime
from scheduler.errors import Explained

SCOPES = ("openid", "email", "calendar.calendarlist.readonly", "calendar.events.freebusy")
"""What we ask for: the narrowest that lists calendars and tells when, and when that changes."""

INVITING = ("calendar.events.owned",)
"""And of whoever lets us invite from their calendar: the narrowest that lets us write into it."""

_SIGN_IN = ("openid", "email", "profile")  # the names that have no prefix
_GOOGLE = ("https://accounts.google.com", "accounts.google.com")
_LEEWAY = 120  # seconds that Google's clock and ours may differ


def authorise_url(
    where: Where, asked: Asked, scopes: Iterable[str] = SCOPES, hint: str = ""
) -> str:
    """Return where the account's owner is sent to consent; `hint` is the account that is meant.

    Consent is always asked for: without it Google gives no refresh token a second time.
    """
    question = {
        "client_id": _client(where)[0],
        "redirect_uri": asked.redirect,
        "response_type": "code",
        "scope": " ".join(each if each in _SIGN_IN else PREFIX + each for each in scopes),
        "access_type": "offline",
        "prompt": "consent",
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": challenge(asked.verifier),
        "code_challenge_method": "S256",
    }
    hinted = {"login_hint": hint} if hint else {}
    joined = "&" if urlsplit(where.oauth_url).query else "?"
    return where.oauth_url + joined + urlencode({**question, **hinted})


def redeem(where: Where, asked: Asked, code: str, now: datetime) -> Grant:
    """Return what the owner has given, for the code that came back with them.

    Raises ReconnectNeeded if the code is spent or old, or if the answer is not about this
    sign-in; Wait if nobody is to blame.
    """
    question = {
        "grant_type": "authorization_code",
        "code": code,
        "code_verifier": asked.verifier,
        "redirect_uri": asked.redirect,
    }
    try:
        found = _ask(where, question)
    except ReconnectNeeded:
        raise ReconnectNeeded(
            "Google does not take this answer: it is too old, was used, or is not yours",
            remedy="try again from your page",
        ) from None
    nothing = Grant("", now, "", frozenset(), "", "")
    grant = _granted(found, nothing, now)
    try:
        return _checked(grant, found, where, asked, now)
    except Explained:
        with suppress(Wait):  # nothing comes of it, so nothing may stay allowed
            revoke(where, grant.renewal or grant.access)
        raise


def _checked(
    grant: Grant, found: Mapping[str, Any], where: Where, asked: Asked, now: datetime
) -> Grant:
    if not grant.renewal:
        raise ReconnectNeeded(
            "Google gave access for an hour only",
            remedy="remove our access in the Google account's settings, and connect it again",
        )
    subject, email = _who(_claims(found.get("id_token")), where, asked.nonce, now)
    return replace(grant, subject=subject, email=email)


def refresh(where: Where, grant: Grant, now: datetime) -> Grant:
    """Return the grant with a new access token, and the refresh token to keep from now on.

    Raises ReconnectNeeded if consent is gone; Wait if that is not known.
    """
    question = {"grant_type": "refresh_token", "refresh_token": grant.renewal}
    return _granted(_ask(where, question), grant, now)


def revoke(where: Where, token: str) -> None:
    """Give all access back; succeed if it is gone already. Raises Wait."""
    answer = _post(where, where.revoke_url, {"token": token})
    if answer.status != 200 and _error(answer) != "invalid_token":
        raise _trouble("Google did not take the access back", answer)


def _ask(where: Where, asked: Mapping[str, str]) -> dict[str, Any]:
    name, secret = _client(where)
    answer = _post(where, where.token_url, {**asked, "client_id": name, "client_secret": secret})
    if answer.status == 200:
        return answered(answer.body)
    if _error(answer) == "invalid_grant":
        raise reconnect()
    if _error(answer) in ("invalid_client", "unauthorized_client"):
        raise _trouble("Google does not know this installation", answer, whole=True)
    raise _trouble("Google does not give access just now", answer)


def _post(where: Where, url: str, asked: Mapping[str, str]) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    return Connection(where.ca_file).send("POST", url, headers, urlencode(asked))


def _granted(found: Mapping[str, Any], before: Grant, now: datetime) -> Grant:
    """Return the grant as it is now; what is not said is as before."""
    access, renewal = found.get("access_token"), found.get("refresh_token") or before.renewal
    if not isinstance(access, str) or not access or not isinstance(renewal, str):
        raise broken("no access token")
    return replace(
        before,
        access=access,
        renewal=renewal,
        until=now + timedelta(seconds=lifetime(found.get("expires_in"))),
        scopes=frozenset(map(_short, str(found.get("scope") or "").split())) or before.scopes,
    )


def _short(scope: str) -> str:
    name = scope.removeprefix(PREFIX)
    return name.removeprefix("userinfo.")


def _claims(text: object) -> dict[str, Any]:
    """Return what an id_token says. It came from Google itself over https: that is its proof."""
    try:
        part = str(text).split(".")[1]
        return answered(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, IndexError):
        raise broken("no proof of whose account it is") from None


def _who(claims: Mapping[str, Any], where: Where, nonce: str, now: datetime) -> tuple[str, str]:
    """Return who the account is, once every claim is checked (OpenID Connect Core 3.1.3.7)."""
    audience, expires = claims.get("aud"), claims.get("exp")
    subject, email = claims.get("sub"), claims.get("email")
    fits = (
        _issued_there(str(claims.get("iss")), where)
        and where.client_id in (audience if isinstance(audience, list) else [audience])
        and isinstance(expires, int | float)
        and expires > now.timestamp() - _LEEWAY
        and compare_digest(str(claims.get("nonce")).encode(), nonce.encode())
    )
    if not fits or not isinstance(subject, str) or not subject:
        raise ReconnectNeeded("Google's answer is not about this sign-in", remedy="connect again")
    if not isinstance(email, str) or "@" not in email or not _true(claims.get("email_verified")):
        raise ReconnectNeeded(
            "Google does not vouch for the address of this account",
            remedy="confirm it in the Google account's settings, and connect again",
        )
    return subject, email


def _issued_there(issuer: str, where: Where) -> bool:
    """Whether that is Google, or the host that stands in for it."""
    parts = urlsplit(where.oauth_url)
    origin = f"{parts.scheme}://{parts.netloc}"
    return issuer in _GOOGLE or issuer == origin or issuer.startswith(f"{origin}/")


def _true(said: object) -> bool:
    return said is True or said == "true"


def _error(answer: Answer) -> object:
    try:
        return answered(answer.body).get("error")
    except Wait:
        return None


def _trouble(what: str, answer: Answer, *, whole: bool = False) -> Wait:
    seconds = 3600.0 if whole else 30.0
    said = f"{what} (HTTP {answer.status})"
    return Wait(said, remedy="try again later", seconds=seconds, whole=whole)


def _client(where: Where) -> tuple[str, str]:
    if where.client_id is None:
        raise Refused("Google is not set up here", remedy="ask the operator to set its client id")
    return where.client_id, where.client_secret or ""
