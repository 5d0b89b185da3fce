"""Who allowed which client what at one host. Consent outlives a restart, and so do its tokens."""

from collections.abc import Iterable
from threading import RLock
from typing import Any

from werkzeug.wrappers import Request

from services.sandbox.clock import Clock
from services.sandbox.google.tokens import Grant, Tokens
from services.sandbox.manner import Manner
from services.sandbox.store import Store


class Consents:
    """What people allow clients, as a host of that manner remembers it."""

    def __init__(self, store: Store, clock: Clock, manner: Manner) -> None:
        self.tokens = Tokens(store, clock, manner)
        self._store, self._clock = store, clock
        self._lock = RLock()
        self._kind = f"{manner.realm}consent"
        self.redirects: frozenset[str] = frozenset()  # where sign-ins may return to

    def allow(self, redirects: Iterable[str]) -> None:
        """Let the client's sign-ins return to these addresses as well, until we end."""
        self.redirects |= frozenset(redirects)

    def allowed(self, email: str, client_id: str) -> frozenset[str]:
        """What this person allows this client, as far as they were ever asked."""
        kept = self._store.get(self._kind, f"{client_id} {email}")
        return frozenset(kept["scopes"] if kept else ())

    def connected(self, email: str) -> list[dict[str, Any]]:
        """The clients this person allows something: client_id, scopes, since (ISO 8601)."""
        return [each for each in self._store.all(self._kind).values() if each["email"] == email]

    def agree(self, email: str, client_id: str, scopes: Iterable[str]) -> None:
        """Note that this person allows this as well."""
        key = f"{client_id} {email}"
        with self._lock:
            new = {"email": email, "client_id": client_id, "since": self._clock.now().isoformat()}
            kept = self._store.get(self._kind, key) or new
            allowed = sorted(self.allowed(email, client_id).union(scopes))
            self._store.put(self._kind, key, kept | {"scopes": allowed})

    def withdraw(self, email: str, client_id: str) -> bool:
        """Take all consent back. Whether there was any."""
        with self._lock:
            there = bool(self.allowed(email, client_id))
            self._store.remove(self._kind, f"{client_id} {email}")
        return there

    def expire(self, kind: str, email: str | None = None) -> int:
        """Make "access" or "refresh" tokens worth nothing, everybody's or one person's."""
        return self.tokens.drop(kind, lambda each: email in (None, each["email"]))

    def holder(self, request: Request) -> Grant | None:
        """Who asks, by the access token that the request carries."""
        kind, _, token = request.headers.get("Authorization", "").partition(" ")
        return self.tokens.of(token.strip()) if kind.lower() == "bearer" else None
