"""Connecting accounts that are entered with an app password. It is never shown again."""

import re
from uuid import UUID

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from calendar_sync.caldav.refusals import Unreached
from calendar_sync.errors import NotAllowed, NotThere, Refused, Unsupported
from scheduler.errors import Explained, TryLater
from services import door, problems
from services.flow import entering
from services.flow import rights as standing
from services.flow.entering import Typed
from services.flow.errors import TooMany, Unfit
from services.web import render
from services.web.consent import on_to_choosing
from services.web.forms import Form, Mistake, Places

pages = Blueprint("entering", __name__)
# What stands before the host in me:secret@host, also where the secret makes it no address at all.
_LOGIN = re.compile(
    r"\A(\s*(?:[a-z+]+://)?)(?=[^/?#]*(?:@|:[^/?#]*[^/?#\d])).*@", re.IGNORECASE | re.DOTALL
)
_TYPED: Places = {
    "this password": ("password", ""),
    "app password": ("password", ""),
    "user's name": ("user", ""),
    "another account": ("user", ""),
    "the address": ("address", ""),
    "calendar host": ("address", ""),
}
_BY_HOST: Places = {"user's name": ("user", ""), "": ("address", "")}
_WRONG = (Refused, NotAllowed, NotThere, Unsupported, Unreached)  # it is not the place they mean


@pages.get("/me/accounts/caldav/new")
def new() -> ResponseReturnValue:
    """Ask for what lets us in at a CalDAV host."""
    standing.actor(door.reading())
    return _page(Form())


@pages.post("/me/accounts/caldav/new")
def add() -> ResponseReturnValue:
    """Connect an account, if its host lets us in."""
    return _entered()


@pages.get("/me/accounts/<uuid:account_id>/enter")
def new_again(account_id: UUID) -> ResponseReturnValue:
    """Ask for another password of an account."""
    row = entering.own(door.reading(), account_id)
    login = entering.login_of(door.runtime().keys, row)
    form = Form() if login is None else Form.of(address=login.address, user=login.user)
    return _page(form, account_id)


@pages.post("/me/accounts/<uuid:account_id>/enter")
def add_again(account_id: UUID) -> ResponseReturnValue:
    """Connect an account once more, if its host lets us in."""
    return _entered(account_id)


def _entered(account_id: UUID | None = None) -> ResponseReturnValue:
    sent, runtime = Form.sent(), door.runtime()
    typed = Typed(sent.text("address"), sent.text("user"), sent.typed.pop("password", ""))
    sent.typed["address"] = _LOGIN.sub(r"\1", typed.address)  # it is shown again
    door.put_down()
    try:
        found = entering.enter(runtime, runtime.opening, door.asking().person_id, typed, account_id)
    except Explained as error:
        return _page(sent, account_id, _refused(sent, error))
    return on_to_choosing(found, anew=account_id is not None)


def _refused(sent: Form, error: Explained) -> int:
    """Note why it was refused, at the field that mends it; return the status."""
    if isinstance(error, _WRONG):
        return sent.refused(Unfit(error.what, remedy=error.remedy), _BY_HOST)
    if isinstance(error, TryLater | TooMany):  # it is right, for all we know, and not just now
        door.close()
        at = "address" if isinstance(error, TryLater) else ""
        sent.mistakes.append(Mistake(at, f"{error.what}: {error.remedy}."))
        return problems.status_of(error)
    return sent.refused(error, _TYPED)


def _page(form: Form, account_id: UUID | None = None, status: int = 200) -> ResponseReturnValue:
    action = (
        url_for("entering.add")
        if account_id is None
        else url_for("entering.add_again", account_id=account_id)
    )
    return render.page(
        "accounts/enter.html", status, form=form, action=action, anew=account_id is not None
    )
