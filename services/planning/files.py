"""Write a file whole or not at all."""

from pathlib import Path
from secrets import token_hex

from scheduler.errors import Explained


def write_page(path: Path, data: bytes) -> None:
    """Write a page beside its place, then put it there. Raises Explained when that fails.

    Only a name for a page is taken, so that a slip of the pen costs no other file.
    """
    if path.suffix.lower() not in (".html", ".htm"):
        raise Explained(f"{path} is no name for a page", remedy="let it end in .html")
    beside = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        beside.write_bytes(data)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        reason = (error.strerror or "it cannot be written").lower()
        raise Explained(
            f"{path}: {reason}", remedy="name a file in a folder that this user may write to"
        ) from None
