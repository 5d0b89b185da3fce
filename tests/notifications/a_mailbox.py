"""A mailbox of our own: the little of IMAP that a reader of mails needs, on a port of this machine.

Mails are marked as a real server would; whoever reads BODY.PEEK marks nothing.
"""

import re
import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BufferedIOBase
from threading import Thread

USER, PASSWORD = "common/hour", "p@ss word"


@dataclass
class Kept:
    """A mail, and its flags."""

    raw: bytes
    flags: set[str] = field(default_factory=set)


@dataclass
class AMailbox:
    """Mails by their ids; `refuses` and `hangs_up` name commands that fail, `lies` what is said."""

    port: int = 0
    mails: dict[int, Kept] = field(default_factory=dict)
    refuses: set[str] = field(default_factory=set)
    hangs_up: set[str] = field(default_factory=set)
    lies: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"imap://common%2Fhour:p%40ss%20word@127.0.0.1:{self.port}/INBOX"

    def deliver(self, raw: bytes) -> int:
        number = len(self.mails) + 1
        self.mails[number] = Kept(raw)
        return number

    def unread(self) -> list[int]:
        return [number for number, each in self.mails.items() if "\\Seen" not in each.flags]

    def answer(self, verb: str, rest: str) -> tuple[list[bytes], str]:
        """Say what a server says to a command: its lines, and how it ends."""
        if verb in self.lies:
            return [self.lies[verb]], "OK"
        if verb == "LOGIN":
            good = rest in (f'{USER} "{PASSWORD}"', f'"{USER}" "{PASSWORD}"')
            return [], "OK" if good else "NO wrong"
        if verb == "SELECT":
            return [f"* {len(self.mails)} EXISTS".encode()], "OK"
        if verb == "SEARCH":
            found = [n for n, each in self.mails.items() if not each.flags]
            return [f"* SEARCH {' '.join(map(str, found))}".encode()], "OK"
        if verb == "FETCH":
            return self._fetched(rest), "OK"
        if verb == "STORE":
            number = int(rest.split(maxsplit=1)[0])
            self.mails[number].flags |= set(re.findall(r"\\\w+", rest))
        return [], "OK"

    def _fetched(self, rest: str) -> list[bytes]:
        number = int(rest.split(maxsplit=1)[0])
        raw = self.mails[number].raw
        if "RFC822.SIZE" in rest:
            return [f"* 1 FETCH (UID {number} RFC822.SIZE {len(raw)})".encode()]
        return [f"* 1 FETCH (UID {number} BODY[] {{{len(raw)}}}\r\n".encode() + raw + b")"]


@contextmanager
def a_mailbox() -> Iterator[AMailbox]:
    box = AMailbox()

    class Serving(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            _serve(box, self.rfile, self.wfile)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Serving) as server:
        server.daemon_threads = True
        box.port = server.server_address[1]
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield box
        server.shutdown()


def _serve(box: AMailbox, asked: BufferedIOBase, told: BufferedIOBase) -> None:
    told.write(b"* OK ready\r\n")
    for line in asked:
        tag, _, command = line.decode().strip().partition(" ")
        verb, _, rest = command.removeprefix("UID ").partition(" ")
        if verb in box.hangs_up:
            return
        if verb == "CAPABILITY":
            lines, end = [b"* CAPABILITY IMAP4rev1"], "OK"
        elif verb == "LOGOUT":
            lines, end = [b"* BYE"], "OK"
        elif verb in box.refuses:
            lines, end = [], "NO not now"
        else:
            lines, end = box.answer(verb, rest)
        told.write(b"".join(each + b"\r\n" for each in lines) + f"{tag} {end} said\r\n".encode())
        told.flush()
        if verb == "LOGOUT":
            return
