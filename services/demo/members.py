"""What each member does in a browser: joins, and shows when they are busy."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import httpx

from notifications import outbox
from scheduler.errors import Explained
from services.demo.browser import Browser
from services.demo.group import AT_OUTLOOK, BY_FEED, Example, File
from services.demo.service import Service

_PATIENCE = 30.0  # seconds for a mail or a reading
_CLINIC = "Clinic"
_YES = {"google": "allow", "outlook": "accept"}  # how the pages of the sandbox are told
Feeds = dict[tuple[str, str], str]


def let_in(service: Service, example: Example) -> Feeds:
    """Give the members their calendars at the sandbox; return the addresses of feeds."""
    files = list(example.files())
    people = [_person(example, each, files) for each in example.members]
    people.append(
        {
            "email": example.coordinator,
            "name": example.coordinator_name,
            "timezone": example.timezone,
        }
    )
    answer = httpx.post(
        f"{service.sandbox}/_sandbox/people",
        json={"people": people},
        verify=str(service.ca_file),
        trust_env=False,
        timeout=60,
    )
    answer.raise_for_status()
    return {
        (person["email"], "clinical" if calendar["clinical"] else "work"): calendar["feed"]
        for person in answer.json()["people"]
        for calendar in person["calendars"]
    }


def join(service: Service, example: Example, name: str, feeds: Feeds) -> str | None:
    """Join by the link in the mail, and connect what there is; return what was connected."""
    email = example.emails[name]
    files = [each for each in example.files() if each.member == name]
    with Browser(service.ca_file) as browser:
        browser.open(_link(service.home / "mails", email))
        browser.send("")
        if not files:
            return None
        if name in BY_FEED:
            for each in files:
                _subscribe(browser, service, feeds[email, each.kind], each)
            return "feed"
        if name in AT_OUTLOOK:
            connect(browser, service, "outlook", email)
            return "Outlook"
        connect(browser, service, "google", email)
        return "Google"


def until_read(look: Callable[[], Iterable[dict[str, Any]]]) -> None:
    """Wait until everybody's calendars have been read. Raises Explained."""
    end = time.monotonic() + _PATIENCE
    while any(each["coverage"]["known"] == "unread" for each in look()):
        if time.monotonic() > end:
            raise Explained("The calendars are not read", remedy="read the log")
        time.sleep(0.2)


def _person(example: Example, member: dict[str, Any], files: list[File]) -> dict[str, Any]:
    own = [each for each in files if each.member == member["name"]]
    return {
        "email": example.emails[member["name"]],
        "name": member["name"],
        "timezone": member["timezone"],
        "host": AT_OUTLOOK.get(member["name"], "google"),
        "calendars": [
            {"main": True, "ics": each.text}
            if each.kind == "work"
            else {"name": _CLINIC, "clinical": True, "ics": each.text}
            for each in own
        ],
    }


def _link(mails: Path, email: str) -> str:
    """The link in the mail that somebody was sent; it may still be on its way."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = [link for mail in outbox.read(mails) if email in mail.to for link in mail.links]
        if found:
            return found[0]
        time.sleep(0.1)
    raise Explained(f"No mail to {email} arrived", remedy="read the log")


def _subscribe(browser: Browser, service: Service, feed: str, file: File) -> None:
    browser.open(f"{service.address}/me/calendars/new")
    until = [("complete_until", file.complete_until)] if file.complete_until else []
    browser.send("/me/calendars/address", ("address", feed), ("kind", file.kind), *until)


def connect(
    browser: Browser, service: Service, host: str, email: str, *, inviting: bool = False
) -> None:
    """Sign in at a host, consent, and choose: what is called a clinic is one."""
    browser.open(f"{service.address}/me/calendars/new")
    browser.send(f"/me/accounts/{host}/connect", *([("inviting", "yes")] if inviting else []))
    browser.follow(email)
    browser.send("", ("decision", _YES[host]))
    if any(each.action.endswith("/confirm") for each in browser.page.forms):
        browser.send("/me/accounts/confirm")  # a private account: is it the right one?
    page, said = browser.page, []
    for mark_id, text in page.labels.items():
        if mark_id.startswith("c-"):
            mark = page.values[mark_id]
            kind = "clinical" if text.strip() == _CLINIC else "work"
            said += [("calendar", mark), (f"kind-{mark}", kind)]
    browser.send("/calendars", *said)
