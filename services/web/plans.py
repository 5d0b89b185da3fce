"""Plans of a group: asking for one, waiting for it, reading it, trying what would help."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, flash, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from scheduler.errors import Explained
from services import door, problems
from services.flow import coverage, export, history, members, plans, polling, terms
from services.flow import rights as standing
from services.flow.ages import Unread
from services.flow.question import Question
from services.flow.series import listed
from services.planning.page.render import parts
from services.planning.page.words import counted
from services.storage.rows.plans import PlanRow, PlanState
from services.web import group_page, render

pages = Blueprint("plans", __name__)
_MENDED_THERE = (409, 412, 422)  # on the page of the group


@pages.post("/groups/<uuid:group_id>/terms/<uuid:term_id>/plan")
def ask(group_id: UUID, term_id: UUID) -> ResponseReturnValue:
    """Plan a term: at once, or when its calendars have been read.

    "refresh" in the form has all of them read first, but those that were in this minute.
    """
    refresh = "refresh" in request.form
    try:
        asked = plans.ask(door.reading(), group_id, term_id, refresh=refresh)
        row = _just_read(asked, asked.age.tried) if refresh and not asked.stale else _made(asked)
    except Explained as error:
        return _not_planned(group_id, error)
    return _to_plan(row)


@pages.get("/groups/<uuid:group_id>/plans/<uuid:plan_id>")
def show(group_id: UUID, plan_id: UUID) -> ResponseReturnValue:
    """Show a plan, or how far it has come."""
    row = plans.one(door.reading(), group_id, plan_id)
    door.put_down()
    polling.looked_at(door.runtime(), group_id)
    if row.state is PlanState.READY:
        return _ready(row)
    group = standing.coordinating(door.reading(), group_id)
    return render.page(
        "plans/waiting.html" if row.state is PlanState.READING else "plans/failed.html",
        group=group,
        plan=row,
    )


@pages.post("/groups/<uuid:group_id>/plans/<uuid:plan_id>/relaxations/<int:number>")
def apply(group_id: UUID, plan_id: UUID, number: int) -> ResponseReturnValue:
    """Change the rules as a plan suggests, and plan again once that is kept."""
    try:
        term = plans.apply(door.work(), group_id, plan_id, number)
    except Explained as error:
        return _not_planned(group_id, error)
    door.keep()
    return _planned_again(group_id, term.id)


@pages.get("/groups/<uuid:group_id>/terms/<uuid:term_id>/problem.toml")
def download(group_id: UUID, term_id: UUID) -> ResponseReturnValue:
    """Send the term as a problem file, without anybody's time."""
    response = Response(
        export.problem_file(door.reading(), group_id, term_id), mimetype="application/toml"
    )
    response.headers["Content-Disposition"] = "attachment; filename=problem.toml"
    return response


def _planned_again(group_id: UUID, term_id: UUID) -> ResponseReturnValue:
    """Plan by rules that are changed already: should there be no plan, they stay changed."""
    try:
        row = _made(plans.ask(door.reading(), group_id, term_id))
    except Explained as error:
        if problems.status_of(error) not in _MENDED_THERE:
            raise
        flash(f"The rules are changed as the plan suggested. {error.what}: {error.remedy}.")
        return render.to(url_for("groups.show", group_id=group_id))
    flash("The rules are changed as the plan suggested, and this is the new plan.")
    return _to_plan(row)


def _made(asked: Question) -> PlanRow:
    """Plan before writing: nobody waits for the planner, though it takes milliseconds."""
    if asked.stale:
        return plans.wait(door.work(), plans.still(door.work(), asked))
    door.put_down()
    answer = plans.answered(asked)
    return plans.keep(door.work(), plans.still(door.work(), asked), answer)


def _just_read(asked: Question, tried: datetime | None) -> PlanRow:
    """Plan with what was read in this minute; keep to the plan there is, if it is the same."""
    if tried is None:
        return _made(asked)
    door.put_down()
    answer = plans.answered(asked)
    work = door.work()
    row = history.same(work, asked, answer)
    found = row or plans.keep(work, plans.still(work, asked), answer)
    seconds = counted(int((work.now - tried).total_seconds()) + 1, "second")
    done = "read" if asked.age.unread is None else "tried"
    flash(f"Every calendar was {done} less than {seconds} ago: there is nothing to read yet.")
    return found


def _not_planned(group_id: UUID, error: Explained) -> ResponseReturnValue:
    """Say on the group's page why there is no plan; there it can be mended."""
    status = problems.status_of(error)
    if status not in _MENDED_THERE:
        raise error
    door.close()
    group = standing.coordinating(door.reading(), group_id)
    return group_page.for_coordinator(group, f"{error.what}: {error.remedy}.", status)


def _ready(row: PlanRow) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, row.group_id)
    term = terms.coordinated(work, row.group_id, row.term_id)
    _, pairs = members.page(work, group.id, None, members.MOST)
    known = coverage.of_group(work, group, pairs)
    seen = plans.shown(work, row)
    changed = term.version != row.term_version
    beside = history.others(work, row)
    return render.page(
        "plans/show.html",
        group=group,
        term=term,
        plan=row,
        best=seen.answer.proposals[0].label,
        parts=parts(
            seen.problem,
            seen.answer,
            button=None if changed else _button(row),
            use=_use(row, overtaken=changed or row.outdated_at is not None),
        ),
        changed=changed,
        unknown=sum(each.known is coverage.Known.UNKNOWN for each in known.values()),
        unread=Unread.of_kept(row.unread),
        is_read=polling.oldest(work, group.id) is not None,
        confirmed=history.confirmed(work, row, group, term),
        newer=history.newer(row, beside),
        taken_up=listed.of_plan(work, group.id, row.id),
        beside=[(each, history.best(each)) for each in beside],
        now=work.now,
    )


def _button(row: PlanRow) -> Callable[[int], Markup]:
    """Make what applies a change that would help, beside it in the plan."""

    def button(number: int) -> Markup:
        address = url_for("plans.apply", group_id=row.group_id, plan_id=row.id, number=number)
        return render.part("plans/apply.html", address=address, number=number)

    return button


def _use(row: PlanRow, *, overtaken: bool) -> Callable[[int], Markup]:
    """Make what takes a proposal up, within it."""

    def use(number: int) -> Markup:
        address = url_for("drafting.draft", group_id=row.group_id, plan_id=row.id, number=number)
        return render.part("plans/use.html", address=address, number=number, overtaken=overtaken)

    return use


def _to_plan(row: PlanRow) -> ResponseReturnValue:
    return render.to(url_for("plans.show", group_id=row.group_id, plan_id=row.id))
