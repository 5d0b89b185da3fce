"""From what to say to a message. Pure: links come in whole, and nothing is looked up.

A mail says the least its reader needs, and nothing of anybody's calendar. Names and titles come
from other people: each becomes one line before a template sees it, and HTML escapes it.
"""

import re

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from notifications.enclosed import Enclosed
from notifications.lines import one_line
from notifications.message import Message

_MOST = 80  # characters of a name or a title, so that the sentence around it can still be read
_LONG = 400  # of a line that says more
_LINK = re.compile(r"https?://[!#-;=?-~]+")  # ASCII without quotes, brackets and spaces


def sign_in(*, key: str, to_name: str, to_address: str, link: str, minutes: int) -> Message:
    """Somebody, hopefully the reader, asked to sign in with this address."""
    return written("sign_in", key, to_name, to_address, link, minutes=minutes)


def invitation(  # noqa: PLR0913 -- what the mail says, each by its name
    *,
    key: str,
    to_name: str,
    to_address: str,
    link: str,
    group_title: str,
    invited_by: str,
    days: int,
    read_by: str = "",
    read_at: str = "",
) -> Message:
    """The reader is invited to join a group, and told what is read of a calendar.

    read_by  the coordinator through whose account their time is read already; empty: it is not
    read_at  what people call the host of that account
    """
    return written(
        "invitation",
        key,
        to_name,
        to_address,
        link,
        group_title=group_title,
        invited_by=invited_by,
        days=days,
        read_by=read_by,
        read_at=read_at,
    )


def coordinator_invitation(  # noqa: PLR0913 -- as above
    *,
    key: str,
    to_name: str,
    to_address: str,
    link: str,
    group_title: str,
    invited_by: str,
    days: int,
) -> Message:
    """The reader is invited to coordinate a group, and told what coordinators see."""
    return written(
        "coordinator_invitation",
        key,
        to_name,
        to_address,
        link,
        group_title=group_title,
        invited_by=invited_by,
        days=days,
    )


def plans_discarded(
    *, key: str, to_name: str, to_address: str, group_title: str, link: str
) -> Message:
    """Plans had to go, because somebody withdrew their time. It does not say who."""
    return written("plans_discarded", key, to_name, to_address, link, group_title=group_title)


def member_left(  # noqa: PLR0913 -- as above
    *, key: str, to_name: str, to_address: str, group_title: str, link: str, who: str
) -> Message:
    """Somebody left a group of the reader's by themselves.

    who  empty: they are forgotten since
    """
    return written("member_left", key, to_name, to_address, link, group_title=group_title, who=who)


def calendar_lost(
    *, key: str, to_name: str, to_address: str, group_title: str, link: str
) -> Message:
    """Calendars cannot be read any more, and the reader can mend that.

    group_title  of the group for which the reader entered them; empty: they are the reader's own
    """
    return written("calendar_lost", key, to_name, to_address, link, group_title=group_title)


def reconnect(  # noqa: PLR0913 -- as above
    *,
    key: str,
    to_name: str,
    to_address: str,
    link: str,
    consents: bool,
    passwords: bool,
    read_groups: str = "",
    invites: str = "",
) -> Message:
    """Access to accounts that the reader connected was taken back or has ended.

    consents     whether consent at a host has ended
    passwords    whether an app password is refused
    read_groups  the groups whose members are read through them; empty: there are none
    invites      the semesters to which they invite; empty: there are none
    """
    return written(
        "reconnect",
        key,
        to_name,
        to_address,
        link,
        read_groups=read_groups,
        invites=invites,
        consents=consents,
        passwords=passwords,
    )


def reader_lost(  # noqa: PLR0913 -- as above
    *, key: str, to_name: str, to_address: str, link: str, group_title: str, owner: str
) -> Message:
    """Access has ended to the account through which members of the reader's group are read."""
    return written(
        "reader_lost", key, to_name, to_address, link, group_title=group_title, owner=owner
    )


def written(  # noqa: PLR0913, PLR0917 -- as above
    name: str,
    key: str,
    to_name: str,
    to_address: str,
    link: str,
    enclosed: Enclosed | None = None,
    **facts: str | int | tuple[str, ...],
) -> Message:
    """Write the mail of that name, with what its templates tell of.

    link  "": there is nothing to see or to do; only of what is enclosed can that be said
    """
    needless = enclosed is not None and not link
    if not (needless or _LINK.fullmatch(link)):
        raise ValueError("no link for a mail")  # not the link itself: it may let somebody in
    lines = {fact: _fit(value) for fact, value in {"to_name": to_name, **facts}.items()}

    def rendered(file: str) -> str:
        return _TEMPLATES.get_template(f"{name}/{file}").render(link=link, **lines)

    return Message(
        key=key,
        to_name=to_name,
        to_address=to_address,
        subject=rendered("subject.txt").strip(),
        text=rendered("text.txt"),
        html=rendered("message.html"),
        enclosed=enclosed,
    )


def _fit(value: str | int | tuple[str, ...]) -> str | int | tuple[str, ...]:
    if isinstance(value, tuple):
        return tuple(one_line(each, _LONG) for each in value)
    return one_line(value, _MOST) if isinstance(value, str) else value


def _counted(number: int, noun: str) -> str:
    """Write "1 day", "2 days"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


_TEMPLATES = Environment(
    loader=PackageLoader("notifications"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
_TEMPLATES.filters["counted"] = _counted
