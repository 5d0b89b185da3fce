"""What of the settings can be used, and was hardly meant: told once, and nothing is refused."""

import logging
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

_log = logging.getLogger(__name__)
_OURS = "COMMONHOUR_"
_OTHERS = ("PORT", "TEST_SIZE")  # of docker-compose.yml, and of the tests
_REFRESH, _ONCE = 60.0, 1.0  # seconds, below which hosts are asked for what they will not give


@dataclass(frozen=True, slots=True)
class Doubt:
    """One of them, and what to do about it. Never holds a value that may be a secret."""

    what: str
    remedy: str


def misspelt(names: Iterable[str], known: Collection[str]) -> Iterator[Doubt]:
    """Doubt names that nobody reads; the one that was meant is most often near.

    names  of everything that is set
    known  what is read, without what all of our names begin with
    """
    ours = {each.removeprefix(_OURS) for each in names if each.startswith(_OURS)}
    for name in sorted(ours.difference(known, _OTHERS)):
        near = get_close_matches(name, sorted(known), 1)
        meant = f"did you mean {_OURS}{near[0]}?" if near else ""
        what = f"{_OURS}{name} is no setting, and nobody reads it"
        yield Doubt(what, meant or "docs/operating.md names all there are")


def hasty(refresh: float, once: float) -> Iterator[Doubt]:
    """Doubt times (seconds) in which calendars are asked for more often than hosts bear."""
    if refresh < _REFRESH:
        what = f"COMMONHOUR_REFRESH: every calendar is asked for each {refresh:g} s, all day long"
        yield Doubt(what, f"write {_REFRESH:g} or more; 21600 is usual")
    if once < _ONCE:
        what = f"COMMONHOUR_ONCE: one calendar may be asked for again after {once:g} s"
        yield Doubt(what, f"write {_ONCE:g} or more; 60 is usual")


def tell(doubts: Iterable[Doubt]) -> None:
    """Warn of them in the log."""
    for each in doubts:
        _log.warning("%s: %s", each.what, each.remedy)
