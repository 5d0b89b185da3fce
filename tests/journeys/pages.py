"""The pages as a browser without scripts meets them: cookies, forms, links."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.journeys.service import Service


class Forms(HTMLParser):
    """Collects every form of a page: where it goes, and what it sends unless it is filled in."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "form":
            self.forms.append((found.get("action") or "", {}))
        if tag == "input" and self.forms and found.get("name"):
            self.forms[-1][1][str(found["name"])] = found.get("value") or ""


@dataclass
class Pages:
    """A browser in which somebody signed in."""

    client: httpx.Client = field(repr=False)

    def get(self, path: str) -> str:
        response = self.client.get(path)
        assert response.status_code == 200, f"{path}: {response.status_code}"
        return response.text

    def submit(self, path: str, action: str, status: int = 200, **sent: Any) -> str:
        """Fill in the form on `path` whose target ends as given, and follow where it leads."""
        forms = Forms(self.get(path)).forms
        [target, hidden] = next(each for each in forms if (each[0] or path).endswith(action))
        data = {**hidden, **sent.pop("data", {})}
        response = self.client.post(target or path, data=data, **sent)
        assert response.status_code == status, f"{target}: {response.status_code}"
        return response.text

    def upload(self, member: str, name: str, data: bytes) -> str:
        """Add a calendar file to a member, as a coordinator does."""
        return self.submit(
            f"{member}/calendars/new",
            "/file",
            data={"kind": "work"},
            files={"file": (name, data, "text/calendar")},
        )


def signed_in(service: Service, email: str) -> Pages:
    """Sign in by the mail that the service keeps on this machine."""
    client = service.client(follow_redirects=True)
    pages = Pages(client)
    pages.submit("/sign-in", "/sign-in", data={"email": email})
    pages.submit(_link(service, email), "")
    return pages


def _link(service: Service, email: str) -> str:
    """Wait for the newest mail to this address, and find its link."""
    for _ in range(100):
        found = re.findall(r"/l/[\w-]+", service.command("mails", "--json"))
        if found:
            return str(found[-1])
    raise AssertionError(f"no mail to {email}")
