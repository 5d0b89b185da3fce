"""A name server that says what a test wants, and may say something else the next time."""

import socket
import struct
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from threading import Thread

_TYPES = {4: 1, 6: 28}  # A and AAAA
_AUTHORITATIVE, _NO_SUCH_NAME = 0x8580, 3


class NameServer:
    """Answers by UDP (RFC 1035), from a table that may be replaced at any time.

    names  the addresses of each name, parted by spaces: at its first look-up, at its second, ...
    asked  how often each name was looked up, by type
    """

    def __init__(self) -> None:
        self.names: Mapping[str, Sequence[str]] = {}
        self.asked = Counter[tuple[str, int]]()

    @contextmanager
    def listening(self, address: str) -> Iterator[None]:
        """Answer at this address until it is left."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as plug:
            plug.bind((address, 53))
            Thread(target=self._serve, args=(plug,), daemon=True).start()
            yield

    def _serve(self, plug: socket.socket) -> None:
        while True:
            try:
                question, asker = plug.recvfrom(4096)
                plug.sendto(self._answer(question), asker)
            except OSError:
                return  # closed

    def _answer(self, question: bytes) -> bytes:
        end = question.index(b"\0", 12)
        name, kind = _name(question[12:end]), struct.unpack_from("!H", question, end + 1)[0]
        self.asked[name, kind] += 1
        told = self.names.get(name, ())
        turn = told[min(self.asked[name, kind], len(told)) - 1] if told else ""
        found = [each for each in map(ip_address, turn.split()) if _TYPES[each.version] == kind]
        flags = _AUTHORITATIVE if told else _AUTHORITATIVE | _NO_SUCH_NAME
        records = [
            struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(each.packed)) + each.packed
            for each in found
        ]
        head = struct.pack(
            "!HHHHHH", *struct.unpack_from("!H", question), flags, 1, len(found), 0, 0
        )
        return head + question[12 : end + 5] + b"".join(records)


def _name(labels: bytes) -> str:
    words = []
    while labels:
        words.append(labels[1 : 1 + labels[0]].decode("latin-1").lower())
        labels = labels[1 + labels[0] :]
    return ".".join(words)
