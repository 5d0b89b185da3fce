"""A world in one process, run by `world` in namespaces of its own.

Every address there is leads to this machine, so that whatever is connected to is heard. One host
with a good calendar stands at two public addresses; names are those of a name server of ours,
which the machine's own resolver asks.
"""

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from calendar_sync.caldav.host import CalDavHost
from calendar_sync.caldav.login import Login
from calendar_sync.caldav.where import Where
from calendar_sync.ics import fetch
from calendar_sync.ics.fetch import Network
from calendar_sync.ics.limits import Limits
from calendar_sync.trust import trust
from scheduler.errors import Explained
from tests.calendar_sync.builders import a_calendar, an_hour
from tests.calendar_sync.hosts import Host, Page, a_host
from tests.calendar_sync.radicale_host import Free
from tests.network.nameserver import NameServer
from tests.network.tap import Tap

HERE = ("93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c")  # the public addresses
NAME = "calendar.example.org"
_SERVER = "93.184.215.53"
_LIMITS = Limits(address_seconds=5)
_FILES = {
    "/etc/resolv.conf": f"nameserver {_SERVER}\noptions timeout:1 attempts:1\n",
    "/etc/nsswitch.conf": "hosts: files dns\n",
    "/etc/hosts": "127.0.0.1 localhost machine\n::1 localhost ip6-localhost\n10.1.2.3 intranet\n",
}


def main(folder: Path) -> None:
    """Make the world, say so, and do what is asked, line by line."""
    vars(fetch)["trust"] = cache(trust)  # which certificates count is not asked here
    _ip("link", "set", "lo", "up")
    _ip("route", "add", "local", "0.0.0.0/0", "dev", "lo")
    _ip("-6", "route", "add", "local", "::/0", "dev", "lo")
    for number, (path, text) in enumerate(_FILES.items()):
        ours = folder / str(number)
        ours.write_text(text, "utf-8")
        subprocess.run(["mount", "--bind", ours, path], check=True)
    server, names = NameServer(), (NAME, f"*.{NAME}", *HERE)
    with server.listening(_SERVER), a_host(folder, names=names, place=("::", 443)) as host:
        tap = Tap(deaf=_SERVER)
        print(json.dumps("ready"), flush=True)
        for line in sys.stdin:
            print(json.dumps(_done(json.loads(line), host, server, tap)), flush=True)


def _done(asked: Mapping[str, Any], host: Host, server: NameServer, tap: Tap) -> Any:
    tap.heard()
    if "knock" in asked:
        _knock(asked["knock"])
        return {"heard": sorted(tap.heard())}
    server.names = {NAME: [" ".join(HERE)], **asked["names"]}
    server.asked.clear()
    moved = {
        path: Page(status=302, headers={"Location": location})
        for path, location in asked["moved"].items()
    }
    host.pages = {"/": Page(a_calendar(an_hour("20270301"))), **moved}
    how = _entered if asked["account"] else _fetched
    said = _why_not(partial(how, asked["address"], Network(ca_file=host.ca_file)))
    return {"said": said, "heard": sorted(tap.heard())}


def _why_not(ask: Callable[[], object]) -> str | None:
    """Return why something cannot be asked, or None."""
    try:
        ask()
    except Explained as error:
        return str(error)
    return None


def _fetched(address: str, network: Network) -> None:
    fetch.fetch(address, limits=_LIMITS, network=network)


def _entered(address: str, network: Network) -> None:
    login = Login.typed(address, "ada", "app password", "UTC")
    host = CalDavHost(Where(network=network, limits=_LIMITS))
    host.enter(login, Free(), datetime(2027, 3, 1, tzinfo=UTC))


def _knock(address: str) -> None:
    """Connect without asking whether we should."""
    try:
        socket.create_connection((address, 6379), 1).close()
    except OSError:
        pass  # nobody listens there


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
