"""Write docs/screens/*.png: the pages, as a coordinator of the example group sees them.

Run from the root of the project: python docs/screenshots.py
"""  # noqa: INP001 -- a script

import sys
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path.cwd()))

from playwright.sync_api import Browser, Page

from tests.browser import chromium
from tests.runtimes import a_person, ticked
from tests.web.journey import EMAIL, Journey
from tests.web.served import Served, served

SCREENS = Path("docs/screens")
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
MOST = 1800  # pixels of height: nobody scrolls through a longer picture
TAKEN = ("sign-in", "new-group", "calendar", "member", "group", "plan")  # on the way
AGAIN = {  # afterwards, when there is a plan, and in other circumstances
    "": (DESKTOP, "light", ("group",)),
    "dark": (DESKTOP, "dark", ("group", "plan")),
    "phone": (PHONE, "light", ("group", "plan")),
    "phone-dark": (PHONE, "dark", ("group", "plan")),
}


@dataclass
class Camera:
    """Takes a picture of each page once, and remembers where it was."""

    places: dict[str, str] = field(default_factory=dict)

    def see(self, name: str, page: Page) -> None:
        """Take the picture, if it is one of those wanted."""
        if name in TAKEN and name not in self.places:
            self.places[name] = page.url
            shoot(page, name)


def main() -> None:
    """Go the whole way once, then look at some pages again."""
    SCREENS.mkdir(exist_ok=True)
    with (
        TemporaryDirectory() as home,
        served(Path(home), mail_rate=1000) as service,
        chromium() as browser,
    ):
        a_person(service.runtime, EMAIL, "Ines Okonjo-Varga")
        camera = Camera()
        cookies = travel(browser, service, camera)
        for name, (size, scheme, wanted) in AGAIN.items():
            page = window(browser, size, color_scheme=scheme)
            page.context.add_cookies(cookies)
            for each in wanted:
                page.goto(camera.places[each])
                shoot(page, f"{each}-{name}".strip("-"))


def travel(browser: Browser, service: Served, camera: Camera) -> Any:
    """From the mailed link to the plan; return the cookies."""
    journey = Journey(window(browser, DESKTOP), service, camera.see)
    journey.sign_in()
    journey.form_group()
    journey.add_members()
    journey.add_calendars()
    journey.add_term()
    journey.plan()
    shoot_series(journey)
    for name, path in (("groups", "/"), ("me", "/me")):
        journey.open(path)
        shoot(journey.page, name)
    return journey.page.context.cookies()


def shoot_series(journey: Journey) -> None:
    """Take the best proposal up, and commit it; nobody delivers here."""
    plan = journey.page.url
    journey.page.get_by_role("button", name="Use this proposal").first.click()
    shoot(journey.page, "draft")
    journey.page.get_by_role("button", name="Commit and invite").click()
    journey.page.get_by_text("The semester is committed.").wait_for()
    ticked(journey.service.runtime)
    journey.page.reload()
    shoot(journey.page, "series")
    journey.page.goto(plan)


def window(browser: Browser, size: Any, **options: Any) -> Page:
    """Open a window whose pictures are sharp."""
    return browser.new_context(viewport=size, device_scale_factor=1, **options).new_page()


def shoot(page: Page, name: str) -> None:
    """Take the page from its top."""
    page.wait_for_load_state()
    height = min(page.evaluate("document.documentElement.scrollHeight"), MOST)
    width = page.evaluate("innerWidth")
    clip: Any = {"x": 0, "y": 0, "width": width, "height": height}
    page.screenshot(path=SCREENS / f"{name}.png", full_page=True, clip=clip)


if __name__ == "__main__":
    main()
