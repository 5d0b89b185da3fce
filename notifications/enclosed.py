"""What the reader's mail program takes into a calendar, and where in a mail it looks for it.

RFC 6047 asks for a part of type text/calendar. Gmail and Outlook show their buttons where it is
the last alternative of the text, inline; older programs open the attachment, which is the same.
"""

from dataclasses import dataclass, field
from email.message import EmailMessage

from notifications.addresses import Address


@dataclass(frozen=True, slots=True)
class Enclosed:
    """An iCalendar object of one event, for one recipient.

    method     as it stands in the object: REQUEST or CANCEL
    ics        the object
    organizer  as in the object, and so the mail's From: some programs warn where they differ
    name       of the organizer
    thread     key of the first message about this series; "": it is this one
    """

    method: str
    ics: str = field(repr=False)
    organizer: Address = field(repr=False)
    name: str = field(default="", repr=False)
    thread: str = ""


def enclose(mail: EmailMessage, enclosed: Enclosed) -> None:
    """Put the object into a mail that has its text and its HTML."""
    mail.add_alternative(
        enclosed.ics,
        subtype="calendar",
        charset="utf-8",
        cte="base64",
        params={"method": enclosed.method, "component": "VEVENT"},
    )
    mail.add_attachment(
        enclosed.ics.encode(),
        maintype="application",
        subtype="ics",
        filename="invite.ics",
        params={"name": "invite.ics"},
    )
