"""Somebody who signs in at the sandbox's Microsoft, with Microsoft's own library behind it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import msal  # type: ignore[import-untyped]
import pytest
import requests
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request

from services.sandbox.entra.grants import CLIENT_ID, CLIENT_SECRET
from services.sandbox.serving import Running
from tests.sandbox.running import OUTLOOK_RETURN, a_sandbox

SCOPES = ("Calendars.ReadBasic",)
ADA, BO, CY, DEE = "ada@example.org", "bo@outlook.example", "cy@example.edu", "dee@example.org"
HOSTS = {ADA: "work", BO: "personal", CY: "work", DEE: "google"}


@contextmanager
def a_town(folder: Path) -> Iterator[Running]:
    """A sandbox with people at every host."""
    with a_sandbox(folder) as running:
        for email, host in HOSTS.items():
            name = email.partition("@")[0]
            running.world.add_person(email, name.title(), "Europe/London", host=host)
        yield running


def afresh(running: Running) -> Running:
    """The sandbox when nobody has allowed anything yet."""
    running.world.clock.set(datetime.now(UTC))
    for email in HOSTS:
        running.world.entra.remove(email)
    changes: dict[str, Any] = {"lies": {}, "interaction_required": [], "admin_approval": []}
    running.world.entra.rule(rotate=False, expires_in=3599, **changes)
    running.faults.take({"clear": True})
    return running


@contextmanager
def trusting(running: Running) -> Iterator[requests.Session]:
    """A browser of sorts that trusts the sandbox's certificates."""
    with requests.Session() as session:
        session.trust_env = False  # the machine may name certificates of its own
        session.verify = str(running.ca_file)
        yield session


class Visitor:
    """Somebody with a browser, and the client they come back to."""

    def __init__(self, base: str, session: requests.Session, at: str = "common") -> None:
        self.session = session
        self.app = msal.ConfidentialClientApplication(
            CLIENT_ID,
            client_credential=CLIENT_SECRET,
            authority=f"{base}/{at}",
            http_client=session,
            instance_discovery=False,
            validate_authority=False,
        )

    def asked(self, scopes: Sequence[str] = SCOPES, **more: str) -> dict[str, Any]:
        with pytest.warns(UserWarning, match="form_post"):
            flow: dict[str, Any] = self.app.initiate_auth_code_flow(
                list(scopes), redirect_uri=OUTLOOK_RETURN, **more
            )
        return flow

    def look(self, flow: dict[str, Any], chosen: str = "") -> requests.Response:
        return self.session.get(flow["auth_uri"] + _as(chosen), allow_redirects=False)

    def decide(self, flow: dict[str, Any], chosen: str, decision: str = "accept") -> dict[str, str]:
        address = flow["auth_uri"] + _as(chosen)
        return returned(
            self.session.post(address, data={"decision": decision}, allow_redirects=False)
        )

    def redeem(self, flow: dict[str, Any], told: dict[str, str]) -> dict[str, Any]:
        found: dict[str, Any] = self.app.acquire_token_by_auth_code_flow(flow, told)
        return found

    def sign_in(self, chosen: str = "ada", scopes: Sequence[str] = SCOPES) -> dict[str, Any]:
        flow = self.asked(scopes)
        return self.redeem(flow, self.decide(flow, chosen))

    def refresh(self, scopes: Sequence[str] = SCOPES) -> dict[str, Any]:
        (account,) = self.app.get_accounts()
        found: dict[str, Any] = self.app.acquire_token_silent_with_error(
            list(scopes), account, force_refresh=True
        )
        return found

    @property
    def refresh_token(self) -> str:
        held = self.app.token_cache.search(msal.TokenCache.CredentialType.REFRESH_TOKEN)
        return str(next(iter(held))["secret"])


def _as(chosen: str) -> str:
    return f"&as={chosen}" if chosen else ""


def returned(answer: requests.Response) -> dict[str, str]:
    """What the client is told by the address that somebody comes back to."""
    assert answer.status_code == 302, answer.text
    where = urlsplit(answer.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == OUTLOOK_RETURN
    return {key: each[0] for key, each in parse_qs(where.query).items()}


def post(client: httpx.Client, at: str = "common", **form: str) -> httpx.Response:
    """Ask for tokens without a library between."""
    named = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return client.post(f"/{at}/oauth2/v2.0/token", data=named | form)


def carrying(token: str) -> Request:
    """A request with that access token."""
    return EnvironBuilder(headers=[("Authorization", f"Bearer {token}")]).get_request(Request)
