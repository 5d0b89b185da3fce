"""Programs that use the API as a careful one would: each request has a key, and is repeated.

What was answered with success is remembered as `accepted`; it must be there in the end, once.
"""

import random
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Event, Thread
from typing import Any, cast
from uuid import UUID

import httpx

_AGAIN = 0.15  # seconds between two tries: a token may be used 600 times a minute
_PATIENCE = 150.0  # seconds for an answer: a request that died is repeated after a minute
_NOT_NOW = (409, 429, 503)  # and no other refusal: a death must look like none of ours
_RANGES = [{"days": ["mon"], "start": "08:00", "end": "12:00"}]
_TERM = {"start": date(2027, 1, 4).isoformat(), "end": date(2027, 6, 30).isoformat()}


@dataclass
class Program:
    """One program with a token of its own.

    pause     after each request that does something, on average, in seconds
    accepted  what was answered with success: a kind of thing, where it belongs, and which it is
    refused   how often each status and sentence meant "not now"
    longest   seconds until a request was answered
    """

    address: str
    token: str
    chance: random.Random
    name: str = "ada"
    pause: float = 0.05
    accepted: list[tuple[str, ...]] = field(default_factory=list)
    invited: list[str] = field(default_factory=list)
    answered: int = 0
    unheard: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    longest: float = 0.0
    _client: httpx.Client = field(
        default_factory=lambda: httpx.Client(timeout=30, trust_env=False), repr=False
    )

    def close(self) -> None:
        """Ask nothing more."""
        self._client.close()

    def post(self, path: str, said: Any = None) -> dict[str, Any]:
        """Ask until it is answered, always the same with the same key."""
        key = {"Idempotency-Key": str(UUID(int=self.chance.getrandbits(128)))}
        response = self._until_answered("POST", path, json=said, headers=key)
        time.sleep(self.chance.uniform(0, 2 * self.pause))
        return cast(dict[str, Any], response.json())

    def get(self, path: str) -> dict[str, Any]:
        """Look at something, until it is shown."""
        return cast(dict[str, Any], self._until_answered("GET", path).json())

    def every(self, path: str) -> Iterator[dict[str, Any]]:
        """Every item of a list, page by page."""
        cursor = ""
        while True:
            page = self.get(f"{path}?limit=200{cursor}")
            yield from page["items"]
            if page["next"] is None:
                return
            cursor = f"&cursor={page['next']}"

    def semester(self, title: str, members: int) -> None:
        """Form a group, invite its members, say when they work, and ask for a plan."""
        group = self._made("group", "", "/groups", _group(title), title)
        for number in range(members):
            self._member(group, f"{title}-{number}@example.org")
        term = self._made("term", group, f"/groups/{group}/terms", _TERM)
        said = {"read": False, "top": 1}
        self._made("plan", group, f"/groups/{group}/terms/{term}/plans", said)

    def shown(self) -> list[tuple[str, ...]]:
        """Everything that is there, in the words of `accepted`."""
        found: list[tuple[str, ...]] = []
        for group in self.every("/groups"):
            base = f"/groups/{group['id']}"
            found.append(("group", "", group["id"], group["title"]))
            for kind in ("term", "plan"):
                found += [(kind, group["id"], each["id"]) for each in self.every(f"{base}/{kind}s")]
            for member in self.every(f"{base}/members"):
                found.append(("member", group["id"], member["id"], member["email"]))
                place = f"{base}/members/{member['id']}/calendars"
                found += [("calendar", member["id"], each["id"]) for each in self.every(place)]
        return found

    def _member(self, group: str, email: str) -> None:
        base = f"/groups/{group}/members"
        said = {"name": email.partition("@")[0], "email": email}
        member = self._made("member", group, base, said, email)
        self.post(f"{base}/{member}/invitation")
        self.invited.append(email)
        weekly = {"kind": "clinical", "weekly": _RANGES}
        self._made("calendar", member, f"{base}/{member}/calendars", weekly)

    def _made(self, kind: str, place: str, path: str, said: Any, *more: str) -> str:
        found: str = self.post(path, said)["id"]
        self.accepted.append((kind, place, found, *more))
        return found

    def _until_answered(self, method: str, path: str, **said: Any) -> httpx.Response:
        began = time.monotonic()
        while time.monotonic() < began + _PATIENCE:
            response = self._tried(method, path, **said)
            if response is not None and response.is_success:
                self.answered += 1
                self.longest = max(self.longest, time.monotonic() - began)
                return response
            time.sleep(_AGAIN)
        raise AssertionError(f"{method} {path} was not answered in {_PATIENCE:g} seconds")

    def _tried(self, method: str, path: str, **said: Any) -> httpx.Response | None:
        known = {"Authorization": f"Bearer {self.token}", **said.pop("headers", {})}
        url = f"{self.address}/api/v1{path}"
        try:
            response = self._client.request(method, url, headers=known, **said)
        except httpx.TransportError:
            self.unheard += 1
            return None
        if not response.is_success:
            status = response.status_code
            assert status in _NOT_NOW, f"{method} {path}: {response.text}"
            self.refused[f"{status} {response.json()['title']}"] += 1
        return response


@dataclass
class Load:
    """Programs at work, each in a thread of its own."""

    programs: list[Program]
    errors: list[BaseException] = field(default_factory=list)
    _stopped: Event = field(default_factory=Event)

    @contextmanager
    def working(self, members: int = 2) -> Iterator[None]:
        """Work until it is left; every program ends what it has begun."""
        threads = [
            Thread(target=self._work, args=(number, members))
            for number in range(len(self.programs))
        ]
        for each in threads:
            each.start()
        try:
            yield
        finally:
            self.stop()
            for each in threads:
                each.join()
        if self.errors:
            raise self.errors[0]

    def stop(self) -> None:
        """Begin nothing more."""
        self._stopped.set()

    def _work(self, number: int, members: int) -> None:
        turn = 0
        try:
            while not self._stopped.is_set():
                self.programs[number].semester(f"{self.programs[number].name}-{turn}", members)
                turn += 1
        except BaseException as error:  # noqa: BLE001 -- told by whoever waits for us
            self.errors.append(error)


def _group(title: str) -> dict[str, str]:
    return {"template": "roadmap", "title": title, "timezone": "America/New_York"}
