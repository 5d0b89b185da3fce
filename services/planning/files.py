"""Files: read what is small and ordinary, write whole or not at all."""

from pathlib import Path
from secrets import token_hex

from scheduler.errors import BadProblem, Explained

_MOST = 200_000_000  # bytes of a problem file: a thousand members with all their busy times


def read_file(path: Path) -> bytes:
    """Read a problem file. Raises BadProblem when there is none, or it is no ordinary file."""
    try:
        if path.exists() and not path.is_file():
            kind = "a folder" if path.is_dir() else "no ordinary file"
            raise BadProblem(f"{path}: this is {kind}", remedy="name a problem file, TOML or JSON")
        if path.stat().st_size > _MOST:
            raise BadProblem(f"{path}: the file is too large", remedy="name a file below 200 MB")
        return path.read_bytes()
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = (getattr(error, "strerror", None) or "it cannot be read").lower()
        raise BadProblem(f"{path}: {reason}", remedy="name a problem file, TOML or JSON") from None


def write_page(path: Path, data: bytes) -> None:
    """Write a page beside its place, then put it there. Raises Explained when that fails.

    Only a name for a page is taken, and only an ordinary file is replaced, so that a slip of the
    pen costs nothing else. A link keeps pointing where it points.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise Explained(f"{path} is no name for a page", remedy="let it end in .html")
    try:
        place = path.resolve()
        if place.exists() and not place.is_file():
            raise Explained(f"{path} is no ordinary file", remedy="name another one")
        _replace(place, data)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
        reason = (getattr(error, "strerror", None) or "it cannot be written").lower()
        raise Explained(
            f"{path}: {reason}", remedy="name a file in a folder that this user may write to"
        ) from None


def _replace(place: Path, data: bytes) -> None:
    beside = place.parent / f".{token_hex(8)}"
    try:
        beside.write_bytes(data)
        beside.replace(place)
    finally:
        if beside.exists():
            beside.unlink()
