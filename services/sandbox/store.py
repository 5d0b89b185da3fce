"""What the sandbox remembers: JSON documents by kind and key, in memory and in one SQLite file."""

import json
import sqlite3
from pathlib import Path
from threading import RLock
from typing import Any

Document = dict[str, Any]


class Store:
    """Documents by kind and key. Each change is in the file before the call returns.

    `home` is a folder; without one, everything is forgotten at the end. A document that was
    handed out is the store's own: put a new one instead of changing it.
    """

    def __init__(self, home: Path | None) -> None:
        self._lock = RLock()
        self._documents: dict[str, dict[str, Document]] = {}
        self._file = _opened(home)
        for kind, key, text in self._file.execute("SELECT kind, key, document FROM documents"):
            self._documents.setdefault(kind, {})[key] = json.loads(text)

    def get(self, kind: str, key: str) -> Document | None:
        """Return the document, or None."""
        return self._documents.get(kind, {}).get(key)

    def all(self, kind: str) -> dict[str, Document]:
        """Return every document of that kind by key, oldest first."""
        with self._lock:
            return dict(self._documents.get(kind, {}))

    def put(self, kind: str, key: str, document: Document) -> None:
        """Keep the document, in place of an earlier one."""
        with self._lock:
            self._documents.setdefault(kind, {})[key] = document
            self._file.execute(
                "INSERT INTO documents VALUES (?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document",
                (kind, key, json.dumps(document)),
            )

    def remove(self, kind: str, key: str) -> None:
        """Forget the document, if there is one."""
        with self._lock:
            self._documents.get(kind, {}).pop(key, None)
            self._file.execute("DELETE FROM documents WHERE kind = ? AND key = ?", (kind, key))

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()


def _opened(home: Path | None) -> sqlite3.Connection:
    if home is not None:
        home.mkdir(parents=True, exist_ok=True)
    where = ":memory:" if home is None else home / "sandbox.sqlite"
    file = sqlite3.connect(where, check_same_thread=False, isolation_level=None)
    # A killed process loses nothing; a machine without power may lose the last moments.
    file.execute("PRAGMA journal_mode = WAL").fetchall()
    file.execute("PRAGMA synchronous = OFF")
    file.execute(
        "CREATE TABLE IF NOT EXISTS documents"
        " (kind TEXT, key TEXT, document TEXT NOT NULL, PRIMARY KEY (kind, key))"
    )
    return file
