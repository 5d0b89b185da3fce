"""What goes wrong between us and a mail server, in our words.

What the server says about the recipient or the mail is final if it says so. What it says about
us (greeting, certificate, login, sender) waits until somebody corrects it, and no mail is lost
meanwhile: one wrong password must not make a whole queue of mails undeliverable.
"""

import smtplib
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from notifications.errors import TryLater, Undeliverable
from notifications.lines import one_line

Told: TypeAlias = TryLater | Undeliverable
Meaning: TypeAlias = Callable[[Any, str], Told]

_SOON = 60.0  # seconds: a connection that failed may work the next minute
_LATER = 300.0  # greylisting wants some five minutes
_CORRECTED = 900.0  # somebody has to change something first
_AGAIN = "it will be tried again"
_MOST = 200  # characters of a server's own words


def explained(error: Exception, server: str) -> Told:
    """Say what an error means; `server` is its host and port."""
    kind = next(each for each in type(error).__mro__ if each in MEANINGS)
    return MEANINGS[kind](error, f"mail server {server}")


def _recipient(error: smtplib.SMTPRecipientsRefused, server: str) -> Told:
    [(code, words)] = error.recipients.values()
    said = _said(code, words)
    if _final(code):
        return Undeliverable(
            f"The {server} does not take mail for this address ({said})",
            remedy="check the address with the person it belongs to",
        )
    return TryLater(
        f"The {server} takes no mail for this address now ({said})", remedy=_AGAIN, seconds=_LATER
    )


def _mail(error: smtplib.SMTPDataError, server: str) -> Told:
    said = _said(error.smtp_code, error.smtp_error)
    if _final(error.smtp_code):
        return Undeliverable(
            f"The {server} does not take this mail ({said})",
            remedy="ask whoever runs it for the reason",
        )
    return TryLater(
        f"The {server} does not take this mail now ({said})", remedy=_AGAIN, seconds=_LATER
    )


def _sender(error: smtplib.SMTPSenderRefused, server: str) -> Told:
    said = _said(error.smtp_code, error.smtp_error)
    if _final(error.smtp_code):
        return TryLater(
            f"The {server} takes no mail from our address ({said})",
            remedy="choose one that it may send for, or give the user and password it wants",
            seconds=_CORRECTED,
        )
    return TryLater(
        f"The {server} takes no mail from our address now ({said})", remedy=_AGAIN, seconds=_LATER
    )


def _login(error: smtplib.SMTPAuthenticationError, server: str) -> Told:
    """Explain a refused login without the server's own words: it has just read the password."""
    if _final(error.smtp_code):
        return TryLater(
            f"The {server} refuses the user and password ({error.smtp_code})",
            remedy="correct them in the SMTP URL",
            seconds=_CORRECTED,
        )
    return _answer(error, server)


def _answer(error: smtplib.SMTPResponseException, server: str) -> Told:
    return TryLater(
        f"The {server} is not ready for us ({error.smtp_code})", remedy=_AGAIN, seconds=_LATER
    )


def _waits(what: str, *, remedy: str, seconds: float) -> Meaning:
    """Make the meaning of an error that says all by its kind; `{}` is the server's place."""
    return lambda _, server: TryLater(what.format(server), remedy=remedy, seconds=seconds)


def _final(code: int) -> bool:
    return 500 <= code <= 599


def _said(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return one_line(f"{code} {text}", _MOST)


_UNABLE = _waits(
    "The {} does not offer the encryption or the login that the SMTP URL asks for",
    remedy="check the port, and whether it wants smtps:// or starttls=1",
    seconds=_CORRECTED,
)

MEANINGS: Mapping[type, Meaning] = {
    smtplib.SMTPException: _UNABLE,  # itself: it offers no way of logging in that we know
    smtplib.SMTPNotSupportedError: _UNABLE,
    smtplib.SMTPServerDisconnected: _waits(
        "The connection to the {} was lost", remedy=_AGAIN, seconds=_SOON
    ),
    smtplib.SMTPResponseException: _answer,  # itself: STARTTLS refused, a line without end
    smtplib.SMTPConnectError: _answer,
    smtplib.SMTPHeloError: _answer,
    smtplib.SMTPAuthenticationError: _login,
    smtplib.SMTPSenderRefused: _sender,
    smtplib.SMTPRecipientsRefused: _recipient,
    smtplib.SMTPDataError: _mail,
    ssl.SSLCertVerificationError: _waits(
        "The {} cannot prove that it is who it says (its certificate is not trusted)",
        remedy="name it as its certificate does; if it is your own, give its authority",
        seconds=_CORRECTED,
    ),
    ssl.SSLError: _waits(
        "No encrypted connection to the {} came about",
        remedy="check the port, and whether it wants smtps:// or starttls=1",
        seconds=_CORRECTED,
    ),
    TimeoutError: _waits("The {} takes too long to answer", remedy=_AGAIN, seconds=_SOON),
    socket.gaierror: _waits(
        "The {} cannot be found",
        remedy="check its name, and this machine's connection",
        seconds=_LATER,
    ),
    OSError: _waits(
        "The {} cannot be reached",
        remedy="see that it runs, and check this machine's connection",
        seconds=_SOON,
    ),
    ValueError: _waits(  # smtplib, reading a challenge that is no base64
        "The {} says something that is not SMTP",
        remedy="check that host and port are a mail server's",
        seconds=_CORRECTED,
    ),
}
