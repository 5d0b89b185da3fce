"""The service as its users meet it: a running program, its commands, its addresses."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).parents[2]


@dataclass
class Service:
    """A running `commonhour up`.

    sandbox  where the sandbox beside it is; empty: there is none
    """

    address: str
    home: Path
    env: dict[str, str] = field(repr=False)
    log: Path
    closing: ExitStack = field(repr=False)
    sandbox: str = ""

    def client(self, **options: Any) -> httpx.Client:
        """Something that asks; it is closed when the service ends."""
        made = httpx.Client(base_url=self.address, timeout=60, trust_env=False, **options)
        return self.closing.enter_context(made)

    def command(self, *words: str, status: int = 0) -> str:
        """Run a command of the same installation and return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "services", *words],
            env=self.env, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120,
        )  # fmt: skip
        assert done.returncode == status, done.stderr
        return done.stdout

    def token(self, email: str, *more: str) -> str:
        """An API token of a person, who is made when new."""
        made = self.command("token", "create", "--email", email, "--json", *more)
        return str(json.loads(made)["token"])

    def api(self, email: str) -> "Api":
        """The API as that person sees it."""
        head = {"Authorization": f"Bearer {self.token(email)}"}
        return Api(self.client(headers=head))


class Api:
    """Asks, and expects the status it names."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def ask(self, method: str, path: str, status: int = 200, **said: Any) -> Any:
        """Send a request and return what its answer says."""
        response = self._client.request(method, f"/api/v1{path}", **said)
        assert response.status_code == status, f"{method} {path}: {response.text}"
        if response.headers.get("Content-Type", "").endswith("json"):
            return response.json()
        return response.content

    def get(self, path: str) -> Any:
        return self.ask("GET", path)

    def post(self, path: str, said: Any, status: int = 201) -> Any:
        return self.ask("POST", path, status, json=said)

    def change(self, path: str, said: Any) -> Any:
        version = self._client.get(f"/api/v1{path}").headers["ETag"]
        return self.ask("PATCH", path, json=said, headers={"If-Match": version})


@contextmanager
def started(
    home: Path, more: Mapping[str, str] = {}, level: str = "debug", *, sandbox: bool = False
) -> Iterator[Service]:
    """Start the service, beside a sandbox if wanted; it must end cleanly."""
    plain = {key: each for key, each in os.environ.items() if not key.startswith("COMMONHOUR_")}
    ours = {"COMMONHOUR_HOME": str(home), "COMMONHOUR_LOG": level}
    env = {**plain, **ours, "COMMONHOUR_LISTEN": "127.0.0.1:0", **more}
    log = home.parent / "service.log"
    with ExitStack() as closing, log.open("w") as stderr, subprocess.Popen(
        [sys.executable, "-m", "services", "up", *(["--sandbox"] if sandbox else [])],
        env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=stderr, text=True,
    ) as process:  # fmt: skip
        try:
            beside = _told(process, log, r"plays [\w ]+: (\S+)/") if sandbox else ""
            address = _told(process, log, r"is running: (\S+)")
            yield Service(address, home, env, log, closing, beside)
        finally:
            process.send_signal(signal.SIGTERM)
            status = process.wait(90)
    assert status == 0


def _told(process: "subprocess.Popen[str]", log: Path, words: str) -> str:
    """Wait for what it says of itself."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(words, line):
            return found[1]
    raise AssertionError(f"it did not start: {log.read_text()}")
