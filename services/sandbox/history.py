"""Everything that happened in the sandbox, in order: for whoever judges what was done to it."""

import json
from collections import deque
from pathlib import Path
from threading import Lock
from typing import Any

from services.sandbox.clock import Clock

Entry = dict[str, Any]
_MOST = 50_000  # entries held; the file keeps all of them


class History:
    """Entries, each with its number, the sandbox's time and what it is about.

    home  each is written to history.jsonl there, at once; None: they are only held
    """

    def __init__(self, home: Path | None, clock: Clock) -> None:
        self._clock, self._lock = clock, Lock()
        file = None if home is None else home / "history.jsonl"
        self._entries: deque[Entry] = deque(_known(file), maxlen=_MOST)
        self._last = int(self._entries[-1]["n"]) if self._entries else 0
        self._file = None if file is None else file.open("a", encoding="utf-8")

    def note(self, kind: str, **what: Any) -> None:
        """Add an entry; `what` has to be JSON."""
        with self._lock:
            self._last += 1
            entry = {"n": self._last, "at": self._clock.now().isoformat(), "kind": kind, **what}
            self._entries.append(entry)
            if self._file is not None:
                self._file.write(json.dumps(entry) + "\n")
                self._file.flush()

    def entries(self, since: int = 0) -> list[Entry]:
        """The entries whose number is greater, oldest first."""
        with self._lock:
            return [each for each in self._entries if each["n"] > since]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None


def _known(file: Path | None) -> list[Entry]:
    if file is None or not file.exists():
        return []
    found = []
    for line in file.read_text("utf-8").splitlines():
        try:
            found.append(json.loads(line))
        except ValueError:
            pass  # the last line of a run that was killed
    return found[-_MOST:]
