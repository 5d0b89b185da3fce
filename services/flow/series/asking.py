"""Which letter asked last about a date: an answer to an earlier one is no answer any more.

A letter about a whole object asks about all its dates; one about a date asks about that alone.
Answers of which mail programs say that they are of later than now are remembered here as well:
they count as of now, and once.
"""

from collections.abc import Mapping
from typing import Any

from notifications.itip.changes import Change

_AHEAD = "ahead"  # no sequence, but the answers that were ahead of our clock
_MOST = 50  # of them


def told(asked: Mapping[str, Any], change: Change, sequence: int) -> dict[str, Any]:
    """Return what was asked by which sequence, once a letter says this."""
    date = None if change.date is None else change.date.original
    about = _about(change.piece, date)
    if date is not None:
        return {**asked, about: sequence}
    others = {key: each for key, each in asked.items() if not key.startswith(about)}
    return {**others, about: sequence}


def asked_by(asked: Mapping[str, Any], piece: int | None, date: int | None) -> int:
    """Return the sequence of the last letter that asked about it.

    piece  the original of a date that is an event of its own; None: the object
    date   the original of a date of the object; None: all of it
    """
    sequence: int = asked.get(_about(piece, date), asked.get(_about(piece, None), 0))
    return sequence


def is_known(asked: Mapping[str, Any], piece: int | None, date: int | None, stamp: int) -> bool:
    """Whether an answer to it with this stamp (UTC seconds) was taken ahead of its time."""
    return f"{_about(piece, date)}@{stamp}" in asked.get(_AHEAD, ())


def ahead(
    asked: Mapping[str, Any], piece: int | None, date: int | None, stamp: int
) -> dict[str, Any]:
    """Return what was asked, and that such an answer was taken: sent again it is no news."""
    known = [*asked.get(_AHEAD, ()), f"{_about(piece, date)}@{stamp}"]
    return {**asked, _AHEAD: known[-_MOST:]}


def _about(piece: int | None, date: int | None) -> str:
    return f"{'' if piece is None else piece}/{'' if date is None else date}"
