"""Gates: places where a process stops itself, so that it can be looked at from there on.

A gate is a file in a folder that the environment names. While it is there, whoever comes by stops
as by SIGSTOP; whoever takes it away sends SIGCONT.
"""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

FOLDER = "CRASH_GATES"


def pass_by(name: str) -> None:
    """Stop here for as long as this gate is shut."""
    gate = Path(os.environ[FOLDER], name)
    while gate.exists():
        os.kill(os.getpid(), signal.SIGSTOP)


@dataclass(frozen=True, slots=True)
class Gates:
    """The gates of one lane, from outside."""

    folder: Path

    def shut(self, name: str) -> None:
        """Stop whoever comes by."""
        (self.folder / name).touch()

    def open(self, name: str, pid: int) -> None:
        """Let everybody pass, also the process that stands there."""
        (self.folder / name).unlink(missing_ok=True)
        os.kill(pid, signal.SIGCONT)

    def reset(self) -> None:
        """Open all of them."""
        for gate in self.folder.iterdir():
            gate.unlink(missing_ok=True)


def is_stopped(pid: int) -> bool:
    """Whether a process was stopped, and only that."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return stat.rpartition(")")[2].split()[0] in ("T", "t")
