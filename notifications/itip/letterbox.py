"""A mail from outside, opened with care: its frame is read, and one calendar object taken out."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message as Mail
from email.policy import compat32
from email.utils import getaddresses

from notifications.itip.reasons import NoReply, Reason

_LARGEST = 300_000  # bytes of a mail; answers have some thousands
_MOST_PARTS = 30
_DEEPEST = 6
_MOST_BOUNDARIES = 60
_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To")


@dataclass(frozen=True, slots=True)
class Letter:
    """What of a mail can matter.

    sender    the address of From; "" if there is not exactly one
    to        addresses it was sent and delivered to
    verdicts  the Authentication-Results, the latest first
    method    of the part that holds the calendar, in capitals; "" if the part does not say
    """

    sender: str = field(repr=False)
    to: list[str] = field(repr=False)
    verdicts: list[str] = field(repr=False)
    method: str
    calendar: str = field(repr=False)


def opened(raw: bytes) -> Letter:
    """Open a mail. Raises NoReply."""
    mail = _parsed(raw)
    _refuse_machines(mail)
    part = _calendar(mail)
    return Letter(
        sender=_sender(mail),
        to=_addresses(mail, _TO),
        verdicts=[str(each) for each in mail.get_all("Authentication-Results", [])],
        method=str(part.get_param("method", "") or "").upper(),
        calendar=_text(part),
    )


def _parsed(raw: bytes) -> Mail:
    if len(raw) > _LARGEST or raw.lower().count(b"boundary") > _MOST_BOUNDARIES:
        raise NoReply(Reason.TOO_LARGE)
    try:
        return message_from_bytes(raw, policy=compat32)
    except RecursionError:
        raise NoReply(Reason.TOO_LARGE) from None


def _refuse_machines(mail: Mail) -> None:
    """Refuse what nobody meant as an answer.

    A calendar that sends an answer for somebody who pressed its button may say that it was
    "auto-generated", which is so; an absence note is "auto-replied" (RFC 3834, section 5).
    """
    said = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    if said not in ("no", "auto-generated"):
        raise NoReply(Reason.AUTOMATIC)
    if mail.get_content_type() == "multipart/report":
        raise NoReply(Reason.BOUNCE)
    if str(mail.get("Return-Path", "")).strip() == "<>":
        raise NoReply(Reason.BOUNCE)


def _calendar(mail: Mail) -> Mail:
    """Return the part that holds the object: text before an attachment, the first of its kind."""
    parts = list(_parts(mail, 0))
    if len(parts) > _MOST_PARTS:
        raise NoReply(Reason.TOO_LARGE)
    for kind in ("text/calendar", "application/ics"):
        for part in parts:
            if part.get_content_type() == kind:
                return part
    for part in parts:
        if str(part.get_filename("")).lower().endswith(".ics"):
            return part
    raise NoReply(Reason.NO_CALENDAR)


def _parts(mail: Mail, depth: int) -> Iterator[Mail]:
    """Yield the parts that are no frames. A mail within the mail is somebody else's: not opened."""
    if depth > _DEEPEST:
        raise NoReply(Reason.TOO_LARGE)
    if mail.get_content_maintype() == "message":
        return
    inside = mail.get_payload()
    if isinstance(inside, list):
        for part in inside:
            assert isinstance(part, Mail)  # a list holds nothing else
            yield from _parts(part, depth + 1)
    else:
        yield mail


def _text(part: Mail) -> str:
    data = part.get_payload(decode=True)
    assert isinstance(data, bytes)  # it has no parts
    return data.decode("utf-8-sig", "replace")


def _sender(mail: Mail) -> str:
    found = _addresses(mail, ("From",))
    return found[0] if len(found) == 1 and len(mail.get_all("From", [])) == 1 else ""


def _addresses(mail: Mail, names: tuple[str, ...]) -> list[str]:
    fields = [str(value) for name in names for value in mail.get_all(name, [])]
    return [address for _, address in getaddresses(fields) if address]
