"""Microsoft's pages of sign-in, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from services.sandbox.entra.grants import CLIENT_ID
from services.sandbox.serving import Running
from tests.browser import hindrances
from tests.sandbox.entra_client import ADA, SCOPES, a_town
from tests.sandbox.running import OUTLOOK_RETURN, signed_in_at_outlook

AUTHORISE = "/common/oauth2/v2.0/authorize"
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": OUTLOOK_RETURN,
    "response_type": "code",
    "scope": "openid profile offline_access Calendars.ReadWrite",
    "state": "here",
    "login_hint": ADA,
}


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    with a_town(tmp_path) as running:
        signed_in_at_outlook(running, ADA, SCOPES)
        running.world.entra.rule(admin_approval=["example.edu"])
        yield running


def test_one_picks_an_account_accepts_and_returns_without_scripts(
    sandbox: Running, browser: Browser
) -> None:
    with browser.new_context(ignore_https_errors=True, java_script_enabled=False) as context:
        page = context.new_page()
        page.route(f"{OUTLOOK_RETURN}**", _welcome)
        page.goto(f"{sandbox.base}{AUTHORISE}?{urlencode(ASKED)}")

        page.get_by_role("link", name="Cy").click()
        page.get_by_role("button", name="Approve for example.edu").click()
        expect(page.get_by_text("Welcome back.")).to_be_visible()
        page.goto(f"{sandbox.base}{AUTHORISE}?{urlencode(ASKED)}")
        page.get_by_role("link", name="Bo").click()
        expect(page.get_by_text("Have full access to your calendars")).to_be_visible()
        page.get_by_role("button", name="Accept").click()

        expect(page.get_by_text("Welcome back.")).to_be_visible()
        told = parse_qs(urlsplit(page.url).query)
        assert told["state"] == ["here"]
        assert told["code"]


def test_no_page_hinders_a_reader(sandbox: Running, browser: Browser) -> None:
    ask = f"{AUTHORISE}?{urlencode(ASKED)}"
    with browser.new_context(
        ignore_https_errors=True,
        color_scheme="dark",
        viewport={"width": 320, "height": 640},
    ) as context:
        page = context.new_page()
        mistaken = ask.replace("client_id", "no")
        for path in (ask, f"{ask}&as=ada", f"{ask}&as=cy", mistaken, "/people/ada/access"):
            page.goto(sandbox.base + path)
            assert page.locator("main h1").count() == 1
            assert hindrances(page) == []
            assert not _overflows(page)


def _welcome(route: Route) -> None:
    route.fulfill(content_type="text/html", body="<p>Welcome back.</p>")


def _overflows(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))
