"""Mails kept in a folder, where no mail server is set: for whoever runs the service at home.

A file is a whole mail or not there. Its name is when it was first kept, and its key.
"""

import os
import re
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_string
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from pathlib import Path
from secrets import token_hex

from notifications.addresses import Address
from notifications.errors import TryLater, Undeliverable
from notifications.message import Message, Receipt, Sender, as_email, message_id

_NAME = re.compile(r"(\d{8}T\d{6}\.\d{6}Z)-([A-Za-z0-9_-]{1,64})\.eml")
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_UNFINISHED = ".part"
_CALENDAR = "text/calendar"
_MOST = 1_000_000  # bytes; ours have some thousands
_LATER = 300.0  # seconds


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail as its reader sees it.

    links  those of its HTML, each once, in order
    dated  whether dates for a calendar are enclosed
    """

    id: str  # the message's key
    at: datetime
    to: str
    subject: str
    text: str = field(repr=False)
    html: str = field(repr=False)
    links: tuple[str, ...] = field(repr=False)
    dated: bool = False


class OutboxChannel:
    """Keeps each mail in the folder, for its owner alone. The same key again leaves one file."""

    def __init__(self, folder: Path, sender: Sender, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._sender = sender
        self._clock = clock

    def send(self, message: Message) -> Receipt:
        now = self._clock()
        data = as_email(message, self._sender, now).as_bytes()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            earlier = (path for path, _, key in _mails(self._folder) if key == message.key)
            stamp = now.astimezone(UTC).strftime(_STAMP)
            _put(next(earlier, self._folder / f"{stamp}-{message.key}.eml"), data)
        except OSError as error:
            raise TryLater(
                f"A mail cannot be kept in {self._folder} ({error.strerror})",
                remedy="let this user write to that folder, and see that the disk is not full",
                seconds=_LATER,
            ) from None
        return Receipt(message_id(message, self._sender))


def read(folder: Path) -> list[Kept]:
    """Return the mails in the folder, newest first, without what is no mail of ours."""
    found = (_read(path, at, key) for path, at, key in _mails(folder))
    return sorted((mail for mail in found if mail), key=lambda mail: (mail.at, mail.id))[::-1]


def read_one(folder: Path, mail_id: str) -> Kept | None:
    """Return one mail, or None. The id is compared with what is there, never made a path."""
    found = (_read(path, at, key) for path, at, key in _mails(folder) if key == mail_id)
    return next((mail for mail in found if mail), None)


def forget(folder: Path, address: str, begun: Sequence[str] = ()) -> int:
    """Delete every mail to the address, however it is spelt; return how many.

    begun  how the keys of other mails begin that go as well
    """
    somebody = _identity(address)

    def to_them(path: Path) -> bool:
        return somebody is not None and _identity(_recipient(path)) == somebody

    _delete([path for path in _unfinished(folder) if to_them(path)])
    others = tuple(begun)
    return _delete(
        [path for path, _, key in _mails(folder) if key.startswith(others) or to_them(path)]
    )


def purge(folder: Path, before: datetime) -> int:
    """Delete every mail first kept before that moment; return how many."""
    for path in _unfinished(folder):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before.timestamp():
                path.unlink()
    return _delete([path for path, at, _ in _mails(folder) if at < before])


def _mails(folder: Path) -> Iterator[tuple[Path, datetime, str]]:
    """Yield every file that is named like a mail of ours: path, time and key."""
    for path in _files(folder):
        name = _NAME.fullmatch(path.name)
        if name is None:
            continue
        try:
            at = datetime.strptime(name[1], _STAMP).replace(tzinfo=UTC)
        except ValueError:  # the 99th of a month
            continue
        yield path, at, name[2]


def _unfinished(folder: Path) -> list[Path]:
    """Return what a process left behind that died while it wrote."""
    return [path for path in _files(folder) if path.suffix == _UNFINISHED]


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def _put(path: Path, data: bytes) -> None:
    """Write beside the place, then put it there: a reader never sees half a mail."""
    beside = path.parent / f".{token_hex(8)}{_UNFINISHED}"
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "wb") as file:  # noqa: PTH123 -- only an open file has a mode from birth
            file.write(data)
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _delete(paths: list[Path]) -> int:
    """Delete the files; count those that somebody else has not deleted first."""
    deleted = 0
    for path in paths:
        with suppress(FileNotFoundError):
            path.unlink()
            deleted += 1
    return deleted


def _read(path: Path, at: datetime, key: str) -> Kept | None:
    try:
        mail = _parsed(path)
        html = _part(mail, "html")
        found = _Links()
        found.feed(html)
        return Kept(
            id=key,
            at=at,
            to=_to(mail),
            subject=str(mail["Subject"]),
            text=_part(mail, "plain"),
            html=html,
            links=tuple(dict.fromkeys(found.links)),
            dated=any(each.get_content_type() == _CALENDAR for each in mail.walk()),
        )
    except Exception:  # noqa: BLE001 -- whatever a foreign file does to a parser, the rest is read
        return None


def _recipient(path: Path) -> str:
    try:
        return _to(_parsed(path))
    except Exception:  # noqa: BLE001 -- as above
        return ""


def _parsed(path: Path) -> EmailMessage:
    about = path.lstat()
    if not stat.S_ISREG(about.st_mode) or about.st_size > _MOST:
        raise ValueError("no mail of ours")
    # As text, because letters beyond ASCII in an address stand as they are in the file.
    return message_from_string(path.read_text(encoding="utf-8"), EmailMessage, policy=default)


def _to(mail: EmailMessage) -> str:
    [somebody] = mail["To"].addresses
    return str(somebody.addr_spec)


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        raise ValueError("no mail of ours")
    return str(part.get_content()).replace("\r\n", "\n")


def _identity(address: str) -> str | None:
    try:
        return Address.parse(address).identity
    except Undeliverable:
        return None  # nobody: nothing was ever sent there


class _Links(HTMLParser):
    """Collects where the links of a mail lead; a name or a title cannot make one."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.links += [to for name, to in attrs if name == "href" and to is not None]
