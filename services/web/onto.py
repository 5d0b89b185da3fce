"""What the pages of a series have in common: where they lead, and when changes go out."""

from datetime import timedelta
from uuid import UUID

from flask import Response, flash, url_for
from markupsafe import Markup

from services import door
from services.flow.series import drafts, going_on, organising
from services.storage.rows.accounts import Host
from services.storage.rows.series import Organiser, SeriesRow
from services.web import render


def settle() -> timedelta:
    """For how long changes are gathered before they go out."""
    return timedelta(seconds=door.runtime().settings.times.settle)


def to_series(group_id: UUID, series_id: UUID, anchor: str | None = None) -> Response:
    """Send the reader on to the page of a series."""
    return render.to(url_for("series.show", group_id=group_id, series_id=series_id, _anchor=anchor))


def is_over(row: SeriesRow) -> Response:
    """Lead to a series that is concluded, from where it could be changed."""
    flash("The series is concluded: nothing of it changes any more.", "later")
    return to_series(row.group_id, row.id)


def others_hear(row: SeriesRow) -> bool:
    """Whether the host that invites may tell everybody of a change that is somebody's alone."""
    account = organising.account_of(door.reading(), row)
    return account is not None and account.host is Host.GOOGLE


def asks_anew(row: SeriesRow) -> bool:
    """Whether the host that invites asks whoever leaves once more about the dates they keep."""
    account = organising.account_of(door.reading(), row)
    return account is not None and account.host is Host.OUTLOOK


def let_invite(account_id: UUID) -> SeriesRow | None:
    """Let an account that was connected in order to invite do so, for the reader's only draft.

    Return that draft; None: there is not just one.
    """
    work = door.work()
    mine = {each.id for each in drafts.own(work)}
    waiting = organising.waiting_for(work, door.runtime().hosts, account_id)
    if len(mine) != 1 or {each.id for each in waiting} != mine:
        return None
    drafts.edit(work, waiting[0], None, organiser=Organiser.ACCOUNT, account_id=account_id)
    flash(f"It invites to {waiting[0].title} when that draft is committed.")
    return waiting[0]


def to_waiting(account_id: UUID) -> Response | None:
    """Lead back to what an account of the reader was connected for, where that can be told.

    That is the only series to which it can go on inviting, or their only draft if it is to invite.
    """
    work = door.reading()
    rows = going_on.waiting_for(work, door.runtime().hosts, account_id)
    if not rows:
        rows = drafts.own(work)
        if [each.account_id for each in rows] != [account_id]:
            return None
    return to_series(rows[0].group_id, rows[0].id) if len(rows) == 1 else None


def offer_to_invite(account_id: UUID) -> None:
    """Lead on to the drafts that an account of the reader could invite to, and does not yet.

    And to the series that it invited to before it was disconnected.
    """
    for row in going_on.waiting_for(door.reading(), door.runtime().hosts, account_id):
        place = url_for("series.show", group_id=row.group_id, series_id=row.id)
        said = Markup('It may invite again: <a href="{}">let it go on inviting to {}</a>.')
        flash(said.format(place, row.title))
    for row in organising.waiting_for(door.reading(), door.runtime().hosts, account_id):
        place = url_for("series.edit", group_id=row.group_id, series_id=row.id)
        said = Markup('It may invite now: <a href="{}">choose it for the draft {}</a>.')
        flash(said.format(place, row.title))
