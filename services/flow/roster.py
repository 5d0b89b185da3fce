"""A list of members as CSV, as a spreadsheet writes it: read whole or not at all."""

import csv
import io
from collections.abc import Iterator

from scheduler.errors import Explained
from services.flow import groups, persons
from services.flow.errors import Unfit, together
from services.flow.members import Entry
from services.planning.rules import checked_person

COLUMNS = ("name", "email", "timezone", "role", "required", "assistant_email")
_NEEDED = COLUMNS[:2]
_ALIASES = {
    **{each.replace("_", ""): each for each in COLUMNS},
    "emailaddress": "email",
    "mail": "email",
    "fullname": "name",
    "zone": "timezone",
    "assistant": "assistant_email",
}
_TOO_MANY = ""  # stands for a column where a line has more fields than there are
_MOST_BYTES = 1_000_000
_MOST_TOLD = 20  # mistakes at once
_YES, _NO = ("yes", "true", "1", "required", "x"), ("no", "false", "0", "")


def read(data: bytes) -> list[Entry]:
    """Read a list of members. Raises Unfit with everything that is wrong with it, by line.

    It takes a while: read it before a transaction is opened.
    """
    lines, entries = _lines(data), []
    mistakes: list[str] = []
    first: dict[str, int] = {}
    for number, row in _rows(lines):
        try:
            entry = _entry(row)
            for what in (persons.address(entry.email), f"name {entry.name}"):
                if what in first:
                    raise Unfit(f"it repeats line {first[what]}", remedy="leave one out")
                first[what] = number
            entries.append(entry)
        except Explained as error:
            told = "; ".join(f"{each.what} ({each.remedy})" for each in (error, *error.others))
            mistakes.append(f"line {number}: {told}")
    if mistakes:
        more = f"; and {len(mistakes) - _MOST_TOLD} more" if len(mistakes) > _MOST_TOLD else ""
        raise Unfit("; ".join(mistakes[:_MOST_TOLD]) + more, remedy="correct these lines")
    if not entries:
        raise Unfit("There is nobody on the list", remedy="write one member a line")
    return entries


def _lines(data: bytes) -> list[str]:
    if len(data) > _MOST_BYTES:
        raise Unfit("The list is larger than 1 MB", remedy="write a shorter one")
    utf_16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    # The last is what spreadsheets on Windows write where nobody chose.
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.splitlines()
    raise Unfit("The list is not text in UTF-8", remedy="save it as CSV in UTF-8")


def _rows(lines: list[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Give each row by its column names, with the number of its line."""
    separator = max(",;\t", key=(lines[0] if lines else "").count)
    reader = csv.reader(io.StringIO("\n".join(lines)), delimiter=separator, strict=True)
    try:
        header = [_column(each) for each in next(reader, [])]
        _check(header)
        for row in reader:
            if any(each.strip() for each in row):
                named = dict(zip(header, map(str.strip, row), strict=False))
                if len(row) > len(header):
                    named[_TOO_MANY] = ""
                yield reader.line_num, named
    except csv.Error as error:
        raise Unfit(
            f"line {reader.line_num}: this is not CSV ({error})", remedy="save the list as CSV anew"
        ) from None


def _column(heading: str) -> str:
    """A column as we call it, whatever a spreadsheet does."""
    word = "".join(each for each in heading.lower() if each.isalnum())
    return _ALIASES.get(word, heading.strip().lower())


def _check(header: list[str]) -> None:
    unknown = [each for each in header if each not in COLUMNS]
    lacking = [each for each in _NEEDED if each not in header]
    if unknown or lacking or len(set(header)) < len(header):
        what = (
            f"the column {lacking[0]} is missing"
            if lacking
            else f"the column {unknown[0][:40]!r} is not known"
            if unknown
            else "a column stands twice"
        )
        raise Unfit(f"line 1: {what}", remedy=f"let the first line be {','.join(COLUMNS)}")


def _entry(row: dict[str, str]) -> Entry:
    if _TOO_MANY in row:
        raise Unfit(
            "there are more fields than columns",
            remedy='put a name with a comma in it into "quotes"',
        )
    name, email = row.get("name", ""), row.get("email", "")
    assistant, timezone = row.get("assistant_email") or None, row.get("timezone") or None
    together(
        lambda: groups.line(name, "name"),
        lambda: persons.address(email),
        lambda: _coordinates(row),
        lambda: _required(row),
        lambda: persons.address(assistant) if assistant else None,
        lambda: checked_person(timezone=timezone),
    )
    return Entry(
        name=groups.line(name, "name"),
        email=persons.address(email),
        required=_required(row),
        coordinator=_coordinates(row),
        assistant_email=persons.address(assistant) if assistant else None,
        timezone=timezone,
    )


def _coordinates(row: dict[str, str]) -> bool:
    role = row.get("role", "").lower()
    if role not in ("", "member", "coordinator"):
        raise Unfit(f"the role {role[:40]!r} is not known", remedy="write member or coordinator")
    return role == "coordinator"


def _required(row: dict[str, str]) -> bool:
    required = row.get("required", "").lower()
    if required not in _YES + _NO:
        raise Unfit(f"required is {required[:40]!r}", remedy="write yes or no")
    return required in _YES
