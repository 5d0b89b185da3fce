"""A world in which every address leads to us: namespaces of our own, and who lives in them."""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.up.running import ROOT, clean_environment


class NotAllowed(AssertionError):
    """This machine does not let us make networks: a test that needs them fails."""


@dataclass(frozen=True)
class Came:
    """What came of fetching an address: why it was not read (None: it was), who was spoken to."""

    said: str | None
    heard: frozenset[str]


@dataclass
class World:
    """One that runs."""

    process: "subprocess.Popen[str]"

    def fetch(
        self,
        address: str,
        names: Mapping[str, Sequence[str]] | None = None,
        moved: Mapping[str, str] | None = None,
        *,
        account: bool = False,
    ) -> Came:
        """Fetch a calendar from an address.

        names    what the name server says besides, as `nameserver` reads it
        moved    where the pages of the public host redirect to
        account  connect an account at a CalDAV host instead: the public one speaks no CalDAV
        """
        asked = {"address": address, "names": names or {}, "moved": moved or {}}
        answer = self._ask({**asked, "account": account})
        return Came(answer["said"], frozenset(answer["heard"]))

    def knock(self, address: str) -> frozenset[str]:
        """Connect to an address without asking whether we should; return who was spoken to."""
        return frozenset(self._ask({"knock": address})["heard"])

    def _ask(self, asked: Any) -> Any:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())


@contextmanager
def a_world(folder: Path) -> Iterator[World]:
    """Make one; it ends with whoever made it. Raises NotAllowed."""
    words = ["unshare", "--map-root-user", "--net", "--mount", "--kill-child"]
    log = folder / "log"
    with (
        log.open("w") as written,
        subprocess.Popen(
            [*words, sys.executable, "-m", "tests.network.inside", str(folder)],
            cwd=ROOT,
            env=clean_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=written,
            text=True,
        ) as process,
    ):
        assert process.stdin
        assert process.stdout
        if not process.stdout.readline():
            raise NotAllowed(f"This machine does not let us make networks:\n{log.read_text()}")
        yield World(process)
        process.stdin.close()  # that is how it learns
