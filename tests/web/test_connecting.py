"""Connecting an account in a real browser, at the sandbox that plays Google."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from calendar_sync.google.where import Where
from services.app import create_app
from services.flow import sessions
from services.sandbox.google.grants import CLIENT_ID
from services.sandbox.serving import Running, google
from services.storage.rows.accounts import Host
from services.storage.rows.people import PersonRow
from tests.browser import hindrances
from tests.hosts import AHost, chosen
from tests.runtimes import a_person, drained
from tests.sandbox.running import a_sandbox
from tests.web.house import House, furnished, peopled
from tests.web.journey import EMAIL, Journey
from tests.web.served import NOW, Served, served

OTHER = "ines.okonjo-varga@another-university.example.org"
WARD, TITLE = "Ward 7 & its beds", "A name nobody may know"
SIZES = (390, 1280)
SOON = NOW + timedelta(days=30)
HOUR = (int(SOON.timestamp()), int(SOON.timestamp()) + 3600)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Running]:
    """Two people, and what one of them has to do."""
    with a_sandbox(tmp_path / "sandbox") as sandbox:
        sandbox.world.clock.set(NOW)
        for email in (EMAIL, OTHER):
            sandbox.world.add_person(email, "Ines", "America/New_York")
        sandbox.world.add_calendar(EMAIL, WARD, clinical=True)
        start, end = ({"dateTime": each.isoformat()} for each in (SOON, SOON + timedelta(hours=1)))
        busy = {"start": start, "end": end}
        event = {"id": "consultation", "summary": TITLE, **busy}
        sandbox.world.put(EMAIL, event, by=EMAIL)
        yield sandbox


@pytest.fixture
def service(tmp_path: Path, sandbox: Running) -> Iterator[Served]:
    where = Where(**google(sandbox.base), ca_file=sandbox.ca_file)
    with served(tmp_path / "service", google=where) as service:
        a_person(service.runtime, EMAIL, "Ines Okonjo-Varga")
        sandbox.world.grants.allow([f"{service.address}/connect/google/return"])
        yield service


@pytest.fixture
def page(browser: Browser, service: Served) -> Iterator[Page]:
    """A window in which Ines is signed in."""
    context = browser.new_context(ignore_https_errors=True, reduced_motion="reduce")
    context.set_default_timeout(60_000)
    page = context.new_page()
    Journey(page, service).sign_in()
    yield page
    context.close()


def as_it_should_be(page: Page, title: str) -> None:
    """It is that page, and hinders nobody, on a phone or a desk."""
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    for width in SIZES:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, title
        assert hindrances(page) == [], (title, width)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def consent(page: Page, button: str, email: str = EMAIL) -> None:
    """Press a button of ours, choose an account at the host, and allow everything."""
    press(page, button)
    page.get_by_role("link", name=email).first.click()
    press(page, "Continue")


def test_an_account_is_connected_by_whom_it_belongs_to(
    service: Served, sandbox: Running, page: Page
) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(f"{service.address}/me")
    consent(page, "Connect Google Calendar", OTHER)
    as_it_should_be(page, "Is this the right account?")
    press(page, "Do not connect it")
    expect(page.get_by_text("Nothing was connected.")).to_be_visible()
    assert sandbox.world.grants.connected(OTHER) == []

    press(page, "Connect Google Calendar")
    page.get_by_role("link", name=EMAIL).first.click()
    press(page, "Cancel")
    as_it_should_be(page, "Nothing was connected")
    press(page, "Try again")
    page.get_by_role("link", name=EMAIL).first.click()
    page.get_by_role("checkbox").last.uncheck()
    press(page, "Continue")
    expect(page.get_by_text("you did not allow us to see when calendars are busy")).to_be_visible()

    consent(page, "Try again")
    as_it_should_be(page, "Choose calendars")
    page.get_by_role("checkbox", name=WARD).check()
    page.get_by_label(f"holds, the calendar {WARD}").select_option("clinical")
    press(page, "Let these calendars count")
    expect(page.get_by_text("read just now")).to_have_count(1)
    expect(page.get_by_text("holds nothing from today on. Is that right?")).to_be_visible()
    as_it_should_be(page, "Your page")
    press(page, "Yes, that is right")
    expect(page.get_by_text("read just now")).to_have_count(2)
    assert [each for each in said if "policy" in each.lower()] == []


def test_an_account_is_lost_connected_again_and_disconnected(
    service: Served, sandbox: Running, page: Page
) -> None:
    page.goto(f"{service.address}/me")
    consent(page, "Connect Google Calendar")
    press(page, "Let these calendars count")
    sandbox.world.grants.remove(EMAIL, CLIENT_ID)

    page.get_by_role("link", name="Choose calendars").click()
    as_it_should_be(page, "Reconnect needed")
    page.get_by_role("link", name="Back to your page").click()
    expect(page.get_by_text("Reconnect needed.")).to_be_visible()
    as_it_should_be(page, "Your page")
    consent(page, "Connect again")
    press(page, "Let these calendars count")
    expect(page.get_by_text("Reconnect needed.")).to_have_count(0)
    page.get_by_role("link", name="Disconnect").click()
    as_it_should_be(page, "Disconnect Google Calendar?")
    press(page, "Disconnect the account")

    expect(page.get_by_text("Nothing is known of your time.")).to_be_visible()
    assert sandbox.world.grants.connected(EMAIL) == []
    for word in (TITLE.encode(), WARD.encode()):
        assert word not in kept(service)


def test_waiting_for_calendars_ends_when_they_are_read(tmp_path: Path, browser: Browser) -> None:
    host = AHost()
    host.account.occupy(host.account.calendars()[0].calendar, HOUR)
    context = browser.new_context()
    with served(tmp_path) as service, closing(context):
        service.runtime.hosts = {Host.GOOGLE: host}
        person, page = a_person(service.runtime, EMAIL, "Ines"), context.new_page()
        with service.runtime.work() as work:
            secret = sessions.opened(work, person)
        context.add_cookies([{"name": "session", "value": secret, "url": service.address}])
        chosen(service.runtime, person)

        page.goto(f"{service.address}/me")
        expect(page.get_by_text("0 of 1 calendar read.")).to_be_visible()
        drained(service.runtime)

        expect(page.get_by_text("read just now")).to_be_visible(timeout=60_000)
        expect(page.locator("[data-waiting]")).to_have_count(0)


def kept(service: Served) -> bytes:
    """All that the service has on its disk."""
    home = service.runtime.settings.home
    return b"".join(each.read_bytes() for each in home.rglob("*") if each.is_file())


@pytest.mark.parametrize("known", [False, True])
def test_a_draft_leads_to_consent_and_its_reader_back_to_it(
    service: Served, sandbox: Running, page: Page, *, known: bool
) -> None:
    house = furnished(peopled(House(service.runtime, create_app(service.runtime))))
    with service.runtime.work() as work:
        person = work.session.get_one(PersonRow, house.people["coordinator"])
        email, secret = person.email, sessions.opened(work, person.id)
    sandbox.world.add_person(email, "Cora", "America/New_York")
    page.context.add_cookies([{"name": "session", "value": secret, "url": service.address}])
    if known:
        page.goto(f"{service.address}/me")
        consent(page, "Connect Google Calendar", email)
        press(page, "Let these calendars count")
        expect(page.get_by_text("Your choice is kept.")).to_be_visible()
    page.goto(f"{service.address}/groups/{house.group}/plans/{house.plan}")
    page.get_by_role("button", name="Use this proposal").first.click()
    expect(page.get_by_text("Everybody's calendar, by mail from this service")).to_be_visible()
    draft = page.url

    connect = "Connect Google Calendar to invite"
    consent(page, f"Let Google Calendar ({email}) invite" if known else connect, email)
    expect(page.get_by_text("It invites to")).to_be_visible()
    if not known:
        press(page, "Let these calendars count")

    expect(page).to_have_url(draft)
    expect(page.get_by_text("Google Calendar: 1 recurring event")).to_be_visible()
    expect(page.get_by_role("button", name="to invite")).to_have_count(0)
    expect(page.get_by_text("goes out by itself")).to_have_count(0)
    assert hindrances(page) == []
