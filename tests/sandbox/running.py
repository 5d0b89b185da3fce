"""A sandbox for tests: in this process, at a free port, and gone afterwards."""

import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from services.sandbox.serving import Running, serving
from services.sandbox.world import World

RETURN = "https://service.test/connect/google/return"
OUTLOOK_RETURN = "https://service.test/connect/outlook/return"


_LETTERS = 1_000_000  # in a minute: tests write more than people do


@contextmanager
def a_sandbox(folder: Path, *, seed: bool = False) -> Iterator[Running]:
    """Run a sandbox that keeps everything in `folder`. Run it again to restart it."""
    world = World.open(folder, seed=seed)
    world.grants.allow([RETURN])
    world.entra.allow([OUTLOOK_RETURN])
    try:
        with serving(world, home=folder) as running:
            running.quotas.limit(letters=_LETTERS)
            yield running
    finally:
        world.close()


def signed_in(running: Running, email: str, scopes: Iterable[str]) -> str:
    """Let somebody allow these scopes, by whole or short names; return an access token."""
    return running.world.grants.give(email, scopes).access


def signed_in_at_outlook(running: Running, email: str, scopes: Iterable[str]) -> str:
    """As `signed_in`, for somebody with a work or a personal account."""
    return running.world.entra.give(email, scopes).access


@contextmanager
def a_client(running: Running, token: str = "") -> Iterator[httpx.Client]:
    """A client of the sandbox that trusts its certificates, and follows no redirect."""
    context = ssl.create_default_context(cafile=running.ca_file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with httpx.Client(base_url=running.base, verify=context, headers=headers) as client:
        yield client
