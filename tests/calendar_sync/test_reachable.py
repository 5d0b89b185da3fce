"""Which addresses are public, by example of every kind that is not."""

from ipaddress import ip_address, ip_network

import pytest

from calendar_sync.ics.reachable import is_public, reachable


@pytest.mark.parametrize(
    "text",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.100.100.200",
        "100.127.255.255", "127.0.0.1", "127.8.9.10", "169.254.169.254", "172.16.0.1",
        "172.31.255.255", "168.63.129.16", "192.0.0.192", "192.0.2.1", "192.88.99.1",
        "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1",
        "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1",
        "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1",
        "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2002:7f00:1::", "2002:808:808::",
        "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1",
        "ff02::1", "::ffff:0:127.0.0.1",
    ],
)  # fmt: skip
def test_what_is_not_of_the_public_internet_is_not_reachable(text: str) -> None:
    assert not reachable(ip_address(text), ())


@pytest.mark.parametrize(
    "text",
    [
        "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0", "192.167.255.255", "223.255.255.255",
        "2606:4700::1111", "2a00:1450:4001::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    ],
)  # fmt: skip
def test_what_is_public_is_reachable(text: str) -> None:
    assert is_public(ip_address(text))


def test_a_network_can_be_allowed_by_name() -> None:
    allowed = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))

    assert reachable(ip_address("10.1.2.3"), allowed)
    assert reachable(ip_address("::ffff:10.1.2.3"), allowed)
    assert reachable(ip_address("fd00::1"), allowed)
    assert not reachable(ip_address("10.2.0.1"), allowed)
    assert not reachable(ip_address("fe80::1"), allowed)
