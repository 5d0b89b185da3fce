"""The sandbox's certificates."""

import socket
import ssl
import stat
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509

from services.sandbox.authority import Certified, certified

NOW = datetime(2027, 1, 1, tzinfo=UTC)
Edit = Callable[[Certified], object]


def _certificate(file: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(file.read_bytes())


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "desk.example.org"])
def test_openssl_in_its_strict_mode_trusts_it_by_each_name(tmp_path: Path, name: str) -> None:
    now = _real_now()
    files = certified(tmp_path, now, ["desk.example.org"])
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    served.load_cert_chain(files.certificate, files.key)
    trusting = ssl.create_default_context(cafile=files.authority)
    trusting.verify_flags |= ssl.VERIFY_X509_STRICT

    assert _handshake(served, trusting, name)["issuer"]
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(served, trusting, "elsewhere.example.org")
    with pytest.raises(ssl.SSLCertVerificationError):
        _handshake(served, ssl.create_default_context(), name)


def test_keys_are_their_owners_alone(tmp_path: Path) -> None:
    files = certified(tmp_path, NOW)

    for key in (files.key, tmp_path / "ca-key.pem"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert b"PRIVATE" not in files.authority.read_bytes() + files.certificate.read_bytes()


def test_nothing_changes_while_it_is_good(tmp_path: Path) -> None:
    files = certified(tmp_path, NOW)
    before = files.authority.read_bytes(), files.certificate.read_bytes()

    certified(tmp_path, NOW + timedelta(days=60))

    assert (files.authority.read_bytes(), files.certificate.read_bytes()) == before


@pytest.mark.parametrize(
    "changed",
    [
        lambda files: certified(files.key.parent, NOW + timedelta(days=80)),
        lambda files: certified(files.key.parent, NOW, ["desk.example.org"]),
        lambda files: files.certificate.write_text("nonsense"),
        lambda files: files.key.unlink(),
    ],
    ids=["about to end", "another name", "broken", "without its key"],
)
def test_what_is_no_good_any_more_is_made_again_by_the_same_authority(
    tmp_path: Path, changed: Edit
) -> None:
    files = certified(tmp_path, NOW)
    authority, serial = files.authority.read_bytes(), _certificate(files.certificate).serial_number

    changed(files)
    certified(tmp_path, NOW + timedelta(days=1), ["desk.example.org"])

    assert files.authority.read_bytes() == authority
    made = _certificate(files.certificate)
    assert made.serial_number != serial
    made.verify_directly_issued_by(_certificate(files.authority))


def test_an_authority_that_ends_is_followed_by_another(tmp_path: Path) -> None:
    files = certified(tmp_path, NOW)
    authority = files.authority.read_bytes()

    certified(tmp_path, NOW + timedelta(days=3640))

    assert files.authority.read_bytes() != authority
    _certificate(files.certificate).verify_directly_issued_by(_certificate(files.authority))


def _handshake(served: ssl.SSLContext, trusting: ssl.SSLContext, name: str) -> dict[str, object]:
    """Let both sides meet, and return what the client learned of the server."""
    ours, theirs = socket.socketpair()
    thread = Thread(target=_answer, args=(served, theirs))
    thread.start()
    try:
        with trusting.wrap_socket(ours, server_hostname=name) as client:
            return dict(client.getpeercert() or {})
    finally:
        ours.close()
        thread.join()


def _answer(served: ssl.SSLContext, theirs: socket.socket) -> None:
    with theirs:
        try:
            served.wrap_socket(theirs, server_side=True).close()
        except OSError:
            pass  # the client did not trust us


def _real_now() -> datetime:
    return datetime.now(UTC)  # OpenSSL knows no other
