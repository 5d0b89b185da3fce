"""The sandbox's own certificate authority, so that whoever uses it speaks real https.

Both certificates carry what OpenSSL demands in its strict mode (RFC 5280): key usage, basic
constraints, and the identifiers of the keys.
"""

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_ALWAYS = ("localhost", "127.0.0.1", "::1")
_AUTHORITY, _SERVER = timedelta(days=3650), timedelta(days=90)
_SOON = timedelta(days=14)  # before the end of a certificate, when another is made
_EARLIER = timedelta(hours=1)  # clocks differ


@dataclass(frozen=True, slots=True)
class Certified:
    """Files, as PEM: `authority` to trust, `certificate` and `key` to serve with."""

    authority: Path
    certificate: Path
    key: Path


def certified(home: Path, now: datetime, names: Iterable[str] = ()) -> Certified:
    """Certificates for this machine, and the names it goes by; made or renewed as needed.

    They lie in `home`. The authority stays the same until it is about to end itself.
    """
    home.mkdir(parents=True, exist_ok=True)
    files = Certified(home / "ca.pem", home / "server.pem", home / "server-key.pem")
    wanted = sorted({*_ALWAYS, *names})
    authority, key, renewed = _authority(files.authority, home / "ca-key.pem", now)
    served = _known(files.certificate, files.key)
    if renewed or served is None or _is_stale(served[0], now) or _names(served[0]) != wanted:
        made = _server(authority, key, wanted, now)
        _keep(files.key, _pem(made[1]), private=True)
        _keep(files.certificate, _text(made[0]) + _text(authority))
    return files


def _authority(
    file: Path, key_file: Path, now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey, bool]:
    known = _known(file, key_file)
    if known is not None and not _is_stale(known[0], now):
        return *known, False
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Common Hour sandbox, for this machine alone")
    usage = _usage(crl_sign=True, key_cert_sign=True)
    certificate = (
        _begun(name, name, key, key, (now, _AUTHORITY))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    _keep(key_file, _pem(key), private=True)
    _keep(file, _text(certificate))
    return certificate, key, True


def _server(
    authority: x509.Certificate, signer: ec.EllipticCurvePrivateKey, names: list[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    served_by = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
    certificate = (
        _begun(_name("sandbox"), authority.subject, key, signer, (now, _SERVER))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(digital_signature=True), critical=True)
        .add_extension(served_by, critical=False)
        .add_extension(x509.SubjectAlternativeName(map(_general, names)), critical=False)
        .sign(signer, hashes.SHA256())
    )
    return certificate, key


def _begun(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    life: tuple[datetime, timedelta],
) -> x509.CertificateBuilder:
    public = key.public_key()
    known_by = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(life[0] - _EARLIER)
        .not_valid_after(life[0] + life[1])
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(known_by, critical=False)
    )


def _usage(
    *, digital_signature: bool = False, crl_sign: bool = False, key_cert_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _known(
    file: Path, key_file: Path
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None:
    """What lies there, if it is whole and belongs together."""
    try:
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
    except (FileNotFoundError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        return None
    return (certificate, key) if certificate.public_key() == key.public_key() else None


def _is_stale(certificate: x509.Certificate, now: datetime) -> bool:
    since, until = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    return not since <= now < until - _SOON


def _names(certificate: x509.Certificate) -> list[str]:
    found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return sorted(str(each.value) for each in found)


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _text(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _keep(file: Path, content: bytes, *, private: bool = False) -> None:
    """Write a file in one piece; a private one is its owner's alone from the beginning."""
    made = file.with_name(f"{file.name}.new")
    made.unlink(missing_ok=True)
    with os.fdopen(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(content)
    if not private:
        made.chmod(0o644)
    made.replace(file)
