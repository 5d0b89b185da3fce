"""What was typed into a form: shown again with what is wrong with it, so that nothing is lost."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from flask import request
from werkzeug.datastructures import MultiDict

from scheduler.errors import Explained
from scheduler.model.week import DAY_NAMES
from services import door, problems
from services.flow.errors import Unfit

_MENDED_BY_TYPING = (409, 412, 413, 422)
_TIME = re.compile(r"(\d{1,2})[:.h]?(\d{2})?\s*(am|pm)?", re.IGNORECASE)
_HALVES = {"am": 0, "pm": 12}
_FEWEST = 3  # rows of hours that are shown

# The beginning of an error, or words in it -> the field it is about, and what that is called.
Places = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong. `field` is empty where it is the form as a whole."""

    field: str
    sentence: str


@dataclass(slots=True)
class Form:
    """A form as its reader left it."""

    typed: MultiDict[str, str] = field(default_factory=MultiDict)
    mistakes: list[Mistake] = field(default_factory=list)

    @classmethod
    def of(cls, **values: Any) -> Self:
        """A form that shows what is there already; None shows as nothing."""
        return cls().show(**values)

    @classmethod
    def sent(cls) -> Self:
        """The form that came with the request."""
        return cls(MultiDict(request.form))

    def show(self, **values: Any) -> Self:
        """Let fields hold these values as well."""
        for name, value in values.items():
            each = value if isinstance(value, list) else [value]
            self.typed.setlist(name, ["" if one is None else str(one) for one in each])
        return self

    def text(self, name: str) -> str:
        """Return what was typed, without blanks around it."""
        return self.typed.get(name, "").strip()

    def many(self, name: str) -> list[str]:
        """Return everything that was chosen."""
        return self.typed.getlist(name)

    def ticked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return bool(self.typed.get(name))

    def number(self, name: str, label: str, such_as: int = 6) -> int | None:
        """Return a whole number; None where nothing was typed. Raises Unfit."""
        text = self.text(name)
        if not text:
            return None
        if not re.fullmatch(r"-?[0-9]{1,6}", text):
            raise Unfit(
                f"{label}: {text[:40]!r} is no whole number", remedy=f"write one such as {such_as}"
            )
        return int(text)

    @property
    def version(self) -> int | None:
        """The version of what is edited, as it was read."""
        text = self.text("version")
        return int(text) if text.isdecimal() and len(text) < 10 else None

    def wrong(self, name: str) -> str:
        """Return what is wrong with a field, or nothing."""
        return " ".join(each.sentence for each in self.mistakes if each.field == name)

    def refused(self, error: Explained, places: Places = {}) -> int:  # noqa: B006 -- never changed
        """Note why it was refused and return the status. Raises again what no typing mends."""
        status = problems.status_of(error)
        if status not in _MENDED_BY_TYPING:
            raise error
        door.close()
        for each in (error, *error.others):
            name, what = _placed(each.what, places)
            self.mistakes.append(Mistake(name, f"{what}: {each.remedy}."))
        return status

    def set_ranges(self, name: str, ranges: Sequence[Mapping[str, Any]] | None) -> Self:
        """Show hours that are there already."""
        for place, each in enumerate(ranges or []):
            self.typed.setlist(f"{name}-{place}-days", list(each["days"]))
            self.typed[f"{name}-{place}-start"] = str(each["start"])
            self.typed[f"{name}-{place}-end"] = str(each["end"])
        return self

    def ranges(self, name: str) -> list[dict[str, Any]]:
        """Return the rows of hours in which something was typed."""
        rows = [self._range(f"{name}-{place}") for place in range(self.rows(name))]
        return [each for each in rows if any(each.values())]

    def rows(self, name: str) -> int:
        """How many rows of hours to show: those that are used, one more, and more if asked."""
        used = [
            int(found[1])
            for key in self.typed
            if (found := re.fullmatch(rf"{name}-(\d{{1,2}})-(days|start|end)", key))
            and any(self.typed.getlist(key))
        ]
        asked = 3 if self.ticked(f"{name}-more") else 0
        return min(max([_FEWEST, *(each + 2 for each in used)]) + asked, 60)

    def _range(self, place: str) -> dict[str, Any]:
        return {
            "days": [each for each in DAY_NAMES if each in self.many(f"{place}-days")],
            "start": clock(self.text(f"{place}-start")),
            "end": clock(self.text(f"{place}-end")),
        }


def clock(text: str) -> str:
    """A time of day as people type it, as 08:30; what is none stays as it is."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return text
    hour, minute, half = int(found[1]), int(found[2] or 0), (found[3] or "").lower()
    if half and 1 <= hour <= 12:
        hour = hour % 12 + _HALVES[half]
    return f"{hour:02}:{minute:02}"


def _placed(what: str, places: Places) -> tuple[str, str]:
    """Find the field that an error is about.

    A place in a problem file stands first in the sentence, and makes way for the field's label;
    other words may stand anywhere.
    """
    for words, (name, label) in places.items():
        if label and what.startswith(words):
            _, colon, rest = what.partition(": ")
            return name, f"{label}: {rest}" if colon else what
        if not label and words in what.lower():
            return name, what
    return "", what
