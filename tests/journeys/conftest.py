"""Fixtures of the journeys: the whole service, in processes of its own."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser

from tests.journeys.service import Service, started
from tests.journeys.town import COORDINATOR, Town
from tests.journeys.window import Window


@pytest.fixture(params=["embedded", "servers"])
def service(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Service]:
    """`commonhour up` on SQLite and its own Redis, and on a PostgreSQL and a Redis server."""
    env = {}
    if request.param == "servers":
        env["COMMONHOUR_DATABASE_URL"] = request.getfixturevalue("postgres_url")
        env["COMMONHOUR_REDIS_URL"] = request.getfixturevalue("redis_url")
    with started(tmp_path / "home", env) as service:
        yield service


@pytest.fixture(scope="package")
def town(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """`commonhour up --sandbox`, once for all journeys to Google and Outlook."""
    home = tmp_path_factory.mktemp("google") / "home"
    with started(home, sandbox=True) as service:
        trusting = ssl.create_default_context(cafile=home / "sandbox" / "ca.pem")
        with httpx.Client(base_url=service.sandbox, verify=trusting, trust_env=False) as sandbox:
            yield Town(service, browser, service.api(COORDINATOR), sandbox)


@pytest.fixture(scope="package")
def cora(town: Town) -> Iterator[Window]:
    """The coordinator's browser, in which she signed in by mail."""
    with town.window() as window:
        window.open("/sign-in")
        window.page.get_by_label("Your address of mail").fill(COORDINATOR)
        window.press("Send me a link")
        window.open(town.mails(COORDINATOR)[-1].links[0])
        window.press("Sign in")
        yield window
