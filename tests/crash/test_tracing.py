"""strace looks at one thread, and kills at the call that was asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.crash.gates import is_stopped
from tests.crash.tracing import NotAllowed, Strace
from tests.crash.waiting import until

TWO_WHO_SEND = """
import os, signal, socket, sys, threading
mine, out = socket.socketpair()
def speak(): [mine.send(b"other %d" % n) for n in range(5)]
os.kill(os.getpid(), signal.SIGSTOP)
other = threading.Thread(target=speak)
other.start()
other.join()
for n in range(5):
    mine.send(b"main %d" % n)
    if not n: os.fdatasync(os.open(sys.argv[1], os.O_RDONLY))
"""


@pytest.fixture
def sender(tmp_path: Path) -> subprocess.Popen[bytes]:
    """A process of two threads that send, and that stands still before they do."""
    process = subprocess.Popen([sys.executable, "-c", TWO_WHO_SEND, tmp_path])
    until(lambda: is_stopped(process.pid), "a process that stands still")
    return process


def test_only_one_thread_is_listed(sender: subprocess.Popen[bytes], tmp_path: Path) -> None:
    strace = Strace(sender.pid, tmp_path / "trace.txt")

    sender.send_signal(18)
    sender.wait(30)
    until(lambda: strace.ended, "an end")

    assert [(call.syscall, call.n) for call in strace.calls()] == [
        ("sendto", 1),
        ("fdatasync", 1),
        *(("sendto", n) for n in range(2, 6)),
    ]
    assert strace.calls()[2].text.startswith('"main 1"')
    assert not strace.killed


def test_the_call_of_that_number_is_never_made(
    sender: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    strace = Strace(sender.pid, tmp_path / "trace.txt", ("sendto", 3))

    sender.send_signal(18)

    assert sender.wait(30) == -9
    until(lambda: strace.ended, "an end")
    assert strace.killed
    assert [call.text[:8] for call in strace.calls() if call.syscall == "sendto"] == [
        '"main 0"',
        '"main 1"',
        '"main 2"',
    ]
    assert "= ?" in (tmp_path / "trace.txt").read_text("utf-8").splitlines()[-2]


def test_who_is_let_go_goes_on(sender: subprocess.Popen[bytes], tmp_path: Path) -> None:
    strace = Strace(sender.pid, tmp_path / "trace.txt", ("sendto", 3))

    strace.detach()
    sender.send_signal(18)

    assert sender.wait(30) == 0


def test_where_nobody_may_look_a_sentence_says_so(
    sender: subprocess.Popen[bytes], tmp_path: Path
) -> None:
    sender.kill()
    sender.wait()

    with pytest.raises(NotAllowed, match="strace may not look into processes: "):
        Strace(sender.pid, tmp_path / "trace.txt")


def test_without_strace_a_sentence_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotAllowed, match="there is no strace here: install it"):
        Strace(1, tmp_path / "trace.txt")
