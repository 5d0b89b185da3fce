"""Google's client library, led straight to the sandbox, with the judge in between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import unquote, urlsplit

import httplib2  # type: ignore[import-untyped]
from flask import Flask
from googleapiclient.discovery import build  # type: ignore[import-untyped]
from googleapiclient.errors import HttpError  # type: ignore[import-untyped]

from services.sandbox.google.app import PREFIX, blueprint
from services.sandbox.world import World
from tests.sandbox.discovery import check_exchange

ANNA, BEN, CLEO = "anna@college.example", "ben@college.example", "cleo@college.example"
BERLIN = "Europe/Berlin"
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
EVERYTHING = ("calendar.events", "calendar.calendarlist.readonly", "calendar.readonly")


class Straight:
    """What httplib2 is to Google's client: a request in, an answer out, both judged."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client, self.token = app.test_client(), token
        self.close = lambda: None
        self.redirect_codes: set[int] = set()

    def request(
        self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **_: Any
    ) -> tuple[Any, bytes]:
        parts = urlsplit(uri)
        headers = {**(headers or {}), "Authorization": f"Bearer {self.token}"}
        got = self.client.open(
            f"{parts.path}?{parts.query}", method=method, data=body, headers=headers
        )
        path = unquote(parts.path.removeprefix(f"{PREFIX}/"))
        sent = json.loads(body) if body else None
        if "fields=" not in parts.query or got.status_code >= 400:
            check_exchange(method, path, sent, got.status_code, got.data)
        answer = {name.lower(): value for name, value in got.headers.items()}
        return httplib2.Response({**answer, "status": str(got.status_code)}), got.data


class Google:
    """A sandbox with a few people in it, and Google's client for each of them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app = Flask(__name__)
        self.app.register_blueprint(blueprint(world))

    def of(self, email: str, *scopes: str) -> Any:
        token = self.world.grants.give(email, scopes or EVERYTHING).access
        return build(
            "calendar",
            "v3",
            http=Straight(self.app, token),
            static_discovery=True,
            cache_discovery=False,
            client_options={"api_endpoint": f"https://sandbox.example{PREFIX}/"},
        )


@contextmanager
def a_google() -> Iterator[Google]:
    world = World.open(None, seed=False)
    world.clock.set(NOW)
    for email in (ANNA, BEN, CLEO):
        world.add_person(email, email.split("@", maxsplit=1)[0].title(), BERLIN)
    try:
        yield Google(world)
    finally:
        world.close()


def refused(request: Any) -> tuple[int, str]:
    """The status and the reason with which a request is refused."""
    try:
        answer = request.execute()
    except HttpError as error:
        return error.status_code, error.error_details[0]["reason"]
    raise AssertionError(f"not refused: {answer}")


def listed(collection: Any, **asked: Any) -> tuple[list[dict[str, Any]], str | None]:
    """Every item of a list, page after page, and the sync token at its end."""
    items: list[dict[str, Any]] = []
    request = collection(**asked)
    while True:
        answer = request.execute()
        items += answer.get("items", [])
        if "nextPageToken" not in answer:
            return items, answer.get("nextSyncToken")
        assert "nextSyncToken" not in answer
        request = collection(**asked, pageToken=answer["nextPageToken"])


def lecture(day: int = 5, hour: int = 9, **more: Any) -> dict[str, Any]:
    """An hour on a day of October 2026, by Berlin's clocks."""
    begins = datetime(2026, 10, day, hour, tzinfo=UTC).replace(tzinfo=None)
    return {
        "summary": "Lecture",
        "start": {"dateTime": begins.isoformat(), "timeZone": BERLIN},
        "end": {"dateTime": (begins + timedelta(hours=1)).isoformat(), "timeZone": BERLIN},
        **more,
    }
