"""Files: read what is small and ordinary, write whole or not at all."""

from collections.abc import Mapping
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
        put(place.parent, {place.name: data})
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: links in a circle
        reason = (getattr(error, "strerror", None) or "it cannot be written").lower()
        raise Explained(
            f"{path}: {reason}", remedy="name a file in a folder that this user may write to"
        ) from None


def put(folder: Path, files: Mapping[str, bytes]) -> None:
    """Write all beside their places, then put all in place: a reader never sees half a file."""
    beside = {name: folder / f".{token_hex(8)}" for name in files}
    try:
        for name, data in files.items():
            with beside[name].open("xb") as file:
                file.write(data)
        for name, path in beside.items():
            path.replace(folder / name)
    finally:
        for path in beside.values():
            path.unlink(missing_ok=True)
