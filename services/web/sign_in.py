"""Coming in by a link in a mail, and going out."""

from flask import Blueprint, Response, flash, request, url_for
from flask import session as form_cookie
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import links, sessions, signin
from services.flow.links import LinkGone, LinkView
from services.storage.rows.people import Purpose
from services.web import dates, readers, render, session
from services.web.forms import Form, Places
from services.web.onward import own

pages = Blueprint("sign_in", __name__)
_EMAIL: Places = {"address of mail": ("email", "")}
_NEWCOMER: Places = {"the name": ("name", ""), "your name": ("name", ""), **_EMAIL}


@pages.get("/sign-in")
def ask() -> ResponseReturnValue:
    """Ask for an address of mail."""
    if door.asking().person_id is not None:
        return render.to(own(request.args.get("next")) or url_for("groups.every"))
    return _asking(Form.of(next=own(request.args.get("next")) or ""))


@pages.post("/sign-in")
def send() -> ResponseReturnValue:
    """Send a link, if we know the address; the page is the same if we do not."""
    form = Form.sent()
    settings = door.runtime().settings
    try:
        signin.ask(door.runtime(), form.text("email"), _remote(), sign_up=settings.sign_up)
    except Explained as error:
        return _asking(form, form.refused(error, _EMAIL))
    form_cookie["next"] = own(form.text("next"))
    return _sent()


@pages.get("/l/<token>")
def look(token: str) -> ResponseReturnValue:
    """Show what a link is for. Nothing happens before its button is pressed."""
    if dates.is_link(token):
        return dates.by_link(token)
    try:
        view = links.look(door.runtime(), token, _remote())
    except LinkGone as gone:
        return _over(gone, token)
    return _link(view, token, Form())


@pages.post("/l/<token>")
def follow(token: str) -> ResponseReturnValue:
    """Use a link, once."""
    form = Form.sent()
    door.put_down()
    try:
        view = links.look(door.runtime(), token, _remote())
        _, secret = links.follow(
            door.runtime(),
            token,
            _remote(),
            name=form.text("name") or None,
            email=form.text("email") or None,
        )
    except LinkGone as gone:
        return _over(gone, token)
    except Explained as error:
        status = form.refused(error, _NEWCOMER)
        return _link(links.look(door.runtime(), token, _remote()), token, form, status)
    onward = own(form_cookie.get("next"))
    form_cookie.clear()
    return session.begin(_welcomed(view, onward), secret)


@pages.post("/l/<token>/again")
def again(token: str) -> ResponseReturnValue:
    """Send a new link in place of one that is over."""
    door.put_down()
    links.again(door.runtime(), token, _remote())
    return _sent()


@pages.post("/sign-out")
def leave() -> ResponseReturnValue:
    """End this session."""
    found = session.current()
    if found is not None:
        sessions.sign_out(door.work(), found.id)
    form_cookie.clear()
    flash("You are signed out.")
    return session.end(render.to(url_for("sign_in.ask")))


def _asking(form: Form, status: int = 200) -> ResponseReturnValue:
    return render.page(
        "sign_in/ask.html", status, form=form, sign_up=door.runtime().settings.sign_up
    )


def _sent() -> ResponseReturnValue:
    """One page for every address: whom we know is nobody's business."""
    settings = door.runtime().settings
    return render.page("sign_in/sent.html", local=settings.local and settings.smtp_url is None)


def _link(view: LinkView, token: str, form: Form, status: int = 200) -> ResponseReturnValue:
    by = view.read_by
    through = None if by is None else readers.named(by)
    return render.page(
        "sign_in/link.html", status, view=view, through=through, secret=token, form=form
    )


def _over(gone: LinkGone, token: str) -> ResponseReturnValue:
    return render.page("sign_in/over.html", 410, gone=gone, secret=token)


def _welcomed(view: LinkView, onward: str | None) -> Response:
    if view.purpose is Purpose.INVITATION:
        flash(f"Welcome. You are a member of {view.group_title} now; next, show when you are busy.")
        return render.to(url_for("me.show"))
    if onward is None and view.group_id is not None:
        onward = url_for("groups.show", group_id=view.group_id)
    elif onward is None and view.purpose in (Purpose.CALENDAR_LOST, Purpose.RECONNECT):
        onward = url_for("me.show", _anchor="calendars")
    return render.to(onward or url_for("groups.every"))


def _remote() -> str:
    return request.remote_addr or ""
