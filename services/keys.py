"""The secrets of this installation: what signs forms, and what seals secrets in the database."""

import hmac
import json
import os
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Self
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from scheduler.errors import Explained
from services.config import Settings


class Unsealable(Explained):
    """A sealed secret that none of our keys opens for its owner."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Secrets, never shown.

    secret  signs forms and the cookie that guards them
    seal    seals what the database keeps; the newest key writes, all of them read
    """

    secret: str = field(repr=False)
    seal: MultiFernet = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Take the keys that are set; make the others once and keep them in the home folder."""
        if settings.secret_key and settings.token_keys:
            made: dict[str, str] = {}
        else:
            made = _kept(settings.home)
        # While keys are exchanged, the file names the new one and those that are to go.
        tokens = settings.token_keys or made["token_key"].split()
        return cls(
            settings.secret_key or made["secret_key"],
            MultiFernet([Fernet(each) for each in tokens]),
        )

    def derived(self, owner: UUID) -> str:
        """Derive a secret of 256 bits from our own: the same 43 letters each time."""
        code = hmac.digest(self.secret.encode(), b"link" + owner.bytes, "sha256")
        return urlsafe_b64encode(code).decode().rstrip("=")

    def secret_of(self, what: str) -> bytes:
        """Derive a secret of 256 bits for one purpose: the same each time."""
        return hmac.digest(self.secret.encode(), b"secret" + what.encode(), "sha256")

    def hashed(self, name: str) -> bytes:
        """Hash what somebody is called elsewhere: without our secret it cannot be tried out."""
        return hmac.digest(self.secret.encode(), b"name" + name.encode(), "sha256")

    def sealed(self, text: str, owner: object) -> bytes:
        """Seal a secret for its owner; a seal that is moved to another owner does not open."""
        return self.seal.encrypt(json.dumps([str(owner), text]).encode())

    def opened(self, sealed: bytes, owner: object) -> str:
        """Open what was sealed for this owner. Raises Unsealable."""
        try:
            whose, text = json.loads(self.seal.decrypt(sealed))
        except InvalidToken:
            whose, text = None, ""
        if whose != str(owner):
            raise Unsealable("A stored secret does not open", remedy="check COMMONHOUR_TOKEN_KEYS")
        return str(text)


@dataclass(frozen=True, slots=True)
class KeptKeys:
    """The keys that are kept in a home folder, while the one that seals is exchanged.

    Whatever happens between, every key that still seals something is in the file.
    """

    home: Path

    def begun(self) -> None:
        """Put a new key before those that are kept."""
        kept = _kept(self.home)
        _replaced(self.home, {**kept, "token_key": f"{_made()} {kept['token_key']}"})

    def ended(self) -> None:
        """Forget all keys but the newest."""
        kept = _kept(self.home)
        _replaced(self.home, {**kept, "token_key": kept["token_key"].split()[0]})


def _kept(home: Path) -> dict[str, str]:
    """Read the keys of this home, or make them; of two processes that make them the first wins."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = home / "keys.json"
    if not path.exists():
        beside = _beside(home, {"secret_key": token_urlsafe(48), "token_key": _made()})
        try:
            os.link(beside, path)
        except FileExistsError:
            pass  # another process was quicker, and its keys count
        finally:
            beside.unlink()
    kept: dict[str, str] = json.loads(path.read_text())
    return kept


def _replaced(home: Path, keys: dict[str, str]) -> None:
    _beside(home, keys).replace(home / "keys.json")
    folder = os.open(home, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _beside(home: Path, keys: dict[str, str]) -> Path:
    """Write keys to a file beside the one that counts."""
    beside = home / f".keys-{os.getpid()}-{token_urlsafe(6)}"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        json.dump(keys, file)
        file.flush()
        os.fsync(file.fileno())
    return beside


def _made() -> str:
    return Fernet.generate_key().decode()
