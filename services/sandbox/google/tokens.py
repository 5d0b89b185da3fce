"""Codes and tokens: what sign-in gives, and what becomes of it. Each is kept as its hash."""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import timedelta
from threading import RLock
from typing import Any

from services.sandbox.clock import Clock
from services.sandbox.store import Store

_CODE = timedelta(minutes=10)
_MOST = 100  # refresh tokens of a person and a client; the oldest is dropped beyond
_LIFE = 3599  # seconds of an access token


class BadGrant(Exception):
    """What should be exchanged for tokens is worth nothing. `error` is OAuth's word for it."""

    def __init__(self, said: str, error: str = "invalid_grant") -> None:
        super().__init__(said)
        self.error = error


@dataclass(frozen=True, slots=True)
class Grant:
    """What the bearer of an access token may do, by the scopes' short names."""

    email: str
    scopes: frozenset[str]
    client_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a code stands for.

    challenge  of PKCE (S256); "": none was given
    refresh    whether a refresh token comes with it
    """

    client_id: str
    email: str
    scopes: tuple[str, ...]
    redirect: str
    challenge: str = ""
    nonce: str = ""
    refresh: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What an exchange gives. `refresh` is "" where there is none, or no new one."""

    grant: Grant
    access: str
    seconds: int
    refresh: str = ""
    nonce: str = ""


class Tokens:
    """Every code and token there is."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock
        self._lock = RLock()
        for kind in ("access", "code"):
            self.drop(kind, self._is_over)

    @property
    def rules(self) -> dict[str, Any]:
        """`expires_in`: seconds of an access token; `rotate`: each refresh gives a new token."""
        return {"expires_in": _LIFE, "rotate": False} | (self._store.get("sign-in", "rules") or {})

    def rule(self, **changes: Any) -> None:
        """Change these rules, for what is given from now on."""
        self._store.put("sign-in", "rules", self.rules | changes)

    def code(self, ask: Ask) -> str:
        """A code for this, good once and for ten minutes."""
        made = f"4/0{secrets.token_urlsafe(40)}"
        kept = asdict(ask) | {"until": self._in(_CODE), "used": False}
        self._store.put("code", _hash(made), kept)
        return made

    def redeem(self, code: str, client_id: str, redirect: str, verifier: str) -> Given:
        """What a code gives. Raises BadGrant; a code that comes twice ends what it gave."""
        key = _hash(code)
        with self._lock:
            kept = self._store.get("code", key)
            if kept is None or kept["client_id"] != client_id:
                raise BadGrant("Malformed auth code.")
            if kept["used"]:
                for kind in ("access", "refresh"):
                    self.drop(kind, lambda each: bool(each["family"] == key))
                raise BadGrant("Bad Request")
            if self._is_over(kept):
                raise BadGrant("Bad Request")
            if kept["redirect"] != redirect:
                raise BadGrant("Bad Request", "redirect_uri_mismatch")
            if kept["challenge"] != (_challenge(verifier) if verifier else ""):
                raise BadGrant("Invalid code verifier." if verifier else "Missing code verifier.")
            self._store.put("code", key, kept | {"used": True})
            grant = Grant(kept["email"], frozenset(kept["scopes"]), client_id)
            return self.make(grant, key, again=kept["refresh"], nonce=kept["nonce"])

    def refresh(self, token: str, client_id: str, only: frozenset[str]) -> Given:
        """What a refresh token gives; `only`: some of its scopes, or none for all of them.

        Raises BadGrant, also where a scope is asked for that it does not have.
        """
        with self._lock:
            kept = self._store.get("refresh", _hash(token))
            if kept is None or kept["client_id"] != client_id:
                raise BadGrant("Token has been expired or revoked.")
            held = Grant(kept["email"], frozenset(kept["scopes"]), client_id)
            if only - held.scopes:
                raise BadGrant("Some requested scopes were never granted.", "invalid_scope")
            again = ""
            if self.rules["rotate"]:
                self._store.remove("refresh", _hash(token))
                again = self._again(held, kept["family"])
            less = Grant(held.email, only or held.scopes, client_id)
            given = self.make(less, kept["family"], again=False)
            return Given(less, given.access, given.seconds, again)

    def make(self, grant: Grant, family: str, *, again: bool, nonce: str = "") -> Given:
        """An access token, and a refresh token if `again`. Those of one `family` end together."""
        seconds, made = int(self.rules["expires_in"]), f"ya29.{secrets.token_urlsafe(60)}"
        kept = _kept(grant, family) | {"until": self._in(timedelta(seconds=seconds))}
        self._store.put("access", _hash(made), kept)
        return Given(grant, made, seconds, self._again(grant, family) if again else "", nonce)

    def of(self, token: str) -> Grant | None:
        """What an access token allows; None: it is worth nothing."""
        kept = self._store.get("access", _hash(token))
        return None if kept is None or self._is_over(kept) else _grant(kept)

    def origin(self, token: str) -> Grant | None:
        """Whose token this is, of either kind, also if it is over; None: it is unknown."""
        kept = self._store.get("refresh", _hash(token)) or self._store.get("access", _hash(token))
        return None if kept is None else _grant(kept)

    def drop(self, kind: str, gone: Callable[[dict[str, Any]], bool]) -> int:
        """Forget those of a kind ("access", "refresh", "code"); say how many."""
        keys = [key for key, each in self._store.all(kind).items() if gone(each)]
        for key in keys:
            self._store.remove(kind, key)
        return len(keys)

    def _again(self, grant: Grant, family: str) -> str:
        made = f"1//0{secrets.token_urlsafe(40)}"
        self._store.put("refresh", _hash(made), _kept(grant, family))
        whose = (grant.email, grant.client_id)
        theirs = [
            key
            for key, each in self._store.all("refresh").items()
            if (each["email"], each["client_id"]) == whose
        ]
        for key in theirs[:-_MOST]:
            self._store.remove("refresh", key)
        return made

    def _in(self, time: timedelta) -> float:
        return (self._clock.now() + time).timestamp()

    def _is_over(self, kept: dict[str, Any]) -> bool:
        return bool(kept["until"] <= self._in(timedelta()))


def _kept(grant: Grant, family: str) -> dict[str, Any]:
    return {
        "email": grant.email,
        "client_id": grant.client_id,
        "scopes": sorted(grant.scopes),
        "family": family,
    }


def _grant(kept: dict[str, Any]) -> Grant:
    return Grant(kept["email"], frozenset(kept["scopes"]), kept["client_id"])


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
