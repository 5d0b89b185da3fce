"""Fixtures of these tests."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.sandbox.serving import Running
from tests.sandbox.google_client import ANNA, Google, a_google
from tests.sandbox.outlook_client import Outlook, an_outlook
from tests.sandbox.running import a_client, a_sandbox


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    """A sandbox of this test alone, in which nobody lives yet."""
    with a_sandbox(tmp_path / "sandbox") as running:
        yield running


@pytest.fixture
def client(sandbox: Running) -> Iterator[httpx.Client]:
    with a_client(sandbox) as client:
        yield client


@pytest.fixture
def google() -> Iterator[Google]:
    with a_google() as there:
        yield there


@pytest.fixture
def anna(google: Google) -> Any:
    return google.of(ANNA).events()


@pytest.fixture(scope="module")
def quiet_outlook() -> Iterator[Outlook]:
    """One for all tests of a module that only ask, and change nothing."""
    with an_outlook() as there:
        yield there


@pytest.fixture
def outlook() -> Iterator[Outlook]:
    with an_outlook() as there:
        yield there
