"""A page as a parser reads it: what is tag and what is text is for it to say."""

from collections import Counter
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input", "option"}  # the last may be left open


@dataclass
class FormTag:
    """A form: how and where it goes, and what its fields hold."""

    method: str
    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)


class Html(HTMLParser):
    """Reads a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.forms: list[FormTag] = []
        self.attributes: list[tuple[str, str]] = []
        self.alerts = 0
        self._words: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._inside_head = 0
        self.feed(text)
        self.close()

    @property
    def text(self) -> str:
        return " ".join("".join(self._words).split())

    def typed(self, name: str) -> list[str]:
        """What a field shows, wherever on the page."""
        return [value for form in self.forms for value in form.fields.get(name, [])]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        said = {name: value or "" for name, value in attrs}
        self.attributes += said.items()
        if tag == "a" and "href" in said:
            self.links.append(said["href"])
        if said.get("role") == "alert":
            self.alerts += 1
        if tag == "form":
            self.forms.append(FormTag(said.get("method", "get"), said.get("action", "")))
        if self.forms:
            self._field(tag, said)

    def _field(self, tag: str, said: dict[str, str]) -> None:
        fields = self.forms[-1].fields
        kind = said.get("type", "text")
        if tag == "input" and "name" in said:
            chosen = kind not in ("checkbox", "radio") or "checked" in said
            fields.setdefault(said["name"], []).extend([said.get("value", "")] if chosen else [])
        elif tag == "textarea":
            self._area = said["name"]
            fields.setdefault(self._area, []).append("")
        elif tag == "select":
            self._select = said["name"]
            fields.setdefault(self._select, [])
        elif tag == "option" and "selected" in said and self._select:
            fields[self._select].append(said["value"])

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        if tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            typed = self.forms[-1].fields[self._area]
            typed[-1] += data.removeprefix("\n") if not typed[-1] else data
        self._words.append(f" {data} ")


def without_token(text: str) -> str:
    """A page without what is different every second."""
    before, _, after = text.partition('name="csrf_token"')
    return before + after.partition(">")[2]
