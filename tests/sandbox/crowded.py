"""A sandbox in a process of its own, with many plain people who have allowed us to read.

Run as `python -m tests.sandbox.crowded FOLDER PEOPLE`; it ends when its standard input does.
"""

import json
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from calendar_sync.google.consent import SCOPES
from services.sandbox.people.seeds import many
from services.sandbox.serving import serving
from services.sandbox.world import World

_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Crowded:
    """A sandbox that answers.

    tokens  by e-mail address: an access token and what renews it
    """

    base: str
    ca_file: Path
    tokens: dict[str, tuple[str, str]]
    client: httpx.Client

    def told(self, what: str) -> dict[str, Any]:
        """What the sandbox says of its quotas, or of something else."""
        found: dict[str, Any] = self.client.get(f"/_sandbox/{what}").raise_for_status().json()
        return found

    def let(self, what: str, **change: Any) -> None:
        """Change something there."""
        self.client.post(f"/_sandbox/{what}", json=change).raise_for_status()


@contextmanager
def crowded(folder: Path, people: int) -> Iterator[Crowded]:
    """Run one."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox.crowded", str(folder), str(people)],
        cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin:
            said = json.loads(process.stdout.readline())
            ca_file = Path(said["ca_file"])
            trusting = ssl.create_default_context(cafile=ca_file)
            with httpx.Client(base_url=said["base"], verify=trusting, trust_env=False) as client:
                yield Crowded(said["base"], ca_file, said["tokens"], client)


def _main(folder: Path, people: int) -> None:
    with closing(World.open(folder, seed=False)) as world:
        given = {
            each.email: world.grants.give(each.email, SCOPES) for each in many(world, people, 7)
        }
        tokens = {email: (each.access, each.refresh) for email, each in given.items()}
        with serving(world, home=folder) as running:
            said = {"base": running.base, "ca_file": str(running.ca_file), "tokens": tokens}
            print(json.dumps(said), flush=True)
            sys.stdin.read()


if __name__ == "__main__":
    _main(Path(sys.argv[1]), int(sys.argv[2]))
