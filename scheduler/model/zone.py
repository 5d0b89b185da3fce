"""Time zones by IANA name, from the pinned `tzdata` package alone.

The machine's own zone files may be older, may hold names of their own ("localtime" is wherever
the machine stands), and so would make an answer depend on the machine.
"""

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo  # noqa: TID251 -- the one place

from scheduler.errors import UnknownZone


@cache
def zone(name: str) -> ZoneInfo:
    """Return the time zone of that IANA name.

    Raises UnknownZone, naming the nearest names there are.
    """
    if name not in _names():
        raise UnknownZone(f"There is no time zone {name!r}", remedy=_advice(name))
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as data:
        return ZoneInfo.from_file(data, key=name)


@cache
def _names() -> frozenset[str]:
    return frozenset(files("tzdata").joinpath("zones").read_text().split())


# What people write, by the place whose clocks they mean.
_MEANT = {
    "America/New_York": {"et", "est", "edt", "eastern", "boston", "newyork"},
    "America/Chicago": {"ct", "cst", "cdt", "central", "houston", "dallas"},
    "America/Denver": {"mt", "mst", "mdt", "mountain"},
    "America/Phoenix": {"arizona"},
    "America/Los_Angeles": {"pt", "pst", "pdt", "pacific", "seattle", "sanfrancisco"},
}


def _advice(name: str) -> str:
    word = "".join(each for each in name.rpartition("/")[2].lower() if each.isalpha())
    word = word.removesuffix("time").removesuffix("standard").removesuffix("daylight")
    for place, words in _MEANT.items():
        if word in words:
            return f"write {place}"
    near = get_close_matches(name, sorted(_names()), n=2, cutoff=0.75) if len(name) > 4 else []
    if near:
        return f"write {' or '.join(near)}"
    return "write an IANA name such as America/New_York"
