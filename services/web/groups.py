"""Groups: the list of one's own, forming one, its page, its settings, its end."""

from uuid import UUID

from flask import Blueprint, flash, url_for
from flask.typing import ResponseReturnValue

from scheduler.errors import Explained
from services import door
from services.flow import groups, joining, members, terms
from services.flow import rights as standing
from services.flow.series import listed
from services.planning.templates import TEMPLATES, title_of
from services.web import group_page, render, rules, zones
from services.web.forms import Form, Places
from services.web.rules import PLACES

pages = Blueprint("groups", __name__)
_MOST = 200  # groups on one page
_GROUP: Places = {
    "the title": ("title", ""),
    "timezone": ("timezone", "Time zone"),
    "there is no template": ("template", ""),
    **PLACES,
}


@pages.get("/")
def every() -> ResponseReturnValue:
    """Show the groups in which the reader has a part."""
    found = groups.page(door.reading(), None, _MOST)
    return render.page("groups/every.html", groups=found, kind=title_of)


@pages.get("/groups/new")
def new() -> ResponseReturnValue:
    """Ask what kind of group it is to be."""
    standing.actor(door.reading())
    return _forming(Form.of(template="", timezone=""))


@pages.post("/groups/new")
def form() -> ResponseReturnValue:
    """Form a group."""
    sent = Form.sent()
    try:
        group = groups.form(
            door.work(), sent.text("template"), sent.text("title"), sent.text("timezone")
        )
    except Explained as error:
        return _forming(sent, sent.refused(error, _GROUP))
    flash("The group is formed. Next, say who is in it.")
    return render.to(url_for("groups.show", group_id=group.id))


@pages.get("/groups/<uuid:group_id>")
def show(group_id: UUID) -> ResponseReturnValue:
    """Show a group: to a coordinator what there is to do, to a member who is in it."""
    work = door.reading()
    found = standing.belonging(work, group_id)
    if found.coordinates:
        return group_page.for_coordinator(found.group)
    _, pairs = members.page(work, group_id, None, members.MOST)
    return render.page(
        "groups/member.html",
        group=found.group,
        names=[member.name for member, _ in pairs],
        coordinators=[row.name for row, _ in groups.coordinators(work, group_id)],
        terms=terms.of(work, group_id),
        rules=rules.in_words(found.group.rules),
    )


@pages.get("/groups/<uuid:group_id>/settings")
def settings(group_id: UUID) -> ResponseReturnValue:
    """Show title, zone and rules for changing."""
    group = standing.coordinating(door.reading(), group_id)
    form = rules.shown(group.rules)
    form.show(title=group.title, timezone=group.timezone, version=group.version)
    return _settings(group_id, form)


@pages.post("/groups/<uuid:group_id>/settings")
def change(group_id: UUID) -> ResponseReturnValue:
    """Change them; terms that exist keep the rules they have."""
    sent = Form.sent()
    if rules.wants_more(sent):
        return _settings(group_id, sent)
    try:
        said = {"title": sent.text("title"), "timezone": sent.text("timezone")}
        groups.change(door.work(), group_id, sent.version, {**said, "rules": rules.typed(sent)})
    except Explained as error:
        return _settings(group_id, sent, sent.refused(error, _GROUP))
    flash("The settings are changed. They count for terms that you add from now on.")
    return render.to(url_for("groups.show", group_id=group_id))


@pages.get("/groups/<uuid:group_id>/delete")
def ending(group_id: UUID) -> ResponseReturnValue:
    """Ask whether the group is to be deleted."""
    return _ending(group_id)


@pages.post("/groups/<uuid:group_id>/delete")
def end(group_id: UUID) -> ResponseReturnValue:
    """Delete the group."""
    groups.dissolve(door.work(), group_id, Form.sent().version)
    flash("The group is deleted.")
    return render.to(url_for("groups.every"))


@pages.post("/groups/<uuid:group_id>/join")
def join(group_id: UUID) -> ResponseReturnValue:
    """Join as the member as whom the reader was entered."""
    joining.oneself(door.work(), group_id)
    flash("You have joined. Next, show when you are busy.")
    return render.to(url_for("me.show"))


@pages.get("/groups/<uuid:group_id>/leave")
def leaving(group_id: UUID) -> ResponseReturnValue:
    """Ask whether the reader means to leave the group."""
    work = door.reading()
    found = standing.belonging(work, group_id)
    series = listed.of_own(work, group_id)
    return render.page("groups/leave.html", group=found.group, series=series)


@pages.post("/groups/<uuid:group_id>/leave")
def leave(group_id: UUID) -> ResponseReturnValue:
    """Leave the group."""
    members.leave(door.work(), group_id)
    flash("You have left the group.")
    return render.to(url_for("groups.every"))


def _forming(form: Form, status: int = 200) -> ResponseReturnValue:
    return render.page(
        "groups/new.html", status, form=form, templates=TEMPLATES.values(), zones=zones.known()
    )


def _settings(group_id: UUID, form: Form, status: int = 200) -> ResponseReturnValue:
    group = standing.coordinating(door.reading(), group_id)
    return render.page("groups/settings.html", status, group=group, form=form, zones=zones.known())


def _ending(group_id: UUID) -> ResponseReturnValue:
    work = door.reading()
    group = standing.coordinating(work, group_id)
    return render.page("groups/delete.html", group=group, size=groups.size(work, group_id))
