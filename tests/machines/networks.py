"""Networks of one's own on this machine: a bridge, and machines on it that can be cut off.

Each machine is a network namespace with one cable to the bridge; the test is at the bridge itself.
"""

import os
import re
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import count

from tests.up.running import runs

_IP = "/usr/sbin/ip"
_OWNED = re.compile(r"ch[bm](\d+)(?:-\d+)*")
_TURNS = count()


class NotAllowed(AssertionError):
    """This machine does not let us make networks: a test that needs them fails."""


@dataclass(frozen=True, slots=True)
class Machine:
    """One machine: the name of its namespace, its end of the cable at the bridge, its address."""

    name: str
    cable: str
    address: str

    def cut_off(self) -> None:
        """Let nothing reach it, and nothing come from it."""
        _ip("link", "set", self.cable, "down")

    def connect(self) -> None:
        """Let it be reached again."""
        _ip("link", "set", self.cable, "up")


@dataclass(frozen=True, slots=True)
class Bridge:
    """What connects the machines. address: of whoever is not on one of them; network: of all."""

    address: str
    network: str
    machines: list[Machine]


@contextmanager
def a_bridge(machines: int) -> Iterator[Bridge]:
    """Make one with so many machines; nothing of it is left behind. Raises NotAllowed."""
    _clear()
    # Each in its turn: the kernel takes a deleted network's cables away some time afterwards.
    us, network = f"{os.getpid()}-{next(_TURNS)}", f"10.213.{secrets.randbelow(254) + 1}"
    name = f"chb{us}"
    with ExitStack() as left:
        _ip("link", "add", name, "type", "bridge")
        left.callback(_ip, "link", "delete", name)
        _ip("address", "add", f"{network}.1/24", "dev", name)
        _ip("link", "set", name, "up")
        made = [
            left.enter_context(_machine(name, f"{us}-{each}", f"{network}.{each + 10}"))
            for each in range(machines)
        ]
        yield Bridge(f"{network}.1", f"{network}.0/24", made)


@contextmanager
def _machine(bridge: str, tag: str, address: str) -> Iterator[Machine]:
    name, cable, inside = f"chm{tag}", f"chc{tag}", f"chi{tag}"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", cable, "type", "veth", "peer", "name", inside)
        _ip("link", "set", inside, "netns", name)
        _ip("link", "set", cable, "master", bridge, "up")
        _ip("-n", name, "address", "add", f"{address}/24", "dev", inside)
        _ip("-n", name, "link", "set", inside, "up")
        _ip("-n", name, "link", "set", "lo", "up")
        yield Machine(name, cable, address)
    finally:
        _ip("netns", "delete", name)  # its end of the cable goes with it, and so the cable


def _clear() -> None:
    """Take away what tests have left that were killed: names end with who made them."""
    made = [(each.split()[0], "netns", "delete") for each in _ip("netns").splitlines()]
    links = _ip("-br", "link", "show", "type", "bridge").splitlines()
    made += [(each.split()[0], "link", "delete") for each in links]
    for name, *words in made:
        owner = _OWNED.fullmatch(name)
        if owner and not runs(int(owner[1])):
            _ip(*words, name)


def _ip(*words: str) -> str:
    try:
        done = subprocess.run([_IP, *words], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise NotAllowed(f"There is no {_IP} here: install iproute2.") from None
    if done.returncode:
        said = done.stderr.strip()
        raise NotAllowed(f"This machine does not let us make networks (ip {words[0]}: {said}).")
    return done.stdout
