"""Words for the tests of mails."""

from datetime import UTC, datetime
from html import escape
from html.parser import HTMLParser
from typing import Any

from hypothesis import strategies as st

from notifications.compose import invitation
from notifications.message import Message, Sender

SENDER = Sender("hello@commonhour.example")
NOON = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)
LINK = "https://commonhour.example/l/Zq3mPz0x?next=1&then=2"

FIELDS = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]
"""What every mail has, each once."""


def at_noon() -> datetime:
    return NOON


def a_message(**changes: Any) -> Message:
    usual: dict[str, Any] = {
        "key": "0f3a",
        "to_name": "Ada Lovelace",
        "to_address": "ada@example.org",
        "subject": "Join the circle",
        "text": "Join the circle\n\nHello Ada\n",
        "html": f'<h1>Join the circle</h1><p>Hello Ada</p><a href="{escape(LINK)}">x</a>',
    }
    return Message(**{**usual, **changes})


def an_invitation(**changes: Any) -> Message:
    usual: dict[str, Any] = {
        "key": "0f3a",
        "to_name": "Ada Lovelace",
        "to_address": "ada@example.org",
        "link": LINK,
        "group_title": "Cardiology mentors",
        "invited_by": "Ben Carson",
        "days": 14,
    }
    return invitation(**{**usual, **changes})


NASTY = (
    "\r\n",
    "\r",
    "\n",
    "\n.\r\n",
    "\r\nBcc: eve@evil.example",
    "\x00",
    "\x0b",
    "\x0c",
    "\x1c",
    "\x85",
    "\u2028",
    "\u2029",
    "%0d%0aBcc: eve@evil.example",
    "=?utf-8?q?=0d=0aBcc:_eve@evil.example?=",
    "=?utf-8?b?DQpCY2M6IGV2ZUBldmlsLmV4YW1wbGU=?=",
    "=?utf-8?q?=22=2C?= <eve@evil.example>,",
    '"',
    '", <eve@evil.example>, "',
    "\\",
    "<eve@evil.example>",
    ",",
    ";",
    ":",
    "(",
    ")",
    "@",
    "<script>alert(1)</script>",
    "</p><img src=x onerror=alert(1)>",
    "' onclick='x",
    '" onclick="x',
    "<!--",
    "]]>",
    "&lt;b&gt;",
    "{{ 7 * 7 }}",
    "{% raw %}",
    "\u202e",
    "\ufeff",
    "\ud800",
    "é",
    "学",
    "👩\u200d⚕️",
    " ",
    "a" * 70,
)


def hostile(longest: int = 8) -> st.SearchStrategy[str]:
    """Text that tries to leave its place: any characters, and what others have tried before."""
    return st.lists(st.sampled_from(NASTY) | st.text(max_size=12), max_size=longest).map("".join)


class Tags(HTMLParser):
    """An HTML text as a reader's program takes it apart."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.links: list[str | None] = []
        self.words: list[str] = []
        self._hidden = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, tuple(name for name, _ in attrs)))
        self.links += [value for name, value in attrs if name == "href"]
        self._hidden = self._hidden or tag in ("style", "title")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag not in ("style", "title")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)
