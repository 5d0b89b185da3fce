"""The pages of sign-in, in a real browser."""

from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from services.sandbox.google.grants import CLIENT_ID
from services.sandbox.serving import Running
from tests.browser import hindrances
from tests.sandbox.running import RETURN, signed_in

PREFIX = "https://www.googleapis.com/auth/"
ASKED = {
    "client_id": CLIENT_ID,
    "redirect_uri": RETURN,
    "response_type": "code",
    "scope": f"openid email {PREFIX}calendar.freebusy {PREFIX}calendar.events.owned",
    "access_type": "offline",
    "state": "here",
    "login_hint": "ada@example.org",
}


@pytest.fixture
def base(sandbox: Running) -> str:
    for name in ("Ada", "Bo"):
        sandbox.world.add_person(f"{name.lower()}@example.org", name, "Europe/London")
    signed_in(sandbox, "bo@example.org", ["openid", "email", "calendar.freebusy"])
    return sandbox.base


def test_one_chooses_an_account_unticks_one_thing_and_returns_without_scripts(
    base: str,
    browser: Browser,
) -> None:
    with browser.new_context(ignore_https_errors=True, java_script_enabled=False) as context:
        page = context.new_page()
        page.route(f"{RETURN}**", _welcome)
        page.goto(f"{base}/google/o/oauth2/v2/auth?{urlencode(ASKED)}")

        page.get_by_role("link", name="Ada").click()
        page.get_by_role("checkbox", name="See, make, change and delete").uncheck()
        page.get_by_role("button", name="Continue").click()

        expect(page.get_by_text("Welcome back.")).to_be_visible()
        told = parse_qs(urlsplit(page.url).query)
        assert told["state"] == ["here"]
        assert "calendar.freebusy" in told["scope"][0]
        assert "calendar.events.owned" not in told["scope"][0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_hinders_a_reader(
    base: str,
    browser: Browser,
    scheme: str,
) -> None:
    ask = f"/google/o/oauth2/v2/auth?{urlencode(ASKED)}"
    with browser.new_context(
        ignore_https_errors=True,
        color_scheme=scheme,  # type: ignore[arg-type]  # one of the two
        viewport={"width": 320, "height": 640},
    ) as context:
        page = context.new_page()
        for path in (ask, f"{ask}&as=ada", ask.replace("client_id", "no"), "/people/bo/access"):
            page.goto(base + path)
            assert page.locator("main h1").count() == 1
            assert hindrances(page) == []
            assert not _overflows(page)


def _welcome(route: Route) -> None:
    route.fulfill(content_type="text/html", body="<p>Welcome back.</p>")


def _overflows(page: Page) -> bool:
    root = "document.documentElement"
    return bool(page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))
