"""Who is spoken to, as the wire tells it: whether somebody listens there, or nobody."""

import socket
import struct
from ipaddress import ip_address

_EVERYTHING = 3  # ETH_P_ALL of packet(7)
_STATISTICS = (263, 6)  # SOL_PACKET, PACKET_STATISTICS
_IPV4, _IPV6 = 0x0800, 0x86DD
_TCP, _UDP = 6, 17
_SYN, _ACK = 0x02, 0x10


class Tap:
    """Hears each connection that anybody on this machine begins, and each datagram.

    deaf  an address that is spoken to all the time: the name server's
    """

    def __init__(self, deaf: str) -> None:
        self._deaf = deaf
        self._plug = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_EVERYTHING))
        self._plug.bind(("lo", 0))
        self._plug.setblocking(False)

    def heard(self) -> set[str]:
        """Say which addresses were spoken to, on whatever port, since this was asked before."""
        found = set[str]()
        while True:
            try:
                packet, (_, kind, *_) = self._plug.recvfrom(65_535)
            except BlockingIOError:
                break
            spoken = _addresses(packet, kind)
            if spoken is not None and self._deaf not in spoken:
                found.add(spoken[1])
        _, lost = struct.unpack("II", self._plug.getsockopt(*_STATISTICS, 8))
        assert not lost, f"{lost} packets were not heard"
        return found


def _addresses(packet: bytes, kind: int) -> tuple[str, str] | None:
    """Return from and to whom a datagram is, or the beginning of a connection; else None."""
    if kind == _IPV4:
        protocol, ends, body = packet[9], packet[12:20], packet[(packet[0] & 15) * 4 :]
    elif kind == _IPV6:
        protocol, ends, body = packet[6], packet[8:40], packet[40:]
    else:
        return None
    begins = protocol == _TCP and body[13] & (_SYN | _ACK) == _SYN
    half = len(ends) // 2
    both = str(ip_address(ends[:half])), str(ip_address(ends[half:]))
    return both if begins or protocol == _UDP else None
