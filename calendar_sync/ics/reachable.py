"""Which addresses a stranger may make us connect to: public ones, whatever their disguise.

From the special-purpose registries of IANA (RFC 6890 and its successors). Written out rather
than taken from `ipaddress.is_global`, whose answers differ between releases of Python.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_CLOSED_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # behind a carrier's NAT
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # public by number, but the host of a cloud machine
        "169.254.0.0/16",  # link-local, and the metadata of cloud machines
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments
        "192.0.2.0/24",  # documentation
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, broadcast
    )
)
_OPEN_6 = IPv6Network("2000::/3")  # all of IPv6 that is handed out as global unicast
_CLOSED_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments, Teredo among them
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4, which may lead anywhere in IPv4
        "3fff::/20",  # documentation
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")


def reachable(address: Address, allowed: Sequence[Network]) -> bool:
    """Say whether the address is public, or in a network that is allowed by name."""
    plain = _plain(address)
    return is_allowed(plain, allowed) or is_public(plain)


def is_allowed(address: Address, allowed: Sequence[Network]) -> bool:
    """Say whether the address lies in one of the networks."""
    plain = _plain(address)
    return any(plain.version == network.version and plain in network for network in allowed)


def is_public(address: Address) -> bool:
    """Say whether the address is one of the public internet."""
    plain = _plain(address)
    if isinstance(plain, IPv4Address):
        return not any(plain in network for network in _CLOSED_4)
    return plain in _OPEN_6 and not any(plain in network for network in _CLOSED_6)


def _plain(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 address stands for: mapped, or behind NAT64."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address in _NAT64:  # how machines without IPv4 of their own reach all of it
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
