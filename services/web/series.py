"""A series of a group: what became of it, what it says, and its end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, flash
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from scheduler.model.zone import zone
from services import door
from services.flow import rights as standing
from services.flow.series import changing, drafts, going_on, organising, showing
from services.storage.rows.series import Organiser, SeriesRow, SeriesState
from services.web import attendance, clocks, connected, drafting, render, semester
from services.web.attendance import Table
from services.web.forms import Form
from services.web.onto import is_over, settle, to_series

pages = Blueprint("series", __name__)
_IN = "/groups/<uuid:group_id>/series/<uuid:series_id>"
_SAID = ("title", "place", "text")


@pages.get(_IN)
def show(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Show what a draft will do, or what became of a series."""
    row = drafts.one(door.reading(), group_id, series_id)
    return drafting.page(row) if row.state is SeriesState.DRAFT else _committed(row)


@pages.get(f"{_IN}/edit")
def edit(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Show what a series is called, where it is and who invites, for changing."""
    row = drafts.one(door.reading(), group_id, series_id)
    if row.state is SeriesState.CONCLUDED:
        return is_over(row)
    form = Form.of(version=row.version, title=row.title, place=row.place, text=row.text)
    form.show(**{f"{name}_before": form.text(name) for name in _SAID})
    return _editing(row, form.show(organiser=row.account_id or "mailbox"))


@pages.post(f"{_IN}/edit")
def change(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Change it."""
    sent = Form.sent()
    row = drafts.one(door.reading(), group_id, series_id)
    try:
        _changed(row, sent)
    except Explained as error:
        status = sent.refused(error, {"title": ("title", ""), "place": ("place", "")})
        return _editing(drafts.one(door.reading(), group_id, series_id), sent, status)
    return to_series(group_id, series_id)


@pages.get(f"{_IN}/conclude")
def concluding(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Ask whether the series is to end."""
    row = drafts.one(door.reading(), group_id, series_id)
    if row.state is SeriesState.CONCLUDED:
        return is_over(row)
    shown = showing.shown(door.reading(), row)
    now = door.reading().now
    left = sum(semester.changeable(each.meeting, now) for each in shown.dates)
    return render.page("series/conclude.html", row=row, left=left, people=len(shown.attendees))


@pages.post(f"{_IN}/conclude")
def conclude(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """End a series: its dates to come are cancelled."""
    changing.conclude(door.work(), group_id, series_id, settle=settle())
    flash("The series is concluded. The dates to come are being cancelled.")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/send")
def send(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Let changes that wait go out at once."""
    changing.at_once(door.work(), group_id, series_id)
    flash("The changes are going out now.")
    return to_series(group_id, series_id)


@pages.post(f"{_IN}/organise")
def go_on(group_id: UUID, series_id: UUID) -> ResponseReturnValue:
    """Let the account that invited go on, which its owner has connected anew."""
    going_on.with_own(door.work(), door.runtime().hosts, group_id, series_id)
    flash("Your calendar invites again. What has changed since is going out now.")
    return to_series(group_id, series_id)


def _committed(row: SeriesRow) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, row.group_id)
    shown = showing.shown(work, row)
    table, there = attendance.table(shown, work.now), clocks.of(work, row)
    to_come = [each.meeting for each in shown.dates if semester.changeable(each.meeting, work.now)]
    where = organising.in_words(work, row, door.runtime().hosts)
    lost = _lost(row, where)
    return render.page(
        "series/show.html",
        group=group,
        row=row,
        label=semester.label(row, [each.meeting.original_at for each in shown.dates]),
        months=semester.strip(shown, work.now),
        tally=semester.tally(shown, work.now),
        entries=semester.entries(shown, work.now, there),
        hour_changes=there.changes(each.original_at for each in to_come),
        table=table,
        lacking=shown.lacking,
        former=shown.former,
        going="" if lost else _going(row, table, work.now),
        changes=max(row.revision - max(row.published, 1), 1),
        settles=row.settle_at and f"{row.settle_at.astimezone(zone(row.timezone)):%H:%M}",
        where=where,
        lost=lost,
        goes_on=going_on.by(work, row, door.runtime().hosts),
        gone=_gone(row),
        now=work.now,
    )


def _gone(row: SeriesRow) -> dict[str, Any] | None:
    """How the calendar that invited can be connected again, if it was disconnected."""
    work = door.reading()
    if row.organiser is not Organiser.ACCOUNT or organising.account_of(work, row) is not None:
        return None
    mine = going_on.needing_consent(work, row)
    ways = [] if mine else [each for each in connected.ways() if each.invites]
    return {"account_id": mine.id if mine else None, "ways": ways}


def _others(row: SeriesRow) -> list[connected.Way]:
    """Where an account can be connected that invites; not where the one is that does already."""
    account = organising.account_of(door.reading(), row)
    return [each for each in connected.ways() if account is None or each.host is not account.host]


def _lost(row: SeriesRow, where: str) -> dict[str, Any] | None:
    """The account that invites, if it no longer admits us."""
    account = organising.account_of(door.reading(), row)
    if account is None or account.lost_at is None:
        return None
    mine = account.person_id == door.asking().person_id
    return {"whose": where, "mine": mine, "account_id": account.id}


def _going(row: SeriesRow, table: Table, now: datetime) -> str:
    """Whether something goes out "now", "later" or not at all."""
    if row.settle_at is not None and row.settle_at > now:
        return "later"
    return "now" if table.waiting or row.settle_at is not None else ""


def _changed(row: SeriesRow, sent: Form) -> None:
    """Change a draft at once, and of a series that is committed what the form says otherwise.

    What its reader left as it was stays, though somebody else may have changed it meanwhile.
    """
    said: dict[str, Any] = {name: sent.text(name) for name in _SAID}
    work = door.work()
    if row.state is SeriesState.DRAFT:
        drafts.edit(
            work, drafts.one(work, row.group_id, row.id), sent.version, **said, **drafting.who(sent)
        )
        flash("The draft is changed.")
        return
    new = {name: said[name] if _is_typed(sent, name) else None for name in _SAID}
    if new["place"] is not None:
        changing.place(work, row.group_id, row.id, None, new["place"], settle=settle())
    if new["title"] is not None or new["text"] is not None:
        changing.say(
            work, row.group_id, row.id, title=new["title"], text=new["text"], settle=settle()
        )
    flash("The series is changed.")


def _is_typed(sent: Form, name: str) -> bool:
    """Whether a field holds another text than its page showed; line ends are the browser's."""
    return sent.text(name).splitlines() != sent.text(f"{name}_before").splitlines()


def _editing(row: SeriesRow, form: Form, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, row.group_id)
    is_draft = row.state is SeriesState.DRAFT
    runtime = door.runtime()
    found = drafts.organisers(work, runtime.hosts, group.id, runtime.keys) if is_draft else []
    return render.page(
        "series/edit.html",
        status,
        group=group,
        row=row,
        form=form,
        organisers=found,
        ways=_others(row) if is_draft else [],
    )
