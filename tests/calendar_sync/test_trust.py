"""Whom we trust: read once, shared by all connections, and read again when it has changed."""

import os
import ssl
from pathlib import Path

import pytest
import trustme

from calendar_sync.errors import Refused
from calendar_sync.trust import trust


def authority(file: Path) -> bytes:
    """Write a certificate of a new authority; return it as it is held."""
    made = trustme.CA().cert_pem.bytes()
    file.write_bytes(made)
    return ssl.PEM_cert_to_DER_cert(made.decode())


def held(file: Path) -> list[bytes]:
    return trust(file, Refused).get_ca_certs(binary_form=True)


def test_certificates_are_read_once_for_all_connections(tmp_path: Path) -> None:
    authority(tmp_path / "ca.pem")

    for file in (None, tmp_path / "ca.pem"):
        assert trust(file, Refused) is trust(file, Refused)
    assert trust(None, Refused) is not trust(tmp_path / "ca.pem", Refused)


def test_a_file_that_is_replaced_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    first = authority(file)
    assert first in held(file)

    second = authority(file)
    os.utime(file, (0, 0))  # two files of one size may be written within one tick of the clock

    assert second in held(file)
    assert first not in held(file)


def test_a_file_that_cannot_be_read_is_refused_each_time_until_it_can_be(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    for write in (lambda: None, lambda: file.write_text("nothing of the kind")):
        write()
        for _ in range(2):
            with pytest.raises(Refused, match="cannot be read"):
                trust(file, Refused)

    assert authority(file) in held(file)


def test_connections_cannot_change_what_others_are_made_by() -> None:
    shared = trust(None, Refused)

    shared.set_alpn_protocols(["h2"])

    assert shared is trust(None, Refused)
    assert (shared.check_hostname, shared.verify_mode) == (True, ssl.CERT_REQUIRED)
