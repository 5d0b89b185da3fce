"""Which letter asked last about a date: an answer to an earlier one is no answer any more.

A letter about a whole object asks about all its dates; one about a date asks about that alone.
"""

from collections.abc import Mapping

from notifications.itip.changes import Change


def told(asked: Mapping[str, int], change: Change, sequence: int) -> dict[str, int]:
    """Return what was asked by which sequence, once a letter says this."""
    date = None if change.date is None else change.date.original
    about = _about(change.piece, date)
    if date is not None:
        return {**asked, about: sequence}
    others = {key: each for key, each in asked.items() if not key.startswith(about)}
    return {**others, about: sequence}


def asked_by(asked: Mapping[str, int], piece: int | None, date: int | None) -> int:
    """Return the sequence of the last letter that asked about it.

    piece  the original of a date that is an event of its own; None: the object
    date   the original of a date of the object; None: all of it
    """
    return asked.get(_about(piece, date), asked.get(_about(piece, None), 0))


def _about(piece: int | None, date: int | None) -> str:
    return f"{'' if piece is None else piece}/{'' if date is None else date}"
