"""Adding members from a list, pasted or as a file."""

from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import members, roster
from services.flow import rights as standing
from services.planning.page.words import counted
from services.web import render
from services.web.forms import Form, Mistake

pages = Blueprint("roster", __name__)
_SHOWN_AGAIN = 100_000  # bytes of a list that was refused
_NOT_SHOWN = "It is larger than 100 kB, too long to show here: correct it, and send it again."


@pages.get("/groups/<uuid:group_id>/members/list")
def ask(group_id: UUID) -> ResponseReturnValue:
    """Ask for the list."""
    return _page(group_id, Form())


@pages.post("/groups/<uuid:group_id>/members/list")
def add(group_id: UUID) -> ResponseReturnValue:
    """Add everybody on the list, or nobody."""
    sent, data = Form.sent(), _data()
    standing.coordinating(door.reading(), group_id)
    door.put_down()
    try:
        entries = roster.read(data)
        added = members.add_all(door.work(), group_id, entries)
    except Explained as error:
        return _page(group_id, sent, _refused(sent, error, data))
    flash(f"{counted(len(added), 'member')} added. Nobody hears of it before you invite them.")
    return render.to(url_for("groups.show", group_id=group_id))


def _data() -> bytes:
    """Return what was sent: a file counts before what stands in the box."""
    file = request.files.get("file")
    return (file.read() if file else b"") or request.form.get("list", "").encode()


def _refused(form: Form, error: Explained, data: bytes) -> int:
    """Note every wrong line by itself, and keep the list in the box where it can be corrected.

    A long one does not come back: nobody corrects it in a box.
    """
    status = form.refused(error)
    form.mistakes[:] = [Mistake("list", f"{each}.") for each in error.what.split("; ")]
    if len(data) > _SHOWN_AGAIN:
        form.typed["list"] = ""
        form.mistakes.append(Mistake("list", _NOT_SHOWN))
    else:
        form.typed["list"] = data.decode("utf-8", errors="replace").lstrip("\ufeff")
    return status


def _page(group_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    group = standing.coordinating(door.reading(), group_id)
    return render.page("members/list.html", status, group=group, form=form, columns=roster.COLUMNS)
