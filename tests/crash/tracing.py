"""strace on one thread of a running process: what it sends and syncs, or its death at one of them.

strace counts `when=N` for each system call of each thread. It looks at one thread here, and at
none that comes of it, so that the N-th call in a list is the call that is killed.
"""

import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.crash.waiting import until

CALLS = ("sendto", "sendmsg", "write", "writev", "fsync", "fdatasync")
_LINE = re.compile(r"(?P<syscall>\w+)\(\d+<(?P<place>[^>]*)>(?:, )?(?P<text>.*)\) += .*")


class NotAllowed(AssertionError):
    """This machine does not let us look into processes."""


@dataclass(frozen=True, slots=True)
class Call:
    """A system call: the n-th of its kind, where it went, and how what it carried begins."""

    syscall: str
    n: int
    place: str
    text: str


class Strace:
    """strace, at work on one thread until it is detached or the thread has ended.

    kill  the system call at whose beginning the process is killed, and which of them
    """

    def __init__(self, thread: int, output: Path, kill: tuple[str, int] | None = None) -> None:
        self._output = output
        words = ["strace", "-y", "-s", "96", "-o", str(output), "-p", str(thread)]
        words += ["-e", f"trace={','.join(CALLS)}"]
        if kill is not None:
            words += ["-e", f"inject={kill[0]}:signal=SIGKILL:when={kill[1]}"]
        said = output.with_suffix(".said")
        with said.open("wb") as out:
            try:
                self._process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=out)
            except FileNotFoundError:
                raise NotAllowed("there is no strace here: install it") from None
        until(lambda: self.ended or "attached" in said.read_text("utf-8"), "a strace at work")
        if self.ended and "attached" not in said.read_text("utf-8"):
            raise NotAllowed(f"strace may not look into processes: {said.read_text('utf-8')}")

    @property
    def ended(self) -> bool:
        """Whether the thread that it looked at has ended."""
        return self._process.poll() is not None

    @property
    def killed(self) -> bool:
        """Whether the thread was killed."""
        return self.ended and "+++ killed by SIGKILL +++" in self._output.read_text("utf-8")

    def detach(self) -> None:
        """Let the thread go on alone."""
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)

    def calls(self) -> list[Call]:
        """What it saw, in order."""
        counts = dict.fromkeys(CALLS, 0)
        found = []
        for line in self._output.read_text("utf-8").splitlines():
            match = _LINE.match(line)
            if match is None or match["syscall"] not in counts:
                continue
            counts[match["syscall"]] += 1
            found.append(
                Call(match["syscall"], counts[match["syscall"]], match["place"], match["text"])
            )
        return found
