"""What tests ask about mails and answers, below /_sandbox/."""

from typing import TYPE_CHECKING, Any

from flask import request

from services.sandbox.faults import JSON
from services.sandbox.mail.answers import ANSWERS, NothingToAnswer, found, give, on
from services.sandbox.newcomers import BadRequest, only

if TYPE_CHECKING:
    from services.sandbox.world import World

__all__ = ["ANSWERS", "answer", "hand_over", "told"]


def answer(world: "World", body: JSON) -> JSON:
    """Answer as a person: to all that has that `uid` or `title`, or to one `date` of it."""
    only(body, "person", "uid", "title", "date", "answer")
    person, said = str(body.get("person", "")).lower(), body.get("answer")
    if person not in world.people:
        raise BadRequest(f"{person!r} is nobody here", remedy="GET /_sandbox/people says who is")
    if said not in ANSWERS:
        raise BadRequest(f"{said!r} is no answer", remedy=f"write one of {', '.join(ANSWERS)}")
    uid, title, date = (_text(body, name) for name in ("uid", "title", "date"))
    with world.lock:
        events = found(world, person, uid=uid, title=title)
        if not events:
            raise NothingToAnswer(
                f"{person} has no such invitation", remedy='give its "uid" or its "title"'
            )
        meant = [on(world, person, events, date)] if date else events
        for each in meant:
            give(world, person, each, str(said), by=f"page:{person}")
    return {"answered": [each["id"] for each in meant]}


def told(world: "World") -> JSON:
    """Return the mails, oldest first: `?to=`, `?way=in` or `out`, `?since=n`."""
    since = request.args.get("since", "0")
    if not since.isdecimal():
        raise BadRequest(f"since={since!r} is no number", remedy="write the last n you know")
    to, way = request.args.get("to", "").lower(), request.args.get("way", "")
    return {"mails": world.post.mails(int(since), to=to, way=way)}


def hand_over(world: "World", body: JSON) -> JSON:
    """Take a mail (`raw`, as it stands on the way) to these people, as by SMTP."""
    only(body, "from", "to", "raw")
    raw, to = body.get("raw"), body.get("to")
    if not isinstance(raw, str) or not isinstance(to, list):
        raise BadRequest("This is no mail", remedy='write its text as "raw", and a list as "to"')
    try:
        data = raw.encode("latin-1")
    except UnicodeEncodeError:
        data = raw.encode()
    world.post.take(_text(body, "from"), [str(each) for each in to], data)
    return {"taken": len(to)}


def _text(body: dict[str, Any], name: str) -> str:
    found = body.get(name) or ""
    if not isinstance(found, str):
        raise BadRequest(f"{name} is no text", remedy="write one, or leave it out")
    return found
