"""The machine: Python, the home folder, and whether `up` runs."""

import os
import platform
import shutil
from collections.abc import Iterator
from pathlib import Path

from services.config import Settings
from services.doctor.finding import Finding, failing, missing, ok, weak
from services.up.lock import Told

_GB = 1_000_000_000
_LITTLE = 1.0  # GB; busy time of 6,000 people for half a year takes half of it


def python() -> Finding:
    """Say which Python this is."""
    return ok("python", f"{platform.python_version()} on {platform.system()}")


def home(settings: Settings) -> Iterator[Finding]:
    """Look at the folder of everything kept on one machine, without making it."""
    folder = settings.home
    there = next(each for each in (folder, *folder.parents) if each.exists())
    if not os.access(there, os.W_OK | os.X_OK) or not there.is_dir():
        what = f"{folder} cannot be written"
        yield failing("home", what, "name one that can be in COMMONHOUR_HOME")
        return
    if folder.exists():
        yield from _privacy(folder)
    else:
        yield missing("home", f"{folder} is not there yet", "the first start makes it")
    free = shutil.disk_usage(there).free / _GB
    if free < _LITTLE:
        yield weak("space", f"{free:.1f} GB are free", "make room before the disk is full")
    else:
        yield ok("space", f"{free:.0f} GB are free")


def _privacy(folder: Path) -> Iterator[Finding]:
    if folder.stat().st_mode & 0o077:
        what = f"others on this machine may look into {folder}"
        yield weak("home", what, "take their rights away: chmod go= and the folder")
    else:
        yield ok("home", str(folder))


def running(settings: Settings, told: Told | None) -> Iterator[Finding]:
    """Say whether `up` runs on this home folder; nobody expects it where a Redis is named.

    told  what it says of itself; None: it does not run
    """
    if told is not None:
        where = told.address or "an address it will say"
        how = " with --sandbox" if told.sandbox else ""
        yield ok("up", f"runs{how} at {where} (process {told.pid})")
    elif settings.redis_url is None:
        yield missing("up", "does not run here", "commonhour up starts everything")
