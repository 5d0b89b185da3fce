"""Connected accounts: which of their calendars count, and disconnecting them.

The names of calendars are asked of the host each time, shown to their owner, and never kept.
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from calendar_sync.errors import NotAllowed, ReconnectNeeded
from scheduler.errors import Explained, TryLater
from services import door, problems
from services.flow import access, accounts, calendars, listing, members, sights
from services.flow.accounts import Choice
from services.flow.series import organising
from services.storage.rows.calendars import CalendarKind
from services.web import connected, letting_go, onto, readers, render
from services.web.forms import Form

pages = Blueprint("accounts", __name__)
_KEPT = "Your choice is kept. The calendars are being read: only times, never titles or guests."
_GONE = "The account is disconnected, and everything that was read from it is gone."


@pages.get("/me/accounts/<uuid:account_id>/calendars")
def choosing(account_id: UUID) -> ResponseReturnValue:
    """Show the calendars of an account, for choosing."""
    try:
        offered = _offered(account_id)
    except (ReconnectNeeded, NotAllowed, TryLater) as error:
        return _failed(account_id, error)
    return _page(account_id, offered, _shown(offered))


@pages.post("/me/accounts/<uuid:account_id>/calendars")
def choose(account_id: UUID) -> ResponseReturnValue:
    """Let these calendars count, and no others."""
    sent = Form.sent()
    try:
        offered = _offered(account_id)
    except (ReconnectNeeded, NotAllowed, TryLater) as error:
        return _failed(account_id, error)
    said = {mark: sent.text(f"kind-{mark}") for mark in sent.many("calendar")}
    work = door.work()
    row = accounts.own(work, account_id)
    try:
        accounts.choose(work, door.runtime().keys, row, offered, said)
    except Explained as error:
        return _page(account_id, offered, sent, sent.refused(error))
    flash(_KEPT)
    onto.offer_to_invite(account_id)
    return onto.to_waiting(account_id) or render.to(url_for("me.show", _anchor="calendars"))


@pages.get("/me/accounts/<uuid:account_id>/remove")
def disconnecting(account_id: UUID) -> ResponseReturnValue:
    """Ask whether an account is to be disconnected."""
    work = door.reading()
    row = accounts.own(work, account_id)
    return render.page(
        "accounts/remove.html",
        after=letting_go.said(door.runtime().hosts[row.host], row.scopes),
        through=sights.through(work, account_id),
        invites=organising.invited_by(work, row),
        then=readers.without(
            work,
            _chosen(account_id),
            account_id,
        ),
        **_named(account_id),
    )


@pages.post("/me/accounts/<uuid:account_id>/remove")
def disconnect(account_id: UUID) -> ResponseReturnValue:
    """Disconnect an account."""
    work = door.work()
    row = accounts.own(work, account_id)
    after = letting_go.said(door.runtime().hosts[row.host], row.scopes)
    accounts.disconnect(work, account_id)
    flash(Markup("{} {}").format(_GONE, after))
    return render.to(url_for("me.show", _anchor="calendars"))


def _offered(account_id: UUID) -> list[Choice]:
    runtime = door.runtime()
    door.put_down()
    return listing.offered(runtime, runtime.opening, door.asking().person_id, account_id)


def _shown(offered: Sequence[Choice]) -> Form:
    """Return a form that shows what was chosen; in the beginning, the main or only calendar."""
    begun, only = any(each.kind is not None for each in offered), len(offered) == 1
    chosen = [each.mark for each in offered if each.kind or ((each.main or only) and not begun)]
    kinds = {f"kind-{each.mark}": (each.kind or CalendarKind.WORK).value for each in offered}
    return Form.of(calendar=chosen, **kinds)


def _page(
    account_id: UUID, offered: Sequence[Choice], form: Form, status: int = 200
) -> ResponseReturnValue:
    work = door.reading()
    return render.page(
        "accounts/choose.html",
        status,
        offered=offered,
        form=form,
        groups=[group.title for _, group in members.mine(work)],
        then=readers.without(work, _chosen(account_id)),
        **_named(account_id),
    )


def _chosen(account_id: UUID) -> list[UUID]:
    """What counts of an account so far."""
    mine = calendars.of_own(door.reading())
    return [row.id for row, _ in mine if row.account_id == account_id]


def _failed(account_id: UUID, error: Explained) -> ResponseReturnValue:
    """Say why the calendars cannot be seen, with the button that helps."""
    status, again = problems.status_of(error), not isinstance(error, TryLater)
    return render.page(
        "accounts/failed.html", status, error=error, again=again, **_named(account_id)
    )


def _named(account_id: UUID) -> dict[str, Any]:
    """What a page calls an account."""
    runtime, row = door.runtime(), accounts.own(door.reading(), account_id)
    return {
        "account": row,
        "host": connected.title_of(row),
        "email": access.email_of(runtime.keys, row),
    }
