"""Somebody's browser: what they press, read and type, and whether a page hinders them."""

import re
from dataclasses import dataclass, field
from urllib.parse import urlencode

from playwright.sync_api import ConsoleMessage, Page, expect

from tests.browser import hindrances

CONNECT, AGAIN = "Connect Google Calendar", "Connect again"
OUTLOOK = "Connect Outlook"
_YES = re.compile("Continue|Accept")  # Google's word, and Microsoft's
_DESK, _PHONE = 1280, 390  # pixels
_LOOKS = 100  # at a page that is to change
_PATIENCE = 60_000  # milliseconds; a busy machine is no failure


@dataclass
class Window:
    """A window in which somebody may be signed in.

    address   of the service
    troubles  what the browser refused to do for a page, and what went wrong in its scripts
    """

    page: Page
    address: str
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def open(self, path: str) -> None:
        """Open a page, of the service or elsewhere."""
        self.page.goto(path if path.startswith("http") else self.address + path)

    def press(self, name: str) -> None:
        """Press the button of that name."""
        self.page.get_by_role("button", name=name, exact=True).first.click()

    def go(self, name: str) -> None:
        """Follow the link that says this."""
        self.page.get_by_role("link", name=name).first.click()

    def sees(self, words: str, count: int = 1) -> None:
        """Wait until these words are on the page, so often."""
        expect(self.page.get_by_text(words)).to_have_count(count, timeout=_PATIENCE)

    def meets(self, heading: str) -> None:
        """Wait for the page of that heading, and see that it hinders nobody."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading, timeout=_PATIENCE)
        self.reads()

    def reads(self) -> None:
        """See that the page hinders nobody: at a desk, and our own on a phone as well."""
        own = self.page.url.startswith(self.address)
        for width in (_PHONE, _DESK) if own else (_DESK,):
            self.page.set_viewport_size({"width": width, "height": 900})
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= width, (self.page.url, wide)
            assert hindrances(self.page) == [], (self.page.url, width)

    def waits(self, path: str, words: str, count: int = 1) -> None:
        """Open a page again and again until these words stand on it, so often."""
        for _ in range(_LOOKS):
            self.open(path)
            if self.page.get_by_text(words).count() == count:
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{path} never says {words!r}: {self.said()}")

    def said(self) -> str:
        """The words of the page."""
        return self.page.locator("main").inner_text()

    def asks(self, button: str, email: str) -> None:
        """Press a button that leads to a host, and choose an account there."""
        self.press(button)
        self.page.get_by_role("link", name=email).first.click()

    def consents(self, button: str, email: str) -> None:
        """Connect an account, and allow everything."""
        self.asks(button, email)
        self.page.get_by_role("button", name=_YES).click()

    def chooses(self, clinic: str = "") -> None:
        """Let the main calendar count, and the clinic's if it is named; wait until it is read."""
        if clinic:
            self.page.get_by_role("checkbox", name=clinic).check()
            self.page.get_by_label(f"holds, the calendar {clinic}").select_option("clinical")
        self.press("Let these calendars count")
        self.sees("Your choice is kept.")
        self.waits("/me", "read just now", 1 + bool(clinic))

    def kept_back(self, button: str, email: str) -> str:
        """Consent, and return where the host sends this browser, which does not go there."""
        self.asks(button, email)
        yes = self.page.get_by_role("button", name=_YES)
        yes.wait_for()
        scopes = [each.input_value() for each in self.page.get_by_role("checkbox").all()]
        decision = str(yes.get_attribute("value"))
        said = [*(("scope", each) for each in scopes), ("decision", decision)]
        answer = self.page.request.post(
            self.page.url, data=urlencode(said), max_redirects=0,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )  # fmt: skip
        return answer.headers["location"]

    def reads_now(self) -> None:
        """Have the account read that stands on one's own page."""
        self.open("/me")
        self.page.get_by_role("button", name="Read now").click()
        self.sees("The calendar is being read.")

    def states(self, name: str) -> list[str]:
        """Where a member stands at each date of the best proposal of a plan."""
        row = self.page.get_by_role("row").filter(has=self.page.get_by_text(name, exact=True)).first
        return row.locator("td .vh").all_text_contents()

    def _note(self, message: ConsoleMessage) -> None:
        if "policy" in message.text.lower():
            self.troubles.append(message.text)
