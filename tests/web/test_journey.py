"""The way from a mailed link to a semester of dates, in a real browser."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import text

from services.app import create_app
from services.flow import sessions
from tests.browser import hindrances
from tests.runtimes import a_person
from tests.web.house import House, furnished, peopled
from tests.web.journey import EMAIL, TITLE, Journey
from tests.web.served import Served, served

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
LOOKS: list[tuple[int, Literal["light", "dark"]]] = [(390, "light"), (1280, "dark")]
STRIP = [
    "Thu 21 Jan 2027, kept", "Thu 18 Feb 2027, kept", "Thu 18 Mar 2027, kept",
    "Fri 16 Apr 2027, moved", "Tue 18 May 2027, moved", "Thu 17 Jun 2027, kept",
]  # fmt: skip


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Served]:
    with served(tmp_path) as service:
        a_person(service.runtime, EMAIL, "Ines Okonjo-Varga")
        yield service


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Served]]:
    """One for tests that only look."""
    with served(tmp_path_factory.mktemp("shown")) as service:
        yield furnished(peopled(House(service.runtime, create_app(service.runtime)))), service


@pytest.fixture
def window(browser: Browser) -> Iterator[Any]:
    """Opens windows, and closes them."""
    opened: list[BrowserContext] = []

    def window(size: Any = DESKTOP, **options: Any) -> Page:
        context = browser.new_context(viewport=size, reduced_motion="reduce", **options)
        context.set_default_timeout(60_000)
        opened.append(context)
        return context.new_page()

    yield window
    for each in opened:
        each.close()


def as_it_should_be(name: str, page: Page) -> None:
    """Look at a page as it is: at either width, in light and in dark; colours know no width."""
    page.wait_for_load_state()
    for width, scheme in LOOKS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        assert hindrances(page) == [], (name, width, scheme)


def test_from_the_mail_to_the_strip(service: Served, window: Any) -> None:
    said: list[str] = []
    page = window()
    page.on("console", lambda message: said.append(message.text))
    journey = Journey(page, service)
    journey.sign_in()
    journey.form_group()
    journey.add_members()
    journey.add_calendars()
    journey.add_term()
    journey.plan()

    assert journey.strip() == STRIP
    assert "6 of 6 dates hold" in page.inner_text("main")
    assert said == []  # nothing broke the security policy


IN = "/groups/{group}"
PAGES = {
    "nobody": ["/sign-in", "/nowhere", "/mails"],
    "outsider": ["/"],
    "member": ["/", IN, "/me"],
    "coordinator": [
        "/", "/groups/new", IN, f"{IN}/members/list", f"{IN}/members/new", f"{IN}/settings",
        f"{IN}/plans/{{plan}}",
    ],
    "coordinator, further": [
        f"{IN}/members/{{max}}", f"{IN}/members/{{max}}/edit", f"{IN}/members/{{max}}/remove",
        f"{IN}/members/{{max}}/calendars/new", f"{IN}/terms/new", f"{IN}/terms/{{term}}/edit",
        f"{IN}/delete", f"{IN}/coordinators", f"{IN}/guests",
    ],
    "coordinator, for themselves": [
        "/me", "/me/edit", "/me/calendars/new", "/me/delete-data", "/me/leave", f"{IN}/leave",
    ],
}  # fmt: skip


@pytest.mark.parametrize("who", PAGES)
def test_no_page_hinders_anybody(shown: tuple[House, Served], window: Any, who: str) -> None:
    house, service = shown
    page: Page = window()
    role = who.partition(",")[0]
    if role != "nobody":
        signed_in(house, service, page, role)
    for each in PAGES[who]:
        path = each.format(group=house.group, max=house.max, term=house.term, plan=house.plan)
        page.goto(service.address + path)
        as_it_should_be(path, page)


def test_no_form_that_comes_back_hinders_anybody(shown: tuple[House, Served], window: Any) -> None:
    house, service = shown
    page: Page = signed_in(house, service, window())
    for path, button in (
        ("/groups/new", "Form the group"),
        (f"/groups/{house.group}/members/list", "Add the members"),
    ):
        page.goto(service.address + path)
        page.get_by_role("button", name=button).click()
        as_it_should_be(path, page)
        assert page.get_by_role("alert").is_visible()


def test_no_page_that_a_mail_leads_to_hinders_anybody(service: Served, window: Any) -> None:
    seen: list[str] = []

    def look(name: str, page: Page) -> None:
        seen.append(name)
        as_it_should_be(name, page)

    page: Page = window()
    Journey(page, service, look).sign_in()
    assert seen == ["sign-in", "sent", "mails", "link"]
    page.goto(f"{service.address}/mails")
    page.locator(".mail a").first.click()
    as_it_should_be("a used link", page)


def signed_in(house: House, service: Served, page: Page, role: str = "coordinator") -> Page:
    with house.runtime.work() as work:
        secret = sessions.opened(work, house.people[role])
    page.context.add_cookies([{"name": "session", "value": secret, "url": service.address}])
    return page


def test_on_a_phone(service: Served, window: Any) -> None:
    wide: list[str] = []

    def seen(name: str, page: Page) -> None:
        page.wait_for_load_state()
        if page.evaluate("document.documentElement.scrollWidth") > 390:
            wide.append(name)

    journey = Journey(window(PHONE, has_touch=True, is_mobile=True), service, seen)
    short_way(journey)

    assert wide == []
    assert len(journey.strip()) >= 5


def test_without_scripts(service: Served, window: Any) -> None:
    journey = Journey(window(java_script_enabled=False), service)
    short_way(journey)

    assert len(journey.strip()) >= 5


def short_way(journey: Journey) -> None:
    """The same, with fewer calendars."""
    journey.sign_in()
    journey.form_group()
    journey.add_members()
    journey.add_calendars(2)
    journey.add_term()
    journey.plan()


def test_with_the_keyboard_alone(service: Served, window: Any) -> None:
    page: Page = window()
    page.goto(service.address)
    at(page, "Your address of mail").type(EMAIL).press("Enter")
    at(page, "the mails are kept here").press("Enter")
    to(page, "/l/").press("Enter")
    at(page, "Sign in").press("Enter")
    at(page, "Form a group").press("Enter")
    at(page, "Roadmap group")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    at(page, "Title").type(TITLE)
    at(page, "Time zone").type("America/New_York").press("Enter")
    at(page, "Add one member").press("Enter")
    at(page, "Name").type("Ines")
    at(page, "Address of mail").type("ines@example.org").press("Enter")
    at(page, "Add a calendar").press("Enter")
    focus(page, "#weekly-0-mon").press("Space")
    focus(page, "#weekly-0-start").type("8")
    focus(page, "#weekly-0-end").type("12").press("Enter")
    expect(page.get_by_text("Mon 08:00 to 12:00")).to_be_visible()
    at(page, TITLE).press("Enter")
    at(page, "Add a term").press("Enter")
    focus(page, "#start").type("01042027")
    focus(page, "#end").type("06302027")
    at(page, "Add the term").press("Enter")
    at(page, "Plan").press("Enter")

    expect(page.get_by_role("heading", name="Proposals", exact=True)).to_be_visible()
    assert page.locator(".strip").first.locator("li .vh").count() == 6
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


class Keys:
    """What is focused, and what to do there."""

    def __init__(self, page: Page) -> None:
        self._page = page

    def type(self, text: str) -> "Keys":
        self._page.keyboard.type(text)
        return self

    def press(self, key: str) -> None:
        if key != "Enter":
            self._page.keyboard.press(key)
            return
        with self._page.expect_navigation():
            self._page.keyboard.press(key)


_NAME = """() => {
  const each = document.activeElement;
  const label = each.labels?.[0]?.innerText ?? each.innerText ?? "";
  return [label.trim().split("\\n")[0], each.getAttribute("href") ?? "", each.id, each.tagName];
}"""


def tab_until(page: Page, wanted: Any) -> Keys:
    """Press Tab until the focus is there; it can be seen on the way."""
    page.wait_for_load_state()
    for _ in range(160):
        page.keyboard.press("Tab")
        found = page.evaluate(_NAME)
        if wanted(*found):
            visible = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert found[3] == "INPUT" or visible != "none", found
            return Keys(page)
    raise AssertionError(f"Tab leads nowhere near on {page.url}")


def at(page: Page, name: str) -> Keys:
    return tab_until(page, lambda label, *_: label.removesuffix(" optional") == name)


def to(page: Page, address: str) -> Keys:
    return tab_until(page, lambda _label, href, *_: href.startswith(address))


def focus(page: Page, selector: str) -> Keys:
    return tab_until(page, lambda _label, _href, name, *_: f"#{name}" == selector)


@pytest.mark.parametrize("scripts", ["with", "without"])
def test_waiting_for_calendars_ends_with_the_plan(
    service: Served, window: Any, scripts: str
) -> None:
    house = furnished(peopled(House(service.runtime, create_app(service.runtime))))
    page = signed_in(house, service, window(java_script_enabled=scripts == "with"))

    change(house, "state = 'reading', to_read = 3, read = 1")
    page.goto(f"{service.address}/groups/{house.group}/plans/{house.plan}")
    expect(page.get_by_text("1 of 3 read")).to_be_visible()
    if scripts == "with":
        as_it_should_be("waiting", page)
    change(house, "read = 2")
    expect(page.get_by_text("2 of 3 read")).to_be_visible()
    change(house, "state = 'ready'")

    expect(page.get_by_role("heading", name="Proposals", exact=True)).to_be_visible()


def change(house: House, what: str) -> None:
    with house.runtime.work() as work:
        work.session.execute(text(f"update plan set {what}"))
