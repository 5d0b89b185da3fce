"""The chosen proposal as calendar files in a folder."""

from collections.abc import Sequence
from pathlib import Path

from calendar_sync.ics.written import calendars
from calendar_sync.ics.written.content import PRODUCT
from scheduler.errors import Explained
from scheduler.model.answer import Notice, Proposal
from scheduler.model.problem import Problem
from services.planning.files import put

SERIES = "series.ics"
PROTECTIONS = "protections.ics"


def write(
    problem: Problem, proposal: Proposal, folder: Path, notices: Sequence[Notice] = ()
) -> list[Path]:
    """Write `series.ics`, and `protections.ics` when a clinic has to be asked; say where.

    notices  those of this proposal

    Older files of these names are replaced, each whole. Without notices a `protections.ics`
    that we wrote before goes: it would ask for the time of another plan. Nothing else in the
    folder is touched. Raises Explained when the folder cannot be made or written to.
    """
    files = {SERIES: calendars.series(problem, proposal)}
    if notices:
        files[PROTECTIONS] = calendars.protections(problem, notices)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        put(folder, files)
        if not notices:
            _drop(folder / PROTECTIONS)
    except (FileExistsError, NotADirectoryError):
        raise Explained(
            f"{str(folder)!r} is a file or lies in one", remedy="name a folder for calendar files"
        ) from None
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        reason = error.strerror if isinstance(error, OSError) else "not a name for a folder"
        raise Explained(
            f"Calendar files cannot be written to {str(folder)!r} ({reason})",
            remedy="name a folder that this user may write to",
        ) from None
    return [folder / name for name in files]


def _drop(path: Path) -> None:
    """Remove a calendar, if it is one of ours."""
    ours = f"PRODID:{PRODUCT}\r\n".encode()
    if path.is_file() and ours in path.read_bytes():
        path.unlink()
