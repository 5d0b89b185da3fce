"""A client of Graph's calendars, led straight to the sandbox, with the judge in between."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from werkzeug.test import TestResponse

from services.sandbox.app import create_app
from services.sandbox.outlook.app import PREFIX
from services.sandbox.quotas import Quotas
from services.sandbox.world import World
from tests.sandbox.graph_schema import check_exchange

ADA, BO, CLEO = "ada@example.org", "bo@example.org", "cleo@example.edu"
PIA = "pia@home.example"  # an account of her own
BERLIN = "Europe/Berlin"
NOW = datetime(2026, 10, 1, 8, tzinfo=UTC)
WRITING = ("Calendars.ReadWrite", "User.Read")
Words = dict[str, Any]


class Client:
    """Somebody's requests; every exchange is judged."""

    def __init__(self, there: "Outlook", token: str) -> None:
        self._client, self._token = there.app.test_client(), token

    def ask(self, method: str, address: str, sent: Any = None, **headers: str) -> TestResponse:
        """Send a request; in the names of headers, `_` stands for `-`."""
        parts = urlsplit(address.removeprefix("https://sandbox.example"))
        path = parts.path.removeprefix(PREFIX)
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        got = self._client.open(
            f"{PREFIX}{path}?{parts.query}",
            method=method,
            base_url="https://sandbox.example",
            json=sent,
            headers={"Authorization": f"Bearer {self._token}", **told},
        )
        if got.status_code != 400 or got.is_json:
            check_exchange(method, unquote(path), sent, got.status_code, got.data)
        return got

    def get(self, address: str, **headers: str) -> Words:
        """Return what is answered with 200."""
        got = self.ask("GET", address, **headers)
        assert got.status_code == 200, got.get_data(as_text=True)
        return dict(json.loads(got.data))

    def refused(self, method: str, address: str, sent: Any = None, **headers: str) -> Any:
        """Return the status and the code with which a request is refused."""
        got = self.ask(method, address, sent, **headers)
        assert got.status_code >= 400, "not refused"
        return got.status_code, got.get_json()["error"]["code"]

    def all(self, address: str, **headers: str) -> tuple[list[Words], str]:
        """Return every item of a list, page after page, and the deltaLink at its end, or ""."""
        items: list[Words] = []
        while True:
            page = self.get(address, **headers)
            items += page["value"]
            if "@odata.nextLink" not in page:
                return items, page.get("@odata.deltaLink", "")
            assert "@odata.deltaLink" not in page
            address = page["@odata.nextLink"]

    def main(self) -> str:
        """Return the address of the main calendar."""
        own = next(each for each in self.all("/me/calendars")[0] if each["isDefaultCalendar"])
        return f"/me/calendars/{quote(own['id'], safe='')}"


class Outlook:
    """A sandbox with a few people in it, and a client for each of them."""

    def __init__(self, world: World) -> None:
        self.world, self.quotas = world, Quotas(world.clock)
        self.app = create_app(world, world.faults, self.quotas)

    def of(self, email: str, *scopes: str) -> Client:
        return Client(self, self.world.entra.give(email, scopes or WRITING).access)


@contextmanager
def an_outlook() -> Iterator[Outlook]:
    world = World.open(None, seed=False)
    world.clock.set(NOW)
    for email, host in ((ADA, "work"), (BO, "work"), (CLEO, "work"), (PIA, "personal")):
        name = email.split("@", maxsplit=1)[0].title()
        world.add_person(email, name, BERLIN, host=host)
    try:
        yield Outlook(world)
    finally:
        world.close()


def lecture(day: int = 5, hour: int = 9, **more: Any) -> Words:
    """An hour on a day of October 2026, by Berlin's clocks."""
    begins = datetime(2026, 10, day, hour, tzinfo=UTC).replace(tzinfo=None)
    return {
        "summary": "Lecture",
        "start": {"dateTime": begins.isoformat(), "timeZone": BERLIN},
        "end": {"dateTime": (begins + timedelta(hours=1)).isoformat(), "timeZone": BERLIN},
        **more,
    }


def window(start: str = "2026-10-01T00:00:00Z", end: str = "2026-11-01T00:00:00Z") -> str:
    """The parameters of a view."""
    return f"startDateTime={start}&endDateTime={end}"
