"""Settings of mail: by which servers it goes and comes, and from whom."""

import re

from notifications import imap, smtp
from notifications.addresses import Address
from notifications.errors import BadChannel, Undeliverable
from notifications.message import Sender
from services.variables import Variables

TAG = "+{tag}"  # in an address: what marks whose answers arrive there
_MOST_LOCAL = 31  # letters before it


def smtp_url(read: Variables) -> str | None:
    """By which server mail goes; None: it is kept on this machine."""
    text = read.text("SMTP_URL")
    if text is not None:
        try:
            smtp.parse(text)
        except BadChannel as error:
            read.wrong("SMTP_URL", f"{error.what}, {error.remedy}")
    return text


def imap_url(read: Variables) -> str | None:
    """In which mailbox answers arrive; None: none is read."""
    text = read.text("IMAP_URL")
    if text is not None:
        try:
            imap.parse(text)
        except BadChannel as error:
            read.wrong("IMAP_URL", f"{error.what}, {error.remedy}")
    return text


def authserv_id(read: Variables) -> str:
    """How our own mail server calls itself; "": it vouches for nobody."""
    text = read.text("AUTHSERV_ID") or ""
    if not re.fullmatch(r"[A-Za-z0-9._-]*", text):
        read.wrong("AUTHSERV_ID", "write a name such as mx.example.org")
    return text


def mail_from(read: Variables) -> str:
    """The address that mails come from."""
    text = read.text("MAIL_FROM") or "commonhour@localhost"
    try:
        Sender(text)
    except BadChannel as error:
        read.wrong("MAIL_FROM", f"{error.what}, {error.remedy}")
    return text


def reply_address(read: Variables) -> str | None:
    """Where answers go, with a place for whose they are; None: to where mails come from."""
    text = read.text("REPLY_ADDRESS")
    try:
        usual = read.text("MAIL_FROM") or "commonhour@localhost"
        found = Address.parse((text or usual).replace(TAG, ""))
        fits = len(found.local) <= _MOST_LOCAL and found.plain
    except Undeliverable:
        fits = text is None  # what is wrong is said of MAIL_FROM
    if not fits or (text is not None and text.count(f"{TAG}@") != 1):
        usual = "write one such as reply+{tag}@example.org, of 31 letters at most before the +"
        read.wrong("REPLY_ADDRESS", usual)
        return None
    return text


def mail_rate(read: Variables) -> int:
    """How many mails with invitations go out in a minute at most."""
    text = read.text("MAIL_RATE") or "25"
    if not text.isdecimal() or not 1 <= int(text) <= 100_000:
        read.wrong("MAIL_RATE", "write how many mails a minute, from 1 to 100000")
        return 25
    return int(text)


def mail_hook_secret(read: Variables) -> str | None:
    """What proves that a mail is handed over by our own mail server."""
    text = read.secret("MAIL_HOOK_SECRET")
    if text is not None and not (text.isascii() and text.isprintable()):
        read.wrong("MAIL_HOOK_SECRET", "write ASCII letters, which go into a header")
    return text
