"""Drafts: a proposal that was taken up, and what committing it will do."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door, problems
from services.flow import members
from services.flow import rights as standing
from services.flow.errors import Outdated, Unfit
from services.flow.series import committing, drafts
from services.flow.series import preview as previews
from services.storage.rows.series import Organiser, SeriesRow, SeriesState
from services.web import clocks, connected, render, semester, words
from services.web.forms import Form
from services.web.onto import to_series

pages = Blueprint("drafting", __name__)
_IN = "/groups/<uuid:group_id>/series/<uuid:series_id>"
_MENDED_THERE = (409, 412, 422)  # on the page of the draft
_OUTDATED = (
    "Somebody has changed this draft since you looked at it. It is shown as it is now: "
    "look again, then commit."
)


@pages.post("/groups/<uuid:group_id>/plans/<uuid:plan_id>/proposals/<int:number>/series")
def draft(group_id: UUID, plan_id: UUID, number: int) -> ResponseReturnValue:
    """Take a proposal up as a draft, of which nobody is told."""
    row = drafts.draft(door.work(), group_id, plan_id, number, hosts=door.runtime().hosts)
    return to_series(group_id, row.id)


@pages.post(f"{_IN}/commit")
def commit(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Commit a draft: from here on everybody is invited."""
    runtime, version = door.runtime(), Form.sent().version
    try:
        committing.commit(
            door.work(),
            runtime.keys,
            runtime.hosts,
            group_id,
            series_id,
            version,
            rate=runtime.settings.mail_rate,
        )
    except Explained as error:
        return _not_committed(group_id, series_id, error)
    flash("The semester is committed. The invitations are on their way.")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/inviter")
def choose(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Let somebody else invite to a draft."""
    work, sent = door.work(), Form.sent()
    drafts.edit(work, drafts.one(work, group_id, series_id), sent.version, **who(sent))
    flash("The draft is changed.")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/discard")
def discard(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Let a draft go."""
    row = drafts.one(door.reading(), group_id, series_id)
    plan_id = row.plan_id
    drafts.drop(door.work(), group_id, series_id)
    flash("The draft is discarded. Nobody was told anything.")
    if plan_id is None:
        return render.to(url_for("groups.show", group_id=group_id))
    return render.to(url_for("plans.show", group_id=group_id, plan_id=plan_id))


def page(row: SeriesRow, problem: str = "", code: int = 200) -> ResponseReturnValue:
    """Show what committing a draft will do.

    problem  what kept us from it
    """
    work, runtime = door.reading(), door.runtime()
    group = standing.coordinating(work, row.group_id)
    preview = previews.preview(
        work, runtime.keys, runtime.hosts, row, rate=runtime.settings.mail_rate
    )
    _, pairs = members.page(work, group.id, None, members.MOST)
    there = clocks.of(work, row)
    by_mail = row.organiser is Organiser.MAILBOX
    found = drafts.organisers(work, runtime.hosts, group.id, runtime.keys) if by_mail else []
    return render.page(
        "series/draft.html",
        code,
        group=group,
        row=row,
        preview=preview,
        time=words.lasting(timedelta(seconds=preview.seconds)),
        label=semester.label(row, [each.original for each in preview.dates]),
        months=semester.strip_of(preview),
        tally=semester.tally_of(preview),
        dates=semester.expected(preview, len(pairs), there),
        hour_changes=there.changes(each.original for each in preview.dates),
        problem=problem,
        inviters=[each for each in found if each.account_id],
        ways=[each for each in connected.ways() if each.invites] if by_mail else [],
    )


def _not_committed(group_id: UUID, series_id: UUID, error: Explained) -> ResponseReturnValue:
    """Say on the page of the draft why it is not committed; there it can be mended."""
    status = problems.status_of(error)
    if status not in _MENDED_THERE:
        raise error
    door.close()
    row = drafts.one(door.reading(), group_id, series_id)
    if row.state is not SeriesState.DRAFT:
        raise error
    if isinstance(error, Outdated):
        return page(row, _OUTDATED, status)
    return page(row, f"{error.what}: {error.remedy}.", status)


def who(sent: Form) -> dict[str, Any]:
    """Who is to invite, as it was chosen. Raises Unfit."""
    chosen = sent.text("organiser")
    if chosen in ("", "mailbox"):
        return {"organiser": Organiser.MAILBOX} if chosen else {}
    try:
        return {"organiser": Organiser.ACCOUNT, "account_id": UUID(chosen)}
    except ValueError:
        raise Unfit("There is no such account", remedy="choose one of the list") from None
