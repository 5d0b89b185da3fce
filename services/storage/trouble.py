"""What a database means that does not do what it is asked: not every time it is out of reach."""

from enum import StrEnum

from sqlalchemy.exc import OperationalError

# PostgreSQL by SQLSTATE, SQLite by the beginning of the name of its error.
_BUSY = ("40", "55P03", "57014", "SQLITE_BUSY", "SQLITE_LOCKED")  # 40: deadlock, serialization
_FULL = ("53100", "SQLITE_FULL")
_AWAY = ("08", "25P03", "53300", "57P", "SQLITE_CANTOPEN", "SQLITE_IOERR", "SQLITE_READONLY")


class Trouble(StrEnum):
    """What it is."""

    BUSY = "busy"  # others were in the way: the same may go well in a moment
    FULL = "full"  # there is no room left on its disk
    AWAY = "away"  # there is no connection to it, or it cannot read or write its files
    OTHER = "other"  # we asked for what it cannot do


def trouble_of(error: OperationalError) -> Trouble:
    """Tell what a database means by this error."""
    word = _word(error.orig)
    if word is None:  # nothing was said: there was nobody to say it
        return Trouble.AWAY
    kinds = {Trouble.BUSY: _BUSY, Trouble.FULL: _FULL, Trouble.AWAY: _AWAY}
    return next((kind for kind, words in kinds.items() if word.startswith(words)), Trouble.OTHER)


def _word(orig: BaseException | None) -> str | None:
    word = getattr(orig, "sqlstate", None) or getattr(orig, "sqlite_errorname", None)
    return word if isinstance(word, str) else None
