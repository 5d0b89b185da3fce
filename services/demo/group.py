"""The inter-institution example as a coordinator would enter it."""

import csv
import io
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.errors import Explained

_COLUMNS = ("name", "email", "timezone")


BY_FEED = ("Lucía Thornbury", "Marcus Ilunga")
AT_OUTLOOK = {
    "Noor Halvorsen": "work",
    "Oluwaseun Pritchard": "work",
    "Quentin Saldivar": "work",
    "Sione Albrecht": "personal",
}  # the others with a calendar are at Google


@dataclass(frozen=True, slots=True)
class File:
    """A calendar of a member."""

    member: str
    kind: str
    text: str
    complete_until: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """What a problem file says, in the steps of the service."""

    folder: Path
    document: dict[str, Any]

    @classmethod
    def read(cls, folder: Path) -> "Example":
        """Read the example. Raises Explained when it is not there."""
        path = folder / "problem.toml"
        if not path.is_file():
            raise Explained(
                f"There is no example in {folder}", remedy="run this from the project's folder"
            )
        return cls(folder, tomllib.loads(path.read_text(encoding="utf-8")))

    @property
    def title(self) -> str:
        """What the group is called."""
        return str(self.document["title"])

    @property
    def timezone(self) -> str:
        """The group's, IANA."""
        return str(self.document["timezone"])

    @property
    def coordinator(self) -> str:
        """The address of whoever watches."""
        return "robin@example.org"

    @property
    def coordinator_name(self) -> str:
        """What whoever watches is called."""
        return "Robin Ashdown"

    @property
    def members(self) -> list[dict[str, Any]]:
        """Members as the file states them."""
        return list(self.document["members"])

    @property
    def emails(self) -> dict[str, str]:
        """Invented addresses of mail, by names."""
        return {each["name"]: f"{_word(each['name'])}@example.org" for each in self.members}

    def roster(self) -> str:
        """The members as a coordinator's list, with invented addresses of mail."""
        out = io.StringIO()
        writer = csv.writer(out)
        writer.writerow(_COLUMNS)
        for each in self.members:
            writer.writerow([each["name"], self.emails[each["name"]], each["timezone"]])
        return out.getvalue()

    def files(self) -> Iterator[File]:
        """Everybody's calendar files."""
        for member in self.members:
            for key, kind in (("calendars", "work"), ("clinical", "clinical")):
                for name in member.get(key, []):
                    text = (self.folder / name).read_text(encoding="utf-8")
                    until = member.get("known_until")
                    yield File(member["name"], kind, text, str(until) if until else None)

    def term(self) -> dict[str, Any]:
        """The term with its blackouts, as the API takes it."""
        return {
            "start": str(self.document["term"]["start"]),
            "end": str(self.document["term"]["end"]),
            "planning_date": str(self.document["planning_date"]),
            "blackouts": [
                {key: str(value) for key, value in each.items()}
                for each in self.document.get("blackouts", [])
            ],
        }

    def own_rules(self, member: str) -> dict[str, Any]:
        """What a member says beyond the group's rules."""
        [found] = [each for each in self.members if each["name"] == member]
        return {key: found[key] for key in ("hours", "notice", "required") if key in found}


def _word(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return plain.split()[0]
