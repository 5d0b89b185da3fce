"""Whose certificates we trust: the public ones, and those that were named in addition."""

import ssl
from pathlib import Path

import certifi

from scheduler.errors import Explained


def trust(ca_file: Path | None, refused: type[Explained]) -> ssl.SSLContext:
    """Return what certificates are checked against, whatever the environment may name.

    refused  what is raised where the file cannot be read
    """
    found = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # checks the host's name, too
    found.minimum_version = ssl.TLSVersion.TLSv1_2
    found.load_verify_locations(certifi.where())
    if ca_file is not None:
        try:
            found.load_verify_locations(ca_file)
        except OSError:  # ssl.SSLError is one
            raise refused(
                f"The certificates in {ca_file} cannot be read",
                remedy="give a file of PEM certificates",
            ) from None
    return found
