"""A coordinator's way from a mailed link to a semester of dates, by what a reader sees.

Every step finds its fields and buttons by their names, so it works with and without JavaScript.
"""

import csv
import io
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.web.served import Served

GROUP = Path("examples/inter-institution")
TITLE = "Inter-institution group"
EMAIL = "ines@hudson-ridge.example"


def _nothing(_name: str, _page: Page) -> None: ...


@dataclass
class Journey:
    """One reader, in one browser window.

    seen  is called on every page worth looking at, with a name for it
    """

    page: Page
    service: Served
    seen: Callable[[str, Page], None] = field(default=_nothing)

    def open(self, path: str) -> None:
        self.page.goto(self.service.address + path)

    def press(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("button", name=name, exact=exact).first.click()

    def go(self, name: str, *, exact: bool = True) -> None:
        self.page.get_by_role("link", name=name, exact=exact).first.click()

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)

    def sign_in(self) -> None:
        """By the link in a mail that is kept on this machine."""
        self.open("/")
        self.seen("sign-in", self.page)
        self.type("Your address of mail", EMAIL)
        self.press("Send me a link")
        self.seen("sent", self.page)
        self.go("the mails are kept here")
        self.seen("mails", self.page)
        self.page.locator(".mail a").first.click()
        self.seen("link", self.page)
        self.press("Sign in")
        expect(self.page.get_by_role("heading", name="Your groups")).to_be_visible()

    def form_group(self) -> None:
        self.seen("no-groups", self.page)
        self.go("Form a group")
        self.seen("new-group", self.page)
        self.page.get_by_label(TITLE, exact=True).check()
        self.type("Title", TITLE)
        self.type("Time zone", "America/New_York")
        self.press("Form the group")
        self.seen("new-group-page", self.page)

    def add_members(self) -> None:
        self.go("Add from a list")
        self.seen("list", self.page)
        self.page.locator("#list").fill(roster())
        self.press("Add the members")

    def add_calendars(self, most: int = 99) -> None:
        """Each member's own calendar and their clinic's, as the example has them."""
        group = self.page.url.partition("#")[0]
        for member in problem()["members"][:most]:
            self.page.goto(group)
            self.go(member["name"])
            for file in member.get("calendars", []):
                self._upload(file, "work", "file-kind")
            for file in member.get("clinical", []):
                self._upload(file, "clinical", "file-kind")
            self.seen("member", self.page)
        self.page.goto(group)
        self.seen("members", self.page)

    def _upload(self, file: str, kind: str, select: str) -> None:
        self.go("Add a calendar")
        self.seen("calendar", self.page)
        self.page.locator("#file").set_input_files(GROUP / file)
        self.page.locator(f"#{select}").select_option(kind)
        self.press("Read the file")

    def add_term(self) -> None:
        self.go("Add a term")
        self.seen("term", self.page)
        self.page.locator("#start").fill("2027-01-04")
        self.page.locator("#end").fill("2027-06-30")
        self.page.locator("#blackouts").fill(blackouts())
        self.press("Add the term")
        self.seen("group", self.page)

    def plan(self) -> None:
        self.press("Plan", exact=False)
        expect(self.page.get_by_role("heading", name="Proposals", exact=True)).to_be_visible()
        self.seen("plan", self.page)

    def strip(self) -> list[str]:
        """What the strip of the best proposal says, date by date."""
        return self.page.locator(".strip").first.locator("li .vh").all_text_contents()


def problem() -> dict[str, Any]:
    text = (GROUP / "problem.toml").read_text()
    return tomllib.loads(text)


def roster() -> str:
    """The example's members as CSV."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    rows.writerow(["name", "email", "timezone"])
    for number, each in enumerate(problem()["members"]):
        mail = EMAIL if number == 0 else f"member-{number}@example.org"
        rows.writerow([each["name"], mail, each["timezone"]])
    return text.getvalue()


def blackouts() -> str:
    return "\n".join(
        f"{each['start']} to {each['end']} {each['name']}" for each in problem()["blackouts"]
    )
