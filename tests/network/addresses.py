"""Addresses by which a stranger might reach into networks that are not theirs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.network.inside import HERE, NAME

_V4, _V6 = HERE
_INNER = f"inner.{NAME}"


@dataclass(frozen=True)
class Trick:
    """An address that must not be read; the rest as `World.fetch` takes it."""

    address: str
    names: Mapping[str, Sequence[str]] = field(default_factory=dict)
    moved: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What it is called in a report."""
        led = [*self.moved.values(), *(f"[{'|'.join(each)}]" for each in self.names.values())]
        return ascii(" ".join([self.address, *led])).strip("'")


_HOSTS_4 = (
    # this machine, in the words of inet_aton(3)
    "127.0.0.1", "127.1", "127.0.1", "127.8.9.10", "0177.0.0.1", "0x7f.0.0.1", "0x7f.1",
    "0x7f000001", "2130706433", "017700000001", "127.0.0.1.", "127.000.000.001", "0X7F.0x0.0.01",
    "0.0.0.0", "0", "0.1.2.3", "0x0",
    # the metadata of clouds
    "169.254.169.254", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "169.254.43518",
    "0xa9.254.0251.254", "100.100.100.200", "168.63.129.16", "192.0.0.192",
    # private, shared, for documents and tests
    "10.0.0.1", "10.1", "167772161", "012.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.0.1",
    "192.168.257", "3232235777", "0300.0250.1.1", "100.64.0.1", "192.0.2.1", "192.88.99.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.1",
    # everybody, or nobody
    "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "4294967295",
)  # fmt: skip
_HOSTS_6 = (
    "::1", "::", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:a9fe:a9fe",
    "::127.0.0.1", "::ffff:0:10.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::10.0.0.1", "2002:7f00:1::", "2002:a9fe:a9fe::1", "2001:0:4136:e378:8000:63bf::",
    "2001:db8::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%25lo", "fe80::1%lo", "::1%lo",
    "fec0::1", "ff02::1", "100::1", "3fff::1", "5f00::1",
)  # fmt: skip
_NAMES = (
    "localhost", "LocalHost", "localhost.", "ip6-localhost", "machine", "intranet",
    "\uff4c\uff4f\uff43\uff41\uff4c\uff48\uff4f\uff53\uff54",  # letters of another width
    "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u2460\u2461\u2466.0.0.1",
)  # fmt: skip
_ANSWERS = (  # of a name server that belongs to a stranger
    "127.0.0.1", "::1", "169.254.169.254", "0.0.0.0", "::ffff:10.0.0.1", "64:ff9b::10.0.0.1",
    f"{_V4} 10.0.0.1", f"10.0.0.1 {_V4}", f"{_V4} fd00::1", f"{_V6} 127.0.0.1", f"{_V4} ::1",
    " ".join([*HERE, *(f"93.184.215.{each}" for each in range(60, 70)), "192.168.1.1"]),
)  # fmt: skip
_SPELLINGS = (
    f"https://{NAME}@127.0.0.1/", f"https://{NAME}:443@127.0.0.1/", f"https://a@{NAME}@10.0.0.1/",
    f"https://127.0.0.1#@{NAME}/", f"https://127.0.0.1?@{NAME}/", f"https://{NAME}\\@127.0.0.1/",
    f"https://127.0.0.1\\.{NAME}/", f"https://{NAME}%40127.0.0.1/", f"https://127.0.0.1%2f.{NAME}/",
    f"https://127.0.0.1%00.{NAME}/", f"https://127.0.0.1\t.{NAME}/", "https:127.0.0.1/",
    "https:/127.0.0.1/", "https:///127.0.0.1/", "https:\\\\127.0.0.1/", "//127.0.0.1/",
    "http://127.0.0.1/", "HTTPS://0X7F.1/", "webcal://127.0.0.1/", "webcals://[::1]/",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "dict://127.0.0.1:6379/info",
    f"https://{NAME}:22/", f"https://{NAME}:6379/", f"https://{NAME}:0/", f"https://{NAME}:65979/",
    "https://127.0.0.1:8443/", "https://[::1]:6379/", "https://169.254.169.254:80/latest/",
)  # fmt: skip
_LOCATIONS = (
    "https://127.0.0.1/", "//127.0.0.1/", "https://169.254.169.254/latest/meta-data/",
    "http://169.254.169.254/", "webcal://10.0.0.1/", "https://[::1]/", "https://2130706433/",
    "https://[::ffff:10.0.0.1]/", "https:\\\\127.0.0.1/", f"https://{NAME}@10.0.0.1/",
    "file:///etc/passwd", f"https://{NAME}:6379/", "https://localhost/", "htt\tps://10.0.0.1/",
)  # fmt: skip
_OTHER = f"https://{_INNER}/a"
_REBINDING = (  # public when it is looked at, and not when it is gone to
    Trick(_OTHER, {_INNER: [_V4, "127.0.0.1"]}, {"/a": "/b"}),
    Trick(_OTHER, {_INNER: [_V4, "::1"]}, {"/a": "/"}),
    Trick(_OTHER, {_INNER: [_V4, f"{_V4} 10.0.0.1"]}, {"/a": "/"}),
    Trick(_OTHER, {_INNER: [_V4, _V4, _V6, "10.0.0.1"]}, {"/a": "/b", "/b": "/c", "/c": "/"}),
    Trick(f"https://{NAME}/a", {_INNER: ["10.0.0.1", _V4]}, {"/a": f"https://{_INNER}/"}),
)
_CHAINS = (
    Trick(f"https://{NAME}/a", {}, {"/a": "/b", "/b": "/c", "/c": "https://10.0.0.1/"}),
    Trick(f"https://{NAME}/a", {}, {"/a": "/b", "/b": "/c", "/c": "/d", "/d": "/"}),
)

UNASKED = (
    *(Trick(f"https://{each}/") for each in (*_HOSTS_4, *_NAMES)),
    *(Trick(f"https://[{each}]/") for each in _HOSTS_6),
    *(Trick(f"https://{_INNER}/", {_INNER: [each]}) for each in _ANSWERS),
    *(Trick(each) for each in _SPELLINGS),
)
REDIRECTED = (
    *(Trick(f"https://{NAME}/a", {}, {"/a": each}) for each in _LOCATIONS),
    *_REBINDING,
    *_CHAINS,
)
