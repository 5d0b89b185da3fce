"""Whose certificates we trust: the public ones, and those that were named in addition."""

import ssl
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

import certifi

from scheduler.errors import Explained

_KEPT = 8  # of them; a process knows one or two


class _Shared(ssl.SSLContext):
    """What connections of many threads are made by: none of them may change it any more."""

    def set_alpn_protocols(self, alpn_protocols: Iterable[str]) -> None:
        """Do nothing: each connection says this once more, while others are being made."""


def trust(ca_file: Path | None, refused: type[Explained]) -> ssl.SSLContext:
    """Return what certificates are checked against, whatever the environment may name.

    Reading them takes longer than most questions, so they are read once, and again when the file
    has changed. It speaks HTTP/1.1.

    refused  what is raised where the file cannot be read
    """
    if ca_file is None:
        return _trusting(None, 0, 0)
    try:
        now = ca_file.stat()
        return _trusting(ca_file, now.st_mtime_ns, now.st_size)
    except OSError:  # ssl.SSLError is one
        raise refused(
            f"The certificates in {ca_file} cannot be read",
            remedy="give a file of PEM certificates",
        ) from None


@lru_cache(_KEPT)
def _trusting(ca_file: Path | None, changed: int, size: int) -> ssl.SSLContext:
    del changed, size  # another file by the same name is another one
    found = _Shared(ssl.PROTOCOL_TLS_CLIENT)  # checks the host's name, too
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    ssl.SSLContext.set_alpn_protocols(found, ["http/1.1"])
    found.load_verify_locations(certifi.where())
    if ca_file is not None:
        found.load_verify_locations(ca_file)
    return found
