"""A person's browser, as far as the story needs one: it follows links and sends forms."""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Self, TypeVar
from urllib.parse import urljoin

import httpx

from scheduler.errors import Explained

Fields = list[tuple[str, str]]
T = TypeVar("T")


@dataclass
class Form:
    """A form of a page, with what it sends when nothing is changed."""

    action: str
    fields: Fields = field(default_factory=list)


@dataclass
class Page(HTMLParser):
    """What of a page can be followed or sent. `labels` are texts by what they are for."""

    forms: list[Form] = field(default_factory=list)
    links: list[tuple[str, str]] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    _open: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(said.get("action", "")))
        elif tag == "a":
            self.links.append((said.get("href", ""), ""))
            self._open = "a"
        elif tag == "label":
            self.labels[said.get("for", "")] = ""
            self._open = said.get("for", "")
        elif tag == "input" and "name" in said:
            self._input(said)

    def handle_data(self, data: str) -> None:
        if self._open == "a":
            href, text = self.links[-1]
            self.links[-1] = href, text + data
        elif self._open is not None:
            self.labels[self._open] += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("a", "label"):
            self._open = None

    def _input(self, said: dict[str, str]) -> None:
        self.values[said.get("id", "")] = said.get("value", "")
        is_box = said.get("type") == "checkbox"
        if self.forms and (not is_box or "checked" in said):
            self.forms[-1].fields.append((said["name"], said.get("value", "")))


class Browser:
    """One person's browser, with cookies of its own. It trusts the sandbox's certificates."""

    def __init__(self, ca_file: Path) -> None:
        self._client = httpx.Client(
            timeout=60,
            trust_env=False,
            follow_redirects=True,
            verify=ssl.create_default_context(cafile=ca_file),
        )
        self._at = ""
        self.page = Page()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def open(self, address: str) -> None:
        """Open a page."""
        self._take(self._client.get(urljoin(self._at, address)))

    def follow(self, text: str) -> None:
        """Follow the link that says this. Raises Explained."""
        self.open(_only((href for href, said in self.page.links if text in said), text))

    def send(self, action: str, *more: tuple[str, str], leave_out: Iterable[str] = ()) -> None:
        """Send the form whose address ends so, with more or other fields. Raises Explained."""
        forms = [each for each in self.page.forms if each.action.endswith(action)]
        form = _only(iter(forms), action)
        named = {name for name, _ in more} | set(leave_out)
        fields = [each for each in form.fields if each[0] not in named] + list(more)
        data: dict[str, list[str]] = {}
        for name, value in fields:
            data.setdefault(name, []).append(value)
        self._take(self._client.post(urljoin(self._at, form.action), data=data))

    def _take(self, response: httpx.Response) -> None:
        self._at = str(response.url)
        if not response.is_success:
            raise Explained(
                f"A page of the story answered {response.status_code}", remedy="read the log"
            )
        self.page = Page()
        self.page.feed(response.text)


def _only(found: Iterable[T], what: str) -> T:
    first = next(iter(found), None)
    if first is None:
        raise Explained(f"A page of the story lacks {what!r}", remedy="please report this")
    return first
