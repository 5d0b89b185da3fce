"""Dates, wall clocks, places and amounts as the page writes them."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from markupsafe import Markup

from scheduler.model.week import DAY_NAMES
from scheduler.model.zone import zone

# Not strftime's names: those follow the machine's language.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CONTINENTS = frozenset(
    [
        "Africa",
        "America",
        "Antarctica",
        "Arctic",
        "Asia",
        "Atlantic",
        "Australia",
        "Europe",
        "Indian",
        "Pacific",
    ]
)
_UNFIT = frozenset({"Cc", "Cs", "Cn"})  # control, surrogate, unassigned: not allowed in HTML


def weekday(day: date) -> str:
    """Write "Wed"."""
    return DAY_NAMES[day.weekday()].capitalize()


def day_and_month(day: date) -> str:
    """Write "14 Apr"."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def month(day: date) -> str:
    """Write "Apr 2027"."""
    return f"{_MONTHS[day.month - 1]} {day.year}"


def full_day(day: date) -> str:
    """Write "Wed 14 Apr 2027"."""
    return f"{weekday(day)} {day_and_month(day)} {day.year}"


def near_day(day: date, beside: date) -> str:
    """Write "Wed 14 Apr" next to a date that says the year, the whole where the years differ."""
    return full_day(day) if day.year != beside.year else f"{weekday(day)} {day_and_month(day)}"


def local(instant: int, place: str) -> datetime:
    """UTC seconds on the wall clock of a zone."""
    return datetime.fromtimestamp(instant, zone(place))


def hours(start: int, end: int, place: str) -> str:
    """Write "07:00-08:00"; an end on another day says which."""
    begin, finish = local(start, place), local(end, place)
    last = f"{finish:%H:%M}"
    if finish.date() != begin.date():
        midnight = finish.date() - begin.date() == timedelta(days=1) and last == "00:00"
        last = "24:00" if midnight else f"{weekday(finish)} {last}"
    return f"{begin:%H:%M}-{last}"


def elsewhere(instant: int, home: str, cities: dict[str, str]) -> tuple[str, ...]:
    """Write "06:00 Chicago", "04:00 Los Angeles": that moment in every zone but the group's."""
    here = local(instant, home).date()
    together: dict[datetime, list[str]] = {}
    for place, city in cities.items():
        if place != home:
            together.setdefault(local(instant, place).replace(tzinfo=None), []).append(city)
    return tuple(
        f"{'' if there.date() == here else f'{weekday(there)} '}{there:%H:%M} {joined(names)}"
        for there, names in sorted(together.items(), reverse=True)
    )


def cities_of(places: Iterable[str]) -> dict[str, str]:
    """Name each zone by its city: "New York" for America/New_York.

    A zone whose city is not its own, or that is not named for one, keeps its whole name.
    """
    known = list(dict.fromkeys(places))
    names = {place: _city(place) for place in known}
    often = Counter(names.values())
    return {place: name if often[name] == 1 else place for place, name in names.items()}


def _city(place: str) -> str:
    continent, _, _ = place.partition("/")
    return place.rpartition("/")[2].replace("_", " ") if continent in _CONTINENTS else place


def duration(minutes: int) -> str:
    """Write "1 h 30 min"."""
    whole, rest = divmod(minutes, 60)
    parts = [f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest)
    return " ".join(parts) or "none"


def counted(number: int, noun: str) -> str:
    """Write "1 date", "2 dates"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def joined(words: Sequence[str], last: str = "and") -> str:
    """Write "a, b and c"."""
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def fit(value: object) -> object:
    """Keep characters out of the page that HTML does not allow in text."""
    if not isinstance(value, str) or isinstance(value, Markup) or value.isprintable():
        return value
    return "".join("?" if unicodedata.category(each) in _UNFIT else each for each in value)


def rtl(text: str) -> bool:
    """Whether some of it is written from right to left."""
    return any(unicodedata.bidirectional(each) in ("R", "AL") for each in text)
