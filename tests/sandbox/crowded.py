"""A sandbox in a process of its own, with many plain people who have allowed us to read.

Run as `python -m tests.sandbox.crowded FOLDER PEOPLE HOST SCOPE...`; it ends when its standard
input does. Where no host is named (`-`), they have no accounts: their calendars are read at an
address.
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

from calendar_sync.google import consent as google
from services.sandbox.people.seeds import many
from services.sandbox.serving import serving
from services.sandbox.world import World
from services.storage.rows.accounts import Host

SCOPES = {
    Host.GOOGLE: frozenset(google.SCOPES),
    Host.OUTLOOK: frozenset({"Calendars.ReadBasic"}),
}
WRITES = {
    Host.GOOGLE: SCOPES[Host.GOOGLE] | {"calendar.events"},
    Host.OUTLOOK: frozenset({"Calendars.ReadWrite"}),
}
_SEEDS = {Host.GOOGLE: 7, Host.OUTLOOK: 8, None: 9}  # nobody is at two hosts
_ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Crowded:
    """A sandbox that answers.

    at      where everybody is; None: at addresses
    scopes  what everybody has allowed us
    tokens  by e-mail address: an access token and what renews it; or an address, and nothing
    """

    at: Host | None
    scopes: frozenset[str]
    pid: int
    base: str
    ca_file: Path
    tokens: dict[str, tuple[str, str]]
    client: httpx.Client

    def told(self, what: str) -> dict[str, Any]:
        """What the sandbox says of its quotas, or of something else."""
        found: dict[str, Any] = self.client.get(f"/_sandbox/{what}").raise_for_status().json()
        return found

    def counted(self) -> dict[str, Any]:
        """What the host counted of each person, and how many there were at once of all."""
        told = self.told("quotas")
        most = told["at_once"]["most"]
        if self.at is Host.GOOGLE:
            return {**told, "each_at_once": told["at_once"]["people"], "most": most}
        return {**told, **told["graph"], "each_at_once": told["graph"]["at_once"], "most": most}

    def let(self, what: str, **change: Any) -> None:
        """Change something there."""
        self.client.post(f"/_sandbox/{what}", json=change).raise_for_status()


@contextmanager
def crowded(
    folder: Path, people: int, at: Host | None = Host.GOOGLE, *, writes: bool = False
) -> Iterator[Crowded]:
    """Run one; where we may write as well, if that is said."""
    scopes = frozenset[str]() if at is None else (WRITES if writes else SCOPES)[at]
    arguments = [str(folder), str(people), at or "-", *sorted(scopes)]
    with subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox.crowded", *arguments],
        cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin:
            said = json.loads(process.stdout.readline())
            ca_file = Path(said["ca_file"])
            trusting = ssl.create_default_context(cafile=ca_file)
            with httpx.Client(base_url=said["base"], verify=trusting, trust_env=False) as client:
                yield Crowded(
                    at, scopes, process.pid, said["base"], ca_file, said["tokens"], client
                )


def _main(folder: Path, people: int, at: Host | None, scopes: frozenset[str]) -> None:
    with closing(World.open(folder, seed=False)) as world:
        kind = "work" if at is Host.OUTLOOK else "google"
        everybody = many(world, people, _SEEDS[at], host=kind)
        given = {each.email: _given(world, each.email, at, scopes) for each in everybody}
        with serving(world, home=folder) as running:
            said = {"base": running.base, "ca_file": str(running.ca_file), "tokens": given}
            print(json.dumps(said), flush=True)
            sys.stdin.read()


def _given(world: World, email: str, at: Host | None, scopes: frozenset[str]) -> tuple[str, str]:
    if at is None:
        return f"/ics/{world.calendars(email)[0].feed}.ics", ""
    grants = world.grants if at is Host.GOOGLE else world.entra
    grant = grants.give(email, scopes)
    return grant.access, grant.refresh


if __name__ == "__main__":
    _folder, _people, _at, *_scopes = sys.argv[1:]
    _host = None if _at == "-" else Host(_at)
    _main(Path(_folder), int(_people), _host, frozenset(_scopes))
