"""One's own dates: answering to them, by the link in what was sent or signed in.

Opening the page decides nothing; a button does. What a page showed that has changed since is
shown again before anything counts.
"""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, flash, request, url_for
from flask.typing import ResponseReturnValue

from calendar_sync.provider import Answer
from scheduler.errors import Explained
from services import door
from services.flow import rights
from services.flow.errors import Gone, Unfit
from services.flow.series import answers
from services.flow.series.views import OwnDates
from services.web import clocks, render, semester
from services.web.forms import Form

pages = Blueprint("dates", __name__)
_SAID = {Answer.ACCEPTED: "come", Answer.TENTATIVE: "might come", Answer.DECLINED: "do not come"}


def is_link(secret: str) -> bool:
    """Whether a link is one to somebody's dates."""
    return answers.is_link(door.reading(), secret)


def by_link(secret: str) -> ResponseReturnValue:
    """Show the dates of whoever has this link. Nothing is decided before a button is pressed."""
    door.put_down()
    try:
        own = answers.look(door.runtime(), secret, _remote())
    except Gone as gone:
        return _over(gone)
    return _page([own], url_for("dates.answer_by_link", secret=secret), Form())


@pages.post("/l/<secret>/dates")
def answer_by_link(secret: str) -> ResponseReturnValue:
    """Answer by link, to one date or to all."""
    form, runtime = Form.sent(), door.runtime()
    door.put_down()

    def say(meeting: UUID | None, said: Answer) -> None:
        answers.say(runtime, secret, _remote(), meeting, said, revision=_revision(form))

    try:
        refused = _said(form, say)
        if refused is None:
            return render.to(url_for("sign_in.look", token=secret))
        own = answers.look(runtime, secret, _remote())
    except Gone as gone:
        return _over(gone)
    return _page([own], url_for("dates.answer_by_link", secret=secret), form, refused)


@pages.get("/groups/<uuid:group_id>/dates")
def mine(group_id: UUID) -> ResponseReturnValue:
    """Show one's own dates of a group."""
    own = answers.mine(door.reading(), group_id, cancelled=True)
    return _page(own, url_for("dates.answer", group_id=group_id), Form(), group_id=group_id)


@pages.post("/groups/<uuid:group_id>/dates")
def answer(group_id: UUID) -> ResponseReturnValue:
    """Answer for oneself, to one date or to all of a series."""
    form = Form.sent()

    def say(meeting: UUID | None, said: Answer) -> None:
        series = _id(form.text("series"))
        if series is None:
            raise _unclear()
        work, revision = door.work(), _revision(form)
        answers.say_mine(work, group_id, series, meeting, said, revision=revision)

    refused = _said(form, say)
    action = url_for("dates.answer", group_id=group_id)
    if refused is None:
        return render.to(url_for("dates.mine", group_id=group_id))
    own = answers.mine(door.reading(), group_id, cancelled=True)
    return _page(own, action, form, refused, group_id=group_id)


def _said(form: Form, say: Callable[[UUID | None, Answer], None]) -> int | None:
    """Do what a form says; return the status if it was refused and typing mends it."""
    try:
        said = _answer(form)
        text = form.text("meeting")
        meeting = _id(text) if text else None
        if text and meeting is None:
            raise _unclear()
        say(meeting, said)
    except Gone as gone:
        if not form.text("meeting"):
            raise
        return form.refused(Unfit(gone.what, remedy=gone.remedy))
    except Explained as error:
        return form.refused(error)
    which = "to this date" if meeting else "to all of these dates"
    flash(f"Kept: you {_SAID[said]} {which}. You can change it here until they begin.")
    return None


def _answer(form: Form) -> Answer:
    said = {each.value: each for each in _SAID}.get(form.text("answer"))
    if said is None:
        raise _unclear()
    return said


def _revision(form: Form) -> int | None:
    text = form.text("revision")
    return int(text) if text.isdecimal() and len(text) < 10 else -1  # else it is no page of ours


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _unclear() -> Unfit:
    return Unfit("It is not clear what you answered", remedy="press one of the buttons")


def _page(
    own: list[OwnDates],
    action: str,
    form: Form,
    status: int = 200,
    *,
    group_id: UUID | None = None,
) -> ResponseReturnValue:
    work = door.reading()
    return render.page(
        "dates/show.html",
        status,
        own=own,
        title=rights.standing(work, group_id).group.title if group_id and not own else "",
        action=action,
        form=form,
        group_id=group_id,
        written=semester.written,
        before=semester.before,
        beside=clocks.beside,
    )


def _over(gone: Gone) -> ResponseReturnValue:
    return render.page("dates/over.html", 410, gone=gone)


def _remote() -> str:
    return request.remote_addr or ""
