"""Calendars that lie on this machine."""

from pathlib import Path

from calendar_sync.errors import Unreadable
from calendar_sync.ics.limits import Limits


def load(place: str, limits: Limits) -> bytes:
    """Return the bytes of a file. Raises Unreadable if there is none, or it is too large."""
    most = limits.file_bytes
    try:
        path = Path(place)
        if path.exists() and not (path.is_file() or path.is_dir()):
            raise Unreadable(f"{place} is no ordinary file", remedy="give an ICS file")
        with path.open("rb") as file:
            data = file.read(most + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError: a NUL in the name
        raise Unreadable(f"There is no file {place!r}", remedy="check the path") from None
    except IsADirectoryError:
        raise Unreadable(f"{place} is a folder", remedy="give the ICS file in it") from None
    except PermissionError:
        raise Unreadable(
            f"{place} may not be read by this user", remedy="allow it to be read, or copy it"
        ) from None
    except OSError as error:
        raise Unreadable(
            f"{place} cannot be read ({error.strerror})", remedy="copy it elsewhere and try again"
        ) from None
    return fitting(data, place, limits)


def fitting(data: bytes, place: str, limits: Limits) -> bytes:
    """Return the data unless there is too much of it. Raises Unreadable."""
    if len(data) > limits.file_bytes:
        raise Unreadable(
            f"{place} is larger than {limits.file_bytes / 1e6:g} MB",
            remedy="export a shorter time of the calendar",
        )
    return data
