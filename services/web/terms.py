"""The terms of a group: first and last day, and the days on which nobody meets."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import rights as standing
from services.flow import terms
from services.storage.rows.groups import TermRow
from services.web import days, render, rules
from services.web.forms import Form, Places
from services.web.rules import PLACES

pages = Blueprint("terms", __name__)
_PLACES: Places = {
    "start": ("start", "First day"),
    "end": ("end", "Last day"),
    "the term": ("end", ""),
    "planning_date": ("planning_date", "Counted from"),
    "blackouts": ("blackouts", "Days without meetings"),
    **PLACES,
}


@pages.get("/groups/<uuid:group_id>/terms/new")
def new(group_id: UUID) -> ResponseReturnValue:
    """Ask for the days of a term."""
    return _adding(group_id, Form())


@pages.post("/groups/<uuid:group_id>/terms/new")
def add(group_id: UUID) -> ResponseReturnValue:
    """Begin a term, by the rules the group has today."""
    sent = Form.sent()
    try:
        term = terms.add(door.work(), group_id, _typed(sent))
    except Explained as error:
        return _adding(group_id, sent, sent.refused(error, _PLACES))
    over = term.end < door.work().now.date()
    flash("The term is there, but it is over." if over else "The term is there.")
    return _to_group(group_id)


@pages.get("/groups/<uuid:group_id>/terms/<uuid:term_id>/edit")
def edit(group_id: UUID, term_id: UUID) -> ResponseReturnValue:
    """Show a term and its rules for changing."""
    term = terms.coordinated(door.reading(), group_id, term_id)
    return _editing(group_id, term_id, _shown(term))


@pages.post("/groups/<uuid:group_id>/terms/<uuid:term_id>/edit")
def change(group_id: UUID, term_id: UUID) -> ResponseReturnValue:
    """Change days, blackouts and rules."""
    sent = Form.sent()
    if rules.wants_more(sent):
        return _editing(group_id, term_id, sent)
    try:
        said = _typed(sent) | {"rules": rules.typed(sent)}
        terms.change(door.work(), group_id, term_id, sent.version, said)
    except Explained as error:
        return _editing(group_id, term_id, sent, sent.refused(error, _PLACES))
    flash("The term is changed. Plan it again to see what that means.")
    return _to_group(group_id)


@pages.get("/groups/<uuid:group_id>/terms/<uuid:term_id>/delete")
def ending(group_id: UUID, term_id: UUID) -> ResponseReturnValue:
    """Ask whether a term is to be deleted."""
    work = door.reading()
    term = terms.coordinated(work, group_id, term_id)
    return render.page("terms/delete.html", group=standing.coordinating(work, group_id), term=term)


@pages.post("/groups/<uuid:group_id>/terms/<uuid:term_id>/delete")
def end(group_id: UUID, term_id: UUID) -> ResponseReturnValue:
    """Delete a term and its plans."""
    terms.drop(door.work(), group_id, term_id, Form.sent().version)
    flash("The term is deleted, and its plans.")
    return _to_group(group_id)


def _adding(group_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    group = standing.coordinating(door.reading(), group_id)
    return render.page("terms/new.html", status, group=group, form=form)


def _editing(group_id: UUID, term_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    work = door.reading()
    term = terms.coordinated(work, group_id, term_id)
    group = standing.coordinating(work, group_id)
    return render.page("terms/edit.html", status, group=group, term=term, form=form)


def _shown(term: TermRow) -> Form:
    form = rules.shown(term.rules)
    return form.show(
        version=term.version,
        start=term.start,
        end=term.end,
        planning_date=term.planning_date,
        blackouts=days.written(term.blackouts),
    )


def _typed(form: Form) -> dict[str, Any]:
    return {
        "start": form.text("start"),
        "end": form.text("end"),
        "planning_date": form.text("planning_date") or None,
        "blackouts": days.read_blackouts(form.text("blackouts")),
    }


def _to_group(group_id: UUID) -> ResponseReturnValue:
    return render.to(f"{url_for('groups.show', group_id=group_id)}#terms")
