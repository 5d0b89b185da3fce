"""Codes and tokens: what sign-in gives, and what becomes of it. Each is kept as its hash.

Google's and Entra's are alike but for their looks and for how refresh tokens are renewed.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from threading import RLock
from typing import Any

from services.sandbox.clock import Clock
from services.sandbox.manner import GOOGLE, Manner
from services.sandbox.store import Document, Store

_CODE = timedelta(minutes=10)
_LIFE = 3599  # seconds of an access token


class BadGrant(Exception):
    """What should be exchanged for tokens is worth nothing.

    error  OAuth's word for it
    why    "unknown", "used", "over", "redirect", "verifier" or "scope"
    """

    def __init__(self, said: str, error: str = "invalid_grant", *, why: str = "unknown") -> None:
        super().__init__(said)
        self.error = error
        self.why = why


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

    def __init__(self, store: Store, clock: Clock, manner: Manner = GOOGLE) -> None:
        self._store, self._clock, self._manner = store, clock, manner
        self._lock = RLock()
        for kind in ("access", "code"):
            self.drop(kind, self._is_over)

    @property
    def rules(self) -> dict[str, Any]:
        """`expires_in`: seconds of an access token; `rotate`: a refresh token is good once."""
        return {"expires_in": _LIFE, "rotate": False} | (self._get("sign-in", "rules") or {})

    def rule(self, **changes: Any) -> None:
        """Change these rules, for what is given from now on."""
        self._put("sign-in", "rules", self.rules | changes)

    def code(self, ask: Ask) -> str:
        """A code for this, good once and for ten minutes."""
        made = _made(self._manner.code)
        kept = asdict(ask) | {"until": self._in(_CODE), "used": False}
        self._put("code", _hash(made), kept)
        return made

    def redeem(self, code: str, client_id: str, redirect: str, verifier: str) -> Given:
        """What a code gives. Raises BadGrant; a code that comes twice ends what it gave."""
        key = _hash(code)
        with self._lock:
            kept = self._get("code", key)
            if kept is None or kept["client_id"] != client_id:
                raise BadGrant("Malformed auth code.")
            if kept["used"]:
                for kind in ("access", "refresh"):
                    self.drop(kind, lambda each: bool(each["family"] == key))
                raise BadGrant("Bad Request", why="used")
            if self._is_over(kept):
                raise BadGrant("Bad Request", why="over")
            if kept["redirect"] != redirect:
                raise BadGrant("Bad Request", "redirect_uri_mismatch", why="redirect")
            if kept["challenge"] != (_challenge(verifier) if verifier else ""):
                said = "Invalid code verifier." if verifier else "Missing code verifier."
                raise BadGrant(said, why="verifier")
            self._put("code", key, kept | {"used": True})
            grant = Grant(kept["email"], frozenset(kept["scopes"]), client_id)
            return self.make(grant, key, again=kept["refresh"], nonce=kept["nonce"])

    def refresh(
        self, token: str, client_id: str, allowed: Callable[[Grant], frozenset[str]]
    ) -> Given:
        """What a refresh token gives: of what it holds, or may hold by now, what is `allowed`.

        Raises BadGrant, and what `allowed` raises; nothing has changed then.
        """
        with self._lock:
            kept = self._get("refresh", _hash(token))
            if kept is None or kept["client_id"] != client_id:
                raise BadGrant("Token has been expired or revoked.")
            held = _grant(kept)
            grant = Grant(held.email, allowed(held), client_id)
            again = ""
            if self.rules["rotate"]:
                self._remove("refresh", _hash(token))
            if self.rules["rotate"] or self._manner.renewed:
                again = self._again(held, kept["family"])
            given = self.make(grant, kept["family"], again=False)
            return replace(given, refresh=again)

    def make(self, grant: Grant, family: str, *, again: bool, nonce: str = "") -> Given:
        """An access token, and a refresh token if `again`. Those of one `family` end together."""
        seconds, made = int(self.rules["expires_in"]), _made(self._manner.access)
        kept = _kept(grant, family) | {"until": self._in(timedelta(seconds=seconds))}
        self._put("access", _hash(made), kept)
        return Given(grant, made, seconds, self._again(grant, family) if again else "", nonce)

    def of(self, token: str) -> Grant | None:
        """What an access token allows; None: it is worth nothing."""
        kept = self._get("access", _hash(token))
        return None if kept is None or self._is_over(kept) else _grant(kept)

    def origin(self, token: str) -> Grant | None:
        """Whose token this is, of either kind, also if it is over; None: it is unknown."""
        kept = self._get("refresh", _hash(token)) or self._get("access", _hash(token))
        return None if kept is None else _grant(kept)

    def drop(self, kind: str, gone: Callable[[dict[str, Any]], bool]) -> int:
        """Forget those of a kind ("access", "refresh", "code"); say how many."""
        keys = [key for key, each in self._all(kind).items() if gone(each)]
        for key in keys:
            self._remove(kind, key)
        return len(keys)

    def _again(self, grant: Grant, family: str) -> str:
        made = _made(self._manner.refresh)
        self._put("refresh", _hash(made), _kept(grant, family))
        whose = (grant.email, grant.client_id)
        theirs = [
            key
            for key, each in self._all("refresh").items()
            if (each["email"], each["client_id"]) == whose
        ]
        for key in theirs[: -self._manner.most]:
            self._remove("refresh", key)
        return made

    def _get(self, kind: str, key: str) -> Document | None:
        return self._store.get(self._manner.realm + kind, key)

    def _all(self, kind: str) -> dict[str, Document]:
        return self._store.all(self._manner.realm + kind)

    def _put(self, kind: str, key: str, document: Document) -> None:
        self._store.put(self._manner.realm + kind, key, document)

    def _remove(self, kind: str, key: str) -> None:
        self._store.remove(self._manner.realm + kind, key)

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


def _made(look: tuple[str, int]) -> str:
    begin, length = look
    return begin + secrets.token_urlsafe(length)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
