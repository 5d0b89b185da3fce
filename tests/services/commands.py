"""Run a command of `commonhour` in this process, as a person at a terminal would."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from services.cli.main import main


@dataclass(frozen=True)
class Outcome:
    """What a command left behind."""

    status: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """Standard output as JSON."""
        return json.loads(self.out)


class Terminal:
    """Runs commands and keeps what they print."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._capsys = monkeypatch, capsys

    def run(self, *words: str | Path) -> Outcome:
        """Run `commonhour` with these words."""
        self._monkeypatch.setattr("sys.argv", ["commonhour", *map(str, words)])
        before = os.umask(0o022)  # a process of its own would leave ours alone
        try:
            with pytest.raises(SystemExit) as exit_:
                main()
        finally:
            os.umask(before)
        out, err = self._capsys.readouterr()
        return Outcome(exit_.value.code if isinstance(exit_.value.code, int) else 0, out, err)
