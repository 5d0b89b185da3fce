"""One `up` per home folder.

The lock is a flock on a file that every child inherits, so that it is held as long as anything
of an `up` still runs: a new one never meets a server that is still writing into its folder.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self

from scheduler.errors import Explained
from services.config import Settings

_PATIENCE = 5.0  # seconds in which the children of a killed `up` end
_NAME = "up.lock"
_KEYS = "keys.lock"


class AlreadyUp(Explained):
    """Another `up` runs on this home folder."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the holder of a lock tells others.

    pid      the supervising process
    address  where people reach it; empty while it starts
    redis    its Redis, if it started one
    folder   what it put outside the home folder, to be cleaned up after it was killed
    sandbox  where it plays Google and Outlook, if it does
    """

    pid: int
    address: str = ""
    redis: str = ""
    folder: str = ""
    sandbox: str = ""

    @classmethod
    def read(cls, file: int) -> Self | None:
        """Read what the last holder told; None if it ended cleanly."""
        try:
            return cls(**json.loads(os.pread(file, 4096, 0)))
        except (ValueError, TypeError):
            return None

    @property
    def alive(self) -> bool:
        """Whether that process still runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass  # somebody else's, so it does
        return True


@dataclass(slots=True)
class Hold:
    """The lock, held.

    left  what the last holder told, if it ended without a word
    """

    file: int
    left: Told | None
    told: Told

    def tell(self, told: Told) -> None:
        """Tell others who holds it."""
        self.told = told
        os.ftruncate(self.file, 0)
        os.pwrite(self.file, json.dumps(asdict(self.told)).encode(), 0)


@contextmanager
def hold(home: Path) -> Iterator[Hold]:
    """Hold the lock of this home folder, which is made if need be. Raises AlreadyUp."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = os.open(home / _NAME, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        reason = (error.strerror or "it cannot be used").lower()
        raise Explained(
            f"The folder {home}: {reason}",
            remedy="name one that can be written in COMMONHOUR_HOME",
        ) from None
    try:
        _take(file, home)
        held = Hold(file, Told.read(file), Told(os.getpid()))
        held.tell(held.told)
        yield held
        os.ftruncate(file, 0)
    finally:
        os.close(file)


def holder(home: Path) -> Told | None:
    """Who runs on this home folder; None if nobody does."""
    try:
        file = os.open(home / _NAME, os.O_RDONLY)
    except OSError:
        return None
    try:
        return None if _locked(file, fcntl.LOCK_SH) else Told.read(file)
    finally:
        os.close(file)


@contextmanager
def keys_of(settings: Settings, *, to_exchange: bool = False) -> Iterator[None]:
    """Use the keys that are kept in a home, with others; or alone, to exchange them.

    Nothing is locked where they come from the environment. Raises Explained: they are in use, or
    are being exchanged.
    """
    if settings.token_keys:
        yield
        return
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = os.open(settings.home / _KEYS, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(file, fcntl.LOCK_EX if to_exchange else fcntl.LOCK_SH):
            if to_exchange:
                raise Explained(
                    "Common Hour is running with the key that is to go",
                    remedy="stop it, rotate, and start it again",
                )
            raise Explained("The keys are being exchanged", remedy="start again in a moment")
        yield
    finally:
        os.close(file)


def _take(file: int, home: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while not _locked(file, fcntl.LOCK_EX):
        told = Told.read(file)
        if told is not None and told.alive:
            where = f", at {told.address}" if told.address else ""
            raise AlreadyUp(
                f"Common Hour already runs on {home} (process {told.pid}{where})",
                remedy="use that one, end it, or name another folder in COMMONHOUR_HOME",
            )
        if time.monotonic() > end:
            raise AlreadyUp(
                f"Parts of an earlier start still run on {home}",
                remedy="end them, or name another folder in COMMONHOUR_HOME",
            )
        time.sleep(0.05)


def _locked(file: int, how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
