"""The values of a problem file: dates, wall-clock times, weekdays, zones. Sentences when wrong."""

import re
from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Annotated, Any

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from scheduler.errors import UnknownZone
from scheduler.model.week import DAY, DAY_NAMES
from scheduler.model.zone import zone

MOST_LETTERS = 200  # of a title, and of any text that people read on one line
MOST_CHOICES = 50  # of ordinals
MOST_ORDINALS = 5  # of a choice: there are no more

_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def wrong(what: str, remedy: str) -> PydanticCustomError:
    """Refuse a value: what is wrong with it and what to write instead."""
    return PydanticCustomError("wrong", "{what}: {remedy}", {"what": what, "remedy": remedy})


def nearest(word: str, known: list[str]) -> str:
    """Advise the known word that is most alike, or all of them."""
    near = get_close_matches(word, known, n=1, cutoff=0.5)
    return f"perhaps it is {near[0]}" if near else f"write one of {', '.join(known)}"


def _date(value: Any) -> date:
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value)
        except ValueError:
            raise wrong(
                f"{shown(value)} is not a date", "write a date such as 2027-01-04"
            ) from None
    if not isinstance(value, date) or isinstance(value, datetime):
        raise wrong(f"{shown(value)} is not a date", "write a date such as 2027-01-04")
    if not 1970 <= value.year <= 2200:
        raise wrong(f"the year {value.year} is out of reach", "write a year from 1970 to 2200")
    return value


def _minute(value: Any) -> int:
    """Read "06:30" as minutes past midnight; "24:00" is the end of the day."""
    if value == "24:00":
        return DAY
    if isinstance(value, str) and _CLOCK.fullmatch(value):
        return int(value[:2]) * 60 + int(value[3:])  # as all are written; strptime is slow
    if isinstance(value, str):
        try:
            value = datetime.strptime(value, "%H:%M").time()  # noqa: DTZ007 -- a wall clock
        except ValueError:
            raise wrong(
                f"{shown(value)} is not a time of day", "write hours and minutes such as 06:30"
            ) from None
    if not isinstance(value, time) or value.second or value.microsecond or value.tzinfo:
        raise wrong(f"{shown(value)} is not a time of day", "write hours and minutes such as 06:30")
    return value.hour * 60 + value.minute


def _weekday(value: Any) -> int:
    if value in DAY_NAMES:
        return DAY_NAMES.index(value)
    short = str(value).lower()[:3]
    raise wrong(f"{shown(value)} is not a weekday", nearest(short, list(DAY_NAMES)))


def _zone(value: Any) -> str:
    if not isinstance(value, str):
        raise wrong(f"{shown(value)} is not a time zone", "write one such as America/New_York")
    try:
        zone(value)
    except UnknownZone as error:
        raise wrong(error.what, error.remedy) from None
    return value


def _share(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise wrong(f"{shown(value)} is not a number", "write a share such as 0.5")
    if not Decimal(value).is_finite() or not 0 <= value <= 1:
        raise wrong(f"{shown(value)} is not a share", "write a number from 0 to 1")
    return Decimal(value)


def shown(value: Any) -> str:
    """Show a value in a sentence, shortened."""
    try:
        text = str(value) if isinstance(value, date | time | Decimal) else repr(value)
    except ValueError:  # Python does not write out whole numbers of thousands of digits
        text = "a number of thousands of digits"
    return text if len(text) <= 40 else f"{text[:37]}..."


def _text(value: Any) -> Any:
    if isinstance(value, str) and any("\ud800" <= each <= "\udfff" for each in value):
        raise wrong("this text holds half a character", "write it anew, in UTF-8")
    return value


def one_of(known: list[str]) -> Callable[[Any], Any]:
    """Accept only these words; advise the nearest."""

    def check(value: Any) -> Any:
        if value not in known:
            raise wrong(f"{shown(value)} is not known", nearest(str(value), known))
        return value

    return check


def no_longer(value: Any, count: int) -> Any:
    """Refuse a list that is longer; what else it may be is somebody else's to check."""
    if isinstance(value, list) and len(value) > count:
        raise wrong(f"this list is {len(value)} long", f"give at most {count}")
    return value


def at_most(count: int) -> BeforeValidator:
    """Accept no longer list, before any of it is looked at: all wrong, it costs no more."""
    return BeforeValidator(lambda value: no_longer(value, count))


def _ordinals(value: Any) -> Any:
    """Bring every choice into the form of a list: 2 is [2]."""
    if not isinstance(value, list) or not value:
        raise wrong(f"{shown(value)} holds no choice", "write a list such as [1, 2, 3, 4, -1]")
    no_longer(value, MOST_CHOICES)
    choices = [each if isinstance(each, list) else [each] for each in value]
    for choice in choices:
        no_longer(choice, MOST_ORDINALS)
    for each in (ordinal for choice in choices for ordinal in choice):
        if isinstance(each, bool) or each not in (1, 2, 3, 4, -1):
            raise wrong(f"{shown(each)} is not an ordinal", "write 1 to 4, or -1 for the last")
    if len({len(choice) for choice in choices}) != 1 or not choices[0]:
        raise wrong("the choices hold different numbers of dates", "let all hold equally many")
    return choices


Text = Annotated[str, BeforeValidator(_text)]
Line = Annotated[str, Field(max_length=MOST_LETTERS), BeforeValidator(_text)]
Day = Annotated[date, BeforeValidator(_date)]
Minute = Annotated[int, BeforeValidator(_minute)]
Weekday = Annotated[int, BeforeValidator(_weekday)]
Weekdays = Annotated[list[Weekday], Field(min_length=1), at_most(len(DAY_NAMES))]
Zone = Annotated[str, BeforeValidator(_zone)]
Share = Annotated[Decimal, BeforeValidator(_share)]
Ordinals = Annotated[list[list[int]], BeforeValidator(_ordinals)]
