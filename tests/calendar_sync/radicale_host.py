"""Radicale, a CalDAV server that others wrote and many people run: our reading judged by it."""

import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

import httpx
import trustme

from calendar_sync.caldav.calendar import CalDavCalendar
from calendar_sync.caldav.login import Login
from calendar_sync.caldav.where import Where
from calendar_sync.errors import reconnect
from calendar_sync.ics.fetch import Network
from tests.calendar_sync.hosts import LOOPBACK, NAME, leads_to
from tests.up.running import free_port

PASSWORD = "open sesame"
_CONFIG = """
[server]
hosts = 127.0.0.1:{port}
ssl = True
certificate = {folder}/cert.pem
key = {folder}/key.pem
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/data
[logging]
level = error
"""
_STARTS = 90.0  # seconds; a busy machine is no failure


class Free:
    """A gate that lets everybody through."""

    def take(self, requests: int = 1) -> None:
        pass

    def have_letter(self) -> None:
        pass

    def send_letter(self) -> None:
        pass


@dataclass(frozen=True)
class Given:
    """A login, as a token."""

    login: Login

    def token(self, refused: str | None = None) -> str:
        if refused is not None:
            raise reconnect()
        return self.login.as_text()


@dataclass
class Radicale:
    """A running server, with the hands of the people who have calendars there."""

    port: int
    folder: Path

    @property
    def ca_file(self) -> Path:
        return self.folder / "ca.pem"

    def add(self, email: str, *calendars: str) -> None:
        with (self.folder / "users").open("a") as users:
            users.write(f"{email}:{PASSWORD}\n")
        for each in calendars:
            self.ask(email, "MKCALENDAR", f"{each}/")

    def ask(self, email: str, method: str, path: str, body: bytes = b"") -> None:
        """Do something below the person's home."""
        context = ssl.create_default_context(cafile=self.ca_file)
        with httpx.Client(verify=context, auth=(email, PASSWORD), trust_env=False) as client:
            place = f"https://127.0.0.1:{self.port}/{email}/{path}"
            client.request(method, place, content=body).raise_for_status()

    def forget(self) -> None:
        """Lose what tokens are made from, as a server does that was restored."""
        for each in (self.folder / "data").rglob(".Radicale.cache"):
            rmtree(each / "sync-token", ignore_errors=True)

    def provider(self, email: str, password: str = PASSWORD, path: str = "") -> CalDavCalendar:
        address = f"https://{NAME}:{self.port}{path}"
        network = Network((LOOPBACK,), self.ca_file, leads_to("127.0.0.1"))
        given = Given(Login.typed(address, email, password, "America/New_York"))
        return CalDavCalendar(Where(network=network), given, Free())


@contextmanager
def a_radicale(folder: Path) -> Iterator[Radicale]:
    folder.mkdir(parents=True, exist_ok=True)
    authority = trustme.CA()
    found = Radicale(free_port(), folder)
    authority.cert_pem.write_to_path(found.ca_file)
    server = authority.issue_cert(NAME, "127.0.0.1")
    server.private_key_pem.write_to_path(folder / "key.pem")
    for pem in server.cert_chain_pems:
        pem.write_to_path(folder / "cert.pem", append=True)
    (folder / "users").touch()
    (folder / "config").write_text(_CONFIG.format(port=found.port, folder=folder))
    command = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            _answers(found, process)
            yield found
        finally:
            process.terminate()


def _answers(found: Radicale, process: subprocess.Popen[bytes]) -> None:
    context = ssl.create_default_context(cafile=found.ca_file)
    end = time.monotonic() + _STARTS
    while True:
        try:
            httpx.get(f"https://127.0.0.1:{found.port}/", verify=context, trust_env=False)
        except httpx.TransportError:
            said = (found.folder / "log").read_text()
            assert process.poll() is None, f"Radicale ended: {said}"
            assert time.monotonic() < end, f"Radicale does not answer: {said}"
            time.sleep(0.05)
        else:
            return
